// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// What a value may consist of: enough for every name that is accepted, and nothing that ends a quoted string.
const VALUE = /^[A-Za-z0-9_.,^$[\]-]*$/;

/**
 * A script of `deploy/`, with other values for the constants at its top (`readonly NAME='value'`, `declare -rx` for exported ones). `root` is the directory that
 * holds `deploy/`. Throws Error for a constant that the script does not have exactly once, and for a value that is not of the
 * characters that names have: both are mistakes of ovnfast.
 */
export async function scriptWith(root: string, path: string, constants: Record<string, string>): Promise<string> {
  let script = await readFile(join(root, 'deploy', path), 'utf8');
  for (const [name, value] of Object.entries(constants)) {
    if (!VALUE.test(value)) throw new Error(`${path}: no value for ${name}: ${JSON.stringify(value)}`);
    const lines = script.split(new RegExp(`^((?:readonly|declare -rx) ${name}=)'[^']*'$`, 'm'));
    if (lines.length !== 3) throw new Error(`${path}: ${(lines.length - 1) / 2} constants are called ${name}, not one`);
    script = `${lines[0]}${lines[1]}'${value}'${lines[2]}`;
  }
  return script;
}

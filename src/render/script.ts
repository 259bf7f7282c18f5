// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// What a value may consist of: enough for every name that is accepted, and nothing that ends a quoted string.
const VALUE = /^[A-Za-z0-9_.,^$[\]-]*$/;

/** Where the scripts are, from the top of the project: they are read at run time, beside the bundle too. */
const SCRIPTS = 'src/render/scripts';

/**
 * One of the scripts, with other values for the constants at its top (`readonly NAME='value'`, `declare -rx` for exported
 * ones). `root` is the top of the project. Throws Error for a constant that the script does not have exactly once, and for
 * a value that is not of the characters that names have: both are mistakes of ovnfast.
 */
export async function scriptWith(root: string, name: string, constants: Record<string, string>): Promise<string> {
  let script = await readFile(join(root, SCRIPTS, name), 'utf8');
  for (const [constant, value] of Object.entries(constants)) {
    if (!VALUE.test(value)) throw new Error(`${name}: no value for ${constant}: ${JSON.stringify(value)}`);
    const lines = script.split(new RegExp(`^((?:readonly|declare -rx) ${constant}=)'[^']*'$`, 'm'));
    if (lines.length !== 3)
      throw new Error(`${name}: ${(lines.length - 1) / 2} constants are called ${constant}, not one`);
    script = `${lines[0]}${lines[1]}'${value}'${lines[2]}`;
  }
  return script;
}

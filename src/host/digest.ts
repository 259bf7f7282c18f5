// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file as lower-case hex, read in pieces. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** SHA-256 of bytes, or of a text in UTF-8, as lower-case hex. */
export function digestBytes(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a JSON value, as lower-case hex; objects count with their keys in the order given. */
export function digestValue(value: unknown): string {
  return digestBytes(JSON.stringify(value));
}

/**
 * One SHA-256 for all that a directory holds: relative names, executable bits, contents, link targets.
 * Times, owners and names for which `ignore` says true do not count.
 */
export async function digestTree(
  directory: string,
  ignore: (name: string, relativePath: string) => boolean = () => false,
): Promise<string> {
  const entries: unknown[] = [];
  const visit = async (relative: string): Promise<void> => {
    const found = await readdir(join(directory, relative), { withFileTypes: true });
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of found) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (ignore(entry.name, name)) continue;
      const path = join(directory, name);
      if (entry.isDirectory()) await visit(name);
      else if (entry.isSymbolicLink()) entries.push([name, 'link', await readlink(path)]);
      else if (entry.isFile()) entries.push([name, ((await stat(path)).mode & 0o100) !== 0, await digestFile(path)]);
    }
  };
  await visit('');
  return digestValue(entries);
}

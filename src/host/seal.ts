// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestTree } from './digest.ts';
import { writeAtomic } from './files.ts';

/** The file that holds the seal of a directory. */
const SEAL = 'seal.json';

/**
 * Writes into a directory what it is and the digest of all that it holds, for those who get it from elsewhere: whether all of
 * it arrived, and as what it was sent. It does not say who made it.
 */
export async function seal(directory: string, name: string): Promise<void> {
  await writeAtomic(join(directory, SEAL), `${JSON.stringify({ name, digest: await contents(directory) })}\n`);
}

/** Whether a directory is what it says it is: of that name, unchanged, and of nothing but files and directories. */
export async function isSealed(directory: string, name: string): Promise<boolean> {
  try {
    const found: unknown = JSON.parse(await readFile(join(directory, SEAL), 'utf8'));
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    // A link may lead anywhere, and what is neither is no content.
    if (!entries.every((entry) => entry.isFile() || entry.isDirectory())) return false;
    const { name: sealed, digest } = (found ?? {}) as { name?: unknown; digest?: unknown };
    return sealed === name && digest === (await contents(directory));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return false;
    throw error;
  }
}

function contents(directory: string): Promise<string> {
  return digestTree(directory, (_, path) => path === SEAL);
}

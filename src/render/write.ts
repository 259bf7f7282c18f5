// SPDX-License-Identifier: Apache-2.0
import { chmod, lstat, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { makeDirectory, writeAtomic } from '../host/files.ts';
import { authorshipOf } from './seal.ts';

/** A file to be, its whole text with the head that `seal` makes. */
export type RenderedFile = { name: string; text: string; executable: boolean };

export type Change = { path: string; change: 'written' | 'the same' | 'removed' };

/**
 * Writes files into a directory, each whole or not at all, and removes those of `family` (the names this kind of rendering may
 * use) that an earlier rendering left and this one does not have. Throws InputError before anything is changed when one of these
 * names is taken by something that was not rendered, or was changed since, unless `force`; and when the directory cannot be written.
 */
export async function writeRendered(
  directory: string,
  files: RenderedFile[],
  { family, force }: { family: string[]; force: boolean },
): Promise<Change[]> {
  try {
    await makeDirectory(directory);
    const before = new Map<string, string>();
    for (const name of family) {
      const path = join(directory, name);
      const text = await present(path);
      if (text === undefined) continue;
      before.set(name, text);
      if (!force) refuseForeign(path, text);
    }
    const changes: Change[] = [];
    for (const { name, text, executable } of files) {
      const path = join(directory, name);
      const mode = executable ? 0o755 : 0o644;
      if (before.get(name) === text) await chmod(path, mode);
      else await writeAtomic(path, text, mode);
      changes.push({ path, change: before.get(name) === text ? 'the same' : 'written' });
    }
    for (const name of before.keys()) {
      if (files.some((file) => file.name === name)) continue;
      await rm(join(directory, name));
      changes.push({ path: join(directory, name), change: 'removed' });
    }
    return changes;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`the output directory cannot be written (${(cause as NodeJS.ErrnoException).code ?? cause})`, {
      where: directory,
      remedy: 'Choose another with --out.',
      cause,
    });
  }
}

/** The text of a file; nothing when the name is free. What is no plain file is an error, whoever put it there. */
async function present(path: string): Promise<string | undefined> {
  const status = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!status) return undefined;
  if (!status.isFile()) {
    throw new InputError('this name is needed, and is taken by what is no plain file', {
      where: path,
      remedy: 'Move it away, or choose another directory with --out.',
    });
  }
  return await readFile(path, 'utf8');
}

function refuseForeign(path: string, text: string): void {
  const authorship = authorshipOf(text);
  if (authorship === 'rendered') return;
  const what = authorship === 'changed' ? 'was rendered, and changed by hand since' : 'was not rendered by ovnfast';
  throw new InputError(`${what}; it would be lost`, {
    where: path,
    remedy: 'Move it away, choose another directory with --out, or have it replaced with --force.',
  });
}

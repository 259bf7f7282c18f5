// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { EnvironmentError, ExplainedError, InputError } from '../errors.ts';
import { isFull } from '../host/files.ts';

/** What compiler, assembler and linker say then; the sources are not to blame. */
const DISK_FULL = /: (No space left on device|Disk quota exceeded)$/m;

/** Whether a build ended for want of room, by its log. */
export function saysDiskFull(log: string): boolean {
  return DISK_FULL.test(log);
}

/** What to throw then; `where` is a path on the full disk. */
export function diskFull(where: string): EnvironmentError {
  return new EnvironmentError('no space left for the build', {
    where,
    remedy: 'Make room, or choose another cache directory with OVNFAST_CACHE and another output directory with --out.',
  });
}

/** Errors of the file system that a build ran into, for people; others as they are. `directory` is that of the sources. */
export function explainSystem(error: unknown, directory: string): unknown {
  const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  if (!(error instanceof Error) || error instanceof ExplainedError || !code?.startsWith('E') || !path) return error;
  if (['EACCES', 'EPERM', 'ENOENT'].includes(code) && path.startsWith(resolve(directory))) {
    return new InputError(`cannot be read (${code})`, { where: path, cause: error });
  }
  if (isFull(error)) return diskFull(dest ?? path);
  return new EnvironmentError(`the build cannot write its files (${code})`, {
    where: dest ?? path,
    remedy: 'Choose another cache directory with OVNFAST_CACHE, or another output directory with --out.',
    cause: error,
  });
}

// SPDX-License-Identifier: Apache-2.0
import { readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { makeDirectory } from './files.ts';
import { isRunning, startOf } from './process.ts';

/**
 * Takes an output directory for this process, made when missing; given back when the scope ends.
 * Throws InputError when it cannot be written, or when a living process has it.
 */
export async function claimDirectory(directory: string): Promise<AsyncDisposable> {
  const marker = join(directory, '.ovnfast-run');
  const remedy = 'Choose another directory with --out.';
  let made: string | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      made ??= await makeDirectory(directory);
      await writeFile(marker, `${process.pid} ${await startOf(process.pid)}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST' || attempt > 2) {
        throw new InputError(`the output directory cannot be written (${code ?? message})`, {
          where: directory,
          remedy,
        });
      }
      const [pid = '', start] = (await readFile(marker, 'utf8').catch(() => '')).trim().split(' ');
      const owner = Number(pid);
      if (owner > 0 && (await isRunning(owner, start))) {
        throw new InputError(`another run (process ${owner}) is writing here`, { where: directory, remedy });
      }
      // Left by a process that was killed.
      await rm(marker, { force: true });
    }
  }
  return {
    [Symbol.asyncDispose]: async () => {
      await rm(marker, { force: true });
      // Nothing was written: as if we had never been here.
      if (made !== undefined) await rmdir(directory).catch(() => {});
    },
  };
}

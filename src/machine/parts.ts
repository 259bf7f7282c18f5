// SPDX-License-Identifier: Apache-2.0
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnvironmentError } from '../errors.ts';
import { temporaryName } from '../host/files.ts';
import { type CpioEntry, cpioArchive } from './cpio.ts';

/** Writes an archive under its name only when it is whole. Throws EnvironmentError when the disk is full or not writable. */
export async function writeArchive(path: string, entries: CpioEntry[], signal: AbortSignal): Promise<void> {
  await writeWhole(path, () => cpioArchive(entries), signal);
}

/** One file of many, in order. */
export async function concatenate(path: string, parts: string[], signal: AbortSignal): Promise<void> {
  await writeWhole(
    path,
    async function* () {
      for (const part of parts) yield* createReadStream(part, { highWaterMark: 1 << 20 });
    },
    signal,
  );
}

async function writeWhole(path: string, source: () => AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(source(), createWriteStream(temporary, { highWaterMark: 1 << 20 }), { signal });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES') {
      throw new EnvironmentError(`the guest's file system cannot be written (${code})`, {
        where: path,
        remedy: 'Make room, or choose another cache directory with OVNFAST_CACHE.',
        cause: error,
      });
    }
    throw error;
  }
}

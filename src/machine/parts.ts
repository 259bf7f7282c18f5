// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { EnvironmentError } from '../errors.ts';
import { isFull, writeStreamAtomic } from '../host/files.ts';
import { type CpioEntry, cpioArchive } from './cpio.ts';

/** Writes an archive under its name only when it is whole. Throws EnvironmentError when the disk is full or not writable. */
export async function writeArchive(path: string, entries: CpioEntry[], signal: AbortSignal): Promise<void> {
  await writeWhole(path, cpioArchive(entries), signal);
}

/** One file of many, in order. */
export async function concatenate(path: string, parts: string[], signal: AbortSignal): Promise<void> {
  await writeWhole(path, inOrder(parts), signal);
}

async function* inOrder(parts: string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield* createReadStream(part, { highWaterMark: 1 << 20 });
}

async function writeWhole(path: string, content: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  try {
    await writeStreamAtomic(path, content, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isFull(error) || code === 'EROFS' || code === 'EACCES') {
      throw new EnvironmentError(`the guest's file system cannot be written (${code})`, {
        where: path,
        remedy: 'Make room, or choose another cache directory with OVNFAST_CACHE.',
        cause: error,
      });
    }
    throw error;
  }
}

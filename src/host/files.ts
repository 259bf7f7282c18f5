// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { chmod, copyFile, type FileHandle, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A name beside `path` that no other run uses, for writing first and renaming after. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * Makes a directory and those above it that are missing. Returns the uppermost that was missing, undefined when none was.
 * Throws as `mkdir`, whose own `recursive` never comes back from a path like /proc/x/y (Node.js 20 and 24): making it says
 * ENOENT although the directory above is there.
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
  const missing: string[] = [];
  const isThere = (one: string) =>
    stat(one).then(
      () => true,
      () => false,
    );
  for (let at = resolve(path); !(await isThere(at)); at = dirname(at)) missing.unshift(at);
  for (const directory of missing.length > 0 ? missing : [path]) {
    await mkdir(directory).catch(async (error: NodeJS.ErrnoException) => {
      // Another may have made it meanwhile.
      if (error.code !== 'EEXIST' || !(await stat(directory)).isDirectory()) throw error;
    });
  }
  return missing[0];
}

/** Writes a file so that a reader sees the old content or the new, never a half; makes missing parent directories. */
export async function writeAtomic(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = temporaryName(path);
  await makeDirectory(dirname(path));
  try {
    await writeFile(temporary, data, { mode });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** As `writeAtomic`, of content that comes piece by piece. Throws what `content` throws, and the signal's reason. */
export async function writeStreamAtomic(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const temporary = temporaryName(path);
  await makeDirectory(dirname(path));
  try {
    await pipeline(content, createWriteStream(temporary, { highWaterMark: 1 << 20 }), { signal });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Copies a file as `writeAtomic` would write it, with that mode; the directory has to be there. */
export async function copyAtomic(from: string, to: string, mode: number): Promise<void> {
  const temporary = temporaryName(to);
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await chmod(temporary, mode);
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Whether there is a file of that name, links followed. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Up to `length` bytes of an open file from `offset` on; fewer at its end. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Whether an error says that there is no room left, on the disk or in the user's quota. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** A directory that is gone when its scope ends: `await using scratch = await TemporaryDirectory.create(parent)`. */
export class TemporaryDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(parent: string, prefix = 'work-'): Promise<TemporaryDirectory> {
    await makeDirectory(parent);
    return new TemporaryDirectory(await mkdtemp(join(parent, prefix)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

// SPDX-License-Identifier: Apache-2.0

import { constants as bufferConstants } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import zlib from 'node:zlib';
import xzDecompress from 'xz-decompress';
import { EnvironmentError, InputError } from '../errors.ts';
import { readAt, writeStreamAtomic } from './files.ts';

export type Compression = 'xz' | 'zstd' | 'gzip' | 'none';

/** A program that reads compressed bytes on its standard input and writes the content on its standard output. */
export type Program = { command: string; args: string[] };

/** Programs for what this Node cannot do itself (zstd) or does slowly (xz). Plain data, so that it can be sent to a worker. */
export type Programs = { xz?: Program; zstd?: Program };

/** Compressed data that is damaged, cut short or not what it claims to be. */
export class CorruptData extends Error {
  override readonly name = 'CorruptData';
}

const MAGICS: [Compression, number[]][] = [
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['gzip', [0x1f, 0x8b, 0x08]],
];
const READ_BYTES = 256 * 1024;

/** Whether this Node can undo a compression by itself. */
export function isBuiltIn(compression: Compression): boolean {
  return compression !== 'zstd' || typeof zlib.createZstdDecompress === 'function';
}

/** The compression that data starting with `head` has (8 bytes are enough); `none` when no magic number fits. */
export function detectCompression(head: Uint8Array): Compression {
  return MAGICS.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0] ?? 'none';
}

/** The compression of what begins at `offset` of an open file. */
export async function compressionAt(file: FileHandle, offset = 0): Promise<Compression> {
  return detectCompression(await readAt(file, offset, 8));
}

/**
 * The content of compressed bytes, as a stream whose memory does not grow with its size.
 * Throws CorruptData on damaged or truncated data, EnvironmentError when zstd is asked for and neither
 * this Node (older than 22.15) nor `programs` can do it.
 */
export function decompress(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  programs: Programs = {},
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'none':
      return source;
    case 'xz':
      return programs.xz ? throughProgram(source, programs.xz) : xz(source);
    case 'gzip':
      return through(source, zlib.createGunzip());
    case 'zstd':
      if (isBuiltIn('zstd')) return through(source, zlib.createZstdDecompress());
      if (programs.zstd) return throughProgram(source, programs.zstd);
      throw new EnvironmentError('zstd data cannot be read by this Node.js', {
        remedy: 'Use Node.js 22.15 or newer.',
      });
  }
}

async function* xz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sourceError: unknown;
  const guarded = async function* () {
    try {
      yield* source;
    } catch (error) {
      sourceError = error;
      throw error;
    }
  };
  // The library keeps one context per thread: a reader that is left without `cancel` would block the next one for ever.
  const reader = new xzDecompress.XzReadableStream(
    ReadableStream.from(guarded()) as globalThis.ReadableStream<Uint8Array>,
  ).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield value;
    }
  } catch (error) {
    throw sourceError ?? explainXz(error);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** XZ Embedded's `enum xz_ret`: unsupported check, no memory, memory limit, unknown filter (BCJ among them). */
const UNSUPPORTED_XZ = /error code [2346]$/;

function explainXz(error: unknown): Error {
  const { message } = error as Error;
  return UNSUPPORTED_XZ.test(message)
    ? new EnvironmentError('xz data with a filter, checksum or dictionary that only the xz program can read', {
        cause: error,
      })
    : new CorruptData('xz data is damaged or cut short', { cause: error });
}

async function* through(source: AsyncIterable<Uint8Array>, transform: zlib.Gunzip | zlib.ZstdDecompress) {
  const feeding = pipeline(Readable.from(source, { objectMode: false }), transform);
  feeding.catch(() => {});
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    throw isDataError(error) ? new CorruptData((error as Error).message, { cause: error }) : error;
  } finally {
    transform.destroy();
  }
}

function isDataError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_TRAILING_JUNK_AFTER_STREAM_END';
}

async function* throughProgram(source: AsyncIterable<Uint8Array>, { command, args }: Program) {
  const child = spawn(command, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-1000);
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  // Rejects when the program cannot be started.
  await once(child, 'spawn');
  let sourceError: unknown;
  const feeding = pipeline(Readable.from(source, { objectMode: false }), child.stdin).catch((error) => {
    // A program that ends early closes its input; why it did is in its exit status.
    if (error?.code !== 'EPIPE') sourceError = error;
  });
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    await feeding;
    if (sourceError) throw sourceError;
    const code = await ended;
    if (code !== 0) throw new CorruptData(complaint.trim() || `the decompressor ended with status ${code}`);
  } finally {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
}

/** The bytes of an open file from `offset`, `length` of them at most (to its end when omitted). */
export async function* readRange(
  file: FileHandle,
  offset = 0,
  length: number = bufferConstants.MAX_LENGTH,
): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < offset + length; ) {
    const want = Math.min(READ_BYTES, offset + length - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(want), 0, want, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

export type DecompressOptions = {
  signal: AbortSignal;
  /** Told apart by the magic number when omitted. */
  compression?: Compression;
  /** Where the compressed data starts, and how long it is, in bytes; to the end of the file when omitted. */
  offset?: number;
  length?: number;
  /** Bytes of content at which to give up, against decompression bombs (default 1 GiB). */
  maximumBytes?: number;
  programs?: Programs;
};

/**
 * Writes the content of the (part of a) compressed file `from` to `to`, atomically; plain data is copied.
 * Give `length` when something follows the compressed data. Throws InputError naming `from` when it is damaged,
 * cut short or larger than `maximumBytes`.
 */
export async function decompressFile(from: string, to: string, options: DecompressOptions): Promise<void> {
  const { signal, offset = 0, length, maximumBytes = 2 ** 30 } = options;
  const file = await open(from);
  try {
    const content = decompress(
      readRange(file, offset, length),
      options.compression ?? (await compressionAt(file, offset)),
      options.programs,
    );
    await writeStreamAtomic(to, limited(content, maximumBytes), signal);
  } catch (error) {
    if (error instanceof CorruptData) throw new InputError(error.message, { where: from, cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

/** Content as it comes, up to a limit. Throws CorruptData with `fault` beyond it. */
export async function* limited(
  source: AsyncIterable<Uint8Array>,
  maximumBytes: number,
  fault = `holds more than ${maximumBytes} bytes`,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.length;
    if (total > maximumBytes) throw new CorruptData(fault);
    yield chunk;
  }
}

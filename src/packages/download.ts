// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { temporaryName } from '../host/files.ts';
import type { Archive } from '../matrix/types.ts';
import { type Attempt, NotDeliveredError, PackageGoneError } from './errors.ts';
import type { Mirror, Mirrors } from './mirrors.ts';
import { MirrorFault, type Transport } from './transport.ts';

/** A file named by content, at one or more places below an archive's base address. */
export type WantedFile = { what: string; paths: string[]; size: number; sha256: string };

export type Download = {
  file: WantedFile;
  archive: Archive;
  /** For the snapshot archive: `20260101T000000Z`. */
  timestamp?: string;
  destination: string;
  signal: AbortSignal;
  /** Called with the number of good bytes so far; it can go back to 0. */
  onBytes?: (bytes: number) => void;
};

/**
 * Downloads a file from the first mirror that delivers it whole and with the right digest, and returns its address.
 * Throws PackageGoneError when mirrors answer that they have no such file, NotDeliveredError when none is reached or
 * all send something else, the signal's reason when aborted. Nothing but the whole file appears at `destination`.
 */
export async function download(transport: Transport, mirrors: Mirrors, request: Download): Promise<string> {
  const { file, archive, destination, signal, timestamp } = request;
  await mkdir(dirname(destination), { recursive: true });
  const temporary = temporaryName(destination);
  const partial = await Partial.create(temporary, file, request.onBytes);
  const attempts: Attempt[] = [];
  try {
    for (const mirror of mirrors.candidates(archive, timestamp)) {
      for (const path of file.paths) {
        const url = `${mirror.url}/${path}`;
        const fault = await fromMirror(transport, mirrors, mirror, url, partial, request);
        if (fault === undefined) {
          await partial.close();
          await rename(temporary, destination);
          return url;
        }
        attempts.push({ url, kind: fault.kind, reason: fault.message });
        if (fault.kind !== 'missing') break;
      }
    }
  } finally {
    await partial.close();
    await rm(temporary, { force: true });
  }
  signal.throwIfAborted();
  throw explain(file, archive, attempts);
}

/** Tries one address until it delivers (undefined) or there is no point in going on with this mirror. */
async function fromMirror(
  transport: Transport,
  mirrors: Mirrors,
  mirror: Mirror,
  url: string,
  partial: Partial,
  { archive, signal }: Download,
): Promise<MirrorFault | undefined> {
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) await transport.backoff(attempt, signal);
    const resumed = partial.offset > 0;
    try {
      await mirrors.probe(mirror, archive, signal);
      await transport.get(url, partial.offset, signal, async ({ status, length, body }) => {
        if (status === 200) await partial.restart();
        partial.expectRest(length);
        for await (const chunk of body) await partial.write(chunk);
      });
      partial.check();
      mirrors.note(mirror, 'good');
      return undefined;
    } catch (error) {
      if (!(error instanceof MirrorFault)) throw error;
      if (error.kind === 'wrong') {
        await partial.restart();
        // The part from before may be the wrong one: once more from the start.
        if (resumed && attempt < transport.limits.attempts) continue;
      }
      if (error.kind === 'faulty' && attempt < transport.limits.attempts) continue;
      if (error.kind === 'faulty' || error.kind === 'unreachable') mirrors.note(mirror, 'bad');
      return error;
    }
  }
}

function explain({ what, sha256 }: WantedFile, archive: Archive, attempts: Attempt[]): EnvironmentError {
  if (attempts.length === 0) {
    return new EnvironmentError(`no mirror is known for the archive ${archive.name}`, {
      remedy: 'Name one with --mirror or OVNFAST_MIRROR.',
    });
  }
  const kinds = new Set(attempts.map(({ kind }) => kind));
  if (kinds.has('missing')) {
    const remedy = 'Archives drop packages when newer ones come: lock again with `ovnfast lock`.';
    return new PackageGoneError(`no mirror has ${what}`, attempts, remedy);
  }
  if (kinds.has('wrong')) {
    const remedy = `What they sent was thrown away. Its SHA-256 has to be ${sha256}. Name another mirror with --mirror or OVNFAST_MIRROR.`;
    return new NotDeliveredError(`no mirror sends the right ${what}`, attempts, remedy);
  }
  const remedy = 'Check the network and the proxy, or name a mirror with --mirror or OVNFAST_MIRROR.';
  return new NotDeliveredError(`no mirror delivers ${what}`, attempts, remedy);
}

/** The file being written: how much of it is there, and the digest so far. */
class Partial {
  private readonly handle: FileHandle;
  private readonly file: WantedFile;
  private readonly onBytes: ((bytes: number) => void) | undefined;
  private hash: Hash = createHash('sha256');
  private closed = false;
  offset = 0;

  private constructor(handle: FileHandle, file: WantedFile, onBytes?: (bytes: number) => void) {
    this.handle = handle;
    this.file = file;
    this.onBytes = onBytes;
  }

  static async create(path: string, file: WantedFile, onBytes?: (bytes: number) => void): Promise<Partial> {
    // Read-only from the start: only this handle may write it.
    return new Partial(await open(path, 'wx', 0o444), file, onBytes);
  }

  async restart(): Promise<void> {
    if (this.offset === 0) return;
    await this.handle.truncate(0);
    this.offset = 0;
    this.hash = createHash('sha256');
    this.onBytes?.(0);
  }

  /** Throws MirrorFault when an answer of `length` bytes cannot be what is missing. */
  expectRest(length: number | undefined): void {
    if (length === undefined || this.offset + length === this.file.size) return;
    throw new MirrorFault('wrong', `has ${this.offset + length} bytes, not ${this.file.size}`);
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.offset + chunk.length > this.file.size) {
      throw new MirrorFault('wrong', `sends more than the ${this.file.size} bytes it should have`);
    }
    this.hash.update(chunk);
    for (let written = 0; written < chunk.length; ) {
      const position = this.offset + written;
      written += (await this.handle.write(chunk, written, chunk.length - written, position)).bytesWritten;
    }
    this.offset += chunk.length;
    this.onBytes?.(this.offset);
  }

  /** Throws MirrorFault when the file is not whole or not the one that is wanted. */
  check(): void {
    const { size, sha256 } = this.file;
    if (this.offset < size) throw new MirrorFault('faulty', `ends after ${this.offset} of ${size} bytes`);
    const found = this.hash.copy().digest('hex');
    if (found !== sha256) throw new MirrorFault('wrong', `has SHA-256 ${found}`);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.handle.close();
  }
}

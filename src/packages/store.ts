// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { InputError } from '../errors.ts';
import { digestFile } from '../host/digest.ts';
import { temporaryName } from '../host/files.ts';
import type { Archive } from '../matrix/types.ts';
import { markUsed } from './cache-entry.ts';
import { readAptConfiguration } from './debian/apt-configuration.ts';
import { download, type WantedFile } from './download.ts';
import { explainStorage } from './errors.ts';
import { Mirrors } from './mirrors.ts';
import type { Pin } from './pin.ts';
import { readYumConfiguration } from './rpm/yum-configuration.ts';
import { Shared } from './sharing.ts';
import type { Supply } from './supply.ts';
import { defaultLimits, type Limits, type ProxySettings, Transport } from './transport.ts';

export type StoreOptions = {
  /** Base addresses named by the user, asked first. */
  mirrors?: string[];
  /** Directory of the host's apt configuration, usually /etc/apt. */
  apt?: string;
  /** Above the host's yum or dnf configuration, usually /etc. */
  yum?: string;
  /** Overrides a proxy of the host's configuration. */
  proxy?: ProxySettings;
  limits?: Partial<Limits>;
  /** Asked before a package is downloaded. */
  supply?: Supply;
};

export type FetchedPackage = {
  pin: Pin;
  /** The .deb or .rpm file in the store. */
  path: string;
  /** Where it came from; absent when it was in the store already. */
  url?: string;
};

export type FetchProgress = { packages: number; totalPackages: number; bytes: number; totalBytes: number };

export type FetchOptions = {
  signal: AbortSignal;
  onProgress?: (progress: FetchProgress) => void;
  /** Timestamps for the snapshot archive, by archive name. */
  timestamps?: Record<string, string>;
};

type Network = { transport: Transport; mirrors: Mirrors };

/** Files by content below `<cache>/blobs/sha256/`, downloaded when missing. Any number of runs may share it. */
export class Store {
  readonly cache: string;
  private readonly options: StoreOptions;
  private readonly running = new Map<string, Shared<string>>();
  private readonly checked = new Set<string>();
  /** Entered by whoever parses an index. */
  readonly parsing = pLimit(1);
  private readonly reading = pLimit(4);
  private readonly downloads: LimitFunction;
  private network: Promise<Network> | undefined;

  /** Throws InputError for a mirror that is no address. */
  constructor(cache: string, options: StoreOptions = {}) {
    for (const mirror of options.mirrors ?? []) {
      if (/^https?:\/\/./.test(mirror) && URL.canParse(mirror)) continue;
      throw new InputError(`the mirror "${mirror}" is no http or https address`, {
        remedy: 'Mirrors come from --mirror and OVNFAST_MIRROR; they look like http://mirror.example/debian.',
      });
    }
    this.cache = cache;
    this.options = options;
    this.downloads = pLimit(options.limits?.parallel ?? defaultLimits.parallel);
  }

  blobPath(sha256: string): string {
    return join(this.cache, 'blobs', 'sha256', sha256);
  }

  /**
   * Copies a file of the user's into the store. Throws InputError when it cannot be read, EnvironmentError when the cache cannot
   * be written, the signal's reason.
   */
  async take(from: string, signal: AbortSignal): Promise<{ sha256: string; size: number; path: string }> {
    const fresh = temporaryName(join(this.cache, 'blobs', 'sha256', 'taken'));
    const hash = createHash('sha256');
    let size = 0;
    const hashed = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    try {
      await mkdir(dirname(fresh), { recursive: true });
      await pipeline(createReadStream(from), hashed, createWriteStream(fresh, { flags: 'wx', mode: 0o444 }), {
        signal,
      });
      const sha256 = hash.digest('hex');
      const path = this.blobPath(sha256);
      await rename(fresh, path);
      this.checked.add(sha256);
      return { sha256, size, path };
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      if (path === from) throw new InputError(`cannot be read (${code})`, { where: from, cause: error });
      throw explainStorage(error, this.cache);
    } finally {
      await rm(fresh, { force: true });
    }
  }

  /** Whether all of them are in the store, by name and size; needs no network. */
  async has(pins: Pin[]): Promise<boolean> {
    for (const pin of pins) {
      const found = await stat(this.blobPath(pin.sha256)).catch(() => undefined);
      if (found?.size !== pin.size) return false;
    }
    return true;
  }

  /** Those of them that are not in the store, by name and size; needs no network. */
  async missing(pins: Pin[]): Promise<Pin[]> {
    const there = await Promise.all(pins.map((pin) => this.has([pin])));
    return pins.filter((_, index) => !there[index]);
  }

  /**
   * Brings packages into the store and returns them by SHA-256. `archives` are those that the pins name.
   * Throws PackageGoneError, NotDeliveredError (both EnvironmentError) or the signal's reason; on the first of them the
   * other downloads of this call end too, and leave nothing behind.
   */
  async fetch(pins: Pin[], archives: Archive[], options: FetchOptions): Promise<Map<string, FetchedPackage>> {
    const { signal, onProgress, timestamps = {} } = options;
    const progress = { packages: 0, totalPackages: pins.length, bytes: 0, totalBytes: sum(pins.map((p) => p.size)) };
    const stopper = new AbortController();
    // One listener per package is no leak, though Node 20 warns of more than ten.
    setMaxListeners(0, stopper.signal);
    const stop = () => stopper.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const fetched = new Map<string, FetchedPackage>();
    const one = async (pin: Pin) => {
      const file = { what: `${pin.name} ${pin.version}`, paths: [pin.path], size: pin.size, sha256: pin.sha256 };
      const archive = archives.find(({ name }) => name === pin.archive);
      if (!archive) throw new Error(`no archive ${pin.archive} for ${pin.name}`);
      let before = 0;
      const url = await this.bring(file, archive, timestamps[pin.archive], stopper.signal, (bytes) => {
        progress.bytes += bytes - before;
        before = bytes;
        onProgress?.(progress);
      });
      progress.bytes += pin.size - before;
      progress.packages++;
      onProgress?.(progress);
      fetched.set(pin.sha256, { pin, path: this.blobPath(pin.sha256), ...(url === undefined ? {} : { url }) });
    };
    let failure: { error: unknown } | undefined;
    const all = pins.map((pin) =>
      one(pin).catch((error: unknown) => {
        failure ??= { error };
        stopper.abort(error);
      }),
    );
    await Promise.all(all);
    signal.removeEventListener('abort', stop);
    if (failure) throw explainStorage(failure.error, this.cache);
    return fetched;
  }

  /** Mirrors and transport, set up at the first need, so that a run without downloads reads no configuration. */
  async open(): Promise<Network> {
    this.network ??= (async () => {
      const { apt, yum, proxy, limits, mirrors = [] } = this.options;
      const debian = apt === undefined ? { sources: [], proxy: {} } : await readAptConfiguration(apt);
      const rpm = yum === undefined ? { repositories: [], proxy: {} } : await readYumConfiguration(yum);
      const transport = new Transport(limits, { ...rpm.proxy, ...debian.proxy, ...proxy });
      const host = { sources: debian.sources, repositories: rpm.repositories };
      return { transport, mirrors: new Mirrors(transport, mirrors, host) };
    })();
    return this.network;
  }

  /** Closes connections; the store can be used again. */
  async close(): Promise<void> {
    const network = this.network;
    this.network = undefined;
    // What made it fail to open was thrown where it was needed.
    await (await network?.catch(() => undefined))?.transport.close();
  }

  /** Makes sure that one file is there; returns its address when it had to be downloaded. */
  private async bring(
    file: WantedFile,
    archive: Archive,
    timestamp: string | undefined,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<string | undefined> {
    const path = this.blobPath(file.sha256);
    if (await this.isWhole(file, path, signal)) return undefined;
    await this.options.supply?.('packages');
    if (this.options.supply && (await this.isWhole(file, path, signal))) return undefined;
    let shared = this.running.get(file.sha256);
    if (!shared) {
      shared = new Shared((own) =>
        this.downloads(async () => {
          own.throwIfAborted();
          const { transport, mirrors } = await this.open();
          const destination = path;
          const place = timestamp === undefined ? {} : { timestamp };
          const url = await download(transport, mirrors, {
            file,
            archive,
            destination,
            signal: own,
            onBytes,
            ...place,
          });
          this.checked.add(file.sha256);
          return url;
        }).finally(() => this.running.delete(file.sha256)),
      );
      this.running.set(file.sha256, shared);
    }
    return shared.join(signal);
  }

  private hash(path: string, signal: AbortSignal): Promise<string> {
    return this.reading(() => {
      signal.throwIfAborted();
      return digestFile(path);
    });
  }

  /** A file that is unpacked already is not read again, so its name and size do; others are read and checked, once. */
  private async isWhole({ sha256, size }: WantedFile, path: string, signal: AbortSignal): Promise<boolean> {
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== size) return false;
    if (!(await markUsed(path))) return false;
    if (this.checked.has(sha256)) return true;
    const unpacked = await stat(join(this.cache, 'unpacked', sha256)).catch(() => undefined);
    if (!unpacked && (await this.hash(path, signal)) !== sha256) return false;
    this.checked.add(sha256);
    return true;
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

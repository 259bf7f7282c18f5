// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentError, InputError } from '../errors.ts';
import type { Programs } from '../host/decompress.ts';
import { digestValue } from '../host/digest.ts';
import { isFull, temporaryName } from '../host/files.ts';
import { markUsed } from '../packages/cache-entry.ts';
import { runJob, WorkerFailure } from './pool.ts';
import { LIMITS, type UnpackLimits } from './tree-writer.ts';

/** A root file system: an absolute directory that must never be written to, and the digest of all that went into it. */
export type Sysroot = {
  root: string;
  digest: string;
  /** What else is seen in it, read-only: files and directories of this machine that no package holds. */
  grafts?: Graft[];
};

/** A file or directory, where it is on this machine and where it is seen in a sysroot. Both paths are absolute. */
export type Graft = { from: string; to: string };

/** A package in the store; `pin` is what of `Pin` is needed here. */
export type SysrootPackage = { pin: { name: string; version: string; sha256: string }; path: string };

export type ComposeOptions = {
  /** The cache directory; packages are unpacked to `unpacked/`, roots made in `sysroots/`. */
  cache: string;
  /** In order: where two have the same file, the later one wins. */
  packages: SysrootPackage[];
  signal: AbortSignal;
  /** Bytes of the packages that had to be unpacked, done and altogether; not called when nothing had to be. */
  onProgress?: (progress: { done: number; total: number }) => void;
  /** Programs of a sandbox, to unpack what this Node cannot, or large packages faster. */
  programs?: Programs;
  limits?: UnpackLimits;
};

// Renamed when packages are unpacked in another way. The store does not hash a package again that is in there.
const UNPACKED = 'unpacked';
// Counted up when the same packages give another root.
const COMPOSE_VERSION = 1;
const ABANDONED_MILLISECONDS = 24 * 3600 * 1000;

const beingMade = new Map<string, Promise<void>>();

/**
 * Unpacks packages (each once, whoever asks) and composes a root of them. Both are kept in the cache, whole or not at all.
 * Throws InputError for an archive that is damaged or tries to leave its root (names package and member),
 * EnvironmentError when a file in the store is not what was pinned or the disk is full.
 */
export async function composeSysroot(options: ComposeOptions): Promise<Sysroot> {
  const { cache, packages, signal } = options;
  signal.throwIfAborted();
  const digest = digestValue([UNPACKED, COMPOSE_VERSION, packages.map(({ pin }) => pin.sha256)]);
  const root = join(cache, 'sysroots', digest);
  try {
    if (!(await markUsed(root))) {
      const directories = await unpackAll(options);
      await make(root, signal, (temporary) => {
        return runJob({ kind: 'tree', job: { packages: directories, root: temporary } }, signal);
      });
    }
  } catch (error) {
    throw explainSystem(error, 'a sysroot cannot be composed', root);
  }
  return { root, digest };
}

async function unpackAll({ cache, packages, signal, onProgress, programs = {}, limits = LIMITS }: ComposeOptions) {
  const parent = join(cache, UNPACKED);
  const place = ({ pin }: SysrootPackage) => join(parent, pin.sha256);
  const missing: { item: SysrootPackage; size: number }[] = [];
  for (const item of packages) {
    if (!(await markUsed(place(item)))) missing.push({ item, size: (await stat(item.path)).size });
  }
  // The largest first, so that the last thread to end has not just begun.
  missing.sort((a, b) => b.size - a.size);
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  // One failure ends the others: what they would unpack is of no use without it.
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  let firstError: unknown;
  const unpack = async ({ item, size }: (typeof missing)[number]) => {
    let reported = 0;
    const report = (bytes: number) => {
      done += bytes - reported;
      reported = bytes;
      onProgress?.({ done, total });
    };
    try {
      await make(place(item), either, async (directory) => {
        const job = { path: item.path, sha256: item.pin.sha256, directory, limits, programs };
        await runJob({ kind: 'unpack', job }, either, report);
      });
      report(size);
    } catch (error) {
      firstError ??= explain(error, item);
      failure.abort();
    }
  };
  await Promise.all(missing.map(unpack));
  signal.throwIfAborted();
  if (firstError !== undefined) throw firstError;
  return packages.map(place);
}

/**
 * Makes a directory that appears under its name only when it is whole. Another run that does the same is no harm: the
 * first to finish wins. Within this process nothing is made twice at a time.
 */
async function make(path: string, signal: AbortSignal, fill: (temporary: string) => Promise<void>): Promise<void> {
  for (let other = beingMade.get(path); other !== undefined; other = beingMade.get(path)) {
    // Its failure may be its own (aborted by its own caller), so it is for us to try again.
    await other.catch(() => {});
    signal.throwIfAborted();
    if (await markUsed(path)) return;
  }
  const making = makeOnce(path, fill);
  beingMade.set(path, making);
  try {
    await making;
  } finally {
    beingMade.delete(path);
  }
}

async function makeOnce(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const parent = dirname(path);
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const temporary = temporaryName(path);
  try {
    await fill(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if ((code === 'ENOTEMPTY' || code === 'EEXIST') && (await markUsed(path))) return;
    throw error;
  }
}

const swept = new Set<string>();

/** Removes, once per process, what runs that were killed have left half-made; a day old, so that no living one is hit. */
async function sweep(parent: string): Promise<void> {
  if (swept.has(parent)) return;
  swept.add(parent);
  for (const name of await readdir(parent)) {
    if (!name.endsWith('.tmp')) continue;
    const path = join(parent, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MILLISECONDS) await rm(path, { recursive: true, force: true });
  }
}

function explain(error: unknown, { pin, path }: SysrootPackage): unknown {
  if (!(error instanceof WorkerFailure)) return error;
  const name = `${pin.name} ${pin.version}`;
  switch (error.name) {
    case 'CorruptData':
      return new InputError(`package ${name} cannot be unpacked: ${error.message}`, { where: path, cause: error });
    case 'WrongDigest':
      return new EnvironmentError(`package ${name} ${error.message}`, {
        where: path,
        remedy: 'The file changed after it was downloaded; remove it, and it is fetched again.',
        cause: error,
      });
    case 'EnvironmentError':
      return new EnvironmentError(`package ${name}: ${error.message}`, { where: path, cause: error });
    default:
      return explainSystem(error, `package ${name} cannot be unpacked`, path);
  }
}

function explainSystem(error: unknown, what: string, where: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || typeof code !== 'string' || !(syscall || error instanceof WorkerFailure))
    return error;
  const remedy = isFull(error)
    ? 'The disk is full: make room, or choose another cache directory with OVNFAST_CACHE.'
    : 'Choose another cache directory with OVNFAST_CACHE.';
  return new EnvironmentError(`${what} (${message})`, { where, remedy, cause: error });
}

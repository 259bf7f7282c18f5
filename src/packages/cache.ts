// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { temporaryName } from '../host/files.ts';
import { processIsAlive } from '../host/process.ts';
import { explainStorage } from './errors.ts';
import { type CacheUser, enterPrune } from './runs.ts';

/** How much one kind of entry (`blobs`, `unpacked`, `sysroots`, ...) takes. */
export type KindUsage = { entries: number; bytes: number };

export type CacheUsage = { directory: string; kinds: Map<string, KindUsage>; bytes: number };

export type PruneOptions = {
  /** Entries that were not used for so long are removed. */
  olderThanDays: number;
  /** Remove every entry. */
  all?: boolean;
  signal: AbortSignal;
};

export type Pruned = {
  /** What was removed, and the disk space that it took, by kind. */
  removed: Map<string, KindUsage>;
  /** Who else uses the cache: when anyone does, only leftovers of dead processes were removed. */
  users: CacheUser[];
  /** Entries that could not be removed, and why. */
  failed: { path: string; reason: string }[];
};

type Entry = { kind: string; path: string; name: string };

/**
 * Says what the cache holds, by kind, in bytes of disk space. Files that several entries share by hard links count once,
 * for the first kind that has them. A cache that is not there is empty.
 */
export async function cacheUsage(cache: string, signal: AbortSignal): Promise<CacheUsage> {
  const kinds = new Map<string, KindUsage>();
  const seen = new Set<string>();
  for (const entry of await listEntries(cache)) {
    signal.throwIfAborted();
    count(kinds, entry.kind, diskUsage(entry.path, seen));
    await breathe();
  }
  const bytes = [...kinds.values()].reduce((sum, usage) => sum + usage.bytes, 0);
  return { directory: cache, kinds, bytes };
}

/**
 * Removes entries that were not used lately, and what processes left behind that are gone. While another process uses the
 * cache nothing else is removed, and that process is named in the result. An entry is moved aside before it is removed, so
 * that no half of it is ever found. Throws EnvironmentError when the cache cannot be written, the signal's reason.
 */
export async function pruneCache(cache: string, { olderThanDays, all, signal }: PruneOptions): Promise<Pruned> {
  await using claim = await enterPrune(cache);
  const before = all ? Number.POSITIVE_INFINITY : Date.now() - olderThanDays * 24 * 3600_000;
  const result: Pruned = { removed: new Map(), users: claim.others, failed: [] };
  const seen = new Set<string>();
  const trash = join(cache, 'trash');
  for (const entry of await listEntries(cache)) {
    signal.throwIfAborted();
    const inUse = claim.others.length > 0;
    const isOld = !inUse && (isWork(entry) || lstatSync(entry.path).mtimeMs < before);
    if (!isOld && !isLeftover(entry)) continue;
    const bytes = diskUsage(entry.path, seen);
    const aside = entry.kind === 'trash' ? entry.path : temporaryName(join(trash, entry.name));
    try {
      if (aside !== entry.path) {
        await mkdir(trash, { recursive: true });
        await rename(entry.path, aside);
      }
      await removeTree(aside);
      count(result.removed, entry.kind, bytes);
    } catch (error) {
      result.failed.push({ path: entry.path, reason: (error as Error).message });
    }
  }
  await rm(trash, { recursive: true, force: true }).catch((error) => {
    throw explainStorage(error, cache);
  });
  return result;
}

/** All entries, kind by kind: the children of each directory of the cache; blobs lie one level deeper. */
async function listEntries(cache: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  const kinds = await readdir(cache, { withFileTypes: true }).catch(() => []);
  kinds.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
  for (const kind of kinds) {
    if (kind.name === 'runs') continue;
    if (!kind.isDirectory()) {
      entries.push({ kind: 'other', path: join(cache, kind.name), name: kind.name });
      continue;
    }
    const directory = join(cache, kind.name, ...(kind.name === 'blobs' ? ['sha256'] : []));
    for (const name of await readdir(directory).catch(() => [])) {
      entries.push({ kind: kind.name, path: join(directory, name), name });
    }
  }
  return entries;
}

/** Owners before those that share their files. */
function rank(kind: string): number {
  return -['sysroots', 'unpacked', 'blobs'].indexOf(kind);
}

/** A temporary file or directory of a process that is gone, or what an earlier pruning did not finish. */
function isLeftover({ kind, name }: Entry): boolean {
  const [, pid] = /\.(\d+)\.[0-9a-f]{8}\.tmp(?:\.unsorted)?$/.exec(name) ?? [];
  return kind === 'trash' || (pid !== undefined && !processIsAlive(Number(pid)));
}

/** Working directories that belong to no entry yet: leftovers when nobody uses the cache. */
function isWork({ kind, name }: Entry): boolean {
  return kind === 'work' || /^(?:new|work)-[A-Za-z0-9]{6}$/.test(name);
}

function count(kinds: Map<string, KindUsage>, kind: string, bytes: number): void {
  const usage = kinds.get(kind) ?? { entries: 0, bytes: 0 };
  kinds.set(kind, { entries: usage.entries + 1, bytes: usage.bytes + bytes });
}

/** Disk space below a path. Synchronous, as a hundred thousand files are read five times as fast so. */
function diskUsage(path: string, seen: Set<string>): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (found.nlink > 1 && !found.isDirectory()) {
    const identity = `${found.dev}:${found.ino}`;
    if (seen.has(identity)) return 0;
    seen.add(identity);
  }
  let bytes = found.blocks * 512;
  if (found.isDirectory()) {
    for (const name of readdirSync(path)) bytes += diskUsage(join(path, name), seen);
  }
  return bytes;
}

/** Removes a tree in which directories may be read-only. */
async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(path: string): Promise<void> {
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(path, entry.name));
  }
}

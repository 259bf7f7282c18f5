// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { access, copyFile, cp, link, lstat, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { find } from '@actions/tool-cache';
import { cacheDirectory } from '../host/paths.ts';
import { isSealed } from '../host/seal.ts';
import { pruneCache } from '../packages/cache.ts';
import { enterPrune } from '../packages/runs.ts';
import type { Supply } from '../packages/supply.ts';

/** What of a store goes from job to job. */
export type Kind = Parameters<Supply>[0];

type Environment = Record<string, string | undefined>;

/** Directories of a store that hold what is of a kind: files, or directories, named by a digest. */
const DIRECTORIES: { [kind in Kind]: string[] } = { packages: ['blobs/sha256'], results: ['results', 'programs'] };
const DIGEST = /^[0-9a-f]{64}$/;
/** The store as a tool of the runner. Counted up when an older version could not read it. */
const TOOL = { name: 'ovnfast', version: '1.0.0' };
const PRUNE_DAYS = 30;

/**
 * Where the action keeps packages, sysroots and results: in `OVNFAST_CACHE`; else in the runner's tool cache, where it is a tool
 * like any other and stays when a job ends, on runners of one's own and wherever an image has brought it; else where the
 * command line does. Any number of jobs may use a store at once.
 */
export async function storeDirectory(environment: Environment): Promise<string> {
  const { OVNFAST_CACHE, RUNNER_TOOL_CACHE, RUNNER_ENVIRONMENT } = environment;
  if (OVNFAST_CACHE || !RUNNER_TOOL_CACHE) return cacheDirectory(environment);
  const tool = toolDirectory(RUNNER_TOOL_CACHE);
  try {
    if (find(TOOL.name, TOOL.version) !== tool) {
      // On a machine of GitHub's it would be gone with the machine.
      if (RUNNER_ENVIRONMENT !== 'self-hosted') return cacheDirectory(environment);
      await mkdir(tool, { recursive: true });
      await writeFile(`${tool}.complete`, '');
    }
    await access(tool, constants.W_OK);
    return tool;
  } catch {
    // Of another user, or read-only.
    return cacheDirectory(environment);
  }
}

function toolDirectory(toolCache: string): string {
  return join(toolCache, TOOL.name, TOOL.version, process.arch);
}

/** Removes from a store that stays what no job has used for a month, unless another uses it now. Returns what could not be removed, and why. */
export async function pruneTool(store: string, { RUNNER_TOOL_CACHE }: Environment, signal: AbortSignal) {
  if (!RUNNER_TOOL_CACHE || store !== toolDirectory(RUNNER_TOOL_CACHE)) return [];
  // Where machines share it, what a process of another one has half-written looks like what a dead one of ours has left.
  const { others, ...claim } = await enterPrune(store);
  await claim[Symbol.asyncDispose]();
  if (others.length > 0) return [];
  return (await pruneCache(store, { olderThanDays: PRUNE_DAYS, signal })).failed;
}

/** What of a kind is in a store, as paths relative to it. */
export async function entriesOf(kind: Kind, store: string): Promise<string[]> {
  const found: string[] = [];
  for (const directory of DIRECTORIES[kind]) {
    const names = await readdir(join(store, directory)).catch(() => []);
    found.push(...names.filter((name) => DIGEST.test(name)).map((name) => join(directory, name)));
  }
  return found.sort();
}

/** Those of them that were made or used since a time, which the store notes on each. */
export async function usedSince(kind: Kind, store: string, time: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(kind, store)) {
    const path = join(store, entry);
    const used = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (used >= time && (kind === 'packages' || (await isSealed(path, basename(entry))))) found.push(entry);
  }
  return found;
}

/** The packages that any lock in a directory names, by their digests. */
export async function lockedPackages(directory: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const name of await readdir(directory, { recursive: true }).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(join(directory, name), 'utf8');
    for (const [digest] of text.matchAll(/\b[0-9a-f]{64}\b/g)) found.add(digest);
  }
  return found;
}

/** Brings entries of a store into a directory, as they lie in the store. What is removed meanwhile is left out. */
export async function gather(entries: string[], store: string, directory: string): Promise<void> {
  for (const entry of entries) {
    const from = join(store, entry);
    const to = join(directory, entry);
    await mkdir(dirname(to), { recursive: true });
    const gone = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    };
    if ((await lstat(from).catch(() => undefined))?.isFile()) {
      // Somebody else's file may not be linked.
      await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE).catch(gone));
    } else await cp(from, to, { recursive: true }).catch(gone);
  }
}

/**
 * Moves what is of a kind from a directory, as `gather` has laid it out, into a store, where it is not there yet. What is not
 * named by a digest, no plain file, or not sealed is left behind. Returns what was good, and its size in bytes.
 */
export async function take(
  kind: Kind,
  directory: string,
  store: string,
): Promise<{ entries: string[]; bytes: number }> {
  const entries: string[] = [];
  let bytes = 0;
  for (const entry of await entriesOf(kind, directory)) {
    const from = join(directory, entry);
    const found = await lstat(from);
    const good = kind === 'packages' ? found.isFile() : found.isDirectory() && (await isSealed(from, basename(entry)));
    if (!good) continue;
    bytes += found.isFile() ? found.size : await sizeOf(from);
    entries.push(entry);
    const to = join(store, entry);
    if (await lstat(to).catch(() => undefined)) continue;
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to).catch((error: NodeJS.ErrnoException) => {
      // Another job was first.
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
    });
  }
  return { entries, bytes };
}

async function sizeOf(directory: string): Promise<number> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { digestValue } from '../host/digest.ts';
import { TemporaryDirectory, writeAtomic } from '../host/files.ts';
import type { Supply } from '../packages/supply.ts';
import { byteSize, counted, duration, oneLine } from '../report/text.ts';
import type { Inputs } from './inputs.ts';
import { entriesOf, gather, type Kind, lockedPackages, pruneTool, take, usedSince } from './store.ts';
import { askToolkit } from './toolkit.ts';

export type CacheOptions = {
  environment: Record<string, string | undefined>;
  /** Directory of the store: what the command line calls the cache. */
  store: string;
  /** Directory of the matrix files and locks. */
  matrix: string;
  /** What is to be done: who does the same wants the same packages and results. */
  inputs: Pick<Inputs, 'workspace' | 'targets' | 'module' | 'suites' | 'bench' | 'shareBuilds' | 'packages'>;
  /** Whether results of other jobs are believed. */
  results: boolean;
  /** Is told once what `saveCache` has to be told, before anything is restored. */
  remember: (state: string) => void;
  warn: (message: string) => void;
  note: (message: string) => void;
  signal: AbortSignal;
};

/** What the step tells the post step, in a file: lists of packages are longer than an environment may be. */
type Journal = {
  store: string;
  matrix: string;
  startedAt: number;
  /** What its entries begin with, by kind: a key is `prefix`, `locks` and a digest of its content. */
  keys: { kind: Kind; prefix: string; locks: string }[];
  /** Packages that were in the store before. */
  present: string[];
  restored: { [kind in Kind]?: { key: string; entries: string[] } };
};

/** Counted up when an entry is laid out in another way. */
const LAYOUT = 1;
/** A gigabyte at 2 MB/s; some kB, with a service that is slow to answer. */
const SECONDS = { packages: 600, results: 120 };
const MAXIMUM_MESSAGE = 1000;
const NOUNS = { packages: 'package', results: 'result' };

/**
 * The store between jobs, in GitHub's cache. Two kinds of entries, each restored at the first need of it, so that a run in which
 * everything is recalled fetches some kB and not the packages:
 *
 * - `ovnfast-packages-1-<targets>-<locks>-<content>`: the packages that jobs for these targets used. The newest entry of the same
 *   locks is restored, else the newest of other locks, which has most of what is wanted. GitHub never changes an entry, so what
 *   had to be downloaded all the same is saved with the rest under another digest of the content. Sysroots are not kept: they are
 *   larger than their packages, and nothing could tell whether they are still what was unpacked.
 * - `ovnfast-results-1-<targets, module, suites, ...>-<content>`: results, and helpers of suites, that the last such job made or took.
 *
 * All of that comes from outside. It is unpacked by GitHub's own client, as for any action; what goes into the store from
 * there are files and directories, no links, named by a digest: of a package the store itself reads and hashes before use, of
 * a result it has to be the sealed name, which is the digest of all that went into it. Who made it a seal does not say: for that
 * there are GitHub's rules, by which a branch reads its own entries and those of the default branch. What is to be released is
 * tested by the run itself.
 */
export class ActionCache {
  private readonly options: CacheOptions;
  private readonly path: string;
  private readonly journal: Journal;
  private readonly supplied = new Map<Kind, Promise<void>>();
  private isDown = false;

  private constructor(options: CacheOptions, path: string, journal: Journal) {
    this.options = options;
    this.path = path;
    this.journal = journal;
  }

  /** Restores nothing yet. */
  static async open(options: CacheOptions): Promise<ActionCache> {
    const { environment, store, matrix, inputs, results, remember } = options;
    const { targets, packages, module, suites = [], bench, shareBuilds } = inputs;
    const path = (named: string) => relative(inputs.workspace, named);
    const kernels = short([[...targets].sort(), packages.map(path)]);
    const work = short([path(module), suites.map(path), bench, shareBuilds]);
    const locks = short([...(await lockedPackages(join(matrix, 'locks')))].sort());
    const keys: Journal['keys'] = [
      { kind: 'packages', prefix: `ovnfast-packages-${LAYOUT}-${kernels}-`, locks: `${locks}-` },
    ];
    if (results) keys.push({ kind: 'results', prefix: `ovnfast-results-${LAYOUT}-${kernels}-${work}-`, locks: '' });
    const present = await entriesOf('packages', store);
    const journal = { store, matrix, startedAt: Date.now(), keys, present, restored: {} };
    const file = join(environment.RUNNER_TEMP ?? join(store, 'work'), `ovnfast-cache-${process.pid}.json`);
    const cache = new ActionCache(options, file, journal);
    await cache.write();
    remember(file);
    return cache;
  }

  /** Whether anything came from the cache so far. */
  get hit(): boolean {
    return Object.keys(this.journal.restored).length > 0;
  }

  /** For the store, see there. What goes wrong is a warning: all of it can be had without the cache. */
  readonly supply: Supply = async (kind) => {
    const done = this.supplied.get(kind) ?? this.restore(kind);
    this.supplied.set(kind, done);
    await done;
  };

  private async restore(kind: Kind): Promise<void> {
    const { environment, store, signal, warn, note } = this.options;
    const key = this.journal.keys.find((one) => one.kind === kind);
    if (!key || this.isDown || !isServed(environment)) return;
    const started = performance.now();
    try {
      await using scratch = await TemporaryDirectory.create(join(store, 'work'), 'cache-');
      const { restored, complaints, failure } = await askToolkit(
        { kind: 'restore', keys: [...new Set([`${key.prefix}${key.locks}`, key.prefix])], path: kind },
        { directory: scratch.path, environment, timeoutSeconds: SECONDS[kind], signal },
      );
      if (failure !== undefined) complaints.push(failure);
      if (restored === undefined && complaints.length > 0) throw new Error(shown(complaints));
      if (restored === undefined) return;
      const { entries, bytes } = await take(kind, join(scratch.path, kind), store);
      this.journal.restored[kind] = { key: restored, entries };
      await this.write();
      const seconds = duration((performance.now() - started) / 1000);
      note(
        `${counted(entries.length, NOUNS[kind])} (${byteSize(bytes)}) from GitHub's cache in ${seconds}: ${restored}`,
      );
    } catch (error) {
      signal.throwIfAborted();
      this.isDown = true;
      warn(`GitHub's cache is not used for ${kind}, as it cannot be restored: ${(error as Error).message}`);
    }
  }

  private async write(): Promise<void> {
    await writeAtomic(this.path, JSON.stringify(this.journal));
  }
}

export type SaveOptions = Pick<CacheOptions, 'environment' | 'signal' | 'warn' | 'note'>;

/**
 * Saves what the step has left, as far as the cache does not have it, and removes from a store that stays what is old. `state` is
 * what the step remembered, '' when it never came to that. Throws only when interrupted: what goes wrong is a warning.
 */
export async function saveCache(state: string, options: SaveOptions): Promise<void> {
  const { environment, signal, warn } = options;
  if (state === '') return;
  try {
    const journal = JSON.parse(await readFile(state, 'utf8')) as Journal;
    if (isServed(environment)) for (const key of journal.keys) await save(key, journal, options);
    for (const { path, reason } of await pruneTool(journal.store, environment, signal)) {
      warn(`${path} is old and could not be removed: ${reason}`);
    }
  } catch (error) {
    signal.throwIfAborted();
    warn(`GitHub's cache is not saved: ${(error as Error).message}`);
  }
}

async function save(
  { kind, prefix, locks }: Journal['keys'][number],
  journal: Journal,
  { environment, signal, warn, note }: SaveOptions,
): Promise<void> {
  const { store, startedAt, restored } = journal;
  const entries = kind === 'packages' ? await packagesOf(journal) : await usedSince(kind, store, startedAt);
  const key = `${prefix}${locks}${short(entries)}`;
  if (entries.length === 0 || key === restored[kind]?.key) return;
  await using scratch = await TemporaryDirectory.create(join(store, 'work'), 'cache-');
  await gather(entries, store, join(scratch.path, kind));
  const { saved, failure, complaints } = await askToolkit(
    { kind: 'save', key, path: kind },
    { directory: scratch.path, environment, timeoutSeconds: SECONDS[kind], signal },
  );
  if (failure !== undefined) complaints.push(failure);
  if (saved) note(`${counted(entries.length, NOUNS[kind])} saved in GitHub's cache: ${key}`);
  else if (complaints.length > 0) warn(`GitHub's cache did not take the ${kind}: ${shown(complaints)}`);
  else note(`GitHub's cache has ${key} from another job, or may not be written by this one`);
}

/**
 * The packages that are worth an entry: none when nothing had to be downloaded, else all that were used, and of those that were
 * restored the ones that a lock still names, for what was recalled this time is made again another time.
 */
async function packagesOf({ store, matrix, startedAt, present, restored }: Journal): Promise<string[]> {
  const before = restored.packages?.entries ?? [];
  const known = new Set([...present, ...before]);
  const now = await entriesOf('packages', store);
  if (now.every((entry) => known.has(entry))) return [];
  const locked = await lockedPackages(join(matrix, 'locks'));
  const kept = before.filter((entry) => locked.has(basename(entry)) && now.includes(entry));
  return [...new Set([...(await usedSince('packages', store, startedAt)), ...kept])].sort();
}

/** As `@actions/cache` has it: the service's address and the token are given to actions, and to nothing else. */
function isServed({ ACTIONS_RESULTS_URL, ACTIONS_CACHE_URL, ACTIONS_RUNTIME_TOKEN }: CacheOptions['environment']) {
  return Boolean((ACTIONS_RESULTS_URL || ACTIONS_CACHE_URL) && ACTIONS_RUNTIME_TOKEN);
}

function short(value: unknown): string {
  return digestValue(value).slice(0, 16);
}

function shown(complaints: string[]): string {
  return [...new Set(complaints)].map(oneLine).join('; ').slice(0, MAXIMUM_MESSAGE);
}

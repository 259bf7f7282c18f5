// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError } from '../errors.ts';
import { makeDirectory } from '../host/files.ts';
import { isRunning, startOf } from '../host/process.ts';
import { explainStorage } from './errors.ts';

type Role = 'run' | 'prune';

/** A process that uses the cache. */
export type CacheUser = { role: Role; pid: number; startedAt: string };

type Marker = CacheUser & { path: string; alive: boolean };

/** A marker that this machine cannot check (written in another container) counts as alive for so long. */
const foreignMarkerMs = 24 * 3600_000;
const pruneWaitMs = 120_000;

/**
 * Says that this process uses the cache, until the scope ends: pruning removes nothing meanwhile. Waits for a pruning that
 * is under way. Throws EnvironmentError when that takes longer than `waitMs`, the signal's reason when aborted.
 */
export async function enterRun(cache: string, signal: AbortSignal, waitMs = pruneWaitMs): Promise<AsyncDisposable> {
  const marker = await putMarker(cache, 'run');
  try {
    const end = Date.now() + waitMs;
    for (;;) {
      const pruner = (await readMarkers(cache)).find(({ role, alive }) => alive && role === 'prune');
      if (!pruner) return marker;
      if (Date.now() > end) {
        throw new EnvironmentError(`process ${pruner.pid} has been pruning the cache since ${pruner.startedAt}`, {
          where: cache,
          remedy: `Wait for it, or end it; if it is gone, remove ${pruner.path}.`,
        });
      }
      await sleep(100, undefined, { signal });
    }
  } catch (error) {
    await marker[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * Claims the cache for pruning, until the scope ends. The other users alive are returned: when there are any, nothing that
 * they might use may be removed.
 */
export async function enterPrune(cache: string): Promise<AsyncDisposable & { others: CacheUser[] }> {
  const marker = await putMarker(cache, 'prune');
  const markers = await readMarkers(cache);
  for (const { alive, path } of markers) if (!alive) await rm(path, { force: true });
  const others = markers
    .filter(({ alive, path }) => alive && path !== marker.path)
    .map(({ role, pid, startedAt }) => ({ role, pid, startedAt }));
  return Object.assign(marker, { others });
}

async function putMarker(cache: string, role: Role): Promise<AsyncDisposable & { path: string }> {
  const path = join(cache, 'runs', `${process.pid}.${randomBytes(4).toString('hex')}.json`);
  const startedAt = new Date().toISOString();
  const content = {
    role,
    pid: process.pid,
    startedAt,
    namespace: await pidNamespace(),
    start: await startOf(process.pid),
  };
  try {
    await makeDirectory(join(cache, 'runs'));
    await writeFile(path, `${JSON.stringify(content)}\n`, { flag: 'wx' });
  } catch (error) {
    throw explainStorage(error, cache);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

async function readMarkers(cache: string): Promise<Marker[]> {
  const directory = join(cache, 'runs');
  const markers: Marker[] = [];
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    try {
      const { role, pid, startedAt, namespace, start } = JSON.parse(text);
      const alive =
        namespace === (await pidNamespace())
          ? await isRunning(pid, start)
          : Date.now() - (await stat(path)).mtimeMs < foreignMarkerMs;
      markers.push({ role, pid, startedAt, path, alive });
    } catch {
      // Being written right now, or cut off when the machine went down: alive while it is fresh.
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => Number.POSITIVE_INFINITY,
      );
      markers.push({ role: 'run', pid: Number.parseInt(name, 10), startedAt: '', path, alive: age < 10_000 });
    }
  }
  return markers;
}

/** Process ids mean something only within the boot and namespace they belong to. */
async function pidNamespace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()} ${await readlink('/proc/self/ns/pid').catch(() => '')}`;
}

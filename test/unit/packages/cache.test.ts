// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, link, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../../src/errors.ts';
import { cacheUsage, pruneCache } from '../../../src/packages/cache.ts';
import { markUsed } from '../../../src/packages/cache-entry.ts';
import { enterPrune, enterRun } from '../../../src/packages/runs.ts';
import { filesBelow, scratch } from './fixtures.ts';

const { signal } = new AbortController();
const day = 24 * 3600_000;

/** Makes files, with the age in days of the entries they belong to. */
async function fill(cache: string, files: Record<string, number>): Promise<void> {
  for (const [name, days] of Object.entries(files)) {
    const path = join(cache, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x'.repeat(10_000));
    const then = new Date(Date.now() - days * day);
    const depth = name.startsWith('blobs/') ? 3 : 2;
    const entry = join(cache, ...name.split('/').slice(0, depth));
    await utimes(entry, then, then);
  }
}

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? expect.fail();
}

const mixed = {
  'blobs/sha256/aaa': 40,
  'blobs/sha256/bbb': 1,
  'unpacked/aaa/usr/bin/tool': 40,
  'unpacked/bbb/usr/bin/tool': 1,
  'results/ccc/target.json': 31,
  'indexes/ddd.table': 29,
};

describe('usage', () => {
  test('by kind, in entries and disk space, shared files once', async () => {
    await using directory = await scratch();
    await fill(directory.path, mixed);
    await mkdir(join(directory.path, 'sysroots', 'eee'), { recursive: true });
    await link(join(directory.path, 'unpacked/aaa/usr/bin/tool'), join(directory.path, 'sysroots/eee/tool'));
    const { kinds, bytes } = await cacheUsage(directory.path, signal);
    expect(Object.fromEntries([...kinds].map(([kind, { entries }]) => [kind, entries]))).toEqual({
      ...{ blobs: 2, unpacked: 2, sysroots: 1, results: 1, indexes: 1 },
    });
    const tool = (await stat(join(directory.path, 'unpacked/aaa/usr/bin/tool'))).blocks * 512;
    expect(kinds.get('sysroots')?.bytes).toBeLessThan(tool);
    expect(kinds.get('unpacked')?.bytes).toBeGreaterThanOrEqual(2 * tool);
    expect(bytes).toBe([...kinds.values()].reduce((sum, kind) => sum + kind.bytes, 0));
  });

  test('of a cache that is not there', async () => {
    await using directory = await scratch();
    expect(await cacheUsage(join(directory.path, 'none'), signal)).toMatchObject({ bytes: 0 });
  });
});

describe('pruning', () => {
  test('by age removes what was not used, whole, and nothing else', async () => {
    await using directory = await scratch();
    await fill(directory.path, mixed);
    const { removed, users, failed } = await pruneCache(directory.path, { olderThanDays: 30, signal });
    expect(await filesBelow(directory.path)).toEqual([
      'blobs/sha256/bbb',
      'indexes/ddd.table',
      'unpacked/bbb/usr/bin/tool',
    ]);
    expect([...removed].map(([kind, { entries }]) => [kind, entries])).toEqual([
      ['blobs', 1],
      ['unpacked', 1],
      ['results', 1],
    ]);
    expect([...removed.values()].every(({ bytes }) => bytes >= 10_000)).toBe(true);
    expect([users, failed]).toEqual([[], []]);
    expect(await readdir(directory.path)).not.toContain('trash');
  });

  test('keeps what was noted as used', async () => {
    await using directory = await scratch();
    await fill(directory.path, mixed);
    expect(await markUsed(join(directory.path, 'unpacked', 'aaa'))).toBe(true);
    expect(await markUsed(join(directory.path, 'unpacked', 'none'))).toBe(false);
    await pruneCache(directory.path, { olderThanDays: 30, signal });
    expect(await filesBelow(join(directory.path, 'unpacked'))).toEqual(['aaa/usr/bin/tool', 'bbb/usr/bin/tool']);
  });

  test('of everything leaves an empty cache', async () => {
    await using directory = await scratch();
    await fill(directory.path, { ...mixed, 'work/build-AbCdEf/module.ko': 0, 'note.json': 0 });
    await pruneCache(directory.path, { olderThanDays: 30, all: true, signal });
    expect(await filesBelow(directory.path)).toEqual([]);
  });

  test('removes trees with read-only directories', async () => {
    await using directory = await scratch();
    await fill(directory.path, { 'unpacked/aaa/usr/bin/tool': 40 });
    await chmod(join(directory.path, 'unpacked/aaa/usr/bin'), 0o555);
    const { failed } = await pruneCache(directory.path, { olderThanDays: 30, signal });
    expect(failed).toEqual([]);
    expect(await filesBelow(directory.path)).toEqual([]);
  });

  test('takes away what dead processes left, whatever its age, and nothing of a living one', async () => {
    await using directory = await scratch();
    const dead = await deadProcess();
    await fill(directory.path, {
      [`blobs/sha256/aaa.${dead}.0123abcd.tmp`]: 0,
      [`blobs/sha256/aaa.${process.pid}.0123abcd.tmp`]: 0,
      [`indexes/bbb.table.${dead}.0123abcd.tmp.unsorted`]: 0,
      'work/build-AbCdEf/module.ko': 0,
      'trash/ccc/half': 0,
    });
    await pruneCache(directory.path, { olderThanDays: 30, signal });
    expect(await filesBelow(directory.path)).toEqual([`blobs/sha256/aaa.${process.pid}.0123abcd.tmp`]);
  });

  test('removes nothing but the leftovers of the dead while a run uses the cache, and names the run', async () => {
    await using directory = await scratch();
    const dead = await deadProcess();
    await fill(directory.path, { ...mixed, [`blobs/sha256/aaa.${dead}.0123abcd.tmp`]: 0, 'work/build-AbCdEf/a.ko': 0 });
    {
      await using _run = await enterRun(directory.path, signal);
      const { users } = await pruneCache(directory.path, { olderThanDays: 0, all: true, signal });
      expect(users).toMatchObject([{ role: 'run', pid: process.pid }]);
      expect((await filesBelow(directory.path)).filter((name) => !name.startsWith('runs/'))).toEqual(
        [...Object.keys(mixed), 'work/build-AbCdEf/a.ko'].sort(),
      );
    }
    const { users } = await pruneCache(directory.path, { olderThanDays: 0, all: true, signal });
    expect(users).toEqual([]);
    expect(await filesBelow(directory.path)).toEqual([]);
  });

  test('is not held up by the marker of a process that was killed, nor by one whose id was given away', async () => {
    await using directory = await scratch();
    await fill(directory.path, mixed);
    const killed = await enterRun(directory.path, signal);
    const [marker = ''] = await readdir(join(directory.path, 'runs'));
    const path = join(directory.path, 'runs', marker);
    const content = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...content, pid: await deadProcess() }));
    await writeFile(`${path}.2.json`, JSON.stringify({ ...content, start: '1' }));
    const { users } = await pruneCache(directory.path, { olderThanDays: 0, all: true, signal });
    expect(users).toEqual([]);
    expect(await filesBelow(directory.path)).toEqual([]);
    await killed[Symbol.asyncDispose]();
  });

  test('can be aborted', async () => {
    await using directory = await scratch();
    await fill(directory.path, mixed);
    const options = { olderThanDays: 0, all: true, signal: AbortSignal.abort(new Error('interrupted')) };
    await expect(pruneCache(directory.path, options)).rejects.toThrow('interrupted');
    expect(await filesBelow(directory.path)).toEqual(Object.keys(mixed).sort());
  });
});

describe('a run', () => {
  test('waits for a pruning to end', async () => {
    await using directory = await scratch();
    const pruning = await enterPrune(directory.path);
    let entered = false;
    const run = enterRun(directory.path, signal).then((marker) => {
      entered = true;
      return marker;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(entered).toBe(false);
    await pruning[Symbol.asyncDispose]();
    await (await run)[Symbol.asyncDispose]();
    expect(await readdir(join(directory.path, 'runs'))).toEqual([]);
  });

  test('does not wait for ever', async () => {
    await using directory = await scratch();
    await using _pruning = await enterPrune(directory.path);
    await expect(enterRun(directory.path, signal, 10)).rejects.toThrow(EnvironmentError);
    expect((await readdir(join(directory.path, 'runs'))).length).toBe(1);
  });

  test('can be aborted while it waits', async () => {
    await using directory = await scratch();
    await using _pruning = await enterPrune(directory.path);
    const controller = new AbortController();
    const run = enterRun(directory.path, controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(run).rejects.toThrow('interrupted');
  });

  test('says so when the cache cannot be written', async () => {
    await using directory = await scratch();
    await writeFile(join(directory.path, 'file'), '');
    await expect(enterRun(join(directory.path, 'file'), signal)).rejects.toThrow(
      'cannot be written: a part of its path',
    );
  });
});

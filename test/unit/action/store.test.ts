// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { entriesOf, gather, pruneTool, storeDirectory, take, usedSince } from '../../../src/action/store.ts';
import { seal } from '../../../src/host/seal.ts';

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
let directory: string;
let store: string;
let archive: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-store-'));
  store = join(directory, 'store');
  archive = join(directory, 'archive');
  await mkdir(store);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function result(place: string, key = KEY): Promise<string> {
  const path = join(place, 'results', key);
  await mkdir(join(path, 'files'), { recursive: true });
  await writeFile(join(path, 'target.json'), '{}');
  await writeFile(join(path, 'files/hello.ko'), 'module');
  await seal(path, key);
  return path;
}

describe('take', () => {
  it('brings what is sealed under its name, and packages, to their places', async () => {
    await result(archive);
    await mkdir(join(archive, 'blobs/sha256'), { recursive: true });
    await writeFile(join(archive, 'blobs/sha256', KEY), 'package');
    expect(await take('results', archive, store)).toEqual({ entries: [`results/${KEY}`], bytes: expect.any(Number) });
    expect(await take('packages', archive, store)).toEqual({ entries: [`blobs/sha256/${KEY}`], bytes: 7 });
    expect(await readFile(join(store, 'results', KEY, 'files/hello.ko'), 'utf8')).toBe('module');
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['a file changed', (path) => writeFile(join(path, 'files/hello.ko'), 'another')],
    ['a file added', (path) => writeFile(join(path, 'files/more'), '')],
    ['a file gone', (path) => rm(join(path, 'target.json'))],
    ['no seal', (path) => rm(join(path, 'seal.json'))],
    ['a seal that is no JSON', (path) => writeFile(join(path, 'seal.json'), '{')],
    ['a seal that is null', (path) => writeFile(join(path, 'seal.json'), 'null')],
    ['the seal of another name', (path) => seal(path, OTHER)],
    [
      'a link, sealed with it',
      async (path) => {
        await symlink('/etc/passwd', join(path, 'files/link'));
        await seal(path, KEY);
      },
    ],
  ])('leaves a result behind with %s', async (_, damage) => {
    await damage(await result(archive));
    expect(await take('results', archive, store)).toEqual({ entries: [], bytes: 0 });
    expect(await entriesOf('results', store)).toEqual([]);
  });

  it('takes no link for a package or a result, and nothing of another name', async () => {
    await mkdir(join(archive, 'blobs/sha256'), { recursive: true });
    await mkdir(join(archive, 'results'));
    await symlink('/etc/passwd', join(archive, 'blobs/sha256', KEY));
    await symlink(await result(directory), join(archive, 'results', KEY));
    await writeFile(join(archive, 'blobs/sha256/passwd'), '');
    await mkdir(join(archive, 'sysroots', KEY), { recursive: true });
    expect((await take('packages', archive, store)).entries).toEqual([]);
    expect((await take('results', archive, store)).entries).toEqual([]);
    expect(await readdir(store)).toEqual([]);
  });

  it('changes nothing that is there', async () => {
    await result(archive);
    const there = await result(store);
    await writeFile(join(there, 'mine'), '');
    expect((await take('results', archive, store)).entries).toEqual([`results/${KEY}`]);
    expect(await readdir(there)).toContain('mine');
  });
});

describe('what is gathered', () => {
  it('is what was made or used since then, and comes back as it was', async () => {
    await utimes(await result(store), new Date(0), new Date(0));
    await result(store, OTHER);
    await rm(join(await result(store, 'c'.repeat(64)), 'seal.json'));
    const used = await usedSince('results', store, 1000);
    expect(used).toEqual([`results/${OTHER}`]);
    await gather([...used, `results/${'d'.repeat(64)}`], store, archive);
    const empty = join(directory, 'empty');
    expect((await take('results', archive, empty)).entries).toEqual(used);
  });
});

describe('the store of the action', () => {
  const tool = () => join(directory, 'tools/ovnfast/1.0.0', process.arch);
  const environment = (more: Record<string, string>) => ({ HOME: '/home/u', ...more });

  beforeEach(() => {
    vi.stubEnv('RUNNER_TOOL_CACHE', join(directory, 'tools'));
    // The library tells what it looks for.
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('is a tool of a self-hosted runner from its first job on, also of two at once', async () => {
    const own = environment({ RUNNER_TOOL_CACHE: join(directory, 'tools'), RUNNER_ENVIRONMENT: 'self-hosted' });
    expect(await Promise.all([storeDirectory(own), storeDirectory(own)])).toEqual([tool(), tool()]);
    expect(await storeDirectory({ ...own, OVNFAST_CACHE: '/mine' })).toBe('/mine');
  });

  it('is in the cache directory on a machine of GitHub, unless its image has brought one', async () => {
    const theirs = environment({ RUNNER_TOOL_CACHE: join(directory, 'tools'), RUNNER_ENVIRONMENT: 'github-hosted' });
    expect(await storeDirectory(theirs)).toBe('/home/u/.cache/ovnfast');
    await mkdir(tool(), { recursive: true });
    expect(await storeDirectory(theirs)).toBe('/home/u/.cache/ovnfast');
    await writeFile(`${tool()}.complete`, '');
    expect(await storeDirectory(theirs)).toBe(tool());
  });

  it('is in the cache directory where tools cannot be written', async () => {
    await writeFile(join(directory, 'tools'), '');
    const own = environment({ RUNNER_TOOL_CACHE: join(directory, 'tools'), RUNNER_ENVIRONMENT: 'self-hosted' });
    expect(await storeDirectory(own)).toBe('/home/u/.cache/ovnfast');
  });

  it('is pruned when it is a tool, and only then', async () => {
    const signal = new AbortController().signal;
    for (const place of [tool(), store]) {
      await mkdir(join(place, 'sysroots', KEY), { recursive: true });
      await utimes(join(place, 'sysroots', KEY), new Date(0), new Date(0));
      expect(await pruneTool(place, { RUNNER_TOOL_CACHE: join(directory, 'tools') }, signal)).toEqual([]);
    }
    expect(await readdir(join(tool(), 'sysroots'))).toEqual([]);
    expect(await readdir(join(store, 'sysroots'))).toEqual([KEY]);
  });
});

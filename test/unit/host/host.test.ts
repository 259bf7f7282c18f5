// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimDirectory } from '../../../src/host/claim.ts';
import { digestTree } from '../../../src/host/digest.ts';
import { makeDirectory, TemporaryDirectory, writeAtomic } from '../../../src/host/files.ts';
import { cacheDirectory } from '../../../src/host/paths.ts';
import { processIsAlive, runProcess } from '../../../src/host/process.ts';

let directory: string;
const never = new AbortController().signal;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-host-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('digestTree', () => {
  beforeEach(async () => {
    await mkdir(join(directory, 'sub'));
    await writeFile(join(directory, 'sub/file'), 'content');
    await symlink('sub/file', join(directory, 'link'));
  });

  test('knows contents, names, executable bits and links, but no times', async () => {
    const digests = new Set([await digestTree(directory)]);
    await utimes(join(directory, 'sub/file'), 1, 1);
    expect(digests).toContain(await digestTree(directory));
    await chmod(join(directory, 'sub/file'), 0o755);
    digests.add(await digestTree(directory));
    await writeFile(join(directory, 'sub/file'), 'Content');
    digests.add(await digestTree(directory));
    await rm(join(directory, 'link'));
    await symlink('sub', join(directory, 'link'));
    digests.add(await digestTree(directory));
    await writeFile(join(directory, 'more'), '');
    digests.add(await digestTree(directory));
    expect(digests.size).toBe(5);
    digests.add(await digestTree(directory, (name) => name === 'more'));
    expect(digests.size).toBe(5);
  });
});

describe('writeAtomic', () => {
  test('leaves the old content and nothing else when it fails', async () => {
    const path = join(directory, 'file');
    await mkdir(path);
    await expect(writeAtomic(path, 'new')).rejects.toThrow();
    expect(await readdir(directory)).toEqual(['file']);
  });
});

test('a temporary directory is gone with its scope, whatever happens in it', async () => {
  const fail = async () => {
    await using scratch = await TemporaryDirectory.create(directory);
    await writeFile(join(scratch.path, 'file'), '');
    throw new Error('on purpose');
  };
  await expect(fail()).rejects.toThrow('on purpose');
  expect(await readdir(directory)).toEqual([]);
});

test('the cache is where XDG says, unless that is relative or OVNFAST_CACHE names another place', () => {
  expect(cacheDirectory({ HOME: '/home/a' })).toBe('/home/a/.cache/ovnfast');
  expect(cacheDirectory({ HOME: '/home/a', XDG_CACHE_HOME: '/var/c' })).toBe('/var/c/ovnfast');
  expect(cacheDirectory({ HOME: '/home/a', XDG_CACHE_HOME: 'c' })).toBe('/home/a/.cache/ovnfast');
  expect(cacheDirectory({ HOME: '/home/a', OVNFAST_CACHE: '/x' })).toBe('/x');
});

describe('makeDirectory', () => {
  test('makes what is missing and says where it began', async () => {
    expect(await makeDirectory(join(directory, 'a/b/c'))).toBe(join(directory, 'a'));
    expect(await makeDirectory(join(directory, 'a/b/c'))).toBeUndefined();
    const both = await Promise.all([1, 2].map(() => makeDirectory(join(directory, 'x/y'))));
    expect(both).toContain(join(directory, 'x'));
  });

  test('a file in the way, and a place where nothing can be made', async () => {
    await writeFile(join(directory, 'file'), '');
    await symlink('nowhere', join(directory, 'dangling'));
    await expect(makeDirectory(join(directory, 'file'))).rejects.toThrow('EEXIST');
    await expect(makeDirectory(join(directory, 'file/x'))).rejects.toThrow('ENOTDIR');
    await expect(makeDirectory(join(directory, 'dangling/x'))).rejects.toThrow(/EEXIST|ENOENT/);
    await expect(makeDirectory('/proc/ovnfast/x')).rejects.toThrow('ENOENT');
  });
});

describe('claimDirectory', () => {
  test('gives an empty directory that it made back, and keeps one that is in use', async () => {
    const made = join(directory, 'a/out');
    {
      await using _claim = await claimDirectory(made);
      await expect(claimDirectory(made)).rejects.toThrow(`another run (process ${process.pid}) is writing here`);
    }
    await expect(readdir(made)).rejects.toThrow('ENOENT');
    {
      await using _claim = await claimDirectory(made);
      await writeFile(join(made, 'report.json'), '{}');
    }
    expect(await readdir(made)).toEqual(['report.json']);
  });

  test('takes one whose owner is gone, though its number is somebody else’s by now', async () => {
    const left = join(directory, 'left');
    await mkdir(left);
    // As the first process of a container that was stopped leaves it to the first process of the next one.
    await writeFile(join(left, '.ovnfast-run'), `${process.pid} 1\n`);
    await using _claim = await claimDirectory(left);
    // The control: with our own start it is ours, and alive.
    expect(await readFile(join(left, '.ovnfast-run'), 'utf8')).not.toBe(`${process.pid} 1\n`);
    await expect(claimDirectory(left)).rejects.toThrow('is writing here');
  });
});

describe('runProcess', () => {
  const node = (script: string, options = {}) =>
    runProcess(process.execPath, ['-e', script], { timeoutSeconds: 20, signal: never, ...options });

  test('takes nothing from our environment, and the end of a long output', async () => {
    const { code, stdout } = await node(
      'console.log(Object.keys(process.env)); console.log("x".repeat(1e6) + "end"); process.exitCode = 3',
      {
        environment: { ONLY: '1' },
        keepBytes: 10,
      },
    );
    expect(stdout).toBe('xxxxxxend\n');
    expect(code).toBe(3);
  });

  test.each([
    ['its time is over', { timeoutSeconds: 1 }],
    ['it ends by itself', {}],
  ])('ends the children of a process when %s', async (_, options) => {
    const pidFile = join(directory, 'pid');
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
      ${'timeoutSeconds' in options ? '' : 'process.exit(0);'}`;
    const { timedOut } = await node(script, options);
    expect(timedOut).toBe('timeoutSeconds' in options);
    const pid = Number(await readFile(pidFile, 'utf8'));
    // Dead, or dying: nobody but the kernel has to do anything for it any more.
    await expect.poll(() => processIsAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test('an abort ends it and is what is thrown', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = node('console.log(1); setInterval(() => {}, 1000)', {
      signal: controller.signal,
      onOutput: () => controller.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
  });

  test('a program that is not there is an error', async () => {
    await expect(runProcess('/nonexistent', [], { timeoutSeconds: 5, signal: never })).rejects.toThrow('ENOENT');
  });
});

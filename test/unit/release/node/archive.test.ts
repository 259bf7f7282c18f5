// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../../src/host/files.ts';
import { runProcess } from '../../../../src/host/process.ts';
import { gzip, isPlainPath, makeTar, type TreeFile } from '../../../../src/release/node/archive.ts';

const { signal } = new AbortController();
const TIME = new Date('2023-11-14T22:13:20Z');
const LONG = `modules/${'m'.repeat(90)}/${'n'.repeat(120)}.ko`;
const TREE: TreeFile[] = [
  { path: 'share/text', content: Buffer.from('text\n') },
  { path: 'bin/tool', mode: 0o755, content: Buffer.from('#!/bin/sh\n') },
  { path: 'bin/sh', link: 'tool' },
  // Sorted before what it is another name of.
  { path: 'another', same: 'share/text' },
  { path: 'tmp', directory: true, mode: 0o1777 },
  { path: LONG, content: Buffer.alloc(70_000, 'x') },
];

let scratch: TemporaryDirectory;
const at = (...names: string[]) => join(scratch.path, ...names);
beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-archive-');
});
afterEach(() => scratch[Symbol.asyncDispose]());

/** The machine's own. */
async function tar(...args: string[]): Promise<string> {
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const { code, stdout, stderr } = await runProcess('tar', args, { timeoutSeconds: 20, signal, environment });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('a tar archive', () => {
  test('is unpacked by the tar of this machine to the same tree', async () => {
    await writeFile(at('a.tar.gz'), gzip(await makeTar(TREE, TIME)));
    await mkdir(at('root'));
    await tar('-xpzf', at('a.tar.gz'), '-C', at('root'));
    for (const file of TREE) {
      const path = at('root', file.path);
      if ('content' in file) expect(await readFile(path)).toEqual(file.content);
      if ('link' in file) expect(await readlink(path)).toBe(file.link);
      if ('same' in file) expect((await lstat(path)).ino).toBe((await lstat(at('root', file.same))).ino);
    }
    const modes = ['bin/tool', 'share/text', 'share', 'tmp'].map(async (path) => (await lstat(at('root', path))).mode);
    expect((await Promise.all(modes)).map((mode) => (mode & 0o7777).toString(8))).toEqual([
      '755',
      '644',
      '755',
      '1777',
    ]);
    expect((await lstat(at('root/share'))).mtime).toEqual(TIME);
    // Of nobody but root, whoever made it.
    const lines = (await tar('-tvzf', at('a.tar.gz'), '--numeric-owner')).trim().split('\n');
    expect(lines.filter((line) => !/^\S+ 0\/0 +\d+ 2023-11-14 22:13 /.test(line))).toEqual([]);
    expect(lines).toHaveLength(TREE.length + 4);
  });

  test('is the same to the byte whatever the order, and another at another time', async () => {
    const archive = await makeTar(TREE, TIME);
    expect(await makeTar(TREE.toReversed(), TIME)).toEqual(archive);
    expect(await makeTar(TREE, new Date(0))).not.toEqual(archive);
  });

  test.each([
    '',
    '/etc/passwd',
    '../up',
    'a/../../up',
    'a/./b',
    'a//b',
    'a/',
    '.',
    '..',
    'a b',
    'a\n',
    'a\\b',
    'ä',
    '-rf',
  ])('takes no path like %j', async (path) => {
    expect(isPlainPath(path)).toBe(false);
    await expect(makeTar([{ path, content: Buffer.alloc(0) }], TIME)).rejects.toThrow(/no path of an archive/);
  });

  test('has every path once', async () => {
    const twice = [...TREE, { path: 'bin/tool', content: Buffer.alloc(0) }];
    await expect(makeTar(twice, TIME)).rejects.toThrow('bin/tool is in the archive twice');
  });
});

describe('gzip', () => {
  const text = Buffer.from(Array.from({ length: 5000 }, (_, index) => `line ${index % 700} of ${index}\n`).join(''));

  test('is read by another library, and is smaller', () => {
    const packed = gzip(text);
    expect(gunzipSync(packed)).toEqual(text);
    expect(packed.length).toBeLessThan(text.length / 3);
  });

  test('has neither name nor time, and these very bytes on every version of Node.js and every processor', () => {
    const packed = gzip(text);
    // RFC 1952: magic number, deflate, no flags, no time, best compression, Unix.
    expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b0800000000000203');
    expect(createHash('sha256').update(packed).digest('hex')).toBe(
      '8ac8186434a77b469d004ac66f5dbe8d1ad61448400bf5e1e13de77a3eb05b63',
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { copyModuleSource, EPOCH } from '../../../src/kbuild/source.ts';

let scratch: string;
let from: string;
let to: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ovnfast-source-'));
  from = join(scratch, 'module');
  to = join(scratch, 'copy');
  write('Kbuild', 'obj-m := a.o\n');
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function write(name: string, content = ''): void {
  mkdirSync(join(from, name, '..'), { recursive: true });
  writeFileSync(join(from, name), content);
}

function copy(signal = new AbortController().signal): Promise<void> {
  return copyModuleSource(from, to, signal);
}

async function refusal(): Promise<string> {
  const error: unknown = await copy().catch((reason) => reason);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

const copied = () => readdirSync(to, { recursive: true }).map(String).sort();

test('sources are copied with the same time and plain modes', async () => {
  write('a.c', 'int a;');
  write('sub/generate.sh', '#!/bin/sh\n');
  chmodSync(join(from, 'sub/generate.sh'), 0o700);
  chmodSync(join(from, 'a.c'), 0o600);
  symlinkSync('../a.c', join(from, 'sub/link.c'));
  await copy();
  expect(copied()).toEqual(['Kbuild', 'a.c', 'sub', 'sub/generate.sh', 'sub/link.c']);
  expect(readFileSync(join(to, 'a.c'), 'utf8')).toBe('int a;');
  expect(lstatSync(join(to, 'a.c')).mode & 0o777).toBe(0o644);
  expect(lstatSync(join(to, 'sub/generate.sh')).mode & 0o777).toBe(0o755);
  expect(lstatSync(join(to, 'a.c')).mtimeMs).toBe(EPOCH.getTime());
  expect(readlinkSync(join(to, 'sub/link.c'))).toBe('../a.c');
});

test('what a build or version control left behind stays behind', async () => {
  for (const name of ['a.o', 'a.ko', 'a.mod', 'a.mod.c', '.a.o.cmd', '.a.o.d', 'Module.symvers', 'modules.order'])
    write(name);
  for (const name of ['.git/config', '.tmp_versions/a.mod', 'a.ko.xz', 'sub/b.o']) write(name);
  write('blob.o_shipped');
  write('model.c');
  await copy();
  expect(copied()).toEqual(['Kbuild', 'blob.o_shipped', 'model.c', 'sub']);
});

test('a Makefile is as good as a Kbuild file', async () => {
  rmSync(join(from, 'Kbuild'));
  write('Makefile', 'obj-m := a.o\n');
  await copy();
  expect(copied()).toEqual(['Makefile']);
});

test('without either it is no module directory', async () => {
  rmSync(join(from, 'Kbuild'));
  write('a.c');
  expect(await refusal()).toMatch(/no Kbuild or Makefile.*\n.*obj-m/);
  write('makefile');
  expect(await refusal()).toMatch(/rename makefile/);
  mkdirSync(join(from, 'Makefile'));
  expect(await refusal()).toMatch(/no Kbuild or Makefile/);
});

test('a directory that is not there, or is a file', async () => {
  rmSync(from, { recursive: true });
  expect(await refusal()).toMatch(/cannot be read \(ENOENT\)/);
  writeFileSync(from, '');
  expect(await refusal()).toMatch(/no Kbuild or Makefile/);
});

test.each([
  ['an absolute link', '/etc/passwd'],
  ['a relative link', '../outside.h'],
  ['a link through a link', 'up/outside.h'],
  ['a dangling link', 'sub/../../nowhere'],
])('%s out of the directory is refused', async (_, target) => {
  writeFileSync(join(scratch, 'outside.h'), 'secret');
  mkdirSync(join(from, 'sub'));
  if (target.startsWith('up/')) {
    // By name it stays inside; in truth `sub/deep/..` is not where it seems.
    mkdirSync(join(scratch, 'elsewhere', 'deep'), { recursive: true });
    writeFileSync(join(scratch, 'elsewhere', 'outside.h'), 'secret');
    symlinkSync(join(scratch, 'elsewhere'), join(from, 'up'));
  }
  symlinkSync(target, join(from, 'link.h'));
  expect(await refusal()).toMatch(/leads out of the module directory/);
});

test('a device, a pipe or a socket is refused', async () => {
  execFileSync('mkfifo', [join(from, 'pipe')]);
  expect(await refusal()).toMatch(/pipe: a module directory holds only files/);
});

test('a directory that is no module by its size is refused before it is copied', async () => {
  write('huge.img');
  truncateSync(join(from, 'huge.img'), 300 * 2 ** 20);
  expect(await refusal()).toMatch(/more than 256 MiB/);
});

test('an abort ends the copy', async () => {
  await expect(copy(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
});

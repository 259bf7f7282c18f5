// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { fitPrograms, lackOf, readNeeds } from '../../../src/local/programs.ts';
import type { Sysroot } from '../../../src/sysroot/compose.ts';
import { FILES, linked, writeFiles } from './fake-tree.ts';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
let scratch: TemporaryDirectory;

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
});
afterEach(() => scratch[Symbol.asyncDispose]());

/** A sysroot with a C library of these versions, and what else there is. */
async function sysroot(name: string, versions: string[], others: Record<string, string[]> = {}): Promise<Sysroot> {
  const libraries = { 'libc.so.6': versions, 'ld-linux-x86-64.so.2': ['GLIBC_2.3'], ...others };
  const files = Object.entries(libraries).map(([file, offers]) => [
    `usr/lib/x86_64-linux-gnu/${file}`,
    linked({ offers }),
  ]);
  return { root: await writeFiles(join(scratch.path, name), Object.fromEntries(files)), digest: name };
}

const program = (needs: Record<string, string[]>) => linked({ interpreter: LOADER, needs });

test('what a program needs is read from it', async () => {
  const directory = await writeFiles(scratch.path, {
    dynamic: program({ 'libelf.so.1': ['ELFUTILS_1.0'], 'libc.so.6': ['GLIBC_2.2.5', 'GLIBC_2.34'] }),
    static: linked({}),
    script: '#!/bin/sh\n',
    cut: program({ 'libc.so.6': ['GLIBC_2.34'] }).subarray(0, 100),
  });
  expect(await readNeeds(join(directory, 'dynamic'))).toEqual(
    new Map([
      ['ld-linux-x86-64.so.2', new Set()],
      ['libelf.so.1', new Set(['ELFUTILS_1.0'])],
      ['libc.so.6', new Set(['GLIBC_2.2.5', 'GLIBC_2.34'])],
    ]),
  );
  expect(await readNeeds(join(directory, 'static'))).toBeUndefined();
  expect(await readNeeds(join(directory, 'script'))).toBeUndefined();
  expect(await readNeeds(join(directory, 'missing'))).toBeUndefined();
  await expect(readNeeds(join(directory, 'cut'))).rejects.toThrow(InputError);
});

test('chains of versions that lead in circles or out of the file end', async () => {
  const endless = program({ 'libc.so.6': ['GLIBC_2.34'] });
  const at = endless.indexOf(Buffer.from([1, 0]), 64);
  for (let offset = Math.max(64, at - 64); offset < endless.length - 4; offset++) {
    const damaged = Buffer.from(endless);
    damaged.writeUInt32LE(0x01, offset);
    await writeFiles(scratch.path, { damaged });
    await readNeeds(join(scratch.path, 'damaged')).catch((error: unknown) => expect(error).toBeInstanceOf(InputError));
  }
});

test('a sysroot lacks a library, or a version of one', async () => {
  const old = await sysroot('old', ['GLIBC_2.2.5', 'GLIBC_2.31']);
  const needs = (versions: string[], more = {}) => readNeedsOf(program({ 'libc.so.6': versions, ...more }));
  expect(await lackOf(old, await needs(['GLIBC_2.31']))).toBeUndefined();
  expect(await lackOf(old, await needs(['GLIBC_2.34']))).toBe('GLIBC_2.34 of libc.so.6');
  expect(await lackOf(old, await needs([], { 'libelf.so.1': [] }))).toBe('libelf.so.1');
  expect(await lackOf(old, await needs([], { '../../libx.so': [] }))).toBe('../../libx.so');
  const musl = await readNeedsOf(linked({ interpreter: '/lib/ld-musl-x86_64.so.1', needs: {} }));
  expect(await lackOf(old, musl)).toBe('ld-musl-x86_64.so.1');
});

async function readNeedsOf(content: Buffer) {
  await writeFiles(scratch.path, { program: content });
  const needs = await readNeeds(join(scratch.path, 'program'));
  if (!needs) throw new Error('no needs');
  return needs;
}

test('programs that the toolchain cannot run get libraries of a sysroot that can, the others stay as they are', async () => {
  const old = await sysroot('old', ['GLIBC_2.2.5']);
  const newer = await sysroot('newer', ['GLIBC_2.2.5', 'GLIBC_2.34']);
  const newest = await sysroot('newest', ['GLIBC_2.2.5', 'GLIBC_2.33', 'GLIBC_2.34'], { 'libelf.so.1': [] });
  const directory = await writeFiles(join(scratch.path, 'tree'), {
    ...FILES,
    'scripts/basic/fixdep': program({ 'libc.so.6': ['GLIBC_2.2.5'] }),
    'scripts/mod/modpost': program({ 'libc.so.6': ['GLIBC_2.34'] }),
    'tools/objtool/objtool': program({ 'libc.so.6': ['GLIBC_2.34'], 'libelf.so.1': [] }),
    'scripts/sign-file': program({ 'libcrypto.so.9': [] }),
  });
  const others = [async () => newer, async () => newest];
  const options = { directory, linked: [], scratch: join(scratch.path, 'wrappers') };
  await writeFiles(options.scratch, {});
  await TemporaryDirectory.create(options.scratch);
  const grafts = await fitPrograms(options, old, others);
  expect(grafts.map(({ to }) => to)).toEqual([
    '/kernel/compat/0',
    '/kernel/compat/programs/scripts-mod-modpost',
    '/kernel/usr/src/tree/scripts/mod/modpost',
    '/kernel/compat/1',
    '/kernel/compat/programs/tools-objtool-objtool',
    '/kernel/usr/src/tree/tools/objtool/objtool',
  ]);
  expect(grafts[0]?.from).toBe(join(newer.root, 'usr/lib/x86_64-linux-gnu'));
  const wrapper = grafts[2]?.from ?? '';
  expect(await readFile(wrapper, 'utf8')).toMatch(
    /^#!\/bin\/sh\nexec \/kernel\/compat\/0\/ld-linux-x86-64\.so\.2 .*--library-path \/kernel\/compat\/0 \/kernel\/compat\/programs\/scripts-mod-modpost "\$@"\n$/,
  );
  // Where the loader can give it, a program gets the name that it was called by.
  expect(await readFile(grafts[5]?.from ?? '', 'utf8')).toMatch(/--library-path \/kernel\/compat\/1 --argv0 "\$0" /);
  expect((await stat(wrapper)).mode & 0o111).toBe(0o111);
  // On a toolchain that has it all nothing has to be done.
  expect(await fitPrograms(options, newest, others)).toEqual([]);
});

test('programs that run nowhere here, or on no such processor, are told', async () => {
  const old = await sysroot('old', ['GLIBC_2.2.5']);
  const directory = await writeFiles(join(scratch.path, 'tree'), {
    ...FILES,
    'scripts/mod/modpost': program({ 'libc.so.6': ['GLIBC_2.99'] }),
  });
  const options = { directory, linked: [], scratch: scratch.path };
  await expect(fitPrograms(options, old, [async () => old])).rejects.toThrow(
    /modpost: the tree's program needs GLIBC_2\.99 of libc\.so\.6, which no toolchain here has\n.*modules_prepare/,
  );
  const foreign = program({ 'libc.so.6': [] });
  foreign.writeUInt16LE(183, 18);
  await writeFiles(directory, { 'scripts/mod/modpost': foreign });
  await expect(fitPrograms(options, old, [])).rejects.toThrow(
    /modpost: a program for another processor \(ELF machine 183\)/,
  );
});

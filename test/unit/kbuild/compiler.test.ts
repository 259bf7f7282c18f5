// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { fitCompiler } from '../../../src/kbuild/compiler.ts';
import { findHeaders, TREE, TREE_SOURCE } from '../../../src/kbuild/headers.ts';
import { Toolchain } from '../../../src/kbuild/toolchain.ts';
import type { Sysroot } from '../../../src/sysroot/compose.ts';
import type { Sandbox } from '../../../src/sysroot/sandbox.ts';

const { signal } = new AbortController();
let scratch: TemporaryDirectory;

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  for (const name of ['tree/arch/x86', 'root', 'work', 'output'])
    await mkdir(join(scratch.path, name), { recursive: true });
});
afterEach(() => scratch[Symbol.asyncDispose]());

/** Fits a gcc of that version to a tree with this Makefile and configuration; returns flags, and the gcc put before it. */
async function adapt(version: string, makefile: string, { config = '', source = false } = {}) {
  const place = (name: string) => join(scratch.path, name);
  const tree = place(source ? 'output' : 'tree');
  await writeFile(place('tree/Makefile'), 'VERSION = 3\n');
  await writeFile(place('tree/arch/x86/Makefile'), makefile);
  await writeFile(join(tree, '.config'), config);
  const grafts = [{ from: tree, to: TREE }, ...(source ? [{ from: place('tree'), to: TREE_SOURCE }] : [])];
  const sysroot: Sysroot = { root: place('root'), digest: '', grafts };
  const sandbox = { run: async () => ({ code: 0, stdout: `${version}\n` }) } as unknown as Sandbox;
  const toolchain = new Toolchain(sandbox, sysroot);
  const headers = await findHeaders(sysroot, '3.10.0-1160.el7.x86_64');
  expect(headers).toMatchObject({ directory: TREE, ...(source ? { source: TREE_SOURCE } : {}) });
  const compiler = await fitCompiler(headers, { toolchain, work: place('work'), signal });
  return { ...compiler, wrapper: await readFile(place('work/tools/gcc'), 'utf8').catch(() => undefined) };
}

test('a tree that cannot switch off what the compiler does by default gets a gcc that has it off', async () => {
  expect(await adapt('10', '')).toEqual({
    ...{ major: 10, flags: ['-Wno-error'] },
    wrapper: '#!/bin/sh\nexec /usr/bin/gcc -fno-pie -no-pie -fcf-protection=none "$@"\n',
  });
});

test('one that can, or has its sources elsewhere, is left as it is', async () => {
  const makefile = '$(call cc-option, -fno-PIE)\n$(call cc-option,-fcf-protection=none)\n';
  expect((await adapt('10', makefile)).wrapper).toBeUndefined();
  expect((await adapt('10', makefile, { source: true })).wrapper).toBeUndefined();
});

test('a compiler that does not know the flags is not given them', async () => {
  expect((await adapt('4.8', '')).wrapper).toBeUndefined();
  expect((await adapt('7', '')).wrapper).toMatch(/gcc -fno-pie -no-pie "\$@"/);
});

test('the compiler of the tree itself keeps its warnings errors', async () => {
  const config = 'CONFIG_GCC_VERSION=80500\n';
  expect(await adapt('8', '-fno-pie -fcf-protection', { config })).toMatchObject({ major: 8, flags: [] });
  expect(await adapt('10', '-fno-pie -fcf-protection', { config })).toMatchObject({ major: 10, flags: ['-Wno-error'] });
});

test('headers of a distribution come with the compiler they know', async () => {
  const release = '6.1.0-1-amd64';
  const directory = join(scratch.path, 'root/usr/src', `linux-headers-${release}`);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, '.config'), 'CONFIG_GCC_VERSION=120200\n');
  const sysroot: Sysroot = { root: join(scratch.path, 'root'), digest: '' };
  const toolchain = new Toolchain({ run: () => expect.fail('it need not be asked') } as unknown as Sandbox, sysroot);
  const headers = await findHeaders(sysroot, release);
  const work = join(scratch.path, 'work');
  expect(await fitCompiler(headers, { toolchain, work, signal })).toEqual({ major: 12, flags: [] });
});

// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import {
  type CompilerVersion,
  chooseToolchain,
  compilerOfTree,
  suggestToolchain,
} from '../../../src/local/compiler.ts';
import { lockPath } from '../../../src/matrix/matrix.ts';
import type { Distribution, Matrix, ToolSysroot } from '../../../src/matrix/types.ts';
import { type Lock, writeLock } from '../../../src/packages/lock.ts';
import type { Pin } from '../../../src/packages/pin.ts';

test.each<[string, Record<string, string>, string | undefined, CompilerVersion | undefined]>([
  ['4.18 and later', { GCC_VERSION: '100201' }, undefined, [10, 2, 1]],
  ['by text', { CC_VERSION_TEXT: 'gcc (Debian 12.2.0-14+deb12u1) 12.2.0' }, undefined, [12, 2, 0]],
  ['by text of Red Hat', { CC_VERSION_TEXT: 'gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-4)' }, undefined, [8, 5, 0]],
  [
    'older ones, once built',
    {},
    '#define LINUX_COMPILER "gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) "\n',
    [4, 8, 5],
  ],
  ['nothing', {}, undefined, undefined],
  ['clang', { GCC_VERSION: '0', CC_VERSION_TEXT: 'Debian clang version 14.0.6' }, undefined, undefined],
])('the compiler of a tree: %s', (_, config, header, version) => {
  expect(compilerOfTree(new Map(Object.entries(config)), header)).toEqual(version);
});

const lockOf = (version: string): Lock => ({
  ...{ schema: 'ovnfast.lock/1', id: 'toolchain', indexes: [], sysroots: { toolchain: ['gcc'] } },
  packages: [
    { ...{ name: 'gcc', version, architecture: 'amd64', archive: 'a', path: 'p', size: 1 }, sha256: 'a'.repeat(64) },
  ],
});

async function matrixOf(versions: Record<string, string | undefined>) {
  const directory = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  const toolchains: ToolSysroot[] = [];
  for (const [group, version] of Object.entries(versions)) {
    toolchains.push({
      name: 'toolchain',
      group,
      title: group,
      distribution: {} as Distribution,
      packages: [],
      exclude: [],
    });
    if (version) await writeLock(lockPath(directory.path, group, 'toolchain'), lockOf(version));
  }
  const matrix: Matrix = { directory: directory.path, distributions: [], tools: [], toolchains, locked: new Map() };
  return { matrix, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

const KNOWN = {
  'debian-12': '4:12.2.0-3',
  'debian-11': '4:10.2.1-1',
  'debian-14': '4:16.1.0-3',
  'el-8': '8.5.0-4.el8',
  'no-lock': undefined,
};

test('the version is that of the compiler itself', async () => {
  await using made = await matrixOf({ 'ubuntu-20.04': '4:9.3.0-1ubuntu2' });
  const lock = lockOf('4:9.3.0-1ubuntu2');
  const own = { ...lock.packages[0], name: 'gcc-9', version: '9.4.0-1ubuntu1~20.04.2' } as Pin;
  lock.sysroots = { toolchain: ['gcc', 'gcc-9'] };
  await writeLock(lockPath(made.matrix.directory, 'ubuntu-20.04', 'toolchain'), {
    ...lock,
    packages: [...lock.packages, own],
  });
  expect((await chooseToolchain(made.matrix, undefined, [9, 4, 0])).reason).toMatch(/^gcc 9\.4\.0; /);
});

describe('without --toolchain', () => {
  test.each<[string, CompilerVersion | undefined, string, RegExp]>([
    ['the same', [10, 2, 1], 'debian-11', /^gcc 10\.2\.1; the tree was built with gcc 10\.2\.1$/],
    ['the same major version, older', [12, 4, 0], 'debian-12', /^gcc 12\.2\.0; /],
    ['the same major version, newer', [16, 0, 1], 'debian-14', /^gcc 16\.1\.0; /],
    ['the newest of those before it', [14, 1, 0], 'debian-12', /^gcc 12\.2\.0, the nearest known; .* gcc 14\.1\.0$/],
    ['newer, when all are', [4, 8, 5], 'el-8', /^gcc 8\.5\.0, the nearest known, though newer; .* gcc 4\.8\.5$/],
    ['the oldest, when nothing is known', undefined, 'el-8', /the oldest known: the tree does not say/],
  ])('%s', async (_, compiler, group, reason) => {
    await using made = await matrixOf(KNOWN);
    const choice = await chooseToolchain(made.matrix, undefined, compiler);
    expect(choice.toolchain.group).toBe(group);
    expect(choice.reason).toMatch(reason);
  });

  test('the others come after it, should it not be had', async () => {
    await using made = await matrixOf(KNOWN);
    const { others } = await chooseToolchain(made.matrix, undefined, [12, 1, 0]);
    expect(others.map(({ group }) => group)).toEqual(['debian-11', 'el-8', 'debian-14']);
    expect((await chooseToolchain(made.matrix, 'debian-12', [12, 1, 0])).others).toEqual([]);
  });

  test('none is known', async () => {
    await using made = await matrixOf({ 'no-lock': undefined });
    await expect(chooseToolchain(made.matrix, undefined, [10, 2, 1])).rejects.toThrow(/--toolchain: no-lock/);
  });
});

test('the one that is named is taken, and a mistyped name told', async () => {
  await using made = await matrixOf(KNOWN);
  const choice = await chooseToolchain(made.matrix, 'no-lock', [10, 2, 1]);
  expect(choice).toMatchObject({ toolchain: { group: 'no-lock' }, reason: 'asked for with --toolchain' });
  await expect(chooseToolchain(made.matrix, 'debain-11', undefined)).rejects.toThrow(
    /unknown toolchain "debain-11", did you mean "debian-11"\?\n {2}Known: debian-12, debian-11/,
  );
});

test.each<[string, string, CompilerVersion | undefined, string | undefined]>([
  ['debian-12', '4:12.2.0-3', [12, 1, 0], undefined],
  [
    'debian-12',
    '4:12.2.0-3',
    [10, 2, 1],
    'gcc 12.2.0 of debian-12 is newer than the gcc 10.2.1 that built the tree: try --toolchain debian-11',
  ],
  [
    'debian-11',
    '4:10.2.1-1',
    [16, 1, 0],
    'gcc 10.2.1 of debian-11 is older than the gcc 16.1.0 that built the tree: try --toolchain debian-14',
  ],
  [
    'el-8',
    '8.5.0-4.el8',
    [4, 8, 5],
    'gcc 8.5.0 of el-8 is newer than the gcc 4.8.5 that built the tree: none nearer to it is known',
  ],
  ['debian-11', '4:10.2.1-1', undefined, 'gcc 10.2.1 of debian-11 may be too new for the tree: try --toolchain el-8'],
])('a failed build with %s %s suggests what to try', async (group, version, compiler, suggestion) => {
  await using made = await matrixOf(KNOWN);
  const toolchain = made.matrix.toolchains.find((one) => one.group === group);
  if (!toolchain) throw new Error('no toolchain');
  expect(await suggestToolchain(made.matrix, { toolchain, lock: lockOf(version) }, compiler)).toBe(suggestion);
});

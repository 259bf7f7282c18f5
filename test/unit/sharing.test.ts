// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { ModuleFile } from '../../src/kbuild/module.ts';
import { type KernelInterface, parseSymvers } from '../../src/kbuild/symvers.ts';
import type { Target } from '../../src/matrix/types.ts';
import { SharedBuilds, sharingKey } from '../../src/sharing.ts';

const targetOf = (kernel: string, id = 'debian-12') => ({ id, kernel }) as Target;
const vermagic = (kernel: string) => `${kernel} SMP mod_unload modversions`;

/** A kernel with these versions of `module_layout` and of another symbol: `layout/symbol`. */
const kernelOf = (release: string, crcs: string): KernelInterface => ({
  ...{ release, vermagic: vermagic(release), strictBtf: false },
  symbols: parseSymvers(
    `${crcs.split('/')[0]}\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n${crcs.split('/')[1]}\tf\tvmlinux\tEXPORT_SYMBOL\t\n`,
  ),
});

/** What a build for such a kernel gives. */
const moduleOf = (kernel: string, crcs?: string) =>
  ({
    ...{ name: 'sample', vermagic: vermagic(kernel), info: { license: ['GPL'] }, btf: false, portableBtf: false },
    imports: ['module_layout', 'f'].map((symbol, index) => ({
      symbol,
      ...(crcs ? { crc: crcs.split('/')[index] } : {}),
    })),
    versioned: crcs !== undefined,
  }) as unknown as ModuleFile;

/** Runs all targets at once, each as the main path does; returns whose build each took, itself included. */
async function share(crcs: Record<string, string>, build = (kernel: string, crc: string) => [moduleOf(kernel, crc)]) {
  const targets = Object.keys(crcs).map((kernel) => targetOf(kernel));
  const builds = new SharedBuilds(targets, async ({ kernel }) => kernelOf(kernel, crcs[kernel] ?? ''));
  const taken = await Promise.all(
    targets.map(async (target) => {
      const shared = await builds.find(target);
      if (!shared) builds.decide(target, { directory: '', modules: build(target.kernel, crcs[target.kernel] ?? '') });
      builds.decide(target);
      return [target.kernel, shared?.from ?? 'own'];
    }),
  );
  return Object.fromEntries(taken);
}

test('the newest builds, those of equal versions take its file, the newest of the rest builds for the rest', async () => {
  const taken = await share({
    '6.1.0-9': '0x1/0x1',
    '6.1.0-10': '0x1/0x1',
    '6.1.0-11': '0x1/0x2',
    '6.1.0-12': '0x1/0x2',
  });
  expect(taken).toEqual({
    '6.1.0-12': 'own',
    '6.1.0-11': 'debian-12/6.1.0-12',
    '6.1.0-10': 'own',
    '6.1.0-9': 'debian-12/6.1.0-10',
  });
});

test('versions that come back are served by the first build that had them', async () => {
  const taken = await share({ '6.1.0-1': '0x1/0x2', '6.1.0-2': '0x1/0x1', '6.1.0-3': '0x1/0x2' });
  expect(taken).toEqual({ '6.1.0-3': 'own', '6.1.0-2': 'own', '6.1.0-1': 'debian-12/6.1.0-3' });
});

test('a module without symbol versions serves its own release only', async () => {
  const taken = await share({ '6.1.0-1': '0x1/0x1', '6.1.0-2': '0x1/0x1' }, (kernel) => [moduleOf(kernel)]);
  expect(taken).toEqual({ '6.1.0-1': 'own', '6.1.0-2': 'own' });
});

test('of several modules all have to fit', async () => {
  const taken = await share({ '6.1.0-1': '0x1/0x1', '6.1.0-2': '0x1/0x1' }, (kernel, crc) => [
    ...[moduleOf(kernel, crc), moduleOf(kernel, '0x1/0x7')],
  ]);
  expect(taken['6.1.0-1']).toBe('own');
});

test('a build that failed serves nobody and holds up nobody', async () => {
  const taken = await share({ '6.1.0-1': '0x1/0x1', '6.1.0-2': '0x1/0x1' }, () => []);
  expect(taken).toEqual({ '6.1.0-1': 'own', '6.1.0-2': 'own' });
});

test('a kernel of another module_layout waits for nobody', async () => {
  const targets = [targetOf('6.1.0-1'), targetOf('6.1.0-2')];
  const builds = new SharedBuilds(targets, async ({ kernel }) =>
    kernelOf(kernel, kernel === '6.1.0-1' ? '0x1/0x1' : '0x2/0x1'),
  );
  // The newer one never decides.
  expect(await builds.find(targets[0] as Target)).toBeUndefined();
});

test('a newer kernel that cannot be read holds up nobody; one that is to be served must be read', async () => {
  const targets = [targetOf('6.1.0-1'), targetOf('6.1.0-2')];
  const unreadable = (which: string) =>
    new SharedBuilds(targets, async ({ kernel }) => {
      if (kernel === which) throw new Error('no such package');
      return kernelOf(kernel, '0x1/0x1');
    });
  expect(await unreadable('6.1.0-2').find(targets[0] as Target)).toBeUndefined();
  await expect(unreadable('6.1.0-1').find(targets[0] as Target)).rejects.toThrow('no such package');
});

test('distributions share nothing with each other', async () => {
  const targets = [targetOf('6.1.0-1', 'debian-11'), targetOf('6.1.0-2', 'debian-12')];
  const builds = new SharedBuilds(targets, async ({ kernel }) => kernelOf(kernel, '0x1/0x1'));
  expect(await Promise.all(targets.map((target) => builds.find(target)))).toEqual([undefined, undefined]);
});

test('kernels have equal keys when what a module imports is of equal versions, and the rest does not matter', () => {
  const key = (crcs: string, imports?: string[]) => sharingKey(kernelOf('6.1.0-1', crcs), imports && new Set(imports));
  expect(key('0x1/0x1')).toBe(sharingKey(kernelOf('6.1.0-2', '0x1/0x1')));
  expect(key('0x1/0x1')).not.toBe(key('0x1/0x2'));
  expect(key('0x1/0x1', ['f'])).not.toBe(key('0x1/0x2', ['f']));
  expect(key('0x1/0x1', ['g'])).toBe(key('0x1/0x2', ['g']));
  // Every module carries that one.
  expect(key('0x1/0x1', ['g'])).not.toBe(key('0x2/0x1', ['g']));
  const without = { ...kernelOf('6.1.0-1', '0x1/0x1'), symbols: new Map() };
  expect(sharingKey(without)).toBeUndefined();
});

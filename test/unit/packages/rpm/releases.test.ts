// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Distribution } from '../../../../src/matrix/types.ts';
import { publish, type Rpm } from './repository.ts';
import { workplace } from './workplace.ts';

const kernels = { default: ['*'], exclude: [] as string[] };

async function opened(rpms: Rpm[], headers: string[], image: string[] = headers, exclude: string[] = []) {
  const place = await workplace();
  publish(place.mirror, rpms, { withoutPackages: true });
  const offers = await place.open();
  const packages = { headers, image, toolchain: [], exclude: [] };
  const distribution: Distribution = {
    ...{ id: 'centos-9', title: 'CentOS 9', family: 'rpm', architecture: 'x86_64', archives: [place.archive] },
    ...{ kernels: { ...kernels, exclude }, packages, default: false },
  };
  return {
    releases: () => offers.releases(distribution),
    resolve: async (root: string) => {
      const pins = await offers.resolve([root], { architecture: 'x86_64', exclude: ['*'] });
      return pins.map(({ name, version }) => `${name} ${version}`);
    },
    async [Symbol.asyncDispose]() {
      offers[Symbol.dispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

describe('kernel releases', () => {
  test('are those of all versions, by what the packages say or by their versions', async () => {
    const rpms: Rpm[] = [
      { name: 'kernel-devel', evr: '3.10.0-1160.el7', provides: ['kernel-devel-uname-r = 3.10.0-1160.el7.x86_64'] },
      { name: 'kernel-devel', evr: '3.10.0-957.el7', provides: ['kernel-devel-x86_64 = 3.10.0-957.el7'] },
      { name: 'kernel-devel', evr: '1:5.10.0-1', provides: ['kernel-devel-uname-r = 5.10.0-60.18.0.x86_64'] },
      { name: 'kernel-devel', evr: '6.1.192-2.tos9', provides: ['kernel-devel-6.1.0-56-amd64'] },
      { name: 'kernel-devel', evr: '3.10.0-1.el7', architecture: 'i686' },
      { name: 'kernel-devel-7.0.1-1.el11', evr: '1-1' },
      {
        ...{ name: 'kernel-debug-devel', evr: '3.10.0-1160.el7' },
        provides: ['kernel-debug-devel-uname-r = 3.10.0-1160.el7.x86_64.debug', 'kernel-devel-3.10.0-1160.el7.debug'],
      },
    ];
    await using place = await opened(rpms, ['kernel-devel-{kernel}', 'gcc']);
    const releases = [
      '3.10.0-957.el7.x86_64',
      '3.10.0-1160.el7.x86_64',
      '5.10.0-60.18.0.x86_64',
      '6.1.0-56-amd64',
      '7.0.1-1.el11',
    ];
    expect(place.releases()).toEqual(releases);
    const answers = await Promise.all(releases.map((release) => place.resolve(`kernel-devel-${release}`)));
    expect(answers).toEqual([
      ['kernel-devel 3.10.0-957.el7'],
      ['kernel-devel 3.10.0-1160.el7'],
      ['kernel-devel 1:5.10.0-1'],
      ['kernel-devel 6.1.192-2.tos9'],
      ['kernel-devel-7.0.1-1.el11 1-1'],
    ]);
  });

  test('count when every package that is named with one is there, and are not excluded', async () => {
    const all = ['4.18.0-80.el8', '4.18.0-147.el8', '4.18.0-193.el8', '4.18.0-240.el8'];
    const rpms = ['kernel-devel', 'kernel-core', 'kernel-modules'].flatMap((name, index) =>
      all.filter((_, at) => at !== index).map((evr) => ({ name, evr })),
    );
    const image = ['kernel-core-{kernel}', 'kernel-modules-{kernel}'];
    await using place = await opened(rpms, ['kernel-devel-{kernel}'], image);
    expect(place.releases()).toEqual(['4.18.0-240.el8.x86_64']);
    await using other = await opened(rpms, ['kernel-devel-{kernel}'], image, ['*-240.*']);
    expect(other.releases()).toEqual([]);
  });
});

describe('a root', () => {
  const rpms: Rpm[] = [
    { name: 'kernel-devel', evr: '3.10.0-957.el7' },
    { name: 'kernel-devel', evr: '3.10.0-1160.el7' },
    { name: 'bind', evr: '32:9.11.4-26.el7' },
    { name: 'bind', evr: '32:9.9.4-1.el7' },
    { name: 'vim-enhanced', provides: ['vim'], files: ['/usr/bin/vim'] },
  ];
  test.each([
    ['kernel-devel', 'kernel-devel 3.10.0-1160.el7'],
    ['kernel-devel-3.10.0-957.el7.x86_64', 'kernel-devel 3.10.0-957.el7'],
    ['kernel-devel-3.10.0-957.el7', 'kernel-devel 3.10.0-957.el7'],
    ['kernel-devel-3.10.0', 'kernel-devel 3.10.0-1160.el7'],
    ['bind-9.9.4-1.el7.x86_64', 'bind 32:9.9.4-1.el7'],
    ['bind-32:9.9.4-1.el7', 'bind 32:9.9.4-1.el7'],
    ['vim', 'vim-enhanced 1.0-1'],
    ['/usr/bin/vim', 'vim-enhanced 1.0-1'],
  ])('%s means %s', async (root, expected) => {
    await using place = await opened(rpms, ['kernel-devel-{kernel}']);
    expect(await place.resolve(root)).toEqual([expected]);
  });

  test.each(['kernel-devel-3.10.0-957', 'kernel-devel-', '-', 'kernel-devel-3.10.0-957.el7.i686', 'bin'])(
    '%s means nothing',
    async (root) => {
      await using place = await opened(rpms, ['kernel-devel-{kernel}']);
      await expect(place.resolve(root)).rejects.toThrow(`no repository offers ${root}\n`);
    },
  );
});

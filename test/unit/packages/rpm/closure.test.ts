// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { publish, type Rpm } from './repository.ts';
import { workplace } from './workplace.ts';

/** Resolves against a repository of these packages, and returns `name version` of each. */
async function closure(rpms: Rpm[], roots: string[], exclude: string[] = []): Promise<string[]> {
  await using place = await workplace();
  publish(place.mirror, rpms, { withoutPackages: true });
  using offers = await place.open();
  const pins = await offers.resolve(roots, { architecture: 'x86_64', exclude });
  return pins.map(
    ({ name, version, architecture }) => `${name} ${version}${architecture === 'noarch' ? ' noarch' : ''}`,
  );
}

test('requires, of what is required too, circular ones, sorted and each once', async () => {
  const rpms = [
    { name: 'gcc', requires: ['cpp = 1.0-1', 'libmpc.so.3()(64bit)', 'rpmlib(PayloadIsXz) <= 5.2-1', '/bin/sh'] },
    { name: 'cpp', requires: ['gcc', 'filesystem'] },
    {
      name: 'libmpc',
      provides: ['libmpc.so.3()(64bit)'],
      requires: ['config(libmpc) = 1.0-1'],
      files: ['/etc/mpc.conf'],
    },
    { name: 'bash', provides: ['/bin/sh'] },
    { name: 'filesystem', architecture: 'noarch' },
    { name: 'unrelated' },
  ];
  rpms[2]?.provides?.push('config(libmpc) = 1.0-1');
  expect(await closure(rpms, ['gcc'])).toEqual([
    'bash 1.0-1',
    'cpp 1.0-1',
    'filesystem 1.0-1 noarch',
    'gcc 1.0-1',
    'libmpc 1.0-1',
  ]);
});

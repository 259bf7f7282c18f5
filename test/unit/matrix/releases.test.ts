// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { compareReleases, matcher, selectorFault, selectReleases } from '../../../src/matrix/releases.ts';

const ordered = [
  '3.10.0-1160.el7.x86_64',
  '3.10.0-1160.119.1.el7.x86_64',
  '4.18.0-348.el8.x86_64',
  '5.4.0-42-generic',
  '5.4.0-216-generic',
  '5.10.0-9-amd64',
  '5.10.0-46-amd64',
  '6.1.0-0.deb11.48-amd64',
  '6.1.0-0.deb11.52-amd64',
  '6.1.0-9-amd64',
  '6.1.0-56-amd64',
  '6.12.94+deb13-amd64',
  '6.12.115+deb13-amd64',
  '6.12.115+deb13.1-amd64',
  '6.12.117+deb13-amd64',
  '7.2~rc1-amd64',
  '7.2-amd64',
  '7.2.12+deb14-amd64',
];

test('kernel releases have an order of their own', () => {
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) {
      expect(Math.sign(compareReleases(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j));
    }
  }
});

test.each([
  [['6.1.0-56-amd64'], ['6.1.0-56-amd64']],
  [['6.12.115+deb13.1-amd64'], ['6.12.115+deb13.1-amd64']],
  [['6.1.0-*'], ['6.1.0-0.deb11.48-amd64', '6.1.0-0.deb11.52-amd64', '6.1.0-9-amd64', '6.1.0-56-amd64']],
  [['*+deb13-*'], ['6.12.94+deb13-amd64', '6.12.115+deb13-amd64', '6.12.117+deb13-amd64']],
  [['newest 2'], ['7.2-amd64', '7.2.12+deb14-amd64']],
  [['newest 1 of 6.1.0-*'], ['6.1.0-56-amd64']],
  [
    ['newest 1 of 6.12.*', '5.10.0-{9,46}-amd64'],
    ['5.10.0-9-amd64', '5.10.0-46-amd64', '6.12.117+deb13-amd64'],
  ],
  [['newest 1 of 6.12.*', '6.12.117*'], ['6.12.117+deb13-amd64']],
  [['newest 1 of 8.*', '8.0.0-1-amd64'], []],
])('%j selects', (selectors, expected) => {
  expect(selectReleases(selectors, [...ordered].reverse())).toEqual(expected);
});

test('a selector that says nothing is told apart', () => {
  expect(selectorFault('newest 0')).toContain('selects nothing');
  expect(selectorFault('newest 1 from 6.*')).toContain('neither a kernel release nor a glob');
  expect(selectorFault('latest 1')).toContain('neither');
  expect(['newest 3', 'newest 1 of 6.*', '6.1.0-56-amd64', '*'].map(selectorFault)).toEqual([
    ...Array.from({ length: 4 }, () => undefined),
  ]);
});

test('names are matched as they are, and as globs', () => {
  const matches = matcher(['libstdc++6', 'libasan*', 'linux-image-*']);
  const names = ['libstdc++6', 'libstdc6', 'libasan8', 'linux-image-6.12.117+deb13-amd64', 'asan'];
  expect(names.filter(matches)).toEqual(['libstdc++6', 'libasan8', 'linux-image-6.12.117+deb13-amd64']);
  expect(names.filter(matcher([]))).toEqual([]);
});

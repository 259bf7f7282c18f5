// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { compareVersions, satisfies } from '../../../../src/packages/debian/version.ts';

/** Each is older than the next; checked against `dpkg --compare-versions`. */
const ascending = [
  ['1~~', '1~~a', '1~', '1-0~', '1', '1-1', '1-1+b1', '1-1.1', '1-2', '1-10', '1a', '1+', '1.2', '1.10'],
  ['1.0~rc1-1', '1.0-1', '1.0+deb12u1-1', '1.0.1-1', '1:0.9-1', '2:0.1-1'],
  ['5.10.262-1', '6.1.9-1', '6.1.192-2', '6.12.107-1'],
  ['4.8.12+dfsg-1', '4.8.12+dfsg1-1', '4.8.12.1-1'],
  ['2.36-9+deb12u9', '2.36-9+deb12u14', '2.36-10'],
  ['1.0-1', '1.0-1-1'],
];

test.each(ascending)('%s and so on ascend', (...versions) => {
  for (const [i, a] of versions.entries()) {
    for (const [j, b] of versions.entries()) {
      expect(Math.sign(compareVersions(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j));
    }
  }
});

test.each([
  ['1.0', '1.00'],
  ['0:1.0', '1.0'],
  ['1.0-0', '1.0'],
  ['1.007', '1.7'],
])('%s equals %s', (a, b) => {
  expect(compareVersions(a, b)).toBe(0);
});

test('relations', () => {
  expect(satisfies('1.0', '<<', '1.1')).toBe(true);
  expect(satisfies('1.1', '<<', '1.1')).toBe(false);
  expect(satisfies('1.1', '<=', '1.1')).toBe(true);
  expect(satisfies('1.1', '=', '1.1')).toBe(true);
  expect(satisfies('1.1-1', '=', '1.1')).toBe(false);
  expect(satisfies('1.1', '>=', '1.2')).toBe(false);
  expect(satisfies('1.10', '>>', '1.9')).toBe(true);
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { compareEvr, compareSegments, overlaps, parseEvr, type Range } from '../../../../src/packages/rpm/version.ts';

/** The cases of rpm's own test, tests/rpmvercmp.at: which of the two is newer. */
const cases: [string, '<' | '=' | '>', string][] = [
  ['1.0', '=', '1.0'],
  ['1.0', '<', '2.0'],
  ['2.0', '>', '1.0'],
  ['2.0.1', '=', '2.0.1'],
  ['2.0', '<', '2.0.1'],
  ['2.0.1', '>', '2.0'],
  ['2.0.1a', '=', '2.0.1a'],
  ['2.0.1a', '>', '2.0.1'],
  ['2.0.1', '<', '2.0.1a'],
  ['5.5p1', '=', '5.5p1'],
  ['5.5p1', '<', '5.5p2'],
  ['5.5p2', '>', '5.5p1'],
  ['5.5p10', '=', '5.5p10'],
  ['5.5p1', '<', '5.5p10'],
  ['5.5p10', '>', '5.5p1'],
  ['10xyz', '<', '10.1xyz'],
  ['10.1xyz', '>', '10xyz'],
  ['xyz10', '=', 'xyz10'],
  ['xyz10', '<', 'xyz10.1'],
  ['xyz10.1', '>', 'xyz10'],
  ['xyz.4', '=', 'xyz.4'],
  ['xyz.4', '<', '8'],
  ['8', '>', 'xyz.4'],
  ['xyz.4', '<', '2'],
  ['2', '>', 'xyz.4'],
  ['5.5p2', '<', '5.6p1'],
  ['5.6p1', '>', '5.5p2'],
  ['5.6p1', '<', '6.5p1'],
  ['6.5p1', '>', '5.6p1'],
  ['6.0.rc1', '>', '6.0'],
  ['6.0', '<', '6.0.rc1'],
  ['10b2', '>', '10a1'],
  ['10a2', '<', '10b2'],
  ['1.0aa', '=', '1.0aa'],
  ['1.0a', '<', '1.0aa'],
  ['1.0aa', '>', '1.0a'],
  ['10.0001', '=', '10.0001'],
  ['10.0001', '=', '10.1'],
  ['10.1', '=', '10.0001'],
  ['10.0001', '<', '10.0039'],
  ['10.0039', '>', '10.0001'],
  ['4.999.9', '<', '5.0'],
  ['5.0', '>', '4.999.9'],
  ['20101121', '=', '20101121'],
  ['20101121', '<', '20101122'],
  ['20101122', '>', '20101121'],
  ['2_0', '=', '2_0'],
  ['2.0', '=', '2_0'],
  ['2_0', '=', '2.0'],
  ['a', '=', 'a'],
  ['a+', '=', 'a+'],
  ['a+', '=', 'a_'],
  ['a_', '=', 'a+'],
  ['+a', '=', '+a'],
  ['+a', '=', '_a'],
  ['_a', '=', '+a'],
  ['+_', '=', '+_'],
  ['_+', '=', '+_'],
  ['_+', '=', '_+'],
  ['+', '=', '_'],
  ['_', '=', '+'],
  ['1.0~rc1', '=', '1.0~rc1'],
  ['1.0~rc1', '<', '1.0'],
  ['1.0', '>', '1.0~rc1'],
  ['1.0~rc1', '<', '1.0~rc2'],
  ['1.0~rc2', '>', '1.0~rc1'],
  ['1.0~rc1~git123', '=', '1.0~rc1~git123'],
  ['1.0~rc1~git123', '<', '1.0~rc1'],
  ['1.0~rc1', '>', '1.0~rc1~git123'],
  ['1.0^', '=', '1.0^'],
  ['1.0^', '>', '1.0'],
  ['1.0', '<', '1.0^'],
  ['1.0^git1', '=', '1.0^git1'],
  ['1.0^git1', '>', '1.0'],
  ['1.0', '<', '1.0^git1'],
  ['1.0^git1', '<', '1.0^git2'],
  ['1.0^git2', '>', '1.0^git1'],
  ['1.0^git1', '<', '1.01'],
  ['1.01', '>', '1.0^git1'],
  ['1.0^20160101', '=', '1.0^20160101'],
  ['1.0^20160101', '<', '1.0.1'],
  ['1.0.1', '>', '1.0^20160101'],
  ['1.0^20160101^git1', '=', '1.0^20160101^git1'],
  ['1.0^20160102', '>', '1.0^20160101^git1'],
  ['1.0^20160101^git1', '<', '1.0^20160102'],
  ['1.0~rc1^git1', '=', '1.0~rc1^git1'],
  ['1.0~rc1^git1', '>', '1.0~rc1'],
  ['1.0~rc1', '<', '1.0~rc1^git1'],
  ['1.0^git1~pre', '=', '1.0^git1~pre'],
  ['1.0^git1', '>', '1.0^git1~pre'],
  ['1.0^git1~pre', '<', '1.0^git1'],
  // Letters beyond ASCII only part what is around them.
  ['1.1.á', '=', '1.1.é'],
  ['1á', '=', '1'],
];

test.each(cases)('%s %s %s', (a, sign, b) => {
  const order = Math.sign(compareSegments(a, b));
  expect('<=>'[order + 1]).toBe(sign);
  expect(Math.sign(compareSegments(b, a)) + order).toBe(0);
});

test('numbers of any length', () => {
  expect(compareSegments('1.99999999999999999998', '1.99999999999999999999')).toBeLessThan(0);
  expect(compareSegments('1.100000000000000000000', '1.99999999999999999999')).toBeGreaterThan(0);
});

test('epoch, version and release apart', () => {
  expect(parseEvr('3.10.0-1160.el7')).toEqual({ epoch: 0, version: '3.10.0', release: '1160.el7' });
  expect(parseEvr('32:9.11.4-26.P2.el7')).toEqual({ epoch: 32, version: '9.11.4', release: '26.P2.el7' });
  expect(parseEvr('1.0')).toEqual({ epoch: 0, version: '1.0', release: '' });
});

describe('epoch, version, release', () => {
  test.each([
    ['1:1.0-1', '>', '2.0-1'],
    ['0:1.0-1', '=', '1.0-1'],
    ['1.0-2', '>', '1.0-1'],
    ['1.0-1.el7_9', '>', '1.0-1.el7'],
    ['1.0', '=', '1.0-1'],
    ['1.0-99', '=', '1.0'],
    ['3.10.0-1160.119.1.el7', '>', '3.10.0-1160.99.1.el7'],
  ])('%s %s %s', (a, sign, b) => {
    expect('<=>'[Math.sign(compareEvr(a, b)) + 1]).toBe(sign);
    expect('<=>'[1 - Math.sign(compareEvr(b, a))]).toBe(sign);
  });
});

describe('a provide meets a require', () => {
  const range = (text: string): Range => {
    const [sense, evr] = text.split(' ');
    return text === '' ? {} : { sense: sense as NonNullable<Range['sense']>, evr: evr ?? '' };
  };
  test.each([
    ['= 1.0-1', '', true],
    ['', '>= 5', true],
    ['', '', true],
    ['= 1.0-1', '= 1.0-1', true],
    ['= 1.0-1', '= 1.0', true],
    ['= 1.0-1', '= 1.0-2', false],
    ['= 1.0-1', '>= 1.0', true],
    ['= 1.0-1', '> 1.0', false],
    ['= 1.0-2', '> 1.0-1', true],
    ['= 1.0-1', '<= 1.0', true],
    ['= 1.0-1', '< 1.0', false],
    ['= 2:1.0-1', '>= 1:9.9', true],
    ['= 9.9-1', '>= 1:1.0', false],
    ['>= 2', '<= 2', true],
    ['> 2', '<= 2', false],
    ['< 2', '> 1', true],
    ['< 1', '> 2', false],
    ['<= 1', '>= 1', true],
    ['> 1', '> 7', true],
  ])('provided %s, required %s: %s', (provided, required, expected) => {
    expect(overlaps(range(provided), range(required))).toBe(expected);
    expect(overlaps(range(required), range(provided))).toBe(expected);
  });
});

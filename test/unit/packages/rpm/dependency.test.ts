// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { formatDependency, parseDependency } from '../../../../src/packages/rpm/dependency.ts';

const simple = (name: string, sense?: string, evr?: string) => ({
  kind: 'simple',
  name,
  ...(sense === undefined ? {} : { sense, evr }),
});

test.each([
  ['glibc', simple('glibc')],
  ['cpp = 4.8.5-44.el7', simple('cpp', '=', '4.8.5-44.el7')],
  ['binutils >= 1:2.20', simple('binutils', '>=', '1:2.20')],
  ['libc.so.6(GLIBC_2.14)(64bit)', simple('libc.so.6(GLIBC_2.14)(64bit)')],
  ['/usr/bin/perl', simple('/usr/bin/perl')],
  ['(a if b)', { kind: 'if', what: simple('a'), condition: simple('b') }],
  [
    '(a >= 1.0 if b else c)',
    { kind: 'if', what: simple('a', '>=', '1.0'), condition: simple('b'), otherwise: simple('c') },
  ],
  ['(a unless b)', { kind: 'unless', what: simple('a'), condition: simple('b') }],
  ['(a or b or c)', { kind: 'or', parts: [simple('a'), simple('b'), simple('c')] }],
  [
    '(libx.so.1()(64bit) with pkg >= 2)',
    { kind: 'with', parts: [simple('libx.so.1()(64bit)'), simple('pkg', '>=', '2')] },
  ],
  [
    '((a and (b or c)) if (d without e))',
    {
      kind: 'if',
      what: { kind: 'and', parts: [simple('a'), { kind: 'or', parts: [simple('b'), simple('c')] }] },
      condition: { kind: 'without', parts: [simple('d'), simple('e')] },
    },
  ],
  ['(gcc)', simple('gcc')],
])('%s', (text, expected) => {
  const read = parseDependency(text);
  expect(read).toEqual(expected);
  if (text !== '(gcc)') expect(read && formatDependency(read)).toBe(text);
});

test.each([
  '',
  'a b',
  'a = ',
  'a ~ 1',
  'a = 1 2',
  '(a if',
  '(a if)',
  '(a or b',
  '(a or b and c)',
  '(a) b',
  '()',
  '(or a)',
  '(a if b else)',
  `${'('.repeat(200)}a${')'.repeat(200)}`,
  `(${'a or '.repeat(20_000)}a)`,
])('%.40s is none', (text) => {
  expect(parseDependency(text)).toBeUndefined();
});

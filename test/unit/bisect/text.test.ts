// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Bisection } from '../../../src/bisect/bisect.ts';
import { bisectText } from '../../../src/bisect/text.ts';

const plain = (_: unknown, text: string) => text;
const context = (count: number) => Array.from({ length: count }, (_, index) => ` int line_${index};`);
const hunk = (line: number, lines: string[]) => ({ head: `@@ -${line},9 +${line},9 @@`, line, lines });
const one = { crc: '0x00000001', module: 'vmlinux', gplOnly: false };

const found: Bisection = {
  id: 'debian-12',
  outcome: 'found',
  releases: [
    { kernel: '6.1.0-55-amd64', verdict: 'pass' },
    { kernel: '6.1.0-56-amd64', verdict: 'pass' },
    { kernel: '6.12.9-amd64', verdict: 'fail', reason: 'a.c:3: too many arguments' },
    { kernel: '6.12.10-amd64' },
  ],
  lastGood: '6.1.0-56-amd64',
  firstBad: '6.12.9-amd64',
  diagnostics: [
    { file: 'a.c', line: 3, severity: 'error', message: "too many arguments to function 'class_create'" },
    { file: 'a.c', line: 9, severity: 'warning', message: 'beside the point' },
  ],
  trail: {
    included: 435,
    changed: [
      { file: 'include/linux/class.h', added: 1, removed: 2 },
      { file: 'include/linux/other.h', added: 30, removed: 0 },
    ],
    hunks: [
      {
        ...{ file: 'include/linux/class.h', score: 4, focus: [60] },
        hunk: hunk(1, [...context(60), '-#define class_create(owner, name)', ...context(60)]),
      },
      { file: 'include/linux/other.h', score: 0.1, focus: [0], hunk: hunk(7, ['+struct module *faint;']) },
      { file: 'include/linux/other.h', score: 0, focus: [], hunk: hunk(9, ['+int nothing;']) },
    ],
    clipped: false,
    file: 'out/headers.diff',
    symbols: [
      { symbol: 'kept', before: one, after: { ...one, crc: '0x00000002' } },
      { symbol: 'lost', before: one },
    ],
    options: [
      { name: 'SMP', before: 'y' },
      { name: 'NR_CPUS', before: '512', after: '8192' },
    ],
  },
};

test('a trail: the release, the errors, what was tested, the headers that matter, the symbols', () => {
  const text = bisectText(found, plain);
  expect(text).toMatch(/^debian-12: 6\.12\.9-amd64 fails, 6\.1\.0-56-amd64 passes\n {2}a\.c:3: too many arguments to/);
  expect(text).not.toContain('beside the point');
  expect(text).toContain('3 of 4 releases tested\n');
  expect(text).toMatch(/6\.12\.9-amd64 +✗ FAIL {2}a\.c:3: too many arguments\n/);
  expect(text).toContain('2 of 435 that the module includes differ, in 3 places\n');
  expect(text).toContain(
    '--- 6.1.0-56-amd64/include/linux/class.h\n+++ 6.12.9-amd64/include/linux/class.h\n@@ -1,9 +1,9 @@\n',
  );
  // Of a long hunk only what surrounds the line that matters, of the others none.
  expect(text).toMatch(
    /\(55 lines left out\)\n int line_55;\n(.*\n){4}-#define class_create\(owner, name\)\n(.*\n){5} +\(55 lines left out\)\n/,
  );
  expect(text).not.toMatch(/faint|nothing/);
  expect(text).toContain('All of it: out/headers.diff\n');
  expect(text).toMatch(
    /2 symbols .* differ\n +lost +0x00000001, vmlinux -> not exported any more\n +kept +0x00000001, vmlinux -> 0x00000002, vmlinux\n/,
  );
});

test('options of the configuration that differ', () => {
  expect(bisectText(found, plain)).toMatch(
    /2 options .* differ\n {2}CONFIG_SMP {6}y -> not set\n {2}CONFIG_NR_CPUS {2}512 -> 8192\n$/,
  );
});

test('where no difference has to do with an error, the files that changed most', () => {
  const { trail } = found;
  if (!trail) return expect.fail('no trail');
  const hunks = trail.hunks.map((one) => ({ ...one, score: 0, focus: [] }));
  const text = bisectText({ ...found, diagnostics: [], trail: { ...trail, hunks, symbols: [] } }, plain);
  expect(text).toMatch(/\n {2}\+30 -0 +include\/linux\/other\.h\n {2}\+1 -2 +include\/linux\/class\.h\n/);
  expect(text).toContain('those that the module imports are the same\n');
  // The reason of the report stands in for the compiler's errors.
  expect(text).toMatch(/passes\n {2}a\.c:3: too many arguments\n/);
});

test('what cannot be tested, and a row that goes back and forth, are told', () => {
  const releases: Bisection['releases'] = [
    { kernel: '1', verdict: 'pass' },
    { kernel: '2', verdict: 'unknown', reason: 'gone' },
    { kernel: '3', verdict: 'fail', reason: 'broken' },
    { kernel: '4', verdict: 'pass' },
  ];
  const odd = { fails: '3', passes: '4' };
  const text = bisectText(
    { id: 'a', outcome: 'found', releases, lastGood: '1', firstBad: '3', odd, diagnostics: [] },
    plain,
  );
  expect(text).toContain('What lies between cannot be tested: 2\n');
  expect(text).toMatch(/2 {2}! ERROR {2}gone\n/);
  expect(text).toContain('not monotonic  3 fails though the newer 4 passes');
});

test('nothing to trace', () => {
  const of = (outcome: Bisection['outcome'], rest: Partial<Bisection> = {}) =>
    bisectText(
      { id: 'a', releases: [{ kernel: '1', verdict: 'pass' }, { kernel: '2' }], diagnostics: [], ...rest, outcome },
      plain,
    );
  expect(of('nothing fails')).toMatch(/^a: nothing fails from 1 to 2\n/);
  expect(of('unknown')).toMatch(/^a: not known/);
  expect(of('nothing passes', { firstBad: '1' })).toMatch(/^a: 1 fails, and there is no older one that passes\n/);
});

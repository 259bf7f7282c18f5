// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { namesIn, rankHunks } from '../../../src/bisect/rank.ts';
import { changedSymbols, describe as describeSymbol } from '../../../src/bisect/symbols.ts';
import { parseUnified, renderUnified } from '../../../src/bisect/unified.ts';
import type { Diagnostic } from '../../../src/kbuild/diagnostics.ts';
import type { ExportedSymbol } from '../../../src/kbuild/symvers.ts';

const diff = `diff -r -u -N -p a/include/linux/class.h b/include/linux/class.h
--- a/include/linux/class.h	1970-01-01 00:00:00.000000000 +0000
+++ b/include/linux/class.h	1970-01-01 00:00:00.000000000 +0000
@@ -1,2 +1,2 @@
 struct module;
-#define class_create(owner, name) __class_create(owner, name)
+struct class *class_create(const char *name);
@@ -40,2 +40,3 @@ struct module {
--- not a file but a line of one
 struct module *module;
+++ neither
+int more;
diff -r -u -N -p a/include/linux/gone.h b/include/linux/gone.h
--- a/include/linux/gone.h	1970-01-01
+++ b/include/linux/gone.h	1970-01-01
@@ -1 +0,0 @@
-struct module *gone;
\\ No newline at end of file
`;
const files = parseUnified(diff, (words) => words.replace(/\t.*/, '').replace(/^b\//, ''));

test('a unified diff is read by the counts of its hunks, whatever the lines look like', () => {
  expect(files.map(({ file, hunks }) => [file, hunks.map(({ line, lines }) => [line, lines.length])])).toEqual([
    [
      'include/linux/class.h',
      [
        [1, 3],
        [40, 4],
      ],
    ],
    ['include/linux/gone.h', [[0, 2]]],
  ]);
  expect(files[0]?.hunks[1]?.lines).toContain('--- not a file but a line of one');
  const [first] = files;
  expect(first && renderUnified(first, 'old', 'new').slice(0, 4)).toEqual([
    '--- old/include/linux/class.h',
    '+++ new/include/linux/class.h',
    '@@ -1,2 +1,2 @@',
    ' struct module;',
  ]);
});

test('a diff that ends within a hunk does no harm', () => {
  expect(parseUnified('+++ b/x\n@@ -1,9 +1,9 @@\n one', (words) => words)).toMatchObject([
    { hunks: [{ lines: [' one'] }] },
  ]);
});

const error = (message: string): Diagnostic => ({ file: 'a.c', line: 3, severity: 'error', message });
const note = (file: string, line: number): Diagnostic => ({ file, line, severity: 'note', message: 'declared here' });

test('names are taken from what errors quote, without the words of C', () => {
  const diagnostics: Diagnostic[] = [
    error("too many arguments to function 'class_create'; did you mean 'const struct thing *'?"),
    { ...error("unused variable 'harmless'"), severity: 'warning' },
    { ...error("'also_harmless' was declared here"), severity: 'note' },
  ];
  expect(namesIn(diagnostics)).toEqual(['class_create', 'thing']);
});

test('hunks that change what the errors name come first, and rare names count most', () => {
  const ranked = rankHunks(files, [error("'class_create' wants no 'struct module *'")]);
  expect(ranked.map(({ file, hunk }) => [file, hunk.line])).toEqual([
    ['include/linux/class.h', 1],
    ['include/linux/gone.h', 0],
    ['include/linux/class.h', 40],
  ]);
  expect(ranked[0]?.focus).toContain(1);
  expect(ranked.map(({ score }) => score > 0)).toEqual([true, true, true]);
});

test('so does a hunk that the compiler pointed at', () => {
  const ranked = rankHunks(files, [error('something'), note('/usr/src/linux-headers-6.12/include/linux/class.h', 42)]);
  expect(ranked[0]).toMatchObject({ file: 'include/linux/class.h', hunk: { line: 40 }, focus: [3] });
  expect(ranked[1]?.score).toBe(0);
});

test('without errors the order is that of the files', () => {
  expect(rankHunks(files, []).map(({ score, hunk }) => [score, hunk.line])).toEqual([
    [0, 1],
    [0, 40],
    [0, 0],
  ]);
});

test('of the symbols that a module imports, those that differ are told', () => {
  const kernel = (symbols: [string, ExportedSymbol][]) => ({ symbols: new Map(symbols) });
  const one = { crc: '0x00000001', module: 'vmlinux', gplOnly: false };
  const before = kernel([
    ['same', one],
    ['crc', one],
    ['gone', one],
    ['unused', one],
    ['gpl', one],
  ]);
  const after = kernel([
    ['same', one],
    ['crc', { ...one, crc: '0x00000002' }],
    ['gpl', { ...one, gplOnly: true, namespace: 'N' }],
  ]);
  const modules = [{ imports: ['crc', 'gone', 'gpl', 'own', 'same'].map((symbol) => ({ symbol })) }];
  const changes = changedSymbols(modules, before, after);
  expect(changes.map(({ symbol, after: now }) => [symbol, now && describeSymbol(now)])).toEqual([
    ['crc', '0x00000002, vmlinux'],
    ['gone', undefined],
    ['gpl', '0x00000001, vmlinux, GPL only, namespace N'],
  ]);
  expect(describeSymbol({ ...one, crc: '0x00000000' })).toBe('vmlinux');
});

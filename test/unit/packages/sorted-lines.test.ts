// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SortedFile } from '../../../src/packages/sorted-file.ts';
import { SortedLines } from '../../../src/packages/sorted-lines.ts';
import { scratch } from './fixtures.ts';

async function sorted(add: (lines: SortedLines) => void) {
  const directory = await scratch();
  const path = join(directory.path, 'table');
  {
    using lines = new SortedLines(`${path}.unsorted`);
    add(lines);
    await lines.writeTo(path);
  }
  const file = new SortedFile(path);
  return {
    ...{ file, files: () => readdir(directory.path) },
    async [Symbol.asyncDispose]() {
      file[Symbol.dispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test('more than fits into memory at a time is found by name, lines of one name in their order', async () => {
  const count = 40_000;
  const names = Array.from({ length: count }, (_, i) => `n${(i * 7919) % 10_007}`);
  const filler = 'x'.repeat(1000);
  // 40 MB, and a run is 8 MiB.
  await using place = await sorted((lines) => {
    for (const [i, name] of names.entries()) lines.add(name, `${i}\t${filler}`);
  });
  for (let i = 0; i < count; i += 97) {
    const name = names[i] ?? '';
    const wanted = names.flatMap((other, index) => (other === name ? [index] : []));
    expect(place.file.lines(`${name}\t`).map((line) => Number(line.split('\t')[1]))).toEqual(wanted);
  }
  expect(place.file.lines('').length).toBe(count);
  expect(await place.files()).toEqual(['table']);
});

test('a line longer than what is sorted at a time, among short ones', async () => {
  const long = 'y'.repeat(9 << 20);
  await using place = await sorted((lines) => {
    lines.add('c', 'last');
    lines.add('b', long);
    lines.add('a', 'first');
    lines.add('b', 'again');
  });
  expect(place.file.lines('').map((line) => [line[0], line.length])).toEqual([
    ['a', 7],
    ['b', long.length + 2],
    ['b', 7],
    ['c', 6],
  ]);
});

test('one that is too long is an error, not all the memory', async () => {
  await using directory = await scratch();
  using lines = new SortedLines(join(directory.path, 'lines'));
  expect(() => lines.begin(100 << 20)).toThrow(RangeError);
});

test('names beyond ASCII, sorted by their bytes', async () => {
  const names = ['/é', '/z', '/\u{1f600}', '/\uffee', '/e'];
  await using place = await sorted((lines) => {
    for (const name of names) lines.add(name, name.toUpperCase());
  });
  for (const name of names) expect(place.file.lines(`${name}\t`)).toEqual([`${name}\t${name.toUpperCase()}`]);
  const bytes = place.file.lines('').map((line) => Buffer.from(line.split('\t')[0] ?? ''));
  expect([...bytes].sort(Buffer.compare)).toEqual(bytes);
});

test('names that differ only far from their beginning', async () => {
  const names = Array.from({ length: 3000 }, (_, i) => `${'n'.repeat(150)}${(i * 7919) % 10_007}`);
  await using place = await sorted((lines) => {
    for (const name of names) lines.add(name, 'x'.repeat(100));
  });
  for (const name of names) expect(place.file.lines(`${name}\t`).length).toBe(1);
  expect(place.file.lines('n'.repeat(150)).length).toBe(names.length);
  expect(place.file.lines(`${'n'.repeat(149)}m`)).toEqual([]);
});

test('nothing at all', async () => {
  await using place = await sorted(() => {});
  expect(place.file.lines('')).toEqual([]);
});

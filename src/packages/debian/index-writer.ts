// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { decompress } from '../../host/decompress.ts';
import { bufferSize, SortedLines } from '../sorted-lines.ts';

/** Raised whenever the lines of a table change, so that tables of older versions are not read. */
export const tableFormat = 3;

/** The fields of a package's line, in their order; `Pre-Depends` goes into the same column as `Depends`. */
const columns = ['Package', 'Version', 'Architecture', 'Priority', 'Filename', 'Size', 'SHA256', 'Depends', 'Provides'];
const keys = [...columns, 'Pre-Depends'].map((name) => ({
  bytes: Buffer.from(`${name}:`),
  column: name === 'Pre-Depends' ? columns.indexOf('Depends') : columns.indexOf(name),
}));
const keysByFirstByte = new Map<number, typeof keys>();
for (const key of keys) {
  const first = key.bytes[0] ?? 0;
  keysByFirstByte.set(first, [...(keysByFirstByte.get(first) ?? []), key]);
}

const [tab, newline, space] = [9, 10, 32];

/**
 * Reads a Packages file (.xz or .gz) and writes a table of it to `to`: one line per package, tab-separated, and one per
 * name that a package provides (name, nothing, provider, its version, version provided), sorted by name, so that a name
 * is found by bisection in the file. Works on bytes: as strings, 60 MB of text would cost 300 MB of memory.
 */
export async function writeTable(from: string, compression: 'xz' | 'gzip', to: string): Promise<void> {
  const chunks = decompress(createReadStream(from, { highWaterMark: 1 << 16 }), compression);
  using lines = new SortedLines(`${to}.unsorted`);
  // One buffer for all of it: garbage outside the heap is collected late.
  let buffer = Buffer.allocUnsafeSlow(bufferSize);
  let filled = 0;
  for await (const chunk of chunks) {
    if (filled + chunk.length > buffer.length) buffer = Buffer.concat([buffer], 2 * (filled + chunk.length));
    buffer.set(chunk, filled);
    filled += chunk.length;
    const end = buffer.subarray(0, filled).lastIndexOf('\n\n');
    if (end < 0) continue;
    readStanzas(buffer.subarray(0, end + 1), lines);
    buffer.copyWithin(0, end + 1, filled);
    filled -= end + 1;
  }
  readStanzas(buffer.subarray(0, filled), lines);
  await lines.writeTo(to);
}

function readStanzas(bytes: Buffer, lines: SortedLines): void {
  // Where the values are, start and end by column: objects for each of a million values would be the memory saved here.
  const ranges: number[][] = columns.map(() => []);
  const finish = () => {
    addPackage(lines, bytes, ranges);
    for (const range of ranges) range.length = 0;
  };
  /** The ranges of the field that a folded line would go on with. */
  let open: number[] | undefined;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    if (end === start) finish();
    if (bytes[start] === space || bytes[start] === tab) {
      // As one line in the buffer, which is ours.
      if (open) bytes.fill(space, start - 1, start + 1);
      if (open) open[open.length - 1] = end;
    } else {
      open = undefined;
      for (const { bytes: key, column } of keysByFirstByte.get(bytes[start] ?? 0) ?? []) {
        if (!startsWith(bytes, start, key)) continue;
        open = ranges[column];
        open?.push(start + key.length + 1, end);
        break;
      }
    }
    start = end + 1;
  }
  finish();
}

function startsWith(bytes: Buffer, start: number, prefix: Buffer): boolean {
  for (let i = 0; i < prefix.length; i++) {
    if (bytes[start + i] !== prefix[i]) return false;
  }
  return true;
}

/** Adds the line of a package, and those of the names that it provides. */
function addPackage(lines: SortedLines, bytes: Buffer, ranges: number[][]): void {
  const text = (column: number) => bytes.toString('latin1', ranges[column]?.[0] ?? 0, ranges[column]?.[1] ?? 0);
  const name = text(0);
  if (name === '') return;
  let length = 2 * columns.length;
  for (const range of ranges) {
    for (let i = 0; i < range.length; i += 2) length += (range[i + 1] ?? 0) - (range[i] ?? 0) + 2;
  }
  lines.begin(length);
  ranges.forEach((range, column) => {
    if (column > 0) lines.write('\t');
    for (let i = 0; i < range.length; i += 2) {
      if (i > 0) lines.write(', ');
      lines.copy(bytes, range[i], range[i + 1]);
    }
  });
  lines.end(name);
  const provides = text(columns.length - 1);
  if (provides === '') return;
  for (const provided of provides.split(',')) {
    const [, virtual, own = ''] = /^\s*([^\s(:]+)[^(]*(?:\(=\s*([^\s)]+)\s*\))?/.exec(provided) ?? [];
    // An empty version tells these lines from packages.
    if (virtual) lines.add(virtual, `\t${name}\t${text(1)}\t${own}`);
  }
}

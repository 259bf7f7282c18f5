// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A line that searches come by: where it is, and how it begins. */
type Pivot = { start: number; end: number; head: string; isWhole: boolean };

/** So much is read at once when a search has come close. */
const blockSize = 4 << 10;
/** Names are shorter, nearly all of them. */
const headLength = 128;

/** Finds lines by how they start in a file that `SortedLines` wrote; only a line in each 4 KiB of it is held in memory. */
export class SortedFile implements Disposable {
  private readonly file: number;
  private readonly size: number;
  private readonly pivots = new Map<number, Pivot>();

  /** Throws the error of `open` when there is no such file. */
  constructor(path: string) {
    this.file = openSync(path, 'r');
    this.size = fstatSync(this.file).size;
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }

  /** All lines that start with `prefix`, without their ends. */
  lines(prefix: string): string[] {
    const found: string[] = [];
    const start = asBytes(prefix);
    for (let at = this.lowerBound(start); at < this.size; ) {
      const line = this.lineAt(at);
      if (!line.startsWith(start)) break;
      found.push(asText(line));
      at += line.length + 1;
    }
    return found;
  }

  /** Names of the lines that start with `prefix` and whose second field is not empty, each once. */
  names(prefix: string): string[] {
    const fields = this.lines(prefix).map((line) => line.split('\t', 2));
    return [...new Set(fields.flatMap(([name = '', second]) => (second === '' ? [] : [name])))];
  }

  /** Where the first line starts that is not before `text`. */
  private lowerBound(text: string): number {
    let low = 0;
    let high = this.size;
    // No line that starts before `low` is wanted; every line that starts at `high` or behind is.
    while (high - low > blockSize) {
      const middle = Math.floor((low + high) / 2);
      const { start, end, head, isWhole } = this.pivot(middle);
      if (start >= high) {
        high = middle;
        continue;
      }
      const isBefore = isWhole || !text.startsWith(head) ? head < text : this.lineAt(start) < text;
      if (isBefore) low = end;
      else high = start;
    }
    return this.scan(low, high, text);
  }

  /** The first line behind `offset`. The same ones are met at the beginning of every search. */
  private pivot(offset: number): Pivot {
    let found = this.pivots.get(offset);
    if (!found) {
      const start = offset === 0 ? 0 : offset + this.lineAt(offset - 1).length;
      const line = start < this.size ? this.lineAt(start) : '';
      // A copy, as a part of a string keeps the whole of it alive.
      const head = Buffer.from(line.slice(0, headLength), 'latin1').toString('latin1');
      found = { start, end: start + line.length + 1, head, isWhole: head.length === line.length };
      this.pivots.set(offset, found);
    }
    return found;
  }

  /** As `lowerBound`, line by line, between two places that are not far from each other. */
  private scan(low: number, high: number, text: string): number {
    const buffer = Buffer.allocUnsafe(high - low);
    const block = buffer.toString('latin1', 0, readSync(this.file, buffer, 0, high - low, low));
    for (let at = 0; at < block.length; ) {
      const end = block.indexOf('\n', at);
      const line = end < 0 ? this.lineAt(low + at) : block.slice(at, end);
      if (line >= text) return low + at;
      at += line.length + 1;
    }
    return high;
  }

  /** The bytes from `offset` to the end of their line, each as one character, so that they compare as bytes. */
  private lineAt(offset: number): string {
    for (let length = 1 << 10; ; length *= 4) {
      const buffer = Buffer.allocUnsafe(length);
      const read = readSync(this.file, buffer, 0, length, offset);
      const end = buffer.subarray(0, read).indexOf(10);
      if (end >= 0 || read < length) return buffer.toString('latin1', 0, end < 0 ? read : end);
    }
  }
}

const beyondAscii = /[^\0-\x7f]/;

function asBytes(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text).toString('latin1') : text;
}

function asText(bytes: string): string {
  return beyondAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString() : bytes;
}

// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Finds lines by how they start in a file that `SortedLines` wrote; nothing of it is held in memory. */
export class SortedFile implements Disposable {
  private readonly file: number;
  private readonly size: number;

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

  /** Where the first line starts that is not before `text`. */
  private lowerBound(text: string): number {
    let low = 0;
    let high = this.size;
    // No line that starts before `low` is wanted; every line that starts at `high` or behind is.
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const start = middle === 0 ? 0 : middle - 1 + this.lineAt(middle - 1).length + 1;
      if (start >= high) {
        high = middle;
        continue;
      }
      const line = this.lineAt(start);
      if (line < text) low = start + line.length + 1;
      else high = start;
    }
    return low;
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

// SPDX-License-Identifier: Apache-2.0
import { closeSync, createWriteStream, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export const bufferSize = 1 << 20;
/** What is sorted in memory at a time. */
const runSize = 8 << 20;
/** A longer line is not what an index has. */
const maximumLine = 64 << 20;
const [tab, newline] = [9, 10];

/**
 * Lines as they come, and then in the order of their names, for `SortedFile`. They are sorted by the runs that fit a
 * buffer, which wait in a file and are merged at the end, so that memory does not grow with them. They are held as bytes:
 * a hundred thousand objects that live on would make the garbage collector take three times their size.
 */
export class SortedLines implements Disposable {
  private readonly file: number;
  private readonly path: string;
  /** The run that is being filled. */
  private buffer = Buffer.allocUnsafeSlow(runSize);
  private used = 0;
  /** Three numbers for each line of it: where it starts, how long it is, and how long its name. */
  private places = new Uint32Array(1 << 16);
  private count = 0;
  private start = 0;
  private readonly runs: { offset: number; length: number }[] = [];

  /** Throws the error of `open` when there is such a file already. */
  constructor(path: string) {
    this.path = path;
    this.file = openSync(path, 'wx+');
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }

  /** Begins a line of `length` bytes at most. Throws RangeError for one that no index has. */
  begin(length: number): void {
    // One byte more for its end.
    if (this.used + length + 1 > this.buffer.length) this.spill();
    if (length >= this.buffer.length) {
      if (length > maximumLine) throw new RangeError(`a line of ${length} bytes`);
      this.buffer = Buffer.allocUnsafeSlow(length + 1);
    }
    this.start = this.used;
  }

  write(text: string): void {
    this.used += this.buffer.write(text, this.used);
  }

  copy(bytes: Buffer, from?: number, to?: number): void {
    this.used += bytes.copy(this.buffer, this.used, from, to);
  }

  /** Ends the line. It starts with `name`, by which it is sorted, and a tab. */
  end(name: string): void {
    this.write('\n');
    if (3 * this.count + 3 > this.places.length) {
      const more = new Uint32Array(2 * this.places.length);
      more.set(this.places);
      this.places = more;
    }
    const at = 3 * this.count++;
    this.places[at] = this.start;
    this.places[at + 1] = this.used - this.start;
    this.places[at + 2] = Buffer.byteLength(name);
  }

  /** A whole line: its name, a tab, and the rest. */
  add(name: string, rest: string): void {
    // A character is three bytes of UTF-8 at most for each unit of its length.
    this.begin(3 * (name.length + rest.length) + 1);
    this.write(name);
    this.write('\t');
    this.write(rest);
    this.end(name);
  }

  /** Writes the lines to a file, sorted by the bytes of their names, and otherwise as they came. */
  async writeTo(path: string): Promise<void> {
    const lines = this.runs.length === 0 ? this.sorted() : this.merged();
    await pipeline(Readable.from(lines), createWriteStream(path));
  }

  /** The lines in memory, in order. */
  private *sorted(): Generator<Buffer> {
    const { places, buffer } = this;
    const start = (line: number) => places[3 * line] ?? 0;
    const order = Uint32Array.from({ length: this.count }, (_, line) => line).sort((a, b) => {
      // Not by Buffer.compare: names differ early, and it takes a call out of JavaScript each time.
      const [inA, inB] = [start(a), start(b)];
      const [lengthA, lengthB] = [places[3 * a + 2] ?? 0, places[3 * b + 2] ?? 0];
      const length = Math.min(lengthA, lengthB);
      for (let i = 0; i < length; i++) {
        const difference = (buffer[inA + i] ?? 0) - (buffer[inB + i] ?? 0);
        if (difference !== 0) return difference;
      }
      return lengthA - lengthB || a - b;
    });
    const pieces = new Pieces();
    for (const line of order) {
      const length = places[3 * line + 1] ?? 0;
      if (!pieces.hasRoom(length)) yield pieces.take(length);
      pieces.add(buffer, start(line), start(line) + length);
    }
    yield pieces.take(0);
  }

  /** Makes a run of the lines in memory. */
  private spill(): void {
    const last = this.runs.at(-1);
    const offset = last ? last.offset + last.length : 0;
    let length = 0;
    for (const piece of this.sorted()) {
      for (let at = 0; at < piece.length; ) {
        const written = writeSync(this.file, piece, at, piece.length - at, offset + length);
        at += written;
        length += written;
      }
    }
    if (length > 0) this.runs.push({ offset, length });
    this.used = 0;
    this.count = 0;
  }

  private *merged(): Generator<Buffer> {
    this.spill();
    const readers = this.runs.map(({ offset, length }, index) => new RunReader(this.file, offset, length, index));
    // By the names that they have come to; the next line is that of the first of them.
    const waiting = readers.filter((reader) => reader.next()).sort((a, b) => a.compare(b));
    const pieces = new Pieces();
    for (let first = waiting.shift(); first; first = waiting.shift()) {
      const length = first.end - first.start;
      if (!pieces.hasRoom(length)) yield pieces.take(length);
      pieces.add(first.buffer, first.start, first.end);
      if (!first.next()) continue;
      let low = 0;
      for (let high = waiting.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((waiting[middle]?.compare(first) ?? 0) < 0) low = middle + 1;
        else high = middle;
      }
      waiting.splice(low, 0, first);
    }
    yield pieces.take(0);
  }
}

/** Goes through the lines of a run. */
class RunReader {
  buffer = Buffer.allocUnsafeSlow(bufferSize / 8);
  /** Where the line is that it has come to, its end of line included. */
  start = 0;
  end = 0;
  private nameEnd = 0;
  private filled = 0;
  private readonly file: number;
  private offset: number;
  private left: number;
  private readonly index: number;

  constructor(file: number, offset: number, length: number, index: number) {
    this.file = file;
    this.offset = offset;
    this.left = length;
    this.index = index;
  }

  /** Goes to the next line; false when there is none. */
  next(): boolean {
    this.start = this.end;
    let found = this.buffer.subarray(0, this.filled).indexOf(newline, this.start);
    while (found < 0) {
      if (this.left === 0) return false;
      this.fill();
      found = this.buffer.subarray(0, this.filled).indexOf(newline, this.start);
    }
    this.end = found + 1;
    this.nameEnd = this.buffer.indexOf(tab, this.start);
    return true;
  }

  /** By the names of the lines that both have come to; of equal ones the earlier run is first. */
  compare(other: RunReader): number {
    const { buffer, start, nameEnd } = other;
    return this.buffer.compare(buffer, start, nameEnd, this.start, this.nameEnd) || this.index - other.index;
  }

  private fill(): void {
    this.buffer.copyWithin(0, this.start, this.filled);
    this.filled -= this.start;
    this.start = 0;
    if (this.filled === this.buffer.length) this.buffer = Buffer.concat([this.buffer], 2 * this.filled);
    const room = Math.min(this.left, this.buffer.length - this.filled);
    const read = readSync(this.file, this.buffer, this.filled, room, this.offset);
    if (read === 0) throw new Error('the file of sorted runs was cut short');
    this.filled += read;
    this.offset += read;
    this.left -= read;
  }
}

/** Gathers small parts of buffers, so that they are written in large ones. */
class Pieces {
  private buffer = Buffer.allocUnsafe(bufferSize / 4);
  private filled = 0;

  hasRoom(length: number): boolean {
    return this.filled + length <= this.buffer.length;
  }

  /** What was gathered so far. There is room for a part of `length` bytes then. */
  take(length: number): Buffer {
    const gathered = this.buffer.subarray(0, this.filled);
    this.buffer = Buffer.allocUnsafe(Math.max(bufferSize / 4, length));
    this.filled = 0;
    return gathered;
  }

  add(from: Buffer, start: number, end: number): void {
    this.filled += from.copy(this.buffer, this.filled, start, end);
  }
}

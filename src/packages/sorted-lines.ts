// SPDX-License-Identifier: Apache-2.0
import { closeSync, createWriteStream, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export const bufferSize = 1 << 20;

/** A longer line is not what an index has. */
const maximumLine = 64 << 20;

/**
 * Lines in a file, as they come, and then in the order of their names, for `SortedFile`. In memory are only the names, as
 * bytes: a hundred thousand objects that live on would make the garbage collector take three times their size.
 */
export class SortedLines implements Disposable {
  private readonly file: number;
  private readonly path: string;
  private buffer = Buffer.allocUnsafeSlow(bufferSize);
  private used = 0;
  /** Where in the buffer the line starts that is being written. */
  private start = 0;
  /** Bytes that are in the file already. */
  private written = 0;
  private names = Buffer.allocUnsafeSlow(bufferSize);
  private namesUsed = 0;
  /** Four numbers for each line: where it is in the file and how long, where its name is in `names` and how long. */
  private places = new Uint32Array(1 << 16);
  private count = 0;

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
    if (this.used + length + 1 > this.buffer.length) this.flush();
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

  /** Ends the line. It starts with `name`, by which it is sorted. */
  end(name: string): void {
    this.write('\n');
    if (this.namesUsed + 3 * name.length > this.names.length) {
      this.names = Buffer.concat([this.names], 2 * this.names.length + 3 * name.length);
    }
    if (4 * this.count + 4 > this.places.length) {
      const more = new Uint32Array(2 * this.places.length);
      more.set(this.places);
      this.places = more;
    }
    const length = this.names.write(name, this.namesUsed);
    this.places.set([this.written + this.start, this.used - this.start, this.namesUsed, length], 4 * this.count++);
    this.namesUsed += length;
  }

  /** A whole line of tab-separated fields, the first of which is its name. */
  add(name: string, ...fields: string[]): void {
    const line = fields.length > 0 ? `${name}\t${fields.join('\t')}` : name;
    // A character is three bytes of UTF-8 at most for each unit of its length.
    this.begin(3 * line.length);
    this.write(line);
    this.end(name);
  }

  /** Writes the lines to a file, sorted by the bytes of their names, and otherwise as they came. */
  async writeTo(path: string): Promise<void> {
    await pipeline(Readable.from(this.sorted()), createWriteStream(path));
  }

  private flush(): void {
    for (let at = 0; at < this.used; ) at += writeSync(this.file, this.buffer, at, this.used - at, this.written + at);
    this.written += this.used;
    this.used = 0;
  }

  private *sorted(): Generator<Buffer> {
    this.flush();
    const { places, names } = this;
    const place = (line: number, field: number) => places[4 * line + field] ?? 0;
    const nameStart = (line: number) => place(line, 2);
    const nameEnd = (line: number) => place(line, 2) + place(line, 3);
    const order = Uint32Array.from({ length: this.count }, (_, line) => line).sort(
      (a, b) => names.compare(names, nameStart(b), nameEnd(b), nameStart(a), nameEnd(a)) || a - b,
    );
    let filled = 0;
    for (const line of order) {
      const length = place(line, 1);
      if (filled + length > this.buffer.length) {
        yield Buffer.from(this.buffer.subarray(0, filled));
        filled = 0;
      }
      filled += readSync(this.file, this.buffer, filled, length, place(line, 0));
    }
    yield Buffer.from(this.buffer.subarray(0, filled));
  }
}

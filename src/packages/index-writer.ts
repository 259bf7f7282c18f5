// SPDX-License-Identifier: Apache-2.0
import { closeSync, createReadStream, createWriteStream, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import xzDecompress from 'xz-decompress';

/** Raised whenever the lines of a table change, so that tables of older versions are not read. */
export const tableFormat = 2;

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

const newline = 10;
const bufferSize = 1 << 20;

/**
 * Reads a Packages file (.xz or .gz) and writes a table of it to `to`: one line per package, tab-separated, and one per
 * name that a package provides (name, nothing, provider, its version, version provided), sorted by name, so that a name
 * is found by bisection in the file. Works on bytes: as strings, 60 MB of text would cost 300 MB of memory.
 */
export async function writeTable(from: string, compression: 'xz' | 'gz', to: string): Promise<void> {
  const source = createReadStream(from, { highWaterMark: 1 << 16 });
  const chunks = compression === 'xz' ? unxz(source) : source.pipe(createGunzip());
  using lines = new Lines(`${to}.unsorted`);
  // One buffer for all of it: garbage outside the heap is collected late.
  let buffer = Buffer.allocUnsafeSlow(bufferSize);
  let filled = 0;
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    if (filled + chunk.length > buffer.length) buffer = Buffer.concat([buffer], 2 * (filled + chunk.length));
    filled += chunk.copy(buffer, filled);
    const end = buffer.subarray(0, filled).lastIndexOf('\n\n');
    if (end < 0) continue;
    readStanzas(buffer.subarray(0, end + 1), lines);
    buffer.copyWithin(0, end + 1, filled);
    filled -= end + 1;
  }
  readStanzas(buffer.subarray(0, filled), lines);
  await pipeline(Readable.from(lines.sorted()), createWriteStream(to));
}

function readStanzas(bytes: Buffer, lines: Lines): void {
  // Where the values are, start and end by column: objects for each of a million values would be the memory saved here.
  const ranges: number[][] = columns.map(() => []);
  const finish = () => {
    lines.addPackage(bytes, ranges);
    for (const range of ranges) range.length = 0;
  };
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    if (end === start) finish();
    for (const { bytes: key, column } of keysByFirstByte.get(bytes[start] ?? 0) ?? []) {
      if (!startsWith(bytes, start, key)) continue;
      ranges[column]?.push(start + key.length + 1, end);
      break;
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

/**
 * Lines in a file, as they come, and then in the order of their names. They are all ASCII. In memory are only the names,
 * as bytes: a hundred thousand objects that live on would make the garbage collector take three times their size.
 */
class Lines implements Disposable {
  private readonly file: number;
  private readonly path: string;
  private readonly buffer = Buffer.allocUnsafeSlow(bufferSize);
  private used = 0;
  /** Bytes that are in the file already. */
  private written = 0;
  private names = Buffer.allocUnsafeSlow(bufferSize);
  private namesUsed = 0;
  /** Four numbers for each line: where it is in the file and how long, where its name is in `names` and how long. */
  private places = new Uint32Array(1 << 16);
  private count = 0;

  constructor(path: string) {
    this.path = path;
    this.file = openSync(path, 'wx+');
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }

  /** Adds the line of a package, and those of the names that it provides. */
  addPackage(bytes: Buffer, ranges: number[][]): void {
    const text = (column: number) => bytes.toString('latin1', ranges[column]?.[0] ?? 0, ranges[column]?.[1] ?? 0);
    const name = text(0);
    if (name === '') return;
    let length = 2 * columns.length;
    for (const range of ranges) {
      for (let i = 0; i < range.length; i += 2) length += (range[i + 1] ?? 0) - (range[i] ?? 0) + 2;
    }
    this.makeRoom(length);
    const start = this.used;
    ranges.forEach((range, column) => {
      if (column > 0) this.write('\t');
      for (let i = 0; i < range.length; i += 2) {
        if (i > 0) this.write(', ');
        this.used += bytes.copy(this.buffer, this.used, range[i], range[i + 1]);
      }
    });
    this.finish(name, start);
    const provides = text(columns.length - 1);
    if (provides === '') return;
    for (const provided of provides.split(',')) {
      const [, virtual, own = ''] = /^\s*([^\s(:]+)[^(]*(?:\(=\s*([^\s)]+)\s*\))?/.exec(provided) ?? [];
      // An empty version tells these lines from packages.
      if (virtual) this.add(virtual, [virtual, '', name, text(1), own].join('\t'));
    }
  }

  private add(name: string, line: string): void {
    this.makeRoom(line.length + 1);
    const start = this.used;
    this.write(line);
    this.finish(name, start);
  }

  /** Throws when one line is longer than the buffer, as Buffer does when it is written beyond its end. */
  private makeRoom(length: number): void {
    if (this.used + length > this.buffer.length) this.flush();
  }

  private flush(): void {
    for (let at = 0; at < this.used; ) at += writeSync(this.file, this.buffer, at, this.used - at, this.written + at);
    this.written += this.used;
    this.used = 0;
  }

  private write(text: string): void {
    this.used += this.buffer.write(text, this.used, 'latin1');
  }

  private finish(name: string, start: number): void {
    this.write('\n');
    if (this.namesUsed + name.length > this.names.length) {
      this.names = Buffer.concat([this.names], 2 * this.names.length + name.length);
    }
    if (4 * this.count + 4 > this.places.length) {
      const more = new Uint32Array(2 * this.places.length);
      more.set(this.places);
      this.places = more;
    }
    this.places.set([this.written + start, this.used - start, this.namesUsed, name.length], 4 * this.count++);
    this.namesUsed += this.names.write(name, this.namesUsed, 'latin1');
  }

  *sorted(): Generator<Buffer> {
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

async function* unxz(source: Readable): AsyncGenerator<Buffer> {
  const reader = new xzDecompress.XzReadableStream(
    Readable.toWeb(source) as globalThis.ReadableStream<Uint8Array>,
  ).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  } finally {
    // The library has one context per thread, which only this gives back.
    await reader.cancel().catch(() => {});
    source.destroy();
  }
}

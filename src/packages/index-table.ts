// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** One package as an index offers it. */
export type IndexEntry = {
  name: string;
  version: string;
  architecture: string;
  priority: string;
  path: string;
  size: number;
  sha256: string;
  /** `Pre-Depends` and `Depends`, as written. */
  depends: string;
  provides: string;
};

/** That `provider` of `providerVersion` provides a name, maybe as a version of its own. */
export type Provision = { provider: string; providerVersion: string; version: string };

/** Looks names up in the file of a table; nothing of it is held in memory. */
export class IndexTable implements Disposable {
  private readonly file: number;
  private readonly size: number;

  /** Throws the error of `open` when there is no such file. */
  constructor(path: string) {
    this.file = openSync(path, 'r');
    this.size = fstatSync(this.file).size;
  }

  packages(name: string): IndexEntry[] {
    return this.lines(`${name}\t`).flatMap((line) => {
      const [
        ,
        version = '',
        architecture = '',
        priority = '',
        path = '',
        size,
        sha256 = '',
        depends = '',
        provides = '',
      ] = line.split('\t');
      if (version === '') return [];
      return [{ name, version, architecture, priority, path, size: Number(size), sha256, depends, provides }];
    });
  }

  providers(name: string): Provision[] {
    return this.lines(`${name}\t`).flatMap((line) => {
      const [, marker, provider = '', providerVersion = '', version = ''] = line.split('\t');
      return marker === '' ? [{ provider, providerVersion, version }] : [];
    });
  }

  /** Names of all packages that start with `prefix`. */
  names(prefix: string): string[] {
    const fields = this.lines(prefix).map((line) => line.split('\t', 2));
    return [...new Set(fields.flatMap(([name = '', version]) => (version === '' ? [] : [name])))];
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }

  /** All lines that start with `prefix`, which is ASCII. */
  private lines(prefix: string): string[] {
    const found: string[] = [];
    for (let at = this.lowerBound(prefix); at < this.size; ) {
      const line = this.lineAt(at);
      if (!line.startsWith(prefix)) break;
      found.push(line);
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
      const middle = (low + high) >> 1;
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

  /** The text from `offset` to the end of its line. */
  private lineAt(offset: number): string {
    for (let length = 1 << 10; ; length *= 4) {
      const buffer = Buffer.allocUnsafe(length);
      const read = readSync(this.file, buffer, 0, length, offset);
      const end = buffer.subarray(0, read).indexOf(10);
      if (end >= 0 || read < length) return buffer.toString('latin1', 0, end < 0 ? read : end);
    }
  }
}

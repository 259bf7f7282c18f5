// SPDX-License-Identifier: Apache-2.0
import { SortedFile } from '../sorted-file.ts';

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

/** Looks names up in the table of a Packages file. */
export class IndexTable implements Disposable {
  private readonly file: SortedFile;

  /** Throws the error of `open` when there is no such file. */
  constructor(path: string) {
    this.file = new SortedFile(path);
  }

  packages(name: string): IndexEntry[] {
    return this.file.lines(`${name}\t`).flatMap((line) => {
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
    return this.file.lines(`${name}\t`).flatMap((line) => {
      const [, marker, provider = '', providerVersion = '', version = ''] = line.split('\t');
      return marker === '' ? [{ provider, providerVersion, version }] : [];
    });
  }

  /** Names of all packages that start with `prefix`. */
  names(prefix: string): string[] {
    return this.file.names(prefix);
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }
}

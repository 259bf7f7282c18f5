// SPDX-License-Identifier: Apache-2.0
import { SortedFile } from '../sorted-file.ts';
import { separator } from './primary.ts';
import type { Range, Sense } from './version.ts';

/** Raised whenever the lines of a table change, so that tables of older versions are not read. */
export const tableFormat = 2;

/** One package as a repository offers it. */
export type RpmEntry = {
  name: string;
  architecture: string;
  /** `[E:]V-R`, without an epoch of 0. */
  evr: string;
  /** Below the repository. */
  href: string;
  size: number;
  sha256: string;
  /** As they are written in a package: `name`, `name >= 1.0`, `(a if b)`. */
  requires: string[];
  conflicts: string[];
  obsoletes: string[];
  recommends: string[];
  suggests: string[];
};

/** That a package (of this name, architecture and version) provides a name or has a file, maybe in a version of its own. */
export type Provision = { provider: string; architecture: string; providerEvr: string } & Range;

/** Looks names and files up in the table of a primary.xml or filelists.xml. */
export class RpmTable implements Disposable {
  private readonly file: SortedFile;

  /** Throws the error of `open` when there is no such file. */
  constructor(path: string) {
    this.file = new SortedFile(path);
  }

  packages(name: string): RpmEntry[] {
    return this.file.lines(`${name}\t`).flatMap((line) => {
      const [, architecture = '', evr = '', href = '', size, sha256 = '', ...dependencies] = line.split('\t');
      if (architecture === '') return [];
      const [requires = [], conflicts = [], obsoletes = [], recommends = [], suggests = []] = dependencies.map(
        (text) => (text === '' ? [] : text.split(separator)),
      );
      const own = { name, architecture, evr, href, size: Number(size), sha256 };
      return [{ ...own, requires, conflicts, obsoletes, recommends, suggests }];
    });
  }

  /** What provides a name that starts with `prefix`, by that name. */
  provided(prefix: string): { name: string; provision: Provision }[] {
    return this.file.lines(prefix).flatMap((line) => {
      const [name = '', marker, provider = '', architecture = '', evr = '', range = ''] = line.split('\t');
      if (marker !== '') return [];
      const [sense, version] = range.split(' ');
      const own = range === '' ? {} : { sense: sense as Sense, evr: version ?? '' };
      return [{ name, provision: { provider, architecture, providerEvr: evr, ...own } }];
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

// SPDX-License-Identifier: Apache-2.0
import type { Simple } from './dependency.ts';
import type { ModuleFilter } from './modules.ts';
import type { Provision, RpmEntry, RpmTable } from './table.ts';
import { compareEvr, overlaps } from './version.ts';

/** What a repository has been opened as. */
export type Repository = {
  archive: string;
  /** Its path below the archive's base address. */
  path: string;
  table: RpmTable;
  /** It has the only packages of the names that it has, and no module hides them. */
  overrides?: true;
};

export type OfferedRpm = RpmEntry & { archive: string; path: string };

export type Provided = { name: string; provision: Provision; provider: OfferedRpm };

/** Raised when a file is wanted that only filelists.xml can tell the owner of. */
export class FilelistsNeeded extends Error {}

/** All that some repositories offer together for one architecture, without what their modules hide. */
export class PackageSet implements Disposable {
  private readonly repositories: Repository[];
  private readonly architectures: string[];
  private readonly modules: ModuleFilter;
  private readonly byName = new Map<string, OfferedRpm[]>();
  private readonly byProvide = new Map<string, { provision: Provision; provider: OfferedRpm }[]>();
  private readonly byPrefix = new Map<string, Provided[]>();
  private filelists: RpmTable[] | undefined;

  constructor(repositories: Repository[], architecture: string, modules: ModuleFilter) {
    this.repositories = repositories;
    this.modules = modules;
    this.architectures = [architecture, 'noarch'];
  }

  /** From here on files are looked for in these too. */
  addFilelists(tables: RpmTable[]): void {
    this.filelists = tables;
    this.byProvide.clear();
  }

  /** The packages of a name, newest first; of equal ones that of the first repository alone. */
  packages(name: string): OfferedRpm[] {
    let found = this.byName.get(name);
    if (!found) {
      const own = this.repositories.find(({ overrides, table }) => overrides && table.packages(name).length > 0);
      found = (own ? [own] : this.repositories)
        .flatMap(({ archive, path, table }) =>
          table
            .packages(name)
            .filter(
              (entry) =>
                this.architectures.includes(entry.architecture) && (own !== undefined || !this.modules.hides(entry)),
            )
            .map((entry) => ({ ...entry, archive, path: `${path}/${entry.href}` })),
        )
        .sort((a, b) => compareEvr(b.evr, a.evr));
      found = found.filter((one, index) => found?.findIndex((other) => isSame(one, other)) === index);
      this.byName.set(name, found);
    }
    return found;
  }

  /** Names of all packages that start with `prefix`. */
  names(prefix: string): string[] {
    return [...new Set(this.repositories.flatMap(({ table }) => table.names(prefix)))];
  }

  /** The names starting with `prefix` that packages provide, and the packages that do. */
  provided(prefix: string): Provided[] {
    let found = this.byPrefix.get(prefix);
    if (!found) {
      const all = this.repositories.flatMap(({ table }) => table.provided(prefix));
      found = all.flatMap(({ name, provision }) =>
        this.providersOf(provision).map((provider) => ({ name, provision, provider })),
      );
      this.byPrefix.set(prefix, found);
    }
    return found;
  }

  /**
   * The packages that meet a simple dependency. Throws FilelistsNeeded when it names a file that no package lists in
   * primary.xml, and filelists.xml was not read yet.
   */
  meeting({ name, sense, evr }: Simple): OfferedRpm[] {
    const own = this.packages(name).map((provider) => ({ provision: versionOf(provider), provider }));
    const wanted = sense === undefined ? {} : { sense, evr: evr ?? '' };
    const found = [...own, ...this.providers(name)]
      .filter(({ provision }) => overlaps(provision, wanted))
      .map(({ provider }) => provider);
    if (found.length === 0 && name.startsWith('/') && !this.filelists) throw new FilelistsNeeded(name);
    return [...new Set(found)];
  }

  /** The highest version that a package provides a name in; undefined when it provides it in none. */
  versionProvided(one: OfferedRpm, name: string): string | undefined {
    const own = one.name === name ? [one.evr] : [];
    const said = this.providers(name).flatMap(({ provider, provision }) =>
      provider === one && provision.evr !== undefined ? [provision.evr] : [],
    );
    return [...own, ...said].sort(compareEvr).at(-1);
  }

  [Symbol.dispose](): void {
    for (const { table } of this.repositories) table[Symbol.dispose]();
    for (const table of this.filelists ?? []) table[Symbol.dispose]();
  }

  private providers(name: string): { provision: Provision; provider: OfferedRpm }[] {
    let found = this.byProvide.get(name);
    if (!found) {
      const tables = [...this.repositories.map(({ table }) => table), ...(this.filelists ?? [])];
      found = tables.flatMap((table) =>
        table
          .provided(`${name}\t`)
          .flatMap(({ provision }) => this.providersOf(provision).map((provider) => ({ provision, provider }))),
      );
      this.byProvide.set(name, found);
    }
    return found;
  }

  private providersOf({ provider, architecture, providerEvr }: Provision): OfferedRpm[] {
    return this.packages(provider).filter((one) => one.evr === providerEvr && one.architecture === architecture);
  }
}

/** Every package provides itself, as rpmbuild writes it and as dnf takes it where it is not written. */
function versionOf({ name, architecture, evr }: OfferedRpm): Provision {
  return { provider: name, architecture, providerEvr: evr, sense: '=', evr };
}

function isSame(a: OfferedRpm, b: OfferedRpm): boolean {
  return a.name === b.name && a.evr === b.evr && a.architecture === b.architecture;
}

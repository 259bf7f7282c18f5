// SPDX-License-Identifier: Apache-2.0
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublicKey } from 'openpgp';
import { EnvironmentError } from '../../errors.ts';
import { temporaryName } from '../../host/files.ts';
import type { Archive, Distribution } from '../../matrix/types.ts';
import { markUsed } from '../cache-entry.ts';
import { download } from '../download.ts';
import { explainStorage, listAttempts } from '../errors.ts';
import { type FetchedIndex, fetchIndex } from '../fetch-index.ts';
import { maximumIndexSize } from '../mirrors.ts';
import { betweenEnds, commonReleases } from '../offered.ts';
import type { IndexReference, Offers, ResolveOptions, Warning } from '../offers.ts';
import type { Pin } from '../pin.ts';
import type { Store } from '../store.ts';
import { MirrorFault } from '../transport.ts';
import { resolve } from './closure.ts';
import { type IndexEntry, IndexTable, type Provision } from './index-table.ts';
import { tableFormat, writeTable } from './index-writer.ts';
import { type Release, readRelease, readTrustedKeys } from './release.ts';

export type OfferedPackage = IndexEntry & { archive: string };

/** One that `overrides` has the only packages of the names that it has. */
type OpenedTable = { archive: string; table: IndexTable; overrides?: true };

/** All that some suites of the Debian family offer together, with signatures checked. */
export class PackageIndex implements Offers {
  readonly references: IndexReference[];
  readonly warnings: Warning[];
  readonly asked: string[];
  private readonly tables: OpenedTable[];

  constructor(
    tables: OpenedTable[],
    references: IndexReference[] = [],
    warnings: Warning[] = [],
    asked: string[] = [],
  ) {
    this.tables = tables;
    this.references = references;
    this.warnings = warnings;
    this.asked = asked;
  }

  packages(name: string): OfferedPackage[] {
    const own = this.tables.find(({ overrides, table }) => overrides && table.packages(name).length > 0);
    return (own ? [own] : this.tables).flatMap(({ archive, table }) =>
      table.packages(name).map((entry) => ({ ...entry, archive })),
    );
  }

  providers(name: string): Provision[] {
    return this.tables.flatMap(({ table }) => table.providers(name));
  }

  releases(distribution: Distribution): string[] {
    return commonReleases(distribution, (prefix, suffix) => betweenEnds(this.names(prefix), prefix, suffix));
  }

  async resolve(roots: string[], options: ResolveOptions): Promise<Pin[]> {
    return resolve(this, roots, options);
  }

  async has({ name, sha256 }: Pin): Promise<boolean> {
    return this.packages(name).some((offered) => offered.sha256 === sha256);
  }

  [Symbol.dispose](): void {
    for (const { table } of this.tables) table[Symbol.dispose]();
  }

  /** Names of all packages that start with `prefix`. */
  names(prefix: string): string[] {
    return [...new Set(this.tables.flatMap(({ table }) => table.names(prefix)))];
  }
}

/**
 * Opens the signed indexes of all suites of `archives`. Parsed indexes are kept by digest, so only the small InRelease
 * files are asked for again. An expired index is accepted with a warning, as suites at the end of their life have no other.
 * Throws SignatureError, NotDeliveredError (both EnvironmentError), InputError for a bad key file, the signal's reason.
 */
export async function openIndex(archives: Archive[], store: Store, signal: AbortSignal): Promise<PackageIndex> {
  const warnings: Warning[] = [];
  const addresses: string[] = [];
  const wanted = archives
    .filter(({ table }) => table === undefined)
    .flatMap((archive) => archive.suites.map((suite) => ({ archive, suite })));
  try {
    const parts = await Promise.all(
      wanted.map(async ({ archive, suite }) => {
        const keys = await readTrustedKeys(archive.keys);
        const fetched = await fetchRelease(archive, suite, keys, store, signal);
        const { index: release, rejected, asked } = fetched;
        addresses.push(...asked);
        if (rejected.length > 0) {
          const message = `the index of ${suite} was refused from some mirrors:${listAttempts(rejected)}`;
          warnings.push({ kind: 'rejected-index', message });
        }
        const { validUntil } = release;
        const expired = validUntil !== undefined && Date.parse(validUntil) < Date.now() ? validUntil : undefined;
        if (expired !== undefined) {
          const message = `the index of ${suite} was valid until ${expired}; its packages get no updates`;
          warnings.push({ kind: 'expired-index', message });
        }
        return Promise.all(
          archive.components.map(async (component) => {
            const { table, sha256 } = await loadTable(archive, suite, component, release, store, signal);
            const reference: IndexReference = {
              ...{ archive: archive.name, suite, component, date: release.date, sha256, signedBy: release.signedBy },
              ...(expired === undefined ? {} : { expired }),
            };
            return { archive: archive.name, table, reference };
          }),
        );
      }),
    );
    const tables = parts.flat();
    const brought = archives.flatMap(({ name, table }): OpenedTable[] =>
      table === undefined ? [] : [{ archive: name, table: new IndexTable(table), overrides: true }],
    );
    return new PackageIndex(
      [...brought, ...tables],
      tables.map(({ reference }) => reference),
      warnings.sort((a, b) => (a.message < b.message ? -1 : 1)),
      addresses.sort(),
    );
  } catch (error) {
    throw explainStorage(error, store.cache);
  }
}

/** The InRelease file of a suite from the first mirror that has one with a good signature. */
async function fetchRelease(
  archive: Archive,
  suite: string,
  keys: PublicKey[],
  store: Store,
  signal: AbortSignal,
): Promise<FetchedIndex<Release>> {
  const path = `dists/${suite}/InRelease`;
  const wanted = { archive, what: `the index of ${suite}`, path, maximum: maximumIndexSize, store, signal };
  return fetchIndex(wanted, async (content, url) => {
    const release = await readRelease(content.toString('utf8'), keys, url);
    if ([release.suite, release.codename].includes(suite)) return release;
    throw new MirrorFault('wrong', `is of ${release.codename || release.suite}, not ${suite}`);
  });
}

/** The parsed Packages file of one component: from the cache by its digest, else downloaded, checked and parsed. */
async function loadTable(
  archive: Archive,
  suite: string,
  component: string,
  release: Release,
  store: Store,
  signal: AbortSignal,
): Promise<{ table: IndexTable; sha256: string }> {
  const directory = `${component}/binary-${archive.architecture}`;
  for (const compression of ['xz', 'gz'] as const) {
    const name = `${directory}/Packages.${compression}`;
    const listed = release.files.get(name);
    if (!listed) continue;
    const { sha256, size } = listed;
    const cached = join(store.cache, 'indexes', `${sha256}.${tableFormat}.table`);
    if (await markUsed(cached)) return { table: new IndexTable(cached), sha256 };
    const base = `dists/${suite}`;
    const byHash = release.byHash ? [`${base}/${directory}/by-hash/SHA256/${sha256}`] : [];
    const { transport, mirrors } = await store.open();
    const destination = temporaryName(cached);
    const fresh = temporaryName(cached);
    const file = { what: `the package index of ${suite}`, paths: [...byHash, `${base}/${name}`], size, sha256 };
    try {
      await download(transport, mirrors, { file, archive, destination, signal });
      // One at a time, so that parsing several does not add up in memory.
      await store.parsing(() => {
        signal.throwIfAborted();
        return writeTable(destination, compression === 'gz' ? 'gzip' : compression, fresh);
      });
      await rename(fresh, cached);
      return { table: new IndexTable(cached), sha256 };
    } finally {
      await rm(destination, { force: true });
      await rm(fresh, { force: true });
    }
  }
  throw new EnvironmentError(`the index of ${suite} lists no ${directory}/Packages.xz`, {
    remedy: 'Check components and architecture of this archive in the matrix file.',
  });
}

// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import { temporaryName } from '../../host/files.ts';
import type { Archive, Distribution } from '../../matrix/types.ts';
import { explainStorage, listAttempts, SignatureError, UnknownKeyError } from '../errors.ts';
import { type FetchedIndex, fetchIndex } from '../fetch-index.ts';
import { maximumIndexSize } from '../mirrors.ts';
import type { IndexReference, Offers, OffersOptions, ResolveOptions, Warning } from '../offers.ts';
import type { Pin } from '../pin.ts';
import type { FetchedPackage } from '../store.ts';
import { MirrorFault } from '../transport.ts';
import { resolve } from './closure.ts';
import type { Signature } from './gpgv.ts';
import { evrOf, readRpm } from './header.ts';
import { loadModules, loadTable, type MetadataJob } from './metadata.ts';
import { ModuleFilter } from './modules.ts';
import { FilelistsNeeded, PackageSet, type Repository } from './package-set.ts';
import { type Repomd, readRepomd } from './repomd.ts';
import { offeredReleases } from './roots.ts';
import { checkDetached, checkPackageSignatures } from './signature.ts';
import { RpmTable } from './table.ts';
import { XmlFault } from './xml.ts';

/** One repository of an archive, and the index it was found with. */
type Source = { archive: Archive; repository: string; index: SignedRepomd; asked: string[] };
type SignedRepomd = Repomd & { signature?: Signature };

const maximumSignatureSize = 64 << 10;
const readTypes = ['primary', 'filelists', 'modules'];

/**
 * Opens the repositories of all `archives`. What was read is kept by digest, so only the small repomd.xml files are asked for
 * again. A repomd.xml need not be signed, as those of CentOS 7 are not: then `verify` is what tells who made the packages.
 * Throws SignatureError, NotDeliveredError, EnvironmentError for metadata that cannot be used, InputError for a bad key file,
 * the signal's reason.
 */
export async function openRepositories(archives: Archive[], options: OffersOptions): Promise<Offers> {
  const wanted = archives
    .filter(({ table }) => table === undefined)
    .flatMap((archive) => archive.suites.map((repository) => ({ archive, repository })));
  const warnings: Warning[] = [];
  const opened: RpmTable[] = [];
  try {
    const open = async ({ archive, repository }: Pick<Source, 'archive' | 'repository'>): Promise<Source> => {
      const { index, rejected, asked } = await fetchRepomd(archive, repository, options);
      if (rejected.length > 0) {
        const message = `the index of ${repository} was refused from some mirrors:${listAttempts(rejected)}`;
        warnings.push({ kind: 'rejected-index', message });
      }
      return { archive, repository, index, asked };
    };
    // One of each archive first: where no mirror can be reached, twenty more repositories need not find that out.
    const isFirst = ({ archive, repository }: Pick<Source, 'archive' | 'repository'>) =>
      archive.suites[0] === repository;
    const first = await inOrder(wanted.filter(isFirst).map(open));
    const sources = [...first, ...(await inOrder(wanted.filter((one) => !isFirst(one)).map(open)))];
    const modules = await Promise.all(
      sources
        .filter(({ index }) => index.files.has('modules'))
        .map((one) => loadModules(jobOf(one, 'modules', options))),
    );
    const filter = new ModuleFilter(modules);
    const tables = await Promise.all(
      sources.map(async (source) => {
        const table = await loadTable('primary', jobOf(source, 'primary', options));
        opened.push(table);
        return { archive: source.archive.name, path: source.repository, table };
      }),
    );
    const brought = archives.flatMap(({ name, table }): Repository[] =>
      table === undefined ? [] : [{ archive: name, path: name, table: new RpmTable(table), overrides: true }],
    );
    warnings.push(
      ...signatureWarnings(
        sources.flatMap(({ index }) => index.signature ?? []),
        'repositories',
      ),
    );
    warnings.sort((a, b) => (a.message < b.message ? -1 : 1));
    const architecture = archives[0]?.architecture ?? '';
    return new Repositories(sources, new PackageSet([...brought, ...tables], architecture, filter), warnings, options);
  } catch (error) {
    for (const table of opened) table[Symbol.dispose]();
    throw explainStorage(error, options.store.cache);
  }
}

/** What all of them become, or the error of the first one that has any, whichever of them failed first. */
async function inOrder<T>(promises: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** All that some repositories of the RPM family offer together. */
class Repositories implements Offers {
  readonly references: IndexReference[];
  readonly warnings: Warning[];
  readonly asked: string[];
  private readonly sources: Source[];
  private readonly packages: PackageSet;
  private readonly options: OffersOptions;
  private filelists: Promise<void> | undefined;

  constructor(sources: Source[], packages: PackageSet, warnings: Warning[], options: OffersOptions) {
    this.sources = sources;
    this.packages = packages;
    this.warnings = warnings;
    this.asked = sources.flatMap(({ asked }) => asked);
    this.options = options;
    this.references = sources.map(({ archive, repository, index }) => ({
      ...{ archive: archive.name, suite: repository, component: 'primary', date: index.date },
      sha256: index.files.get('primary')?.sha256 ?? '',
      ...(index.signature ? { signedBy: index.signature.fingerprint } : {}),
    }));
  }

  releases(distribution: Distribution): string[] {
    return offeredReleases(this.packages, distribution);
  }

  async resolve(roots: string[], options: ResolveOptions): Promise<Pin[]> {
    try {
      return resolve(this.packages, roots, options);
    } catch (error) {
      if (!(error instanceof FilelistsNeeded)) throw error;
      this.filelists ??= this.openFilelists();
      await this.filelists.catch((failure: unknown) => {
        this.filelists = undefined;
        throw explainStorage(failure, this.options.store.cache);
      });
      return resolve(this.packages, roots, options);
    }
  }

  async has({ name, sha256 }: Pin): Promise<boolean> {
    return this.packages.packages(name).some((offered) => offered.sha256 === sha256);
  }

  async verify(packages: FetchedPackage[], signal: AbortSignal): Promise<Warning[]> {
    const signatures: Signature[] = [];
    for (const { name, keys } of new Set(this.sources.map(({ archive }) => archive))) {
      const own = packages.filter(({ pin }) => pin.archive === name);
      const paths = own.map(({ path }) => path);
      signatures.push(...(await checkPackageSignatures(paths, keys, this.options.gpgv, signal)));
      for (const one of own) await checkIdentity(one);
    }
    return signatureWarnings(signatures, 'packages');
  }

  [Symbol.dispose](): void {
    this.packages[Symbol.dispose]();
  }

  private async openFilelists(): Promise<void> {
    const { options } = this;
    const tables = await Promise.all(
      this.sources
        .filter(({ index }) => index.files.has('filelists'))
        .map((source) => loadTable('filelists', jobOf(source, 'filelists', options))),
    );
    this.packages.addFilelists(tables);
  }
}

/** The repomd.xml of a repository from the first mirror that has one, with its signature if there is any. */
async function fetchRepomd(
  archive: Archive,
  repository: string,
  options: OffersOptions,
): Promise<FetchedIndex<SignedRepomd>> {
  const { store, signal } = options;
  const path = `${repository}/repodata/repomd.xml`;
  const wanted = { archive, what: `the index of ${repository}`, path, maximum: maximumIndexSize, store, signal };
  return fetchIndex(wanted, async (content, url) => {
    const signature = await checkSignature(content, url, archive, options);
    const index = await readRepomd(content, (type) => readTypes.includes(type)).catch((error: unknown) => {
      throw error instanceof XmlFault ? new MirrorFault('wrong', error.message) : error;
    });
    if (!index.files.has('primary')) throw new MirrorFault('wrong', 'lists no primary metadata');
    return { ...index, ...(signature ? { signature } : {}) };
  });
}

/** Who signed a repomd.xml; undefined when nobody did, or somebody that is not known. */
async function checkSignature(
  content: Buffer,
  url: string,
  archive: Archive,
  { store, gpgv, signal }: OffersOptions,
): Promise<Signature | undefined> {
  const { transport } = await store.open();
  const signature = await transport.getSmall(`${url}.asc`, maximumSignatureSize, signal).catch((error: unknown) => {
    if (error instanceof MirrorFault && ['missing', 'refused'].includes(error.kind)) return undefined;
    throw error;
  });
  // A page that says that there is no such file, as some servers have.
  if (!signature?.includes('BEGIN PGP SIGNATURE')) return undefined;
  const file = temporaryName(join(store.cache, 'indexes', 'repomd.xml'));
  try {
    await mkdir(join(store.cache, 'indexes'), { recursive: true });
    await writeFile(file, content, { flag: 'wx' });
    return await checkDetached(file, signature, archive.keys, gpgv, signal);
  } catch (error) {
    if (error instanceof UnknownKeyError) return undefined;
    if (!(error instanceof SignatureError)) throw error;
    // The name of the copy says nothing to anybody.
    throw new SignatureError(error.message.replace(`${file}: `, ''), { where: url, cause: error });
  } finally {
    await rm(file, { force: true });
  }
}

function jobOf({ archive, repository, index }: Source, type: string, options: OffersOptions): MetadataJob {
  const file = index.files.get(type);
  if (!file) throw new EnvironmentError(`the index of ${repository} lists no ${type} metadata`);
  const { store, programs, signal } = options;
  return { file, archive, repository, store, programs, signal };
}

/** What is signed says itself which package it is: another one of the same maker must not take its place. */
async function checkIdentity({ pin, path }: FetchedPackage): Promise<void> {
  const rpm = await readRpm(path);
  const found = { name: rpm.name, version: evrOf(rpm), architecture: rpm.architecture };
  if (found.name === pin.name && found.version === pin.version && found.architecture === pin.architecture) return;
  const said = ({ name, version, architecture }: typeof found) => `${name}-${version}.${architecture}`;
  throw new SignatureError(`what the index calls ${said(pin)} is signed as ${said(found)}`, {
    where: path,
    remedy: 'Name another mirror with --mirror or OVNFAST_MIRROR.',
  });
}

function signatureWarnings(signatures: Signature[], what: string): Warning[] {
  const expired = new Map<string, string>();
  for (const { keyId, keyExpired } of signatures) if (keyExpired !== undefined) expired.set(keyId, keyExpired);
  return [...expired].map(([keyId, time]) => ({
    kind: 'expired-key',
    message: `some ${what} are signed by key ${keyId}, which has expired since, on ${time}`,
  }));
}

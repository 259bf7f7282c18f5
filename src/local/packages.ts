// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import type { Programs } from '../host/decompress.ts';
import { digestValue } from '../host/digest.ts';
import { matcher } from '../matrix/releases.ts';
import { didYouMean } from '../matrix/suggest.ts';
import type { Distribution, Matrix, Target } from '../matrix/types.ts';
import { SignatureError, UnknownKeyError, UnsignedError } from '../packages/errors.ts';
import { betweenEnds } from '../packages/offered.ts';
import type { RunGpgv } from '../packages/rpm/gpgv.ts';
import { kernelRelease } from '../packages/rpm/roots.ts';
import { checkPackageSignature } from '../packages/rpm/signature.ts';
import type { Store } from '../packages/store.ts';
import { type PackageFile, readPackageFile } from './package-file.ts';
import { withPackages } from './package-table.ts';

/** A kernel release of a distribution some of whose packages the user brings. */
export type PackagesTarget = Target & {
  content: string;
  brought: PackageFile[];
  /** What it is for: what it is not for need not be there. */
  use: Use;
};
export type Use = { builds: boolean; boots: boolean };

export type OpenOptions = {
  matrix: Matrix;
  use: Use;
  store: Store;
  programs: () => Promise<Programs>;
  gpgv: RunGpgv;
  signal: AbortSignal;
};

/**
 * Reads packages that the user brings, as a target of the distribution that a pattern names; also returns what is to be said
 * of who made them. Throws InputError for a file that is no package, of another family, architecture or release than the
 * rest, and for packages that are no kernel's.
 */
export async function openPackages(
  files: string[],
  patterns: string[],
  { matrix, use, store, programs, gpgv, signal }: OpenOptions,
): Promise<{ target: PackagesTarget; notes: string[]; warnings: string[] }> {
  const { distribution, release: wanted } = findDistribution(matrix, patterns);
  const brought: PackageFile[] = [];
  for (const file of files) {
    const one = await readPackageFile(file, { store, programs, signal });
    checkFits(one, distribution, brought);
    if (brought.every(({ sha256 }) => sha256 !== one.sha256)) brought.push(one);
  }
  const kernel = commonRelease(brought, distribution);
  if (wanted !== undefined && wanted !== kernel) {
    throw new InputError(`the packages are of kernel ${kernel}, not ${wanted}`, {
      remedy: `Name the target as ${distribution.id}, or give packages of ${wanted}.`,
    });
  }
  const target: PackagesTarget = {
    ...{ id: distribution.id, kernel, arch: 'x86_64', named: true, pinned: true, brought, use },
    content: digestValue(brought.map(({ sha256 }) => sha256)),
    distribution: await withPackages(distribution, brought, store.cache),
  };
  return { target, ...(await judgeSignatures(brought, distribution, gpgv, signal)) };
}

export function hasPackages(target: Target): target is PackagesTarget {
  return 'brought' in target;
}

/**
 * The kernel release that a package is of, as far as the matrix names it by one; undefined for another package. Of the RPM
 * family it is what `<name>-uname-r` is provided as, or the name that the kernel's own spec file provides, else the version.
 */
export function releaseOf(one: PackageFile, { packages, architecture }: Distribution): string | undefined {
  const { headers, image } = packages;
  for (const template of [...headers, ...image]) {
    const [prefix = '', suffix] = template.split('{kernel}');
    if (suffix === undefined) continue;
    // What all flavours of a kernel share is of every architecture.
    const [release] = one.architecture === architecture ? betweenEnds([one.name], prefix, suffix) : [];
    if (release !== undefined && /^\d+\.\d/.test(release)) return release;
    if (one.family === 'rpm' && prefix === `${one.name}-` && suffix === '') return releaseOfRpm(one);
  }
  return undefined;
}

function releaseOfRpm({ name, version, architecture, provides }: PackageFile): string {
  return kernelRelease({ name, evr: version, architecture }, (prefix) =>
    provides
      .filter((one) => one.name.startsWith(prefix))
      .map((one) => ({ name: one.name, ...(one.version === undefined ? {} : { evr: one.version }) })),
  );
}

function findDistribution(matrix: Matrix, patterns: string[]): { distribution: Distribution; release?: string } {
  const ids = matrix.distributions.map(({ id }) => id);
  const [pattern = '', ...more] = patterns;
  const [id = '', release] = pattern.split('/', 2);
  const isNamed = matcher([id]);
  const [distribution, ...others] = matrix.distributions.filter((one) => isNamed(one.id));
  if (distribution && others.length === 0 && more.length === 0) {
    return { distribution, ...(release === undefined ? {} : { release }) };
  }
  const what =
    pattern === ''
      ? '--kernel-package goes with --target'
      : `--kernel-package goes with one distribution, not "${patterns.join('", "')}"`;
  throw new InputError(`${what}${pattern === '' ? '' : didYouMean(id, ids)}`, {
    remedy: `Name the distribution that the packages are of: ${ids.join(', ')}.`,
  });
}

function checkFits(one: PackageFile, { id, family, architecture }: Distribution, others: PackageFile[]): void {
  const fault = (what: string, remedy: string) => new InputError(what, { where: one.named, remedy });
  if (one.family !== family) {
    const kinds = { debian: '.deb', rpm: '.rpm' };
    throw fault(`a ${kinds[one.family]} package, and ${id} has ${kinds[family]}`, 'Name the target that it is of.');
  }
  if (![architecture, 'all', 'noarch'].includes(one.architecture)) {
    const source = one.architecture === 'src' ? 'a source package' : `a package for ${one.architecture}`;
    throw fault(`${source}, and ${id} is for ${architecture}`, `Give that for ${architecture}.`);
  }
  const twin = others.find(({ name, sha256 }) => name === one.name && sha256 !== one.sha256);
  if (twin)
    throw fault(`${one.name} is given twice, as ${twin.version} and ${one.version}`, `The other is ${twin.named}.`);
}

function commonRelease(brought: PackageFile[], distribution: Distribution): string {
  const known = brought.flatMap((one) => {
    const release = releaseOf(one, distribution);
    return release === undefined ? [] : [{ one, release }];
  });
  const [first, ...others] = known;
  if (!first) {
    const { headers, image } = distribution.packages;
    const names = [...headers, ...image].filter((name) => name.includes('{kernel}'));
    throw new InputError(`none of the packages is of a kernel release: ${brought.map(({ name }) => name).join(', ')}`, {
      remedy: `Of ${distribution.id} those are ${names.map((name) => name.replace('{kernel}', 'RELEASE')).join(', ')}.`,
    });
  }
  const other = others.find(({ release }) => release !== first.release);
  if (!other) return first.release;
  throw new InputError(`the packages are of different kernels: ${first.release} and ${other.release}`, {
    where: `${first.one.named}, ${other.one.named}`,
    remedy: 'Give headers and image of the same release.',
  });
}

/** The user vouches for packages that are signed by nobody known; that is said. A .deb carries no signature of its own. */
async function judgeSignatures(
  brought: PackageFile[],
  { id, family, archives }: Distribution,
  gpgv: RunGpgv,
  signal: AbortSignal,
): Promise<{ notes: string[]; warnings: string[] }> {
  const nameOf = ({ name, version }: PackageFile) => `${name} ${version}`;
  if (family === 'debian') {
    const names = brought.map(nameOf).join(', ');
    return { notes: [`taken as given, since only the index of an archive would be signed: ${names}`], warnings: [] };
  }
  const keys = [...new Set(archives.flatMap((archive) => archive.keys))];
  const [notes, warnings]: [string[], string[]] = [[], []];
  for (const one of brought) {
    try {
      const { fingerprint } = await checkPackageSignature(one.path, keys, gpgv, signal);
      notes.push(`${nameOf(one)} is signed by a key of ${id} (${fingerprint})`);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      const [reason = ''] = error.message.replace(`${one.path}: `, '').split('\n');
      if (!(error instanceof UnsignedError || error instanceof UnknownKeyError)) {
        // Changed after it was signed, or by a key that was taken back: nobody's word makes that good.
        throw new InputError(reason, {
          where: one.named,
          remedy: 'Take the package from where it is whole.',
          cause: error,
        });
      }
      warnings.push(`${nameOf(one)} is not signed by a key of ${id}, so it is taken at your word: ${reason}`);
    }
  }
  return { notes, warnings };
}

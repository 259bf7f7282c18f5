// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { EnvironmentError, InputError } from '../errors.ts';
import { digestValue } from '../host/digest.ts';
import { lockPath } from '../matrix/matrix.ts';
import { compareReleases } from '../matrix/releases.ts';
import type { Matrix } from '../matrix/types.ts';
import { markUsed } from '../packages/cache-entry.ts';
import { parseDepends } from '../packages/debian/depends.ts';
import { NotDeliveredError } from '../packages/errors.ts';
import { type Lock, lockDigest, lockParts, readLock, writeLock } from '../packages/lock.ts';
import type { EffectiveLock, Obtainer } from '../packages/obtain.ts';
import type { Offers, Warning } from '../packages/offers.ts';
import type { Pin } from '../packages/pin.ts';
import type { PackageFile } from './package-file.ts';
import { placeOf } from './package-table.ts';
import { type PackagesTarget, releaseOf } from './packages.ts';

export type LockOptions = {
  matrix: Matrix;
  obtainer: Obtainer;
  /** Ask no index. */
  frozen: boolean;
  signal: AbortSignal;
};

const REMEDY = 'Give that package too, with --kernel-package.';

/**
 * The lock of a target of which the user brings packages: these, and the rest (the compiler above all) from the
 * distribution's archives, or where none can be asked from the lock of another release of the distribution.
 * Throws InputError naming the package that neither the user nor an archive has, EnvironmentError as `Obtainer.vouched`.
 */
export async function lockPackages(target: PackagesTarget, options: LockOptions): Promise<EffectiveLock> {
  const { obtainer, frozen, signal } = options;
  const { builds, boots } = target.use;
  const key = digestValue([target.id, target.kernel, target.content, target.distribution, target.use]);
  const path = join(obtainer.store.cache, 'locks', `${key}.json`);
  if (!frozen) {
    const known = await readLock(path).catch(() => undefined);
    if (known && (await obtainer.store.has(known.packages))) {
      await markUsed(path);
      return describe(target, known, []);
    }
    try {
      const make = (offers: Offers) => lockParts(target, offers, { headers: builds, image: boots });
      const { lock, warnings } = await obtainer.vouched(target.distribution, make, signal);
      await writeLock(path, lock);
      return describe(target, lock, warnings);
    } catch (error) {
      if (!(error instanceof NotDeliveredError)) throw explainMissing(error, target);
      const sibling = await siblingOf(target, options.matrix);
      if (!sibling) throw error;
      return describe(target, adapt(sibling, target), [warningOf(sibling, target, error.message)]);
    }
  }
  const sibling = await siblingOf(target, options.matrix);
  if (sibling) return describe(target, adapt(sibling, target), []);
  throw new EnvironmentError(`${target.id} has no lock, and --frozen forbids to resolve anew`, {
    remedy: `Run: ovnfast lock --target ${target.id}`,
  });
}

/** What a target of packages offers to modules: those of them that hold the kernel's headers, and nothing else. */
export function lockInterface(target: PackagesTarget): EffectiveLock {
  const own = target.brought.filter((one) => fillsAny(one, target, target.distribution.packages.headers));
  if (own.length === 0) throw missing(target, 'headers');
  const pins = own.map(pinOf);
  const sysroots = { interface: pins.map(({ name }) => name) };
  return describe(target, { ...headOf(target), indexes: [], sysroots, packages: pins }, []);
}

function describe(target: PackagesTarget, lock: Lock, warnings: Warning[]): EffectiveLock {
  return { target, lock, digest: lockDigest(lock), origin: 'unlocked', warnings };
}

/** An error of resolving is one of the user's: a package is missing. That an archive cannot be used is none. */
function explainMissing(error: unknown, { id, kernel }: PackagesTarget): unknown {
  if (!(error instanceof EnvironmentError) || error.constructor !== EnvironmentError) return error;
  const [what = ''] = error.message.split('\n');
  return new InputError(`${id}/${kernel}: ${what}`, { remedy: REMEDY, cause: error });
}

/** The lock of the release next before it, or else next after it. */
async function siblingOf({ id, kernel }: PackagesTarget, { directory, locked }: Matrix): Promise<Lock | undefined> {
  const releases = [...(locked.get(id) ?? [])].sort(compareReleases);
  const nearest = releases.findLast((release) => compareReleases(release, kernel) <= 0) ?? releases[0];
  return nearest === undefined ? undefined : await readLock(lockPath(directory, id, nearest));
}

function warningOf({ kernel }: Lock, target: PackagesTarget, reason: string): Warning {
  const message = `${target.id}/${target.kernel}: the compiler and the rest are those locked for ${kernel}, as no archive could be asked: ${reason}`;
  return { kind: 'not-locked', message };
}

/** Another release's lock with the user's packages in place of those of its kernel. */
function adapt(sibling: Lock, target: PackagesTarget): Lock {
  const { builds, boots } = target.use;
  const { headers, image } = target.distribution.packages;
  const prefixes = [...headers, ...image].flatMap((name) =>
    name.includes('{kernel}') ? [name.split('{kernel}')[0] ?? ''] : [],
  );
  const isOfKernel = (name: string) =>
    prefixes.some(
      (prefix) => name === prefix.slice(0, -1) || (name.startsWith(prefix) && /^\d/.test(name.slice(prefix.length))),
    );
  if (builds) requireAll(target, 'headers');
  if (boots) requireAll(target, 'image');
  const kept = sibling.packages.filter(({ name }) => !isOfKernel(name));
  const own = target.brought.map((one) => ({ one, isImage: fillsAny(one, target, image) }));
  const names = new Set([...kept, ...target.brought].map(({ name }) => name));
  for (const { one } of own) {
    for (const group of parseDepends(one.control.get('Depends') ?? '', target.distribution.architecture)) {
      const wanted = group.find(({ name }) => isOfKernel(name));
      if (builds && wanted && !group.some(({ name }) => names.has(name))) {
        throw new InputError(`${one.name} needs ${wanted.name}`, { where: one.named, remedy: REMEDY });
      }
    }
  }
  const shared = (sysroot: string) => (sibling.sysroots[sysroot] ?? []).filter((name) => !isOfKernel(name));
  const chosen = (wanted: boolean) => own.filter(({ isImage }) => isImage === wanted).map(({ one }) => one.name);
  const sysroots = {
    headers: builds ? [...shared('headers'), ...chosen(false)].sort() : [],
    image: chosen(true).sort(),
  };
  const used = new Set([...sysroots.headers, ...sysroots.image]);
  const packages = [...kept, ...target.brought.map(pinOf)].filter(({ name }) => used.has(name));
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...headOf(target), indexes: sibling.indexes, sysroots, packages };
}

function headOf({ id, kernel }: PackagesTarget): Pick<Lock, 'schema' | 'id' | 'kernel'> {
  return { schema: 'ovnfast.lock/1', id, kernel };
}

function pinOf(one: PackageFile): Pin {
  const { name, version, architecture, size, sha256 } = one;
  return { name, version, architecture, archive: 'local', path: placeOf(one), size, sha256 };
}

function requireAll(target: PackagesTarget, list: 'headers' | 'image'): void {
  for (const template of target.distribution.packages[list]) {
    if (!template.includes('{kernel}') || target.brought.some((one) => fillsAny(one, target, [template]))) continue;
    throw missing(target, list, template);
  }
}

function missing(
  { id, kernel, distribution }: PackagesTarget,
  list: 'headers' | 'image',
  template?: string,
): InputError {
  const name = template ?? distribution.packages[list].find((one) => one.includes('{kernel}')) ?? list;
  return new InputError(`${id}/${kernel}: no package given is ${name.replaceAll('{kernel}', kernel)}`, {
    remedy: REMEDY,
  });
}

/** Whether a package is the one that some names of the matrix mean, with the target's release in place of `{kernel}`. */
function fillsAny(one: PackageFile, { kernel, distribution }: PackagesTarget, templates: string[]): boolean {
  const { packages } = distribution;
  return templates.some((template) => {
    if (!template.includes('{kernel}')) return false;
    return releaseOf(one, { ...distribution, packages: { ...packages, headers: [template], image: [] } }) === kernel;
  });
}

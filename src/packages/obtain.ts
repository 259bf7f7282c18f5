// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import type { Programs } from '../host/decompress.ts';
import { digestValue } from '../host/digest.ts';
import { lockPath } from '../matrix/matrix.ts';
import { selectReleases } from '../matrix/releases.ts';
import type { Distribution, Target, ToolSysroot } from '../matrix/types.ts';
import { markUsed } from './cache-entry.ts';
import { PackageGoneError } from './errors.ts';
import {
  type KernelPart,
  kernelPart,
  type Lock,
  lockDigest,
  pinsOf,
  readLock,
  snapshotTimes,
  writeLock,
} from './lock.ts';
import { type Offers, openOffers, type Warning } from './offers.ts';
import type { Pin } from './pin.ts';
import type { RunGpgv } from './rpm/gpgv.ts';
import type { FetchedPackage, FetchOptions, FetchProgress, Store } from './store.ts';
import { distributionOf, ingredients, nameOf, resolveWith, type Subject, selection } from './subject.ts';

export type ObtainerOptions = {
  store: Store;
  /** Where `locks/` is. */
  matrixDirectory: string;
  /** Make it an error when a lock is missing or its packages are gone, instead of resolving anew. */
  frozen: boolean;
  gpgv: RunGpgv;
  /** See `OffersOptions`. */
  programs?: () => Promise<Programs>;
  /** Hears how far the packages are that are fetched to be checked before a lock names them. */
  onFetch?: (lock: Lock, progress: FetchProgress) => void;
};

/** A lock as it will be used, and how it came to be. */
export type EffectiveLock = Subject & {
  lock: Lock;
  /** Of what it pins. */
  digest: string;
  /** `locked`: the lock file; `replaced`: its packages are gone and it was resolved again; `unlocked`: there is none. */
  origin: 'locked' | 'replaced' | 'unlocked';
  warnings: Warning[];
};

export type Obtained = {
  /** The lock really used: another than asked for when it had to be resolved again. */
  effective: EffectiveLock;
  /** Packages by sysroot, in the lock's order. */
  sysroots: Map<string, FetchedPackage[]>;
  /** How many packages each base address delivered just now. */
  mirrors: Map<string, number>;
};

/** Turns targets and shared sysroots into packages in the store. */
export class Obtainer implements Disposable {
  readonly store: Store;
  private readonly options: ObtainerOptions;
  private readonly opened = new Map<string, Promise<Offers>>();

  constructor(options: ObtainerOptions) {
    this.store = options.store;
    this.options = options;
  }

  /**
   * What a distribution offers right now, opened at its first use and closed with the obtainer. Throws as `openOffers`.
   */
  async offers(distribution: Distribution, signal: AbortSignal): Promise<Offers> {
    // One that the user brings packages for offers other things than without.
    const key = [distribution.id, ...distribution.archives.map(({ table }) => table)].join(' ');
    const known = this.opened.get(key);
    if (known) return known;
    const { store, gpgv, programs = async () => ({}) } = this.options;
    const opened = openOffers(distribution, { store, gpgv, programs, signal });
    this.opened.set(key, opened);
    opened.catch(() => this.opened.delete(key));
    return opened;
  }

  /** Kernel releases that are offered right now, oldest first. Throws as `openOffers`. */
  async releases(distribution: Distribution, signal: AbortSignal): Promise<string[]> {
    return (await this.offers(distribution, signal)).releases(distribution);
  }

  /**
   * Resolves a target or a shared sysroot against what is offered right now. Where only the packages themselves are signed
   * (RPM family) they are fetched and checked, so that a lock never pins what nobody vouches for.
   * Throws as `openOffers`, `lockTarget`, `Store.fetch`, and SignatureError.
   */
  async resolve(subject: Subject, signal: AbortSignal): Promise<{ lock: Lock; warnings: Warning[] }> {
    return this.vouched(distributionOf(subject), (offers) => resolveWith(subject, offers), signal);
  }

  /** As `resolve`, of a lock that somebody else makes of what a distribution offers. */
  async vouched(
    distribution: Distribution,
    make: (offers: Offers) => Promise<Lock>,
    signal: AbortSignal,
  ): Promise<{ lock: Lock; warnings: Warning[] }> {
    const offers = await this.offers(distribution, signal);
    const lock = await make(offers);
    if (!offers.verify) return { lock, warnings: offers.warnings };
    const timestamps = snapshotTimes(lock);
    const onProgress = (progress: FetchProgress) => this.options.onFetch?.(lock, progress);
    const fetched = await this.store.fetch(lock.packages, distribution.archives, { signal, timestamps, onProgress });
    return { lock, warnings: [...offers.warnings, ...(await offers.verify([...fetched.values()], signal))] };
  }

  /** What a lock made now would pin; nothing is fetched but indexes, and nothing written. Throws as `openOffers`, `lockTarget`. */
  async offered(subject: Subject, signal: AbortSignal): Promise<Lock> {
    return resolveWith(subject, await this.offers(distributionOf(subject), signal));
  }

  /**
   * The lock that a run would use, as far as that can be told without fetching a package: its lock file, what replaced it
   * earlier, or what is offered now. Writes nothing. Throws InputError for a broken lock file, else as `offered`.
   */
  async foresee(subject: Subject, signal: AbortSignal): Promise<Pick<EffectiveLock, 'lock' | 'origin'>> {
    if (await readLock(this.lockPath(subject))) return this.effective(subject, signal);
    const lock = (await this.kept({ ...subject, lock: undefined })) ?? (await this.offered(subject, signal));
    return { lock, origin: 'unlocked' };
  }

  /**
   * The lock of a target: its lock file, or what replaced it, or one made now when there is none. Needs no network in the
   * first two cases. Throws InputError for a broken lock file, EnvironmentError for a missing one when frozen.
   */
  async targetLock(target: Target, signal: AbortSignal): Promise<EffectiveLock> {
    return this.effective({ target }, signal);
  }

  /** The lock of one part of a target's kernel, a sysroot of that name, as `targetLock`. */
  async kernelLock(target: Target, part: KernelPart, signal: AbortSignal): Promise<EffectiveLock> {
    return this.effective({ target, part }, signal);
  }

  /** The lock of a shared sysroot, as `targetLock`. */
  async toolLock(tool: ToolSysroot, signal: AbortSignal): Promise<EffectiveLock> {
    return this.effective({ tool }, signal);
  }

  /**
   * Brings the packages of some sysroots of a lock into the store (of all when `sysroots` is left out). When the mirrors no
   * longer have a package, the lock is resolved again against the signed index and the replacement kept in the cache, with
   * a warning; frozen, that is an EnvironmentError with the command to run. Throws as `Store.fetch` too.
   */
  async obtain(
    effective: EffectiveLock,
    options: Omit<FetchOptions, 'timestamps'> & { sysroots?: string[] },
  ): Promise<Obtained> {
    try {
      return await this.fetch(effective, options);
    } catch (error) {
      if (!(error instanceof PackageGoneError) || effective.origin === 'replaced') throw error;
      if (this.options.frozen) throw this.frozenError(effective, 'names packages that no mirror has any more', error);
      const again = await this.resolveAgain(effective, error, options.signal).catch((cause: unknown) => {
        if (!(cause instanceof EnvironmentError)) throw cause;
        throw new EnvironmentError(`${error.message}\n  Resolving it again failed: ${cause.message}`, { cause });
      });
      const obtained = await this.fetch(again, options);
      await writeLock(this.replacementPath(effective), again.lock);
      return obtained;
    }
  }

  [Symbol.dispose](): void {
    for (const offers of this.opened.values()) offers.then((opened) => opened[Symbol.dispose]()).catch(() => {});
    this.opened.clear();
  }

  private async effective(subject: Subject, signal: AbortSignal): Promise<EffectiveLock> {
    const path = this.lockPath(subject);
    const whole = await readLock(path);
    if (!whole) return this.unlocked(subject, signal);
    const lock = 'target' in subject && subject.part ? kernelPart(subject.target, whole, subject.part) : whole;
    const effective = describe(subject, lock, 'locked', []);
    if (await this.store.has(lock.packages)) return effective;
    const replacement = this.options.frozen ? undefined : await this.kept(effective);
    if (!replacement) return effective;
    return describe(subject, replacement, 'replaced', [replacedWarning(effective, replacement)]);
  }

  private async unlocked(subject: Subject, signal: AbortSignal): Promise<EffectiveLock> {
    const missing = { ...subject, lock: undefined };
    if (this.options.frozen) throw this.frozenError(missing, 'has no lock');
    const warnings: Warning[] = [
      { kind: 'not-locked', message: `${nameOf(subject)} has no lock, so newer packages may be used at another time` },
    ];
    const known = await this.kept(missing);
    if (known) return describe(subject, known, 'unlocked', warnings);
    const resolved = await this.resolve(subject, signal);
    await writeLock(this.replacementPath(missing), resolved.lock);
    return describe(subject, resolved.lock, 'unlocked', [...warnings, ...resolved.warnings]);
  }

  /** What an earlier run resolved in place of a lock, if all of it is in the store. */
  private async kept(subject: Subject & { lock: Lock | undefined }): Promise<Lock | undefined> {
    const path = this.replacementPath(subject);
    const known = await readLock(path).catch(() => undefined);
    if (!known || !(await this.store.has(known.packages))) return undefined;
    await markUsed(path);
    return known;
  }

  private async resolveAgain(
    effective: EffectiveLock,
    gone: PackageGoneError,
    signal: AbortSignal,
  ): Promise<EffectiveLock> {
    const subject =
      'target' in effective
        ? {
            ...effective,
            target: successor(effective.target, await this.offers(effective.target.distribution, signal)),
          }
        : effective;
    const { lock, warnings } = await this.resolve(subject, signal);
    return describe(effective, lock, 'replaced', [replacedWarning(effective, lock, gone), ...warnings]);
  }

  private async fetch(
    effective: EffectiveLock,
    {
      sysroots = Object.keys(effective.lock.sysroots),
      ...options
    }: Omit<FetchOptions, 'timestamps'> & { sysroots?: string[] },
  ): Promise<Obtained> {
    const { lock } = effective;
    const pins = new Map<string, Pin>();
    for (const sysroot of sysroots) for (const pin of pinsOf(lock, sysroot)) pins.set(pin.sha256, pin);
    const { archives } = distributionOf(effective);
    const fetched = await this.store.fetch([...pins.values()], archives, {
      ...options,
      timestamps: snapshotTimes(lock),
    });
    const bySysroot = new Map<string, FetchedPackage[]>();
    for (const sysroot of sysroots) {
      const packages = pinsOf(lock, sysroot).map(({ sha256 }) => fetched.get(sha256));
      bySysroot.set(
        sysroot,
        packages.filter((found) => found !== undefined),
      );
    }
    const mirrors = new Map<string, number>();
    for (const { url, pin } of fetched.values()) {
      if (url === undefined) continue;
      const base = url.slice(0, -pin.path.length - 1);
      mirrors.set(base, (mirrors.get(base) ?? 0) + 1);
    }
    return { effective, sysroots: bySysroot, mirrors };
  }

  private lockPath(subject: Subject): string {
    const { matrixDirectory } = this.options;
    if ('tool' in subject) return lockPath(matrixDirectory, subject.tool.group, subject.tool.name);
    return lockPath(matrixDirectory, subject.target.id, subject.target.kernel);
  }

  private replacementPath(subject: Subject & { lock: Lock | undefined }): string {
    const part = 'target' in subject && subject.part ? `.${subject.part}` : '';
    // A changed matrix file, or one of another matrix, must not be answered with what was resolved before.
    const name = subject.lock
      ? lockDigest(subject.lock)
      : `${nameOf(subject).replace('/', '_')}${part}-${digestValue(ingredients(subject)).slice(0, 16)}`;
    return join(this.store.cache, 'locks', `${name}.json`);
  }

  private frozenError(subject: Subject, what: string, cause?: unknown): EnvironmentError {
    const detail = cause instanceof Error ? `\n  ${cause.message}` : '';
    return new EnvironmentError(`${nameOf(subject)} ${what}, and --frozen forbids to resolve anew${detail}`, {
      where: this.lockPath(subject),
      remedy: `Run: ovnfast lock ${selection(subject)}`,
      cause,
    });
  }
}

function describe(subject: Subject, lock: Lock, origin: EffectiveLock['origin'], warnings: Warning[]): EffectiveLock {
  const rest = { lock, digest: lockDigest(lock), origin, warnings };
  if ('tool' in subject) return { tool: subject.tool, ...rest };
  const target = { ...subject.target, kernel: lock.kernel ?? subject.target.kernel };
  return { target, ...(subject.part ? { part: subject.part } : {}), ...rest };
}

/** The target itself while its kernel is offered or was named by the user; else the newest default one in its place. */
function successor(target: Target, offers: Offers): Target {
  const offered = offers.releases(target.distribution);
  if (target.pinned || offered.includes(target.kernel)) return target;
  const kernel = selectReleases(target.distribution.kernels.default, offered).at(-1);
  return kernel === undefined ? target : { ...target, kernel };
}

function replacedWarning(effective: EffectiveLock, lock: Lock, gone?: PackageGoneError): Warning {
  const before = new Map(effective.lock.packages.map(({ name, version }) => [name, version]));
  const changed = lock.packages.filter(({ name, version }) => before.get(name) !== version).length;
  const kernel =
    lock.kernel === effective.lock.kernel ? '' : `, with kernel ${lock.kernel} in place of ${effective.lock.kernel}`;
  const command = 'target' in effective ? `--target ${effective.target.id}` : selection(effective);
  const message = `${nameOf(effective)}: packages of its lock have left the mirrors, so it was resolved again${kernel} (${changed} packages differ); make it last with: ovnfast lock ${command}`;
  return { kind: 'resolved-again', message: gone ? `${message}\n  ${gone.message}` : message };
}

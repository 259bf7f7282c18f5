// SPDX-License-Identifier: Apache-2.0
import type { Programs } from '../host/decompress.ts';
import type { Distribution } from '../matrix/types.ts';
import { openIndex } from './debian/package-index.ts';
import type { Pin } from './pin.ts';
import type { RunGpgv } from './rpm/gpgv.ts';
import { openRepositories } from './rpm/repositories.ts';
import type { FetchedPackage, Store } from './store.ts';

/** Which signed index something came from. */
export type IndexReference = {
  archive: string;
  /** Of the RPM family: the repository. */
  suite: string;
  /** Of the RPM family: `primary`. */
  component: string;
  /** When the archive made it, ISO 8601. */
  date: string;
  /** Of the compressed Packages or primary file. */
  sha256: string;
  /** Fingerprint of the key that signed it; absent when only the packages themselves are signed (RPM family). */
  signedBy?: string;
  /** Set when the archive no longer vouched for it: a suite at the end of its life, or a mirror left behind. */
  expired?: string;
};

/** Something that was accepted and that the user has to hear of. */
export type Warning = {
  kind: 'expired-index' | 'rejected-index' | 'resolved-again' | 'not-locked' | 'expired-key';
  message: string;
};

export type ResolveOptions = {
  architecture: string;
  /** Globs of package names whose dependency counts as met. */
  exclude?: string[];
};

/** What the archives of a distribution offer together, whatever family it is of. */
export interface Offers extends Disposable {
  readonly references: IndexReference[];
  readonly warnings: Warning[];
  /** Addresses at which an index was asked for, of those that had none too. */
  readonly asked: string[];
  /**
   * The kernel releases that can be both built for and booted, oldest first: every package that the matrix names with
   * `{kernel}` is there. Excluded flavours do not count.
   */
  releases(distribution: Distribution): string[];
  /**
   * The packages that `roots` need, roots included, sorted by name. Of each the newest version that fits; a root may name
   * its version where the family has another way for that than the name (`kernel-devel-3.10.0-1160.el7.x86_64`).
   * Throws EnvironmentError saying what needs the package that is not offered, and as fetching does where more of the index
   * has to be fetched for it.
   */
  resolve(roots: string[], options: ResolveOptions): Promise<Pin[]>;
  /** Whether this very package, by name and content, is still offered. */
  has(pin: Pin): Promise<boolean>;
  /**
   * Checks the signatures of packages where the index does not vouch for them; returns what the user has to hear of.
   * Throws SignatureError.
   */
  verify?(packages: FetchedPackage[], signal: AbortSignal): Promise<Warning[]>;
}

export type OffersOptions = {
  store: Store;
  /** Checks signatures that are of an older kind than the library at hand takes. */
  gpgv: RunGpgv;
  /** For indexes compressed with zstd, where this Node.js has none. */
  programs: () => Promise<Programs>;
  signal: AbortSignal;
};

/** Opens what a distribution offers right now. Throws as `openIndex` and `openRepositories`. */
export function openOffers({ family, archives }: Distribution, options: OffersOptions): Promise<Offers> {
  return family === 'rpm' ? openRepositories(archives, options) : openIndex(archives, options.store, options.signal);
}

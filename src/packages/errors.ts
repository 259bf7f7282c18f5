// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../errors.ts';
import type { MirrorFaultKind } from './transport.ts';

/** One address that was asked in vain. */
export type Attempt = { url: string; kind: MirrorFaultKind; reason: string };

export function listAttempts(attempts: Attempt[]): string {
  return attempts.map(({ url, reason }) => `\n    ${url} ${reason}`).join('');
}

/** No mirror delivered a file. `attempts` has every address that was tried. */
export class NotDeliveredError extends EnvironmentError {
  readonly attempts: Attempt[];

  constructor(what: string, attempts: Attempt[], remedy: string) {
    super(`${what}; tried:${listAttempts(attempts)}`, { remedy });
    this.attempts = attempts;
  }
}

/** The mirrors that answer no longer have a package, so that resolving again may help. */
export class PackageGoneError extends NotDeliveredError {}

const storage: Record<string, string> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of its path is no directory',
  EEXIST: 'a part of its path is no directory',
};

/** Makes an error of the file system below the cache one that says what to do; others are returned as they are. */
export function explainStorage(error: unknown, directory: string): unknown {
  const what = storage[(error as NodeJS.ErrnoException).code ?? ''];
  if (what === undefined) return error;
  return new EnvironmentError(`the cache cannot be written: ${what}`, {
    where: directory,
    remedy: 'Free space there, for example with `ovnfast cache prune`, or set OVNFAST_CACHE to another directory.',
    cause: error,
  });
}

/** A signature that is none, or not by a key that is trusted for this archive. */
export class SignatureError extends EnvironmentError {}

/** No signature at all. */
export class UnsignedError extends SignatureError {}

/** A signature by a key that nobody here knows: it says nothing, neither good nor bad. */
export class UnknownKeyError extends SignatureError {}

// SPDX-License-Identifier: Apache-2.0
import type { ProcessResult } from '../../host/process.ts';
import type { Range } from './header.ts';

/** One check: a keyring (binary, all of its keys are trusted), one signature packet, and what it has to be a signature of. */
export type GpgvCheck = { keyring: Uint8Array; signature: Uint8Array; data: Range & { path: string } };

/** Runs gpgv with `--status-fd 1`; wired up to the sandbox by whoever opens one. Throws what the sandbox throws. */
export type RunGpgv = (check: GpgvCheck, signal: AbortSignal) => Promise<ProcessResult>;

/** A signature that holds. */
export type Signature = {
  /** Of the key that made it, and of its primary key if that was a subkey: upper-case hexadecimal. */
  fingerprint: string;
  primary: string;
  keyId: string;
  /** Of the packet: 3 in packages of EL 7 and 8. */
  version: number;
  hash: 'SHA256' | 'SHA384' | 'SHA512';
  /** ISO 8601. */
  created: string;
  /** ISO 8601: the key has expired since the signature was made. */
  keyExpired?: string;
};

/** `fault` completes "the signature is ..."; `cause` where there is something to do about it. */
export type Fault = { fault: string; cause?: 'changed' | 'unknown key' };

/** RFC 4880, 9.4. MD5, SHA-1 and RIPEMD-160 are broken or too short. */
const HASH_NAMES: Record<string, string> = {
  1: 'MD5',
  2: 'SHA1',
  3: 'RIPEMD160',
  8: 'SHA256',
  9: 'SHA384',
  10: 'SHA512',
  11: 'SHA224',
};
const STRONG = ['SHA256', 'SHA384', 'SHA512'];
/** A signature of bytes as they are; others are of text with changed line ends, or of keys. */
const BINARY_CLASS = '00';
const NO_PUBLIC_KEY = '9';

/**
 * Reads gpgv's status lines (GnuPG's doc/DETAILS) about one signature; its words for people are never looked at.
 * Undefined when they say nothing: gpgv itself failed.
 */
export function readStatus(output: string): { signature: Signature } | Fault | undefined {
  const lines = output.split('\n').filter((line) => line.startsWith('[GNUPG:] '));
  const words = lines.map((line) => line.split(' ').slice(1));
  const find = (keyword: string) => words.find(([word]) => word === keyword);
  if (words.filter(([word]) => word === 'NEWSIG').length !== 1) return undefined;

  const bad = find('BADSIG');
  if (bad) return { fault: `not of these bytes: they were changed, or it was (key ${bad[1]})`, cause: 'changed' };
  const error = find('ERRSIG');
  if (error) {
    const [, keyId = '', , hash = '', , , reason] = error;
    if (reason === NO_PUBLIC_KEY)
      return { fault: `by key ${keyId}, which is not among the trusted ones`, cause: 'unknown key' };
    return { fault: `one that cannot be checked (key ${keyId}, digest ${HASH_NAMES[hash] ?? hash}, reason ${reason})` };
  }
  const valid = find('VALIDSIG');
  if (!valid) return undefined;
  const [, fingerprint = '', , made = '', , version, , , hashNumber = '', kind, primary = fingerprint] = valid;
  const keyId = fingerprint.slice(-16);
  const hash = HASH_NAMES[hashNumber] ?? `algorithm ${hashNumber}`;
  const created = isoTime(made);
  if (find('REVKEYSIG')) return { fault: `by key ${keyId}, which was revoked` };
  if (find('EXPSIG')) return { fault: `expired (made ${created} by key ${keyId})` };
  if (!STRONG.includes(hash)) return { fault: `made with the digest ${hash}, which can be forged (key ${keyId})` };
  if (kind !== BINARY_CLASS || created === undefined) return { fault: `not one of plain bytes (key ${keyId})` };
  const signature = { fingerprint, primary, keyId, version: Number(version), hash: hash as Signature['hash'], created };
  if (find('GOODSIG')) return { signature };
  if (!find('EXPKEYSIG')) return undefined;

  const expiries = words.filter(([word]) => word === 'KEYEXPIRED').map(([, time]) => isoTime(time ?? ''));
  const [keyExpired] = expiries.filter((time) => time !== undefined).sort();
  // When a key expires says nothing of what it signed before: the archives of old distributions are full of that.
  if (keyExpired !== undefined && created < keyExpired) return { signature: { ...signature, keyExpired } };
  return { fault: `made ${created} by key ${keyId}, which had expired before (${keyExpired ?? 'time not known'})` };
}

/** gpgv prints seconds since 1970, or `20301231T235959` for times it cannot. */
function isoTime(text: string): string | undefined {
  const [, date, time] = /^(\d{8})T(\d{6})$/.exec(text) ?? [];
  if (date && time) return `${date.replace(/(....)(..)/, '$1-$2-')}T${time.replace(/(..)(..)/, '$1:$2:')}Z`;
  return /^[1-9]\d{0,10}$/.test(text) ? `${new Date(Number(text) * 1000).toISOString().slice(0, 19)}Z` : undefined;
}

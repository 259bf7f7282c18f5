// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { type PublicKey, readCleartextMessage, readKeys, verify } from 'openpgp';
import { InputError } from '../../errors.ts';
import { SignatureError } from '../errors.ts';

/** What a signed InRelease file says. */
export type Release = {
  suite: string;
  codename: string;
  /** When the index was made, ISO 8601. */
  date: string;
  /** Until when its makers vouch for it, ISO 8601. */
  validUntil?: string;
  byHash: boolean;
  /** SHA-256 and size of the index files, by path below the suite. */
  files: Map<string, { sha256: string; size: number }>;
  /** Fingerprint of the key whose signature was accepted. */
  signedBy: string;
};

/** Reads armoured OpenPGP keys. Throws InputError naming the file that is no key. */
export async function readTrustedKeys(paths: string[]): Promise<PublicKey[]> {
  const keys = await Promise.all(
    paths.map(async (path) => {
      try {
        return await readKeys({ armoredKeys: await readFile(path, 'utf8') });
      } catch (cause) {
        throw new InputError(`not a readable OpenPGP key (${(cause as Error).message})`, { where: path, cause });
      }
    }),
  );
  return keys.flat().map((key) => key.toPublic());
}

/**
 * Checks the signature of an InRelease file and reads what was signed; text outside the signed part is never looked at.
 * One good signature by one of `keys` is enough, as for apt. Throws SignatureError with `where`.
 */
export async function readRelease(text: string, keys: PublicKey[], where: string): Promise<Release> {
  let fingerprint: string | undefined;
  let signed = '';
  const faults: string[] = [];
  try {
    const message = await readCleartextMessage({ cleartextMessage: text });
    const { signatures } = await verify({ message, verificationKeys: keys });
    for (const { keyID, verified } of signatures) {
      try {
        await verified;
        fingerprint ??= keys
          .find((key) => key.getKeys(keyID).length > 0)
          ?.getFingerprint()
          .toUpperCase();
      } catch (error) {
        faults.push((error as Error).message);
      }
    }
    signed = message.getText();
  } catch (error) {
    faults.push((error as Error).message);
  }
  if (fingerprint === undefined) {
    throw new SignatureError(`the signature is not valid (${faults.join('; ') || 'there is none'})`, { where });
  }
  return { ...parseRelease(signed), signedBy: fingerprint };
}

/** The fields of a Release file: https://wiki.debian.org/DebianRepository/Format */
function parseRelease(text: string): Omit<Release, 'signedBy'> {
  const fields = new Map<string, string>();
  const files: Release['files'] = new Map();
  let list = '';
  for (const line of text.split(/\r?\n/)) {
    const field = /^([^\s:]+):\s*(.*)$/.exec(line);
    if (field) {
      list = field[1] ?? '';
      fields.set(list, field[2] ?? '');
    } else if (list === 'SHA256') {
      const [sha256, size, path] = line.trim().split(/\s+/);
      if (sha256 && /^[0-9a-f]{64}$/.test(sha256) && size && path) files.set(path, { sha256, size: Number(size) });
    }
  }
  const validUntil = isoDate(fields.get('Valid-Until'));
  return {
    suite: fields.get('Suite') ?? '',
    codename: fields.get('Codename') ?? '',
    date: isoDate(fields.get('Date')) ?? '',
    ...(validUntil === undefined ? {} : { validUntil }),
    byHash: fields.get('Acquire-By-Hash') === 'yes',
    files,
  };
}

function isoDate(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');
}

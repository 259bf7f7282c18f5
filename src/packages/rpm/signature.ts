// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { EnvironmentError } from '../../errors.ts';
import { SignatureError, UnknownKeyError, UnsignedError } from '../errors.ts';
import { type Fault, type GpgvCheck, type RunGpgv, readStatus, type Signature } from './gpgv.ts';
import { nevra, type RpmFile, readRpm } from './header.ts';
import { readKeyring, signaturePackets, withoutArmour } from './openpgp.ts';

/** A sandbox and a gpgv each; more would only wait for a processor. */
const AT_ONCE = 2;

type Checker = { keys: string[]; keyring: Uint8Array; run: RunGpgv; signal: AbortSignal };

/**
 * Checks that a key of `keys` (paths of armoured keys) signed all of an RPM package: its header and payload together, or
 * the header alone where that holds a strong digest of the payload, which is compared. An expired key is accepted for what it
 * signed before, see `Signature.keyExpired`. Throws SignatureError saying what is wrong with the signature, InputError for
 * a file that is no package or no key.
 */
export async function checkPackageSignature(
  path: string,
  keys: string[],
  run: RunGpgv,
  signal: AbortSignal,
): Promise<Signature> {
  return await checkPackage(path, { keys, keyring: await readKeyring(keys), run, signal });
}

/** As `checkPackageSignature`, of many packages, in the same order. On the first bad one the others are left. */
export async function checkPackageSignatures(
  paths: string[],
  keys: string[],
  run: RunGpgv,
  signal: AbortSignal,
): Promise<Signature[]> {
  const keyring = await readKeyring(keys);
  const stop = new AbortController();
  const checker = { keys, keyring, run, signal: AbortSignal.any([signal, stop.signal]) };
  const limit = pLimit(AT_ONCE);
  let failure: { error: unknown } | undefined;
  const check = (path: string) =>
    limit(async () => {
      if (failure) return undefined;
      return await checkPackage(path, checker).catch((error: unknown) => {
        failure ??= { error };
        stop.abort(error);
        return undefined;
      });
    });
  const signatures = await Promise.all(paths.map(check));
  signal.throwIfAborted();
  if (failure) throw failure.error;
  return signatures.filter((signature) => signature !== undefined);
}

/**
 * Checks a detached signature (armoured or binary) of a file, such as `repomd.xml.asc`; one good signature by one of `keys`
 * is enough. Throws as `checkPackageSignature`.
 */
export async function checkDetached(
  path: string,
  signature: Uint8Array,
  keys: string[],
  run: RunGpgv,
  signal: AbortSignal,
): Promise<Signature> {
  const checker = { keys, keyring: await readKeyring(keys), run, signal };
  const data = { path, offset: 0, length: (await stat(path)).size };
  const packets = signaturePackets(await withoutArmour(signature, path), path);
  if (packets.length === 0) throw new SignatureError('its signature is empty', { where: path });
  return await firstGood(
    packets.map((packet) => ({ keyring: checker.keyring, signature: packet, data })),
    checker,
    '',
  );
}

async function checkPackage(path: string, checker: Checker): Promise<Signature> {
  const rpm = await readRpm(path);
  const { signatures, main, payload } = rpm;
  const check = (length: number) => (signature: Buffer) =>
    signaturePackets(signature, path).map((packet) => ({
      keyring: checker.keyring,
      signature: packet,
      data: { path, offset: main.offset, length },
    }));
  // What is signed: rpm's hdrblobDigestUpdate takes the magic number, the index and the data of the main header.
  const ofHeader = signatures.header.flatMap(check(main.length));
  const ofAll = signatures.headerAndPayload.flatMap(check(main.length + payload.length));
  const name = `package ${nevra(rpm)}: `;
  if (ofHeader.length + ofAll.length === 0) {
    throw new UnsignedError(`${name}it is not signed`, { where: path, remedy: 'Take it from where it is signed.' });
  }
  if (payload.digest && ofHeader.length > 0) {
    const signature = await firstGood([...ofHeader, ...ofAll], checker, name);
    await checkPayload(path, rpm, checker.signal);
    return signature;
  }
  if (ofAll.length === 0) {
    throw new SignatureError(
      `${name}the signature covers the header alone, and that has no strong digest of the payload`,
      {
        where: path,
        remedy: 'Take a package that was signed whole, or made with rpm 4.14 or newer.',
      },
    );
  }
  return await firstGood(ofAll, checker, name);
}

async function checkPayload(path: string, rpm: RpmFile, signal: AbortSignal): Promise<void> {
  const { payload } = rpm;
  if (!payload.digest) return;
  const hash = createHash(payload.digest.algorithm);
  if (payload.length > 0) {
    const range = { start: payload.offset, end: payload.offset + payload.length - 1 };
    await pipeline(createReadStream(path, range), hash, { signal });
  }
  if (hash.digest('hex') === payload.digest.value) return;
  throw new SignatureError(`package ${nevra(rpm)}: the payload is not the one whose digest was signed`, {
    where: path,
    remedy: 'Fetch the file again, or take another mirror; do not use it as it is.',
  });
}

async function firstGood(checks: GpgvCheck[], { keys, run, signal }: Checker, name: string): Promise<Signature> {
  const faults: Fault[] = [];
  let where = '';
  for (const check of checks) {
    where = check.data.path;
    const { stdout, stderr, code, killedBy, timedOut } = await run(check, signal);
    const verdict = readStatus(stdout);
    if (verdict === undefined) {
      const said = timedOut ? 'nothing in time' : stderr.trim().split('\n').at(-1) || `status ${code ?? killedBy}`;
      throw new EnvironmentError(`${name}gpgv could not check the signature (${said})`, { where });
    }
    if ('signature' in verdict) return verdict.signature;
    faults.push(verdict);
  }
  const remedies = {
    changed: 'Fetch the file again, or take another mirror; do not use it as it is.',
    'unknown key': `Trusted are the keys in ${keys.join(', ')}. If you trust the other one, add it there.`,
  };
  const [cause] = faults.flatMap((fault) => fault.cause ?? []);
  const Kind = faults.every(({ cause }) => cause === 'unknown key') ? UnknownKeyError : SignatureError;
  throw new Kind(`${name}the signature is ${[...new Set(faults.map(({ fault }) => fault))].join('; ')}`, {
    where,
    remedy: cause ? remedies[cause] : 'A file that was signed anew, with a key and a digest in force, is needed.',
  });
}

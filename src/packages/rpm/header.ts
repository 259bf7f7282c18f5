// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import { readAt } from '../../host/files.ts';
import { Header, headerLength, INTRO_BYTES, MalformedRpm } from './header-blob.ts';

/** Numbers of rpm's include/rpm/rpmtag.h: of the signature header. */
const SIGNATURE_TAG = {
  /** RPMSIGTAG_DSA, RPMSIGTAG_RSA: a signature of the main header. */
  headerDsa: 267,
  headerRsa: 268,
  /** RPMSIGTAG_SHA1, RPMSIGTAG_SHA256: digests of the main header, hexadecimal. */
  sha1: 269,
  sha256: 273,
  /** RPMSIGTAG_SIZE, RPMSIGTAG_LONGSIZE: bytes of main header and payload. */
  size: 1000,
  longSize: 270,
  /** RPMSIGTAG_PGP (RSA), RPMSIGTAG_GPG (DSA): a signature of main header and payload. */
  pgp: 1002,
  gpg: 1005,
};

/** Of the main header. */
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  arch: 1022,
  sourceRpm: 1044,
  provideName: 1047,
  requireFlags: 1048,
  requireName: 1049,
  requireVersion: 1050,
  provideFlags: 1112,
  provideVersion: 1113,
  payloadFormat: 1124,
  payloadCompressor: 1125,
  /** RPMTAG_PAYLOADDIGEST (later PAYLOADSHA256), RPMTAG_PAYLOADDIGESTALGO: of the payload as it lies in the file; rpm 4.14. */
  payloadDigest: 5092,
  payloadDigestAlgorithm: 5093,
};

/** RPMSENSE_LESS, _GREATER, _EQUAL of rpmds.h: what `flags` of a dependency says of its version. */
export const SENSE = { less: 2, greater: 4, equal: 8 };

/** Numbers of RFC 4880, 9.4, which rpm uses too; weaker digests prove nothing and are left out. */
export const HASHES: Record<number, 'sha256' | 'sha384' | 'sha512'> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };

/** A part of a file, in bytes. */
export type Range = { offset: number; length: number };

/** `version` is `[epoch:]version[-release]`, empty when any will do; see `SENSE` for `flags`. */
export type RpmDependency = { name: string; flags: number; version: string };

export type RpmFile = {
  name: string;
  epoch?: number;
  version: string;
  release: string;
  /** `x86_64`, `noarch`, ...; `src` of a source package. */
  architecture: string;
  /** File name of the source package; absent in one. */
  sourceRpm?: string;
  provides: RpmDependency[];
  requires: RpmDependency[];
  payload: Range & {
    /** `cpio`, of anything that is a plain package. */
    format: string;
    /** `gzip`, `xz`, `zstd`, ...; absent when the packager left it to rpm. */
    compressor?: string;
    /** What the header says that the payload's digest is; absent before rpm 4.14 (EL 7) and when it is a weak one. */
    digest?: { algorithm: 'sha256' | 'sha384' | 'sha512'; value: string };
  };
  /** Where the main header lies: with its magic number, up to the payload. These bytes are what is signed. */
  main: Range;
  /** OpenPGP packets: over the main header, and over main header and payload. */
  signatures: { header: Buffer[]; headerAndPayload: Buffer[] };
  header: Header;
};

const LEAD_BYTES = 96;
const LEAD_MAGIC = 0xedabeedb;
/** What the lead says of the signature: RPMSIGTYPE_HEADERSIG, the only kind there has been since rpm 3. */
const HEADER_SIGNATURE = 5;
const PLAIN = /^[\w+.~^-]+$/;

/** Name, version, release and architecture, as `rpm -q` prints them: `bash-4.2.46-34.el7.x86_64`. */
export function nevra({ name, version, release, architecture }: RpmFile): string {
  return `${name}-${version}-${release}.${architecture}`;
}

/** `[E:]V-R`, without an epoch of 0, as an index has it. */
export function evrOf({ epoch, version, release }: RpmFile): string {
  return `${epoch ? `${epoch}:` : ''}${version}-${release}`;
}

/**
 * Reads the headers of an RPM file; the payload is neither read nor checked, nor is any signature (`checkPackageSignature`).
 * Throws InputError naming the file that is none, is damaged or is cut short.
 */
export async function readRpm(path: string): Promise<RpmFile> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw new InputError(`cannot be read (${(cause as NodeJS.ErrnoException).code})`, { where: path, cause });
  }
  try {
    return await readRpmHeaders(file);
  } catch (error) {
    if (!(error instanceof MalformedRpm)) throw error;
    throw new InputError(`not a sound RPM package: ${error.message}`, { where: path, cause: error });
  } finally {
    await file.close();
  }
}

/** As `readRpm`, of an open file. Throws MalformedRpm. */
export async function readRpmHeaders(file: FileHandle): Promise<RpmFile> {
  const { size } = await file.stat();
  const lead = await readAt(file, 0, LEAD_BYTES);
  if (lead.length < LEAD_BYTES || lead.readUInt32BE(0) !== LEAD_MAGIC) throw new MalformedRpm('it has no lead');
  if (lead.readUInt16BE(78) !== HEADER_SIGNATURE) throw new MalformedRpm('it is of a format older than rpm 4');

  const signature = await readHeader(file, LEAD_BYTES, size, 'signature');
  // The main header begins at a multiple of eight bytes.
  const main = await readHeader(file, LEAD_BYTES + Math.ceil(signature.bytes.length / 8) * 8, size, 'main');
  const payload = { offset: main.range.offset + main.range.length, length: 0 };
  payload.length = size - payload.offset;
  checkSize(signature.header, size - main.range.offset);
  checkHeaderDigest(signature.header, main.bytes);

  const packets = (...tags: number[]) => tags.flatMap((tag) => signature.header.binary(tag) ?? []);
  return {
    ...describe(main.header),
    payload: { ...payload, ...describePayload(main.header) },
    main: main.range,
    signatures: {
      header: packets(SIGNATURE_TAG.headerRsa, SIGNATURE_TAG.headerDsa),
      headerAndPayload: packets(SIGNATURE_TAG.pgp, SIGNATURE_TAG.gpg),
    },
    header: main.header,
  };
}

async function readHeader(file: FileHandle, offset: number, size: number, kind: 'signature' | 'main') {
  const length = headerLength(await readAt(file, offset, INTRO_BYTES), kind);
  if (offset + length > size) {
    throw new MalformedRpm(`it is cut short: ${size - offset} of ${length} bytes of the ${kind} header are there`);
  }
  const bytes = await readAt(file, offset, length);
  return { bytes, header: new Header(bytes, kind), range: { offset, length } };
}

function checkSize(signature: Header, found: number): void {
  const promised = signature.number(SIGNATURE_TAG.longSize) ?? signature.number(SIGNATURE_TAG.size) ?? found;
  if (found < promised) throw new MalformedRpm(`it is cut short: ${found} of ${promised} bytes of header and payload`);
  if (found > promised) throw new MalformedRpm(`${found - promised} bytes follow the payload`);
}

/** Tells a damaged header from a forged one; it proves nothing, as whoever changes the one can change the other. */
function checkHeaderDigest(signature: Header, main: Buffer): void {
  for (const algorithm of ['sha256', 'sha1'] as const) {
    const promised = signature.string(SIGNATURE_TAG[algorithm]);
    if (promised === undefined) continue;
    if (createHash(algorithm).update(main).digest('hex') === promised) return;
    throw new MalformedRpm(`the main header is damaged: its ${algorithm.toUpperCase()} differs`);
  }
}

function describe(header: Header) {
  const name = plain(header, TAG.name, 'name');
  const version = plain(header, TAG.version, 'version');
  const release = plain(header, TAG.release, 'release');
  const epoch = header.number(TAG.epoch);
  const sourceRpm = header.string(TAG.sourceRpm);
  const arch = plain(header, TAG.arch, 'architecture');
  return {
    name,
    ...(epoch === undefined ? {} : { epoch }),
    version,
    release,
    // As rpm tells a source package (headerIsSource); ARCH there is what it was packed on.
    architecture: sourceRpm === undefined ? 'src' : arch,
    ...(sourceRpm === undefined ? {} : { sourceRpm }),
    provides: dependencies(header, TAG.provideName, TAG.provideFlags, TAG.provideVersion),
    requires: dependencies(header, TAG.requireName, TAG.requireFlags, TAG.requireVersion),
  };
}

function plain(header: Header, tag: number, what: string): string {
  const value = header.string(tag);
  if (value === undefined || !PLAIN.test(value)) throw new MalformedRpm(`its ${what} is missing or impossible`);
  return value;
}

function dependencies(header: Header, nameTag: number, flagsTag: number, versionTag: number): RpmDependency[] {
  const names = header.strings(nameTag) ?? [];
  const flags = header.numbers(flagsTag) ?? [];
  const versions = header.strings(versionTag) ?? [];
  if (flags.length !== names.length || versions.length !== names.length) {
    throw new MalformedRpm(`tags ${nameTag}, ${flagsTag} and ${versionTag} are lists of different lengths`);
  }
  return names.map((name, index) => ({ name, flags: flags[index] ?? 0, version: versions[index] ?? '' }));
}

function describePayload(header: Header) {
  const compressor = header.string(TAG.payloadCompressor);
  const value = header.strings(TAG.payloadDigest)?.[0]?.toLowerCase();
  const algorithm = HASHES[header.number(TAG.payloadDigestAlgorithm) ?? 0];
  return {
    format: header.string(TAG.payloadFormat) ?? 'cpio',
    ...(compressor === undefined ? {} : { compressor }),
    ...(value === undefined || algorithm === undefined ? {} : { digest: { algorithm, value } }),
  };
}

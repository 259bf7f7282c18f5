// SPDX-License-Identifier: Apache-2.0
import { CONTEXT_0, CONTEXT_0_PRIMITIVE, child, children, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET } from './der.ts';

export type ModuleSignature = {
  /** `PKCS#7` of kernel 4.3 and later, `X.509` of older ones. */
  format: string;
  /** The common name of the certificate's issuer (PKCS#7) or the signer's name (X.509), when it says one. */
  signer?: string;
  /** Serial number or key identifier of the certificate, lower-case hex. */
  key?: string;
  hash?: string;
};

const MARKER = Buffer.from('~Module signature appended~\n', 'latin1');
/** `id_type` of a CMS (PKCS#7) signature: 4.3 and later know no other. */
const PKCS7 = 2;
/** struct module_signature: algo, hash, id_type, signer_len, key_id_len, 3 bytes of padding, big-endian sig_len. */
const TRAILER_BYTES = 12;
const FORMATS = ['PGP', 'X.509', 'PKCS#7'];
const HASHES = ['md4', 'md5', 'sha1', 'rmd160', 'sha256', 'sha384', 'sha512', 'sha224'];
const HASH_IDENTIFIERS: Record<string, string> = {
  '2b0e03021a': 'sha1',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
  '608648016503040204': 'sha224',
  '608648016503040208': 'sha3-256',
  '608648016503040209': 'sha3-384',
  '60864801650304020a': 'sha3-512',
};
const COMMON_NAME = '550403';

/**
 * Parts a module file into the ELF file and the signature appended to it (kernel/module/signing.c).
 * The signature is described, not verified; what of it cannot be read is left out.
 */
export function splitSignature(file: Buffer): { elf: Buffer; signature?: ModuleSignature } {
  const trailer = file.length - MARKER.length - TRAILER_BYTES;
  if (trailer < 0 || !file.subarray(-MARKER.length).equals(MARKER)) return { elf: file };
  const [, hash = 0, idType = 0, signerLength = 0, keyLength = 0] = file.subarray(trailer);
  const signatureStart = trailer - file.readUInt32BE(trailer + 8);
  const keyStart = signatureStart - keyLength;
  const signerStart = keyStart - signerLength;
  const format = FORMATS[idType] ?? `type ${idType}`;
  if (signerStart < 0) return { elf: file, signature: { format } };
  const elf = file.subarray(0, signerStart);
  if (format === 'PKCS#7') {
    return { elf, signature: { format, ...describePkcs7(file.subarray(signatureStart, trailer)) } };
  }
  return {
    elf,
    signature: {
      format,
      ...(signerLength > 0 ? { signer: file.toString('utf8', signerStart, keyStart) } : {}),
      ...(keyLength > 0 ? { key: file.toString('hex', keyStart, signatureStart) } : {}),
      ...(HASHES[hash] ? { hash: HASHES[hash] } : {}),
    },
  };
}

/** The signer of a CMS SignedData (RFC 5652): ContentInfo { type, [0] { version, digests, content, ..., SET of SignerInfo } }. */
function describePkcs7(data: Buffer): Omit<ModuleSignature, 'format'> {
  const content = child(children(data)[0], CONTEXT_0);
  const signedData = children(children(content)[0]?.value ?? Buffer.alloc(0));
  const signerInfo = children(children(signedData.at(-1)?.value)[0]?.value);
  if (signedData.at(-1)?.tag !== SET) return {};
  const [, identifier, digest] = signerInfo;
  const hash = HASH_IDENTIFIERS[child(digest, OBJECT_IDENTIFIER)?.toString('hex') ?? ''];
  const serial = identifier?.tag === SEQUENCE ? child(identifier, INTEGER) : undefined;
  const subjectKey = identifier?.tag === CONTEXT_0_PRIMITIVE ? identifier.value : undefined;
  const signer = identifier?.tag === SEQUENCE ? commonName(child(identifier, SEQUENCE)) : undefined;
  const key = (serial ?? subjectKey)?.toString('hex');
  return { ...(signer ? { signer } : {}), ...(key ? { key } : {}), ...(hash ? { hash } : {}) };
}

function commonName(name: Buffer | undefined): string | undefined {
  for (const set of children(name)) {
    const [type, value] = children(child(set, SEQUENCE));
    if (type?.value.toString('hex') === COMMON_NAME) return value?.value.toString('utf8');
  }
  return undefined;
}

/** Appends a CMS signature (DER) to a module as scripts/sign-file does: the signature, struct module_signature, a marker. */
export function appendSignature(elf: Buffer, signature: Buffer): Buffer {
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer[2] = PKCS7;
  trailer.writeUInt32BE(signature.length, 8);
  return Buffer.concat([elf, signature, trailer, MARKER]);
}

/**
 * The file that comes of putting the signature of `signed`, trailer and all, onto another ELF file; undefined when `signed`
 * has none.
 */
export function moveSignature(signed: Buffer, elf: Buffer): Buffer | undefined {
  const { elf: own, signature } = splitSignature(signed);
  return signature && own.length < signed.length ? Buffer.concat([elf, signed.subarray(own.length)]) : undefined;
}

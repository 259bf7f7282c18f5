// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from 'node:crypto';
import { CONTEXT_0, children, der, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET } from './der.ts';

/** Hashes that kernels which sign their modules have been built with, and scripts/sign-file is used with. */
export type SignatureHash = 'sha256' | 'sha512';

/** What of a certificate is in a signature. */
export type SigningCertificate = { raw: Buffer; publicKey: KeyObject };

const oid = (hex: string) => der(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));
const DATA = oid('2a864886f70d010701');
const SIGNED_DATA = oid('2a864886f70d010702');
// The hashes without parameters, rsaEncryption with NULL: RFC 5754, and what OpenSSL writes.
const DIGESTS = {
  sha256: der(SEQUENCE, oid('608648016503040201')),
  sha512: der(SEQUENCE, oid('608648016503040203')),
};
const RSA = der(SEQUENCE, oid('2a864886f70d010101'), Buffer.of(0x05, 0x00));
const ECDSA = { sha256: der(SEQUENCE, oid('2a8648ce3d040302')), sha512: der(SEQUENCE, oid('2a8648ce3d040304')) };
const VERSION_1 = der(INTEGER, Buffer.of(1));

/**
 * The CMS SignedData (RFC 5652) that scripts/sign-file appends to a module: detached, with neither certificates nor
 * attributes, one signer who is named by issuer and serial number. `signature` is the raw one over the module, PKCS#1 v1.5
 * for an RSA key. Throws TypeError for a certificate of another kind of key.
 */
export function detachedSignature(certificate: SigningCertificate, hash: SignatureHash, signature: Buffer): Buffer {
  const type = certificate.publicKey.asymmetricKeyType;
  if (type !== 'rsa' && type !== 'ec') throw new TypeError(`no signatures of modules with ${type} keys`);
  const signerInfo = der(
    SEQUENCE,
    VERSION_1,
    issuerAndSerial(certificate),
    DIGESTS[hash],
    type === 'rsa' ? RSA : ECDSA[hash],
    der(OCTET_STRING, signature),
  );
  const signedData = der(SEQUENCE, VERSION_1, der(SET, DIGESTS[hash]), der(SEQUENCE, DATA), der(SET, signerInfo));
  return der(SEQUENCE, SIGNED_DATA, der(CONTEXT_0, signedData));
}

/** Of the TBSCertificate (RFC 5280): [0] version, which may be missing, serialNumber, signature, issuer. */
function issuerAndSerial({ raw }: SigningCertificate): Buffer {
  const fields = children(children(children(raw)[0]?.value)[0]?.value);
  const [serial, , issuer] = fields[0]?.tag === CONTEXT_0 ? fields.slice(1) : fields;
  if (serial?.tag !== INTEGER || issuer?.tag !== SEQUENCE) throw new TypeError('a certificate without an issuer');
  return der(SEQUENCE, issuer.bytes, serial.bytes);
}

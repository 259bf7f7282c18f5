// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, sign, type X509Certificate } from 'node:crypto';
import { detachedSignature } from './cms.ts';
import { der, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET } from './der.ts';
import { appendSignature, splitSignature } from './signature.ts';

const RSA_BITS = 2048;
const HASH = 'sha256';
const COMMON_NAME = der(OBJECT_IDENTIFIER, Buffer.from('550403', 'hex'));
const UTF8_STRING = 0x0c;

/**
 * What must not become of a signed module, by file name: a kernel that demands signatures of the certificate's key has
 * to refuse each. `changed` has another byte than was signed; `other-key` is signed by a key that no kernel knows, made
 * for this; `forged` is, too, and names our certificate as its signer's.
 */
export function misSigned(module: Buffer, certificate: X509Certificate): Record<string, Buffer> {
  const { elf } = splitSignature(module);
  const changed = Buffer.from(module);
  const middle = Math.floor(elf.length / 2);
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  const signature = sign(HASH, elf, privateKey);
  const signedAs = (raw: Buffer) => appendSignature(elf, detachedSignature({ raw, publicKey }, HASH, signature));
  return {
    'unsigned.ko': elf,
    'changed.ko': changed,
    'other-key.ko': signedAs(stranger()),
    'forged.ko': signedAs(certificate.raw),
  };
}

/** A certificate, as far as a signature names it: who issued it, and its serial number. */
function stranger(): Buffer {
  const name = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from('Nobody that a kernel knows')));
  const [serial, algorithm, issuer] = [der(INTEGER, Buffer.of(1)), der(SEQUENCE), der(SEQUENCE, der(SET, name))];
  return der(SEQUENCE, der(SEQUENCE, serial, algorithm, issuer));
}

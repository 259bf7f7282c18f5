// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.ts';

const SMALLEST_RSA_BITS = 2048;

/** Whether a text is what a file in PEM holds, and not the name of one. */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

/**
 * Reads the certificate of a key that modules are signed with: given in PEM, or the path of a file in PEM or DER;
 * `where` is what messages call it. Throws InputError when it is none, or of a key that no kernel verifies modules
 * with.
 */
export async function readCertificate(given: string, where = given): Promise<X509Certificate> {
  const content = isPem(given)
    ? given
    : await readFile(given).catch((error: NodeJS.ErrnoException) => {
        throw new InputError(`the certificate cannot be read (${error.code})`, { where });
      });
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(content);
  } catch (cause) {
    throw new InputError('not an X.509 certificate, neither in PEM nor in DER', { where, cause });
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type === 'ec' || (type === 'rsa' && (details?.modulusLength ?? 0) >= SMALLEST_RSA_BITS)) return certificate;
  const what = type === 'rsa' ? `an RSA key of ${details?.modulusLength} bits` : `a key of kind ${type}`;
  throw new InputError(`the certificate is of ${what}`, {
    where,
    remedy: `Kernels verify modules with RSA keys of ${SMALLEST_RSA_BITS} bits or more, and from 5.13 on with ECDSA.`,
  });
}

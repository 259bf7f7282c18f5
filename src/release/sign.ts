// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { detachedSignature, type SignatureHash } from '../kbuild/cms.ts';
import { appendSignature } from '../kbuild/signature.ts';
import { checkTokenKey, isTokenKey, signWithToken } from './token.ts';

export type SigningOptions = {
  /** Path of a private key in PEM, or a PKCS#11 URI; left out: `keyText`. */
  key?: string;
  /** The private key itself, from the environment. */
  keyText?: string;
  /** Opens an encrypted key, or the token. */
  pin?: string;
  /** Path of the certificate (PEM or DER) that kernels are to trust. */
  certificate: string;
  hash: SignatureHash;
  /** For programs that are run for a token's sake. */
  environment: Record<string, string | undefined>;
};

/** Signs modules for kernels that demand it. */
export type Signer = {
  hash: SignatureHash;
  certificate: X509Certificate;
  /** A module with its signature appended. Throws EnvironmentError when a token does not sign. */
  sign(module: Buffer, signal: AbortSignal): Promise<Buffer>;
};

const SMALLEST_RSA_BITS = 2048;

/**
 * Makes ready to sign as scripts/sign-file does. Throws InputError for a key or certificate that cannot be read or do not
 * belong together; nothing of the key is ever in a message.
 */
export async function openSigner(options: SigningOptions): Promise<Signer> {
  const { key, keyText, pin, hash, environment } = options;
  if (isTokenKey(key)) checkTokenKey(key);
  const certificate = await readCertificate(options.certificate);
  const raw = isTokenKey(key)
    ? (module: Buffer, signal: AbortSignal) =>
        signWithToken(module, { uri: key, hash, environment, signal, ...(pin === undefined ? {} : { pin }) })
    : signWithKey(await readKey(key, keyText, pin), certificate, options);
  return {
    hash,
    certificate,
    sign: async (module, signal) => {
      const signature = await raw(module, signal);
      // A token may hold any key; what it made is believed when the certificate confirms it.
      if (!verify(hash, module, certificate.publicKey, signature)) {
        throw new InputError('the key is not the one of the certificate', {
          where: options.certificate,
          remedy: 'Name the certificate that was made for this key with --sign-certificate.',
        });
      }
      return appendSignature(module, detachedSignature(certificate, hash, signature));
    },
  };
}

async function readCertificate(path: string): Promise<X509Certificate> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`the certificate cannot be read (${error.code})`, { where: path });
  });
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(content);
  } catch (cause) {
    throw new InputError('not an X.509 certificate, neither in PEM nor in DER', { where: path, cause });
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type === 'ec' || (type === 'rsa' && (details?.modulusLength ?? 0) >= SMALLEST_RSA_BITS)) return certificate;
  const what = type === 'rsa' ? `an RSA key of ${details?.modulusLength} bits` : `a key of kind ${type}`;
  throw new InputError(`the certificate is of ${what}`, {
    where: path,
    remedy: `Kernels verify modules with RSA keys of ${SMALLEST_RSA_BITS} bits or more, and from 5.13 on with ECDSA.`,
  });
}

async function readKey(
  path: string | undefined,
  text: string | undefined,
  pin: string | undefined,
): Promise<KeyObject> {
  const where = path ?? 'OVNFAST_SIGNING_KEY';
  const content =
    path === undefined
      ? text
      : await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
          throw new InputError(`the signing key cannot be read (${error.code})`, { where });
        });
  try {
    return createPrivateKey({ key: content ?? '', format: 'pem', ...(pin === undefined ? {} : { passphrase: pin }) });
  } catch {
    // Not the error itself, which could quote what it read. Both forms of encrypted keys have the word in their first lines.
    if (content?.includes('ENCRYPTED')) {
      throw new InputError(
        `the signing key is encrypted, and the passphrase ${pin === undefined ? 'is missing' : 'does not open it'}`,
        { where, remedy: 'Put the passphrase into the environment as KBUILD_SIGN_PIN.' },
      );
    }
    throw new InputError('not a private key in PEM', { where });
  }
}

function signWithKey(key: KeyObject, certificate: X509Certificate, options: SigningOptions) {
  if (!certificate.checkPrivateKey(key)) {
    throw new InputError('the certificate is not that of the signing key', { where: options.certificate });
  }
  return async (module: Buffer) => sign(options.hash, module, key);
}

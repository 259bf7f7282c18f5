// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject, sign, verify, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { isPem, readCertificate } from '../kbuild/certificate.ts';
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
  /** Path of the certificate (PEM or DER) that kernels are to trust, or the certificate itself in PEM. */
  certificate: string;
  hash: SignatureHash;
  /** For programs that are run for a token's sake. */
  environment: Record<string, string | undefined>;
  /** How a person gives these; left out: as on the command line. */
  called?: { keyText: string; pin: string; certificate: string };
};

const COMMAND_LINE = {
  keyText: 'OVNFAST_SIGNING_KEY',
  pin: 'the environment as KBUILD_SIGN_PIN',
  certificate: '--sign-certificate',
};

/** Signs modules for kernels that demand it. */
export type Signer = {
  hash: SignatureHash;
  certificate: X509Certificate;
  /** A module with its signature appended. Throws EnvironmentError when a token does not sign. */
  sign(module: Buffer, signal: AbortSignal): Promise<Buffer>;
};

/**
 * Makes ready to sign as scripts/sign-file does. Throws InputError for a key or certificate that cannot be read or do not
 * belong together; nothing of the key is ever in a message.
 */
export async function openSigner(options: SigningOptions): Promise<Signer> {
  const { key, pin, hash, environment, called = COMMAND_LINE } = options;
  if (isTokenKey(key)) checkTokenKey(key, called.pin);
  const where = isPem(options.certificate) ? called.certificate : options.certificate;
  const certificate = await readCertificate(options.certificate, where);
  const raw = isTokenKey(key)
    ? (module: Buffer, signal: AbortSignal) =>
        signWithToken(module, { uri: key, hash, environment, signal, ...(pin === undefined ? {} : { pin }) })
    : signWithKey(await readKey(options, called), certificate, { hash, where });
  return {
    hash,
    certificate,
    sign: async (module, signal) => {
      const signature = await raw(module, signal);
      // A token may hold any key; what it made is believed when the certificate confirms it.
      if (!verify(hash, module, certificate.publicKey, signature)) {
        throw new InputError('the key is not the one of the certificate', {
          where,
          remedy: `Name the certificate that was made for this key with ${called.certificate}.`,
        });
      }
      return appendSignature(module, detachedSignature(certificate, hash, signature));
    },
  };
}

async function readKey(
  { key: path, keyText: text, pin }: SigningOptions,
  called: typeof COMMAND_LINE,
): Promise<KeyObject> {
  const where = path ?? called.keyText;
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
        { where, remedy: `Put the passphrase into ${called.pin}.` },
      );
    }
    throw new InputError('not a private key in PEM', { where });
  }
}

function signWithKey(
  key: KeyObject,
  certificate: X509Certificate,
  { hash, where }: { hash: SignatureHash; where: string },
) {
  if (!certificate.checkPrivateKey(key)) {
    throw new InputError('the certificate is not that of the signing key', { where });
  }
  return async (module: Buffer) => sign(hash, module, key);
}

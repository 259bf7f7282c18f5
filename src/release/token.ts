// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, InputError } from '../errors.ts';
import { TemporaryDirectory } from '../host/files.ts';
import { type ProcessResult, runProcess } from '../host/process.ts';
import type { SignatureHash } from '../kbuild/cms.ts';

export type TokenOptions = {
  /** RFC 7512, without a PIN. */
  uri: string;
  pin?: string;
  hash: SignatureHash;
  environment: Record<string, string | undefined>;
  signal: AbortSignal;
};

const PREFIX = 'pkcs11:';
/** Some tokens wait for a finger. */
const TOKEN_SECONDS = 120;
const PROBE_SECONDS = 20;
/** What OpenSSL and the driver of a token look for. Nothing else of our environment is their business. */
const INHERITED = /^(PATH|HOME|LD_LIBRARY_PATH|OPENSSL_\w+|PKCS11_\w+|PKCS11SPY\w*|SOFTHSM2_CONF|P11_\w+)$/;
/** How OpenSSL reaches tokens: 3.0 and later by the provider of that name, older ones by the engine of libp11. */
const WAYS = [
  {
    probe: ['list', '-providers', '-provider', 'default', '-provider', 'pkcs11'],
    works: ({ code, stdout }: ProcessResult) => code === 0 && /^\s*pkcs11\s*$/m.test(stdout),
    options: ['-provider', 'default', '-provider', 'pkcs11'],
  },
  {
    probe: ['engine', '-t', 'pkcs11'],
    works: ({ code, stdout }: ProcessResult) => code === 0 && /\[ available \]/.test(stdout),
    options: ['-engine', 'pkcs11', '-keyform', 'engine'],
  },
];

/** Whether a key is named by a PKCS#11 URI. */
export function isTokenKey(key: string | undefined): key is string {
  return key?.startsWith(PREFIX) ?? false;
}

/**
 * The raw signature of `data` by a key that does not leave its token. The driver of a token belongs to the machine that it is
 * plugged into, and so does the `openssl` that is asked here: none of a pinned sysroot could reach it. The PIN goes through
 * the environment. Throws EnvironmentError when OpenSSL cannot reach the token.
 */
export async function signWithToken(data: Buffer, options: TokenOptions): Promise<Buffer> {
  const { uri, pin, hash } = options;
  const way = await findWay(options);
  await using scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-sign-');
  const [input, output] = ['module', 'signature'].map((name) => join(scratch.path, name)) as [string, string];
  await writeFile(input, data, { mode: 0o600 });
  const secret = pin === undefined ? [] : ['-passin', 'env:OVNFAST_PIN'];
  const args = ['dgst', `-${hash}`, ...way, ...secret, '-sign', uri, '-out', output, input];
  const result = await openssl(args, TOKEN_SECONDS, options);
  const signature = result.code === 0 ? await readFile(output).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
  if (signature.length > 0) return signature;
  throw new EnvironmentError(`the token did not sign (${said(result, pin)})`, {
    where: uri,
    remedy: 'Check that the token is there, the names in the URI, and the PIN in KBUILD_SIGN_PIN.',
  });
}

/** Throws InputError for a URI that has a secret in it: others can read the arguments of a program. */
export function checkTokenKey(uri: string, place: string): void {
  if (!/[;?&:](pin-value)=/i.test(uri)) return;
  throw new InputError('a PKCS#11 URI with a PIN in it can be read by everybody on this machine', {
    remedy: `Leave pin-value out and put the PIN into ${place}.`,
  });
}

async function findWay(options: TokenOptions): Promise<string[]> {
  const answers: string[] = [];
  for (const way of WAYS) {
    const result = await openssl(way.probe, PROBE_SECONDS, options);
    if (way.works(result)) return way.options;
    answers.push(said(result, options.pin));
  }
  throw new EnvironmentError(`openssl has neither a provider nor an engine for PKCS#11 (${answers.join('; ')})`, {
    remedy: 'Install pkcs11-provider or libengine-pkcs11-openssl (openssl-pkcs11 of the RPM family).',
  });
}

async function openssl(args: string[], timeoutSeconds: number, options: TokenOptions): Promise<ProcessResult> {
  const { pin, signal } = options;
  const inherited = Object.entries(options.environment).filter(([name, value]) => value && INHERITED.test(name));
  const environment: Record<string, string> = { PATH: '/usr/bin:/bin', ...Object.fromEntries(inherited) };
  if (pin !== undefined) environment.OVNFAST_PIN = pin;
  try {
    return await runProcess('openssl', args, { timeoutSeconds, signal, environment });
  } catch (cause) {
    signal.throwIfAborted();
    throw new EnvironmentError(`openssl cannot be started (${(cause as NodeJS.ErrnoException).code})`, {
      remedy: 'A key in a token is used through the openssl of this machine: install it.',
    });
  }
}

/** The last words of a program, without the PIN should they quote it. */
function said({ code, killedBy, timedOut, stderr }: ProcessResult, pin: string | undefined): string {
  const [line = ''] = stderr.trim().split('\n');
  const words = timedOut ? 'no answer in time' : line || `exit status ${code ?? killedBy}`;
  return pin ? words.replaceAll(pin, '***') : words;
}

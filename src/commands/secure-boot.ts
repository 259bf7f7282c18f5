// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { InputError } from '../errors.ts';
import { readCertificate } from '../kbuild/certificate.ts';
import { readModule } from '../kbuild/module.ts';
import type { Edge } from './edge.ts';

/** Held to it are modules when no suite is named. */
export const SECURE_BOOT_SUITE = 'secure-boot';

/** For the commands that boot what is signed already. */
export const secureBootOption = () =>
  new Option(
    '--secure-boot <certificate>',
    "boot with Secure Boot on and this certificate (PEM or DER) in the firmware's db: the kernel loads only modules of its key, or the distribution's",
  );

/** The certificate that `--secure-boot` names. Throws as `readCertificate`. */
export async function trustedOf({ workingDirectory }: Edge, path?: string): Promise<X509Certificate | undefined> {
  return path === undefined ? undefined : await readCertificate(resolve(workingDirectory, path));
}

/** Throws InputError that names each module without a signature: that it is refused would say nothing of the kernel. */
export async function checkSigned(files: string[]): Promise<void> {
  const read = await Promise.all(files.map((file) => readModule(file)));
  const unsigned = read.filter(({ signed }) => !signed);
  if (unsigned.length === 0) return;
  throw new InputError(`not signed: ${unsigned.map(({ path }) => path).join(', ')}`, {
    remedy: 'Sign with `ovnfast release --sign-key`, or scripts/sign-file of the kernel.',
  });
}

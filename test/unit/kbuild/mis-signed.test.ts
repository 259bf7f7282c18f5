// SPDX-License-Identifier: Apache-2.0
import { sign, verify, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { detachedSignature } from '../../../src/kbuild/cms.ts';
import { misSigned } from '../../../src/kbuild/mis-signed.ts';
import { appendSignature, splitSignature } from '../../../src/kbuild/signature.ts';
import { makeIdentity } from '../release/certificate.ts';
import { moduleFile } from '../release/outputs.ts';

const RSA_BYTES = 256;
const TRAILER_BYTES = 40;
const MODULE = moduleFile('6.1.0-9-amd64');
const { privateKey, certificate: pem } = makeIdentity();
const certificate = new X509Certificate(pem);
const signed = appendSignature(MODULE, detachedSignature(certificate, 'sha256', sign('sha256', MODULE, privateKey)));

/** Whether a file is what a kernel that trusts the certificate takes: signed by its key, in its name. */
function isTrusted(file: Buffer): boolean {
  const { elf, signature } = splitSignature(file);
  const raw = file.subarray(-TRAILER_BYTES - RSA_BYTES, -TRAILER_BYTES);
  return signature?.key === '00f1e2d3c4' && verify('sha256', elf, certificate.publicKey, raw);
}

test('none of them is what the key has signed, each for one reason', () => {
  const files = misSigned(signed, certificate);
  expect(isTrusted(signed)).toBe(true);
  expect(Object.keys(files)).toEqual(['unsigned.ko', 'changed.ko', 'other-key.ko', 'forged.ko']);
  for (const file of Object.values(files)) expect(isTrusted(file)).toBe(false);

  const of = (name: string) => splitSignature(files[name] ?? Buffer.alloc(0));
  expect(of('unsigned.ko')).toEqual({ elf: MODULE });
  const { elf: changed, signature } = of('changed.ko');
  expect(changed.filter((byte, at) => byte !== MODULE[at]).length).toBe(1);
  expect(signature).toEqual(splitSignature(signed).signature);
  expect(of('other-key.ko')).toEqual({
    elf: MODULE,
    signature: { format: 'PKCS#7', signer: 'Nobody that a kernel knows', key: '01', hash: 'sha256' },
  });
  expect(of('forged.ko')).toEqual({ elf: MODULE, signature: splitSignature(signed).signature });
});

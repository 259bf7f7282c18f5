// SPDX-License-Identifier: Apache-2.0
import { verify, X509Certificate } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { children } from '../../../src/kbuild/der.ts';
import { moveSignature, splitSignature } from '../../../src/kbuild/signature.ts';
import { assemble } from '../../../src/release/assemble.ts';
import { openSigner, type SigningOptions } from '../../../src/release/sign.ts';
import { ovnfast } from '../../command.ts';
import { makeIdentity } from './certificate.ts';
import { moduleFile, writeOutput, writeSources } from './outputs.ts';

const { signal } = new AbortController();
const MODULE = moduleFile('6.1.0-9-amd64');
const MAGIC = '~Module signature appended~\n';
const rsa = makeIdentity();
const ec = makeIdentity({ kind: 'ec' });

let scratch: TemporaryDirectory;
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-sign-test-');
  await writeFile(at('rsa.pem'), rsa.key);
  await writeFile(at('rsa.crt'), rsa.certificate);
  await writeFile(at('ec.pem'), ec.key);
  await writeFile(at('ec.crt'), ec.certificate);
});
afterEach(() => scratch[Symbol.asyncDispose]());

const open = (options: Partial<SigningOptions> = {}) =>
  openSigner({ key: at('rsa.pem'), certificate: at('rsa.crt'), hash: 'sha256', environment: {}, ...options });

/** The raw signature in a signed module: the last element of the last of SignedData. */
function rawSignature(signed: Buffer): Buffer {
  const length = signed.readUInt32BE(signed.length - MAGIC.length - 4);
  const end = signed.length - MAGIC.length - 12;
  const signedData = children(children(children(signed.subarray(end - length, end))[0]?.value)[1]?.value)[0];
  const signerInfo = children(children(signedData?.value).at(-1)?.value)[0];
  return children(signerInfo?.value).at(-1)?.value ?? Buffer.alloc(0);
}

describe.each(['sha256', 'sha512'] as const)('a module signed with %s', (hash) => {
  test.each(['rsa', 'ec'])('and an %s key verifies with the certificate, and says who signed it', async (kind) => {
    const certificate = at(`${kind}.crt`);
    const signed = await (await open({ key: at(`${kind}.pem`), certificate, hash })).sign(MODULE, signal);
    expect(signed.subarray(0, MODULE.length)).toEqual(MODULE);
    expect(signed.subarray(-MAGIC.length).toString()).toBe(MAGIC);
    const { elf, signature } = splitSignature(signed);
    expect(elf).toEqual(MODULE);
    expect(signature).toEqual({ format: 'PKCS#7', signer: 'A signer', key: '00f1e2d3c4', hash });
    const { publicKey } = new X509Certificate(await readFile(certificate));
    expect(verify(hash, elf, publicKey, rawSignature(signed))).toBe(true);
    const broken = Buffer.from(MODULE);
    broken[100] = (broken[100] ?? 0) ^ 1;
    expect(verify(hash, broken, publicKey, rawSignature(signed))).toBe(false);
  });
});

test('a signature is taken off and put onto another file', async () => {
  const signed = await (await open()).sign(MODULE, signal);
  expect(moveSignature(signed, MODULE)).toEqual(signed);
  const other = moduleFile('6.1.0-10-amd64');
  expect(splitSignature(moveSignature(signed, other) ?? MODULE).elf).toEqual(other);
  expect(moveSignature(signed, other)?.subarray(other.length)).toEqual(signed.subarray(MODULE.length));
  expect(moveSignature(MODULE, other)).toBeUndefined();
});

describe('a key', () => {
  test('comes from the environment as well, and may be encrypted', async () => {
    const encrypted = rsa.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'open it',
    });
    const { key: _, ...rest } = { key: '', certificate: at('rsa.crt'), hash: 'sha256' as const, environment: {} };
    const expected = await (await open()).sign(MODULE, signal);
    const plain = await openSigner({ ...rest, keyText: rsa.key });
    expect(await plain.sign(MODULE, signal)).toEqual(expected);
    const opened = await openSigner({ ...rest, keyText: encrypted.toString(), pin: 'open it' });
    expect(await opened.sign(MODULE, signal)).toEqual(expected);
    await expect(openSigner({ ...rest, keyText: encrypted.toString() })).rejects.toThrow(
      /passphrase is missing\n.*KBUILD_SIGN_PIN/,
    );
    const wrong = openSigner({ ...rest, keyText: encrypted.toString(), pin: 'wrong one' });
    await expect(wrong).rejects.toThrow(/OVNFAST_SIGNING_KEY: .*passphrase does not open it/);
    await expect(wrong).rejects.not.toThrow(/wrong one/);
  });

  test.each([
    [
      'that is not the one of the certificate',
      { key: 'ec.pem' },
      /rsa\.crt: the certificate is not that of the signing key/,
    ],
    ['that is none', { key: 'rsa.crt' }, /rsa\.crt: not a private key in PEM$/],
    ['that is not there', { key: 'none.pem' }, /none\.pem: the signing key cannot be read \(ENOENT\)/],
    ['without a certificate', { certificate: 'none.crt' }, /none\.crt: the certificate cannot be read \(ENOENT\)/],
    ['with something else', { certificate: 'rsa.pem' }, /rsa\.pem: not an X\.509 certificate/],
  ])('%s is told', async (_, names, message) => {
    const paths = Object.fromEntries(Object.entries(names).map(([option, name]) => [option, at(name)]));
    await expect(open(paths)).rejects.toThrow(message);
  });

  test('that is too small is told', async () => {
    const small = makeIdentity({ bits: 1024 });
    await writeFile(at('small.crt'), small.certificate);
    await expect(open({ certificate: at('small.crt') })).rejects.toThrow(/an RSA key of 1024 bits\n.*2048 bits/);
  });
});

describe('a release', () => {
  const options = async () => {
    const source = await writeSources(at('sample'), { Kbuild: 'obj-m := sample.o\n' });
    await writeOutput(at('out'), [{ id: 'debian-12', kernel: '6.1.0-9-amd64' }], { source });
    return {
      ...{
        directories: [at('out')],
        tag: 'v1',
        moduleDirectories: [at('sample')],
        allowFailed: false,
        out: at('release'),
      },
      ...{ root: projectRoot(), toolVersion: '0.1.0', environment: { SOURCE_DATE_EPOCH: '1' }, signal },
    };
  };

  test('has signed modules, and says what they were before', async () => {
    const { index, notes, provenance } = await assemble({ ...(await options()), openSigner: () => open() });
    const name = 'sample-1-debian-12-6.1.0-9-amd64-x86_64.ko';
    const content = await readFile(join(at('release'), name));
    expect(splitSignature(content).elf).toEqual(MODULE);
    expect(index.files[0]).toMatchObject({
      ...{ file: name, size: content.length, signature: { hash: 'sha256', signer: 'A signer', serial: '00f1e2d3c4' } },
      unsigned: { size: MODULE.length },
    });
    expect(provenance.subject[0]?.digest.sha256).toBe(index.files[0]?.sha256);
    expect(notes).toMatch(/signed for Secure Boot by <code>CN&#61;A signer/);
    for (const file of await readdir(at('release'))) {
      expect(await readFile(join(at('release'), file), 'latin1')).not.toContain('PRIVATE KEY');
    }
  });

  test('is not made twice signed, nor with a bad key', async () => {
    const base = await options();
    await expect(assemble({ ...base, openSigner: () => open({ key: at('none') }) })).rejects.toThrow(/cannot be read/);
    const source = await writeSources(at('sample'), {});
    const content = await (await open()).sign(MODULE, signal);
    await writeOutput(at('out'), [{ id: 'debian-12', kernel: '6.1.0-9-amd64', content }], { source });
    await expect(assemble({ ...base, openSigner: () => open() })).rejects.toThrow(/sample\.ko: is signed already/);
    expect(await readdir(scratch.path)).not.toContain('release');
  });

  test('by the command line takes the key from the environment and shows nothing of it', async () => {
    await options();
    const args = [
      'release',
      'out',
      '--tag',
      'v1',
      '-m',
      'sample',
      '--sign-certificate',
      'rsa.crt',
      '--json',
      '--debug',
      // It would be made on packages that have to be fetched.
      '--no-image',
    ];
    const environment = { SOURCE_DATE_EPOCH: '1', OVNFAST_SIGNING_KEY: rsa.key };
    const { code, stdout, stderr } = await ovnfast(args, { cwd: scratch.path, environment });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { attestation, files } = JSON.parse(stdout);
    expect(attestation.subjects).toEqual([
      {
        name: 'sample-1-debian-12-6.1.0-9-amd64-x86_64.ko',
        digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      { name: 'ovnfast-node-1.tar.gz', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    expect(files).toHaveLength(9);
    const secret = rsa.key.split('\n')[3] ?? '';
    expect(stdout).not.toContain(secret);
    const bad = await ovnfast(args, { cwd: scratch.path, environment: { OVNFAST_SIGNING_KEY: rsa.key.slice(0, 400) } });
    expect(bad.stderr).toMatch(/OVNFAST_SIGNING_KEY: not a private key in PEM/);
    expect(bad.code).toBe(2);
    expect(bad.stderr).not.toContain(secret);
  });
});

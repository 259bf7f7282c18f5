// SPDX-License-Identifier: Apache-2.0
import { createHash, sign, verify, X509Certificate } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { detachedSignature } from '../../src/kbuild/cms.ts';
import { splitSignature } from '../../src/kbuild/signature.ts';
import { parseIndex } from '../../src/release/modules-index.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import { placeIn } from '../../src/sysroot/inside.ts';
import type { Sandbox } from '../../src/sysroot/sandbox.ts';
import { ovnfast } from '../command.ts';
import { makeIdentity } from '../unit/release/certificate.ts';
import { openTools } from './tools.ts';

const TARGET = 'debian-12';
const MAGIC_AND_TRAILER = 40;
const hello = join(projectRoot(), 'test/fixtures/modules/hello');
const { signal } = new AbortController();
const identities = { rsa: makeIdentity(), ec: makeIdentity({ kind: 'ec' }) };

let scratch: TemporaryDirectory;
let sandbox: Sandbox;
/** Of the kernel that the module is built for: it has scripts/sign-file. */
let headers: Sysroot;
/** As it was built. */
let module: string;
let kernel: string;
const at = (...names: string[]) => join(scratch.path, ...names);
const environment = { SOURCE_DATE_EPOCH: '1700000000' };
const release = (...args: string[]) =>
  ovnfast(['release', '--tag', 'v1.2.0', '-m', hello, ...args], { cwd: scratch.path, environment });
const inside = (argv: string[]) =>
  sandbox.run(headers, argv, {
    binds: [{ from: scratch.path, to: '/scratch', writable: true }],
    timeoutSeconds: 60,
    signal,
  });

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-release-itg-');
  for (const [name, { key, certificate }] of Object.entries(identities)) {
    await writeFile(at(`${name}.pem`), key);
    await writeFile(at(`${name}.crt`), certificate);
    await writeFile(at(`${name}.der`), new X509Certificate(certificate).raw);
  }
  const built = await ovnfast(['build', '--target', TARGET, '--module', hello], { cwd: scratch.path });
  expect(built.stdout + built.stderr).toMatch(/1 of 1 target passed/);
  await using workshop = await openTools(signal);
  sandbox = await workshop.tools.sandbox();
  const [target] = await workshop.selectTargets([TARGET]);
  if (!target) throw new Error(`no target ${TARGET}`);
  ({
    kernel,
    sysroots: { headers },
  } = await workshop.prepare(target, ['headers']));
  module = at('out', TARGET, kernel, 'hello.ko');
});
afterAll(() => scratch[Symbol.asyncDispose]());

const nameOf = () => `hello-1.2.0-${TARGET}-${kernel}-x86_64`;

/** What the kernel's own program makes of the module. */
async function signFile(kind: 'rsa' | 'ec', hash: string): Promise<Buffer> {
  const [directory] = (await readdir(placeIn(headers, '/usr/lib'))).filter((name) => name.startsWith('linux-kbuild-'));
  const program = `/usr/lib/${directory}/scripts/sign-file`;
  await cp(module, at('module.ko'));
  const { code, stderr } = await inside([
    program,
    hash,
    `/scratch/${kind}.pem`,
    `/scratch/${kind}.der`,
    '/scratch/module.ko',
    '/scratch/real.ko',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return await readFile(at('real.ko'));
}

describe('a signed module', () => {
  test.each(['sha256', 'sha512'])('is to the byte what sign-file of the kernel makes, with %s', async (hash) => {
    const out = `signed-${hash}`;
    const { code, stderr } = await release(
      '--sign-key',
      'rsa.pem',
      '--sign-certificate',
      'rsa.crt',
      '--sign-hash',
      hash,
      '--out',
      out,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const ours = await readFile(at(out, `${nameOf()}.ko`));
    const real = await signFile('rsa', hash);
    expect(ours.equals(real)).toBe(true);
    // The control: another hash is another file.
    expect(ours.equals(await signFile('rsa', hash === 'sha256' ? 'sha512' : 'sha256'))).toBe(false);
  });

  test('has the form that sign-file gives to ECDSA, whose signatures differ each time', async () => {
    const real = await signFile('ec', 'sha256');
    const { elf } = splitSignature(real);
    const cms = real.subarray(elf.length, real.length - MAGIC_AND_TRAILER);
    const certificate = new X509Certificate(identities.ec.certificate);
    // The raw signature is the last element, behind the algorithm; two bytes of tag and length before it.
    const raw = cms.subarray(cms.indexOf(Buffer.from('06082a8648ce3d040302', 'hex')) + 10 + 2);
    expect(verify('sha256', elf, certificate.publicKey, raw)).toBe(true);
    expect(detachedSignature(certificate, 'sha256', Buffer.from(raw)).equals(cms)).toBe(true);
  });

  test('is reproduced: apart from its signature it is the same, and the signature is put back', async () => {
    await release('--sign-key', 'rsa.pem', '--sign-certificate', 'rsa.crt', '--out', 'signed');
    const file = at('signed', `${nameOf()}.ko`);
    const args = [
      'reproduce',
      at('signed', `${nameOf()}.manifest.json`),
      '--module',
      hello,
      '--out',
      'again',
      '--against',
    ];
    const same = await ovnfast([...args, file], { cwd: scratch.path });
    expect(same.stdout).toMatch(/^bit-identical {2}hello\.ko/m);
    expect(same.stdout).toMatch(
      /the original is signed \(A signer, sha256\): without the signature it is the same, and put onto/,
    );
    expect(same.code).toBe(0);
    const content = await readFile(file);
    const text = content.indexOf('hello');
    content[text] = (content[text] ?? 0) ^ 1;
    await writeFile(at('broken.ko'), content);
    const broken = await ovnfast([...args, at('broken.ko')], { cwd: scratch.path });
    expect(broken.stdout).toMatch(/^DIFFERENT {2}hello\.ko/m);
    expect(broken.stdout).toMatch(/apart from the signature/);
    expect(broken.code).toBe(1);
  });
});

test('kernels that nothing ran on are indexed exactly where the module fits by symbol versions', async () => {
  // Without type information, which would bind it to its own release.
  await cp(at('out'), at('portable'), { recursive: true });
  const before = await readFile(module);
  const file = at('portable', TARGET, kernel, 'hello.ko');
  await cp(module, at('portable.ko'));
  const strip = await inside(['objcopy', '-R', '.BTF', '/scratch/portable.ko']);
  expect(strip.stderr).toBe('');
  const after = await readFile(at('portable.ko'));
  await writeFile(file, after);
  const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
  for (const path of [at('portable/report.json'), at('portable', TARGET, kernel, 'manifest.json')]) {
    const text = (await readFile(path, 'utf8')).replaceAll(digest(before), digest(after));
    await writeFile(path, text.replaceAll(new RegExp(`("size": ?)${before.length}\\b`, 'g'), `$1${after.length}`));
  }
  const { code, stderr } = await release('portable', '--out', 'judged', '--fits', 'debian-12/6.1.0-5*');
  expect(stderr).not.toMatch(/mistake/);
  expect(code).toBe(0);
  const index = parseIndex(JSON.parse(await readFile(at('judged/modules.json'), 'utf8')));
  const inspected = await ovnfast(['inspect', file, '--json', '--against', 'debian-12/6.1.0-5*'], {
    cwd: scratch.path,
  });
  const fits = (JSON.parse(inspected.stdout).targets as { release: string; fits: boolean }[]).filter((one) => one.fits);
  const others = index.kernels.filter(({ basis }) => basis === 'versions');
  expect(others.map((one) => `${one.id}/${one.kernel}`).sort()).toEqual(
    fits
      .map(({ release }) => release)
      .filter((release) => release !== `${TARGET}/${kernel}`)
      .sort(),
  );
  expect(others.length).toBeGreaterThan(0);
  expect(new Set(others.flatMap(({ files }) => files))).toEqual(new Set([`${nameOf()}.ko`]));
  expect(index.kernels.find((one) => one.kernel === kernel)).toMatchObject({ basis: 'build' });
});

describe.each([
  ['an engine of OpenSSL', 'debian-12', 'libengine-pkcs11-openssl'],
  ['a provider of OpenSSL', 'debian-13', 'pkcs11-provider'],
])('a key in a token (SoftHSM), through %s', (_, distribution, way) => {
  const PIN = '48151623';
  const own = (name: string) => at(distribution, name);
  let path: string;

  beforeAll(async () => {
    // A sysroot that only this test needs, of a matrix of its own.
    await cp(join(projectRoot(), 'matrix'), own('matrix'), { recursive: true });
    const packages = (list: string) => `    title: For this test\n    packages: [${list}]\n    exclude: []\n`;
    await rm(own('matrix/locks/tools'), { recursive: true });
    await writeFile(
      own('matrix/tools.yml'),
      `distribution: ${distribution}\nsysroots:\n  sandbox:\n${packages('bubblewrap, gpgv, xz-utils, zstd')}  token:\n${packages(`openssl, softhsm2, ${way}`)}`,
    );
    await using workshop = await openTools(signal, { matrix: own('matrix') });
    const sysroot = await workshop.tools.sysroot('token');
    await mkdir(own('tokens'));
    await mkdir(own('bin'));
    await writeFile(own('softhsm2.conf'), `directories.tokendir = ${own('tokens')}\nobjectstore.backend = file\n`);
    const driver = '/usr/lib/softhsm/libsofthsm2.so';
    // SoftHSM uses OpenSSL itself, and both cleaning up at the end ends in a crash: the manual of the provider names the way out.
    await writeFile(
      own('openssl.cnf'),
      [
        ...['openssl_conf = init', '[init]', 'providers = all', '[all]', 'default = first', 'pkcs11 = second'],
        ...['[first]', 'activate = 1', '[second]', 'module = /usr/lib/x86_64-linux-gnu/ossl-modules/pkcs11.so'],
        ...[`pkcs11-module-path = ${driver}`, 'pkcs11-module-quirks = no-deinit', ''],
      ].join('\n'),
    );
    const view = {
      binds: [{ from: tmpdir(), to: tmpdir(), writable: true }],
      environment: { SOFTHSM2_CONF: own('softhsm2.conf'), OVNFAST_PIN: '@PIN@' },
    };
    for (const args of [
      ['--init-token', '--free', '--label', 'release', '--so-pin', PIN, '--pin', PIN],
      ['--import', at('rsa.pem'), '--token', 'release', '--label', 'modules', '--id', '01', '--pin', PIN],
    ]) {
      const result = await sandbox.run(sysroot, ['softhsm2-util', ...args], { ...view, timeoutSeconds: 60, signal });
      expect(`${result.stdout}${result.stderr}${result.code}`).toMatch(/0$/);
    }
    // The openssl of a machine that has a token: this one's is that of the sysroot.
    const { command, args } = sandbox.command(sysroot, ['openssl'], {
      ...view,
      environment: {
        ...view.environment,
        ...(distribution === 'debian-12' ? { PKCS11_MODULE_PATH: driver } : { OPENSSL_CONF: own('openssl.cnf') }),
      },
    });
    const quoted = [command, ...args].map((word) => (word === '@PIN@' ? '"$OVNFAST_PIN"' : `'${word}'`));
    const script = `printf '%s\\n' "$@" >>'${own('arguments')}'\nexec ${quoted.join(' ')} "$@"\n`;
    await writeFile(own('bin/openssl'), `#!/bin/bash\n${script}`);
    await chmod(own('bin/openssl'), 0o755);
    path = `${own('bin')}:/usr/bin:/bin`;
  });

  const signWith = (out: string, pin: string, uri = 'pkcs11:token=release;object=modules') =>
    ovnfast(
      ['release', '--tag', 'v1.2.0', '-m', hello, '--sign-key', uri, '--sign-certificate', 'rsa.crt', '--out', out],
      { cwd: scratch.path, environment: { ...environment, PATH: path, KBUILD_SIGN_PIN: pin } },
    );

  test('signs as the key in a file does, and the PIN is no argument', async () => {
    const { code, stderr } = await signWith(`by-token-${distribution}`, PIN);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const expected = sign('sha256', await readFile(module), identities.rsa.privateKey);
    const signed = await readFile(at(`by-token-${distribution}`, `${nameOf()}.ko`));
    expect(signed.equals(await signFile('rsa', 'sha256'))).toBe(true);
    expect(signed.includes(expected)).toBe(true);
    const seen = await readFile(own('arguments'), 'utf8');
    expect(seen).toContain('pkcs11:token=release;object=modules');
    expect(seen).not.toContain(PIN);
    expect(seen).toMatch(distribution === 'debian-12' ? /^engine$/m : /^-providers$/m);
    expect(/^-keyform$/m.test(seen)).toBe(distribution === 'debian-12');
  });

  test.each([
    ['a wrong PIN', '11111111', undefined],
    ['another object', PIN, 'pkcs11:token=release;object=nothing'],
  ])('does not sign with %s, and says so without the PIN', async (_, pin, uri) => {
    const { code, stderr } = await signWith('refused', pin, uri);
    expect(stderr).toMatch(/the token did not sign \(.+\)\n.*KBUILD_SIGN_PIN/);
    expect(stderr).not.toContain(pin);
    expect(code).toBe(3);
    expect(await readdir(scratch.path)).not.toContain('refused');
  });

  test('of another certificate is told', async () => {
    await writeFile(at('other.crt'), makeIdentity().certificate);
    const args = [
      'release',
      '--tag',
      'v1.2.0',
      '-m',
      hello,
      '--sign-key',
      'pkcs11:token=release;object=modules',
      '--out',
      'refused',
    ];
    const { code, stderr } = await ovnfast([...args, '--sign-certificate', 'other.crt'], {
      ...{ cwd: scratch.path, environment: { ...environment, PATH: path, KBUILD_SIGN_PIN: PIN } },
    });
    expect(stderr).toMatch(/other\.crt: the key is not the one of the certificate/);
    expect(code).toBe(2);
  });
});

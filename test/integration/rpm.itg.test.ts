// SPDX-License-Identifier: Apache-2.0
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxedGpgv } from '../../src/gpgv.ts';
import { digestFile } from '../../src/host/digest.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import type { RunGpgv } from '../../src/packages/rpm/gpgv.ts';
import { readRpm } from '../../src/packages/rpm/header.ts';
import { checkDetached, checkPackageSignature, checkPackageSignatures } from '../../src/packages/rpm/signature.ts';
import { composeSysroot } from '../../src/sysroot/compose.ts';
import type { Workshop } from '../../src/workshop.ts';
import { headerOf, rpmParts, type Tag } from '../unit/packages/rpm/rpm-file.ts';
import { openTools } from './tools.ts';
import { differences, merged, treeOf } from './trees.ts';

const { signal } = new AbortController();

let opened: Workshop;
let work: TemporaryDirectory;
let gpgv: RunGpgv;
let goodKey: { id: string; privateKey: KeyObject };

const made = (path: string) => join(work.path, path);
const keys = (...names: string[]) => names.map((name) => made(`keys/${name}.asc`));
const check = (path: string, ...names: string[]) => checkPackageSignature(made(path), keys(...names), gpgv, signal);

/** Runs a program of the sysroot that makes packages, with `work` as its working directory. */
async function run(argv: string[]) {
  const [sandbox, sysroot] = await Promise.all([opened.tools.sandbox(), opened.tools.sysroot('packaging')]);
  return await sandbox.run(sysroot, argv, {
    binds: [
      { from: work.path, to: '/work', writable: true },
      { from: join(projectRoot(), 'test/fixtures/rpm'), to: '/make' },
    ],
    workingDirectory: '/work',
    timeoutSeconds: 600,
    signal,
  });
}

beforeAll(async () => {
  opened = await openTools(signal);
  work = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  gpgv = sandboxedGpgv(() => opened.tools, opened.cache);
  const { code, stderr } = await run(['/make/make.sh']);
  expect(code, stderr).toBe(0);
  goodKey = await readSecretKey(made('keys/good.secret'));
  await makeOldSignatures();
});

afterAll(async () => {
  await work?.[Symbol.asyncDispose]();
  await opened?.[Symbol.asyncDispose]();
});

test.each(['gzip', 'xz', 'zstd', 'none'])(
  'a package of rpmbuild with a payload in %s is unpacked to what cpio makes of it',
  async (name) => {
    await using mine = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
    const path = made(`payloads/${name}.rpm`);
    const sha256 = await digestFile(path);
    const { programs } = await opened.tools.sandbox();
    await composeSysroot({
      cache: mine.path,
      packages: [{ pin: { name: 'sample', version: '1', sha256 }, path }],
      programs,
      signal,
    });
    const ours = join(mine.path, 'unpacked', sha256, 'root');
    const theirs = await treeOf(made(`unpacked/${name}`), merged);
    expect(differences(await treeOf(ours), theirs)).toEqual({});
    expect(theirs.size).toBeGreaterThan(310);
    const linked = await Promise.all(['sample', 'two', 'three'].map((file) => stat(join(ours, 'usr/bin', file))));
    expect(new Set(linked.map(({ ino }) => ino)).size).toBe(1);
    expect((await stat(join(ours, 'usr/bin/set-id'))).mode & 0o7777).toBe(0o711);
  },
);

test('what a package of rpmbuild says of itself is read as rpm reads it', async () => {
  const rpm = await readRpm(made('payloads/gzip.rpm'));
  const format = [
    '%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH} %{SOURCERPM} %{PAYLOADCOMPRESSOR} %{PAYLOADDIGEST}\\n',
  ];
  format.push(
    '[R %{REQUIRENAME} %{REQUIREFLAGS} %{REQUIREVERSION}\\n][P %{PROVIDENAME} %{PROVIDEFLAGS} %{PROVIDEVERSION}\\n]',
  );
  const { stdout } = await run(['rpm', '--dbpath', '/tmp/db', '-qp', '--qf', format.join(''), 'payloads/gzip.rpm']);
  const lines = [
    [rpm.name, rpm.epoch, rpm.version, rpm.release, rpm.architecture, rpm.sourceRpm, rpm.payload.compressor],
    ...rpm.requires.map(({ name, flags, version }) => ['R', name, flags, version]),
    ...rpm.provides.map(({ name, flags, version }) => ['P', name, flags, version]),
  ];
  lines[0]?.push(rpm.payload.digest?.value);
  expect(stdout).toBe(lines.map((line) => `${line.join(' ')}\n`).join(''));
  expect(rpm.requires.map(({ name }) => name)).toContain('(a or b)');
});

/** The secret half of an RSA key that gpg made, so that this test can make packets that gpg no longer makes. */
async function readSecretKey(path: string) {
  const key = await readPrivateKey({ armoredKey: await readFile(path, 'utf8') });
  const { publicParams, privateParams } = key.keyPacket as unknown as Record<string, Record<string, Uint8Array>>;
  const { n, e } = publicParams as { n: Uint8Array; e: Uint8Array };
  const { d, p, q } = privateParams as { d: Uint8Array; p: Uint8Array; q: Uint8Array };
  const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const text = (value: bigint) => {
    const hex = value.toString(16);
    return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url');
  };
  const [D, P, Q] = [number(d), number(p), number(q)];
  const jwk = { n: text(number(n)), e: text(number(e)), d: text(D), p: text(P), q: text(Q) };
  const more = { dp: text(D % (P - 1n)), dq: text(D % (Q - 1n)), qi: text(inverse(Q, P)) };
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...jwk, ...more }, format: 'jwk' });
  return { id: key.getKeyID().toHex(), privateKey };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x];
  }
  return ((x % modulus) + modulus) % modulus;
}

/** A signature packet of version 3 (RFC 4880, 5.2.2) with RSA and SHA-256, as packages of EL 7 and 8 carry. */
function oldSignature(data: Buffer, { id, privateKey }: typeof goodKey, seconds = 1_610_000_000): Buffer {
  const hashed = Buffer.alloc(5);
  hashed.writeUInt32BE(seconds, 1);
  const signed = Buffer.concat([data, hashed]);
  const digest = createHash('sha256').update(signed).digest();
  const number = sign('sha256', signed, privateKey);
  const start = number.findIndex((byte) => byte !== 0);
  const bits = (number.length - start) * 8 - Math.clz32(number[start] ?? 0) + 24;
  const body = Buffer.concat([
    Buffer.from([3, 5]),
    hashed,
    Buffer.from(id, 'hex'),
    Buffer.from([1, 8]),
    digest.subarray(0, 2),
    Buffer.from([bits >> 8, bits & 0xff]),
    number.subarray(start),
  ]);
  return Buffer.concat([Buffer.from([0x89, body.length >> 8, body.length & 0xff]), body]);
}

/** Packages as those of EL: signed by packets of version 3, with a payload digest (EL 8) and without (EL 7). */
async function makeOldSignatures(): Promise<void> {
  await mkdir(made('old'));
  const content = { path: '/etc/sample', content: 'sample\n' };
  for (const [name, without] of Object.entries({ el7: [5092, 5093], el8: [] })) {
    const { lead, main, payload } = rpmParts({ files: [content], without });
    const all = Buffer.concat([main, payload]);
    const packets = {
      header: oldSignature(main, goodKey),
      both: oldSignature(all, goodKey),
    };
    const sums: Tag[] = [
      [269, 'string', createHash('sha1').update(main).digest('hex')],
      [1000, 'int32', [all.length]],
      [1004, 'binary', createHash('md5').update(all).digest()],
    ];
    const write = async (file: string, tags: Tag[], data = all) => {
      const signature = headerOf([...tags, ...sums], 62);
      const alignment = Buffer.alloc((8 - (signature.length % 8)) % 8);
      await writeFile(made(`old/${file}.rpm`), Buffer.concat([lead, signature, alignment, data]));
    };
    const changed = Buffer.from(all);
    changed.writeUInt8(changed.readUInt8(all.length - 1) ^ 1, all.length - 1);
    await write(name, [
      [268, 'binary', packets.header],
      [1002, 'binary', packets.both],
    ]);
    await write(`${name}-header`, [[268, 'binary', packets.header]]);
    await write(`${name}-both`, [[1002, 'binary', packets.both]]);
    await write(
      `${name}-changed`,
      [
        [268, 'binary', packets.header],
        [1002, 'binary', packets.both],
      ],
      changed,
    );
    await write(`${name}-swapped`, [
      [268, 'binary', packets.both],
      [1002, 'binary', packets.header],
    ]);
    await write(
      `${name}-cut`,
      [
        [268, 'binary', packets.header],
        [1002, 'binary', packets.both],
      ],
      all.subarray(0, -1),
    );
  }
}

test('packets of version 3 and 4, of keys and subkeys, are accepted', async () => {
  expect(await check('signed/good.rpm', 'other', 'good')).toMatchObject({ version: 4, hash: 'SHA512' });
  const { fingerprint, primary } = await check('signed/subkey.rpm', 'subkey');
  expect(fingerprint).not.toBe(primary);
  for (const name of ['el7', 'el8', 'el7-both', 'el8-both', 'el8-header']) {
    const signature = await check(`old/${name}.rpm`, 'good');
    expect(signature, name).toEqual({
      fingerprint: signature.primary,
      primary: signature.fingerprint,
      keyId: goodKey.id.toUpperCase(),
      version: 3,
      hash: 'SHA256',
      created: '2021-01-07T06:13:20Z',
    });
  }
});

test('what a key signed before it expired stays good, with a word about it', async () => {
  const keyExpired = '2022-01-01T00:00:00Z';
  const created = '2021-06-01T00:00:00Z';
  expect(await check('signed/before-expiry.rpm', 'expired')).toMatchObject({ created, keyExpired });
  expect(await check('signed/subkey-before-expiry.rpm', 'expired-primary')).toMatchObject({ created, keyExpired });
});

test.each([
  ['payloads/gzip.rpm', 'good', 'it is not signed'],
  ['signed/other.rpm', 'good', 'which is not among the trusted ones'],
  ['signed/subkey.rpm', 'good', 'which is not among the trusted ones'],
  ['signed/weak.rpm', 'good', 'made with the digest SHA1, which can be forged'],
  ['signed/revoked.rpm', 'revoked', 'which was revoked'],
  ['signed/after-expiry.rpm', 'expired', 'which had expired before (2022-01-01T00:00:00Z)'],
  ['signed/subkey-after-expiry.rpm', 'expired-primary', 'which had expired before (2022-01-01T00:00:00Z)'],
  ['old/el7-header.rpm', 'good', 'the signature covers the header alone'],
  ['old/el7-changed.rpm', 'good', 'not of these bytes: they were changed'],
  ['old/el7-swapped.rpm', 'good', 'not of these bytes: they were changed'],
  ['old/el7-cut.rpm', 'good', 'it is cut short'],
  ['old/el7.rpm', 'other', 'which is not among the trusted ones'],
  ['old/el8-changed.rpm', 'good', 'the payload is not the one whose digest was signed'],
  ['old/el8-swapped.rpm', 'good', 'not of these bytes: they were changed'],
])('%s is refused with the keys of %s', async (path, key, why) => {
  const attempt = check(path, key);
  await expect(attempt).rejects.toThrow(why);
  await expect(attempt).rejects.toThrow(`${made(path)}: `);
});

test('rpm itself accepts what is accepted, of version 3 too, and refuses what is changed or not signed', async () => {
  const script = `
    for key in keys/*.asc; do rpmkeys --dbpath /tmp/db --import "$key"; done
    for package; do
      if rpmkeys --dbpath /tmp/db --define '_pkgverify_level signature' --checksig "$package" >&2; then echo "$package"; fi
    done`;
  const packages = ['signed/good', 'signed/subkey', 'old/el7', 'old/el8', 'old/el8-header'];
  const refused = ['payloads/gzip', 'old/el7-changed', 'old/el8-changed', 'old/el7-swapped', 'old/el8-swapped'];
  const paths = [...packages, ...refused].map((name) => `${name}.rpm`);
  const { stdout, stderr } = await run(['bash', '-c', script, 'bash', ...paths]);
  expect(stdout.trim().split('\n'), stderr).toEqual(packages.map((name) => `${name}.rpm`));
});

test('a hundred packages are checked in one go', async () => {
  const paths = Array.from({ length: 100 }, (_, index) => made(index % 2 ? 'signed/good.rpm' : 'old/el7.rpm'));
  const signatures = await checkPackageSignatures(paths, keys('good'), gpgv, signal);
  expect(signatures.map(({ version }) => version)).toEqual(paths.map((path) => (basename(path) === 'el7.rpm' ? 3 : 4)));
  const last = [...paths, made('signed/other.rpm')];
  await expect(checkPackageSignatures(last, keys('good'), gpgv, signal)).rejects.toThrow('other.rpm');
});

test('an aborted check ends', async () => {
  const stop = new AbortController();
  const paths = Array.from({ length: 5 }, () => made('signed/good.rpm'));
  const stopping: RunGpgv = (asked, own) => {
    setImmediate(() => stop.abort(new Error('Ctrl-C')));
    return gpgv(asked, own);
  };
  const checking = checkPackageSignatures(paths, keys('good'), stopping, stop.signal);
  await expect(checking).rejects.toThrow('Ctrl-C');
});

test('detached signatures are accepted armoured and binary, and beside one of an unknown key', async () => {
  const detached = async (name: string, ...trusted: string[]) =>
    await checkDetached(made('repomd.xml'), await readFile(made(`repomd.xml.${name}`)), keys(...trusted), gpgv, signal);
  const good = { keyId: goodKey.id.toUpperCase(), version: 4 };
  for (const name of ['asc', 'sig', 'both']) expect(await detached(name, 'good'), name).toMatchObject(good);
  await expect(detached('other', 'good')).rejects.toThrow('repomd.xml: the signature is by key');
  await expect(detached('expired', 'good')).rejects.toThrow('expired (made 2021-06-01T00:00:00Z');
  await expect(detached('clear', 'good')).rejects.toThrow('repomd.xml: ');
  await writeFile(made('changed.xml'), `${await readFile(made('repomd.xml'), 'utf8')}\n`);
  const changed = checkDetached(
    made('changed.xml'),
    await readFile(made('repomd.xml.asc')),
    keys('good'),
    gpgv,
    signal,
  );
  await expect(changed).rejects.toThrow('not of these bytes');
});

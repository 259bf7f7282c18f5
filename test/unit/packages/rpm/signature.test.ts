// SPDX-License-Identifier: Apache-2.0
// Which bytes have to be signed and what is made of gpgv's answers. That gpgv itself tells good from bad is shown with real
// packages and keys in test/integration/rpm.itg.test.ts.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, enums, generateKey } from 'openpgp';
import { expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../../src/errors.ts';
import { SignatureError } from '../../../../src/packages/errors.ts';
import { type GpgvCheck, type RunGpgv, readStatus } from '../../../../src/packages/rpm/gpgv.ts';
import {
  checkDetached,
  checkPackageSignature,
  checkPackageSignatures,
} from '../../../../src/packages/rpm/signature.ts';
import { scratch } from '../../sysroot/archives.ts';
import { type PackedRpm, rpmOf, rpmParts } from './rpm-file.ts';

const FINGERPRINT = '6341AB2753D78A78A7C27BB124C6A8A7F4A80EB5';
const KEY_ID = '24C6A8A7F4A80EB5';
/** What gpgv prints of a package of CentOS 7, with the hash and the other words changed where asked. */
const status = ({ verdict = 'GOODSIG', hash = '8', kind = '00', more = [] as string[] } = {}) =>
  [
    'NEWSIG',
    `KEY_CONSIDERED ${FINGERPRINT} 0`,
    ...more,
    'SIG_ID Bp1ZUKLB7igg1ojRWkoyKTR1xZc 2015-12-09 1449655309',
    `${verdict} ${KEY_ID} CentOS-7 Key (CentOS 7 Official Signing Key) <security@centos.org>`,
    `VALIDSIG ${FINGERPRINT} 2015-12-09 1449655309 0 3 0 1 ${hash} ${kind} ${FINGERPRINT}`,
  ]
    .map((line) => `[GNUPG:] ${line}\n`)
    .join('');
const errsig = (reason: number) => `[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${KEY_ID} 1 8 00 1449655309 ${reason} -\n`;
const expired = (time: string) => status({ verdict: 'EXPKEYSIG', more: [`KEYEXPIRED ${time}`] });

test('a good signature is read with all that is to be known of it', () => {
  const signature = {
    fingerprint: FINGERPRINT,
    primary: FINGERPRINT,
    keyId: KEY_ID,
    version: 3,
    hash: 'SHA256',
    created: '2015-12-09T10:01:49Z',
  };
  expect(readStatus(status())).toEqual({ signature });
  expect(readStatus(expired('1449655310'))).toEqual({
    signature: { ...signature, keyExpired: '2015-12-09T10:01:50Z' },
  });
  expect(readStatus(expired('20351209T100150'))).toMatchObject({ signature: { keyExpired: '2035-12-09T10:01:50Z' } });
});

test.each([
  [
    'a changed file',
    '[GNUPG:] NEWSIG\n[GNUPG:] BADSIG 24C6A8A7F4A80EB5 CentOS\n',
    `changed, or it was (key ${KEY_ID})`,
  ],
  ['an unknown key', errsig(9), `by key ${KEY_ID}, which is not among the trusted ones`],
  ['an unknown algorithm', errsig(4), `cannot be checked (key ${KEY_ID}, digest SHA256, reason 4)`],
  ['a revoked key', status({ verdict: 'REVKEYSIG' }), `by key ${KEY_ID}, which was revoked`],
  ['an expired signature', status({ verdict: 'EXPSIG' }), 'expired (made 2015-12-09T10:01:49Z'],
  ['MD5', status({ hash: '1' }), 'made with the digest MD5, which can be forged'],
  ['SHA-1', status({ hash: '2' }), 'made with the digest SHA1, which'],
  ['a digest of the future', status({ hash: '99' }), 'made with the digest algorithm 99'],
  ['a text', status({ kind: '01' }), 'not one of plain bytes'],
  ['a key', status({ kind: '18' }), 'not one of plain bytes'],
  ['a key that had expired', expired('1449655309'), 'which had expired before (2015-12-09T10:01:49Z)'],
  ['a key that expired nobody knows when', status({ verdict: 'EXPKEYSIG' }), 'time not known'],
])('a signature of %s is a fault', (_, output, why) => {
  expect(readStatus(output)).toMatchObject({ fault: expect.stringContaining(why) });
});

test.each([
  ['nothing', ''],
  ['only words', 'gpgv: Good signature from "CentOS"\n'],
  ['two signatures', status() + status()],
  ['a validity without a verdict', status().replace(/.*GOODSIG.*\n/, '')],
  ['a verdict without a validity', status().replace(/.*VALIDSIG.*\n/, '')],
])('gpgv saying %s is no answer', (_, output) => {
  expect(readStatus(output)).toBeUndefined();
});

/** An OpenPGP packet with an old header; tag 2 is a signature. */
const packet = (content: string, tag = 2) =>
  Buffer.concat([Buffer.from([0x80 | (tag << 2), content.length]), Buffer.from(content)]);
const ofHeader = packet('of the header');
const ofAll = packet('of header and payload');
const { publicKey: key } = await generateKey({ userIDs: [{ name: 'test' }], format: 'armored' });

/** A gpgv that knows these signatures as good, and says what it was asked. */
function gpgv(good: Buffer[], bad = errsig(9)): { run: RunGpgv; asked: { signature: string; data: Buffer }[] } {
  const asked: { signature: string; data: Buffer }[] = [];
  const run = async ({ signature, data: { path, offset, length } }: GpgvCheck) => {
    const data = (await readFile(path)).subarray(offset, offset + length);
    asked.push({ signature: Buffer.from(signature).toString('latin1', 2), data });
    const stdout = good.some((one) => one.equals(signature)) ? status() : bad;
    return { stdout, stderr: '', code: 0, killedBy: null, timedOut: false };
  };
  return { run, asked };
}

const { signal } = new AbortController();

async function check(rpm: PackedRpm | Buffer, { run }: { run: RunGpgv }) {
  await using where = await scratch();
  const [path, keyPath] = [join(where.path, 'sample.rpm'), join(where.path, 'key.asc')];
  await writeFile(path, Buffer.isBuffer(rpm) ? rpm : rpmOf(rpm));
  await writeFile(keyPath, key);
  return await checkPackageSignature(path, [keyPath], run, signal);
}

const both: PackedRpm['signature'] = [
  [268, 'binary', ofHeader],
  [1002, 'binary', ofAll],
];
const noDigest = { without: [5092, 5093] };

test('where the header has a digest of the payload, a signature of the header is enough', async () => {
  const keeper = gpgv([ofHeader]);
  const rpm = { signature: both };
  expect(await check(rpm, keeper)).toMatchObject({ keyId: KEY_ID, version: 3 });
  expect(keeper.asked).toEqual([{ signature: 'of the header', data: rpmParts(rpm).main }]);
});

test('where it has none, as in EL 7, header and payload have to be signed', async () => {
  const keeper = gpgv([ofAll]);
  const rpm = { signature: both, ...noDigest };
  const { main, payload } = rpmParts(rpm);
  expect(await check(rpm, keeper)).toMatchObject({ keyId: KEY_ID });
  expect(keeper.asked).toEqual([{ signature: 'of header and payload', data: Buffer.concat([main, payload]) }]);

  const attempt = check({ signature: [[268, 'binary', ofHeader]], ...noDigest }, gpgv([ofHeader]));
  await expect(attempt).rejects.toThrow(SignatureError);
  await expect(attempt).rejects.toThrow('sample-1.0-1.el8.x86_64: the signature covers the header alone');
});

test('a weak digest of the payload counts as none, and so does a good signature of the header beside a bad one of all', async () => {
  const weak: PackedRpm = { signature: [[268, 'binary', ofHeader]], tags: [[5093, 'int32', [1]]] };
  await expect(check(weak, gpgv([ofHeader]))).rejects.toThrow('the signature covers the header alone');
  await expect(check({ signature: both, ...noDigest }, gpgv([ofHeader]))).rejects.toThrow('not among the trusted ones');
});

test('DSA has tags of its own, and one good signature of several is enough', async () => {
  const rpm: PackedRpm = {
    signature: [
      [267, 'binary', ofHeader],
      [1005, 'binary', ofAll],
    ],
  };
  const keeper = gpgv([ofAll]);
  expect(await check(rpm, keeper)).toMatchObject({ keyId: KEY_ID });
  expect(keeper.asked.map(({ signature }) => signature)).toEqual(['of the header', 'of header and payload']);
});

test('another payload than the one whose digest was signed is refused', async () => {
  const { payload, ...parts } = rpmParts({ signature: both });
  const changed = Buffer.from(payload);
  changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
  const bytes = Buffer.concat([...Object.values(parts), changed]);
  await expect(check(bytes, gpgv([ofHeader]))).rejects.toThrow(SignatureError);
  await expect(check(bytes, gpgv([ofHeader]))).rejects.toThrow('the payload is not the one whose digest was signed');
  await expect(check(Buffer.concat(Object.values(parts)), gpgv([ofHeader]))).rejects.toThrow(
    'the payload is not the one',
  );
});

test.each<[string, PackedRpm['signature'], string, string]>([
  ['not signed', [], '', 'it is not signed'],
  ['signed with MD5 and SHA-1 sums only', [[1004, 'binary', Buffer.alloc(16)]], '', 'it is not signed'],
  ['of another key', both, errsig(9), `by key ${KEY_ID}, which is not among the trusted ones`],
  ['of a revoked key', both, status({ verdict: 'REVKEYSIG' }), 'which was revoked'],
  ['changed', both, '[GNUPG:] NEWSIG\n[GNUPG:] BADSIG 24C6A8A7F4A80EB5 x\n', 'they were changed, or it was'],
  ['signed by something that is no signature', [[268, 'binary', packet('a key', 6)]], '', 'damaged or something else'],
  ['signed by a packet with no end', [[268, 'binary', ofHeader.subarray(0, -1)]], '', 'damaged or something else'],
  ['signed by text', [[268, 'binary', Buffer.from('signed, me')]], '', 'damaged or something else'],
  [
    'signed by a packet with text behind',
    [[268, 'binary', Buffer.from([...ofHeader, 0x41])]],
    '',
    'damaged or something',
  ],
  [
    'signed by a message that brings its own data',
    [[268, 'binary', Buffer.concat([packet('one pass', 4), packet('data', 11), ofHeader])]],
    '',
    'damaged or something else',
  ],
])('a package that is %s is refused by name', async (_, signature, answer, why) => {
  const attempt = check({ ...(signature ? { signature } : {}) }, gpgv([], answer));
  await expect(attempt).rejects.toThrow(SignatureError);
  await expect(attempt).rejects.toThrow(why);
  await expect(attempt).rejects.toThrow('sample.rpm');
});

test('headers of packets come in two forms, with lengths of several bytes', async () => {
  const content = Buffer.alloc(300, 's');
  const forms = [
    [0x89, 1, 44],
    [0x8a, 0, 0, 1, 44],
    [0xc2, 192, 108],
    [0xc2, 255, 0, 0, 1, 44],
  ].map((head) => Buffer.from([...head, ...content]));
  for (const form of forms) {
    expect(await check({ signature: [[268, 'binary', form]] }, gpgv([form]))).toMatchObject({ keyId: KEY_ID });
    const cut = check({ signature: [[268, 'binary', form.subarray(0, 2)]] }, gpgv([form]));
    await expect(cut).rejects.toThrow('damaged or something else');
  }
  // A length in parts has no place here.
  const parts = Buffer.from([0xc2, 0xe1, 1, 2, 1, 3]);
  await expect(check({ signature: [[268, 'binary', parts]] }, gpgv([parts]))).rejects.toThrow(
    'damaged or something else',
  );
});

test('a gpgv that says nothing is a fault of the machine, told with its last words', async () => {
  const run: RunGpgv = async () => {
    return { stdout: '', stderr: 'gpgv: out of memory\n', code: 2, killedBy: null, timedOut: false };
  };
  const attempt = check({ signature: both }, { run });
  await expect(attempt).rejects.toThrow(EnvironmentError);
  await expect(attempt).rejects.not.toThrow(SignatureError);
  await expect(attempt).rejects.toThrow('could not check the signature (gpgv: out of memory)');
});

test('the keys of all files and blocks are in the keyring; what is no key is told by name', async () => {
  await using where = await scratch();
  const path = join(where.path, 'sample.rpm');
  await writeFile(path, rpmOf({ signature: both }));
  const keys = join(where.path, 'keys.asc');
  await writeFile(keys, `The keys of a distribution\n\n${key}\nand another one\n\n${key}`);
  const rings: number[] = [];
  const { run } = gpgv([ofHeader]);
  const watch: RunGpgv = (asked, own) => {
    rings.push(asked.keyring.length);
    return run(asked, own);
  };
  await checkPackageSignature(path, [keys], watch, signal);
  await checkPackageSignature(path, [keys, keys], watch, signal);
  expect(rings[0]).toBeGreaterThan(300);
  expect(rings[1]).toBe(2 * (rings[0] ?? 0));

  // A key of a version that gpgv does not know would hide those behind it.
  const future = armor(enums.armor.publicKey, Buffer.concat([packet('\x06 of 2030', 6), packet('name', 13)])) as string;
  await writeFile(keys, `${future}\n${key}`);
  await checkPackageSignature(path, [keys], watch, signal);
  expect(rings[2]).toBe((rings[0] ?? 0) / 2);
  await writeFile(keys, future);
  await expect(checkPackageSignature(path, [keys], run, signal)).rejects.toThrow(
    'keys.asc: holds no OpenPGP key of version 4',
  );

  await writeFile(keys, armor(enums.armor.publicKey, Buffer.from([0x99, 1, 0, 4])) as string);
  await expect(checkPackageSignature(path, [keys], run, signal)).rejects.toThrow(
    'keys.asc: the OpenPGP key is damaged',
  );
  await writeFile(keys, '<html>');
  await expect(checkPackageSignature(path, [keys], run, signal)).rejects.toThrow(InputError);
  await expect(checkPackageSignature(path, [keys], run, signal)).rejects.toThrow('keys.asc: not an armoured OpenPGP');
  await expect(checkPackageSignature(path, ['/not/there.asc'], run, signal)).rejects.toThrow('/not/there.asc: the key');
});

test('of many packages, the first bad one ends the check and is the one that is named', async () => {
  await using where = await scratch();
  const keys = [join(where.path, 'key.asc')];
  await writeFile(join(where.path, 'key.asc'), key);
  const paths = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const path = join(where.path, `${index}.rpm`);
      await writeFile(path, rpmOf({ signature: [[268, 'binary', packet(`signature ${index}`)]] }));
      return path;
    }),
  );
  const all = Array.from({ length: 12 }, (_, index) => packet(`signature ${index}`));
  const good = gpgv(all);
  expect(await checkPackageSignatures(paths, keys, good.run, signal)).toHaveLength(12);
  expect(good.asked).toHaveLength(12);

  const third = gpgv(all.filter((_, index) => index !== 2));
  await expect(checkPackageSignatures(paths, keys, third.run, signal)).rejects.toThrow('2.rpm: package sample-1.0');
  expect(third.asked.length).toBeLessThan(6);

  // What is being checked meanwhile ends with it.
  const slow: RunGpgv = (asked, own) => {
    if (!all[0]?.equals(asked.signature)) return third.run(asked, own);
    return new Promise((_, reject) => own.addEventListener('abort', () => reject(own.reason)));
  };
  await expect(checkPackageSignatures(paths, keys, slow, signal)).rejects.toThrow('2.rpm: package sample-1.0');

  const stopped = AbortSignal.abort(new Error('Ctrl-C'));
  const never: RunGpgv = async (_, own) => own.throwIfAborted() as never;
  await expect(checkPackageSignatures(paths, keys, never, stopped)).rejects.toThrow('Ctrl-C');
});

test('a detached signature is taken armoured or not, and only as one', async () => {
  await using where = await scratch();
  const [path, keyPath] = [join(where.path, 'repomd.xml'), join(where.path, 'key.asc')];
  await writeFile(path, '<repomd/>');
  await writeFile(keyPath, key);
  const other = packet('of another');
  const keeper = gpgv([ofAll]);
  const detached = (signature: Uint8Array) => checkDetached(path, signature, [keyPath], keeper.run, signal);
  const armoured = (bytes: Uint8Array, kind: enums.armor) => Buffer.from(armor(kind, bytes) as string);

  expect(await detached(ofAll)).toMatchObject({ keyId: KEY_ID });
  expect(await detached(armoured(ofAll, enums.armor.signature))).toMatchObject({ keyId: KEY_ID });
  expect(await detached(Buffer.concat([other, ofAll]))).toMatchObject({ keyId: KEY_ID });
  expect(keeper.asked.every(({ data }) => data.toString() === '<repomd/>')).toBe(true);

  await expect(detached(other)).rejects.toThrow('repomd.xml: the signature is by key');
  await expect(detached(Buffer.alloc(0))).rejects.toThrow('repomd.xml: its signature is empty');
  await expect(detached(Buffer.from('<html>Not found</html>'))).rejects.toThrow(SignatureError);
  await expect(detached(armoured(ofAll, enums.armor.publicKey))).rejects.toThrow(
    'what should be its signature is none',
  );
  await expect(detached(Buffer.from(key))).rejects.toThrow('what should be its signature is none');
  await expect(detached(Buffer.concat(Array.from({ length: 17 }, () => ofAll)))).rejects.toThrow(
    'damaged or something',
  );
});

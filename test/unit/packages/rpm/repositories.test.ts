// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { armor, enums, generateKey } from 'openpgp';
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../../../src/errors.ts';
import { NotDeliveredError, SignatureError } from '../../../../src/packages/errors.ts';
import type { RunGpgv } from '../../../../src/packages/rpm/gpgv.ts';
import { bytes, filesBelow, sha256 } from '../fixtures.ts';
import { MirrorServer, send, status } from '../mirror-server.ts';
import { gzipped, type Metadata, primaryOf, publish, type Rpm } from './repository.ts';
import { rpmOf as packed, type Tag } from './rpm-file.ts';
import { workplace } from './workplace.ts';

const base = '/centos/9/os';
const repomd = `${base}/repodata/repomd.xml`;
const rpms: Rpm[] = [
  { name: 'tool', evr: '2:1.0-1', requires: ['lib'] },
  { name: 'lib', architecture: 'noarch' },
];

/** The primary.xml of one package `beta` as xz makes it, since nothing here can compress so. */
const xz = Buffer.from(
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AEWAKJdAB4bSKd3ZAxBW8+c2M2SzkWa47BuTOnH2nc3nyiDiaK5Azq7TrUlJ5M/CMLxa4ObGKU1VX+xI20VAYZ60qeOk0TGvUtMtSNosAmK9dnXg/NyfSIAh+Ptd2wBgsI49JWF5YyrBLToPYp+kkYdHc0m0e5fyN+DOTNZoBzrIBO2Cz59P+sqnIjFwkb1muM8SEdRmAy0nOZtKq5OIZtQLUgKidYKIAAAAB+wEEUAAboBlwIAAA3Ad2Y+MA2LAgAAAAABWVo=',
  'base64',
);

const failure = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: Error) => error,
  );

describe('repositories', () => {
  test('say what is offered, with all that a lock needs', async () => {
    await using place = await workplace();
    publish(place.mirror, rpms);
    using offers = await place.open();
    expect(await offers.resolve(['tool'], { architecture: 'x86_64' })).toEqual([
      {
        ...{ name: 'lib', version: '1.0-1', architecture: 'noarch', archive: 'centos', size: 500 },
        ...{ path: '9/os/Packages/lib-1.0-1.noarch.rpm', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      {
        ...{ name: 'tool', version: '2:1.0-1', architecture: 'x86_64', archive: 'centos', size: 500 },
        ...{ path: '9/os/Packages/tool-1.0-1.x86_64.rpm', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ]);
    expect(offers.warnings).toEqual([]);
    expect(offers.asked.at(-1)).toMatch(new RegExp(`^${place.mirror.url}/.*9/os/repodata/repomd\\.xml$`));
    expect(offers.references).toEqual([
      {
        ...{ archive: 'centos', suite: '9/os', component: 'primary', date: '2026-01-03T10:00:00Z' },
        sha256: sha256(gzipped('primary.xml', primaryOf(rpms)).content),
      },
    ]);
  });

  test('are found again by digest: only the small files are asked for', async () => {
    await using place = await workplace();
    publish(place.mirror, rpms);
    (await place.open())[Symbol.dispose]();
    place.mirror.requests.length = 0;
    using offers = await place.open();
    expect((await offers.resolve(['tool'], { architecture: 'x86_64' })).length).toBe(2);
    expect(place.mirror.requests.map(({ path }) => path)).toEqual([repomd, `${repomd}.asc`]);
  });

  test('of several paths and archives are one, and the newest package comes from where it is', async () => {
    await using place = await workplace();
    publish(place.mirror, rpms);
    publish(place.mirror, [{ name: 'lib', evr: '1.1-1' }], { base: '/centos/9/updates' });
    publish(place.mirror, [{ name: 'lib', evr: '1.2-1' }], { base: '/vault/8/os' });
    const archives = [
      { ...place.archive, suites: ['9/os', '9/updates'] },
      { ...place.archive, name: 'vault', suites: ['8/os'], mirrors: [`${place.mirror.url}/vault`] },
    ];
    using offers = await place.open(archives);
    const [lib] = await offers.resolve(['lib'], { architecture: 'x86_64' });
    expect(lib).toMatchObject({ version: '1.2-1', archive: 'vault', path: '8/os/Packages/lib-1.2-1.x86_64.rpm' });
    const [older] = await offers.resolve(['lib-1.1'], { architecture: 'x86_64' });
    expect(older).toMatchObject({ archive: 'centos', path: '9/updates/Packages/lib-1.1-1.x86_64.rpm' });
    expect(offers.references.map(({ archive, suite }) => `${archive} ${suite}`).sort()).toEqual([
      'centos 9/os',
      'centos 9/updates',
      'vault 8/os',
    ]);
  });

  test.each<[string, (text: string) => Metadata]>([
    ['gzip', (text) => gzipped('primary.xml', text)],
    [
      'zstd',
      (text) => ({ name: 'primary.xml.zst', content: zstdCompressSync(text), openSize: Buffer.byteLength(text) }),
    ],
    ['xz', () => ({ name: 'primary.xml.xz', content: xz, openSize: 279 })],
    ['nothing', (text) => ({ name: 'primary.xml', content: Buffer.from(text), openSize: Buffer.byteLength(text) })],
  ])('compressed by %s', async (_, compress) => {
    await using place = await workplace();
    const text = primaryOf([{ name: 'beta', evr: '2.0-1', architecture: 'noarch' }]);
    publish(place.mirror, [], { metadata: { primary: compress(text) } });
    using offers = await place.open();
    expect(await offers.resolve(['beta'], { architecture: 'x86_64' })).toMatchObject([{ version: '2.0-1' }]);
  });

  test('know whether a package is still there', async () => {
    await using place = await workplace();
    publish(place.mirror, rpms);
    using offers = await place.open();
    const [pin] = await offers.resolve(['lib'], { architecture: 'x86_64' });
    if (!pin) return expect.fail();
    expect(await offers.has(pin)).toBe(true);
    expect(await offers.has({ ...pin, sha256: sha256(bytes(1, 'other')) })).toBe(false);
    expect(await offers.has({ ...pin, name: 'tool' })).toBe(false);
  });
});

describe('an index that is refused', () => {
  const edit = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
  test.each<[string, (text: string) => string, RegExp]>([
    ['a login page', () => '<html>Welcome to the hotel</html>', /outermost element is <html>/],
    ['nothing at all', () => '', /not well-formed XML/],
    ['a document type', edit('<repomd', '<!DOCTYPE repomd [<!ENTITY a "b">]><repomd'), /a document type is not taken/],
    ['without primary metadata', edit('type="primary"', 'type="other"'), /lists no primary metadata/],
    [
      'with an old checksum',
      edit(/"sha256">[0-9a-f]*/, '"sha">da39a3ee'),
      /entry for primary .* type "sha", and only sha256/,
    ],
    ['with half a checksum', edit(/"sha256">[0-9a-f]*/, '"sha256">da39a3ee'), /no SHA-256 of 64 hexadecimal digits/],
    ['climbing out', edit('repodata/primary', '../../../other/primary'), /location ".*", which leaves the repository/],
    ['climbing out in code', edit('repodata/primary', '%2e%2E/%2e%2e/primary'), /which leaves the repository/],
    ['absolute', edit('repodata/primary', '/repodata/primary'), /which is not below the repository/],
    ['at another host', edit('repodata/primary', 'http://evil.example/primary'), /which is not below the repository/],
    [
      'based on another host',
      edit('<location ', '<location xml:base="http://evil.example/" '),
      /at another place \(xml:base http/,
    ],
    ['with a query', edit('primary.xml.gz', 'primary.xml.gz?x=y'), /characters that no package file has/],
    ['without sizes', edit(/<size>\d+/, '<size>'), /does not say its size/],
    [
      'with a bomb',
      edit(/<open-size>\d+/, '<open-size>99999999999'),
      /would be 99999999999 bytes, of \d+ compressed ones/,
    ],
  ])('%s', async (_, change, message) => {
    await using place = await workplace();
    publish(place.mirror, rpms);
    const text = place.mirror.files.get(repomd)?.toString() ?? '';
    place.mirror.files.set(repomd, Buffer.from(change(text)));
    const error = await failure(place.open());
    expect(error).toBeInstanceOf(NotDeliveredError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`${place.mirror.url}${repomd} `);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test('gives way to an honest mirror, with a warning', async () => {
    await using place = await workplace();
    await using honest = await MirrorServer.start();
    place.mirror.files.set(repomd, Buffer.from('<html>moved</html>'));
    publish(honest, rpms);
    using offers = await place.open([
      { ...place.archive, mirrors: [`${place.mirror.url}/centos`, `${honest.url}/centos`] },
    ]);
    expect(offers.warnings.map(({ kind }) => kind)).toEqual(['rejected-index']);
    expect(offers.warnings[0]?.message).toContain(`${place.mirror.url}${repomd} is no repomd.xml`);
  });

  test('all mirrors out of reach: every address is named, of the first repository', async () => {
    await using place = await workplace();
    const mirrors = [`${place.mirror.url}/centos`, 'http://127.0.0.1:1/centos'];
    const error = await failure(place.open([{ ...place.archive, mirrors, suites: ['9/os', '9/updates'] }]));
    expect(error).toBeInstanceOf(NotDeliveredError);
    expect(error.message).toContain('no mirror serves the index of 9/os; tried:');
    expect(error.message).toContain(`${place.mirror.url}${repomd} answers 404`);
    expect(error.message).toContain('http://127.0.0.1:1/centos/9/os/repodata/repomd.xml cannot be reached');
  });
});

describe('metadata that is refused', () => {
  const primary = (text: string, openSize = Buffer.byteLength(text)) => ({
    primary: { ...gzipped('primary.xml', text), openSize },
  });
  const one = (more: Partial<Rpm>) => primary(primaryOf([{ name: 'tool', ...more }]));
  const sound = primaryOf(rpms);

  test.each<[string, Record<string, Metadata>, RegExp]>([
    ['cut short inside', primary(sound.slice(0, -20)), /not well-formed XML/],
    ['of another kind', primary('<filelists/>'), /is no primary.xml: its outermost element is <filelists>/],
    ['longer than the index says', primary(sound, 100), /holds more than the 100 bytes that the index says/],
    [
      'damaged gzip',
      {
        primary: {
          name: 'p.gz',
          content: Buffer.concat([gzipped('', sound).content.subarray(0, 60), bytes(99, 'x')]),
          openSize: 9999,
        },
      },
      /cannot be used: /,
    ],
    [
      'a checksum of MD5',
      one({ checksum: '<checksum type="md5" pkgid="YES">d41d8cd98f00b204e9800998ecf8427e</checksum>' }),
      /has tool-1.0-1.x86_64 with a checksum of type "md5", and only sha256 is trusted/,
    ],
    [
      'a checksum of SHA-1',
      one({ checksum: '<checksum type="sha" pkgid="YES">da39a3ee5e6b4b0d3255bfef95601890afd80709</checksum>' }),
      /type "sha", and only sha256/,
    ],
    ['no checksum', one({ checksum: '' }), /type "", and only sha256/],
    [
      'a place above',
      one({ location: '<location href="Packages/../../../etc/passwd"/>' }),
      /has tool-1.0-1.x86_64 at "Packages\/\.\.\/.*", which leaves the repository/,
    ],
    ['an absolute place', one({ location: '<location href="/etc/passwd"/>' }), /which is not below the repository/],
    [
      'another host',
      one({ location: '<location href="https://evil.example/x.rpm"/>' }),
      /which is not below the repository/,
    ],
    [
      'a base at another host',
      one({ location: '<location xml:base="https://evil.example/" href="x.rpm"/>' }),
      /which is at another place \(xml:base "https/,
    ],
    ['no place', one({ location: '' }), /which is empty/],
    ['an impossible name', one({ name: '../../evil' }), /a package of the impossible name "..\/..\/evil"/],
    ['an impossible version', one({ evr: '1 0-1' }), /an impossible version/],
    ['line breaks in what it requires', one({ requires: ['a&#10;b'.replace('&', '\u0001')] }), /cannot be used/],
  ])('%s', async (_, metadata, message) => {
    await using place = await workplace();
    publish(place.mirror, [], { metadata });
    const error = await failure(place.open());
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^9\/os\/repodata\/\S+: the primary metadata of 9\/os cannot be used: /);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test('a name with a line break in it', async () => {
    await using place = await workplace();
    const text = sound.replace('<rpm:entry name="lib"', '<rpm:entry name="lib&#10;evil"');
    expect(text).not.toBe(sound);
    publish(place.mirror, [], { metadata: primary(text) });
    expect((await failure(place.open())).message).toContain('whose dependencies have line breaks');
  });

  test.each([
    ['wrong digest', (content: Buffer) => send(bytes(content.length, 'forged')), /has SHA-256/],
    ['truncated', (content: Buffer) => send(content.subarray(0, -1)), /has \d+ bytes, not \d+/],
    ['missing', () => status(404), /answers 404/],
  ])('%s on the way: before anything is read of it', async (_, handler, message) => {
    await using place = await workplace();
    publish(place.mirror, rpms);
    const path = `${base}/repodata/primary.xml.gz`;
    const content = place.mirror.files.get(path) ?? Buffer.alloc(0);
    place.mirror.answer(path, ...Array.from({ length: 9 }, () => handler(content)));
    expect((await failure(place.open())).message).toMatch(message);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });
});

const FINGERPRINT = '6341AB2753D78A78A7C27BB124C6A8A7F4A80EB5';
const KEY_ID = '24C6A8A7F4A80EB5';
const good = `[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG ${KEY_ID} x\n[GNUPG:] VALIDSIG ${FINGERPRINT} 2015-12-09 1449655309 0 3 0 1 8 00 ${FINGERPRINT}\n`;
const expired = good
  .replace('GOODSIG', 'EXPKEYSIG')
  .replace('[GNUPG:] EXP', '[GNUPG:] KEYEXPIRED 1500000000\n[GNUPG:] EXP');
const bad = `[GNUPG:] NEWSIG\n[GNUPG:] BADSIG ${KEY_ID} x\n`;
const unknown = `[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${KEY_ID} 1 8 00 1449655309 9 -\n`;
/** A gpgv that says this of every signature. */
const saying =
  (stdout: string): RunGpgv =>
  async () => ({ code: 0, killedBy: null, timedOut: false, stdout, stderr: '' });

/** An old-style packet with tag 2, which is what is told from anything else; what is in it is gpgv's business. */
const packet = Buffer.concat([Buffer.from([0x88, 20]), bytes(20, 'signature')]);
const { publicKey } = await generateKey({ userIDs: [{ name: 'Packager' }], type: 'ecc' });

async function signedPlace(said: string) {
  const place = await workplace({ gpgv: saying(said) });
  const key = join(place.directory, 'key.asc');
  await writeFile(key, publicKey);
  place.archive.keys.push(key);
  return place;
}

describe('the signature of an index', () => {
  const signature = Buffer.from(armor(enums.armor.signature, packet));

  test.each([
    ['good', good, FINGERPRINT],
    ['by a key that is not known', unknown, undefined],
  ])('%s', async (_, said, signedBy) => {
    await using place = await signedPlace(said);
    publish(place.mirror, rpms);
    place.mirror.files.set(`${repomd}.asc`, signature);
    using offers = await place.open();
    expect(offers.references[0]?.signedBy).toBe(signedBy);
    expect(offers.warnings).toEqual([]);
  });

  test('by a key that has expired since is one to hear of', async () => {
    await using place = await signedPlace(expired);
    publish(place.mirror, rpms);
    place.mirror.files.set(`${repomd}.asc`, signature);
    using offers = await place.open();
    expect(offers.warnings).toEqual([
      {
        kind: 'expired-key',
        message: `some repositories are signed by key ${KEY_ID}, which has expired since, on 2017-07-14T02:40:00Z`,
      },
    ]);
  });

  test('bad: refused, and another mirror is asked', async () => {
    await using place = await signedPlace(bad);
    await using honest = await MirrorServer.start();
    publish(place.mirror, rpms);
    publish(honest, rpms);
    place.mirror.files.set(`${repomd}.asc`, signature);
    const error = await failure(place.open());
    expect(error).toBeInstanceOf(SignatureError);
    expect(error.message).toContain(`${place.mirror.url}${repomd} the signature is not of these bytes`);
    expect(error.message).toContain('key.asc');
    const mirrors = [`${place.mirror.url}/centos`, `${honest.url}/centos`];
    using offers = await place.open([{ ...place.archive, mirrors }]);
    expect(offers.references[0]?.signedBy).toBeUndefined();
    expect(offers.warnings.map(({ kind }) => kind)).toEqual(['rejected-index']);
  });

  test('a page that says that there is none is none', async () => {
    await using place = await signedPlace(bad);
    publish(place.mirror, rpms);
    place.mirror.files.set(`${repomd}.asc`, Buffer.from('<html>not found</html>'));
    using offers = await place.open();
    expect(offers.references[0]?.signedBy).toBeUndefined();
  });
});

describe('the signature of a package', () => {
  /** A package whose header says this, on a mirror and in its index as `tool-1.0-1.x86_64`. */
  async function fetched(said: string, tags: Tag[] = [], signed = true) {
    const place = await signedPlace(said);
    const own: Tag[] = [
      [1000, 'string', 'tool'],
      [1001, 'string', '1.0'],
      [1002, 'string', '1'],
      [1022, 'string', 'x86_64'],
    ];
    const content = packed({
      without: tags.some(([tag]) => tag === 1003) ? [] : [1003],
      tags: [...own.filter(([tag]) => !tags.some(([other]) => other === tag)), ...tags],
      ...(signed ? { signature: [[1002, 'binary', packet]] } : { signature: [] }),
    });
    const checksum = `<checksum type="sha256" pkgid="YES">${sha256(content)}</checksum>`;
    const text = primaryOf([{ name: 'tool', checksum }]).replace('package="500"', `package="${content.length}"`);
    publish(place.mirror, [], { metadata: { primary: gzipped('primary.xml', text) } });
    place.mirror.files.set(`${base}/Packages/tool-1.0-1.x86_64.rpm`, content);
    const offers = await place.open();
    const { signal } = new AbortController();
    const pins = await offers.resolve(['tool'], { architecture: 'x86_64' });
    const packages = await place.store.fetch(pins, [place.archive], { signal });
    return {
      verify: () => offers.verify?.([...packages.values()], signal) ?? expect.fail(),
      async [Symbol.asyncDispose]() {
        offers[Symbol.dispose]();
        await place[Symbol.asyncDispose]();
      },
    };
  }

  test('good', async () => {
    await using place = await fetched(good);
    expect(await place.verify()).toEqual([]);
  });

  test('by a key that has expired since is one to hear of, once', async () => {
    await using place = await fetched(expired);
    expect(await place.verify()).toEqual([
      {
        kind: 'expired-key',
        message: `some packages are signed by key ${KEY_ID}, which has expired since, on 2017-07-14T02:40:00Z`,
      },
    ]);
  });

  test.each<[string, string, boolean, RegExp]>([
    ['bad', bad, true, /tool-1.0-1.x86_64: the signature is not of these bytes/],
    ['by a key that is not known', unknown, true, /which is not among the trusted ones/],
    ['missing', good, false, /tool-1.0-1.x86_64: it is not signed/],
  ])('%s', async (_, said, signed, message) => {
    await using place = await fetched(said, [], signed);
    const error = await failure(Promise.resolve(place.verify()));
    expect(error).toBeInstanceOf(SignatureError);
    expect(error.message).toMatch(message);
  });

  test.each<[string, Tag, string]>([
    ['name', [1000, 'string', 'other'], 'other-1.0-1.x86_64'],
    ['version', [1001, 'string', '0.9'], 'tool-0.9-1.x86_64'],
    ['release', [1002, 'string', '2'], 'tool-1.0-2.x86_64'],
    ['epoch', [1003, 'int32', [1]], 'tool-1:1.0-1.x86_64'],
    ['architecture', [1022, 'string', 'i686'], 'tool-1.0-1.i686'],
  ])('of another package, by its %s', async (_, tag, found) => {
    await using place = await fetched(good, [tag]);
    const error = await failure(Promise.resolve(place.verify()));
    expect(error).toBeInstanceOf(SignatureError);
    expect(error.message).toContain(`what the index calls tool-1.0-1.x86_64 is signed as ${found}`);
  });
});

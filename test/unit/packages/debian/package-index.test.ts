// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../../src/errors.ts';
import { parseDepends } from '../../../../src/packages/debian/depends.ts';
import { openIndex } from '../../../../src/packages/debian/package-index.ts';
import { readRelease, readTrustedKeys } from '../../../../src/packages/debian/release.ts';
import { NotDeliveredError, SignatureError } from '../../../../src/packages/errors.ts';
import { archiveAt, bytes, failure, filesBelow, impatient, quick, workplace } from '../fixtures.ts';
import { hang, MirrorServer, send, status } from '../mirror-server.ts';
import { clearSign, makeKey, packagesFile, publish, type Stanza, writeKey } from '../repository.ts';

const key = await makeKey();
const otherKey = await makeKey();
const inRelease = '/debian/dists/test/InRelease';
const stanzas: Stanza[] = [
  { name: 'alpha', version: '1:2.0-1', Depends: 'beta (>= 1.0), gamma | delta', 'Pre-Depends': 'libc6' },
  { name: 'alpha', version: '1:1.0-1' },
  { name: 'beta', Provides: 'virtual-beta (= 3), plain' },
  { name: 'alpha-tools' },
];

/** The same two packages as xz makes them, since nothing here can compress so. */
const xz = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AFIAIFdACgYSGbb2jCF/hbe5tiRvh4MFHOaRc+pu9I/4g0i9W3C0e8AxHX6iVi/nJN04J1V6MISc7htoN4OclRjYqlPRj1li5FlmSotaWJKqqZGyvx+NHs5bDUeqmN33zhQBWIQiGk/vrTeK3HqLsY7pZjV7Lkq2uaQidpnEYJp16C9pNEl1wAAAACJEmu+b80wFAABnQHJAgAAEo0MV7HEZ/sCAAAAAARZWg==',
  'base64',
);

async function serving(limits = quick) {
  const place = await workplace();
  const store = place.openStore({ limits });
  const keys = [await writeKey(join(place.directory, 'archive.asc'), key)];
  const archive = archiveAt([`${place.mirror.url}/debian`], { keys });
  const { signal } = new AbortController();
  return { ...place, store, archive, open: (archives = [archive]) => openIndex(archives, store, signal) };
}

describe('a signed index', () => {
  test('says what is offered, with all that a lock needs', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    using index = await place.open();
    expect(index.packages('alpha').map(({ version }) => version)).toEqual(['1:2.0-1', '1:1.0-1']);
    expect(index.packages('alpha')[0]).toMatchObject({
      ...{ name: 'alpha', architecture: 'amd64', archive: 'debian', path: 'pool/alpha_1%3a2.0-1_amd64.deb', size: 500 },
      ...{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), depends: 'beta (>= 1.0), gamma | delta, libc6' },
    });
    expect(index.providers('virtual-beta')).toEqual([{ provider: 'beta', providerVersion: '1.0', version: '3' }]);
    expect(index.providers('plain')).toEqual([{ provider: 'beta', providerVersion: '1.0', version: '' }]);
    expect([index.packages('plain'), index.packages('alph'), index.providers('beta')]).toEqual([[], [], []]);
    expect(index.names('alpha')).toEqual(['alpha', 'alpha-tools']);
    expect(index.warnings).toEqual([]);
    expect(index.asked.at(-1)).toBe(`${place.mirror.url}/debian/dists/test/InRelease`);
    expect(index.references).toEqual([
      {
        ...{ archive: 'debian', suite: 'test', component: 'main', date: '2026-01-03T10:00:00Z' },
        ...{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), signedBy: expect.stringMatching(/^[0-9A-F]{40,64}$/) },
      },
    ]);
  });

  test('may have folded fields, as apt-ftparchive writes them', async () => {
    await using place = await serving();
    const folded: Stanza[] = [
      {
        ...{
          name: 'alpha',
          Depends: 'beta (>= 1.0),\n gamma,\n\tdelta',
          Description: 'about\n Depends: nothing\n Provides: no',
        },
        Provides: '\n one (= 1),\n two (= 2)',
      },
      { name: 'beta', version: '1.0', Provides: 'three' },
    ];
    await publish(place.mirror, folded, { key });
    using index = await place.open();
    const depends = parseDepends(index.packages('alpha')[0]?.depends ?? '', 'amd64');
    expect(depends.flat().map(({ name }) => name)).toEqual(['beta', 'gamma', 'delta']);
    expect(index.providers('two')).toEqual([{ provider: 'alpha', providerVersion: '1.0', version: '2' }]);
    expect(index.providers('three')).toEqual([{ provider: 'beta', providerVersion: '1.0', version: '' }]);
    expect(index.providers('no')).toEqual([]);
  });

  test('may be compressed by xz', async () => {
    await using place = await serving();
    await publish(place.mirror, [], { key, index: { name: 'Packages.xz', content: xz } });
    using index = await place.open();
    expect(index.packages('beta')[0]).toMatchObject({ version: '2.0', architecture: 'all', depends: 'alpha (>= 1.0)' });
  });

  test('is found again by its digest: only the small file is asked for', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    (await place.open())[Symbol.dispose]();
    place.mirror.requests.length = 0;
    using index = await place.open();
    expect(index.packages('beta').length).toBe(1);
    expect(place.mirror.requests.map(({ path }) => path)).toEqual([inRelease]);
  });

  test('finds each of many names, whatever is around them', async () => {
    await using place = await serving();
    const names = Array.from({ length: 3000 }, (_, i) => `p${(i * 7919) % 100_003}${'+'.repeat(i % 3)}`);
    await publish(
      place.mirror,
      names.map((name) => ({ name, Provides: `v-${name}`, Depends: 'x'.repeat(name.length * 40) })),
      { key, withoutPool: true },
    );
    using index = await place.open();
    for (const name of names) {
      expect(index.packages(name).map((found) => found.name)).toEqual([name]);
      expect(index.providers(`v-${name}`).map((found) => found.provider)).toEqual([name]);
    }
    expect(index.packages('a')).toEqual([]);
    expect(index.packages('zz')).toEqual([]);
    expect(index.names('p').length).toBe(new Set(names).size);
  });

  test('may be empty', async () => {
    await using place = await serving();
    await publish(place.mirror, [], { key });
    using index = await place.open();
    expect(index.names('')).toEqual([]);
  });

  test('comes by name when the mirror has no by-hash files', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    for (const path of place.mirror.files.keys()) if (path.includes('by-hash')) place.mirror.files.delete(path);
    using index = await place.open();
    expect(index.packages('beta').length).toBe(1);
  });

  test('of several suites is one', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    await publish(place.mirror, [{ name: 'beta', version: '2.0' }], { key, suite: 'test-updates' });
    using index = await place.open([{ ...place.archive, suites: ['test', 'test-updates'] }]);
    expect(index.packages('beta').map(({ version }) => version)).toEqual(['1.0', '2.0']);
    expect(index.references.map(({ suite }) => suite)).toEqual(['test', 'test-updates']);
  });

  test('past its Valid-Until is accepted, loudly', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key, release: { 'Valid-Until': 'Sat, 10 Jan 2026 10:00:00 UTC' } });
    using index = await place.open();
    expect(index.references[0]?.expired).toBe('2026-01-10T10:00:00Z');
    expect(index.warnings).toEqual([
      {
        kind: 'expired-index',
        message: 'the index of test was valid until 2026-01-10T10:00:00Z; its packages get no updates',
      },
    ]);
  });
});

describe('an index that is refused', () => {
  test('signed by a key that is not trusted', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key: otherKey });
    const error = await failure(place.open());
    expect(error).toBeInstanceOf(SignatureError);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain(
      `${place.mirror.url}${inRelease} the signature is not valid (Could not find signing key`,
    );
    expect(error.message).toContain('archive.asc');
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test('changed after it was signed', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    const signed = place.mirror.files.get(inRelease)?.toString() ?? '';
    const forged = signed.replace('Origin: Test', 'Origin: Evil');
    expect(forged).not.toBe(signed);
    place.mirror.files.set(inRelease, Buffer.from(forged));
    expect((await failure(place.open())).message).toMatch(/the signature is not valid \(.*digest/i);
  });

  test.each([
    ['before', (signed: string) => `Suite: evil\nCodename: evil\n${signed}`],
    ['behind', (signed: string) => `${signed}\nSuite: evil\nCodename: evil\n`],
    ['above its header', (signed: string) => signed.replace('\n\n', '\nSuite: evil\n\n')],
  ])('lines %s the signed part count for nothing', async (_, forge) => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    const signed = place.mirror.files.get(inRelease)?.toString() ?? '';
    const keys = await readTrustedKeys(place.archive.keys);
    const release = await readRelease(forge(signed), keys, 'here').catch((error: Error) => error);
    if (release instanceof Error) expect(release).toBeInstanceOf(SignatureError);
    else expect(release).toMatchObject({ suite: 'oldstable', codename: 'test' });
  });

  test.each([
    ['not signed at all', Buffer.from('Suite: test\nCodename: test\n')],
    ['empty', Buffer.alloc(0)],
    ['a login page', Buffer.from('<html>Welcome to the hotel</html>')],
  ])('%s', async (_, content) => {
    await using place = await serving();
    place.mirror.files.set(inRelease, content);
    expect(await failure(place.open())).toBeInstanceOf(SignatureError);
  });

  test('of another suite, though well signed', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key, suite: 'other' });
    const other = place.mirror.files.get('/debian/dists/other/InRelease');
    place.mirror.files.set(inRelease, other ?? Buffer.alloc(0));
    const error = await failure(place.open());
    expect(error).toBeInstanceOf(NotDeliveredError);
    expect(error.message).toContain('is of other, not test');
  });

  test.each([
    ['wrong digest', (content: Buffer) => send(bytes(content.length, 'forged')), /has SHA-256/],
    ['truncated', (content: Buffer) => send(content.subarray(0, -1)), /has \d+ bytes, not \d+/],
    ['missing', () => status(404), /answers 404/],
  ])('whose package list is: %s', async (_, handler, message) => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    const content = gzipSync(packagesFile(stanzas));
    for (const path of place.mirror.files.keys()) {
      if (/binary-amd64/.test(path)) place.mirror.answer(path, ...Array.from({ length: 9 }, () => handler(content)));
    }
    expect((await failure(place.open())).message).toMatch(message);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test('without a package list for the architecture', async () => {
    await using place = await serving();
    await publish(place.mirror, stanzas, { key });
    const error = await failure(place.open([{ ...place.archive, architecture: 'riscv64' }]));
    expect(error.message).toContain('lists no main/binary-riscv64/Packages.xz');
  });
});

test('a mirror with a forged index gives way to an honest one, with a warning', async () => {
  await using place = await serving();
  await using honest = await MirrorServer.start();
  await publish(place.mirror, [{ name: 'evil' }], { key: otherKey });
  await publish(honest, stanzas, { key });
  using index = await place.open([
    { ...place.archive, mirrors: [`${place.mirror.url}/debian`, `${honest.url}/debian`] },
  ]);
  expect(index.packages('evil')).toEqual([]);
  expect(index.packages('beta').length).toBe(1);
  expect(index.warnings.map(({ kind }) => kind)).toEqual(['rejected-index']);
  expect(index.warnings[0]?.message).toContain(`${place.mirror.url}${inRelease} the signature is not valid`);
});

test('one good signature among several is enough', async () => {
  await using place = await serving();
  await publish(place.mirror, stanzas, { key });
  const keys = [await writeKey(join(place.directory, 'other.asc'), otherKey), ...place.archive.keys];
  using index = await place.open([{ ...place.archive, keys }]);
  expect(index.packages('beta').length).toBe(1);
});

test('a mirror that fails for a moment is asked again', async () => {
  await using place = await serving(impatient);
  await publish(place.mirror, stanzas, { key });
  place.mirror.answer(inRelease, status(502), hang);
  using index = await place.open();
  expect(index.packages('beta').length).toBe(1);
});

test('all mirrors out of reach: every address is named', async () => {
  await using place = await serving();
  const mirrors = [`${place.mirror.url}/debian`, 'http://127.0.0.1:1/debian'];
  const error = await failure(place.open([{ ...place.archive, mirrors }]));
  expect(error).toBeInstanceOf(NotDeliveredError);
  expect(error.message).toContain(`${place.mirror.url}${inRelease} answers 404`);
  expect(error.message).toContain('http://127.0.0.1:1/debian/dists/test/InRelease cannot be reached');
});

test('a file that is no key is an input error that names it', async () => {
  await using place = await serving();
  const path = join(place.directory, 'broken.asc');
  await writeKey(path, { ...key, publicKey: await clearSign('no key', key) });
  const error = await failure(place.open([{ ...place.archive, keys: [path] }]));
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain(path);
});

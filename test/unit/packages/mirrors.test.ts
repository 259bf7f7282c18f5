// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NotDeliveredError, PackageGoneError } from '../../../src/packages/errors.ts';
import { Mirrors } from '../../../src/packages/mirrors.ts';
import { Store } from '../../../src/packages/store.ts';
import { Transport } from '../../../src/packages/transport.ts';
import { archiveAt, bytes, pinOf, quick, scratch } from './fixtures.ts';
import { MirrorServer, status } from './mirror-server.ts';

const snapshot = { snapshot: 'http://snapshot.example/archive/debian' };

function candidates(given: string[], apt: string[], archive = archiveAt(['http://public.example/debian'], snapshot)) {
  const sources = apt.map((url) => ({ url, suites: ['bookworm'] }));
  const mirrors = new Mirrors(new Transport(quick), given, { sources, repositories: [] });
  return mirrors.candidates(archive, '20260101T000000Z').map(({ url, likely }) => `${likely ? '' : '? '}${url}`);
}

test('the order: given, apt, public, snapshot', () => {
  expect(candidates(['http://given.example/debian/'], ['http://apt.example/debian'])).toEqual([
    'http://given.example/debian',
    'http://apt.example/debian',
    'http://public.example/debian',
    'http://snapshot.example/archive/debian/20260101T000000Z',
  ]);
});

test('an address that names another archive, or none, is a guess', () => {
  expect(candidates([], ['http://apt.example/debian-security', 'http://apt.example/debian'])).toEqual([
    'http://apt.example/debian',
    '? http://apt.example/debian-security',
    'http://public.example/debian',
    'http://snapshot.example/archive/debian/20260101T000000Z',
  ]);
  expect(candidates(['http://given.example'], []).slice(0, 2)).toEqual([
    '? http://given.example/debian',
    '? http://given.example',
  ]);
});

test('one that did badly is asked last, though it keeps its place in what is configured', () => {
  const archive = archiveAt(['http://first.example/debian', 'http://second.example/debian']);
  const mirrors = new Mirrors(new Transport(quick), [], { sources: [], repositories: [] });
  const urls = (list: { url: string }[]) => list.map(({ url }) => new URL(url).hostname);
  const [first] = mirrors.candidates(archive);
  if (first) mirrors.note(first, 'bad');
  expect(urls(mirrors.candidates(archive))).toEqual(['second.example', 'first.example']);
  expect(urls(mirrors.configured(archive))).toEqual(['first.example', 'second.example']);
});

test('the snapshot archive is left out without a timestamp', () => {
  const mirrors = new Mirrors(new Transport(quick), [], { sources: [], repositories: [] });
  expect(mirrors.candidates(archiveAt([], snapshot))).toEqual([]);
});

const content = bytes(100, 'package');
const pin = pinOf('tool', content);
const release = Buffer.from('-----BEGIN PGP SIGNED MESSAGE-----\n');
const signal = new AbortController().signal;

async function fetchWith(urls: string[], publicMirrors: string[] = []) {
  await using directory = await scratch();
  const apt = join(directory.path, 'apt', 'sources.list.d');
  await mkdir(apt, { recursive: true });
  await writeFile(join(apt, 'debian.sources'), `Types: deb\nURIs: ${urls.join(' ')}\nSuites: bookworm\n`);
  const store = new Store(join(directory.path, 'cache'), { limits: quick, apt: join(directory.path, 'apt') });
  try {
    return (await store.fetch([pin], [archiveAt(publicMirrors)], { signal })).get(pin.sha256)?.url;
  } finally {
    await store.close();
  }
}

test('a mirror of the host is used when it serves the archive beside the one that is configured', async () => {
  await using mirror = await MirrorServer.start();
  mirror.files.set('/debian/dists/test/InRelease', release);
  mirror.files.set(`/debian/${pin.path}`, content);
  expect(await fetchWith([`${mirror.url}/debian-security`])).toBe(`${mirror.url}/debian/${pin.path}`);
});

test('a mirror under a name of its own is found by its index', async () => {
  await using mirror = await MirrorServer.start();
  mirror.files.set('/artifacts/os-proxy/dists/test/InRelease', release);
  mirror.files.set(`/artifacts/os-proxy/${pin.path}`, content);
  expect(await fetchWith([`${mirror.url}/artifacts/os-proxy`])).toBe(`${mirror.url}/artifacts/os-proxy/${pin.path}`);
});

test('a repository that is no mirror of the archive is asked for its index only', async () => {
  await using other = await MirrorServer.start();
  await using mirror = await MirrorServer.start();
  other.files.set('/node_20.x/dists/test/InRelease', Buffer.from('<html>welcome</html>'));
  mirror.files.set(`/debian/${pin.path}`, content);
  const url = await fetchWith([`${other.url}/node_20.x`], [`${mirror.url}/debian`]);
  expect(url).toBe(`${mirror.url}/debian/${pin.path}`);
  expect(other.requests.map(({ path }) => path)).toEqual([
    '/debian/dists/test/InRelease',
    '/node_20.x/dists/test/InRelease',
  ]);
});

test('what is no mirror of the archive says nothing about whether a package is gone', async () => {
  await using portal = await MirrorServer.start();
  portal.answer('*', (_, response) => void response.end('<html>log in</html>'));
  const error = await fetchWith([`${portal.url}/ubuntu`]).catch((error: Error) => error);
  expect(error).toBeInstanceOf(NotDeliveredError);
  expect(error).not.toBeInstanceOf(PackageGoneError);
  expect((error as Error).message).toContain('is no mirror of debian');
});

test('many packages ask an unlikely mirror for its index once', async () => {
  await using other = await MirrorServer.start();
  await using mirror = await MirrorServer.start();
  other.answer('*', status(404));
  const contents = Array.from({ length: 20 }, (_, index) => bytes(50, `package ${index}`));
  const pins = contents.map((one, index) => pinOf(`package${index}`, one));
  for (const [index, { path }] of pins.entries()) mirror.files.set(`/debian/${path}`, contents[index] ?? content);
  await using directory = await scratch();
  const store = new Store(directory.path, { limits: quick, mirrors: [`${other.url}/mirror`] });
  await store.fetch(pins, [archiveAt([`${mirror.url}/debian`])], { signal });
  await store.close();
  expect(other.requests.map(({ path }) => path).sort()).toEqual([
    '/debian/dists/test/InRelease',
    '/mirror/dists/test/InRelease',
  ]);
});

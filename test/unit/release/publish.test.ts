// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { digestsOf } from '../../../src/release/collect.ts';
import { GitHub } from '../../../src/release/github/client.ts';
import { type PublishOptions, publish, uploadAddress } from '../../../src/release/github/publish.ts';
import { FakeReleases, type FakeRequest } from '../../github/releases.ts';

let fake: FakeReleases;
let scratch: TemporaryDirectory;
let notes: string[];
let files: PublishOptions['files'];

beforeEach(async () => {
  fake = await FakeReleases.start();
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-publish-');
  notes = [];
  await write({ 'a.ko': 'content of a', 'b.ko': 'content of b', SHA256SUMS: 'sums' });
});
afterEach(async () => {
  const { violations } = fake;
  await fake[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  expect(violations).toEqual([]);
});

async function write(contents: Record<string, string>): Promise<void> {
  files = [];
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(scratch.path, name), content);
    files.push({ name, sha256: digestsOf(Buffer.from(content)).sha256, size: content.length });
  }
}

type Options = Partial<PublishOptions> & { token?: string; url?: string };

async function run({
  token = fake.tokens.write,
  url = fake.url,
  signal = new AbortController().signal,
  ...options
}: Options = {}) {
  const note = (message: string) => void notes.push(message);
  const client = { api: url, token, userAgent: 'test', proxy: {}, backoffMs: 20, signal, note };
  await using github = new GitHub(client);
  return await publish({
    ...{ github, api: url, owner: 'o', repo: 'r', tag: 'v1.2.0', title: 'v1.2.0', notes: '# notes', draft: false },
    ...{ prerelease: false, directory: scratch.path, files, signal, note, commit: 'a'.repeat(40) },
    ...options,
  });
}

const routes = () => fake.requests.map(({ method, path }) => `${method} ${path.replace('/repos/o/r/releases', '')}`);
const writesOf = () => fake.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
const isUpload = ({ method, path }: FakeRequest) => method === 'POST' && path.endsWith('/assets');
const contents = () =>
  Object.fromEntries((fake.releases[0]?.assets ?? []).map(({ name, content }) => [name, content.toString()]));
const ALL = { 'a.ko': 'content of a', 'b.ko': 'content of b', SHA256SUMS: 'sums' };

describe('publishing', () => {
  test('makes a draft, uploads all, and then publishes', async () => {
    const drafts: boolean[] = [];
    fake.fault = (request) => {
      if (isUpload(request)) drafts.push(fake.releases[0]?.draft ?? false);
      return undefined;
    };
    const result = await run({ prerelease: true });
    expect(result).toEqual({
      ...{
        state: 'published',
        url: 'https://github.com/o/r/releases/tag/v1.2.0',
        immutable: false,
        uploaded: 3,
        kept: 0,
      },
    });
    expect(drafts).toEqual([true, true, true]);
    expect(writesOf()).toEqual(['POST', 'POST', 'POST', 'POST', 'PATCH']);
    expect(fake.releases).toHaveLength(1);
    expect(fake.releases[0]).toMatchObject({
      ...{ draft: false, prerelease: true, tag_name: 'v1.2.0', name: 'v1.2.0', body: '# notes' },
      target_commitish: 'a'.repeat(40),
    });
    expect(contents()).toEqual(ALL);
  });

  test('can end with the draft', async () => {
    expect(await run({ draft: true })).toMatchObject({ state: 'draft', uploaded: 3 });
    expect(fake.releases[0]).toMatchObject({ draft: true });
    expect(await run()).toMatchObject({ state: 'published', uploaded: 0, kept: 3 });
    expect(fake.releases).toHaveLength(1);
  });

  test('of what is published already does nothing', async () => {
    await run();
    fake.requests.length = 0;
    expect(await run()).toMatchObject({ state: 'unchanged', uploaded: 0, kept: 3 });
    expect(writesOf()).toEqual([]);
  });

  test('finds a release of the tag beyond what is listed, and reads the list page by page', async () => {
    for (let index = 0; index < 230; index++) fake.add({ tag_name: `v0.0.${index}` });
    fake.releases.push(fake.add({ tag_name: 'v1.2.0', draft: true }));
    fake.releases.shift();
    expect(await run()).toMatchObject({ state: 'published' });
    expect(fake.releases).toHaveLength(231);
    const pages = fake.requests.filter(({ path }) => path.endsWith('/releases')).map(({ query }) => query.get('page'));
    expect(pages).toEqual(['1', '2', '3']);
  });

  test('of more files than a page holds', async () => {
    await write(Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`${index}.ko`, `content ${index}`])));
    expect(await run()).toMatchObject({ uploaded: 130 });
    expect(await run()).toMatchObject({ state: 'unchanged', kept: 130 });
  });
});

describe('a release of that tag that is another one', () => {
  test('is left as it is, and told', async () => {
    await run();
    await write({ ...ALL, 'a.ko': 'content of A', 'c.ko': 'new' });
    fake.requests.length = 0;
    const error = await run().catch((error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /v1\.2\.0: there is another release of v1\.2\.0: a\.ko differs, c\.ko is missing\n.*remove that release/,
    );
    expect(writesOf()).toEqual([]);
    expect(contents()).toEqual(ALL);
  });

  test('and cannot be changed at all when it is immutable', async () => {
    fake.immutable = true;
    expect(await run()).toMatchObject({ state: 'published', immutable: true });
    expect(await run()).toMatchObject({ state: 'unchanged', immutable: true });
    await write({ ...ALL, 'a.ko': 'other' });
    await expect(run()).rejects.toThrow(
      /a\.ko differs\n.*immutable: neither it nor its tag can be used again.*new tag/,
    );
  });
});

describe('a draft that an earlier run has left', () => {
  test('is taken up: what is whole is kept, what is broken or other is replaced', async () => {
    const assets = [
      fake.asset('a.ko', 'content of a'),
      fake.asset('b.ko', 'content of b', 'open'),
      // As long as the right one.
      fake.asset('SHA256SUMS', 'smus'),
    ];
    fake.add({ tag_name: 'v1.2.0', draft: true, assets });
    expect(await run()).toMatchObject({ state: 'published', uploaded: 2, kept: 1 });
    expect(contents()).toEqual(ALL);
    expect(fake.releases).toHaveLength(1);
    expect(notes).toContainEqual(expect.stringMatching(/^taking up the draft at https/));
  });

  test('is not touched when it has files of somebody else', async () => {
    fake.add({ tag_name: 'v1.2.0', draft: true, assets: [fake.asset('notes.pdf', 'x')] });
    await expect(run()).rejects.toThrow(/files that are not of this release: notes\.pdf\n/);
    expect(writesOf()).toEqual([]);
  });

  test('is not chosen among several', async () => {
    fake.add({ tag_name: 'v1.2.0', draft: true });
    fake.add({ tag_name: 'v1.2.0', draft: true });
    await expect(run()).rejects.toThrow(/there are 2 drafts of v1\.2\.0\n/);
    expect(writesOf()).toEqual([]);
  });

  test.each([1, 2, 3])('is what an interruption in upload %i leaves, and the next run ends it', async (at) => {
    const interruption = new AbortController();
    let uploads = 0;
    fake.fault = (request) => {
      if (!isUpload(request) || ++uploads !== at) return undefined;
      setTimeout(() => interruption.abort(new Error('interrupted by SIGINT')), 20);
      return 'hang';
    };
    await expect(run({ signal: interruption.signal })).rejects.toThrow('interrupted by SIGINT');
    expect(fake.releases).toEqual([expect.objectContaining({ draft: true })]);
    expect(notes.at(-1)).toMatch(/^the draft is left at https.*run the same again/);
    fake.fault = () => undefined;
    expect(await run()).toMatchObject({ state: 'published', uploaded: 4 - at, kept: at - 1 });
    expect(contents()).toEqual(ALL);
  });
});

describe('when GitHub fails', () => {
  const once = (matches: (request: FakeRequest) => boolean, fault: ReturnType<FakeReleases['fault']>) => {
    let failed = false;
    fake.fault = (request) => {
      if (failed || !matches(request)) return undefined;
      failed = true;
      return fault;
    };
  };
  const isCreation = ({ method, path }: FakeRequest) => method === 'POST' && path.endsWith('/releases');
  const isPatch = ({ method }: FakeRequest) => method === 'PATCH';

  test.each([
    ['an upload that was not done', isUpload, { status: 502 }],
    ['an upload that was done', isUpload, { status: 502, done: true }],
    ['an upload without an answer', isUpload, 'cut'],
    ['a draft that was made', isCreation, { status: 502, done: true }],
    ['a draft that was not made', isCreation, { status: 503 }],
    ['a publication that was done', isPatch, { status: 500, done: true }],
    ['a publication that was not done', isPatch, 'cut'],
    ['a question', ({ method }: FakeRequest) => method === 'GET', { status: 500 }],
  ] as const)('%s is tried again, and there is one whole release', async (_, matches, fault) => {
    fake.immutable = true;
    once(matches, fault);
    expect(await run()).toMatchObject({ state: 'published', immutable: true });
    expect(fake.releases).toHaveLength(1);
    expect(contents()).toEqual(ALL);
    expect(notes).toContainEqual(expect.stringMatching(/GitHub fails \((5\d\d|no answer): .*again in 1 s/));
  });

  test('an upload that left an empty file is done again', async () => {
    let failed = false;
    fake.fault = (request) => {
      if (failed || !isUpload(request)) return undefined;
      failed = true;
      fake.releases[0]?.assets.push(fake.asset(request.query.get('name') ?? '', '', 'open'));
      return { status: 502 };
    };
    expect(await run()).toMatchObject({ state: 'published' });
    expect(contents()).toEqual(ALL);
  });

  test.each([403, 429])('it waits as long as GitHub asks, also with status %i', async (status) => {
    once(isUpload, { status, headers: { 'retry-after': '1' }, message: 'You have exceeded a secondary rate limit' });
    const started = performance.now();
    expect(await run()).toMatchObject({ state: 'published' });
    expect(performance.now() - started).toBeGreaterThan(950);
    expect(contents()).toEqual(ALL);
  });

  test('it waits until the limit is renewed', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 1);
    once(isUpload, { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } });
    expect(await run()).toMatchObject({ state: 'published' });
  });

  test('it gives up when that is too long', async () => {
    fake.fault = (request) => (isUpload(request) ? { status: 429, headers: { 'retry-after': '3600' } } : undefined);
    const error = await run().catch((error) => error);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toMatch(/asks us to wait 3600 s\n.*Run the same again later/);
    expect(fake.requests.filter(isUpload)).toHaveLength(1);
  });

  test('it gives up after some tries, and the next run goes on', async () => {
    fake.fault = (request) => (isUpload(request) && request.query.get('name') === 'b.ko' ? { status: 500 } : undefined);
    await expect(run()).rejects.toThrow(/uploading b\.ko: GitHub fails \(500: Server Error\)\n/);
    expect(fake.requests.filter((request) => isUpload(request) && request.query.get('name') === 'b.ko')).toHaveLength(
      5,
    );
    fake.fault = () => undefined;
    expect(await run()).toMatchObject({ uploaded: 2, kept: 1 });
  });

  test('nobody listening is an error of the environment', async () => {
    await using gone = await FakeReleases.start();
    const { url } = gone;
    await gone[Symbol.asyncDispose]().catch(() => {});
    const error = await run({ url }).catch((error) => error);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toMatch(/no answer/);
  });
});

describe('what GitHub refuses is told with its remedy, without the token', () => {
  test.each([
    ['a token that is none', 'ghs_secret_none', /refuses \(401: Bad credentials\)\n.*GITHUB_TOKEN/],
    [
      'a token that may only read',
      'ghs_read',
      /making a draft.*\(403: Resource not accessible by integration\)\n.*contents: write/,
    ],
  ])('%s', async (_, token, message) => {
    const error = await run({ token }).catch((error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
    expect(error.message + notes.join()).not.toContain(token);
  });

  test('a repository that is not there', async () => {
    fake.fault = () => ({ status: 404, message: 'Not Found' });
    await expect(run()).rejects.toThrow(
      /refuses \(404: Not Found\)\n.*no such repository, or the token does not see it/,
    );
  });

  test('a tag or a commit that it does not take, in its own words', async () => {
    fake.fault = ({ method }) =>
      method === 'POST' ? { status: 422, message: 'tag_name was used by an immutable release' } : undefined;
    await expect(run()).rejects.toThrow(/\(422: tag_name was used by an immutable release\)\n.*immutable/);
  });

  test('a file that has changed since', async () => {
    await writeFile(join(scratch.path, 'b.ko'), 'content of B');
    await expect(run()).rejects.toThrow(/b\.ko: has changed since it was made/);
    expect(fake.releases[0]).toMatchObject({ draft: true });
  });
});

test.each([
  ['https://uploads.github.com/repos/o/r/releases/1/assets{?name,label}', 'https://api.github.com', true],
  ['https://uploads.acme.ghe.com/repos/o/r/releases/1/assets{?name,label}', 'https://api.acme.ghe.com', true],
  ['https://git.acme.org/api/uploads/repos/o/r/releases/1/assets{?name}', 'https://git.acme.org/api/v3', true],
  ['http://uploads.github.com/repos/o/r/releases/1/assets', 'https://api.github.com', false],
  ['https://uploads.github.com.evil.org/x', 'https://api.github.com', false],
  ['https://uploads.github.com@evil.org/x', 'https://api.github.com', false],
  ['nothing', 'https://api.github.com', false],
])('files for %s go there or nowhere when the API is at %s: %s', (address, api, fits) => {
  const where = () => uploadAddress(address, api);
  if (fits) expect(where()).toBe(address.replace(/\{.*/, '{?name}'));
  else expect(where).toThrow(/not its own/);
});

test('a token goes neither to plain addresses nor to another host than that of the API', async () => {
  await expect(run({ url: 'http://example.org' })).rejects.toThrow(/a token goes to https addresses only/);
  await using other = await FakeReleases.start();
  fake.uploadHost = other.url;
  await expect(run()).rejects.toThrow(/an address for files that is not its own/);
  expect(other.requests).toEqual([]);
});

test('the fake notices what GitHub does not describe', async () => {
  await using strict = await FakeReleases.start();
  const headers = { authorization: `token ${strict.tokens.write}`, 'content-type': 'application/json' };
  await fetch(`${strict.url}/repos/o/r/releases`, { method: 'POST', headers, body: '{"draft":true}' });
  expect(strict.violations).toEqual([expect.stringMatching(/^request repos\/create-release: .*tag_name/)]);
  await fetch(`${strict.url}/repos/o/r/release`, { headers });
  strict.add({ tag_name: 'v1', assets: [{ ...strict.asset('a', 'b'), state: 'starter' as 'open' }] });
  await fetch(`${strict.url}/repos/o/r/releases`, { headers });
  expect(strict.violations.slice(1)).toEqual([
    'no such operation: get /repos/o/r/release',
    expect.stringMatching(/^answer repos\/list-releases: .*state/),
  ]);
});

test('every request carries the token, and none of its addresses does', async () => {
  await run();
  expect(new Set(fake.requests.map(({ token }) => token))).toEqual(new Set([fake.tokens.write]));
  expect(routes().join()).not.toContain(fake.tokens.write);
});

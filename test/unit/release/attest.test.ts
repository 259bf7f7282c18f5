// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { assemble, type Release } from '../../../src/release/assemble.ts';
import { isAttestationOf } from '../../../src/release/attest.ts';
import { deliver, findDestination } from '../../../src/release/deliver.ts';
import { Mistakes } from '../../../src/release/mistakes.ts';
import { FakeReleases } from '../../github/releases.ts';
import { attestingJob } from '../../github/sigstore.ts';
import { writeOutput, writeSources } from './outputs.ts';

// Each attestation is a thread with large libraries of its own, and of the mock.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const NAME = 'provenance.sigstore.json';
let fake: FakeReleases;
let scratch: TemporaryDirectory;
let release: Release;
let notes: string[];
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  fake = await FakeReleases.start();
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-attest-');
  const source = await writeSources(at('sample'), { Kbuild: 'obj-m := sample.o\n' });
  await writeOutput(at('out'), [{ id: 'debian-12', kernel: '6.1.0-9-amd64' }], { source });
  release = await made('release');
  notes = [];
});
afterEach(async () => {
  const { violations } = fake;
  await fake[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  expect(violations).toEqual([]);
});

/** The same release, in a directory of that name. */
async function made(name: string): Promise<Release> {
  return await assemble({
    ...{ directories: [at('out')], tag: 'v1.2.0', moduleDirectories: [at('sample')], allowFailed: false },
    ...{ root: projectRoot(), out: at(name), toolVersion: '0.1.0', environment: { SOURCE_DATE_EPOCH: '1' } },
    signal: new AbortController().signal,
  });
}

async function run({
  given = release,
  publish = true,
  attest = true,
  environment = attestingJob(),
  token = fake.tokens.write,
  signal = new AbortController().signal,
} = {}) {
  return await deliver(given, {
    ...{ publish, attest, draft: false, prerelease: false, toolVersion: '0.1.0', proxy: {}, signal },
    destination: { owner: 'o', repo: 'r', api: fake.url, token },
    environment: { PATH: process.env.PATH, ...environment },
    note: (message) => void notes.push(message),
  });
}

const bundleIn = (directory: string) => readFile(join(directory, NAME));
const uploaded = () => fake.releases[0]?.assets.find(({ name }) => name === NAME)?.content.toString();

describe('an attestation', () => {
  test('is the provenance, signed for that job, and GitHub knows it', async () => {
    expect(await run({ publish: false })).toBeUndefined();
    const content = await bundleIn(release.directory);
    const bundle = JSON.parse(content.toString());
    const { bundleFromJSON } = createRequire(import.meta.resolve('@actions/attest'))('@sigstore/bundle');
    expect(bundleFromJSON(bundle).mediaType).toBe('application/vnd.dev.sigstore.bundle.v0.3+json');
    expect(JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString())).toEqual(
      JSON.parse(await readFile(join(release.directory, 'provenance.json'), 'utf8')),
    );
    expect(fake.attestations).toEqual([bundle]);
    // Of a repository that is not known to be public, so that no public log is told of it.
    const { timestampVerificationData, tlogEntries = [] } = bundle.verificationMaterial;
    expect([timestampVerificationData.rfc3161Timestamps.length, tlogEntries]).toEqual([1, []]);
    expect(fake.releases).toEqual([]);
  });

  test('of a public repository is in the public log', async () => {
    await writeFile(at('event.json'), JSON.stringify({ repository: { visibility: 'public' } }));
    await run({ publish: false, environment: { ...attestingJob(), GITHUB_EVENT_PATH: at('event.json') } });
    const { verificationMaterial } = JSON.parse((await bundleIn(release.directory)).toString());
    expect(verificationMaterial.tlogEntries).toHaveLength(1);
  });

  test('is one of the very statement, with a signature by its own certificate', async () => {
    await run({ publish: false });
    const content = await bundleIn(release.directory);
    const { provenance } = release;
    expect(isAttestationOf(content, provenance)).toBe(true);
    const [subject] = provenance.subject;
    if (!subject) throw new Error('no subject');
    const other = { ...provenance, subject: [{ ...subject, digest: { sha256: '0'.repeat(64) } }] };
    expect(isAttestationOf(content, other)).toBe(false);
    const changed = (change: (bundle: ReturnType<typeof JSON.parse>) => void) => {
      const bundle = JSON.parse(content.toString());
      change(bundle);
      return Buffer.from(JSON.stringify(bundle));
    };
    expect(
      isAttestationOf(
        changed(() => {}),
        provenance,
      ),
    ).toBe(true);
    const forged = changed(({ dsseEnvelope }) => {
      dsseEnvelope.payload = Buffer.from(JSON.stringify(other)).toString('base64');
    });
    expect(isAttestationOf(forged, other)).toBe(false);
    for (const bad of [
      changed(({ dsseEnvelope }) => (dsseEnvelope.payloadType = 'text/plain')),
      changed(({ dsseEnvelope }) => (dsseEnvelope.signatures = [])),
      changed(({ dsseEnvelope: { signatures } }) => (signatures[0].sig = Buffer.from('no').toString('base64'))),
      changed(({ verificationMaterial }) => (verificationMaterial.certificate.rawBytes = 'AAAA')),
      changed((bundle) => (bundle.mediaType = 'application/json')),
      content.subarray(0, 100),
      Buffer.from('null'),
      Buffer.alloc(0),
    ]) {
      expect(isAttestationOf(bad, provenance), bad.toString()).toBe(false);
    }
  });
});

describe('a release with one', () => {
  test('has it as its last file; a run on another machine makes none again, and finds all as it is', async () => {
    expect(await run()).toMatchObject({ state: 'published', kept: 0, uploaded: release.files.length + 1 });
    expect(fake.releases[0]?.assets.at(-1)?.name).toBe(NAME);
    expect(fake.attestations).toEqual([JSON.parse(uploaded() ?? '')]);
    const again = await made('again');
    expect(await run({ given: again })).toMatchObject({ state: 'unchanged', uploaded: 0 });
    expect(fake.attestations).toHaveLength(1);
    // It is with the other files there, too.
    expect((await bundleIn(again.directory)).toString()).toBe(uploaded());
    // The directory with it is still that release.
    expect((await made('again')).files).toEqual(release.files);
  });

  test('that was left a draft is taken up with what is there', async () => {
    fake.fault = ({ method }) => (method === 'PATCH' ? { status: 422, message: 'no' } : undefined);
    await expect(run()).rejects.toThrow(/publishing v1\.2\.0: GitHub refuses/);
    const first = uploaded();
    fake.fault = () => undefined;
    expect(await run({ given: await made('again') })).toMatchObject({ state: 'published', uploaded: 0 });
    expect([fake.attestations.length, uploaded()]).toEqual([1, first]);
  });

  test('that was attested and not uploaded is not attested again', async () => {
    await run({ publish: false });
    expect(await run()).toMatchObject({ state: 'published' });
    expect([fake.attestations.length, uploaded()]).toEqual([1, (await bundleIn(release.directory)).toString()]);
  });

  test('whose upload broke off gets a whole one', async () => {
    fake.add({ tag_name: 'v1.2.0', draft: true, assets: [fake.asset(NAME, '{"mediaType":', 'open')] });
    expect(await run()).toMatchObject({ state: 'published', kept: 0 });
    expect(isAttestationOf(Buffer.from(uploaded() ?? ''), release.provenance)).toBe(true);
  });

  test('that is not read back as GitHub has it is not judged', async () => {
    await run();
    for (const stored of [
      (content: Buffer) => content.subarray(1),
      (content: Buffer) => Buffer.alloc(content.length),
    ]) {
      fake.stored = stored;
      const failed = run();
      await expect(failed).rejects.toThrow(/GitHub gives \d+ bytes of provenance\.sigstore\.json that are not the \d+/);
      await expect(failed).rejects.toBeInstanceOf(EnvironmentError);
    }
    fake.stored = (content) => content;
    expect(await run()).toMatchObject({ state: 'unchanged' });
  });

  test('that differs is refused before anything is attested', async () => {
    await run({ attest: false });
    await expect(run()).rejects.toThrow(/there is another release of v1\.2\.0: provenance\.sigstore\.json is missing/);
    fake.releases[0]?.assets.push(fake.asset(NAME, '{}'));
    await expect(run()).rejects.toThrow(/another release of v1\.2\.0: provenance\.sigstore\.json is of other files/);
    fake.releases[0]?.assets.shift();
    await expect(run()).rejects.toThrow(/another release of v1\.2\.0: .* is missing\n.*under a new tag, or remove/);
    Object.assign(fake.releases[0] ?? {}, { immutable: true });
    await expect(run()).rejects.toThrow(/is missing\n {2}It is immutable: .*Release under a new tag/);
    expect([fake.attestations, notes.filter((note) => note.startsWith('attesting'))]).toEqual([[], []]);
    // Nor is one taken for a part of a release that is to have none.
    await expect(run({ attest: false })).rejects.toThrow(/provenance\.sigstore\.json is not of this release/);
  });
});

describe('what does not work', () => {
  test('a token that must not attest: told with its permission, and nothing is taken for attested', async () => {
    const failed = run({ token: fake.tokens.contents });
    await expect(failed).rejects.toThrow(
      /storing the attestation: GitHub refuses \(403: Resource not accessible by integration\)\n.*`permissions: id-token: write, attestations: write`/,
    );
    await expect(failed).rejects.toBeInstanceOf(InputError);
    expect([fake.releases[0]?.draft, uploaded()]).toEqual([true, undefined]);
    expect(await readdir(release.directory)).not.toContain(NAME);
    expect(await run()).toMatchObject({ state: 'published' });
  });

  test('a token that must not write: nothing is attested', async () => {
    await expect(run({ token: fake.tokens.read })).rejects.toThrow(
      /making a draft .*\n.*`permissions: contents: write`/,
    );
    expect(fake.attestations).toEqual([]);
  });

  test.each(['no identity', 'no token'] as const)(
    'GitHub gives %s: told with the permission, not the token',
    async (fault) => {
      const failed = run({ publish: false, environment: attestingJob(fault) });
      await expect(failed).rejects.toThrow(
        /^GitHub does not tell the identity of this job, .*\n.*`permissions: id-token: write, attestations: write`/,
      );
      await expect(failed).rejects.toThrow(expect.not.stringContaining('SECRET'));
      await expect(failed).rejects.toBeInstanceOf(InputError);
    },
  );

  test('Sigstore refuses: what is uploaded stays', async () => {
    const failed = run({ environment: attestingJob('fulcio refuses') });
    await expect(failed).rejects.toThrow(/not signed: error creating signing certificate - \(403\) nobody knows you/);
    await expect(failed).rejects.toBeInstanceOf(EnvironmentError);
    expect(fake.releases[0]).toMatchObject({ draft: true });
    expect(fake.releases[0]?.assets).toHaveLength(release.files.length);
  });

  test('interrupted while Sigstore is silent: it ends, and says where the draft is', async () => {
    const interruption = new AbortController();
    const failed = run({ environment: attestingJob('fulcio is silent'), signal: interruption.signal });
    while (!notes.some((note) => note.startsWith('attesting')))
      await Promise.race([failed, new Promise((go) => setTimeout(go, 10))]);
    interruption.abort(new Error('interrupted'));
    await expect(failed).rejects.toThrow('interrupted');
    expect(notes.at(-1)).toMatch(/the draft is left at https:.*run the same again/);
    expect(fake.attestations).toEqual([]);
  });

  test('more files than GitHub attests', async () => {
    const [subject] = release.provenance.subject;
    if (!subject) throw new Error('no subject');
    const large = { ...release.provenance, subject: Array(1025).fill(subject) };
    await expect(run({ given: { ...release, provenance: large }, publish: false })).rejects.toThrow(
      /^1025 files .* 1024/,
    );
  });

  test('what is missing is told at once, before anything is made', async () => {
    const wishes = { publish: true, attest: true, draft: false, prerelease: false };
    const find = async (given: object, environment: Record<string, string>) => {
      const mistakes = new Mistakes();
      const called = { repository: 'Name it.', token: 'Give one.' };
      await findDestination({ ...wishes, repository: undefined, token: '', ...given }, environment, mistakes, called);
      mistakes.throwAny();
    };
    await expect(find({}, { GITHUB_ACTIONS: 'true' })).rejects.toThrow(
      /^3 mistakes, .*\n.*the repository has to be known\n {2}Name it\.\n.*no token to publish with\n {2}Give one\.\n.*gives this job no identity to attest with\n {2}Give the job `permissions: id-token: write, attestations: write`/,
    );
    await expect(find({ repository: 'o/r', token: 'x' }, {})).rejects.toThrow(
      /^only a job on GitHub has an identity to attest with\n {2}Leave the attestation out/,
    );
    await expect(find({ repository: 'o', token: 'x', attest: false }, {})).rejects.toThrow(/"o" is not the name/);
    await find({ repository: 'o/r', token: 'x' }, attestingJob());
  });
});

test('a directory without the attestation is as good as one with it', async () => {
  await run();
  await rm(join(release.directory, NAME));
  expect(await run()).toMatchObject({ state: 'unchanged' });
  expect(fake.attestations).toHaveLength(1);
});

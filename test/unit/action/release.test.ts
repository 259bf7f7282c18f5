// SPDX-License-Identifier: Apache-2.0
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReleaseInputs } from '../../../src/action/inputs.ts';
import { checkRelease, releaseRun } from '../../../src/action/release.ts';
import { type Edge, processEdge } from '../../../src/commands/edge.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { splitSignature } from '../../../src/kbuild/signature.ts';
import { Mistakes } from '../../../src/release/mistakes.ts';
import { FakeReleases } from '../../github/releases.ts';
import { attestingJob } from '../../github/sigstore.ts';
import { makeIdentity } from '../release/certificate.ts';
import { IMAGE } from '../release/image-base.ts';
import { writeOutput, writeSources } from '../release/outputs.ts';

// Each attestation is a thread with large libraries of its own, and of the mock.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const MODULE = 'sample-1.2.0-debian-12-6.1.0-9-amd64-x86_64.ko';
const BUNDLE = 'provenance.sigstore.json';
let fake: FakeReleases;
let scratch: TemporaryDirectory;
let notes: string[];
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  fake = await FakeReleases.start();
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-action-release-');
  await passes();
  notes = [];
});
afterEach(async () => {
  const { violations } = fake;
  await fake[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  expect(violations).toEqual([]);
});

/** What a run leaves that has passed. */
async function passes(text = ''): Promise<void> {
  const source = await writeSources(at('sample'), { Kbuild: `obj-m := sample.o\n# ${text}\n` });
  await writeOutput(at('out'), [{ id: 'debian-12', kernel: '6.1.0-9-amd64' }], { source });
}

const inputs = (given: Partial<ReleaseInputs> = {}): ReleaseInputs => ({
  ...{ tag: 'v1.2.0', draft: false, prerelease: false, attest: false, token: fake.tokens.write },
  ...given,
});

/** A step of a job on GitHub. */
function edgeOf(environment: Record<string, string> = {}, signal = new AbortController().signal): Edge {
  const job = { GITHUB_REPOSITORY: 'o/r', GITHUB_API_URL: fake.url, RUNNER_TEMP: scratch.path, SOURCE_DATE_EPOCH: '1' };
  return {
    ...processEdge(process, signal),
    ...{ workingDirectory: scratch.path, environment: { PATH: process.env.PATH, ...job, ...environment } },
  };
}

async function release(given: Partial<ReleaseInputs> = {}, edge = edgeOf()) {
  const note = (text: string) => void notes.push(text);
  const run = { out: at('out'), moduleDirectories: [at('sample')], imageBase: IMAGE.base, note };
  return await releaseRun(inputs(given), edge, run);
}

async function mistakesOf(given: Partial<ReleaseInputs>, environment: Record<string, string> = {}): Promise<string> {
  const mistakes = new Mistakes();
  await checkRelease(inputs(given), edgeOf(environment), mistakes);
  try {
    mistakes.throwAny();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const assets = () => fake.releases[0]?.assets.map(({ name }) => name) ?? [];

describe('a run that has passed', () => {
  test('is released, signed and attested; nothing is left on the runner', async () => {
    const { key, certificate } = makeIdentity();
    const given = { attest: true, prerelease: true, signingKey: key, signingCertificate: certificate };
    const published = await release(given, edgeOf(attestingJob()));
    expect(published).toMatchObject({ state: 'published', url: 'https://github.com/o/r/releases/tag/v1.2.0' });
    expect(fake.releases[0]).toMatchObject({ draft: false, prerelease: true, tag_name: 'v1.2.0' });
    expect(assets()).toEqual(expect.arrayContaining([MODULE, 'SHA256SUMS', 'modules.json', BUNDLE]));
    const module = fake.releases[0]?.assets.find(({ name }) => name === MODULE)?.content ?? Buffer.alloc(0);
    expect(splitSignature(module).signature).toBeDefined();
    expect(fake.attestations).toHaveLength(1);
    expect(await readdir(scratch.path)).toEqual(['out', 'sample']);
  });

  test('is left a draft when that is wanted', async () => {
    expect(await release({ draft: true })).toMatchObject({ state: 'draft' });
    expect(fake.releases[0]).toMatchObject({ draft: true });
  });

  test('is there already: a job that is run again finds it so, and makes no second attestation', async () => {
    const edge = edgeOf(attestingJob());
    await release({ attest: true }, edge);
    expect(await release({ attest: true }, edge)).toMatchObject({ state: 'unchanged', uploaded: 0 });
    expect(fake.attestations).toHaveLength(1);
  });

  test.each([false, true])(
    'is not the release of that tag (immutable: %s): nothing of it is changed',
    async (immutable) => {
      fake.immutable = immutable;
      await release();
      const before = JSON.stringify(fake.releases);
      await passes('another');
      const remedy = immutable
        ? 'It is immutable: .*Release under a new tag'
        : 'release under a new tag, or remove that';
      await expect(release({ attest: true }, edgeOf(attestingJob()))).rejects.toThrow(
        new RegExp(`releases/tag/v1\\.2\\.0: there is another release of v1\\.2\\.0: .* differs.*\\n.*${remedy}`),
      );
      expect([JSON.stringify(fake.releases), fake.attestations]).toEqual([before, []]);
    },
  );

  test('whose job was cancelled leaves a draft, which the next one ends', async () => {
    const interruption = new AbortController();
    fake.fault = ({ method, path, query }) => {
      if (method !== 'POST' || query.get('name') !== 'modules.json') return undefined;
      interruption.abort(new Error('cancelled'));
      return path.endsWith('/assets') ? 'hang' : undefined;
    };
    const edge = edgeOf(attestingJob(), interruption.signal);
    await expect(release({ attest: true }, edge)).rejects.toThrow('cancelled');
    expect(notes.at(-1)).toMatch(/^the draft is left at https:.*run the same again to go on/);
    expect(await readdir(scratch.path)).toEqual(['out', 'sample']);
    const there = assets().length;
    expect(there).toBeGreaterThan(1);
    fake.fault = () => undefined;
    const published = await release({ attest: true }, edgeOf(attestingJob()));
    expect(published).toMatchObject({ state: 'published', kept: there });
    expect(fake.releases).toHaveLength(1);
  });

  test.each([
    ['read', /making a draft of v1\.2\.0: GitHub refuses \(403: .*\n.*`permissions: contents: write`/],
    [
      'contents',
      /storing the attestation: GitHub refuses \(403: .*\n.*`permissions: id-token: write, attestations: write`/,
    ],
  ] as const)('is not published with a token that may only %s', async (name, message) => {
    await expect(release({ attest: true, token: fake.tokens[name] }, edgeOf(attestingJob()))).rejects.toThrow(message);
    expect([fake.releases.some(({ draft }) => !draft), fake.attestations]).toEqual([false, []]);
  });
});

describe('what a release needs is looked at before anything is built', () => {
  const { key, certificate } = makeIdentity();

  test('everything that is wrong is told at once, and nothing is asked of GitHub', async () => {
    const given = { tag: 'latest', attest: true, token: '', signingKey: key };
    const said = await mistakesOf(given, { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: '' });
    for (const part of [
      /^5 mistakes/,
      /the tag "latest" does not say a version/,
      /there is the input signing-key, and none of signing-certificate\n/,
      /the repository has to be known/,
      /no token to publish with\n {2}Leave the input token out/,
      /gives this job no identity to attest with\n {2}Give the job `permissions: id-token: write, attestations: write`/,
    ]) {
      expect(said).toMatch(part);
    }
    expect(said).not.toContain(key.split('\n')[1]);
    expect(fake.requests).toEqual([]);
  });

  test('keys and certificates, as text or by path', async () => {
    const both = { signingKey: key, signingCertificate: certificate };
    expect(await mistakesOf(both)).toBe('');
    await writeFile(at('kernel.crt'), certificate);
    expect(await mistakesOf({ ...both, signingCertificate: 'kernel.crt' })).toBe('');
    expect(await mistakesOf({ ...both, signingCertificate: 'no.crt' })).toMatch(/no\.crt: .*cannot be read \(ENOENT\)/);
    expect(await mistakesOf({ signingCertificate: certificate })).toMatch(
      /signing-certificate, and none of signing-key\n/,
    );
    expect(await mistakesOf({ ...both, signingKey: 'keys/kernel.pem' })).toMatch(/neither a private key in PEM nor/);
    const other = makeIdentity({ name: 'other' }).certificate;
    expect(await mistakesOf({ ...both, signingCertificate: other })).toMatch(
      /^the input signing-certificate: the certificate is not that of the signing key/,
    );
    expect(await mistakesOf({ ...both, signingKey: certificate })).toMatch(/^signing-key: not a private key in PEM/);
    const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';
    expect(await mistakesOf({ ...both, signingKey: encrypted })).toMatch(
      /^signing-key: .* the passphrase is missing\n.*the input signing-passphrase/,
    );
    const pin = await mistakesOf({ ...both, signingKey: 'pkcs11:object=k?pin-value=987654' });
    expect(pin).toMatch(/with a PIN in it .*\n.*the input signing-passphrase/);
    expect(pin).not.toContain('987654');
  });
});

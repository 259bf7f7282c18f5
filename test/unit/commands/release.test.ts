// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { ovnfast } from '../../command.ts';
import { FakeReleases } from '../../github/releases.ts';
import { attestingJob } from '../../github/sigstore.ts';
import { makeIdentity } from '../release/certificate.ts';
import { writeOutput, writeSources } from '../release/outputs.ts';

let scratch: TemporaryDirectory;
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-release-cli-');
  const source = await writeSources(at('sample'), { Kbuild: 'obj-m := sample.o\n' });
  await writeOutput(at('out'), [{ id: 'debian-12', kernel: '6.1.0-9-amd64' }], { source });
});
afterEach(() => scratch[Symbol.asyncDispose]());

const run = (args: string[], environment: Record<string, string> = {}) =>
  ovnfast(['release', ...args], { cwd: scratch.path, environment: { SOURCE_DATE_EPOCH: '1', ...environment } });
// An image is made on packages that would have to be fetched.
const base = ['--tag', 'v1.2.0', '-m', 'sample', '--no-image'];

describe('what is missing or wrong is told before anything is written', () => {
  test.each([
    ['no tag', [], {}, /--tag <tag>' not specified/],
    ['a draft of nothing', [...base, '--draft'], {}, /--draft goes with --publish/],
    [
      'no repository',
      [...base, '--publish'],
      { GITHUB_TOKEN: 'x' },
      /to publish, the repository has to be known\n {2}Name it: --repo/,
    ],
    ['a repository that is none', [...base, '--repo', 'o/r/x'], {}, /"o\/r\/x" is not the name of a repository/],
    ['no token', [...base, '--publish', '--repo', 'o/r'], {}, /no token to publish with\n.*GITHUB_TOKEN/],
    [
      "an attestation in nobody's name",
      [...base, '--attest', '--repo', 'o/r'],
      { GITHUB_TOKEN: 'x', GITHUB_ACTIONS: 'true' },
      /no identity to attest with\n.*`permissions: id-token: write, attestations: write`/,
    ],
    ['a certificate without a key', [...base, '--sign-certificate', 'x'], {}, /a certificate and no key/],
    ['a key without a certificate', [...base, '--sign-key', 'x'], {}, /a key to sign with and no certificate/],
    [
      'a key as an argument',
      [...base, '--sign-certificate', 'x', '--sign-key', '-----BEGIN PRIVATE KEY-----'],
      {},
      /could be read by everybody here\n.*OVNFAST_SIGNING_KEY/,
    ],
    [
      'a PIN as an argument',
      [...base, '--sign-certificate', 'x', '--sign-key', 'pkcs11:object=k?pin-value=987654'],
      {},
      /with a PIN in it can be read by everybody.*\n.*KBUILD_SIGN_PIN/,
    ],
    ['a hash that kernels do not know', [...base, '--sign-hash', 'md5'], {}, /sha256, sha512/],
    [
      'an image with a tag',
      ['--tag', 'v1', '--image', 'registry.example/node:latest'],
      {},
      /"registry\.example\/node:latest" is not the name of a container image without tag/,
    ],
    ['a run that is not there', ['nothing', ...base], {}, /nothing\/report\.json: cannot be read \(ENOENT\)/],
  ])('%s', async (_, args, environment, message) => {
    const { code, stdout, stderr } = await run(args, environment);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('987654');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect((await readdir(scratch.path)).sort()).toEqual(['out', 'sample']);
  });
});

test('a token is asked through the openssl of this machine, and the PIN is in no message', async () => {
  const { certificate } = makeIdentity();
  await writeFile(at('c.crt'), certificate);
  const args = [...base, '--sign-certificate', 'c.crt', '--sign-key', 'pkcs11:token=none;object=none'];
  const { code, stderr } = await run(args, { KBUILD_SIGN_PIN: '987654', PATH: at('empty') });
  expect(stderr).toMatch(/openssl cannot be started \(ENOENT\)\n.*install it/);
  expect(code).toBe(3);
  expect(stderr).not.toContain('987654');
  expect(await readdir(scratch.path)).not.toContain('release');
});

test('publishes; an interrupted run leaves a draft, the next one ends it, another finds it done', async () => {
  await using fake = await FakeReleases.start();
  const environment = { GITHUB_TOKEN: fake.tokens.write, GITHUB_API_URL: fake.url, GITHUB_REPOSITORY: 'o/r' };
  let uploads = 0;
  fake.fault = ({ method, path }) =>
    method === 'POST' && path.endsWith('/assets') && ++uploads === 3 ? 'hang' : undefined;
  let asked = false;
  const interrupted = await ovnfast(['release', ...base, '--publish'], {
    ...{ cwd: scratch.path, environment: { SOURCE_DATE_EPOCH: '1', ...environment } },
    onOutput: (text, interrupt) => {
      // Once: a second signal would not let it clean up.
      if (asked || (text.match(/^uploading /gm) ?? []).length < 3) return;
      asked = true;
      interrupt('SIGINT');
    },
  });
  expect(interrupted.stderr).toMatch(/the draft is left at https:\/\/github\.com\/.*run the same again/);
  expect(interrupted.code).toBe(130);
  expect(fake.releases).toEqual([expect.objectContaining({ draft: true })]);
  fake.fault = () => undefined;
  const resumed = await run([...base, '--publish', '--json'], environment);
  expect(resumed.stderr).toMatch(/taking up the draft/);
  expect(JSON.parse(resumed.stdout).published).toMatchObject({ state: 'published', kept: 2, uploaded: 7 });
  expect(fake.releases[0]?.assets.map(({ name }) => name).sort()).toEqual((await readdir(at('release'))).sort());
  const again = await run([...base, '--publish'], environment);
  expect(again.stdout).toMatch(/^unchanged: https:\/\/github\.com\/o\/r\/releases\/tag\/v1\.2\.0$/m);
  expect(again.code).toBe(0);
  expect([interrupted, resumed, again].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(
    fake.tokens.write,
  );
  expect(fake.violations).toEqual([]);
});

test('attests, with nothing on standard output but what it says itself', async () => {
  await using fake = await FakeReleases.start();
  const environment = {
    ...{ GITHUB_TOKEN: fake.tokens.write, GITHUB_API_URL: fake.url, GITHUB_REPOSITORY: 'o/r', ...attestingJob() },
    // @actions/github would complain of it on standard output.
    GITHUB_EVENT_PATH: at('nothing.json'),
  };
  const { code, stdout, stderr } = await run([...base, '--attest', '--publish', '--json'], environment);
  expect([code, stderr.match(/^(attesting|storing).*$/gm)]).toEqual([0, ['attesting 2 files']]);
  const { attested, attestation, published } = JSON.parse(stdout);
  expect([attested, published]).toEqual([
    'release/provenance.sigstore.json',
    expect.objectContaining({ uploaded: 10 }),
  ]);
  const { dsseEnvelope } = JSON.parse(await readFile(at(attested), 'utf8'));
  const { subject } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
  expect([subject, subject.length]).toEqual([attestation.subjects, 2]);
  expect(fake.violations).toEqual([]);
}, 120_000);

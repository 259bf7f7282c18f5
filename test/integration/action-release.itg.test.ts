// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { splitSignature } from '../../src/kbuild/signature.ts';
import { isAttestationOf } from '../../src/release/attest.ts';
import { parseIndex } from '../../src/release/modules-index.ts';
import { ActionRunner } from '../action.ts';
import { FakeReleases } from '../github/releases.ts';
import { attestingJob } from '../github/sigstore.ts';
import { makeIdentity } from '../unit/release/certificate.ts';

const fixtures = join(projectRoot(), 'test/fixtures');
const url = 'https://github.com/o/r/releases/tag/v1.2.0';
const { key, certificate } = makeIdentity();
const secretLines = key.split('\n').filter((line) => line.length > 8 && !line.startsWith('-----'));

let fake: FakeReleases;
let runner: ActionRunner;

/** A checkout of a repository that is a module as a whole. */
beforeAll(async () => {
  fake = await FakeReleases.start();
  runner = await ActionRunner.create();
  const { workspace } = runner;
  await cp(join(fixtures, 'modules/hello'), workspace, { recursive: true });
  await cp(join(fixtures, 'suites/hello'), join(workspace, 'suite'), { recursive: true });
  await writeFile(join(workspace, 'modules.crt'), certificate);
  const git = async (...args: string[]) =>
    await promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: workspace,
    });
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-q', '-m', 'module');
  await writeFile(join(workspace, '.git/info/exclude'), '/.ovnfast/\n');
});
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

async function step(
  inputs: Record<string, string>,
  { token = fake.tokens.write, environment = {} }: { token?: string; environment?: Record<string, string> } = {},
) {
  const step = await runner.uses({
    token,
    environment: { GITHUB_API_URL: fake.url, GITHUB_REPOSITORY: 'o/r', ...environment },
    inputs: {
      ...{
        targets: 'debian-12',
        module: '.',
        suites: './suite',
        out: '.ovnfast/out',
        cache: 'false',
        artifact: 'none',
      },
      ...{ release: 'v1.2.0', 'signing-key': key, 'signing-certificate': 'modules.crt', ...inputs },
    },
  });
  for (const line of secretLines) expect(step.log.text).not.toContain(line);
  expect(fake.violations).toEqual([]);
  return step;
}

test('what a release lacks is told before anything is built', async () => {
  const { outcome, outputs, log } = await step({ attest: 'true', 'signing-passphrase': 'a pin' }, { token: '' });
  expect([outcome, outputs.status]).toEqual(['failure', undefined]);
  expect(log.text).toMatch(/no token to publish with/);
  expect(log.text).toMatch(/no identity to attest with\n.*permissions: id-token: write, attestations: write/);
  expect(fake.requests).toEqual([]);
});

test('a run that passes is signed, attested and left a draft; the next run publishes that, another finds it done, and one that differs changes nothing', async () => {
  const environment = attestingJob();
  const drafted = await step({ attest: 'true', draft: 'true' }, { environment });
  expect([drafted.outcome, drafted.outputs.status], drafted.log.text).toEqual(['success', 'pass']);
  expect(drafted.outputs['release-url']).toMatch(/releases\/tag\/untagged-/);
  expect(drafted.log.masks).toEqual(expect.arrayContaining([...secretLines, fake.tokens.write]));
  const content = (name: RegExp) =>
    fake.releases[0]?.assets.find((asset) => name.test(asset.name))?.content ?? expect.fail(`no ${name}`);
  const index = parseIndex(JSON.parse(content(/^modules\.json$/).toString()));
  expect(index.kernels).toEqual([expect.objectContaining({ id: 'debian-12', basis: 'suites', status: 'pass' })]);
  expect(splitSignature(content(/^hello-.*\.ko$/)).signature).toBeDefined();
  const statement = JSON.parse(content(/^provenance\.json$/).toString());
  expect(isAttestationOf(content(/^provenance\.sigstore\.json$/), statement)).toBe(true);

  const published = await step({ attest: 'true' }, { environment });
  expect([published.outcome, published.outputs['release-url']], published.log.text).toEqual(['success', url]);
  expect(published.log.text).toMatch(/taking up the draft/);
  expect(published.log.text).not.toMatch(/uploading|attesting/);
  const again = await step({ attest: 'true' }, { environment });
  expect([again.outcome, again.outputs['release-url']], again.log.text).toEqual(['success', url]);
  expect([fake.releases.length, fake.attestations.length]).toEqual([1, 1]);

  const other = await step({});
  expect([other.outcome, other.outputs.status, other.outputs['release-url']]).toEqual(['failure', 'pass', undefined]);
  expect(other.log.text).toMatch(/there is another release of v1\.2\.0: .*\n.*release under a new tag/);
  // Nothing of it stays on the runner.
  expect((await readdir(runner.temp)).filter((name) => name.startsWith('ovnfast'))).toEqual([]);
});

test('a token that may not: the run has passed, and the step fails with the remedy', async () => {
  const { outcome, outputs, log } = await step({ release: 'v1.3.0' }, { token: fake.tokens.read });
  expect([outcome, outputs.status, outputs['release-url']]).toEqual(['failure', 'pass', undefined]);
  expect(log.text).toMatch(/making a draft of v1\.3\.0: .*\n.*permissions: contents: write/);
  expect(fake.releases.filter(({ tag_name }) => tag_name === 'v1.3.0')).toEqual([]);
});

// SPDX-License-Identifier: Apache-2.0
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { runProcess } from '../../src/host/process.ts';
import { splitSignature } from '../../src/kbuild/signature.ts';
import { FakeReleases } from '../github/releases.ts';
import { FakeServices } from '../github/services.ts';
import { attestingJob } from '../github/sigstore.ts';
import { type JobResult, WorkflowRun } from '../github/workflow-run.ts';
import { readWorkflow } from '../unit/github/workflow.ts';
import { makeIdentity } from '../unit/release/certificate.ts';
import { Node } from './node.ts';
import { openTools } from './tools.ts';

// From a tag to a node, as README has it: docs/examples/release.yml calls kmod.yml, which plans, builds and tests in two jobs,
// merges and releases; then the release is installed on a node. All of ovnfast is the bundle as it is checked in.

const TAG = 'v1.0.0';
const { signal } = new AbortController();
let scratch: TemporaryDirectory;
let jobs: Record<string, JobResult>;
let commit: string;
/** What GitHub keeps, of each run its own. */
type GitHub = { releases: FakeReleases; services: FakeServices };
const hosts: GitHub[] = [];
let github: GitHub;
const at = (...names: string[]) => join(scratch.path, ...names);

async function command(cwd: string, program: string, ...args: string[]): Promise<string> {
  const environment = { PATH: process.env.PATH ?? '', HOME: scratch.path, GIT_CONFIG_GLOBAL: '/dev/null' };
  const { code, stdout, stderr } = await runProcess(program, args, { cwd, environment, timeoutSeconds: 120, signal });
  expect(code, stdout + stderr).toBe(0);
  return stdout.trim();
}

/** The repository of somebody who has a module, eBPF programs, and a suite for each. */
async function writeRepository(certificate: string): Promise<void> {
  const fixtures = join(projectRoot(), 'test/fixtures');
  const copy = (from: string, to: string) => cp(from, at('repository', to), { recursive: true });
  await copy(join(fixtures, 'modules/hello'), 'kmod/hello');
  await copy(join(fixtures, 'programs/counter'), 'kmod/counter');
  await copy(join(fixtures, 'suites/hello'), 'test/hello');
  await copy(join(projectRoot(), 'conformance/load-programs'), 'test/accepted');
  await appendFile(at('repository/test/accepted/suite.yml'), 'module: counter\n');
  await mkdir(at('repository/keys'));
  await writeFile(at('repository/keys/modules.crt'), certificate);
  const git = (...args: string[]) =>
    command(at('repository'), 'git', '-c', 'user.name=x', '-c', 'user.email=x@x', ...args);
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-q', '-m', 'All there is');
  commit = await git('rev-parse', 'HEAD');
}

/** Runs an example as it is, with a module, its suites and a kernel of ours where it has those of somebody. */
async function run(example: string, suites: string, secrets: Record<string, string> = {}) {
  const host = { releases: await FakeReleases.start(), services: await FakeServices.start() };
  hosts.push(host);
  const { releases, services } = host;
  const workflow = new WorkflowRun({
    ...{ file: await readWorkflow(`docs/examples/${example}.yml`), services, secrets, repository: at('repository') },
    values: { targets: 'debian-12', module: 'kmod/hello', suites },
    github: { token: releases.tokens.write, ref_name: TAG, ref_type: 'tag', event_name: 'push' },
    environment: (job) => ({
      ...{ GITHUB_API_URL: releases.url, GITHUB_REPOSITORY: 'o/r', GITHUB_REF_NAME: TAG, GITHUB_REF_TYPE: 'tag' },
      ...{ GITHUB_REF: `refs/tags/${TAG}`, GITHUB_SHA: commit },
      // The others have less permissions than the caller.
      ...(job === 'release' ? attestingJob() : {}),
    }),
  });
  const done = await workflow.run();
  const { kmod } = done;
  expect([services.violations, releases.violations]).toEqual([[], []]);
  return { ...host, jobs: kmod?.called ?? done };
}

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-story-');
  const { key, certificate } = makeIdentity({ name: 'Somebody' });
  await writeRepository(certificate);
  ({ jobs, ...github } = await run('release', 'test/hello, test/accepted', { MODULE_SIGNING_KEY: key }));
});
afterAll(async () => {
  for (const { releases, services } of hosts) {
    await releases[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  }
  await scratch[Symbol.asyncDispose]();
});

const steps = (job: string) => jobs[job]?.steps.map(({ name }) => name);

test('the plan makes two jobs, whose reports become one, with every module and what proves it', async () => {
  expect(Object.entries(jobs).map(([name, { result }]) => [name, result])).toEqual(
    ['plan', 'shard', 'report', 'release'].map((name) => [name, 'success']),
  );
  const plan = JSON.parse(jobs.plan?.outputs.matrix ?? '') as { include: { artifact: string; suites: string[] }[] };
  expect(plan.include.map(({ suites }) => suites)).toEqual([['test/hello'], ['test/accepted']]);
  expect(steps('shard')?.filter((name) => name === 'Build and test')).toHaveLength(2);
  expect(github.services.artifacts.map(({ name }) => name).sort()).toEqual(
    ['ovnfast', 'ovnfast-plan', ...plan.include.map(({ artifact }) => artifact)].sort(),
  );
  expect(jobs.report?.outputs.status).toBe('pass');
  const summary = jobs.report?.steps.find(({ name }) => name === 'Merge')?.summary;
  expect(summary).toMatch(/1 of 1 target passed/);
  expect(summary).toMatch(/accepted .*counter/);
});

test('the release has all of it under one tag, signed, attested, of that commit', async () => {
  const [release, ...others] = github.releases.releases;
  expect([release?.tag_name, release?.draft, release?.target_commitish, others]).toEqual([TAG, false, commit, []]);
  expect(jobs.release?.outputs.url).toBe(`https://github.com/o/r/releases/tag/${TAG}`);
  expect(github.releases.attestations).toHaveLength(1);
  await mkdir(at('release'));
  for (const { name, content } of release?.assets ?? []) await writeFile(at('release', name), content);
  expect(await command(at('release'), 'sha256sum', '-c', 'SHA256SUMS')).toMatch(/ovnfast-node-1\.0\.0\.tar\.gz: OK/);
  const names = release?.assets.map(({ name }) => name) ?? [];
  expect(names).toEqual(expect.arrayContaining(['counter.bpf.o', 'passes.bpf.o', 'counter', 'modules.json']));
  const module = names.find((name) => name.endsWith('.ko')) ?? '';
  expect(module).toMatch(/^hello-1\.0\.0-debian-12-6\.1\.\S+-x86_64\.ko$/);
  expect(splitSignature(await readFile(at('release', module))).signature).toMatchObject({ signer: 'Somebody' });
});

test('the released bundle is installed on a node, is there after it was rebooted, and is removed without a trace', async () => {
  await using workshop = await openTools(signal);
  const [target] = await workshop.selectTargets(['debian-12']);
  if (!target) throw new Error('no target debian-12');
  const prepared = await workshop.prepare(target, ['image']);
  await mkdir(at('node'));
  const media = { 'bundle.tar.gz': at('release/ovnfast-node-1.0.0.tar.gz') };
  await using node = await Node.create({ workshop, prepared, directory: at('node'), media, signal });
  await node.boot();
  const program = '/opt/ovnfast-node-1.0.0/bin/ovnfast-node';
  const found = () =>
    node.succeed('find /etc /usr/lib/modules -type f -exec sha256sum {} + | sort; ls /var/lib', {
      timeoutSeconds: 300,
    });
  await node.succeed('mkdir -p /opt && tar -xzf /media/bundle.tar.gz -C /opt');
  const before = await found();
  // The control: nobody greets before.
  expect((await node.run('cat /proc/hello')).code).toBe(1);
  expect(await node.succeed(`${program} install`)).toMatch(/1\.0\.0 is installed and loaded\n$/);
  expect(await node.succeed('cat /proc/hello')).toBe('hello, world\n');

  await node.reboot();
  expect(await node.succeed('cat /proc/hello')).toBe('hello, world\n');
  expect(await node.succeed(`${program} status`)).toMatch(/1\.0\.0 \(hello\)/);
  expect(await found()).toContain('/updates/ovnfast/hello.ko');

  await node.succeed(`${program} remove`);
  expect((await node.run('cat /proc/hello')).code).toBe(1);
  expect(await found()).toBe(before);
  await node.powerOff();
});

describe('the other workflows of README', () => {
  test('one job builds, tests and keeps the report', async () => {
    const { jobs, services, releases } = await run('one-job', 'test/hello');
    expect(jobs.kmod?.steps.at(-1)).toMatchObject({ code: 0, outputs: { status: 'pass' } });
    expect(services.artifacts.map(({ name, final }) => [name, final])).toEqual([['ovnfast', true]]);
    expect(releases.releases).toEqual([]);
  });

  test('one job makes a draft of a tag, too', async () => {
    const { jobs, releases } = await run('one-job-release', 'test/hello');
    const [release] = releases.releases;
    expect([release?.tag_name, release?.draft, release?.target_commitish]).toEqual([TAG, true, commit]);
    expect(jobs.kmod?.steps.at(-1)?.outputs?.['release-url']).toContain('https://github.com/o/r/releases/tag/');
  });

  test('many jobs make one report', async () => {
    const { jobs, services } = await run('many-jobs', 'test/accepted');
    expect(jobs.report?.outputs.status).toBe('pass');
    expect(jobs.release?.result).toBe('skipped');
    expect(services.artifacts).toHaveLength(3);
  });
});

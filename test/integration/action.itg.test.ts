// SPDX-License-Identifier: Apache-2.0
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { cacheDirectory, projectRoot } from '../../src/host/paths.ts';
import { parseReport, type Report } from '../../src/report/model.ts';
import { ActionRunner, type Step, type StepOptions } from '../action.ts';
import { FakeServices } from '../github/services.ts';
import { Mirror } from '../mirror.ts';
import { processesOf } from '../processes.ts';

const fixtures = join(projectRoot(), 'test/fixtures');
const warm = cacheDirectory(process.env);
/** Shelves of the tests' own cache: what is made of packages, which takes longer than all that is tested here. */
const MADE = ['unpacked', 'sysroots', 'guests', 'vmlinux', 'accelerator'];
/** No mirror is in reach: every proxy is a port that nobody listens at. Loopback goes without one. */
const NOWHERE = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', no_proxy: '127.0.0.1' };
/** On a loaded machine cleaning up may take longer than the runner waits. */
const PATIENT = { interrupt: 120_000, terminate: 60_000 };

let services: FakeServices;
let mirror: Mirror;
let scratch: string;
const runners: ActionRunner[] = [];
/** The first machine, what it did, and its report. */
let origin: ActionRunner;
let first: Step;
let built: Report;

beforeAll(async () => {
  services = await FakeServices.start();
  mirror = await Mirror.start();
  scratch = await mkdtemp(join(tmpdir(), 'ovnfast-action-'));
  origin = await machine();
  runners.pop();
  await furnish(origin);
  first = await start(origin);
  expect(first.log.annotations).toEqual([]);
  expect(first.outcome).toBe('success');
  built = await reportOf(first);
  const post = await first.post();
  expect(post.log.annotations).toEqual([]);
  expect(post.outcome).toBe('success');
});
afterEach(async () => {
  expect(services.violations).toEqual([]);
  services.fault = () => undefined;
  services.blobs.trouble = undefined;
  mirror.hangs = () => false;
  await Promise.all(runners.splice(0).map((runner) => runner[Symbol.asyncDispose]()));
});
afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
  await mirror[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

/** A machine, and in its workspace what actions/checkout brings: the module, and its suite. */
async function machine(environment: Record<string, string> = {}): Promise<ActionRunner> {
  const runner = await ActionRunner.create({
    cache: 'empty',
    environment: { ...services.environment, ...environment },
  });
  runners.push(runner);
  await cp(join(fixtures, 'modules/hello'), join(runner.workspace, 'module'), { recursive: true });
  await cp(join(fixtures, 'suites/hello'), join(runner.workspace, 'suite'), { recursive: true });
  return runner;
}

/** A store that has what packages become, but neither packages nor results, unless `more` names them. */
async function furnish(runner: ActionRunner, more: string[] = []): Promise<string> {
  const store = join(runner.directory, 'store');
  await mkdir(store);
  for (const shelf of [...MADE, ...more]) {
    await mkdir(join(warm, shelf), { recursive: true });
    await symlink(join(warm, shelf), join(store, shelf));
  }
  runner.environment.OVNFAST_CACHE = store;
  return store;
}

function start(runner: ActionRunner, inputs: Record<string, string> = {}, options: StepOptions = {}): Promise<Step> {
  const all = {
    targets: 'debian-12',
    module: 'module',
    suites: './suite',
    mirror: mirror.url,
    artifact: 'none',
    ...inputs,
  };
  return runner.uses({ ...options, inputs: all });
}

async function reportOf(step: Step): Promise<Report> {
  const path = step.outputs.report ?? '';
  return parseReport(await readFile(path, 'utf8'), path);
}

/** Temporary files and directories below a place. With their types, or links into the tests' own cache would be followed. */
async function halves(directory: string): Promise<string[]> {
  const all = await readdir(directory, { recursive: true, withFileTypes: true });
  return all.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => /\.tmp$|\.ovnfast-/.test(path));
}

/** What a cancelled step leaves: nothing that runs, nothing half-written, no result; and the post step does its work. */
async function leavesNothing(runner: ActionRunner, store: string, step: Step): Promise<void> {
  expect(step.outcome).toBe('cancelled');
  expect(step.signals).toEqual(['SIGINT']);
  expect(step.log.annotations.map(({ message }) => message).join('\n')).toMatch(/cancelled \(SIGINT\)/);
  expect(await processesOf(runner.directory)).toEqual([]);
  expect(await readdir(join(store, 'work')).catch(() => [])).toEqual([]);
  expect(await readdir(join(store, 'runs'))).toEqual([]);
  for (const place of [store, runner.workspace, runner.home]) expect(await halves(place)).toEqual([]);
  expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(runner.directory);
  const post = await step.post();
  expect([post.outcome, post.log.annotations]).toEqual(['success', []]);
  expect(await processesOf(runner.directory)).toEqual([]);
}

/** Cancels once `arm` says so. */
async function whenHanging(runner: ActionRunner, inputs: Record<string, string>, arm: (hangs: () => void) => void) {
  let cancel = () => {};
  arm(() => cancel());
  return await start(runner, inputs, {
    patience: PATIENT,
    onOutput: (_, action) => {
      cancel = action;
    },
  });
}

describe('the cache of GitHub', () => {
  test('has nothing at first, and is saved after it', () => {
    expect(first.outputs).toMatchObject({ status: 'pass', 'cache-hit': 'false' });
    expect(built.targets[0]?.cached).toBeUndefined();
    expect(mirror.asked.length).toBeGreaterThan(100);
    expect(services.entries.map(({ key, final }) => [key.replaceAll(/[0-9a-f]{16}/g, 'x'), final])).toEqual([
      ['ovnfast-packages-1-x-x-x', true],
      ['ovnfast-results-1-x-x-x', true],
    ]);
  });

  test('a second run, on an empty machine that reaches no mirror, takes the result, and not even the packages', async () => {
    const [saved, asked] = [services.entries.length, services.callsOf('GetCacheEntryDownloadURL').length];
    const runner = await machine(NOWHERE);
    const step = await start(runner, { mirror: '' });
    expect(step.log.annotations).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'pass', 'cache-hit': 'true' });
    const { targets } = await reportOf(step);
    expect(targets.map(({ cached, build, suites }) => [cached, build?.cached, suites[0]?.cached])).toEqual([
      [true, true, true],
    ]);
    expect(targets[0]?.build?.modules).toEqual(built.targets[0]?.build?.modules);
    await access(join(step.outputs.modules ?? '', targets[0]?.build?.modules?.[0]?.path ?? ''));
    // Neither a package nor a root is there.
    expect(await readdir(join(runner.toolCache, 'ovnfast/1.0.0/x64'))).not.toContain('blobs');
    expect(services.callsOf('GetCacheEntryDownloadURL').slice(asked)).toHaveLength(1);
    await step.post();
    expect(services.entries).toHaveLength(saved);
  });

  test('a changed module is built from packages of the cache, no mirror in reach', async () => {
    const saved = services.entries.length;
    const runner = await machine(NOWHERE);
    const store = await furnish(runner);
    const source = join(runner.workspace, 'module/main.c');
    await writeFile(source, (await readFile(source, 'utf8')).replace('hello: here', 'hello: changed'));
    const step = await start(runner, { mirror: '' });
    expect(step.log.annotations).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'pass', 'cache-hit': 'true' });
    const [target] = (await reportOf(step)).targets;
    expect([target?.cached, target?.mirrors]).toEqual([undefined, []]);
    expect(target?.build?.modules?.[0]?.sha256).not.toBe(built.targets[0]?.build?.modules?.[0]?.sha256);
    expect(await halves(store)).toEqual([]);
    const post = await step.post();
    expect(post.outcome).toBe('success');
    // The new result, and no packages again.
    expect(services.entries.slice(saved).map(({ key }) => key)).toEqual([expect.stringMatching(/^ovnfast-results-/)]);
  });

  test('an entry that is damaged is told, and done without', async () => {
    const entry = services.entries.find(({ key }) => key.startsWith('ovnfast-results-'));
    // Of another content: whatever that is, it is no archive.
    const other = {
      ...entry,
      id: 1,
      key: `${entry?.key}x`,
      blob: 'damaged',
      version: entry?.version ?? '',
      final: true,
    };
    await fetch(services.blobs.urlOf('damaged'), {
      method: 'PUT',
      headers: { 'x-ms-blob-type': 'BlockBlob' },
      body: 'no archive',
    });
    services.entries.push(other);
    try {
      const runner = await machine();
      await furnish(runner, ['blobs']);
      const cancelled = await start(
        runner,
        {},
        {
          patience: PATIENT,
          onOutput: (text, cancel) => /debian-12\S* +build/.test(text) && cancel(),
        },
      );
      expect(cancelled.log.annotations[0]).toMatchObject({
        name: 'warning',
        message: expect.stringMatching(/GitHub's cache is not used for results, as it cannot be restored/),
      });
      // It went on to build.
      expect(cancelled.outcome).toBe('cancelled');
    } finally {
      services.entries.splice(services.entries.indexOf(other), 1);
    }
  });
});

describe('a module that fails its suite', () => {
  test('keeps its verdict when no service is there; a summary of more than 1 MiB is cut', async () => {
    const runner = await machine({ ACTIONS_RESULTS_URL: 'http://127.0.0.1:9/' });
    await furnish(runner, ['blobs']);
    const script = join(runner.workspace, 'suite/005-fails.sh');
    const lines = [
      '#!/bin/bash',
      'echo KTAP version 1',
      'line=$(printf "%0650d" 7)',
      'for ((i = 1; i <= 1600; i++)); do echo "# evidence $line"; echo "not ok $i number $i"; done',
      'echo 1..1600',
    ];
    await writeFile(script, `${lines.join('\n')}\n`, { mode: 0o755 });
    // A megabyte takes its time through an emulated serial port.
    await writeFile(join(runner.workspace, 'suite/suite.yml'), 'timeout: 600\n');
    const step = await start(runner, { artifact: 'failed' });
    expect(step.outcome).toBe('failure');
    expect(step.outputs).toMatchObject({ status: 'fail', 'cache-hit': 'false' });
    const said = step.log.annotations.map(({ name, message }) => `${name}: ${message}`).join('\n');
    expect(said).toMatch(/^warning: GitHub's cache is not used for results.*ECONNREFUSED/m);
    expect(said).toMatch(/^error: the artifact failed is not uploaded: .*ECONNREFUSED/m);
    expect(said).toMatch(/^error: module: fail/m);
    expect((await reportOf(step)).targets[0]?.suites[0]?.tests.length).toBeGreaterThan(1600);
    expect(Buffer.byteLength(step.summary)).toBeGreaterThan(800_000);
    expect(Buffer.byteLength(step.summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(step.summary).toMatch(/and \d+ more problems, in `report\.html`/);
    const post = await step.post();
    expect(post.outcome).toBe('success');
    expect(post.log.annotations.filter(({ name }) => name === 'error')).toEqual([]);
  });
});

describe('the artifact', () => {
  /** The verdict is there, whatever became of the artifact. */
  async function refused(name: string): Promise<string> {
    const step = await start(origin, { artifact: name });
    expect(step.outputs).toMatchObject({ status: 'pass' });
    expect(step.outputs['artifact-id'] ?? '').toBe('');
    expect((await reportOf(step)).status).toBe('pass');
    expect(step.summary).toContain('debian-12');
    expect(step.outcome).toBe('failure');
    const errors = step.log.annotations.filter((one) => one.name === 'error');
    expect(errors).toHaveLength(1);
    return errors[0]?.message ?? '';
  }

  test("holds all that the run wrote and nothing else, and is read back by GitHub's own client", async () => {
    await mkdir(join(origin.workspace, 'out'), { recursive: true });
    await writeFile(join(origin.workspace, 'out/token'), 'secret');
    const step = await start(origin, { artifact: 'whole', 'retention-days': '7' });
    expect(step.log.annotations).toEqual([]);
    const id = services.artifacts.find(({ name }) => name === 'whole')?.id ?? 0;
    expect(step.outputs).toMatchObject({
      'artifact-id': String(id),
      'artifact-url': `https://github.com/owner/name/actions/runs/123/artifacts/${id}`,
    });
    expect(services.callsOf('CreateArtifact').at(-1)?.body.expires_at).toMatch(/^\d{4}-/);
    for (const [name, value] of Object.entries(services.environment)) vi.stubEnv(name, value);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const path = join(scratch, 'whole');
    const { digestMismatch } = await new DefaultArtifactClient().downloadArtifact(id, {
      path,
      expectedHash: services.artifacts.find(({ name }) => name === 'whole')?.hash ?? '',
    });
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    expect(digestMismatch).toBe(false);
    const out = step.outputs.modules ?? '';
    await rm(join(out, 'token'));
    // Modes are not in an artifact.
    const contents = async (directory: string) => {
      const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
      const all = files.map(async ({ parentPath, name }) => {
        const file = join(parentPath, name);
        return [file.slice(directory.length), (await readFile(file)).toString('base64')] as const;
      });
      return Object.fromEntries((await Promise.all(all)).sort(([a], [b]) => (a < b ? -1 : 1)));
    };
    const uploaded = await contents(path);
    expect(Object.keys(uploaded)).toEqual(expect.arrayContaining(['/report.json', '/report.html', '/junit.xml']));
    expect(Object.keys(uploaded).length).toBeGreaterThan(7);
    expect(uploaded).toEqual(await contents(out));
  });

  test('of a name that is taken', async () => {
    services.artifacts.push({ id: 7, name: 'taken', blob: 'other', size: '1', hash: '', final: true });
    const message = await refused('taken');
    expect(message).toMatch(/artifact taken is not uploaded: this run has one of that name already/);
    expect(message).toMatch(/\n {2}Give each job of a matrix a name of its own: .*\$\{\{ matrix\./);
  });

  test('with a token that may not', async () => {
    services.fault = ({ method }) =>
      method === 'CreateArtifact'
        ? { status: 403, code: 'permission_denied', message: 'token lacks the scope' }
        : undefined;
    const message = await refused('forbidden');
    expect(message).toMatch(
      /artifact forbidden is not uploaded: the token of this job may not \(.*token lacks the scope/,
    );
  });

  test('whose upload breaks midway, once and for good', async () => {
    services.blobs.trouble = { afterBytes: 10_000, how: 'reset', times: 1 };
    const once = await start(origin, { artifact: 'once' });
    expect(once.outcome).toBe('success');
    expect(services.blobs.trouble.times).toBe(0);
    const content = await services.content(services.artifacts.at(-1) ?? { blob: '' });
    expect(content.length).toBe(Number(services.artifacts.at(-1)?.size));

    services.blobs.trouble = { afterBytes: 10_000, how: 'reset', times: Number.POSITIVE_INFINITY };
    const message = await refused('broken');
    expect(message).toMatch(/artifact broken is not uploaded: .*ECONNRESET[\s\S]*\n {2}Run the job again/);
    expect(services.artifacts.find(({ name }) => name === 'broken')?.final).toBe(false);
  });
});

describe('cancelled', () => {
  test.each([
    ['building', /debian-12\S* +build/],
    ['booting', /debian-12\S* +boot/],
    ['testing', /debian-12\S* +test/],
  ])('while %s', async (_, stage) => {
    const runner = await machine();
    const store = await furnish(runner, ['blobs']);
    const inputs = { cache: 'false', fresh: 'true' };
    const step = await start(runner, inputs, {
      patience: PATIENT,
      onOutput: (text, cancel) => stage.test(text) && cancel(),
    });
    await leavesNothing(runner, store, step);
    expect(await readdir(join(store, 'results')).catch(() => [])).toEqual([]);
  });

  test('while fetching from a mirror', async () => {
    const runner = await machine();
    const store = await furnish(runner);
    let left = 20;
    const step = await whenHanging(runner, { cache: 'false' }, (hangs) => {
      mirror.hangs = () => {
        left -= 1;
        if (left === 0) hangs();
        return left <= 0;
      };
    });
    await leavesNothing(runner, store, step);
  });

  test('while fetching from the cache', async () => {
    const runner = await machine();
    const store = await furnish(runner, ['blobs']);
    const step = await whenHanging(runner, {}, (hangs) => {
      services.blobs.trouble = { afterBytes: 0, how: 'hang', times: 1, onCome: hangs };
    });
    expect(step.printed).not.toMatch(/debian-12\S* +build/);
    services.blobs.trouble = undefined;
    await leavesNothing(runner, store, step);
  });

  test('while uploading', async () => {
    const step = await whenHanging(origin, { artifact: 'cancelled' }, (hangs) => {
      services.fault = ({ method }) => {
        if (method === 'CreateArtifact') {
          services.blobs.trouble = { afterBytes: 0, how: 'hang', times: 1, onCome: hangs };
        }
        return undefined;
      };
    });
    // The run was over.
    expect(step.outputs.status).toBe('pass');
    services.blobs.trouble = undefined;
    await leavesNothing(origin, join(origin.directory, 'store'), step);
    expect(services.artifacts.find(({ name }) => name === 'cancelled')?.final).toBe(false);
  });

  test('in a hurry, SIGTERM right behind SIGINT: whatever it had begun, nothing runs on', async () => {
    const runner = await machine();
    await furnish(runner, ['blobs']);
    const step = await start(
      runner,
      { cache: 'false', fresh: 'true' },
      {
        patience: { interrupt: 0, terminate: 60_000 },
        onOutput: (text, cancel) => /debian-12\S* +boot/.test(text) && cancel(),
      },
    );
    expect(step.outcome).toBe('cancelled');
    expect(step.signals).toEqual(['SIGINT', 'SIGTERM']);
    // The kernel has been told to end them; it needs a moment.
    await expect.poll(() => processesOf(runner.directory), { timeout: 30_000 }).toEqual([]);
    expect((await step.post()).outcome).toBe('success');
  });
});

// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readInputs } from '../../../src/action/inputs.ts';
import { type Edge, processEdge } from '../../../src/commands/edge.ts';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { sampleReport, sampleTarget } from '../report/sample.ts';

type Given = Record<string, string>;

const { inputs: documented } = parse(await readFile(join(projectRoot(), 'action.yml'), 'utf8')) as {
  inputs: Record<string, { description: string; default: string }>;
};
let scratch: TemporaryDirectory;
let workspace: string;

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-inputs-');
  workspace = scratch.path;
  await mkdir(join(workspace, 'kmod/mine'), { recursive: true });
  await writeFile(join(workspace, 'kmod/mine/Kbuild'), 'obj-m := mine.o\n');
  await writeFile(join(workspace, 'kmod/mine/mine.c'), '');
  await mkdir(join(workspace, 'test/quick'), { recursive: true });
  await writeFile(join(workspace, 'test/quick/010-it.sh'), '#!/bin/sh\n');
  await chmod(join(workspace, 'test/quick/010-it.sh'), 0o755);
  await writeFile(join(workspace, 'before.json'), JSON.stringify(sampleReport([sampleTarget(0)])));
  await writeFile(join(workspace, 'kernel.rpm'), '');
});
afterEach(() => scratch[Symbol.asyncDispose]());

/** As the runner sets them. */
function environmentOf(given: Given): Edge['environment'] {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}

function edgeOf(given: Given, environment = environmentOf(given)): Edge {
  const { signal } = new AbortController();
  return { ...processEdge(process, signal), environment, workingDirectory: workspace };
}

const read = (given: Given) => readInputs(edgeOf(given));

/** The message that bad inputs end with. */
async function refused(given: Given): Promise<string> {
  const outcome = await read(given).catch((error: unknown) => error);
  if (!(outcome instanceof InputError)) expect.fail(`not refused: ${JSON.stringify(outcome)}`);
  return outcome.message;
}

describe('what is left out', () => {
  test('is what action.yml says: no input at all, empty ones and its defaults mean the same', async () => {
    const empty = Object.fromEntries(Object.keys(documented).map((name) => [name, '']));
    const defaults = Object.fromEntries(
      Object.entries(documented).map(([name, { default: value }]) => [name, name === 'token' ? 'ghs_x' : value]),
    );
    const none = await read({});
    expect(await read(empty)).toEqual(none);
    expect(await read(defaults)).toEqual(none);
    expect(none).toMatchObject({ frozen: true, cache: true, summary: true, prepareRunner: true, planOnly: false });
    expect(none).toMatchObject({ module: join(projectRoot(), 'kmod/fastpath'), out: join(workspace, 'out') });
    // The control: a default that is another one makes a difference.
    expect(await read({ ...defaults, frozen: 'false' })).not.toEqual(none);
  });

  test('every input of action.yml is read, and no other', async () => {
    const asked = new Set<string>();
    const environment = new Proxy<Edge['environment']>(
      {},
      {
        get: (_, name) => {
          if (typeof name === 'string' && name.startsWith('INPUT_')) asked.add(name.slice(6).toLowerCase());
          return name === 'INPUT_RELEASE' ? 'v1.0.0' : undefined;
        },
      },
    );
    await readInputs(edgeOf({}, environment)).catch(() => {});
    expect([...asked].sort()).toEqual(Object.keys(documented).sort());
  });
});

test('all inputs at once', async () => {
  const inputs = await read({
    targets: 'debian-12/6.1.*\n  ubuntu-*, centos-7 \n\n',
    module: 'kmod/mine',
    suites: 'load,\ntest/quick',
    packages: 'kernel.rpm',
    frozen: 'False',
    'share-builds': 'TRUE',
    fresh: 'true',
    baseline: 'before.json',
    tolerance: '0.5',
    jobs: '3',
    'timeout-minutes': '90',
    accel: 'tcg',
    mirror: 'https://mirror.example/debian\nhttp://other.example',
    cache: 'false',
    artifact: 'my artifact',
    'retention-days': '7',
    out: 'build/out',
    'prepare-runner': ' false ',
  });
  expect(inputs).toEqual({
    workspace,
    targets: ['debian-12/6.1.*', 'ubuntu-*', 'centos-7'],
    module: join(workspace, 'kmod/mine'),
    suites: ['load', join(workspace, 'test/quick')],
    packages: [join(workspace, 'kernel.rpm')],
    frozen: false,
    shareBuilds: true,
    fresh: true,
    bench: false,
    baseline: join(workspace, 'before.json'),
    tolerance: 0.5,
    jobs: 3,
    timeoutMinutes: 90,
    accelerator: 'tcg',
    mirrors: ['https://mirror.example/debian', 'http://other.example'],
    cache: false,
    artifact: 'my artifact',
    retentionDays: 7,
    summary: true,
    planOnly: false,
    out: join(workspace, 'build/out'),
    prepareRunner: false,
  });
});

test('what says no is left out', async () => {
  expect(await read({ artifact: 'none' })).not.toHaveProperty('artifact');
  expect(await read({ 'retention-days': '0' })).not.toHaveProperty('retentionDays');
  expect(await read({ 'retention-days': '1' })).toHaveProperty('retentionDays', 1);
});

test('a module that is the whole workspace', async () => {
  await writeFile(join(workspace, 'Kbuild'), 'obj-m := mine.o\n');
  expect(await read({ module: '.' })).toMatchObject({ module: workspace, out: join(workspace, '.ovnfast/out') });
  expect(await read({ module: '.', out: '.ovnfast/other' })).toMatchObject({ out: join(workspace, '.ovnfast/other') });
  expect(await read({ module: '.', out: '../out' })).toMatchObject({ out: join(workspace, '../out') });
  expect(await refused({ module: '.', out: 'out' })).toMatch(/^input out: ".*" is in the directory of the module/);
});

test('a plan, and a suite that measures', async () => {
  const module = join(projectRoot(), 'kmod/bypass');
  const inputs = await read({ 'plan-only': 'true', shards: '20', bench: 'true', module });
  expect(inputs).toMatchObject({ planOnly: true, shards: 20, artifact: 'ovnfast', bench: true, module });
});

describe('a mistake is told with its remedy', () => {
  test.each<[string, Given, RegExp]>([
    [
      'a flag',
      { frozen: 'yes' },
      /^input frozen: "yes" is neither true nor false\n {2}Write true or false; empty is true\.$/,
    ],
    ['a flag in another spelling', { fresh: 'tRue' }, /^input fresh: "tRue" is neither.*empty is false/s],
    ['jobs', { jobs: '0' }, /^input jobs: "0" is no number of builds and machines\n {2}.*from 1 to 1024/],
    [
      'minutes',
      { 'timeout-minutes': '1.5' },
      /^input timeout-minutes: "1\.5" is no number of minutes\n.*from 1 to 7200/,
    ],
    ['days', { 'retention-days': '401' }, /^input retention-days: "401" is no number of days\n.*from 0 to 400/],
    ['percent', { tolerance: '1e3' }, /^input tolerance: "1e3" is no number of percent\n.*such as 1 or 0\.5/],
    ['an accelerator', { accel: 'hvf' }, /^input accel: "hvf" is unknown\n {2}It is one of auto, kvm, tcg\.$/],
    ['a mirror', { mirror: 'ftp://x, http://ok.example' }, /^input mirror: "ftp:\/\/x" is no address\n.*http:\/\//],
    [
      'an artifact',
      { artifact: 'a/b' },
      /^input artifact: "a\/b" cannot be the name of an artifact\n.*none uploads nothing/,
    ],
    ['artifacts of a plan', { artifact: 'a--b', 'plan-only': 'true' }, /"a--b" is no beginning of artifact names\n/],
    ['shards without a plan', { shards: '4' }, /^input shards says.*\n {2}Set plan-only to true/],
    ['more shards than GitHub has', { shards: '257', 'plan-only': 'true' }, /"257" is no number of jobs\n.*1 to 256/],
    [
      'a plan with packages',
      { 'plan-only': 'true', packages: 'kernel.rpm' },
      /plan-only and packages do not go together/,
    ],
    ['a plan with a release', { 'plan-only': 'true', release: 'v1.0.0' }, /plan-only and release do not go together/],
    [
      'out is the workspace',
      { out: '.' },
      /^input out: ".*" is the workspace, or holds it\n {2}Name a directory of its own/,
    ],
    ['out holds the workspace', { out: '..' }, /^input out: ".*" is the workspace, or holds it/],
    [
      'out is a source',
      { module: 'kmod/mine', out: 'kmod/mine/out' },
      /^input out: ".*" is in the directory of the module, .*\n {2}Name .*outside/,
    ],
    ['no module', { module: 'kmod/none' }, /kmod\/none/],
    ['an unknown suite', { suites: 'laod' }, /^no suite "laod", did you mean "load"\?/],
    [
      'an unknown target',
      { targets: 'debian-12, debain-12' },
      /^unknown target "debain-12"\n {2}Did you mean debian-12/,
    ],
    ['no suite that measures', { bench: 'true', module: 'kmod/mine' }, /mine has no suite that measures it/],
    ['no package', { packages: 'kernel.deb' }, /kernel\.deb: cannot be read \(ENOENT\), which input packages names\n/],
    ['no baseline', { baseline: 'after.json' }, /after\.json: the earlier report cannot be read \(ENOENT\)/],
    ['a baseline that is none', { baseline: 'kmod/mine/Kbuild' }, /Kbuild: not a report: /],
    ['no matrix', { matrix: 'matrix' }, /matrix/],
  ])('%s', async (_, given, message) => {
    expect(await refused(given)).toMatch(message);
  });

  test('all at once', async () => {
    const message = await refused({
      ...{ frozen: 'yes', jobs: 'many', targets: 'debain-12', suites: 'laod', module: 'kmod/none', out: '.' },
      ...{ shards: '3', accel: 'hvf', baseline: 'after.json', packages: 'kernel.deb', artifact: 'a:b' },
    });
    expect(message.split('\n- ')).toHaveLength(12);
    expect(message).toMatch(/^11 mistakes, nothing was written:\n- input /);
  });

  test('what somebody wrote comes on one short line, and can do nothing to a terminal', async () => {
    const message = await refused({ jobs: `\u001b[2J::error::x\n${'9'.repeat(5000)}` });
    expect(message).toMatch(/^input jobs: "␛\[2J::error::x 9+…" is no number/);
    expect(message.length).toBeLessThan(400);
  });
});

test('what a release lacks is told with all the rest', async () => {
  const message = await refused({
    release: 'latest',
    token: '',
    attest: 'true',
    'signing-key': 'secret',
    jobs: 'many',
  });
  const mistakes = message.split('\n- ').slice(1);
  expect(mistakes).toHaveLength(6);
  expect(mistakes).toContainEqual(expect.stringMatching(/^the tag "latest" does not say a version/));
  expect(mistakes).toContainEqual(expect.stringMatching(/signing-certificate/));
  expect(message).not.toContain('sesame');
});

test('what goes with a release means nothing without one', async () => {
  const rest = { draft: 'true', prerelease: 'true', attest: 'true', 'signing-certificate': 'certs/mok.pem' };
  expect(await read({ ...rest, release: '' })).not.toHaveProperty('release');
  expect(await refused({ ...rest, draft: 'maybe' })).toMatch(/^input draft: "maybe" is neither/);
});

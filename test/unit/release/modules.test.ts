// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { runProcess } from '../../../src/host/process.ts';
import { type AssembleOptions, assemble } from '../../../src/release/assemble.ts';
import { collect } from '../../../src/release/collect.ts';
import { Mistakes } from '../../../src/release/mistakes.ts';
import { overallStatus, type Report, type ReportTarget, targetStatus } from '../../../src/report/model.ts';
import { digestSubject } from '../../../src/subject.ts';
import { type FakeTarget, writeOutput, writePrograms, writeSources } from './outputs.ts';

// What a run leaves that had suites of several modules.

const { signal } = new AbortController();
const sourceOf = (name: string) => digestSubject({ directory: at(name) });
type Status = ReportTarget['status'];
let scratch: TemporaryDirectory;
const at = (...names: string[]) => join(scratch.path, ...names);
const KERNEL = '6.1.0-9-amd64';
const target = (status: Status, ...suites: string[]): FakeTarget => ({
  ...{ id: 'debian-12', kernel: KERNEL, status, suites },
});

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-release-modules-');
});
afterEach(() => scratch[Symbol.asyncDispose]());

const readReport = async (name: string) => JSON.parse(await readFile(at(name, 'report.json'), 'utf8')) as Report;

/** The module `sample` with its suite, and `bypass` with its own, in one output directory. */
async function writeBoth(main: Status, other: Status): Promise<void> {
  const source = await writeSources(at('sample'), { Kbuild: 'obj-m := sample.o\n' });
  const programs = await writeSources(at('bypass'), { 'bypass.bpf.c': '' });
  await writeOutput(at('out'), [target(main, 'fastpath')], { source });
  await writePrograms(at('programs'), [target(other, 'bypass')], { source: programs });
  const place = at('out/debian-12', KERNEL, 'bypass');
  await rename(at('programs/debian-12', KERNEL), place);
  const [report, { targets }] = [await readReport('out'), await readReport('programs')];
  const moved = JSON.parse(JSON.stringify(targets).replaceAll(`${KERNEL}/`, `${KERNEL}/bypass/`)) as ReportTarget[];
  for (const [index, own] of report.targets.entries()) {
    const { build, suites = [] } = moved[index] ?? {};
    if (build) own.builds = [{ ...build, subject: 'bypass' }];
    own.suites.push(...suites.map((suite) => ({ ...suite, subject: 'bypass' })));
    own.status = targetStatus(own);
  }
  await write({ ...report, status: overallStatus(report.targets) });
}

const write = (report: Report) => writeFile(at('out/report.json'), JSON.stringify(report));

async function collected(allowFailed = false) {
  const mistakes = new Mistakes();
  const { proofs, leftOut } = await collect([at('out')], { allowFailed, mistakes });
  mistakes.throwAny();
  const shape = ({ subject, status, suites, products }: (typeof proofs)[number]) => [
    subject,
    status,
    suites.map(({ name }) => name),
    products.map(({ file }) => file),
  ];
  return { proofs: proofs.map(shape), leftOut: leftOut.map(shape) };
}

const SAMPLE = (status: Status, files = ['sample.ko']) => [undefined, status, ['fastpath'], files];
const BYPASS = (status: Status, files = ['bypass.bpf.o', 'ovnfast-bypass']) => ['bypass', status, ['bypass'], files];

test('every module that passed its own suites is released', async () => {
  await writeBoth('pass', 'pass');
  expect(await collected()).toEqual({ proofs: [SAMPLE('pass'), BYPASS('pass')], leftOut: [] });
});

test('one that failed is left out, and the other is not', async () => {
  await writeBoth('fail', 'pass');
  expect(await collected()).toEqual({ proofs: [BYPASS('pass')], leftOut: [SAMPLE('fail', [])] });
});

test('the same where the run was of the other', async () => {
  await writeBoth('pass', 'fail');
  expect(await collected()).toEqual({ proofs: [SAMPLE('pass')], leftOut: [BYPASS('fail', [])] });
  expect((await collected(true)).proofs).toEqual([SAMPLE('pass'), BYPASS('fail')]);
});

test('what was not built is left out, with the reason of that build', async () => {
  await writeBoth('pass', 'pass');
  const report = await readReport('out');
  const failed = { subject: 'bypass', status: 'fail' as const, seconds: 1, reason: 'no clang', diagnostics: [] };
  for (const own of report.targets) {
    own.builds = [failed];
    own.suites = own.suites.filter(({ subject }) => subject === undefined);
    Object.assign(own, { status: 'fail', reason: 'bypass: no clang' });
  }
  await write({ ...report, status: 'fail' });
  const { proofs, leftOut } = await collect([at('out')], { allowFailed: false, mistakes: new Mistakes() });
  expect(proofs.map(({ subject }) => subject)).toEqual([undefined]);
  expect(leftOut).toMatchObject([{ subject: 'bypass', reason: 'no clang', products: [] }]);
});

test('where something is missing nothing is released, as nobody knows what it would have shown', async () => {
  await writeBoth('pass', 'pass');
  const report = await readReport('out');
  for (const own of report.targets)
    Object.assign(own, { status: 'error', reason: 'says nothing of suite bypass-bench' });
  await write({ ...report, status: 'error' });
  expect((await collected()).proofs).toEqual([]);
});

test('each file is held against the manifest beside it', async () => {
  await writeBoth('pass', 'pass');
  const place = at('out/debian-12', KERNEL);
  await mkdir(at('elsewhere'));
  await rename(join(place, 'bypass/manifest.json'), at('elsewhere/manifest.json'));
  await expect(collected()).rejects.toThrow(/bypass\/manifest\.json: there is no manifest/);
  expect(await readdir(place)).toContain('manifest.json');
});

describe('sources', () => {
  const git = async (directory: string, ...args: string[]) => {
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'commit.gpgsign=false'];
    const environment = { PATH: process.env.PATH ?? '', HOME: scratch.path, GIT_CONFIG_GLOBAL: '/dev/null' };
    const options = { environment, timeoutSeconds: 60, signal };
    const { code, stdout, stderr } = await runProcess('git', ['-C', directory, ...identity, ...args], options);
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };
  const commit = async (directory: string) => {
    await git(directory, 'init', '-q');
    await git(directory, 'add', '.');
    await git(directory, 'commit', '-q', '-m', 'all');
    return await git(directory, 'rev-parse', 'HEAD');
  };
  const release = (changes: Partial<AssembleOptions> = {}) =>
    assemble({
      ...{ directories: [at('out')], tag: 'v1.2.0', moduleDirectories: [at('sample')], allowFailed: false },
      ...{ out: at('release'), toolVersion: '0.1.0', environment: { PATH: process.env.PATH }, signal },
      ...{ root: projectRoot(), ...changes },
    });

  test('of what was brought along are found beside the module, and are in no need of being of its commit', async () => {
    await writeBoth('pass', 'pass');
    const own = await commit(at('sample'));
    expect(await commit(at('bypass'))).not.toBe(own);
    const { files, commit: told, notes } = await release();
    expect(notes).toContain('Tests passed on 2 of 2 pairs of module and kernel.');
    expect(told).toBe(own);
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bypass.bpf.o', 'bypass-1.2.0.manifest.json']),
    );
    // The control: two runs, each of which was given its module, are of one repository or of none.
    const report = await readReport('out');
    await write({ ...report, module: 'x' });
    for (const target of report.targets) Object.assign(target, { build: target.builds?.[0], builds: undefined });
    const programs = report.targets.map(({ suites, ...rest }) => ({
      ...rest,
      suites: suites.filter(({ subject }) => subject === 'bypass').map(({ subject: _, ...suite }) => suite),
    }));
    await mkdir(at('two/debian-12', KERNEL), { recursive: true });
    await rename(at('out/debian-12', KERNEL, 'bypass'), at('two/debian-12', KERNEL, 'bypass'));
    await writeFile(at('two/report.json'), JSON.stringify({ ...report, module: 'bypass', targets: programs }));
    await writeOutput(at('one'), [target('pass', 'fastpath')], { source: report.source ?? (await sourceOf('sample')) });
    const both = { directories: [at('one'), at('two')], moduleDirectories: [at('sample'), at('bypass')] };
    await expect(release({ ...both, out: at('other') })).rejects.toThrow(/sources are of several commits/);
  });

  test('that are in no commit are a mistake, whoever brought them', async () => {
    await writeBoth('pass', 'pass');
    await commit(at('sample'));
    await writeFile(at('bypass/bypass.bpf.c'), 'older');
    await commit(at('bypass'));
    await writeFile(at('bypass/bypass.bpf.c'), '');
    await expect(release()).rejects.toThrow(/\/bypass: there are changes that commit/);
  });
});

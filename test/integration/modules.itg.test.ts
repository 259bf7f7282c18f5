// SPDX-License-Identifier: Apache-2.0
import { access, appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { readManifest } from '../../src/manifest/manifest.ts';
import { buildsOf } from '../../src/report/builds.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import type { Plan } from '../../src/report/plan.ts';
import { type CommandResult, ovnfast } from '../command.ts';

// Suites of two modules in one run: a kernel module, and eBPF programs that a suite brings along.

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-modules-'));
  const fixtures = join(projectRoot(), 'test/fixtures');
  const copy = (from: string, to: string) => cp(from, join(cwd, to), { recursive: true });
  await copy(join(fixtures, 'modules/hello'), 'kmod/hello');
  await copy(join(fixtures, 'programs/counter'), 'kmod/counter');
  await copy(join(fixtures, 'suites/hello'), 'conformance/hello');
  await copy(join(projectRoot(), 'conformance/load-programs'), 'conformance/accepted');
  await appendFile(join(cwd, 'conformance/accepted/suite.yml'), 'module: counter\n');
  await copy(join(fixtures, 'suites/hello'), 'conformance/greets');
  await appendFile(join(cwd, 'conformance/greets/suite.yml'), 'module: hello\n');
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const [own, brought] = ['conformance/hello', 'conformance/accepted'];

async function run(out: string, ...args: string[]): Promise<CommandResult & { report: Report }> {
  const all = ['run', '--target', 'debian-12', '--module', 'kmod/hello', ...args, '--out', out];
  const result = await ovnfast(all, { cwd });
  const text = await readFile(join(cwd, out, 'report.json'), 'utf8').catch(() => expect.fail(result.stderr));
  return { ...result, report: validateReport(JSON.parse(text)) };
}

test('each suite has its own module under test; a second run takes the results of both', async () => {
  const suites = ['--suite', own, '--suite', brought];
  const first = await run('out', ...suites, '--fresh');
  expect(first.stdout + first.stderr).toMatch(/1 of 1 target passed/);
  expect(first.code).toBe(0);
  const { report } = first;
  expect([report.module, report.modules?.map(({ name }) => name)]).toEqual(['hello', ['counter']]);
  const [target] = report.targets;
  expect(target?.suites.map(({ name, subject, status }) => [name, subject, status])).toEqual([
    ['hello', undefined, 'pass'],
    ['accepted', 'counter', 'pass'],
  ]);
  // The scripts saw the file that is told of: the one says the module's name, the other the objects'.
  const said = target?.suites.map(({ tests }) => JSON.stringify(tests)) ?? [];
  expect([said[0]?.includes('counter.bpf.o'), said[1]?.includes('counter.bpf.o')]).toEqual([false, true]);
  const place = join(cwd, 'out/debian-12', target?.kernel ?? '');
  expect((await readdir(place)).sort()).toEqual([
    ...['build.log', 'counter', 'hello.console.log', 'hello.ko', 'hello.ktap', 'manifest.json'],
  ]);
  expect((await readdir(join(place, 'counter'))).sort()).toEqual([
    ...['accepted.console.log', 'accepted.ktap', 'build.log'],
    ...['counter', 'counter.bpf.o', 'manifest.json', 'passes.bpf.o'],
  ]);
  const source = (path: string) => readManifest(join(place, path)).then(({ module }) => module.source);
  expect([await source('manifest.json'), await source('counter/manifest.json')]).toEqual([
    ...[report.source, report.modules?.[0]?.source],
  ]);

  const second = await run('again', ...suites);
  const [known] = second.report.targets;
  expect([second.code, known?.cached, known?.builds?.[0]?.cached]).toEqual([0, true, true]);
  for (const { path } of known?.builds?.[0]?.programs ?? [{ path: 'nothing' }]) await access(join(cwd, 'again', path));
});

test('what is brought along and does not compile fails the run, and says whose fault it is', async () => {
  const source = join(cwd, 'kmod/counter/counter.bpf.c');
  const before = await readFile(source, 'utf8');
  await writeFile(source, `${before}\nint x = no_such_thing;\n`);
  try {
    const { code, stdout, report } = await run('broken', '--suite', brought);
    expect(code).toBe(1);
    expect(stdout).toMatch(/no suite of this run is for hello: it is built, and counter tested/);
    expect(stdout).toMatch(/FAIL {2}debian-12\/\S+: build of counter\n/);
    const [target] = report.targets;
    expect(target && buildsOf(target).map(({ subject, status }) => [subject, status])).toEqual([
      [undefined, 'pass'],
      ['counter', 'fail'],
    ]);
    expect(target?.reason).toMatch(/^counter: .*no_such_thing/);
    expect(target?.suites).toEqual([]);
  } finally {
    await writeFile(source, before);
  }
});

test('one build of what is brought along serves all releases that take it, each booted with it', async () => {
  const what = ['--module', 'kmod/counter', '--suite', 'conformance/greets', '--share-builds'];
  const planned = await ovnfast(['plan', '--json', '--target', 'debian-12/6.1.0-*', ...what], { cwd });
  const { sharing, modules } = JSON.parse(planned.stdout) as Plan;
  expect(modules?.map(({ name, suites }) => [name, suites])).toEqual([['hello', ['greets']]]);
  expect(sharing?.map(({ module }) => module)).toEqual(['hello']);
  const groups = sharing?.[0]?.groups ?? [];
  const [newer, older] = groups.find(({ length }) => length > 1) ?? groups.flat();
  const shares = groups.some((group) => group.includes(newer ?? '') && group.includes(older ?? ''));
  const targets = [newer, older].flatMap((kernel) => ['--target', `debian-12/${kernel}`]);
  const result = await ovnfast(['run', ...targets, ...what, '--fresh', '--out', 'shared'], { cwd });
  expect(result.code, result.stdout + result.stderr).toBe(0);
  const report = validateReport(JSON.parse(await readFile(join(cwd, 'shared/report.json'), 'utf8')));
  const of = (kernel = '') => report.targets.find((target) => target.kernel === kernel) ?? expect.fail(kernel);
  const [built] = of(newer).builds ?? [];
  const [taken] = of(older).builds ?? [];
  expect([built?.sharedFrom, taken?.sharedFrom]).toEqual([undefined, shares ? `debian-12/${newer}` : undefined]);
  expect(built?.module?.sha256 === taken?.module?.sha256).toBe(shares);
  await access(join(cwd, 'shared', taken?.module?.path ?? ''));
  for (const { suites } of report.targets) expect(suites).toMatchObject([{ subject: 'hello', status: 'pass' }]);
});

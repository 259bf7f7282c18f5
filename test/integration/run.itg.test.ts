// SPDX-License-Identifier: Apache-2.0
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cacheDirectory, projectRoot } from '../../src/host/paths.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import type { ShardPlan } from '../../src/shards/shard.ts';
import { ActionRunner } from '../action.ts';
import { ovnfast } from '../command.ts';
import { processesOf } from '../processes.ts';
import { sampleReport, sampleSuite, sampleTarget } from '../unit/report/sample.ts';

const root = projectRoot();
const cache = cacheDirectory(process.env);
const hello = [
  '--module',
  join(root, 'test/fixtures/modules/hello'),
  '--suite',
  join(root, 'test/fixtures/suites/hello'),
];
let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-run-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function readReport(directory: string): Promise<Report> {
  return validateReport(JSON.parse(await readFile(join(directory, 'report.json'), 'utf8')));
}

/**
 * A cache of its own that has the packages of the real one: links to its shelves, so that what a run leaves behind in
 * the others (work, runs, results) is seen, and its processes are known by their command lines.
 */
async function privateCache(): Promise<string> {
  const directory = join(cwd, 'cache');
  await mkdir(directory);
  for (const shelf of ['blobs', 'unpacked', 'sysroots', 'guests', 'vmlinux', 'indexes', 'locks', 'accelerator']) {
    await mkdir(join(cache, shelf), { recursive: true });
    await symlink(join(cache, shelf), join(directory, shelf));
  }
  return directory;
}

describe('the command of the README, from the bundle', () => {
  let out: string;
  let first: Awaited<ReturnType<typeof ovnfast>>;
  let own: string;

  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'ovnfast-readme-'));
    out = join(own, 'out');
    first = await ovnfast(['run', '--out', out], { cwd: own, bundle: true });
  });
  afterAll(() => rm(own, { recursive: true, force: true }));

  test('builds, boots and proves the flagship on four Debian kernels', async () => {
    expect(first.stdout + first.stderr).toMatch(/4 of 4 targets passed/);
    expect(first.code).toBe(0);
    const report = await readReport(out);
    expect(report.targets.map(({ id, status }) => [id, status])).toEqual(
      ['debian-11', 'debian-12', 'debian-13', 'debian-14'].map((id) => [id, 'pass']),
    );
    for (const { kernel, build, suites } of report.targets) {
      expect(build?.module?.vermagic).toMatch(new RegExp(`^${kernel.replaceAll('+', '\\+')} `));
      await access(join(out, build?.module?.path ?? ''));
      const [fastpath] = suites;
      expect(fastpath?.name).toBe('fastpath');
      expect(fastpath?.tests.filter(({ status }) => status !== 'pass')).toEqual([]);
      expect(fastpath?.tests.length).toBeGreaterThan(20);
      expect(await readFile(join(out, fastpath?.console ?? ''), 'utf8')).toContain(`Linux version ${kernel}`);
    }
    expect((await readdir(out)).sort()).toEqual(
      [
        'debian-11',
        'debian-12',
        'debian-13',
        'debian-14',
        'junit.xml',
        'report.html',
        'report.json',
        'summary.md',
      ].sort(),
    );
  });

  test('with nothing changed takes the results of before, files and all, and says so', async () => {
    const before = await readReport(out);
    await rm(out, { recursive: true });
    const second = await ovnfast(['run', '--out', out], { cwd: own, bundle: true });
    expect(second.stdout).toMatch(/cached/);
    expect(second.code).toBe(0);
    const after = await readReport(out);
    expect(after.targets.map(({ cached }) => cached)).toEqual([true, true, true, true]);
    expect(after.targets.map(({ build }) => build?.module)).toEqual(before.targets.map(({ build }) => build?.module));
    for (const { build } of after.targets) await access(join(out, build?.module?.path ?? ''));
  });
});

test('another module with a suite of its own, in two runs at once on one cache', async () => {
  const args = ['run', '--target', 'debian-12', ...hello, '--fresh'];
  const runs = await Promise.all(
    ['one', 'two'].map(async (name) => ({ name, ...(await ovnfast([...args, '--out', name], { cwd })) })),
  );
  for (const { name, code, stdout, stderr } of runs) {
    expect(stdout + stderr).toMatch(/1 of 1 targets? passed/);
    expect(code).toBe(0);
    const report = await readReport(join(cwd, name));
    expect(report.targets[0]?.suites[0]?.name).toBe('hello');
  }
  const [one, two] = await Promise.all(['one', 'two'].map((name) => readReport(join(cwd, name))));
  expect(one?.targets[0]?.build?.module?.sha256).toBe(two?.targets[0]?.build?.module?.sha256);
});

test('what was built is verified, inspected, and at hand in a shell', async () => {
  const built = await ovnfast(['build', '--target', 'debian-12', ...hello.slice(0, 2), '--json'], { cwd });
  expect(built.code).toBe(0);
  const report = validateReport(JSON.parse(built.stdout));
  const [target] = report.targets;
  expect(target?.suites).toEqual([]);
  const file = join('out', target?.build?.module?.path ?? '');

  const verified = await ovnfast(['verify', file, '--target', 'debian-12', '--suite', 'load', '--out', 'verified'], {
    cwd,
  });
  expect(verified.stdout).toMatch(/1 of 1 targets? passed/);
  expect(verified.code).toBe(0);

  const inspected = await ovnfast(['inspect', file, '--json', '--target', 'debian-1[12]'], { cwd });
  const description = JSON.parse(inspected.stdout);
  expect(description).toMatchObject({ name: 'hello', sha256: target?.build?.module?.sha256 });
  expect(description.targets.map(({ fits }: { fits: boolean }) => fits)).toEqual([false, true]);

  const shell = await ovnfast(['shell', file, '--target', 'debian-12'], {
    cwd,
    input: 'uname -r\ninsmod "$OVNFAST_MODULE" whom=shell && cat /proc/hello\nexit 7\n',
  });
  expect(shell.stdout).toContain(target?.kernel);
  expect(shell.stdout).toContain('hello, shell');
  expect(shell.code).toBe(7);
});

test('a module that fails for one kernel does not keep the other from being built', async () => {
  await cp(join(root, 'test/fixtures/modules/hello'), join(cwd, 'module'), { recursive: true });
  const source = await readFile(join(cwd, 'module/main.c'), 'utf8');
  const check =
    '#include <linux/version.h>\n#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)\n#error too old\n#endif\n';
  await writeFile(join(cwd, 'module/main.c'), source.replace('#include', `${check}#include`));
  const { code, stdout } = await ovnfast(['build', '--module', 'module', '--target', 'debian-1[12]'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toMatch(/1 of 2 targets passed|1 failed/);
  const report = await readReport(join(cwd, 'out'));
  expect(report.targets.map(({ status }) => status)).toEqual(['fail', 'pass']);
  expect(report.targets[0]?.build?.diagnostics).toContainEqual(
    expect.objectContaining({
      file: 'main.c',
      line: expect.any(Number),
      severity: 'error',
      message: '#error too old',
    }),
  );
});

describe('interrupted', () => {
  test.each([
    ['while it builds', /debian-12\S* +build/],
    ['while it boots', /debian-12\S* +boot/],
    ['while it tests', /debian-12\S* +test/],
  ])('%s: nothing is left', async (_, stage) => {
    const own = await privateCache();
    let interrupted = false;
    const { code, stderr } = await ovnfast(['run', '--target', 'debian-12', ...hello], {
      cwd,
      environment: { OVNFAST_CACHE: own },
      onOutput: (text, interrupt) => {
        if (interrupted || !stage.test(text)) return;
        interrupted = true;
        interrupt('SIGINT');
      },
    });
    expect(stderr).toMatch(/interrupted, cleaned up/);
    expect(code).toBe(130);
    expect(await processesOf(own)).toEqual([]);
    expect(await readdir(join(own, 'work')).catch(() => [])).toEqual([]);
    expect(await readdir(join(own, 'runs'))).toEqual([]);
    expect(await readdir(join(own, 'results')).catch(() => [])).toEqual([]);
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(own);
    const left = await readdir(join(cwd, 'out'), { recursive: true }).catch(() => []);
    expect(left.filter((name) => name.endsWith('.tmp') || name.includes('.ovnfast-run'))).toEqual([]);
  });

  test('killed outright: its machine dies with it', async () => {
    const own = await privateCache();
    const { code } = await ovnfast(['run', '--target', 'debian-12', ...hello], {
      cwd,
      environment: { OVNFAST_CACHE: own },
      onOutput: (text, interrupt) => {
        if (/debian-12\S* +test/.test(text)) interrupt('SIGKILL');
      },
    });
    expect(code).toBeNull();
    // The kernel has been told to end them; it needs a moment.
    await expect.poll(() => processesOf(own), { timeout: 10_000 }).toEqual([]);
  });
});

describe('with no network and an empty cache', () => {
  // Every proxy is a port that nobody listens at, so nothing gets out.
  const nowhere = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

  test('the default set is skipped loudly, which proves nothing and is not a pass', async () => {
    const environment = { ...nowhere, OVNFAST_CACHE: join(cwd, 'cache') };
    const { code, stdout, stderr } = await ovnfast(['build', ...hello.slice(0, 2)], { cwd, environment });
    expect(stdout + stderr).toMatch(/http:\/\/127\.0\.0\.1:9|ECONNREFUSED|refused/);
    expect(code).toBe(3);
  });

  test('a named target is an error that lists every address tried', async () => {
    const environment = { ...nowhere, OVNFAST_CACHE: join(cwd, 'cache') };
    const args = ['build', ...hello.slice(0, 2), '--target', 'debian-12', '--mirror', 'http://mirror.example/debian'];
    const { code, stdout, stderr } = await ovnfast(args, { cwd, environment });
    expect(stdout + stderr).toMatch(/mirror\.example\/debian/);
    expect(stdout + stderr).toMatch(/snapshot\./);
    expect(code).toBe(3);
  });
});

test('the action plans, takes its inputs from the workflow, and fails the step when a test fails or a figure is worse', async () => {
  await using runner = await ActionRunner.create();
  const { workspace } = runner;
  // A shell would make a file of it.
  const module = "it's a `touch owned` $(touch owned); touch owned";
  await cp(join(root, 'test/fixtures/modules/hello'), join(workspace, module), { recursive: true });
  await mkdir(join(workspace, 'suite'));
  const script = [
    '#!/bin/bash',
    'echo "# measurement: depth stock 1 12 frames"',
    'echo "::error::of the guest"',
    'echo "not ok 1 on purpose"',
    'echo 1..1',
  ];
  await writeFile(join(workspace, 'suite/010-fails.sh'), `${script.join('\n')}\n`, { mode: 0o755 });
  const measurements = 'measurements:\n  depth: { title: Depth, x: packets, better: lower }\n';
  await writeFile(join(workspace, 'suite/suite.yml'), measurements);
  const inputs = { targets: 'debian-12', module, suites: 'load, ./suite', artifact: 'mine' };

  const planned = await runner.uses({ inputs: { ...inputs, 'plan-only': 'true' } });
  expect([planned.code, planned.log.annotations]).toEqual([0, []]);
  const { include } = JSON.parse(planned.outputs.matrix ?? '') as ShardPlan;
  expect(include.map(({ suites }) => suites)).toEqual([['load'], [join(workspace, 'suite')]]);
  expect(Object.keys(planned.outputs)).toEqual(['matrix']);
  expect((await readdir(workspace)).sort()).toEqual([module, 'suite']);

  // One that was better.
  const [id = '', kernel = ''] = include[0]?.targets[0]?.split('/') ?? [];
  const suites = [{ ...sampleSuite(id), name: 'suite', measurements: [figure('depth', 6)] }];
  const before = sampleReport([sampleTarget(0, { id, kernel, suites })]);
  await writeFile(join(workspace, 'before.json'), JSON.stringify(before));
  const step = await runner.uses({
    inputs: { ...inputs, baseline: 'before.json', out: 'results $(touch owned)', cache: 'false', artifact: 'none' },
  });
  expect([step.code, step.outcome]).toEqual([1, 'failure']);
  const told = step.log.annotations.filter(({ name }) => name === 'error').map(({ message }) => message);
  expect(told).toContainEqual(`${module}: fail; see ${join(workspace, 'results $(touch owned)/report.html')}`);
  expect(told).toContainEqual(`${module}: figures are worse than those of the baseline, or gone`);
  // The control: words of the guest are none of ours.
  expect(told).not.toContainEqual('of the guest');
  expect(step.outputs).toMatchObject({ status: 'fail', modules: join(workspace, 'results $(touch owned)') });
  expect(step.summary).toMatch(/on purpose/);
  const report = validateReport(JSON.parse(await readFile(step.outputs.report ?? '', 'utf8')));
  expect(report.targets[0]?.suites.map(({ name, status }) => [name, status])).toEqual([
    ['load', 'pass'],
    ['suite', 'fail'],
  ]);
  expect((await step.post()).code).toBe(0);
  expect(await readdir(workspace)).not.toContain('owned');
});

const figure = (name: string, value: number) => ({ name, series: 'stock', x: 1, value, unit: 'frames' });

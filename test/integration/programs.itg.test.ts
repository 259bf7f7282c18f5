// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPrograms } from '../../src/bpf/build.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { readManifest } from '../../src/manifest/manifest.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import { ovnfast } from '../command.ts';
import { openTools } from './tools.ts';

const fixtures = join(projectRoot(), 'test/fixtures');
const counter = join(fixtures, 'programs/counter');
const PRODUCTS = ['counter', 'counter.bpf.o', 'passes.bpf.o'];
let cwd: string;
/** What the first run wrote for its target. */
let place: string;
let first: Report;

/** Runs a command, and returns what it printed and the report that it wrote into `out`. */
async function ovnfastReport(args: string[], out: string) {
  const result = await ovnfast([...args, '--out', out], { cwd });
  const report = validateReport(JSON.parse(await readFile(join(cwd, out, 'report.json'), 'utf8')));
  return { ...result, report };
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-programs-'));
  const { code, stdout, stderr, report } = await ovnfastReport(
    ['run', '--target', 'debian-12', '--module', counter, '--fresh', '--share-builds'],
    'out',
  );
  expect(stdout + stderr).toMatch(/1 of 1 target passed/);
  expect(stdout).toMatch(/eBPF programs are built once for all targets anyway/);
  expect(code).toBe(0);
  first = report;
  place = join(cwd, 'out/debian-12', report.targets[0]?.kernel ?? '');
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('a directory of eBPF programs', () => {
  test('is built, booted and held to what all programs must do', async () => {
    const [target] = first.targets;
    expect(target?.suites.map(({ name, status }) => [name, status])).toEqual([['load-programs', 'pass']]);
    expect(target?.build?.modules).toBeUndefined();
    expect(target?.build?.programs).toMatchObject([
      { name: 'counter', sections: ['sockops'], maps: ['counter_events'], license: 'GPL', btf: true },
      { name: 'passes', sections: ['sk_msg'], maps: [], license: 'GPL', btf: true },
    ]);
    expect(target?.build?.executables?.map(({ path }) => path.split('/').at(-1))).toEqual(['counter']);
    expect((await stat(join(place, 'counter'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(cwd, 'out/report.html'), 'utf8')).toContain('counter_events');
  });

  test('gives the same bytes wherever and however it is built, for every target', async () => {
    const elsewhere = join(await mkdtemp(join(cwd, 'elsewhere-')), 'other');
    await cp(counter, elsewhere, { recursive: true });
    for (const name of await readdir(elsewhere)) {
      await utimes(join(elsewhere, name), 1e9, 1e9);
      await chmod(join(elsewhere, name), name === 'counter' ? 0o700 : 0o600);
    }
    const args = ['build', '--target', 'debian-11', '--target', 'debian-13', '--module', elsewhere, '--jobs', '1'];
    const { code, report } = await ovnfastReport([...args, '--fresh'], 'again');
    expect(code).toBe(0);
    expect(report.targets).toHaveLength(2);
    // One build, of which each target has the files.
    expect(new Set(report.targets.map(({ build }) => build?.seconds)).size).toBe(1);
    for (const { id, kernel } of report.targets) {
      for (const name of [...PRODUCTS, 'manifest.json', 'build.log']) {
        const other = join(cwd, 'again', id, kernel, name);
        expect(await readFile(other), other).toEqual(await readFile(join(place, name)));
      }
    }
  });

  test('that does not compile says where, and boots nothing', async () => {
    const args = ['run', '--target', 'debian-12', '--module', join(fixtures, 'programs/broken')];
    const { code, stdout, report } = await ovnfastReport(args, 'broken');
    expect(code).toBe(1);
    expect(stdout).toMatch(/broken\.bpf\.c:10:14: no member named 'no_such_field'/);
    const [target] = report.targets;
    expect(target?.suites).toEqual([]);
    expect(target?.build?.diagnostics).toEqual([
      {
        file: 'broken.bpf.c',
        line: 10,
        column: 14,
        severity: 'error',
        message: expect.stringMatching(/no_such_field/),
      },
      { file: 'broken.bpf.c', line: 9, column: 7, severity: 'warning', message: expect.stringMatching(/unused/) },
    ]);
  });

  test.each([
    ['without a license', /char LICENSE.*/, '', /other\.bpf\.c: names no license/],
    ['without a program', /SEC\("sk_msg"\)/, '', /other\.bpf\.c: holds no program/],
    ['that asks for the time', /SK_PASS/, 'sizeof(__DATE__)', /other\.bpf\.c:9:16: expansion of date or time macro/],
  ])('%s is not built', async (_, before, after, message) => {
    const directory = await mkdtemp(join(cwd, 'bad-'));
    const text = await readFile(join(counter, 'passes.bpf.c'), 'utf8');
    await writeFile(join(directory, 'other.bpf.c'), text.replace(before, after));
    const { code, report } = await ovnfastReport(['build', '--target', 'debian-12', '--module', directory], 'bad');
    expect(report.targets[0]?.reason).toMatch(message);
    expect(code).toBe(1);
  });

  test('that takes too long is stopped and says so; one that is interrupted leaves nothing behind', async ({
    signal,
  }) => {
    const cache = join(cwd, 'cache');
    await using workshop = await openTools(signal);
    const [sandbox, sysroot] = [await workshop.tools.sandbox(), await workshop.tools.sysroot('bpf')];
    const outDirectory = join(cwd, 'late');
    const options = {
      sandbox,
      sysroot,
      directory: counter,
      cache,
      outDirectory,
      jobs: 1,
      timeoutSeconds: 0.01,
      signal,
    };
    const late = await buildPrograms(options);
    expect(late).toMatchObject({ status: 'fail', programs: [], executables: [] });
    expect(late.reason).toBe('counter.bpf.c took longer than 0.01 s and was stopped');
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 60);
    await expect(buildPrograms({ ...options, timeoutSeconds: 60, signal: stop.signal })).rejects.toThrow('stopped');
    expect(await readdir(join(cache, 'work'))).toEqual([]);
  });

  test("that the kernel's verifier refuses fails with its log, which shows the line of the source", async () => {
    const args = ['run', '--target', 'debian-12', '--module', join(fixtures, 'programs/rejected')];
    const { code, report } = await ovnfastReport(args, 'rejected');
    expect(code).toBe(1);
    const [target] = report.targets;
    expect(target?.build?.status).toBe('pass');
    const refused = target?.suites[0]?.tests.find(({ name }) => name.includes('rejected.bpf.o'));
    expect(refused?.status).toBe('fail');
    expect(refused?.evidence?.join('\n')).toMatch(/; return \*value;\n.*\nR0 invalid mem access/);
  });
});

describe('objects that are built', () => {
  const files = () => PRODUCTS.map((name) => join(place, name));

  test('are verified with what loads them; a script that leaves eBPF behind fails, and the next one finds nothing', async () => {
    const suite = join(fixtures, 'suites/leftovers');
    const args = ['verify', ...files(), '--target', 'debian-12', '--suite', suite];
    const { report } = await ovnfastReport(args, 'verified');
    const tests = report.targets[0]?.suites[0]?.tests ?? [];
    const failed = tests.filter(({ status }) => status !== 'pass').map(({ name, reason }) => [name, reason]);
    expect(failed).toEqual([
      ['010-forgets-a-pin', 'left eBPF pins behind: counter'],
      ['020-forgets-to-detach', 'left eBPF programs attached to the root cgroup: count_event (sock_ops)'],
    ]);
    expect(tests.length).toBeGreaterThan(8);
  });

  test('say what they are', async () => {
    const [, object = ''] = files();
    const text = await ovnfast(['inspect', object], { cwd });
    expect(text.stdout).toMatch(/^program {5}count_event \(sockops\)$/m);
    const json = await ovnfast(['inspect', object, '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({
      name: 'counter',
      programs: [{ name: 'count_event', section: 'sockops' }],
      sha256: first.targets[0]?.build?.programs?.[0]?.sha256,
    });
    expect(json.code).toBe(0);
  });

  test('are at hand in a shell', async () => {
    const input = 'echo "module: $OVNFAST_MODULE"\n"$OVNFAST_MODULE_DIR/counter" load && ls /sys/fs/bpf\nexit 7\n';
    const { code, stdout } = await ovnfast(['shell', ...files(), '--target', 'debian-12'], { cwd, input });
    expect(stdout).toBe('module: \ncounter\n');
    expect(code).toBe(7);
  });

  test('are built again from their manifest, to the bit', async () => {
    const manifest = join(place, 'manifest.json');
    const { inputs } = await readManifest(manifest);
    expect(Object.keys(inputs)).toEqual(['bpf', 'sandbox']);
    const same = await ovnfast(['reproduce', manifest, '--module', counter, '--out', 'rebuilt'], { cwd });
    expect(same.stdout.match(/^bit-identical {2}\S+/gm)).toEqual([
      'bit-identical  counter.bpf.o',
      'bit-identical  passes.bpf.o',
      'bit-identical  counter',
    ]);
    expect(same.code).toBe(0);
    expect(await readFile(join(cwd, 'rebuilt/programs/manifest.json'))).toEqual(await readFile(manifest));

    const changed = await mkdtemp(join(cwd, 'changed-'));
    await cp(counter, changed, { recursive: true });
    const text = await readFile(join(changed, 'passes.bpf.c'), 'utf8');
    await writeFile(join(changed, 'passes.bpf.c'), text.replace('SK_PASS', 'SK_DROP'));
    const other = await ovnfast(['reproduce', manifest, '--module', changed], { cwd });
    expect(other.stdout).toMatch(/^source +NOT the same/m);
    expect(other.stdout).toMatch(
      /^DIFFERENT {2}passes\.bpf\.o.*^first +section sk_msg at byte 0x\w+, in pass_message/ms,
    );
    expect(other.stdout).toMatch(/^bit-identical {2}counter\.bpf\.o/m);
    expect(other.code).toBe(1);

    const module = join(fixtures, 'modules/hello');
    const wrong = await ovnfast(['reproduce', manifest, '--module', module], { cwd });
    expect(wrong.stderr).toMatch(/the manifest is of eBPF programs, and these are the sources of a kernel module/);
    expect(wrong.code).toBe(2);
  });
});

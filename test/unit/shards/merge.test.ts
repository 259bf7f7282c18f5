// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { type Report, type ReportTarget, validateReport } from '../../../src/report/model.ts';
import { mergeReports } from '../../../src/shards/merge.ts';
import type { Shard } from '../../../src/shards/shard.ts';
import { ovnfast } from '../../command.ts';
import { sampleReport, sampleSuite, sampleTarget, sampleTest } from '../report/sample.ts';

const scratch = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-merge-');
const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const signal = new AbortController().signal;

/** A target with one suite and one module of that content. */
function targetOf(index: number, suite: string, content = 'module', changes: Partial<ReportTarget> = {}): ReportTarget {
  const plain = sampleTarget(index, {}, 2);
  const place = `${plain.id}/${plain.kernel}`;
  const module = {
    ...{ path: `${place}/fastpath.ko`, name: 'fastpath', sha256: sha(content), size: content.length },
    vermagic: `${plain.kernel} SMP`,
  };
  return {
    ...plain,
    build: { status: 'pass', seconds: 1, module, modules: [module], log: `${place}/build.log`, diagnostics: [] },
    suites: [
      sampleSuite(
        plain.id,
        { name: suite, console: `${place}/${suite}.console.log`, ktap: `${place}/${suite}.ktap` },
        2,
      ),
    ],
    ...changes,
  };
}

/** The output directory of a shard as a run leaves it. */
async function shardIn(directory: string, report: Report, content = 'module'): Promise<string> {
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await put('report.json', JSON.stringify(report));
  for (const { build, suites } of report.targets) {
    if (build?.log) await put(build.log, 'compiled\n');
    for (const { path } of build?.modules ?? []) {
      await put(path, content);
      await put(join(dirname(path), 'manifest.json'), '{}\n');
    }
    for (const { path } of build?.executables ?? []) await put(path, content);
    for (const { console, ktap } of suites) {
      await put(console, `console of ${console}\n`);
      if (ktap) await put(ktap, 'ok 1\n');
    }
  }
  return directory;
}

const planned = (target: ReportTarget, suites: string[]): Shard => ({
  name: `${target.id}: ${suites.join(', ')}`,
  artifact: `ovnfast--${target.id}-${suites.join('-')}`,
  targets: [`${target.id}/${target.kernel}`],
  suites,
});

type Place = { path: string };
const merge = (places: string[], { path }: Place, include?: Shard[]) =>
  mergeReports({ places, out: join(path, 'out'), version: '9.9.9', signal, ...(include ? { plan: { include } } : {}) });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('it was merged'),
    (error: unknown) => error as Error,
  );

/** Two shards: a suite each on the same kernel, and another kernel in the second. */
async function twoShards({ path }: Place, changes: Partial<Report> = {}) {
  const first = sampleReport([targetOf(1, 'fastpath')], { source: sha('source') });
  const second = sampleReport([targetOf(1, 'load'), targetOf(0, 'load')], {
    ...{ source: sha('source'), startedAt: '2026-01-02T03:05:05.000Z', seconds: 200 },
    ...changes,
  });
  return [
    await shardIn(join(path, 'shards', 'ovnfast--debian-12-fastpath'), first),
    await shardIn(join(path, 'shards', 'ovnfast--b'), second),
  ] as const;
}

describe('shards become one report', () => {
  test('in every format, each target once, with the files of all', async () => {
    await using place = await scratch();
    await twoShards(place);
    const report = await merge([join(place.path, 'shards')], place);
    expect(report.targets.map(({ id, status, suites }) => [id, status, suites.map(({ name }) => name)])).toEqual([
      ['debian-11', 'pass', ['load']],
      ['debian-12', 'pass', ['fastpath', 'load']],
    ]);
    expect([report.status, report.startedAt, report.seconds]).toEqual(['pass', '2026-01-02T03:04:05.000Z', 260]);
    const out = join(place.path, 'out');
    expect((await readdir(out)).sort()).toEqual([
      ...['debian-11', 'debian-12', 'junit.xml', 'report.html', 'report.json', 'summary.md'],
    ]);
    expect(validateReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')))).toEqual(report);
    expect((await readdir(join(out, 'debian-12/6.1.0-56-amd64'))).sort()).toEqual([
      ...['build.log', 'fastpath.console.log', 'fastpath.ko', 'fastpath.ktap'],
      ...['load.console.log', 'load.ktap', 'manifest.json'],
    ]);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('console of debian-11/5.10.0-41-amd64/load');
    const junit = new XMLParser({ ignoreAttributes: false }).parse(await readFile(join(out, 'junit.xml'), 'utf8'));
    expect(junit.testsuites.testsuite.map((suite: Record<string, string>) => suite['@_name'])).toHaveLength(5);
    expect(await readFile(join(out, 'summary.md'), 'utf8')).toContain('2 of 2 targets passed');
    expect((await readdir(place.path)).sort()).toEqual(['out', 'shards']);
  });

  test('a failure in one shard is a failure of the whole, and of its target', async () => {
    await using place = await scratch();
    const bad = sampleSuite('x', {
      name: 'load',
      status: 'fail',
      console: 'x/load.console.log',
      tests: [sampleTest(0, { status: 'fail' })],
    });
    const shards = [
      sampleReport([targetOf(1, 'fastpath')]),
      sampleReport([targetOf(1, 'load', 'module', { suites: [bad], status: 'fail', reason: 'it broke' })]),
    ];
    const places = await Promise.all(shards.map((report, index) => shardIn(join(place.path, `${index}`), report)));
    const report = await merge(places, place);
    expect([report.status, report.targets[0]?.status, report.targets[0]?.reason]).toEqual(['fail', 'fail', 'it broke']);
  });

  test('a target that claims to have been skipped is not better than what is in it', async () => {
    await using place = await scratch();
    const bad = sampleSuite('x', { status: 'fail', console: 'x/c.log', tests: [sampleTest(0, { status: 'fail' })] });
    const report = sampleReport([
      targetOf(0, 'fastpath'),
      targetOf(1, 'fastpath', 'module', { status: 'skip', suites: [bad] }),
    ]);
    expect(report.status).toBe('pass');
    expect((await merge([await shardIn(join(place.path, 's'), report)], place)).status).toBe('fail');
  });

  test('a build that failed in one shard is shown, with what the other one tested', async () => {
    await using place = await scratch();
    const failed = { status: 'fail' as const, seconds: 1, reason: 'no space left', log: 'build.log', diagnostics: [] };
    const one = await shardIn(join(place.path, 'a'), sampleReport([targetOf(1, 'fastpath')]));
    const other = sampleReport([targetOf(1, 'load', 'module', { build: failed, suites: [], status: 'fail' })]);
    const report = await merge([one, await shardIn(join(place.path, 'b'), other)], place);
    const [target] = report.targets;
    expect([target?.status, target?.build?.reason, target?.suites.length]).toEqual(['fail', 'no space left', 1]);
  });

  test('executables can be executed again, which artifacts lose', async () => {
    await using place = await scratch();
    const target = targetOf(0, 'load');
    const executables = [{ path: 'debian-11/loader', sha256: sha('module'), size: 6 }];
    const build = { status: 'pass' as const, seconds: 1, executables, diagnostics: [] };
    await merge([await shardIn(join(place.path, 's'), sampleReport([{ ...target, build }]))], place);
    expect((await stat(join(place.path, 'out/debian-11/loader'))).mode & 0o777).toBe(0o755);
  });

  test('a log that was left behind is told, a module that was left behind refused', async () => {
    await using place = await scratch();
    const target = targetOf(0, 'load');
    const report = sampleReport([{ ...target, suites: target.suites.map((one) => ({ ...one, console: 'gone.log' })) }]);
    const shard = await shardIn(join(place.path, 's'), report);
    await rm(join(shard, 'gone.log'));
    const merged = await merge([shard], place);
    expect(merged.warnings).toEqual([{ message: 'gone.log, which the report in s names, was not brought along' }]);
    await rm(join(shard, 'debian-11/5.10.0-41-amd64/fastpath.ko'));
    await rm(join(place.path, 'out'), { recursive: true });
    expect((await failure(merge([shard], place))).message).toMatch(
      /fastpath\.ko: is named by the report, but is not there\n {2}Bring/,
    );
  });
});

describe('with a plan', () => {
  const wanted = [targetOf(1, 'fastpath'), targetOf(0, 'load')] as const;
  const include = [planned(wanted[0], ['fastpath']), planned(wanted[1], ['load'])];

  test('all that was planned has come: as without', async () => {
    await using place = await scratch();
    const places = await Promise.all(
      wanted.map((target, index) => shardIn(join(place.path, include[index]?.artifact ?? ''), sampleReport([target]))),
    );
    const report = await merge(places, place, include);
    expect([report.status, report.reason, report.warnings]).toEqual(['pass', undefined, undefined]);
  });

  test('a shard without a report is an error, whatever the others say, and named', async () => {
    await using place = await scratch();
    // An empty artifact in its place, as of a job that was cancelled.
    await mkdir(join(place.path, 'shards', include[1]?.artifact ?? ''), { recursive: true });
    await shardIn(join(place.path, 'shards', 'anything'), sampleReport([wanted[0]]));
    const report = await merge([join(place.path, 'shards')], place, include);
    expect([report.status, report.reason]).toEqual(['error', '1 of 2 shards have no report']);
    expect(report.targets.map(({ id, status }) => [id, status])).toEqual([
      ['debian-12', 'pass'],
      ['debian-11', 'error'],
    ]);
    expect(report.targets[1]?.reason).toMatch(
      /^the shard "debian-11: load" has no report: its job ended .* ovnfast--debian-11-load/,
    );
    expect(report.warnings?.map(({ message }) => message)).toContain('ovnfast--debian-11-load: no report.json in it');
    expect(await readFile(join(place.path, 'out/summary.md'), 'utf8')).toMatch(
      /ERROR.* 1 of 2 targets passed\n\n1 of 2 shards have/,
    );
  });

  test('no report at all is an error of each target, not an empty pass', async () => {
    await using place = await scratch();
    await mkdir(join(place.path, 'shards'));
    const report = await merge([join(place.path, 'shards')], place, include);
    expect([report.status, report.targets.map(({ status }) => status), report.tool.version]).toEqual([
      'error',
      ['error', 'error'],
      '9.9.9',
    ]);
  });

  test('another suite of the same kernel that has not come makes that kernel an error', async () => {
    await using place = await scratch();
    const plan = [planned(wanted[0], ['fastpath']), planned(wanted[0], ['load'])];
    const shard = await shardIn(join(place.path, 's'), sampleReport([wanted[0]]));
    const report = await merge([shard], place, plan);
    expect(report.targets.map(({ status, reason }) => [status, reason?.slice(0, 36)])).toEqual([
      ['error', 'the shard "debian-12: load" has no r'],
    ]);
  });

  test('of two shards that could not be built one is missed, though nothing tells them apart', async () => {
    await using place = await scratch();
    const plan = [planned(wanted[0], ['fastpath']), planned(wanted[0], ['load'])];
    const skipped = { ...wanted[0], status: 'skip' as const, suites: [] };
    const { build: _, ...target } = skipped;
    const other = targetOf(2, 'fastpath');
    plan.push(planned(other, ['fastpath']));
    const places = [
      await shardIn(join(place.path, 'a'), sampleReport([target])),
      await shardIn(join(place.path, 'c'), sampleReport([other])),
    ];
    expect((await merge(places, place, plan)).status).toBe('error');
    // The control: when both have come, being skipped is no error.
    places.push(await shardIn(join(place.path, 'b'), sampleReport([target])));
    const { status } = await mergeReports({
      places,
      plan: { include: plan },
      out: join(place.path, 'all'),
      version: '1',
      signal,
    });
    expect(status).toBe('pass');
  });

  test('a report that leaves out what it was to run is no pass', async () => {
    await using place = await scratch();
    const plan = [planned(wanted[0], ['fastpath', 'load'])];
    const shard = await shardIn(join(place.path, plan[0]?.artifact ?? ''), sampleReport([wanted[0]]));
    const report = await merge([shard], place, plan);
    expect([report.status, report.targets[0]?.reason]).toEqual([
      'error',
      'the report of the shard "debian-12: fastpath, load" says nothing of suite load',
    ]);
  });

  test('a kernel that the report of its shard leaves out is an error', async () => {
    await using place = await scratch();
    const other = targetOf(3, 'fastpath');
    const plan = [
      { ...planned(wanted[0], ['fastpath']), targets: [wanted[0], other].map(({ id, kernel }) => `${id}/${kernel}`) },
    ];
    const shard = await shardIn(join(place.path, plan[0]?.artifact ?? ''), sampleReport([wanted[0]]));
    const report = await merge([shard], place, plan);
    expect(report.targets.map(({ id, status, reason }) => [id, status, reason])).toEqual([
      ['debian-12', 'pass', undefined],
      ['debian-14', 'error', 'the report of the shard "debian-12: fastpath" says nothing of it'],
    ]);
    expect(report.status).toBe('error');
  });

  test('a suite that its shard was not to run is refused', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, include[0]?.artifact ?? ''), sampleReport([targetOf(1, 'load')]));
    expect((await failure(merge([shard], place, include))).message).toMatch(
      /tells of suite load, which the shard "debian-12: fastpath" was not/,
    );
  });

  test('whatever the directories are called and in whatever order they come', async () => {
    await using place = await scratch();
    const plan = [planned(wanted[0], ['fastpath']), planned(wanted[0], ['load'])];
    // The first one ran no suite, so it could be of either shard; the second one can be of the first shard only.
    const failed = targetOf(1, 'load', 'module', { suites: [], status: 'error', reason: 'no machine' });
    const places = [
      await shardIn(join(place.path, 'a'), sampleReport([failed])),
      await shardIn(join(place.path, 'b'), sampleReport([wanted[0]])),
    ];
    const report = await merge(places, place, plan);
    expect([report.status, report.targets[0]?.reason, report.reason]).toEqual(['error', 'no machine', undefined]);
  });

  test('what no shard was to run is refused', async () => {
    await using place = await scratch();
    const stray = await shardIn(join(place.path, 'stray'), sampleReport([targetOf(3, 'load')]));
    expect((await failure(merge([stray], place, include))).message).toMatch(
      /stray: the plan has no shard that was to run this\n/,
    );
    const named = await shardIn(join(place.path, include[0]?.artifact ?? ''), sampleReport([targetOf(3, 'load')]));
    expect((await failure(merge([named], place, include))).message).toMatch(
      /tells of debian-14\/\S+, which the shard "debian-12: fastpath" was not/,
    );
    const anew = targetOf(3, 'load', 'module', { lock: { digest: sha('x'), resolvedAnew: true } });
    await writeFile(join(named, 'report.json'), JSON.stringify(sampleReport([anew])));
    expect((await failure(merge([named], place, include))).message).toMatch(/run the shards with --frozen/);
    expect(await readdir(place.path)).not.toContain('out');
  });

  test('a distribution that could not be asked is met by any kernel of it, and is an error without', async () => {
    await using place = await scratch();
    const plan = [{ name: 'x', artifact: 'x', targets: ['debian-12'], suites: ['fastpath'] }];
    const shard = await shardIn(join(place.path, 's'), sampleReport([wanted[0]]));
    expect((await merge([shard], place, plan)).status).toBe('pass');
    await mkdir(join(place.path, 'none'));
    const report = await mergeReports({
      ...{
        places: [join(place.path, 'none')],
        plan: { include: plan },
        out: join(place.path, 'all'),
        version: '1',
        signal,
      },
    });
    expect(report.targets.map(({ id, kernel, status }) => [id, kernel, status])).toEqual([
      ['debian-12', 'unknown', 'error'],
    ]);
  });
});

describe('shards that contradict each other are refused, with the remedy', () => {
  const changed = (target: ReportTarget, changes: Partial<ReportTarget>) => sampleReport([{ ...target, ...changes }]);
  test.each<[string, Report, RegExp, string?]>([
    [
      'a suite on a kernel twice',
      sampleReport([targetOf(1, 'fastpath')]),
      /suite fastpath on debian-12\/\S+ is in .*\/a, too\n {2}Merge each/,
    ],
    [
      'another module',
      sampleReport([targetOf(1, 'load', 'other')]),
      /another fastpath\.ko of debian-12\/\S+ than in .*\n.*not reproducible/,
      'other',
    ],
    [
      'another lock',
      changed(targetOf(1, 'load'), { lock: { digest: sha('x') } }),
      /another lock of debian-12.*\n.*--frozen/,
    ],
    ['another architecture', changed(targetOf(1, 'load'), { arch: 'aarch64' }), /another architecture of debian-12/],
    [
      'another tool',
      { ...sampleReport([targetOf(1, 'load')]), tool: { version: '0.2.0' } },
      /has version of ovnfast 0\.2\.0, but .* has 0\.1\.0\n/,
    ],
    [
      'another module directory',
      sampleReport([targetOf(0, 'load')], { module: 'bypass' }),
      /has module bypass, but .* has fastpath\n/,
    ],
    [
      'another source',
      sampleReport([targetOf(0, 'load')], { source: sha('b') }),
      /has source [0-9a-f]{64}, but .*\n.*one commit/,
    ],
    [
      'another schema',
      { ...sampleReport([]), schema: 'ovnfast.report/2' } as unknown as Report,
      /schema ovnfast\.report\/2, and this version knows/,
    ],
    [
      'no schema',
      { ...sampleReport([]), schema: 'x' } as unknown as Report,
      /not a report of schema ovnfast\.report\/1/,
    ],
  ])('%s', async (_, other, message, content) => {
    await using place = await scratch();
    const first = await shardIn(join(place.path, 'a'), sampleReport([targetOf(1, 'fastpath')], { source: sha('a') }));
    const second = await shardIn(join(place.path, 'b'), other, content);
    const error = await failure(merge([first, second], place));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
    expect((await readdir(place.path)).sort()).toEqual(['a', 'b']);
  });

  test('a kernel that was only built, twice', async () => {
    await using place = await scratch();
    const report = sampleReport([targetOf(1, 'load', 'module', { suites: [] })]);
    const places = [await shardIn(join(place.path, 'a'), report), await shardIn(join(place.path, 'b'), report)];
    expect((await failure(merge(places, place))).message).toMatch(/the build for debian-12\/\S+ is in .*\/a, too/);
  });

  test('what cannot be told apart: one place named twice, no report, no directory', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 'a'), sampleReport([targetOf(1, 'load')]));
    expect((await failure(merge([shard, shard], place))).message).toMatch(/a: is named twice\n/);
    await mkdir(join(place.path, 'empty'));
    expect((await failure(merge([shard, join(place.path, 'empty')], place))).message).toMatch(
      /empty: there is no report\.json\n.*--plan/,
    );
    expect((await failure(merge([join(place.path, 'nothing')], place))).message).toMatch(
      /nothing: there is no such directory \(ENOENT\)/,
    );
    await writeFile(join(place.path, 'file'), '');
    expect((await failure(merge([join(place.path, 'file')], place))).message).toMatch(/file: is no directory\n/);
    await writeFile(join(shard, 'report.json'), '{"schema":');
    expect((await failure(merge([shard], place))).message).toMatch(/report\.json: not a report: /);
  });
});

describe('what shards bring is hostile', () => {
  const withConsole = (console: string) => {
    const target = targetOf(0, 'load');
    return sampleReport([{ ...target, suites: target.suites.map((suite) => ({ ...suite, console })) }]);
  };

  test.each([
    ['above it', '../secret'],
    ['above it, late', 'debian-11/../../secret'],
    ['absolute', '/etc/passwd'],
    ['not plain', 'debian-11//x.log'],
    ['of a directory', 'debian-11/'],
    ['with a dot', './x.log'],
    ['with a NUL', 'x\0.log'],
    ['of the report itself', 'report.json'],
    ['of the page', 'report.html'],
  ])('a path %s', async (_, path) => {
    await using place = await scratch();
    await writeFile(join(place.path, 'secret'), 'secret');
    const shard = await shardIn(join(place.path, 's'), withConsole('x.log'));
    await writeFile(join(shard, 'report.json'), JSON.stringify(withConsole(path)));
    const error = await failure(merge([shard], place));
    expect(error).toBeInstanceOf(InputError);
    expect((await readdir(place.path)).sort()).toEqual(['s', 'secret']);
  });

  test.each<[string, string, (shard: string, secret: string) => Promise<unknown>, RegExp]>([
    ['a link out of it', 'x.log', (shard, secret) => symlink(secret, join(shard, 'x.log')), /x\.log: is a link/],
    ['a link within it', 'x.log', (shard) => symlink('report.json', join(shard, 'x.log')), /x\.log: is a link/],
    [
      'a directory that is a link',
      'd/secret',
      (shard, secret) => symlink(dirname(secret), join(shard, 'd')),
      /d\/secret: is a link/,
    ],
    ['a directory', 'x.log', (shard) => mkdir(join(shard, 'x.log')), /x\.log: is no plain file/],
    [
      'a report that is a link',
      'x.log',
      async (shard) => {
        await rename(join(shard, 'report.json'), join(shard, 'real.json'));
        await symlink('real.json', join(shard, 'report.json'));
      },
      /report\.json: is a link/,
    ],
    [
      'a file as large as a disk',
      'x.log',
      async (shard) => {
        await writeFile(join(shard, 'x.log'), '');
        await truncate(join(shard, 'x.log'), 2 ** 40);
      },
      /x\.log: is larger than 1024 MiB/,
    ],
  ])('%s', async (_, console, prepare, message) => {
    await using place = await scratch();
    const secret = join(place.path, 'elsewhere', 'secret');
    await mkdir(dirname(secret));
    await writeFile(secret, 'secret');
    const shard = await shardIn(join(place.path, 's'), withConsole('other.log'));
    await writeFile(join(shard, 'report.json'), JSON.stringify(withConsole(console)));
    await prepare(shard, secret);
    const error = await failure(merge([shard], place));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
    expect((await readdir(place.path)).sort()).toEqual(['elsewhere', 's']);
  });

  test('a pipe that nobody writes to is not waited for', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 's'), withConsole('y.log'));
    await writeFile(join(shard, 'report.json'), JSON.stringify(withConsole('x.log')));
    execFileSync('mkfifo', [join(shard, 'x.log')]);
    expect((await failure(merge([shard], place))).message).toMatch(/x\.log: is no plain file/);
  });

  test('a module that is not the one of the report', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 's'), sampleReport([targetOf(0, 'load')]), 'modulo');
    const { message } = await failure(merge([shard], place));
    expect(message).toMatch(
      /fastpath\.ko: is not the file that the report describes: size or SHA-256 differ\n {2}Download/,
    );
  });

  test('different files of two shards in one place; the same file is none', async () => {
    await using place = await scratch();
    const [one, two] = [targetOf(0, 'load'), targetOf(1, 'load')].map((target) =>
      sampleReport([{ ...target, suites: target.suites.map((suite) => ({ ...suite, console: 'same.log' })) }]),
    );
    const places = [
      await shardIn(join(place.path, 'a'), one ?? expect.fail()),
      await shardIn(join(place.path, 'b'), two ?? expect.fail()),
    ];
    expect((await merge(places, place)).status).toBe('pass');
    await writeFile(join(place.path, 'b/same.log'), 'another');
    const again = mergeReports({ places, out: join(place.path, 'again'), version: '1', signal });
    expect((await failure(again)).message).toMatch(/b\/same\.log: is not the file that .*\/a has in the same place\n/);
  });

  test('a file where another shard has a directory', async () => {
    await using place = await scratch();
    const one = await shardIn(join(place.path, 'a'), withConsole('debian-12'));
    const two = await shardIn(join(place.path, 'b'), sampleReport([targetOf(1, 'fastpath')]));
    expect((await failure(merge([one, two], place))).message).toMatch(
      /two shards have different things in one place\n/,
    );
  });

  test('directories that are links are not looked into', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 'real'), sampleReport([targetOf(0, 'load')]));
    await shardIn(join(place.path, 'shards', 'a'), sampleReport([targetOf(1, 'load')]));
    await symlink(shard, join(place.path, 'shards', 'b'));
    expect((await merge([join(place.path, 'shards')], place)).targets).toHaveLength(1);
  });

  test('what is merged is a copy: the shard may change afterwards', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 's'), withConsole('x.log'));
    await link(join(shard, 'x.log'), join(place.path, 'other-name'));
    await merge([shard], place);
    await writeFile(join(shard, 'x.log'), 'changed');
    expect(await readFile(join(place.path, 'out/x.log'), 'utf8')).toBe('console of x.log\n');
  });
});

describe('nothing is half-written', () => {
  test('a directory that holds anything is left alone, an empty one is taken', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 's'), sampleReport([targetOf(0, 'load')]));
    await mkdir(join(place.path, 'out'));
    await merge([shard], place);
    const error = await failure(merge([shard], place));
    expect(error.message).toMatch(/out: is not empty.*\n {2}Choose another directory with --out/);
    await writeFile(join(place.path, 'file'), '');
    const onto = mergeReports({ places: [shard], out: join(place.path, 'file'), version: '1', signal });
    expect((await failure(onto)).message).toMatch(/file: cannot be used \(ENOTDIR\)/);
    const below = mergeReports({ places: [shard], out: join(place.path, 'file/out'), version: '1', signal });
    expect(await failure(below)).toBeInstanceOf(InputError);
    const nowhere = mergeReports({ places: [shard], out: '/sys/nothing/out', version: '1', signal });
    expect(await failure(nowhere)).toBeInstanceOf(EnvironmentError);
  });

  test('an interruption leaves nothing', async () => {
    await using place = await scratch();
    const shard = await shardIn(join(place.path, 's'), sampleReport([targetOf(0, 'load')]));
    const interruption = AbortSignal.abort(new Error('interrupted'));
    const work = mergeReports({ places: [shard], out: join(place.path, 'out'), version: '1', signal: interruption });
    expect((await failure(work)).message).toBe('interrupted');
    expect(await readdir(place.path)).toEqual(['s']);
  });
});

test('the command: exit status, table, JSON, a comment that fits', async () => {
  await using place = await scratch();
  const run = (...args: string[]) => ovnfast(['merge', ...args], { cwd: place.path });
  await twoShards(place);
  const passed = await run('shards', '--out', 'all', '--json', '--comment', 'comment.md');
  expect(passed.code, passed.stderr).toBe(0);
  expect(JSON.parse(passed.stdout).status).toBe('pass');
  expect(passed.stderr).toMatch(/2 of 2 targets passed/);
  expect((await readFile(join(place.path, 'comment.md'), 'utf8')).length).toBeLessThan(60_000);
  const include = [planned(targetOf(1, 'fastpath'), ['fastpath']), planned(targetOf(3, 'fastpath'), ['fastpath'])];
  await writeFile(join(place.path, 'plan.json'), JSON.stringify({ include }));
  const missing = await run('shards/ovnfast--debian-12-fastpath', '--plan', 'plan.json', '--out', 'some');
  expect([missing.code, missing.stdout]).toEqual([3, expect.stringContaining('has no report: its job ended')]);
  const unreadable = await run('shards', '--plan', 'none.json', '--out', 'none');
  expect([unreadable.code, unreadable.stderr]).toEqual([
    2,
    expect.stringMatching(/none\.json: cannot be read \(ENOENT\)/),
  ]);
  const nothing = await run();
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringMatching(/missing required argument/)]);
}, 60_000);

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { unitsOf } from '../../../src/plan-shards.ts';
import { buildsOf } from '../../../src/report/builds.ts';
import type { Report, ReportBuild, ReportTarget } from '../../../src/report/model.ts';
import { mergeReports } from '../../../src/shards/merge.ts';
import { sampleReport, sampleSuite, sampleTarget } from '../report/sample.ts';

// Shards of a run with suites of several modules.

const scratch = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-merge-modules-');
const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const { signal } = new AbortController();
const PLACE = 'debian-12/6.1.0-56-amd64';

type Changes = { content?: string; status?: 'pass' | 'fail'; only?: 'image'; lock?: string };

function buildIn(place: string, file: string, content: string): ReportBuild {
  const module = {
    ...{ path: `${place}/${file}`, name: 'm', sha256: sha(content), size: content.length, vermagic: '6.1.0-56-amd64' },
  };
  return { status: 'pass', seconds: 1, module, modules: [module], log: `${place}/build.log`, diagnostics: [] };
}

/** The main module with a suite of its own, or one of another module, which is built beside it. */
function targetOf(suite: string, subject?: string, { content = 'other', status = 'pass', ...lock }: Changes = {}) {
  const of = subject === undefined ? {} : { subject };
  const place = subject === undefined ? PLACE : `${PLACE}/${subject}`;
  const console = `${place}/${suite}.console.log`;
  const failed = { subject: subject ?? '', status, seconds: 1, reason: 'broken', diagnostics: [] };
  const built = { subject: subject ?? '', ...buildIn(place, 'same.ko', content) };
  const target = sampleTarget(1, {
    lock: { digest: sha(lock.lock ?? 'lock'), ...(lock.only ? { only: lock.only } : {}) },
    build: buildIn(PLACE, 'same.ko', 'main'),
    ...(subject === undefined ? {} : { builds: [status === 'pass' ? built : failed] }),
    suites: status === 'pass' ? [sampleSuite('x', { name: suite, ...of, console }, 2)] : [],
  });
  return target;
}

async function shardIn(directory: string, target: ReportTarget, changes: Partial<Report> = {}): Promise<string> {
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  const subjects = (target.builds ?? []).map(({ subject }) => ({ name: subject, source: sha(subject) }));
  const report = sampleReport([target], {
    ...{ source: sha('main'), ...(subjects.length > 0 ? { modules: subjects } : {}), ...changes },
  });
  await put('report.json', JSON.stringify(report));
  for (const { log, modules = [], subject } of buildsOf(target)) {
    if (log) await put(log, `log of ${subject ?? 'main'}\n`);
    for (const { path } of modules) {
      await put(path, subject === undefined ? 'main' : 'other');
      await put(join(dirname(path), 'manifest.json'), `{"of":"${subject ?? 'main'}"}\n`);
    }
  }
  for (const { console } of target.suites) await put(console, 'console\n');
  return directory;
}

const merge = (places: string[], path: string) =>
  mergeReports({ places, out: join(path, 'out'), version: '9.9.9', signal });

test('make one report with every module once, each with its files', async () => {
  await using place = await scratch();
  const places = [
    await shardIn(join(place.path, 'a'), targetOf('fastpath')),
    await shardIn(join(place.path, 'b'), targetOf('offload', 'smartnic')),
    await shardIn(join(place.path, 'c'), targetOf('more', 'smartnic')),
    await shardIn(join(place.path, 'd'), targetOf('bypass', 'bypass')),
  ];
  const report = await merge(places, place.path);
  const [target] = report.targets;
  expect([report.status, report.module, report.source]).toEqual(['pass', 'fastpath', sha('main')]);
  expect(report.modules).toEqual(['smartnic', 'bypass'].map((name) => ({ name, source: sha(name) })));
  expect(target?.build?.subject).toBeUndefined();
  expect(target?.builds?.map(({ subject, status }) => [subject, status])).toEqual([
    ['bypass', 'pass'],
    ['smartnic', 'pass'],
  ]);
  expect(target?.suites.map(({ name, subject }) => [name, subject])).toEqual([
    ['bypass', 'bypass'],
    ['fastpath', undefined],
    ['more', 'smartnic'],
    ['offload', 'smartnic'],
  ]);
  // Files of one name do not get into each other's way.
  const read = (path: string) => readFile(join(place.path, 'out', PLACE, path), 'utf8');
  expect([await read('same.ko'), await read('bypass/same.ko'), await read('smartnic/same.ko')]).toEqual([
    ...['main', 'other', 'other'],
  ]);
  expect(await read('smartnic/manifest.json')).toContain('smartnic');
  await stat(join(place.path, 'out', PLACE, 'smartnic/offload.console.log'));
  expect(await readFile(join(place.path, 'out/report.html'), 'utf8')).toContain('log of smartnic');
});

test('a build that failed in one shard fails the target, and is the one that is shown', async () => {
  await using place = await scratch();
  const places = [
    await shardIn(join(place.path, 'a'), targetOf('offload', 'smartnic')),
    await shardIn(join(place.path, 'b'), targetOf('more', 'smartnic', { status: 'fail' })),
  ];
  const report = await merge(places, place.path);
  expect([report.status, report.targets[0]?.builds]).toMatchObject(['fail', [{ subject: 'smartnic', status: 'fail' }]]);
});

test.each<[string, Changes, Partial<Report>, RegExp]>([
  ['other sources', {}, { modules: [{ name: 'smartnic', source: sha('x') }] }, /has source of smartnic .*, but /],
  ['another file', { content: 'x' }, {}, /another same\.ko of debian-12.* than in /],
  ['another lock', { lock: 'x' }, {}, /another lock of debian-12/],
])('%s of a module than in another shard are refused', async (_, changes, report, message) => {
  await using place = await scratch();
  const places = [
    await shardIn(join(place.path, 'a'), targetOf('offload', 'smartnic')),
    await shardIn(join(place.path, 'b'), targetOf('more', 'smartnic', changes), report),
  ];
  await expect(merge(places, place.path)).rejects.toThrow(message);
});

test('the lock of the image alone is no other lock: that shard had nothing to build', async () => {
  await using place = await scratch();
  const places = [
    await shardIn(join(place.path, 'a'), targetOf('fastpath', undefined, { only: 'image', lock: 'of the image' })),
    await shardIn(join(place.path, 'b'), targetOf('offload', 'smartnic')),
  ];
  const report = await merge(places, place.path);
  expect(report.targets[0]?.lock).toEqual({ digest: sha('lock') });
  const third = await shardIn(
    join(place.path, 'c'),
    targetOf('load', undefined, { only: 'image', lock: 'of another image' }),
  );
  await expect(mergeReports({ places: [...places, third], out: join(place.path, 'x'), version: '9', signal }))
    .rejects //
    .toThrow(/another lock/);
});

test('kernels share a job where every module takes one build', () => {
  const plan = (groups: string[][], unknown: string[] = []) => ({
    ...{ id: 'debian-12', builds: { least: 1, most: 1 }, groups },
    unknown: unknown.map((kernel) => ({ kernel, reason: 'x' })),
  });
  const units = (...plans: ReturnType<typeof plan>[]) => unitsOf(plans).map(({ kernels }) => kernels.join(' '));
  expect(units(plan([['4', '3', '2'], ['1']]))).toEqual(['4 3 2', '1']);
  expect(
    units(
      plan([['4', '3', '2'], ['1']]),
      plan([
        ['4', '3'],
        ['2', '1'],
      ]),
    ),
  ).toEqual(['4 3', '2', '1']);
  expect(units(plan([['4', '3']], ['2']), plan([['4', '3', '2']]))).toEqual(['4 3', '2']);
  const other = { ...plan([['4', '3']]), id: 'debian-13' };
  expect(unitsOf([plan([['4', '3']]), other]).map(({ id, kernels }) => [id, kernels])).toEqual([
    ['debian-12', ['4', '3']],
    ['debian-13', ['4', '3']],
  ]);
});

// SPDX-License-Identifier: Apache-2.0
import { XMLParser } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { buildStatus, isShared, suiteTitle } from '../../../src/report/builds.ts';
import { reportPage } from '../../../src/report/html/page.ts';
import { junitXml } from '../../../src/report/junit.ts';
import { type Report, type ReportTarget, targetStatus, validateReport } from '../../../src/report/model.ts';
import { planText } from '../../../src/report/plan.ts';
import { sharingText } from '../../../src/report/plan-sharing.ts';
import { problemsOf } from '../../../src/report/problems.ts';
import { summaryMarkdown } from '../../../src/report/summary/summary.ts';
import { resultTable } from '../../../src/report/table.ts';
import { sampleReport, sampleSuite, sampleTarget } from './sample.ts';

// One run with suites of several modules: what is shown of the others.

const broken = { file: 'act.c', line: 7, severity: 'error' as const, message: 'no such field' };
const base = { seconds: 2, diagnostics: [] };
const failed = {
  ...{ subject: 'smartnic', status: 'fail' as const, seconds: 3, reason: 'make ended with status 2' },
  ...{ log: 'debian-12/smartnic/build.log', diagnostics: [broken] },
};
const others: Partial<ReportTarget> = {
  builds: [{ subject: 'bypass', status: 'pass', ...base, log: 'debian-12/bypass/build.log', programs: [] }],
  suites: [
    sampleSuite('debian-12', {}, 2),
    sampleSuite('debian-12', { name: 'bypass', subject: 'bypass', console: 'debian-12/bypass/console.log' }, 2),
    sampleSuite('debian-12', { name: 'offload', subject: 'smartnic', console: 'debian-12/smartnic/console.log' }, 2),
  ],
};
const passed = sampleReport([sampleTarget(1, others)]);
const mixed = sampleReport([
  sampleTarget(1, { builds: [...(others.builds ?? []), failed], suites: others.suites?.slice(0, 2) ?? [] }),
]);
const terminal = { colour: false, interactive: false, size: () => ({ columns: 120, rows: 30 }) };

test('a build of another module that failed fails the target; one that passed proves nothing', () => {
  expect([passed.status, mixed.status]).toEqual(['pass', 'fail']);
  expect(validateReport(mixed)).toEqual(mixed);
  const [target] = passed.targets as [ReportTarget];
  expect(targetStatus({ ...target, suites: target.suites.map((one) => ({ ...one, tests: [], status: 'skip' })) })).toBe(
    'skip',
  );
  expect(buildStatus({ ...target, builds: [failed] })).toBe('fail');
  const { build, builds, ...early } = target;
  expect(buildStatus({ ...early, status: 'error' })).toBe('error');
});

test('a report that says a target passed though another build failed contradicts itself', () => {
  const lie: Report = { ...mixed, status: 'pass', targets: mixed.targets.map((one) => ({ ...one, status: 'pass' })) };
  expect(() => validateReport(lie)).toThrow(/its build and suites make it "fail"/);
});

test('a target is shared where no module was built for it; eBPF programs are built for none', () => {
  const module = { status: 'pass' as const, ...base };
  const shared = { ...module, sharedFrom: 'debian-12/6.1.0-57-amd64' };
  const programs = { ...module, subject: 'bypass', programs: [] };
  expect(isShared({ build: shared, builds: [programs] })).toBe(true);
  expect(isShared({ build: shared, builds: [{ ...module, subject: 'smartnic' }] })).toBe(false);
  expect(isShared({ build: { ...module, programs: [] } })).toBe(false);
});

test('a suite is shown with its module where nobody would guess it', () => {
  expect([
    suiteTitle({ name: 'offload', subject: 'smartnic' }),
    suiteTitle({ name: 'bypass', subject: 'bypass' }),
    suiteTitle({ name: 'bypass-bench', subject: 'bypass' }),
    suiteTitle({ name: 'fastpath' }),
  ]).toEqual(['offload (smartnic)', 'bypass', 'bypass-bench', 'fastpath']);
});

test('problems and table name the build, with its diagnostics and log', () => {
  expect(problemsOf(mixed).map(({ place, log, evidence }) => [place, log, evidence])).toEqual([
    ['build of smartnic', 'debian-12/smartnic/build.log', ['act.c:7: error: no such field']],
  ]);
  const text = resultTable(mixed, terminal, 'out');
  expect(text).toMatch(
    /✗ FAIL {2}debian-12\/6\.1\.0-56-amd64: build of smartnic\n +make ended with status 2\n +act\.c:7/,
  );
  expect(text).toContain('log: out/debian-12/smartnic/build.log');
  expect(text).toMatch(/^target +build +fastpath +bypass +tests/m);
  expect(text).toMatch(/^debian-12\S+ +✗ FAIL +✓ pass +✓ pass +4 of 4/m);
  expect(resultTable(passed, terminal, 'out')).toMatch(/fastpath +bypass +offload \(smartnic\) +tests/);
});

test('JUnit has a suite for each build, and says of each suite which module it is of', () => {
  const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(junitXml(mixed));
  expect(testsuites['@_errors'] + testsuites['@_failures']).toBe('01');
  const suites = testsuites.testsuite as { '@_name': string; properties: { property: Record<string, string>[] } }[];
  expect(
    suites.map(({ '@_name': name, properties }) => [
      name.split(': ')[1],
      properties.property.find((one) => one['@_name'] === 'module')?.['@_value'],
    ]),
  ).toEqual([
    ['build', undefined],
    ['build of bypass', 'bypass'],
    ['build of smartnic', 'smartnic'],
    ['fastpath', undefined],
    ['bypass', 'bypass'],
  ]);
});

test('the summary has the verdict of all builds, and the failed one among the problems', () => {
  const text = summaryMarkdown(mixed);
  expect(text).toMatch(/^\| \S*debian-12\S* \| \S+ \| ❌ FAIL \| ✅ pass \| ✅ pass \|/m);
  expect(text).toMatch(/❌ FAIL · .*build of smartnic.*make ended with status 2/);
  expect(summaryMarkdown(passed)).toMatch(/\| bypass \| offload .*smartnic.* \| Tests/);
});

test('the page has each build with its own log, and the problem leads to the right one', () => {
  const log = (text: string) => ({ head: [text], omitted: undefined, tail: [] });
  const page = reportPage(
    mixed,
    new Map([
      ['debian-12/build.log', log('log of the main one')],
      ['debian-12/bypass/build.log', log('log of bypass')],
      ['debian-12/smartnic/build.log', log('log of smartnic')],
    ]),
  );
  for (const text of ['log of the main one', 'log of bypass', 'log of smartnic']) expect(page).toContain(text);
  expect(page).toContain('<a href="#debian-12/build-of-smartnic/log">build log</a>');
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['debian-12/build/log', 'debian-12/build-of-smartnic/log']));
  expect(page).toContain('<span>module bypass</span>');
});

test('plans name what suites bring along, and of which module the builds are that are shared', () => {
  const sharing = { id: 'debian-12', builds: { least: 1, most: 1 }, groups: [['6.1.0-56-amd64']], unknown: [] };
  const text = planText(
    {
      ...{ module: 'kmod/fastpath', builds: 'each', suites: ['fastpath', 'bypass'], distributions: [], others: [] },
      distributions: [
        {
          ...{ id: 'debian-12', title: 'Debian 12', selectors: [], releases: [], targets: [], archives: [] },
          packages: { headers: [], image: [] },
        },
      ],
      modules: [{ name: 'bypass', directory: 'kmod/bypass', builds: 'once', suites: ['bypass', 'bypass-bench'] }],
      ...{
        shared: { sysroots: [], archives: [] },
        total: { packages: 0, bytes: 0, missing: { packages: 0, bytes: 0 } },
      },
      sharing: [sharing, { ...sharing, module: 'smartnic' }],
    },
    (_, text) => text,
  );
  expect(text).toMatch(
    /built +kmod\/fastpath, for each target.*\n +kmod\/bypass, once for all targets.*, for bypass, bypass-bench\n/,
  );
  expect(text).toContain('debian-12: 1 build of smartnic for 1 release\n');
  expect(sharingText([sharing], (_, text) => text)).toContain('debian-12: 1 build for 1 release\n');
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import {
  exitStatus,
  overallStatus,
  type Status,
  suiteStatus,
  targetStatus,
  validateReport,
} from '../../../src/report/model.ts';
import { mixedReport, sampleReport, sampleSuite, sampleTarget } from './sample.ts';

const of = (...statuses: Status[]) => statuses.map((status) => ({ status }));

describe('verdicts', () => {
  it.each([
    [of('pass', 'pass'), 'pass', 0],
    [of('pass', 'skip'), 'pass', 0],
    [of('pass', 'error'), 'error', 3],
    [of('pass', 'error', 'fail'), 'fail', 1],
    [of('skip', 'skip'), 'skip', 3],
    [of(), 'skip', 3],
  ] as const)('of a run with targets %j: %s, exit status %i', (targets, verdict, exit) => {
    expect(overallStatus([...targets])).toBe(verdict);
    expect(exitStatus(verdict)).toBe(exit);
  });

  it('of a suite need one test that passed', () => {
    expect(suiteStatus([])).toBe('skip');
    expect(suiteStatus([{ status: 'skip' }])).toBe('skip');
    expect(suiteStatus([{ status: 'skip' }, { status: 'pass' }])).toBe('pass');
    expect(suiteStatus([{ status: 'fail' }, { status: 'pass' }])).toBe('fail');
  });

  it('of a target come from its suites; a build alone counts where no suite was asked for', () => {
    const { build } = sampleTarget(0);
    if (!build) throw new Error('sample without build');
    const suite = sampleSuite('x');
    expect(targetStatus({ build, suites: [] })).toBe('pass');
    expect(targetStatus({ build, suites: [suite] })).toBe('pass');
    expect(targetStatus({ build, suites: [{ ...suite, status: 'skip', tests: [] }] })).toBe('skip');
    expect(targetStatus({ build, suites: [{ ...suite, tests: [] }] })).toBe('skip');
    expect(targetStatus({ build, suites: [suite, { ...suite, status: 'error' }] })).toBe('error');
    expect(targetStatus({ build: { ...build, status: 'fail' }, suites: [] })).toBe('fail');
    expect(targetStatus({ suites: [] })).toBe('skip');
  });
});

describe('validateReport', () => {
  it('takes what went through JSON as it was', () => {
    const report = mixedReport();
    expect(validateReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('tolerates fields of later versions', () => {
    expect(validateReport({ ...mixedReport(), later: 1 })).not.toHaveProperty('later');
  });

  it('refuses a verdict that the targets contradict', () => {
    expect(() => validateReport(sampleReport([sampleTarget(0)], { status: 'fail' }))).toThrow(
      /status: is "fail", but its targets make it "pass"/,
    );
    const lying = sampleTarget(0, { status: 'pass', suites: [sampleSuite('x', { tests: [] })] });
    expect(() => validateReport(sampleReport([lying]))).toThrow(/targets\.0\.status: is "pass", but .* "skip"/);
  });

  it.each(['/etc/passwd', '../secret', 'a/../../b', ''])('refuses the log path %j', (log) => {
    const target = sampleTarget(0);
    if (target.build) target.build.log = log;
    expect(() => validateReport(sampleReport([target]))).toThrow(InputError);
  });

  it('names the file, the field and every fault of it', () => {
    const broken = { ...mixedReport(), schema: 'ovnfast.report/9', startedAt: 'yesterday' };
    expect(() => validateReport(broken, 'out/report.json')).toThrow(/^out\/report\.json: .*schema: .*startedAt: /);
    expect(() => validateReport(undefined)).toThrow(InputError);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { type Change, changeLine } from '../report/baseline.ts';
import { buildName, buildsOf } from '../report/builds.ts';
import type { Report, ReportBuild, ReportDiagnostic, ReportSuite, ReportTarget } from '../report/model.ts';
import { diagnosticText } from '../report/problems.ts';

/** Something to be told beside the source, as it was found on one kernel. */
export type Finding = {
  kind: 'build' | 'test' | 'other';
  level: 'error' | 'warning';
  /** What it is: `build error`, `fastpath: 040-nat: TCP too`. The same on every kernel that has it. */
  what: string;
  /** The kernel that has it; left out when it is about none. */
  kernel?: string;
  /** Why, or what the compiler said. */
  reason: string;
  /** Lines that prove it. */
  evidence: string[];
  at?: Place;
};

/** Where it is: a line of a module's source, or a test of a suite. */
export type Place =
  | { module: string; file: string; line?: number | undefined; column?: number | undefined }
  | { suite: string; test: string };

/** All that went wrong in a run or was complained about: errors first, in the order of the report. */
export function findingsOf(report: Report, changes: Change[]): Finding[] {
  const findings = report.targets.flatMap((target) => targetFindings(target, report.module ?? ''));
  const worse = changes.filter(({ verdict }) => verdict === 'worse' || verdict === 'gone');
  for (const change of worse) {
    const { target: kernel, suite } = change;
    findings.push({ ...problem('other', `${suite}: worse than the baseline`, changeLine(change)), kernel });
  }
  for (const { target, message, remedy } of report.warnings ?? []) {
    findings.push({
      ...problem('other', 'warning', message, remedy === undefined ? [] : [remedy]),
      level: 'warning',
      ...(target === undefined ? {} : { kernel: target }),
    });
  }
  return findings.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
}

function targetFindings(target: ReportTarget, module: string): Finding[] {
  const found = [
    ...buildsOf(target).flatMap((build) => buildFindings(build, module)),
    ...target.suites.flatMap(suiteFindings),
  ];
  const told = found.some(({ level }) => level === 'error');
  if (!told && isBad(target)) found.push(problem('other', target.status, target.reason ?? 'no reason is known'));
  return found.map((finding) => ({ ...finding, kernel: labelOf(target) }));
}

function buildFindings(build: ReportBuild, main: string): Finding[] {
  const module = build.subject ?? main;
  const of = build.subject === undefined ? '' : ` of ${build.subject}`;
  const found: Finding[] = [];
  for (const diagnostic of build.diagnostics) {
    const { severity } = diagnostic;
    if (severity !== 'note') found.push(diagnosticFinding(diagnostic, severity, `build ${severity}${of}`, module));
    // A note belongs to the complaint before it.
    else found.at(-1)?.evidence.push(diagnosticText(diagnostic));
  }
  if (isBad(build) && !found.some(({ level }) => level === 'error')) {
    found.push(problem('build', buildName(build), build.reason ?? 'no reason is known'));
  }
  return found;
}

function diagnosticFinding(
  { file, line, column, message }: ReportDiagnostic,
  level: Finding['level'],
  what: string,
  module: string,
): Finding {
  return { ...problem('build', what, message), level, at: { module, file, line, column } };
}

function suiteFindings(suite: ReportSuite): Finding[] {
  const failed = suite.tests.filter(({ status }) => status === 'fail');
  const found = failed.map(({ name, reason = 'failed', evidence = [], kernelLog = [] }): Finding => {
    const log = kernelLog.length > 0 ? ['kernel log:', ...kernelLog] : [];
    const at = { suite: suite.name, test: name };
    return { ...problem('test', `${suite.name}: ${name}`, reason, [...evidence, ...log]), at };
  });
  if (isBad(suite) && (failed.length === 0 || suite.status === 'error')) {
    found.push(problem('other', suite.name, suite.reason ?? 'no reason is known'));
  }
  return found;
}

function isBad({ status }: { status: string }): boolean {
  return status === 'fail' || status === 'error';
}

function problem(kind: Finding['kind'], what: string, reason: string, evidence: string[] = []): Finding {
  return { kind, level: 'error', what, reason, evidence };
}

// SPDX-License-Identifier: Apache-2.0
import { buildName, buildsOf } from './builds.ts';
import type { Report, ReportDiagnostic, ReportTarget, ReportTest, Status } from './model.ts';

/** One thing that went wrong, with what proves it. */
export type Problem = {
  target: ReportTarget;
  status: Extract<Status, 'fail' | 'error'>;
  /** `build`, `build of bypass`, or the suite's name. */
  place: string | undefined;
  test: ReportTest | undefined;
  reason: string | undefined;
  evidence: string[];
  kernelLog: string[];
  log: string | undefined;
};

/** All that went wrong, in the order of the report: builds, tests, suites whose machine failed, targets that got to neither. */
export function problemsOf(report: Report): Problem[] {
  return report.targets.flatMap((target) => {
    const problems: Problem[] = [];
    const add = (status: Status, problem: Partial<Problem>) => {
      if (status !== 'fail' && status !== 'error') return;
      const nothing = {
        place: undefined,
        test: undefined,
        reason: undefined,
        evidence: [],
        kernelLog: [],
        log: undefined,
      };
      problems.push({ ...nothing, target, status, ...problem });
    };
    for (const build of buildsOf(target)) {
      const { status, reason, log, diagnostics } = build;
      add(status, { place: buildName(build), reason, log, evidence: diagnostics.map(diagnosticText) });
    }
    for (const suite of target.suites) {
      const where = { place: suite.name, log: suite.console };
      for (const test of suite.tests) {
        add(test.status, {
          ...where,
          test,
          reason: test.reason,
          evidence: test.evidence ?? [],
          kernelLog: test.kernelLog ?? [],
        });
      }
      const told = suite.status === 'fail' && suite.tests.some((test) => test.status === 'fail');
      if (!told) add(suite.status, { ...where, reason: suite.reason });
    }
    if (problems.length === 0) add(target.status, { reason: target.reason });
    return problems;
  });
}

/** `fastpath.c:214:17: error: message`, as compilers write it. */
export function diagnosticText({ file, line, column, severity, message }: ReportDiagnostic): string {
  return [file, line, column, ` ${severity}`, ` ${message}`].filter((part) => part !== undefined).join(':');
}

// SPDX-License-Identifier: Apache-2.0
import type { Report } from '../../../src/report/model.ts';
import {
  hostile,
  hostileFigures,
  hostileFlows,
  sampleReport,
  sampleSuite,
  sampleTarget,
  sampleTest,
} from './sample.ts';

/** Hostile text wherever a report takes text from outside. */
export function hostileReport(): Report {
  const test = sampleTest(0, {
    name: hostile,
    status: 'fail',
    reason: hostile,
    evidence: [hostile],
    kernelLog: [hostile],
  });
  const suites = [
    sampleSuite('x', { name: hostile, status: 'fail', reason: hostile, acceleratorReason: hostile, tests: [test] }),
    sampleSuite('x', {
      name: 'other',
      tests: [
        sampleTest(1, { name: hostile, evidence: [hostile] }),
        sampleTest(2, { status: 'skip', reason: hostile }),
      ],
    }),
    hostileFigures('x'),
    hostileFlows('x'),
  ];
  const target = sampleTarget(0, { id: hostile, kernel: hostile, title: hostile, reason: hostile, suites });
  if (target.build) {
    target.build.diagnostics = [{ file: hostile, line: 1, severity: 'error', message: hostile }];
    target.build.log = `a/${hostile}`;
    target.build.toolchain = hostile;
    const file = { path: `a/${hostile}`, sha256: 'a'.repeat(64), size: 1 };
    target.build.programs = [
      { ...file, name: hostile, sections: [hostile], maps: [hostile], license: hostile, btf: true },
    ];
    target.build.executables = [file];
  }
  return sampleReport([target], {
    module: hostile,
    reason: hostile,
    warnings: [{ target: hostile, message: hostile, remedy: hostile }],
  });
}

/** What no format may hold. */
export const control = /[^\P{Cc}\n\t]|[\u202e\u2028\ufffe\uffff]|\p{Cs}/u;

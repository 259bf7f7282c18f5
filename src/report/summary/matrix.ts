// SPDX-License-Identifier: Apache-2.0
import { buildStatus, isShared, suiteTitle } from '../builds.ts';
import { code, inline } from '../markdown.ts';
import type { Report, ReportTarget, Status } from '../model.ts';
import { clip, counted, duration } from '../text.ts';
import { boundedTable, looks } from './blocks.ts';

/** More do not fit beside each other. */
const SUITES = 12;
const NAME = 60;
/** What people look for comes first. */
const ORDER: Status[] = ['fail', 'error', 'pass', 'skip'];

/** A row per target, those first that failed, a column per suite. */
export function matrixBlocks({ targets }: Report, room: number): string[] {
  if (targets.length === 0) return ['No target was run.'];
  const all = [...new Set(targets.flatMap((target) => target.suites.map(suiteTitle)))];
  const suites = all.slice(0, SUITES);
  const heads = [
    'Target',
    'Kernel',
    'Build',
    ...suites.map((name) => inline(clip(name, NAME))),
    'Tests',
    'Machine',
    'Time',
  ];
  const marks = ['---', '---', '---', ...suites.map(() => '---'), '--:', '---', '--:'];
  const sorted = targets.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const left = all.length - suites.length;
  const table = boundedTable(
    [heads, marks],
    sorted.map((target) => matrixRow(target, suites)),
    room - 100,
    'target',
  );
  return left > 0 ? [...table, `${counted(left, 'more suite')} in \`report.html\`.`] : table;
}

function matrixRow(target: ReportTarget, suites: string[]): string[] {
  const tests = target.suites.flatMap((suite) => suite.tests);
  const passed = tests.filter((test) => test.status === 'pass').length;
  return [
    code(clip(target.id, NAME)),
    code(clip(target.kernel, NAME)),
    `${looks[buildStatus(target)]}${isShared(target) ? ' (shared)' : ''}`,
    ...suites.map((title) => {
      const suite = target.suites.find((one) => suiteTitle(one) === title);
      return suite ? looks[suite.status] : '';
    }),
    tests.length > 0 ? `${passed} of ${tests.length}` : '',
    [...new Set(target.suites.map((suite) => suite.accelerator.toUpperCase()))].join(', '),
    `${target.seconds === undefined ? '' : duration(target.seconds)}${target.cached ? ' (cached)' : ''}`,
  ];
}

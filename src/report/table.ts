// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { buildName, buildStatus, buildsOf, isShared, moduleBuilds, suiteTitle } from './builds.ts';
import type { Report, ReportTarget, Status } from './model.ts';
import { cell, type Paint, painter, shorten, statusLook, stringWidth, type Terminal } from './terminal.ts';
import { counted, duration, oneLine } from './text.ts';

/** `format` colours what is no status. */
export type Cell = {
  text: string;
  status?: Status | undefined;
  side?: 'right';
  format?: Parameters<Paint>[0];
};

/**
 * The result of a run as text: a row per target (build, each suite, tests passed, time), below it each failure with its
 * reason and the path of its log. `outDirectory` is put before the report's relative paths. Ends with a newline.
 */
export function resultTable(report: Report, terminal: Terminal, outDirectory: string): string {
  const paint = painter(terminal.colour);
  const width = Math.max(40, terminal.size().columns);
  const suites = [...new Set(report.targets.flatMap((target) => target.suites.map(suiteTitle)))];
  const header: Cell[] = ['target', 'build', ...suites].map((text) => ({ text: oneLine(text) }));
  header.push({ text: 'tests', side: 'right' }, { text: 'time', side: 'right' }, { text: '' });
  const rows = report.targets.map((target) => tableRow(target, suites));
  const problems = report.targets.flatMap((target) => problemLines(target, outDirectory, paint, width));
  const warnings = (report.warnings ?? []).flatMap(({ target, message, remedy }) => [
    `${paint(['yellow', 'bold'], 'warning')}  ${target ? `${oneLine(target)}: ` : ''}${oneLine(message)}`,
    ...(remedy ? [`         ${oneLine(remedy)}`] : []),
  ]);
  const blocks = [
    report.targets.length > 0 ? layOut(header, rows, width, paint) : ['no target was run'],
    warnings,
    problems,
    [verdict(report, paint)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function tableRow(target: ReportTarget, suites: string[]): Cell[] {
  const tests = target.suites.flatMap((suite) => suite.tests);
  const passed = tests.filter((test) => test.status === 'pass').length;
  const ofStatus = (status: Status | undefined, word?: string): Cell =>
    status ? { text: `${statusLook[status].mark} ${word ?? statusLook[status].word}`, status } : { text: '' };
  return [
    { text: oneLine(labelOf(target)) },
    // A target that ended before its build (skipped, no mirror) shows its own verdict there.
    ofStatus(buildStatus(target), isShared(target) ? 'shared' : undefined),
    ...suites.map((title) => ofStatus(target.suites.find((suite) => suiteTitle(suite) === title)?.status)),
    { text: tests.length > 0 ? `${passed} of ${tests.length}` : '', side: 'right' },
    { text: target.seconds === undefined ? '' : duration(target.seconds), side: 'right' },
    { text: target.cached ? 'cached' : '' },
  ];
}

/** Columns side by side, the header first; where they are too wide, the first gives way. */
export function layOut(header: Cell[], rows: Cell[][], width: number, paint: Paint): string[] {
  const widths = header.map((title, index) =>
    Math.max(...[title, ...rows.map((row) => row[index])].map((one) => stringWidth(one?.text ?? ''))),
  );
  const total = widths.reduce((sum, one) => sum + one + 2, -2);
  // Only the target's name gives way; everything else is short.
  if (widths[0] !== undefined && total > width) widths[0] = Math.max(12, widths[0] - (total - width));
  const line = (row: Cell[], format?: Parameters<Paint>[0]) =>
    row
      .map(({ text, status, side, format: own = format }, index) => {
        const shown = cell(text, widths[index] ?? 0, side);
        const look = status ? statusLook[status].format : own;
        return look && shown.trim() ? paint(look, shown) : shown;
      })
      .join('  ')
      .trimEnd();
  return [line(header, 'bold'), ...rows.map((row) => line(row))];
}

function problemLines(target: ReportTarget, outDirectory: string, paint: Paint, width: number): string[] {
  const lines: string[] = [];
  const name = labelOf(target);
  const add = (status: Status, what: string, reason: string | undefined, log: string | undefined) => {
    const { mark, word, format } = statusLook[status];
    lines.push(`${paint(format, `${mark} ${word}`)}  ${oneLine(what)}`);
    if (reason) lines.push(`    ${oneLine(reason)}`);
    if (log) lines.push(paint('gray', `    log: ${oneLine(`${outDirectory}/${log}`)}`));
  };
  const bad = (status: Status) => status === 'fail' || status === 'error';
  for (const build of buildsOf(target).filter((one) => bad(one.status))) {
    const { status, reason, log, diagnostics } = build;
    add(status, `${name}: ${buildName(build)}`, reason, undefined);
    for (const { file, line, column, message } of diagnostics
      .filter(({ severity }) => severity === 'error')
      .slice(0, 5)) {
      const place = [file, line, column].filter((part) => part !== undefined).join(':');
      lines.push(`    ${shorten(oneLine(`${place}: ${message}`), width - 4)}`);
    }
    if (log) lines.push(paint('gray', `    log: ${oneLine(`${outDirectory}/${log}`)}`));
  }
  for (const suite of target.suites.filter((one) => bad(one.status))) {
    const failed = suite.tests.filter((test) => test.status === 'fail');
    for (const test of failed) add('fail', `${name}: ${suite.name}: ${test.name}`, test.reason, suite.console);
    if (failed.length === 0 || suite.status === 'error')
      add(suite.status, `${name}: ${suite.name}`, suite.reason, suite.console);
  }
  if (lines.length === 0 && target.status !== 'pass') add(target.status, name, target.reason, undefined);
  return lines;
}

function verdict(report: Report, paint: Paint): string {
  const { mark, word, format } = statusLook[report.status];
  const passed = report.targets.filter((target) => target.status === 'pass').length;
  const reason = report.reason ? `: ${oneLine(report.reason)}` : '';
  return `${paint(format, `${mark} ${word}`)}  ${passed} of ${counted(report.targets.length, 'target')} passed in ${duration(report.seconds)}${builds(report)}${reason}`;
}

/** How many builds were enough, where some targets took the file of another. */
function builds({ targets }: Report): string {
  const all = targets.flatMap(moduleBuilds);
  if (all.every(({ sharedFrom }) => sharedFrom === undefined)) return '';
  return `, with ${counted(all.filter(({ sharedFrom }) => sharedFrom === undefined).length, 'build')}`;
}

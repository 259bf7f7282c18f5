// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { buildStatus, isShared, suiteTitle } from './builds.ts';
import { type FigureTable, figureTables, figureTitle } from './figures.ts';
import { flowBlocks } from './flows-summary.ts';
import { code, inline } from './markdown.ts';
import type { Report, ReportTarget, Status } from './model.ts';
import { type Problem, problemsOf } from './problems.ts';
import { clipLines, counted, duration, visible } from './text.ts';

/** GitHub refuses a job summary above 1 MiB; what is left out is in report.html. */
const sizeLimit = 900_000;
const evidenceLimit = 8_000;
/** What the words at the end take at most. */
const closingSize = 1_000;
const rowLimit = 500;
/** What each of matrix, warnings, figures and flows may take of that, so that problems keep their room. */
const share = 0.18;

const looks: Record<Status, string> = { pass: '✅ pass', fail: '❌ FAIL', error: '⚠️ ERROR', skip: '⏭️ skip' };

/**
 * The report as GitHub-flavoured Markdown for a job summary: verdict, matrix, failures with their evidence, warnings. What does
 * not fit into `limit` bytes is left out, which is said.
 */
export function summaryMarkdown(report: Report, limit = sizeLimit): string {
  const room = limit * share;
  const passed = report.targets.filter((target) => target.status === 'pass').length;
  const subject = report.module ? `${code(report.module)}: ` : '';
  const blocks = [
    `## ${looks[report.status]} · ${subject}${passed} of ${counted(report.targets.length, 'target')} passed`,
    report.reason ? inline(clip(report.reason)) : '',
    matrix(report, room),
    ...warnings(report, room),
    ...figures(report, room),
    ...flowBlocks(report, room),
  ].filter(Boolean);
  const problems = problemsOf(report);
  if (problems.length > 0) blocks.push(`### ${counted(problems.length, 'problem')}`);
  const blocksOfProblems = fitting(problems.map(problemBlock), limit - size(blocks.join('\n\n')) - closingSize);
  blocks.push(...blocksOfProblems);
  const told = blocksOfProblems.length;
  if (told < problems.length) blocks.push(`… and ${problems.length - told} more, in \`report.html\`.`);
  blocks.push(`<sub>ovnfast ${inline(report.tool.version)} · ${report.startedAt} · ${duration(report.seconds)}</sub>`);
  return `${blocks.join('\n\n')}\n`;
}

const size = (text: string) => Buffer.byteLength(text);

/** The first of some blocks, as many as there is room for, in bytes, each with the blank line behind it. */
function fitting(blocks: string[], room: number): string[] {
  let left = room;
  const end = blocks.findIndex((block) => {
    left -= size(block) + 2;
    return left < 0;
  });
  return end < 0 ? blocks : blocks.slice(0, end);
}

function matrix(report: Report, room: number): string {
  if (report.targets.length === 0) return 'No target was run.';
  const suites = [...new Set(report.targets.flatMap((target) => target.suites.map(suiteTitle)))];
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const shown = fitting(
    report.targets.slice(0, rowLimit).map((target) => row(matrixRow(target, suites))),
    room,
  );
  return [
    row(['Target', 'Kernel', 'Build', ...suites.map(inline), 'Tests', 'Machine', 'Time']),
    row(['---', '---', '---', ...suites.map(() => '---'), '--:', '---', '--:']),
    ...shown,
    ...(shown.length < report.targets.length
      ? [`\n… and ${report.targets.length - shown.length} more, in \`report.html\`.`]
      : []),
  ].join('\n');
}

function matrixRow(target: ReportTarget, suites: string[]): string[] {
  const tests = target.suites.flatMap((suite) => suite.tests);
  const passed = tests.filter((test) => test.status === 'pass').length;
  return [
    code(target.id),
    code(target.kernel),
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

function warnings(report: Report, room: number): string[] {
  const all = (report.warnings ?? []).map(({ target, message, remedy }) => {
    const text = [target ? `${target}: ${message}` : message, remedy].filter((part) => part !== undefined);
    return `> [!WARNING]\n${text.map((line) => `> ${inline(clip(line))}`).join('\n')}`;
  });
  const shown = fitting(all.slice(0, 50), room);
  return shown.length < all.length
    ? [...shown, `… and ${counted(all.length - shown.length, 'more warning')}, in \`report.html\`.`]
    : shown;
}

/** What was measured: folded where several targets have tables, in full for one. */
function figures(report: Report, most: number): string[] {
  const all = report.targets.flatMap((target) =>
    target.suites.flatMap((suite) => {
      const tables = figureTables(suite);
      return tables.length > 0 ? [{ name: `${code(labelOf(target))} · ${code(suite.name)}`, tables }] : [];
    }),
  );
  const blocks: string[] = all.length > 0 ? ['### Measurements'] : [];
  let room = most;
  for (const [index, { name, tables }] of all.entries()) {
    const body = tables.map(figureBlock).join('\n\n');
    const block =
      all.length === 1 ? `${name}\n\n${body}` : `<details><summary>${name}</summary>\n\n${body}\n\n</details>`;
    room -= size(block);
    if (room < 0) {
      blocks.push(`… and ${counted(all.length - index, 'more suite')}, in \`report.html\`.`);
      break;
    }
    blocks.push(block);
  }
  return blocks;
}

function figureBlock(table: FigureTable): string {
  const { chart, columns, rows } = table;
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const marks = { better: ' ✅', worse: ' ❌' };
  const heads = columns.map(({ title, published }) => inline(published ? `published ${title}` : title));
  return [
    `**${inline(figureTitle(table))}**\n`,
    row([inline(chart.x), ...heads]),
    row(['--:', ...columns.map(() => '--:')]),
    ...rows
      .slice(0, rowLimit)
      .map(({ x, cells }) =>
        row([String(x), ...cells.map(({ text, verdict }) => `${text}${verdict ? marks[verdict] : ''}`)]),
      ),
    ...(chart.published ? [`\n<sub>Published: ${inline(chart.published.source)}</sub>`] : []),
  ].join('\n');
}

function problemBlock({ target, status, place, test, reason, evidence, kernelLog, log }: Problem): string {
  const path = [labelOf(target), place, test?.name].filter((part) => part !== undefined);
  return [
    `<details><summary>${looks[status]} · ${path.map(code).join(' · ')}${reason ? `<br>${inline(clip(reason))}` : ''}</summary>`,
    ...(evidence.length > 0 ? ['Evidence', fence(evidence)] : []),
    ...(kernelLog.length > 0 ? ['Kernel log', fence(kernelLog)] : []),
    ...(log ? [`Whole log: ${code(log)}`] : []),
    '</details>',
  ].join('\n\n');
}

const clip = (text: string) => (text.length > 1000 ? `${text.slice(0, 1000)} …` : text);

/** A code block with a fence longer than any row of backquotes in it, so that nothing in it can end it. */
function fence(lines: string[]): string {
  const { head, omitted, tail } = clipLines(
    lines.flatMap((line) => visible(line).split('\n')),
    evidenceLimit,
  );
  const body = [
    ...head,
    ...(omitted > 0 ? [`… ${omitted} lines left out, all are in report.html …`] : []),
    ...tail,
  ].join('\n');
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((row) => row.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}text\n${body}\n${marks}`;
}

// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../../matrix/targets.ts';
import { barChart, stackedBar } from '../bars.ts';
import { type Change, isWorse } from '../baseline.ts';
import { buildsOf } from '../builds.ts';
import { changeText, type FigureTable, figureTables, figureText, figureTitle } from '../figures.ts';
import { code, inline } from '../markdown.ts';
import type { Report, ReportMeasurement, ReportSuite } from '../model.ts';
import { cell, shorten, stringWidth } from '../terminal.ts';
import { clip, counted, duration, oneLine } from '../text.ts';
import { bounded, boundedTable, fence, folded, row, sizeOf } from './blocks.ts';

const ROWS = 500;
const NAME = 200;
/** Of a chart, in characters: it is bounded by its places and series. */
const CHART = 20_000;
/** Of the bars of targets: so many at most, and what each takes in bytes. */
const TIMES = { rows: 40, bytes: 200 };

/** What was measured: a chart and the figures below it. Folded where several suites have some, in full for one. */
export function figureBlocks(report: Report, room: number): string[] {
  const all = report.targets.flatMap((target) =>
    target.suites.flatMap((suite) => {
      const tables = figureTables(suite);
      const name = `${code(clip(labelOf(target), NAME))} · ${code(clip(suite.name, NAME))}`;
      return tables.length > 0 ? [{ name, tables, measurements: suite.measurements ?? [] }] : [];
    }),
  );
  const render = ({ name, tables, measurements }: (typeof all)[number]) => {
    const body = tables.flatMap((table) => tableBlocks(table, measurements));
    return all.length === 1 ? [name, ...body].join('\n\n') : folded(name, body);
  };
  return bounded(all, render, { room, noun: 'suite', title: '### Measurements' });
}

function tableBlocks(table: FigureTable, measurements: ReportMeasurement[]): string[] {
  const { chart, columns, rows } = table;
  const marks = { better: ' ✅', worse: ' ❌' };
  const heads = columns.map(({ title, published }) => inline(published ? `published ${title}` : title));
  const figures = [
    row([inline(chart.x), ...heads]),
    row(['--:', ...columns.map(() => '--:')]),
    ...rows
      .slice(0, ROWS)
      .map(({ x, cells }) =>
        row([String(x), ...cells.map(({ text, verdict }) => `${text}${verdict ? marks[verdict] : ''}`)]),
      ),
  ].join('\n');
  const source = chart.published ? [`<sub>Published: ${inline(clip(chart.published.source))}</sub>`] : [];
  return [
    `**${inline(figureTitle(table))}**`,
    fence(barChart(table, measurements), CHART),
    folded('All figures', [figures, ...source]),
  ];
}

/** What has become of the figures of an earlier report: those that are worse, and how many are not. */
export function changeBlocks(changes: Change[], tolerance: number, room: number): string[] {
  if (changes.length === 0) return [];
  const told = changes.filter(({ verdict }) => verdict !== 'same');
  const worse = changes.filter(({ verdict }) => verdict === 'worse' || verdict === 'gone').length;
  const title = isWorse(changes) ? '### Figures are worse than before' : '### Figures against the baseline';
  const closing = `${worse === 0 ? 'None' : worse} of ${counted(changes.length, 'figure')} worse by more than ${tolerance} %, or gone.`;
  if (told.length === 0) return [title, closing];
  const looks = { same: '', better: '✅ better', worse: '❌ worse', gone: '❌ gone' };
  const sorted = told.toSorted((a, b) => Number(a.verdict === 'better') - Number(b.verdict === 'better'));
  const rows = sorted.map(({ target, suite, before, after, percent, verdict }) => [
    code(clip(target, NAME)),
    code(clip(`${suite}: ${before.name} ${before.series}`, NAME)),
    String(before.x),
    `${figureText(before.value)} ${inline(before.unit)}`,
    after === undefined ? '' : `${figureText(after)} ${inline(before.unit)}`,
    percent === undefined ? '' : changeText(percent),
    looks[verdict],
  ]);
  const head = [
    ['Kernel', 'Figure', 'x', 'Before', 'Now', 'Change', ''],
    ['---', '---', '--:', '--:', '--:', '--:', '---'],
  ];
  return [title, closing, ...boundedTable(head, rows, room - 500, 'figure')];
}

/** Where the time went: builds, boots and tests of the targets that were run, as bars. */
export function timeBlocks(report: Report, room: number): string[] {
  const run = report.targets.flatMap((target) => {
    const { suites } = target;
    if (target.cached) return [];
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const built = sum(buildsOf(target).map(({ seconds }) => seconds));
    const booted = sum(suites.map(bootSeconds));
    const tested = sum(suites.map((suite) => suite.seconds)) - booted;
    return built + booted + tested > 0 ? [{ label: oneLine(labelOf(target)), built, booted, tested }] : [];
  });
  if (run.length === 0) return [];
  const totals = run.map(({ built, booted, tested }) => built + booted + tested);
  const longest = Math.max(...totals);
  const shown = run.slice(0, Math.max(1, Math.min(TIMES.rows, Math.floor(room / TIMES.bytes) - 2)));
  const width = Math.min(60, Math.max(...shown.map(({ label }) => stringWidth(label))));
  const times = totals.map((total) => duration(total));
  const wide = Math.max(...times.map((time) => time.length));
  const lines = shown.map(({ label, built, booted, tested }, index) => {
    const parts = [
      { value: built, shade: '░' },
      { value: booted, shade: '▒' },
      { value: tested, shade: '█' },
    ];
    return `${cell(shorten(label, width), width)}  ${cell(times[index] ?? '', wide, 'right')}  ${stackedBar(parts, longest)}`;
  });
  if (run.length > shown.length)
    lines.push(`… and ${counted(run.length - shown.length, 'more target')}, in report.html`);
  const block = folded('Where the time went: ░ build ▒ boot █ tests', [fence(lines, CHART)]);
  return sizeOf([block]) <= room ? [block] : [];
}

function bootSeconds(suite: ReportSuite): number {
  return Math.min(suite.bootSeconds, suite.seconds);
}

// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { labelOf } from '../matrix/targets.ts';
import { changeOf, changeText, figureText } from './figures.ts';
import type { Report, ReportMeasurement, ReportSuite } from './model.ts';
import { type Cell, layOut } from './table.ts';
import { painter, type Terminal } from './terminal.ts';
import { counted, oneLine } from './text.ts';

/** A figure of an earlier report and what has become of it. */
export type Change = {
  target: string;
  suite: string;
  before: ReportMeasurement;
  /** Left out when nothing was measured there any more, or in another unit. */
  after?: number;
  /** In percent of the earlier one. */
  percent?: number;
  verdict: 'same' | 'better' | 'worse' | 'gone';
};

const FORMATS = { same: 'gray', better: 'green', worse: 'red', gone: 'red' } as const;

/**
 * What has become of the figures of an earlier report, of the kernels and suites that were run again. Differences up to
 * `tolerance` percent are none. Throws InputError when the reports have no kernel and suite in common that was measured.
 */
export function compareFigures(earlier: Report, report: Report, tolerance: number): Change[] {
  const changes = earlier.targets.flatMap((old) => {
    const target = report.targets.find(({ id, kernel }) => id === old.id && kernel === old.kernel);
    return (target?.suites ?? []).flatMap((suite) => {
      const before = old.suites.find(({ name }) => name === suite.name);
      const place = { target: labelOf(old), suite: suite.name };
      return (before?.measurements ?? []).map((figure) => ({ ...place, ...judge(figure, suite, before, tolerance) }));
    });
  });
  if (changes.length === 0) {
    const measured = earlier.targets.filter(({ suites }) => suites.some(({ measurements }) => measurements?.length));
    const known = measured.map(labelOf).join(', ');
    throw new InputError('the earlier report measured nothing that was measured again', {
      remedy: known ? `It has figures of ${known}; name the same target and suite.` : 'It has no figures at all.',
    });
  }
  return changes;
}

/** Whether any figure is worse than it was, or missing. */
export function isWorse(changes: Change[]): boolean {
  return changes.some(({ verdict }) => verdict === 'worse' || verdict === 'gone');
}

/** A change in one line: `tcp_lat bypass at 64: 19.02 us, now 22.1 us (+16.2 %)`. */
export function changeLine({ before, after, percent }: Change): string {
  const { name, series, x, value, unit } = before;
  const now = after === undefined ? 'gone' : `${figureText(after)} ${unit}`;
  return `${name} ${series} at ${x}: ${figureText(value)} ${unit}, now ${now}${percent === undefined ? '' : ` (${changeText(percent)})`}`;
}

/** The changes as text: a table per kernel and suite, a row per figure. Ends with a newline. */
export function changesText(changes: Change[], terminal: Terminal, tolerance: number): string {
  const paint = painter(terminal.colour);
  const width = Math.max(40, terminal.size().columns);
  const header = [{ text: 'figure' }, right('x'), right('before'), right('now'), right('change'), { text: '' }];
  const placeOf = ({ target, suite }: Change) => `${target}: ${suite}`;
  const blocks = [...new Set(changes.map(placeOf))].map((place) => {
    const group = changes.filter((change) => placeOf(change) === place);
    return [paint('bold', oneLine(place)), ...layOut(header, group.map(rowOf), width, paint)].join('\n');
  });
  const bad = changes.filter(({ verdict }) => verdict === 'worse' || verdict === 'gone').length;
  const closing = isWorse(changes)
    ? `${bad} of ${counted(changes.length, 'figure')} worse by more than ${tolerance} %, or gone`
    : `none of ${counted(changes.length, 'figure')} worse by more than ${tolerance} %`;
  return `${[...blocks, closing].join('\n\n')}\n`;
}

function rowOf({ before, after, percent, verdict }: Change): Cell[] {
  return [
    { text: oneLine(`${before.name} ${before.series} (${before.unit})`) },
    right(String(before.x)),
    right(figureText(before.value)),
    right(after === undefined ? '' : figureText(after)),
    right(percent === undefined ? '' : changeText(percent)),
    { text: verdict, format: FORMATS[verdict] },
  ];
}

function right(text: string): Cell {
  return { text, side: 'right' };
}

function judge(
  before: ReportMeasurement,
  suite: ReportSuite,
  old: ReportSuite | undefined,
  tolerance: number,
): Pick<Change, 'before' | 'after' | 'percent' | 'verdict'> {
  const { name, series, x, unit } = before;
  const found = suite.measurements?.find(
    (one) => one.name === name && one.series === series && one.x === x && one.unit === unit,
  );
  if (!found) return { before, verdict: 'gone' };
  const percent = changeOf(before.value, found.value);
  const chart = [...(suite.charts ?? []), ...(old?.charts ?? [])].find((one) => one.name === name);
  const same = percent === undefined ? found.value === before.value : Math.abs(percent) <= tolerance;
  const verdict = same ? 'same' : found.value > before.value === (chart?.better === 'higher') ? 'better' : 'worse';
  return { before, after: found.value, ...(percent === undefined ? {} : { percent }), verdict };
}

// SPDX-License-Identifier: Apache-2.0
import { changeOf, changeText, type FigureTable, figureText } from './figures.ts';
import type { ReportMeasurement } from './model.ts';
import { cell, shorten, stringWidth } from './terminal.ts';
import { oneLine } from './text.ts';

/** Characters that a bar takes at most. */
const WIDTH = 40;
/** Where values are further apart, the small ones would have no bar at all. */
const LINEAR_RANGE = 100;
const PLACES = 20;
const SERIES = 8;
const NAME = 24;

/**
 * A chart of a table as lines of text: a bar per series at each place. It is made of characters that every fixed-width font has,
 * each value stands before its bar, and nothing draws it, so that it looks the same in a job summary, a comment, a mail and a
 * terminal. (Mermaid's xychart names no series, has no logarithmic axis, and is drawn by a script that comments and mails lack.)
 */
export function barChart({ chart, rows, series }: FigureTable, measurements: ReportMeasurement[]): string[] {
  const own = measurements.filter(({ name }) => name === chart.name);
  const at = (name: string, x: number) => own.find((one) => one.series === name && one.x === x)?.value;
  const step = Math.ceil(rows.length / PLACES);
  // From the last backwards: that one is wanted.
  const places = rows.map(({ x }) => x).filter((_, index) => (rows.length - 1 - index) % step === 0);
  const shown = series.slice(0, SERIES);
  const values = own.map(({ value }) => value).filter((value) => value > 0);
  const together = Math.max(...values) / Math.min(...values) <= LINEAR_RANGE;
  const baseline = chart.baseline !== undefined && series.includes(chart.baseline) ? chart.baseline : undefined;
  const lines = places.flatMap((x) => {
    const here = shown.flatMap((name) => at(name, x) ?? []);
    const longest = Math.max(...(together ? values : here), 0);
    return shown.flatMap((name) => {
      const value = at(name, x);
      if (value === undefined) return [];
      const change = baseline === undefined || name === baseline ? undefined : changeOf(at(baseline, x), value);
      return [
        {
          ...{ x: String(x), name: shorten(oneLine(name), NAME), value: figureText(value) },
          ...{ change: change === undefined ? '' : changeText(change), bar: bar(value, longest) },
        },
      ];
    });
  });
  const width = (key: 'x' | 'name' | 'value' | 'change') => Math.max(0, ...lines.map((line) => stringWidth(line[key])));
  const widths = { x: width('x'), name: width('name'), value: width('value'), change: width('change') };
  return [
    `by ${shorten(oneLine(chart.x), 3 * WIDTH)}${together ? '' : ', each with a scale of its own'}`,
    ...lines.map(({ x, name, value, change, bar }, index) => {
      const place = lines[index - 1]?.x === x ? '' : x;
      const cells = [cell(place, widths.x, 'right'), cell(name, widths.name), cell(value, widths.value, 'right')];
      if (widths.change > 0) cells.push(cell(change, widths.change, 'right'));
      return [...cells, bar].join('  ').trimEnd();
    }),
    ...(step > 1 ? [`(${places.length} of ${rows.length}; the table has all)`] : []),
  ];
}

/** From zero, to half a character; what is not zero can be seen. */
function bar(value: number, longest: number): string {
  if (value <= 0 || longest <= 0) return '';
  const halves = Math.max(1, Math.round((value / longest) * WIDTH * 2));
  return '█'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '▌' : '');
}

/** Parts of a whole on one bar, each of its own shade, `longest` being what the whole width stands for. */
export function stackedBar(parts: { value: number; shade: string }[], longest: number): string {
  let end = 0;
  let drawn = 0;
  return parts
    .map(({ value, shade }) => {
      // Where a part ends is rounded, not how long it is, so that the whole has its right length.
      end += longest > 0 ? (value / longest) * WIDTH : 0;
      const count = Math.max(0, Math.round(end) - drawn);
      drawn += count;
      return shade.repeat(count);
    })
    .join('');
}

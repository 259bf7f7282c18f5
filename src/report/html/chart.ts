// SPDX-License-Identifier: Apache-2.0
import { type FigureTable, figureText } from '../figures.ts';
import { type Markup, markup } from '../markup.ts';
import type { ReportMeasurement } from '../model.ts';
import { shorten } from '../terminal.ts';
import { oneLine } from '../text.ts';

const WIDTH = 680;
const HEIGHT = 320;
const PLOT = { left: 58, right: WIDTH - 108, top: 14, bottom: HEIGHT - 52 };
/** More than so many times the smallest value, and the small ones would lie on the axis. */
const LINEAR_RANGE = 100;
/** Room that a label of an axis needs, and how long the name of a line may be. */
const LABEL = { width: 38, height: 15, characters: 12 };
/** As many as the style has colours, markers and dashes for; then they begin again. */
const LOOKS = 4;

type Axis = { at: (value: number) => number; ticks: number[] };
type Point = { x: number; y: number; figure: ReportMeasurement };
type Line = { name: string; look: number; points: Point[]; labelY: number };

/**
 * A chart of a table: one line per series over a logarithmic x axis, told apart by marker and dashes as well as by colour,
 * named at its end. Shapes and classes only: the page allows no inline style. `anchor` makes its names unique in the page.
 */
export function figureChart(table: FigureTable, measurements: ReportMeasurement[], anchor: string): Markup {
  const { chart, unit, series } = table;
  const own = measurements.filter(({ name }) => name === chart.name);
  const xs = table.rows.map(({ x }) => x);
  const horizontal = logarithmic(xs, PLOT.left, PLOT.right);
  const vertical = verticalAxis(own.map(({ value }) => value));
  const lines = series.map((name, index): Line => {
    const points = own
      .filter((figure) => figure.series === name)
      .sort((a, b) => a.x - b.x)
      .map((figure) => ({ x: horizontal(figure.x), y: vertical.at(figure.value), figure }));
    return { name, look: index % LOOKS, points, labelY: points.at(-1)?.y ?? PLOT.bottom };
  });
  spread(lines);
  const ids = { title: `${anchor}/title`, desc: `${anchor}/desc` };
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${ids.title} ${ids.desc}">
<title id="${ids.title}">${chart.title} in ${unit} by ${chart.x}</title>
<desc id="${ids.desc}">${describe(lines, unit)}</desc>
<g class="grid-lines">${vertical.ticks.map((tick) => markup`<path d="M${PLOT.left} ${round(vertical.at(tick))}H${PLOT.right}"/>`)}</g>
<g class="axis" text-anchor="end">${vertical.ticks.map((tick) => markup`<text x="${PLOT.left - 8}" y="${round(vertical.at(tick) + 4)}">${figureText(tick)}</text>`)}</g>
<g class="axis" text-anchor="middle">${apart(xs, horizontal).map((x) => markup`<text x="${round(horizontal(x))}" y="${PLOT.bottom + 20}">${x}</text>`)}
<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 8}">${chart.x} (logarithmic)</text></g>
${lines.map((line) => lineOf(line, unit))}
</svg>`;
}

function lineOf({ name, look, points, labelY }: Line, unit: string): Markup {
  const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  return markup`<g class="line look-${look}"><path class="stroke" d="${path}"/>
${points.map(({ x, y, figure }) => markup`<path class="mark" d="${marker(look, x, y)}"><title>${name}, ${figure.x}: ${figureText(figure.value)} ${unit}</title></path>`)}
<text x="${PLOT.right + 12}" y="${round(labelY + 4)}">${shorten(oneLine(name), LABEL.characters)}</text></g>
`;
}

/** Disc, square, triangle, diamond. */
function marker(look: number, x: number, y: number): string {
  const [left, top] = [round(x), round(y)];
  switch (look) {
    case 0:
      return `M${round(x - 4)} ${top}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z`;
    case 1:
      return `M${round(x - 4)} ${round(y - 4)}h8v8h-8z`;
    case 2:
      return `M${left} ${round(y - 5)}l5 9h-10z`;
    default:
      return `M${left} ${round(y - 5.5)}l5.5 5.5l-5.5 5.5l-5.5-5.5z`;
  }
}

function logarithmic(values: number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  // A single place stands in the middle.
  return (value) => (high === low ? (from + to) / 2 : from + ((Math.log(value) - low) / (high - low)) * (to - from));
}

/** From zero where that shows all; logarithmic, from power of ten to power of ten, where values are too far apart. */
function verticalAxis(values: number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const height = PLOT.bottom - PLOT.top;
  if (low > 0 && high / low > LINEAR_RANGE) {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
    return { at: (value) => PLOT.bottom - ((Math.log10(value) - first) / (last - first)) * height, ticks };
  }
  const step = niceStep(high / 5);
  const top = Math.max(step, Math.ceil(high / step) * step);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { at: (value) => PLOT.bottom - (value / top) * height, ticks };
}

/** The next of 1, 2, 5, 10, 20, ... */
function niceStep(least: number): number {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
}

/** The places whose labels do not cover each other. */
function apart(xs: number[], at: (value: number) => number): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return xs.filter((x) => {
    if (at(x) - last < LABEL.width) return false;
    last = at(x);
    return true;
  });
}

/** Moves the names of lines that end near each other apart, downwards, and all of them up again when they leave the plot. */
function spread(lines: Line[]): void {
  const sorted = lines.toSorted((a, b) => a.labelY - b.labelY);
  for (const [index, line] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before) line.labelY = Math.max(line.labelY, before.labelY + LABEL.height);
  }
  const excess = (sorted.at(-1)?.labelY ?? 0) - PLOT.bottom;
  if (excess > 0) for (const line of lines) line.labelY -= excess;
}

/** The ends of each line in words; every value is in the table beside the chart. */
function describe(lines: Line[], unit: string): string {
  return lines
    .map(({ name, points }) => {
      const ends = [points[0], points.length > 1 ? points.at(-1) : undefined];
      const told = ends.flatMap((point) => (point ? [`${figureText(point.figure.value)} at ${point.figure.x}`] : []));
      return `${name} (${unit}): ${told.join(', ')}`;
    })
    .join('; ');
}

function round(value: number): string {
  return value.toFixed(1);
}

// SPDX-License-Identifier: Apache-2.0
import type { ReportChart, ReportMeasurement, ReportSuite } from './model.ts';

/** What suites measured as tables, for every way to show it. */
export type FigureTable = {
  chart: ReportChart;
  unit: string;
  /** The series, the one that others are compared with first. */
  series: string[];
  columns: FigureColumn[];
  rows: { x: number; cells: FigureCell[] }[];
};

export type FigureColumn = {
  title: string;
  /** Figures of others; `chart.published` says whose. */
  published: boolean;
};

export type FigureCell = {
  /** Empty where nothing was measured. */
  text: string;
  /** Of a difference: which way it goes, when it is one to speak of. */
  verdict?: 'better' | 'worse';
};

/** A difference of less, in percent, is none to speak of. */
const NOTABLE = 1;

/** The tables of a suite, one per name that anything was measured under. */
export function figureTables({ measurements = [], charts = [] }: ReportSuite): FigureTable[] {
  return charts.flatMap((chart) => {
    const own = measurements.filter(({ name }) => name === chart.name);
    return own[0] ? [tableOf(chart, own, own[0].unit)] : [];
  });
}

/** What a table is about, on one line: `Latency (us, lower is better)`. */
export function figureTitle({ chart, unit }: FigureTable): string {
  return `${chart.title} (${unit}, ${chart.better} is better)`;
}

/** A figure for people: four digits, as far as they say something. */
export function figureText(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

/** A difference in percent: `-44.6 %`. */
export function changeText(change: number): string {
  const text = change.toFixed(1);
  if (Number(text) === 0) return '0.0 %';
  return `${change > 0 ? '+' : ''}${text} %`;
}

/** By how many percent `value` is more than `baseline`; undefined where that means nothing. */
export function changeOf(baseline: number | undefined, value: number | undefined): number | undefined {
  if (baseline === undefined || value === undefined || baseline === 0) return undefined;
  return (value / baseline - 1) * 100;
}

type Figure = Pick<ReportMeasurement, 'series' | 'x' | 'value'>;
type Part = { title: string; published: boolean; cell: (x: number) => FigureCell };

function tableOf(chart: ReportChart, measurements: ReportMeasurement[], unit: string): FigureTable {
  const { published } = chart;
  const series = seriesOf(measurements, chart.baseline);
  const parts = partsOf(chart, measurements, series, '');
  if (published) {
    const others = seriesOf(published.figures, chart.baseline);
    const note = published.unit === unit ? '' : ` (${published.unit})`;
    // Whether those are better is not what a report judges.
    const plain = ({ title, cell }: Part): Part => ({ title, published: true, cell: (x) => ({ text: cell(x).text }) });
    parts.push(...partsOf(chart, published.figures, others, note).map(plain));
  }
  const places = [...new Set(measurements.map(({ x }) => x))].sort((a, b) => a - b);
  return {
    chart,
    unit,
    series,
    columns: parts.map(({ title, published }) => ({ title, published })),
    rows: places.map((x) => ({ x, cells: parts.map(({ cell }) => cell(x)) })),
  };
}

function seriesOf(figures: Figure[], baseline: string | undefined): string[] {
  const names = [...new Set(figures.map(({ series }) => series))];
  return [...names.filter((name) => name === baseline), ...names.filter((name) => name !== baseline)];
}

/** Columns: each series, and behind each but the baseline how far it is from that. */
function partsOf({ baseline, better }: ReportChart, figures: Figure[], series: string[], note: string): Part[] {
  const at = (name: string, x: number) => figures.find((one) => one.series === name && one.x === x)?.value;
  return series.flatMap((name): Part[] => {
    const value: Part = {
      title: `${name}${note}`,
      published: false,
      cell: (x) => {
        const found = at(name, x);
        return { text: found === undefined ? '' : figureText(found) };
      },
    };
    if (baseline === undefined || name === baseline || !series.includes(baseline)) return [value];
    const change: Part = {
      title: series.length > 2 ? `${name} to ${baseline}` : 'change',
      published: false,
      cell: (x) => changeCell(changeOf(at(baseline, x), at(name, x)), better),
    };
    return [value, change];
  });
}

function changeCell(change: number | undefined, better: ReportChart['better']): FigureCell {
  if (change === undefined) return { text: '' };
  const text = changeText(change);
  if (Math.abs(change) < NOTABLE) return { text };
  return { text, verdict: change > 0 === (better === 'higher') ? 'better' : 'worse' };
}

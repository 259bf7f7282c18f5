// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { changesText, compareFigures, isWorse } from '../../../src/report/baseline.ts';
import { changeText, figureTables, figureText, figureTitle } from '../../../src/report/figures.ts';
import { figuresText } from '../../../src/report/figures-table.ts';
import { figureChart } from '../../../src/report/html/chart.ts';
import { type Report, validateReport } from '../../../src/report/model.ts';
import { hostileFigures, measuringSuite, sampleReport, sampleTarget } from './sample.ts';

const terminal = { interactive: true, colour: false, size: () => ({ columns: 140, rows: 40 }) };

function measured(change: (report: Report) => void = () => {}): Report {
  const report = sampleReport([
    sampleTarget(0, { suites: [measuringSuite('debian-11')] }),
    sampleTarget(1, { suites: [measuringSuite('debian-12')] }),
  ]);
  change(report);
  return validateReport(JSON.parse(JSON.stringify(report)));
}

describe('tables of figures', () => {
  it('have a row per place, a column per series, the difference to the first, and what others published', () => {
    const [latency, throughput] = figureTables(measuringSuite('x'));
    expect(latency && figureTitle(latency)).toBe('Latency (us, lower is better)');
    expect(latency?.columns.map(({ title }) => title)).toEqual(['stock', 'bypass', 'change']);
    expect(latency?.rows.map(({ x }) => x)).toEqual([1, 4, 16, 64, 256, 1024, 4096, 16384, 65536]);
    expect(latency?.rows[0]?.cells).toEqual([
      { text: '34.65' },
      { text: '18.98' },
      { text: '-45.2 %', verdict: 'better' },
    ]);
    expect(throughput?.columns).toEqual([
      ...['stock', 'bypass', 'change'].map((title) => ({ title, published: false })),
      ...['stock', 'bypass', 'change'].map((title) => ({ title, published: true })),
    ]);
    expect(throughput?.rows[0]?.cells.slice(2)).toEqual([
      // Less than one percent is nothing to speak of.
      { text: '-0.2 %' },
      { text: '4.27' },
      { text: '1.36' },
      { text: '-68.1 %' },
    ]);
    expect(throughput?.rows[1]?.cells.slice(3)).toEqual([{ text: '' }, { text: '' }, { text: '' }]);
    expect(throughput?.rows.at(-1)?.cells[2]).toEqual({ text: '-51.1 %', verdict: 'worse' });
  });

  it('put the series first that others are compared with, and name it when there are several', () => {
    const suite = measuringSuite('x');
    const at = (series: string, value: number) => ({ name: 'tcp_lat', series, x: 1, value, unit: 'us' });
    const [table] = figureTables({ ...suite, measurements: [at('b', 3), at('stock', 2), at('a', 0)] });
    expect(table?.series).toEqual(['stock', 'b', 'a']);
    expect(table?.columns.map(({ title }) => title)).toEqual(['stock', 'b', 'b to stock', 'a', 'a to stock']);
    expect(table?.rows[0]?.cells.map(({ text }) => text)).toEqual(['2', '3', '+50.0 %', '0', '-100.0 %']);
  });

  it('compare with nothing that is not there, or zero', () => {
    const suite = measuringSuite('x');
    const at = (series: string, x: number, value: number) => ({ name: 'tcp_lat', series, x, value, unit: 'us' });
    const [alone] = figureTables({ ...suite, measurements: [at('bypass', 1, 3)] });
    expect(alone?.columns.map(({ title }) => title)).toEqual(['bypass']);
    const [zero] = figureTables({
      ...suite,
      measurements: [at('stock', 1, 0), at('bypass', 1, 3), at('bypass', 2, 3)],
    });
    expect(zero?.rows.map(({ cells }) => cells[2])).toEqual([{ text: '' }, { text: '' }]);
  });

  it.each([
    [0, '0'],
    [0.63756, '0.6376'],
    [9.4, '9.4'],
    [124.363, '124.4'],
    [4021.81, '4022'],
    [123456789, '123456789'],
  ])('show %d as %s', (value, text) => {
    expect(figureText(value)).toBe(text);
  });

  it('show the sign of a difference', () => {
    expect([12.34, 0, -0.04, -45.21].map(changeText)).toEqual(['+12.3 %', '0.0 %', '0.0 %', '-45.2 %']);
  });

  it('stand in the terminal with their columns in line', () => {
    const lines = figuresText(measured(), terminal).split('\n');
    expect(lines[0]).toBe('debian-11/5.10.0-41-amd64: bypass-bench: Latency (us, lower is better)');
    expect(lines[1]).toBe('message size in bytes  stock  bypass   change');
    expect(lines[2]).toBe('                    1  34.65   18.98  -45.2 %');
    expect(lines.filter((line) => line.endsWith('is better)'))).toHaveLength(4);
    expect(lines.join('\n')).toContain('published change');
    expect(figuresText(sampleReport([sampleTarget(0)]), terminal)).toBe('');
    const hostile = figuresText(sampleReport([sampleTarget(0, { suites: [hostileFigures('x')] })]), terminal);
    expect(hostile).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });
});

describe('the chart', () => {
  const chartOf = (values: number[], xs = values.map((_, index) => 4 ** index)) => {
    const measurements = values.map((value, index) => {
      return { name: 'tcp_lat', series: 'stock', x: xs[index] ?? 0, value, unit: 'us' };
    });
    const [table] = figureTables(measuringSuite('x', { measurements }));
    if (!table) throw new Error('no table');
    return figureChart(table, measurements, 'a').text;
  };
  const heights = (svg: string) =>
    [...(/class="stroke" d="([^"]+)"/.exec(svg)?.[1] ?? '').matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));

  it('begins at zero where that shows all, and is logarithmic where it does not', () => {
    const [low = 0, high = 0] = heights(chartOf([10, 50]));
    // 50 us are at the top of the plot (14), 0 at its bottom (268).
    expect([low, high]).toEqual([217.2, 14]);
    const [one = 0, hundred = 0, tenThousand = 0] = heights(chartOf([1, 100, 10_000]));
    expect([one, hundred, tenThousand]).toEqual([268, 141, 14]);
  });

  it('can be drawn of one figure, of zeros, of places that lie on each other', () => {
    for (const svg of [chartOf([5]), chartOf([0, 0]), chartOf([1, 2, 3], [1000, 1001, 1002]), chartOf([0, 1000])]) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(chartOf([1, 2, 3], [1000, 1001, 1_000_000]).match(/>1001</)).toBeNull();
  });

  it('tells in words what it shows', () => {
    expect(chartOf([5, 7.5])).toContain('<desc id="a/desc">stock (us): 5 at 1, 7.5 at 4</desc>');
  });
});

describe('figures against those of an earlier report', () => {
  const set = (report: Report, target: number, index: number, value: number) => {
    const figure = report.targets[target]?.suites[0]?.measurements?.[index];
    if (figure) figure.value = value;
  };

  it('are the same within the tolerance', () => {
    const changes = compareFigures(
      measured(),
      measured((report) => set(report, 0, 0, 34.65 * 1.009)),
      1,
    );
    expect(changes).toHaveLength(72);
    expect(isWorse(changes)).toBe(false);
    const narrow = { ...terminal, size: () => ({ columns: 80, rows: 24 }) };
    expect(changesText(changes, narrow, 1).split('\n').slice(0, 3)).toEqual([
      'debian-11/5.10.0-41-amd64: bypass-bench',
      'figure                    x  before     now  change',
      'tcp_lat stock (us)        1   34.65   34.96  +0.9 %  same',
    ]);
    expect(changesText(changes, terminal, 1)).toMatch(/\nnone of 72 figures worse by more than 1 %\n$/);
  });

  it('are worse in the direction that is worse for them', () => {
    const changed = (index: number, value: number, tolerance = 1) =>
      compareFigures(
        measured(),
        measured((report) => set(report, 1, index, value)),
        tolerance,
      )
        .filter((change) => change.verdict !== 'same')
        .map((change) => `${change.target}: ${change.before.name} ${change.before.series}: ${change.verdict}`);
    const label = 'debian-12/6.1.0-56-amd64';
    expect(changed(0, 36)).toEqual([`${label}: tcp_lat stock: worse`]);
    expect(changed(0, 30)).toEqual([`${label}: tcp_lat stock: better`]);
    expect(changed(35, 1000)).toEqual([`${label}: tcp_bw bypass: worse`]);
    expect(changed(35, 3000)).toEqual([`${label}: tcp_bw bypass: better`]);
    expect(changed(0, 36, 5)).toEqual([]);
    expect(changed(0, 34.66, 0)).toEqual([`${label}: tcp_lat stock: worse`]);
  });

  it('that are missing, or in another unit, are as bad as worse ones', () => {
    const report = measured(({ targets }) => {
      targets[0]?.suites[0]?.measurements?.splice(1, 1);
      const figure = targets[1]?.suites[0]?.measurements?.[0];
      if (figure) figure.unit = 'ms';
    });
    const changes = compareFigures(measured(), report, 1);
    expect(changes.filter(({ verdict }) => verdict === 'gone')).toHaveLength(2);
    expect(isWorse(changes)).toBe(true);
    expect(changesText(changes, terminal, 1)).toMatch(/\n2 of 72 figures worse by more than 1 %, or gone\n$/);
  });

  it('of kernels that were not run again do not count, but one must have been', () => {
    const one = measured(({ targets }) => targets.pop());
    expect(compareFigures(measured(), one, 1)).toHaveLength(36);
    const other = measured(({ targets }) => {
      for (const target of targets) target.kernel = 'another';
    });
    expect(() => compareFigures(measured(), other, 1)).toThrow(InputError);
    expect(() => compareFigures(measured(), other, 1)).toThrow(/It has figures of debian-11.*, debian-12/);
    const none = sampleReport([sampleTarget(0)]);
    expect(() => compareFigures(none, none, 1)).toThrow(/no figures at all/);
  });
});

// SPDX-License-Identifier: Apache-2.0
// What a test measured: `# measurement: NAME SERIES X VALUE UNIT`, one line per figure, and how a suite wants it shown.

/** One figure. */
export type Measurement = {
  /** What was measured, as suite.yml names it: `tcp_lat`. */
  name: string;
  /** Under which circumstances: `stock`, `bypass`. */
  series: string;
  /** What was varied, such as the size of a message in bytes. */
  x: number;
  value: number;
  unit: string;
};

/** How the figures of one name are to be shown, and what others published about the same. */
export type Chart = {
  name: string;
  title: string;
  /** What `x` is: `message size in bytes`. */
  x: string;
  better: 'lower' | 'higher';
  /** The series that the others are compared with. */
  baseline?: string;
  published?: { source: string; unit: string; figures: Pick<Measurement, 'series' | 'x' | 'value'>[] };
};

export const MEASUREMENT_NAME = /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$/;
export const UNIT = /^[A-Za-z0-9%/^.-]{1,16}$/;

const MAXIMUM_FIGURES = 10_000;
/** So many digits are more than anything can be measured with. */
const NUMBER = /^\d{1,15}(\.\d{1,9})?$/;

/** Reads what stands behind `# measurement:`; a fault says what is wrong with it. */
export function parseMeasurement(text: string): { measurement: Measurement } | { fault: string } {
  const fields = text.trim().split(/\s+/);
  const [name = '', series = '', x = '', value = '', unit = ''] = fields;
  if (fields.length !== 5) return { fault: 'it is NAME SERIES X VALUE UNIT' };
  for (const word of [name, series]) {
    if (!MEASUREMENT_NAME.test(word)) return { fault: `"${word}" is no name (letters, digits, "._+-")` };
  }
  // Shown on a logarithmic axis.
  if (!NUMBER.test(x) || Number(x) === 0) return { fault: `"${x}" is no number above zero` };
  if (!NUMBER.test(value)) return { fault: `"${value}" is no number` };
  if (!UNIT.test(unit)) return { fault: `"${unit}" is no unit` };
  return { measurement: { name, series, x: Number(x), value: Number(value), unit } };
}

/** The figures of a suite as they come. Each is told once, under a name that the suite has declared, in one unit per name. */
export class Measurements {
  readonly all: Measurement[] = [];
  private readonly charts: Chart[];
  private readonly known = new Set<string>();
  private readonly units = new Map<string, string>();

  constructor(charts: Chart[]) {
    this.charts = charts;
  }

  /** Takes what stands behind `# measurement:`. Returns what is wrong with it, if anything; it is left out then. */
  add(text: string): string | undefined {
    const read = parseMeasurement(text);
    const fault = 'fault' in read ? read.fault : this.take(read.measurement);
    return fault === undefined ? undefined : `no measurement: "${text.trim()}": ${fault}`;
  }

  private take(measurement: Measurement): string | undefined {
    const { name, series, x, unit } = measurement;
    if (!this.charts.some((chart) => chart.name === name)) return `suite.yml has no "${name}" under measurements`;
    const key = JSON.stringify([name, series, x]);
    if (this.known.has(key)) return `${name} of ${series} at ${x} was told before`;
    const before = this.units.get(name) ?? unit;
    if (before !== unit) return `${name} was told in ${before} before`;
    if (this.all.length >= MAXIMUM_FIGURES) return `more than ${MAXIMUM_FIGURES} measurements`;
    this.known.add(key);
    this.units.set(name, unit);
    this.all.push(measurement);
    return undefined;
  }
}

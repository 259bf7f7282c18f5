// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { type Chart, Measurements, parseMeasurement } from '../../../src/conformance/measurement.ts';

test.each([
  ['tcp_lat stock 1 37.7 us', { name: 'tcp_lat', series: 'stock', x: 1, value: 37.7, unit: 'us' }],
  ['  bw  by-pass.2\t65536 0 Mb/s ', { name: 'bw', series: 'by-pass.2', x: 65536, value: 0, unit: 'Mb/s' }],
  ['cpu stock 0.5 99.125 %', { name: 'cpu', series: 'stock', x: 0.5, value: 99.125, unit: '%' }],
])('reads "%s"', (text, measurement) => {
  expect(parseMeasurement(text)).toEqual({ measurement });
});

test.each([
  ['', 'it is NAME SERIES X VALUE UNIT'],
  ['lat stock 1 37.7', 'it is NAME SERIES X VALUE UNIT'],
  ['lat stock 1 37.7 us more', 'it is NAME SERIES X VALUE UNIT'],
  ['lat <b> 1 37.7 us', '"<b>" is no name (letters, digits, "._+-")'],
  ['-lat stock 1 37.7 us', '"-lat" is no name (letters, digits, "._+-")'],
  ['lat stock 0 37.7 us', '"0" is no number above zero'],
  ['lat stock 1k 37.7 us', '"1k" is no number above zero'],
  ['lat stock 1 -3 us', '"-3" is no number'],
  ['lat stock 1 NaN us', '"NaN" is no number'],
  ['lat stock 1 1e5 us', '"1e5" is no number'],
  ['lat stock 1 12345678901234567890 us', '"12345678901234567890" is no number'],
  ['lat stock 1 1 \u00b5s', '"\u00b5s" is no unit'],
])('"%s" is none', (text, fault) => {
  expect(parseMeasurement(text)).toEqual({ fault });
});

test('takes a figure once, of a name that is declared, in one unit', () => {
  const chart = (name: string): Chart => ({ name, title: name, x: 'bytes', better: 'lower' });
  const measurements = new Measurements([chart('lat'), chart('bw')]);
  expect(measurements.add('lat stock 1 37.7 us')).toBeUndefined();
  expect(measurements.add('lat bypass 1 20.9 us')).toBeUndefined();
  expect(measurements.add('bw stock 1 0.6 Mb/s')).toBeUndefined();
  expect(measurements.add(' lat stock 1.0 37.7 us ')).toBe(
    'no measurement: "lat stock 1.0 37.7 us": lat of stock at 1 was told before',
  );
  expect(measurements.add('lat stock 4 0.04 ms')).toMatch(/lat was told in us before$/);
  expect(measurements.add('cpu stock 1 3 %')).toMatch(/suite\.yml has no "cpu" under measurements$/);
  expect(measurements.all.map(({ name, series }) => `${name} ${series}`)).toEqual([
    'lat stock',
    'lat bypass',
    'bw stock',
  ]);
  let told: string | undefined;
  for (let x = 2; told === undefined && x < 20_000; x++) told = measurements.add(`bw stock ${x} 1 Mb/s`);
  expect(told).toMatch(/more than 10000 measurements$/);
});

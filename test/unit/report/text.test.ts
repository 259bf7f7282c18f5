// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { byteSize, clipLines, duration, oneLine, stopwatch, visible } from '../../../src/report/text.ts';
import { hostile } from './sample.ts';

describe('visible', () => {
  it('shows what would act on its reader', () => {
    expect(visible('\u001b[31m \u0000\u007f\u009b \u202e \ufeff \u{e0041}')).toBe(
      '␛[31m ␀␡<U+009B> <U+202E> <U+FEFF> <U+E0041>',
    );
  });

  it('keeps lines, tabs and every other letter', () => {
    expect(visible('a\tb\r\nc\n日本語 é 👍')).toBe('a\tb\nc\n日本語 é 👍');
    expect(visible('progress 1\rprogress 2')).toBe('progress 1␍progress 2');
  });

  it('leaves nothing that acts in hostile text, and makes one line of it', () => {
    expect(visible(hostile).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\uffff]/u);
    expect(oneLine(hostile)).not.toMatch(/[\n\t]/);
  });
});

describe('figures', () => {
  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3719, '1 h 01 min'],
  ] as const)('%d seconds: %s', (seconds, text) => expect(duration(seconds)).toBe(text));
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.6, '1.0 kB'],
    [12_340_000, '12.3 MB'],
    [123_400_000, '123 MB'],
    [7e15, '7000 TB'],
  ] as const)('%d bytes: %s', (bytes, text) => expect(byteSize(bytes)).toBe(text));
  it('a stopwatch', () => {
    expect([-5, 7_999, 750_000, 3_750_000].map(stopwatch)).toEqual(['0:00', '0:07', '12:30', '1:02:30']);
  });
});

describe('clipLines', () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}`);

  it('keeps all of what fits', () => {
    expect(clipLines(lines, 100_000)).toEqual({ head: lines, omitted: 0, tail: [] });
  });

  it('keeps the beginning and more of the end, and counts what it left out', () => {
    const { head, omitted, tail } = clipLines(lines, 2000);
    expect([...head, ...tail].join('\n').length).toBeLessThanOrEqual(2000);
    expect(head.length + omitted + tail.length).toBe(1000);
    expect(tail.length).toBeGreaterThan(3 * head.length);
    expect([head[0], tail.at(-1)]).toEqual(['line 0', 'line 999']);
  });

  it('cuts one endless line too', () => {
    const { head, omitted, tail } = clipLines(['x'.repeat(10_000)], 100);
    expect(omitted).toBe(0);
    expect([...head, ...tail].join('').length).toBeLessThan(300);
    expect([...head, ...tail].join('')).toContain('9960 more characters');
  });
});

// SPDX-License-Identifier: Apache-2.0
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { Status } from './model.ts';

type Format = Parameters<typeof styleText>[0];
export type Paint = (format: Format, text: string) => string;

/** What a stream can show. Made by the edge from the process, so that everything below can be tested without one. */
export type Terminal = {
  /** A person watches: lines may be redrawn. */
  interactive: boolean;
  colour: boolean;
  /** Asked again at every drawing, because windows are resized. */
  size: () => { columns: number; rows: number };
};

/**
 * Describes an output stream. NO_COLOR (any value) turns colours off, FORCE_COLOR (other than 0 or false) on, whatever
 * the stream is, and overrules it, as in Node itself; without either, colours need a terminal that is not `dumb`.
 */
export function describeTerminal(
  stream: { isTTY?: boolean; columns?: number; rows?: number },
  environment: Record<string, string | undefined>,
): Terminal {
  const interactive = stream.isTTY === true && environment.TERM !== 'dumb';
  const { FORCE_COLOR: force, NO_COLOR: none } = environment;
  const forced = force === undefined ? undefined : force !== '0' && force !== 'false';
  return {
    interactive,
    colour: forced ?? (interactive && !none),
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  };
}

export function painter(colour: boolean): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}

export const statusLook: Record<Status, { mark: string; word: string; format: Format }> = {
  pass: { mark: '✓', word: 'pass', format: 'green' },
  fail: { mark: '✗', word: 'FAIL', format: ['red', 'bold'] },
  error: { mark: '!', word: 'ERROR', format: ['yellow', 'bold'] },
  skip: { mark: '–', word: 'skip', format: 'gray' },
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Plain text cut to at most `width` terminal columns, with an ellipsis where something was cut off. */
export function shorten(text: string, width: number): string {
  if (width <= 0) return '';
  if (stringWidth(text) <= width) return text;
  let result = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const columns = stringWidth(segment);
    if (used + columns > width - 1) break;
    result += segment;
    used += columns;
  }
  return `${result}…`;
}

/** Plain text padded or cut to exactly `width` terminal columns. */
export function cell(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const shown = shorten(text, width);
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return side === 'left' ? shown + blanks : blanks + shown;
}

export { stringWidth };

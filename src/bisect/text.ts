// SPDX-License-Identifier: Apache-2.0

import { type Paint, statusLook } from '../report/terminal.ts';
import { counted, oneLine, visible } from '../report/text.ts';
import type { Bisection, Trail } from './bisect.ts';
import type { RankedHunk } from './rank.ts';
import { describe } from './symbols.ts';
import { renderUnified } from './unified.ts';

const HUNKS = 12;
const LINES_PER_HUNK = 40;
const AROUND = 5;
const FILES = 20;
const SYMBOLS = 40;
const OPTIONS = 30;
const ERRORS = 5;

/** What a bisection found, for people. Ends with a newline. */
export function bisectText(bisection: Bisection, paint: Paint): string {
  const { trail, odd } = bisection;
  const lines = [...verdictLines(bisection, paint), '', ...testedLines(bisection, paint)];
  if (odd) {
    lines.push(
      '',
      `${paint(['yellow', 'bold'], 'not monotonic')}  ${odd.fails} fails though the newer ${odd.passes} passes: there is more than one change, and this is the earliest that was seen.`,
    );
  }
  if (trail)
    lines.push('', ...headerLines(bisection, trail, paint), ...symbolLines(trail, paint), ...optionLines(trail, paint));
  return `${lines.join('\n')}\n`;
}

function verdictLines(bisection: Bisection, paint: Paint): string[] {
  const { id, outcome, releases, lastGood, firstBad, diagnostics } = bisection;
  const [oldest, newest] = [releases[0]?.kernel, releases.at(-1)?.kernel];
  if (outcome === 'nothing fails') return [`${paint('green', `${id}: nothing fails`)} from ${oldest} to ${newest}`];
  if (outcome === 'unknown') return [`${paint(['yellow', 'bold'], `${id}: not known`)}, for none can be tested`];
  const reason = releases.find(({ kernel }) => kernel === firstBad)?.reason;
  const where = diagnostics.filter(({ severity }) => severity === 'error').slice(0, ERRORS);
  const untested = releases.filter(({ verdict }) => verdict === 'unknown').map(({ kernel }) => kernel);
  const between = releases.findIndex(({ kernel }) => kernel === firstBad) - 1;
  const gap = outcome === 'found' && releases[between]?.kernel !== lastGood;
  return [
    `${id}: ${paint(['red', 'bold'], `${firstBad} fails`)}, ${
      outcome === 'found' ? `${paint('green', `${lastGood} passes`)}` : 'and there is no older one that passes'
    }`,
    ...(gap ? [`  What lies between cannot be tested: ${untested.join(', ')}`] : []),
    ...(where.length > 0
      ? where.map(({ file, line, column, message }) => {
          return `  ${[file, line, column].filter((part) => part !== undefined).join(':')}: ${oneLine(message)}`;
        })
      : [`  ${oneLine(reason ?? '')}`]),
  ];
}

function testedLines({ releases }: Bisection, paint: Paint): string[] {
  const tested = releases.filter(({ verdict }) => verdict !== undefined);
  const width = Math.max(...tested.map(({ kernel }) => kernel.length));
  return [
    `${tested.length} of ${counted(releases.length, 'release')} tested`,
    ...tested.map(({ kernel, verdict, reason }) => {
      const { mark, word, format } = statusLook[verdict === 'unknown' || !verdict ? 'error' : verdict];
      const why = verdict === 'pass' ? '' : oneLine(reason ?? '');
      return `  ${kernel.padEnd(width)}  ${paint(format, `${mark} ${word}`)}  ${why}`.trimEnd();
    }),
  ];
}

function headerLines({ lastGood = '', firstBad = '' }: Bisection, trail: Trail, paint: Paint): string[] {
  const { included, changed, hunks, file, clipped } = trail;
  const lines = [
    `${paint('bold', 'headers')}  ${changed.length} of ${included} that the module includes differ, in ${counted(hunks.length, 'place')}`,
  ];
  // What has far less to do with the errors than the best only distracts.
  const least = (hunks[0]?.score ?? 0) / 10;
  const shown = hunks.filter(({ score }) => score > 0 && score >= least).slice(0, HUNKS);
  for (const group of byFile(shown)) {
    const clippedHunks = group.map((one) => ({ ...one.hunk, lines: clip(one) }));
    lines.push(
      '',
      ...renderUnified({ file: group[0]?.file ?? '', hunks: clippedHunks }, lastGood, firstBad).map(coloured(paint)),
    );
  }
  if (shown.length === 0) {
    const most = changed.toSorted((a, b) => b.added + b.removed - (a.added + a.removed)).slice(0, FILES);
    lines.push(
      ...most.map(({ file: name, added, removed }) => `  ${`+${added} -${removed}`.padEnd(12)} ${visible(name)}`),
    );
  }
  if (changed.length > 0) lines.push('', `All of it: ${file}${clipped ? ' (the end of a longer one)' : ''}`);
  return lines;
}

/** Hunks in their order, those of one file together. */
function byFile(hunks: RankedHunk[]): RankedHunk[][] {
  const files = [...new Set(hunks.map(({ file }) => file))];
  return files.map((file) => hunks.filter((hunk) => hunk.file === file).sort((a, b) => a.hunk.line - b.hunk.line));
}

/** Of a long hunk what surrounds the lines that matter. */
function clip({ hunk: { lines }, focus }: RankedHunk): string[] {
  if (lines.length <= LINES_PER_HUNK) return lines;
  const kept = new Set<number>();
  for (const centre of focus) {
    if (kept.size >= LINES_PER_HUNK) break;
    for (let at = Math.max(0, centre - AROUND); at <= Math.min(lines.length - 1, centre + AROUND); at++) kept.add(at);
  }
  let left = 0;
  const gap = () => (left > 0 ? [`  (${counted(left, 'line')} left out)`] : []);
  const shown = lines.flatMap((line, at) => {
    if (!kept.has(at)) {
      left++;
      return [];
    }
    const some = [...gap(), line];
    left = 0;
    return some;
  });
  return [...shown, ...gap()];
}

function coloured(paint: Paint): (line: string) => string {
  return (line) => {
    const text = visible(line);
    if (text.startsWith('@@')) return paint('cyan', text);
    if (text.startsWith('---') || text.startsWith('+++')) return paint('bold', text);
    if (text.startsWith('+')) return paint('green', text);
    return text.startsWith('-') ? paint('red', text) : text;
  };
}

function optionLines({ options }: Trail, paint: Paint): string[] {
  if (options.length === 0) return [];
  const width = Math.max(...options.map(({ name }) => name.length));
  const value = (text: string | undefined) => (text === undefined ? 'not set' : oneLine(text));
  return [
    '',
    `${paint('bold', 'configuration')}  ${counted(options.length, 'option')} that these headers look at ${options.length === 1 ? 'differs' : 'differ'}`,
    ...options
      .slice(0, OPTIONS)
      .map(({ name, before, after }) => `  CONFIG_${name.padEnd(width)}  ${value(before)} -> ${value(after)}`),
    ...(options.length > OPTIONS ? [`  … and ${options.length - OPTIONS} more`] : []),
  ];
}

function symbolLines({ symbols }: Trail, paint: Paint): string[] {
  if (symbols.length === 0) return ['', `${paint('bold', 'symbols')}  those that the module imports are the same`];
  const width = Math.max(...symbols.map(({ symbol }) => symbol.length));
  return [
    '',
    `${paint('bold', 'symbols')}  ${counted(symbols.length, 'symbol')} that the module imports ${symbols.length === 1 ? 'differs' : 'differ'}`,
    // What is gone first: it is an error wherever it is used.
    ...symbols
      .toSorted((a, b) => Number(a.after !== undefined) - Number(b.after !== undefined))
      .slice(0, SYMBOLS)
      .map(({ symbol, before, after }) => {
        const now = after ? describe(after) : paint(['red', 'bold'], 'not exported any more');
        return `  ${symbol.padEnd(width)}  ${describe(before)} -> ${now}`;
      }),
    ...(symbols.length > SYMBOLS ? [`  … and ${symbols.length - SYMBOLS} more`] : []),
  ];
}

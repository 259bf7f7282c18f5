// SPDX-License-Identifier: Apache-2.0

/** Epoch, version and release; a release of '' stands for any. */
export type Evr = { epoch: number; version: string; release: string };

/** Reads `[E:]V[-R]`. */
export function parseEvr(text: string): Evr {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?([\s\S]*)$/.exec(text) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    version: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Compares two `[E:]V[-R]` as rpm does: negative, 0 or positive. A missing epoch is 0, a missing release equals any. */
export function compareEvr(a: string, b: string): number {
  if (a === b) return 0;
  const left = parseEvr(a);
  const right = parseEvr(b);
  const difference = left.epoch - right.epoch || compareSegments(left.version, right.version);
  if (difference !== 0 || left.release === '' || right.release === '') return difference;
  return compareSegments(left.release, right.release);
}

/**
 * Compares two versions or two releases (rpm's `rpmvercmp`, documented in rpm-version(7)): runs of digits as numbers, runs
 * of letters as text, a number newer than letters, what is longer newer; a tilde makes older, a caret newer than what it
 * follows but older than anything else in its place.
 */
export function compareSegments(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (i < a.length && isSeparator(a.charCodeAt(i))) i++;
    while (j < b.length && isSeparator(b.charCodeAt(j))) j++;
    const [x, y] = [a[i], b[j]];
    if (x === '~' || y === '~') {
      if (x !== '~') return 1;
      if (y !== '~') return -1;
      i++;
      j++;
      continue;
    }
    if (x === '^' || y === '^') {
      if (x === undefined) return -1;
      if (y === undefined) return 1;
      if (x !== '^') return 1;
      if (y !== '^') return -1;
      i++;
      j++;
      continue;
    }
    if (x === undefined || y === undefined) break;
    const isNumber = isDigit(a.charCodeAt(i));
    if (isNumber !== isDigit(b.charCodeAt(j))) return isNumber ? 1 : -1;
    const left = segment(a, i, isNumber);
    const right = segment(b, j, isNumber);
    const difference = isNumber ? compareNumbers(left, right) : compareText(left, right);
    if (difference !== 0) return difference;
    i += left.length;
    j += right.length;
  }
  return (i < a.length ? 1 : 0) - (j < b.length ? 1 : 0);
}

function segment(text: string, start: number, digits: boolean): string {
  let end = start;
  while (end < text.length && (digits ? isDigit : isLetter)(text.charCodeAt(end))) end++;
  return text.slice(start, end);
}

function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length - right.length || compareText(left, right);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isSeparator(code: number): boolean {
  return !isDigit(code) && !isLetter(code) && code !== 126 && code !== 94;
}

export type Sense = '<' | '<=' | '=' | '>=' | '>';

/** Some versions of a name: those that stand in `sense` to `evr`; all of them when there is none. */
export type Range = { sense?: Sense; evr?: string };

/**
 * Whether two ranges have a version in common, which is when a provide meets a require (rpm's `rpmdsCompare`). A range
 * without a version has them all, so that an unversioned provide meets every require of its name.
 */
export function overlaps(a: Range, b: Range): boolean {
  if (a.sense === undefined || b.sense === undefined) return true;
  const order = compareEvr(a.evr ?? '', b.evr ?? '');
  if (order < 0) return a.sense.includes('>') || b.sense.includes('<');
  if (order > 0) return a.sense.includes('<') || b.sense.includes('>');
  return ['<', '=', '>'].some((sign) => a.sense?.includes(sign) && b.sense?.includes(sign));
}

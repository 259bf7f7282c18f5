// SPDX-License-Identifier: Apache-2.0
import picomatch from 'picomatch';

/**
 * Orders kernel releases from old to new: `6.1.0-9-amd64`, `6.1.0-56-amd64`, `6.12.115+deb13-amd64`, `6.12.115+deb13.1-amd64`.
 * Runs of digits compare as numbers and are newer than letters, so that a suffix makes a release newer; a tilde older.
 */
export function compareReleases(a: string, b: string): number {
  const left = a.match(/\d+|[a-z]+|~/gi) ?? [];
  const right = b.match(/\d+|[a-z]+|~/gi) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    const difference = rank(x) - rank(y) || Number(x) - Number(y) || (x < y ? -1 : x > y ? 1 : 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(part: string): number {
  if (part === '~') return -1;
  if (part === '') return 0;
  return /^\d/.test(part) ? 2 : 1;
}

const newest = /^newest\s+(\d+)(?:\s+of\s+(\S+))?$/;

/**
 * The releases that selectors name, oldest first: a release, a glob, `newest N` or `newest N of GLOB`.
 * `offered` is what there is to choose from.
 */
export function selectReleases(selectors: string[], offered: string[]): string[] {
  const ordered = [...offered].sort(compareReleases);
  const chosen = selectors.flatMap((selector) => {
    const [, count, glob = '*'] = newest.exec(selector) ?? [];
    if (count === undefined) return ordered.filter(matcher([selector]));
    return ordered.filter(matcher([glob])).slice(-Number(count));
  });
  return [...new Set(chosen)].sort(compareReleases);
}

/** Tells whether a text is one of the patterns or matches one of them as a glob. */
export function matcher(patterns: string[]): (text: string) => boolean {
  // Without extended globs: `+` and parentheses are parts of versions.
  const globs = patterns.filter(isGlob).map((pattern) => picomatch(pattern, { noextglob: true }));
  return (text) => patterns.includes(text) || globs.some((glob) => glob(text));
}

/** Whether a pattern can match more than itself. */
export function isGlob(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

/** What is wrong with a selector, if anything. */
export function selectorFault(selector: string): string | undefined {
  if (newest.test(selector)) return Number(newest.exec(selector)?.[1]) > 0 ? undefined : 'newest 0 selects nothing';
  return /\s/.test(selector) ? 'neither a kernel release nor a glob nor "newest N" nor "newest N of GLOB"' : undefined;
}

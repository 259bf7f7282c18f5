// SPDX-License-Identifier: Apache-2.0
import { distance } from 'fastest-levenshtein';

/** The names nearest to a mistyped one, best first: at most `limit` of them, and none that are too far off to be meant. */
export function nearest(name: string, known: string[], limit = 3): string[] {
  return known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.ceil(Math.max(name.length, candidate.length) / 3)))
    .sort((a, b) => a.far - b.far)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** The end of a message about a mistyped name: `, did you mean "x"?`, or nothing when no known name is near. */
export function didYouMean(name: string, known: string[]): string {
  const [first] = nearest(name, known, 1);
  return first === undefined ? '' : `, did you mean "${first}"?`;
}

// SPDX-License-Identifier: Apache-2.0

/** `unknown`: it cannot be tested, for its packages are gone or the environment failed. */
export type Verdict = 'pass' | 'fail' | 'unknown';

export type Search = {
  /** By position; what was not tested is not in it. */
  verdicts: Map<number, Verdict>;
  /** `found`: between `pass` and `fail`, which are neighbours but for what is unknown. */
  outcome: 'found' | 'nothing fails' | 'nothing passes' | 'unknown';
  /** The last that passes before `fail`. */
  pass?: number;
  /** The first that fails. */
  fail?: number;
  /** One that fails before another that passes: there is more than one change. */
  odd?: { fails: number; passes: number };
};

/** What is known before a probe. */
export type Step = {
  position: number;
  /** `end`: of the row; `middle`: of what is left; `check`: whether the row goes back and forth. */
  kind: 'end' | 'middle' | 'check';
  pass?: number;
  fail?: number;
};

/**
 * Finds the first of a row of `count` that fails, the row being expected to pass up to some place and to fail from there on,
 * with as few probes as that takes: both ends, then the middle of what is left. One more probe on either side of the place
 * tells a row that goes back and forth, as far as one probe can; if it does, the earliest failure that was seen is traced.
 */
export async function search(
  count: number,
  probe: (position: number) => Promise<Verdict>,
  onStep: (step: Step) => void = () => {},
): Promise<Search> {
  const verdicts = new Map<number, Verdict>();
  let pass: number | undefined;
  let fail: number | undefined;
  let odd: Search['odd'];
  const test = async (position: number, kind: Step['kind']): Promise<Verdict> => {
    onStep({ position, kind, ...(pass === undefined ? {} : { pass }), ...(fail === undefined ? {} : { fail }) });
    const verdict = await probe(position);
    verdicts.set(position, verdict);
    return verdict;
  };
  const result = (outcome: Search['outcome']): Search => ({
    verdicts,
    outcome,
    ...(pass === undefined ? {} : { pass }),
    ...(fail === undefined ? {} : { fail }),
    ...(odd === undefined ? {} : { odd }),
  });

  // The ends: the outermost of each side that can be tested.
  for (let last = count - 1; last >= 0; last--) {
    const verdict = await test(last, 'end');
    if (verdict === 'unknown') continue;
    if (verdict === 'pass') pass = last;
    else fail = last;
    break;
  }
  if (pass !== undefined) return result('nothing fails');
  if (fail === undefined) return result('unknown');
  for (let first = 0; first < fail; first++) {
    const verdict = await test(first, 'end');
    if (verdict === 'unknown') continue;
    if (verdict === 'pass') pass = first;
    else fail = first;
    break;
  }
  if (pass === undefined) return result('nothing passes');
  const first = pass;

  for (;;) {
    for (let next = middle(range(pass, fail), verdicts); next !== undefined; ) {
      const verdict = await test(next, 'middle');
      if (verdict === 'pass') pass = next;
      if (verdict === 'fail') fail = next;
      next = middle(range(pass, fail), verdicts);
    }
    const before = middle(range(first, pass), verdicts);
    if (before === undefined || (await test(before, 'check')) !== 'fail') break;
    odd = { fails: before, passes: pass };
    fail = before;
    pass = Math.max(...range(first - 1, before).filter((position) => verdicts.get(position) === 'pass'));
  }
  const after = middle(range(fail, count - 1), verdicts);
  if (after !== undefined && (await test(after, 'check')) === 'pass') odd ??= { fails: fail, passes: after };
  return result('found');
}

/** What lies between two positions. */
function range(low: number, high: number): number[] {
  return Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index);
}

/** The one in the middle of those that were not tested. */
function middle(positions: number[], verdicts: Map<number, Verdict>): number | undefined {
  const left = positions.filter((position) => !verdicts.has(position));
  return left[Math.floor((left.length - 1) / 2)];
}

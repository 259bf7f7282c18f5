// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { type Step, search, type Verdict } from '../../../src/bisect/search.ts';

const letters: Record<string, Verdict> = { '+': 'pass', '-': 'fail', '?': 'unknown' };

/** Searches a row written as `++?--`. */
async function find(row: string) {
  const probes: number[] = [];
  const steps: Step[] = [];
  const found = await search(
    row.length,
    async (position) => {
      probes.push(position);
      return letters[row[position] ?? ''] ?? expect.fail(`no position ${position}`);
    },
    (step) => steps.push(step),
  );
  return { ...found, probes, steps };
}

describe('the first that fails', () => {
  test('is found wherever it is, with few probes and each only once', async () => {
    for (let length = 2; length <= 40; length++) {
      for (let first = 1; first < length; first++) {
        const { outcome, pass, fail, odd, probes } = await find('+'.repeat(first) + '-'.repeat(length - first));
        expect({ outcome, pass, fail, odd }).toEqual({ outcome: 'found', pass: first - 1, fail: first });
        expect(new Set(probes).size).toBe(probes.length);
        // Both ends, the halves, one check on either side.
        expect(probes.length).toBeLessThanOrEqual(4 + Math.ceil(Math.log2(length)));
      }
    }
  });

  test('is none when the newest passes, which one probe tells', async () => {
    expect(await find('++++')).toMatchObject({ outcome: 'nothing fails', pass: 3, probes: [3] });
  });

  test('has no older one to compare with when the oldest fails', async () => {
    expect(await find('----')).toMatchObject({ outcome: 'nothing passes', fail: 0, probes: [3, 0] });
  });

  test('is told as one that could not be narrowed when what lies between cannot be tested', async () => {
    expect(await find('++??--')).toMatchObject({ outcome: 'found', pass: 1, fail: 4 });
    expect(await find('?++--?')).toMatchObject({ outcome: 'found', pass: 2, fail: 3 });
    expect(await find('????')).toMatchObject({ outcome: 'unknown' });
    expect(await find('?--?')).toMatchObject({ outcome: 'nothing passes', fail: 1 });
    expect(await find('++?')).toMatchObject({ outcome: 'nothing fails', pass: 1 });
  });
});

describe('a row that goes back and forth', () => {
  test('is traced to the earliest failure that was seen, and that is said', async () => {
    // The search itself comes out at 5; the check on its older side meets 2.
    const found = await find('++-+++---');
    expect(found).toMatchObject({ outcome: 'found', pass: 1, fail: 2, odd: { fails: 2, passes: 5 } });
  });

  test('is noticed on the newer side too', async () => {
    expect(await find('++--+--')).toMatchObject({ outcome: 'found', pass: 1, fail: 2, odd: { fails: 2, passes: 4 } });
  });

  test('is not claimed where nothing speaks for it', async () => {
    expect((await find('++++++----')).odd).toBeUndefined();
  });
});

test('each probe is announced with what is known by then', async () => {
  const { steps } = await find('++++----');
  expect(steps).toEqual([
    { position: 7, kind: 'end' },
    { position: 0, kind: 'end', fail: 7 },
    { position: 3, kind: 'middle', pass: 0, fail: 7 },
    { position: 5, kind: 'middle', pass: 3, fail: 7 },
    { position: 4, kind: 'middle', pass: 3, fail: 5 },
    { position: 1, kind: 'check', pass: 3, fail: 4 },
    { position: 6, kind: 'check', pass: 3, fail: 4 },
  ]);
});

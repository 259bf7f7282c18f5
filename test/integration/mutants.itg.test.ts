// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baselines, loadMutants, type Mutant, tryMutant, type Verdict } from '../mutants/mutant.ts';

// One of each kind; `npm run mutants` tries them all.
const chosen = [
  'accept-everywhere',
  'bypass-keys-are-ports',
  'bypass-no-order',
  'bypass-unload-leaves-a-pin',
  'counters-leak',
  'line-before-hooks',
  'oops-at-unload',
  'stt-bypassed-at-local-in',
];
const target = 'debian-12';
const stop = new AbortController();
let mutants: Mutant[];
let unbroken: Promise<Verdict[]>;

beforeAll(async () => {
  mutants = await loadMutants();
  const whole = baselines(mutants.filter(({ name }) => chosen.includes(name)));
  unbroken = Promise.all(whole.map((one) => tryMutant(one, { target, signal: stop.signal })));
  unbroken.catch(() => {});
});
afterAll(() => stop.abort());

test('the product as it is passes what the mutants have to fail', async () => {
  for (const verdict of await unbroken) expect(verdict).toMatchObject({ caught: false, detail: '' });
});

test.each(chosen)('the suite notices: %s', async (name) => {
  const mutant = mutants.find((one) => one.name === name);
  if (!mutant) throw new Error(`there is no mutant ${name}`);
  const verdict = await tryMutant(mutant, { target, signal: stop.signal });
  expect(verdict.caught).toBe(true);
  // By a test that was meant to, not by some accident.
  expect(mutant.caughtBy.filter((test) => verdict.detail.includes(test))).not.toEqual([]);
});

// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limitTime } from '../../../src/action/time.ts';
import { EnvironmentError } from '../../../src/errors.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the work is interrupted when its time is over, with what is seen at that moment', () => {
  const interruption = new AbortController();
  let seen = 'debian-12/6.1.0-56-amd64: build';
  using _limit = limitTime(interruption, 2, () => seen);
  vi.advanceTimersByTime(119_999);
  expect(interruption.signal.aborted).toBe(false);
  seen = 'debian-12/6.1.0-56-amd64: boot for 1:30';
  vi.advanceTimersByTime(1);
  expect(interruption.signal.reason).toBeInstanceOf(EnvironmentError);
  expect((interruption.signal.reason as Error).message).toBe(
    'not done within 2 min (timeout-minutes), ended\n  Last seen: debian-12/6.1.0-56-amd64: boot for 1:30.\n' +
      '  Raise timeout-minutes, or name fewer targets and suites.',
  );
});

test('what is done in time is not interrupted, nor what has no limit', () => {
  const interruption = new AbortController();
  limitTime(interruption, 1, () => '')[Symbol.dispose]();
  limitTime(interruption, undefined, () => '');
  vi.advanceTimersByTime(600_000);
  expect(interruption.signal.aborted).toBe(false);
});

test('five days, the longest that can be asked for, is no more than a timer can count', () => {
  const interruption = new AbortController();
  using _limit = limitTime(interruption, 5 * 24 * 60, () => '');
  vi.advanceTimersByTime(4 * 24 * 3600 * 1000);
  expect(interruption.signal.aborted).toBe(false);
});

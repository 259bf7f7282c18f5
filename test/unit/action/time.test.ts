// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TimeLimit } from '../../../src/action/time.ts';
import { EnvironmentError } from '../../../src/errors.ts';
import type { Target } from '../../../src/matrix/types.ts';
import type { RunEvent } from '../../../src/report/events.ts';
import type { ReportTarget } from '../../../src/report/model.ts';
import type { Workshop } from '../../../src/workshop.ts';
import { sampleTarget } from '../report/sample.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const cancelled = () => new AbortController();
const nowhere = () => '';

test('the work is interrupted when its time is over, with what is seen at that moment', () => {
  let seen = 'debian-12/6.1.0-56-amd64: build';
  using limit = new TimeLimit({ minutes: 2, cancelled: cancelled().signal, lastSeen: () => seen });
  vi.advanceTimersByTime(119_999);
  expect([limit.signal.aborted, limit.reached]).toEqual([false, undefined]);
  seen = 'debian-12/6.1.0-56-amd64: boot, for 1:30';
  vi.advanceTimersByTime(1);
  expect(limit.signal.reason).toBe(limit.reached);
  expect(limit.reached).toBeInstanceOf(EnvironmentError);
  expect(limit.reached?.message).toBe(
    'not done within 2 min (timeout-minutes)\n  Last seen: debian-12/6.1.0-56-amd64: boot, for 1:30.\n' +
      '  Raise timeout-minutes, or name fewer targets and suites.',
  );
});

test('what is done in time is not interrupted, nor what has no limit', () => {
  const done = new TimeLimit({ minutes: 1, cancelled: cancelled().signal, lastSeen: nowhere });
  done[Symbol.dispose]();
  using unlimited = new TimeLimit({ cancelled: cancelled().signal, lastSeen: nowhere });
  vi.advanceTimersByTime(600_000);
  expect([done.signal.aborted, unlimited.signal.aborted]).toEqual([false, false]);
});

test('five days, the longest that can be asked for, is no more than a timer can count', () => {
  using limit = new TimeLimit({ minutes: 5 * 24 * 60, cancelled: cancelled().signal, lastSeen: nowhere });
  vi.advanceTimersByTime(4 * 24 * 3600 * 1000);
  expect(limit.signal.aborted).toBe(false);
});

test('a cancellation interrupts the work, before and after it has begun, and is no time that is over', () => {
  const person = cancelled();
  using begun = new TimeLimit({ minutes: 1, cancelled: person.signal, lastSeen: nowhere });
  person.abort(new Error('cancelled'));
  using late = new TimeLimit({ minutes: 1, cancelled: person.signal, lastSeen: nowhere });
  expect([begun.signal.reason, late.signal.reason]).toEqual([person.signal.reason, person.signal.reason]);
  expect([begun.reached, late.reached]).toEqual([undefined, undefined]);
});

const targets = ['debian-11/5.10.0-1', 'debian-12/6.1.0-1'].map((label) => {
  const [id = '', kernel = ''] = label.split('/');
  return { id, kernel, arch: 'x86_64', distribution: { title: `The ${id}` } } as Target;
});

/** The first target passes at once; the second hears of the end of the time, or fails by itself. */
async function course(limit: TimeLimit, events: RunEvent[], defect?: Error): Promise<ReportTarget[]> {
  const runOne = ({ id }: Target) =>
    id === 'debian-11'
      ? Promise.resolve(sampleTarget(0))
      : new Promise<ReportTarget>((_, reject) => {
          if (defect) reject(defect);
          limit.signal.addEventListener('abort', () => reject(limit.signal.reason));
        });
  return await limit.course((event) => events.push(event))(targets, runOne, {} as Workshop);
}

test('what came to its end in time stays; what did not says where it was', async () => {
  const lastSeen = (target?: string) => (target === 'debian-12/6.1.0-1' ? 'test 120-geneve, for 12:30' : '');
  using limit = new TimeLimit({ minutes: 1, cancelled: cancelled().signal, lastSeen });
  const events: RunEvent[] = [];
  const reports = course(limit, events);
  await vi.advanceTimersByTimeAsync(60_000);
  const reason = 'not done within 1 min (timeout-minutes); last seen: test 120-geneve, for 12:30';
  expect(await reports).toEqual([
    sampleTarget(0),
    { id: 'debian-12', kernel: '6.1.0-1', arch: 'x86_64', title: 'The debian-12', status: 'error', reason, suites: [] },
  ]);
  expect(events).toEqual([{ type: 'finished', target: 'debian-12/6.1.0-1', status: 'error', reason }]);
});

test('what a target came to before is kept, and a failure is one', async () => {
  using limit = new TimeLimit({ minutes: 1, cancelled: cancelled().signal, lastSeen: nowhere });
  const heard: string[] = [];
  const emit = limit.watch((event) => heard.push(event.type));
  const { build, suites } = sampleTarget(0);
  const [passed] = suites;
  if (!build || !passed) expect.fail('the sample has neither a build nor a suite');
  const failed = { ...passed, name: 'other', status: 'fail' as const };
  const brought = { ...build, subject: 'bypass' };
  const target = 'debian-12/6.1.0-1';
  emit({ type: 'built', target, build });
  emit({ type: 'built', target, build: brought });
  emit({ type: 'tested', target, suite: passed });
  emit({ type: 'tested', target: 'debian-11/5.10.0-1', suite: failed });
  const reports = course(limit, []);
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await reports)[1]).toMatchObject({ status: 'error', build, builds: [brought], suites: [passed] });
  emit({ type: 'tested', target, suite: failed });
  expect((await course(limit, [], limit.reached))[1]).toMatchObject({ status: 'fail', suites: [passed, failed] });
  expect(heard).toEqual(['built', 'built', 'tested', 'tested', 'tested']);
});

test('a cancellation or a defect is no result', async () => {
  const person = cancelled();
  using limit = new TimeLimit({ minutes: 1, cancelled: person.signal, lastSeen: nowhere });
  const reports = course(limit, []);
  person.abort(new Error('cancelled'));
  await expect(reports).rejects.toThrow('cancelled');
  using other = new TimeLimit({ minutes: 1, cancelled: cancelled().signal, lastSeen: nowhere });
  await expect(course(other, [], new TypeError('a defect'))).rejects.toThrow('a defect');
});

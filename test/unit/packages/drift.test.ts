// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { compareLocks } from '../../../src/packages/drift.ts';
import type { Lock } from '../../../src/packages/lock.ts';
import type { Offers } from '../../../src/packages/offers.ts';
import { type DriftReport, driftStatus, driftText } from '../../../src/report/drift.ts';
import { sha256 } from './fixtures.ts';

/** Packages as `name version`, by sysroot. */
function lockOf(sysroots: Record<string, string[]>): Lock {
  const specs = [...new Set(Object.values(sysroots).flat())];
  return {
    ...{ schema: 'ovnfast.lock/1', id: 'test-1', kernel: '6.1.0-9-amd64', indexes: [] },
    sysroots: Object.fromEntries(
      Object.entries(sysroots).map(([name, list]) => [name, list.map((one) => one.split(' ')[0] ?? '')]),
    ),
    packages: specs.map((spec) => {
      const [name = '', version = '', content = version] = spec.split(' ');
      const digest = sha256(Buffer.from(`${name} ${content}`));
      return { ...{ name, version, architecture: 'amd64', archive: 'test', path: name, size: 1 }, sha256: digest };
    }),
  };
}

/** An index that lists what these locks pin, and nothing else. */
function indexOf(...locks: Lock[]): Offers {
  const listed = new Set(locks.flatMap(({ packages }) => packages.map((pin) => pin.sha256)));
  return {
    ...{
      references: [],
      asked: [],
      warnings: [],
      releases: () => [],
      resolve: () => expect.fail('nothing is to be resolved'),
    },
    has: async (pin) => listed.has(pin.sha256),
    [Symbol.dispose]() {},
  };
}

const before = lockOf({ headers: ['gcc 1.0', 'libc 2.0'], image: ['linux 6.1'] });

describe('what a lock made now would pin differently', () => {
  test('is nothing when it would pin the same', async () => {
    expect(await compareLocks(before, before, indexOf(before))).toEqual([]);
  });

  test('is a newer version, with the old one still to be had or not', async () => {
    const now = lockOf({ headers: ['gcc 1.1', 'libc 2.0'], image: ['linux 6.2'] });
    const old = lockOf({ headers: ['gcc 1.0'] });
    expect(await compareLocks(before, now, indexOf(now, old))).toEqual([
      { name: 'gcc', change: 'version', locked: '1.0', offered: '1.1', left: false, sysroots: ['headers'] },
      { name: 'linux', change: 'version', locked: '6.1', offered: '6.2', left: true, sysroots: ['image'] },
    ]);
  });

  test('is the same version with other content', async () => {
    const now = lockOf({ headers: ['gcc 1.0 again', 'libc 2.0'], image: ['linux 6.1'] });
    expect(await compareLocks(before, now, indexOf(now))).toMatchObject([
      { name: 'gcc', change: 'rebuilt', locked: '1.0', offered: '1.0', left: true },
    ]);
  });

  test('is what the closure gains and loses, also between sysroots', async () => {
    const now = lockOf({ headers: ['gcc 1.0', 'libm 3.0', 'linux 6.1'], image: ['linux 6.1'] });
    const drift = await compareLocks(before, now, indexOf(before, now));
    expect(drift.map(({ name, change, sysroots }) => [name, change, sysroots])).toEqual([
      ['libc', 'lost', ['headers']],
      ['libm', 'gained', ['headers']],
      ['linux', 'gained', ['image', 'headers']],
    ]);
  });

  test('is what has left the index, where no new lock can be made', async () => {
    const rest = lockOf({ headers: ['libc 2.0'] });
    expect(await compareLocks(before, undefined, indexOf(rest))).toEqual([
      { name: 'gcc', change: 'gone', locked: '1.0', left: true, sysroots: ['headers'] },
      { name: 'linux', change: 'gone', locked: '6.1', left: true, sysroots: ['image'] },
    ]);
  });
});

describe('the report', () => {
  const same: DriftReport['locks'][number] = { id: 'a-1', kernel: '6.1.0-9', status: 'same', packages: [] };
  const lost = { ...same, id: 'b-1', status: 'unknown' as const, reason: 'no mirror serves b-1' };
  const moved: typeof same = {
    ...same,
    id: 'c-1',
    status: 'changed',
    packages: [
      { name: 'gcc', change: 'version', locked: '1.0', offered: '1.1', left: true, sysroots: ['headers'] },
      { name: 'libm', change: 'gained', offered: '3.0', left: false, sysroots: ['headers'] },
    ],
  };

  test('names each change, and the command that takes it', () => {
    const report = { locks: [same, lost, moved], kernels: [{ id: 'c-1', newer: ['6.1.0-10'] }] };
    const text = driftText(report, (_, words) => words);
    expect(text).toContain('a-1/6.1.0-9  the same\n');
    expect(text).toContain('b-1/6.1.0-9  ! not known\n    no mirror serves b-1\n');
    expect(text).toMatch(/version {2}gcc +1\.0 -> 1\.1 +headers, the pinned one has left the index\n/);
    expect(text).toMatch(/gained {3}libm +3\.0 +headers\n/);
    expect(text).toContain('c-1: newer kernel, not locked: 6.1.0-10\n');
    expect(text).toMatch(/3 locks: 1 changed, 1 not known\nTo take it: ovnfast lock --target c-1\n$/);
  });

  test('a change that is known comes before what is not known', () => {
    const status = (locks: DriftReport['locks'], newer: string[] = []) =>
      driftStatus({ locks, kernels: newer.length > 0 ? [{ id: 'a-1', newer }] : [] });
    expect([status([same]), status([same, lost]), status([same, lost, moved]), status([same], ['6.1.0-10'])]).toEqual([
      ...['same', 'unknown', 'changed', 'changed'],
    ]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { type PlannedSharing, sharingText } from '../../../src/report/plan-sharing.ts';
import { painter } from '../../../src/report/terminal.ts';

const paint = painter(false);
const plan: PlannedSharing = {
  id: 'debian-12',
  builds: { least: 2, most: 2 },
  groups: [['6.1.0-3', '6.1.0-2'], ['6.1.0-1']],
  toldBy: { kernel: '6.1.0-2', imports: 9 },
  unknown: [],
};

test('groups by an earlier build: how many builds, what for, and how that is known', () => {
  expect(sharingText([plan], paint)).toBe(`
debian-12: 2 builds for 3 releases
  6.1.0-3, and on 6.1.0-2
  6.1.0-1
  by the 9 symbols that this source imported when it was built for 6.1.0-2
`);
});

test('groups by all that kernels export: it may be fewer; kernels that could not be looked at, in one line each', () => {
  const { toldBy: _, ...rest } = plan;
  const unknown = [{ kernel: '6.1.0-0', reason: 'no mirror has it; tried:\n    http://mirror.example' }];
  const text = sharingText([{ ...rest, builds: { least: 1, most: 2 }, unknown }], paint);
  expect(text).toContain('debian-12: 1 to 2 builds for 3 releases\n');
  expect(text).toContain('the run may need fewer\n');
  expect(text).toContain('  ! not known  6.1.0-0: no mirror has it\n');
});

test('nothing is said of nothing', () => {
  expect(sharingText([], paint)).toBe('');
});

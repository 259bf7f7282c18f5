// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { ovnfastPasses } from '../command.ts';

const module = join(projectRoot(), 'kmod/bypass');
const minutes = 60_000;
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-bypass-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

test(
  'the bypass is built once and does what it promises on four Debian kernels',
  async () => {
    const report = await ovnfastPasses(['run', '--module', module], { cwd });
    expect(report.targets.map(({ id }) => id)).toEqual(['debian-11', 'debian-12', 'debian-13', 'debian-14']);
    const objects = report.targets.map(({ build }) => build?.programs?.map(({ name, sha256 }) => [name, sha256]));
    expect(objects[0]?.length).toBe(3);
    for (const one of objects) expect(one).toEqual(objects[0]);
    for (const { suites } of report.targets) {
      expect(suites.map(({ name }) => name)).toEqual(['bypass']);
      expect(suites[0]?.tests.filter(({ status }) => status !== 'pass')).toEqual([]);
      expect(suites[0]?.tests.length).toBeGreaterThan(200);
    }
  },
  25 * minutes,
);

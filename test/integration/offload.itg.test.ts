// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { ovnfastPasses } from '../command.ts';

const minutes = 60_000;
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-offload-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

test(
  'flows of Open vSwitch and OVN are offloaded to the software SmartNIC, and the report shows which',
  async () => {
    const module = join(projectRoot(), 'kmod/smartnic');
    const report = await ovnfastPasses(['run', '--target', 'debian-12', '--module', module], { cwd });
    const [suite] = report.targets.flatMap(({ suites }) => suites);
    expect(suite).toMatchObject({ name: 'offload', status: 'pass', clock: 'counted' });
    expect(suite?.tests.length).toBeGreaterThan(100);

    const flowsOf = (dump: string) => suite?.flows?.find(({ name }) => name === dump)?.flows ?? [];
    const isOffloaded = (dump: string, actions: RegExp) =>
      flowsOf(dump).some((flow) => flow.offloaded === 'yes' && flow.dp === 'tc' && actions.test(flow.actions));
    expect(isOffloaded('one-node', /^blue_h$/)).toBe(true);
    expect(isOffloaded('one-node', /^red_h$/)).toBe(true);
    for (const node of ['two-nodes-east', 'two-nodes-west']) {
      expect(isOffloaded(node, /set\(tunnel\(.*geneve\(.*genev_sys_6081$/), node).toBe(true);
      expect(isOffloaded(node, /^(red|blue)_h$/), node).toBe(true);
    }
    const hashed = flowsOf('load-balancer').filter(({ actions }) => actions.includes('hash('));
    expect(hashed.length).toBeGreaterThan(0);
    for (const { offloaded, why } of hashed) {
      expect(offloaded).not.toBe('yes');
      expect(why?.map(({ id }) => id)).toContain('hash');
    }
  },
  25 * minutes,
);

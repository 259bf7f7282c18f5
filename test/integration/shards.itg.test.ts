// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { readManifest } from '../../src/manifest/manifest.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import type { PlannedSharing } from '../../src/report/plan-sharing.ts';
import type { ShardPlan } from '../../src/shards/shard.ts';
import { ovnfast } from '../command.ts';

const root = projectRoot();
const module = join(root, 'test/fixtures/modules/hello');
let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-shards-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

async function command(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await ovnfast(args, { cwd });
  expect(code, stderr + stdout).toBe(0);
  return stdout;
}

test('releases that share a build share a job, and no others do', async () => {
  const patterns = ['--target', 'debian-12/6.1.0-*', '--module', module, '--share-builds'];
  const plan = JSON.parse(await command('plan', ...patterns, '--json')) as { sharing: PlannedSharing[] };
  const { include } = JSON.parse(await command('plan', ...patterns, '--github', '--suite', 'load')) as ShardPlan;
  const groups = plan.sharing.flatMap(({ groups }) =>
    groups.map((group) => group.map((kernel) => `debian-12/${kernel}`)),
  );
  expect(groups.length).toBeGreaterThan(1);
  expect(include.map(({ targets }) => targets).sort()).toEqual(groups.sort());
  // The control: without sharing each is alone.
  const alone = JSON.parse(await command('plan', ...patterns.slice(0, -1), '--github', '--suite', 'load')) as ShardPlan;
  expect(alone.include.map(({ targets }) => targets.length)).toEqual(groups.flat().map(() => 1));
});

const reportIn = async (out: string): Promise<Report> =>
  validateReport(JSON.parse(await readFile(join(cwd, out, 'report.json'), 'utf8')));

test('what shards build and merge is what one run builds, to the last bit', async () => {
  const targets = ['--target', 'debian-11', '--target', 'debian-12'];
  const { include } = JSON.parse(
    await command('plan', ...targets, '--module', module, '--suite', 'load', '--github'),
  ) as ShardPlan;
  expect(include).toHaveLength(2);
  await writeFile(join(cwd, 'plan.json'), JSON.stringify({ include }));
  await command('build', ...targets, '--module', module, '--out', 'one', '--frozen');
  for (const { targets: some, artifact } of include) {
    await command(
      'build',
      ...some.flatMap((target) => ['--target', target]),
      '--module',
      module,
      '--out',
      `shards/${artifact}`,
      '--frozen',
    );
  }
  await command('merge', 'shards', '--out', 'merged');
  const [one, merged] = await Promise.all([reportIn('one'), reportIn('merged')]);
  const builds = (report: Report) =>
    report.targets.map(({ id, kernel, status, build }) => ({ id, kernel, status, modules: build?.modules }));
  expect(builds(merged)).toEqual(builds(one));
  expect([merged.status, merged.module, merged.source]).toEqual(['pass', 'hello', one.source]);
  for (const { id, kernel, build } of merged.targets) {
    const manifest = await readManifest(join(cwd, 'merged', id, kernel, 'manifest.json'));
    expect(manifest.module.source).toBe(merged.source);
    expect(manifest.results.map(({ sha256 }) => sha256)).toEqual(build?.modules?.map(({ sha256 }) => sha256));
  }
  // Nothing was tested, and the plan knows.
  const held = await ovnfast(['merge', 'shards', '--plan', 'plan.json', '--out', 'held'], { cwd });
  expect([held.code, held.stdout]).toEqual([3, expect.stringContaining('says nothing of suite load')]);
});

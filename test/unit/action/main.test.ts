// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../../src/host/paths.ts';
import type { ShardPlan } from '../../../src/shards/shard.ts';
import { ActionRunner } from '../../action.ts';

// No mirror is asked: a port that nobody listens at is in the way.
const environment = { OVNFAST_MIRROR: 'http://127.0.0.1:9/debian' };
let runner: ActionRunner;

beforeEach(async () => {
  runner = await ActionRunner.create({ environment });
});
afterEach(() => runner[Symbol.asyncDispose]());

const module = join(projectRoot(), 'test/fixtures/modules/hello');

test('mistakes in the inputs fail the step at once, in one annotation; nothing is begun, nothing is left to undo', async () => {
  const step = await runner.uses({
    source: true,
    inputs: { targets: 'debain-12', jobs: 'many\n::set-output name=status::pass', module: 'none', artifact: 'a/b' },
  });
  expect([step.code, step.outcome, step.outputs, step.state]).toEqual([1, 'failure', {}, {}]);
  const [told, ...others] = step.log.annotations;
  expect([told?.name, others]).toEqual(['error', []]);
  expect(told?.message).toMatch(/^4 mistakes, nothing was written:\n- /);
  expect(await readdir(runner.workspace)).toEqual([]);
  const post = await step.post();
  expect([post.code, post.log.text.trim()]).toEqual([0, '']);
});

test('with plan-only the matrix is all that comes', async () => {
  const inputs = { targets: 'debian-11, debian-12', module, suites: 'load', 'plan-only': 'true', artifact: 'kernels' };
  const each = await runner.uses({ source: true, inputs });
  expect([each.code, Object.keys(each.outputs)]).toEqual([0, ['matrix']]);
  const { include } = JSON.parse(each.outputs.matrix ?? '') as ShardPlan;
  expect(include.map(({ artifact }) => artifact)).toEqual([
    expect.stringMatching(/^kernels--debian-11-5\.10/),
    expect.stringMatching(/^kernels--debian-12-6\.1/),
  ]);
  const one = await runner.uses({ source: true, inputs: { ...inputs, shards: '1' } });
  expect((JSON.parse(one.outputs.matrix ?? '') as ShardPlan).include).toHaveLength(1);
  expect(await readdir(runner.workspace)).toEqual([]);
});

test('a token is masked before anything else is printed', async () => {
  const step = await runner.uses({ source: true, token: 'ghs_secret', inputs: { jobs: 'ghs_secret' } });
  expect(step.printed).toMatch(/^::add-mask::ghs_secret\n/);
  expect(step.log.text).toContain('input jobs: "***" is no number');
  expect(step.log.text).not.toContain('ghs_secret');
});

test('nothing in the post step fails the job', async () => {
  const step = await runner.uses({ source: true, inputs: { jobs: 'many' } });
  const post = await step.post({ environment: { STATE_cache: join(runner.temp, 'none.json') } });
  expect([post.code, post.log.annotations.map(({ name }) => name)]).toEqual([0, ['warning']]);
  const other = await step.post({ environment: { STATE_runner: 'no JSON' } });
  expect([other.code, other.log.annotations[0]?.message]).toEqual([0, expect.stringMatching(/^not all is cleaned up/)]);
});

// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { GITHUB_MATRIX_LIMIT, readShardPlan, type Shard } from '../../../src/shards/shard.ts';
import { type SplitOptions, splitRun, type Unit } from '../../../src/shards/split.ts';

const limit = GITHUB_MATRIX_LIMIT;
const units = (count: number, id = 'debian-12'): Unit[] =>
  Array.from({ length: count }, (_, index) => ({ id, kernels: [`6.1.0-${index + 1}-amd64`] }));
const split = (options: Partial<SplitOptions>) =>
  splitRun({ units: units(1), suites: ['fastpath'], limit, artifact: 'ovnfast', ...options });
/** Every pair of target and suite that some job is to run, as often as it is to run. */
const pairs = (shards: Shard[]) =>
  shards.flatMap(({ targets, suites }) => targets.flatMap((target) => suites.map((suite) => `${target} ${suite}`)));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-split-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = async (text: string) => {
  const path = join(directory, 'plan.json');
  await writeFile(path, text);
  return await readShardPlan(path);
};

describe('splitRun', () => {
  test('a job for each build and suite; releases that share a build stay together', () => {
    const shared = { id: 'debian-12', kernels: ['6.1.0-56-amd64', '6.1.0-55-amd64'] };
    const shards = split({
      units: [shared, { id: 'debian-11', kernels: ['5.10.0-46-amd64'] }],
      suites: ['fastpath', 'test/load'],
    });
    expect(shards).toEqual([
      {
        name: 'debian-11/5.10.0-46-amd64: fastpath',
        artifact: 'ovnfast--debian-11-5.10.0-46-amd64-fastpath',
        targets: ['debian-11/5.10.0-46-amd64'],
        suites: ['fastpath'],
      },
      {
        name: 'debian-11/5.10.0-46-amd64: load',
        artifact: 'ovnfast--debian-11-5.10.0-46-amd64-load',
        targets: ['debian-11/5.10.0-46-amd64'],
        suites: ['test/load'],
      },
      {
        name: 'debian-12/6.1.0-56-amd64 and 1 more: fastpath',
        artifact: 'ovnfast--debian-12-6.1.0-56-amd64-and-1-fastpath',
        targets: ['debian-12/6.1.0-56-amd64', 'debian-12/6.1.0-55-amd64'],
        suites: ['fastpath'],
      },
      {
        name: 'debian-12/6.1.0-56-amd64 and 1 more: load',
        artifact: 'ovnfast--debian-12-6.1.0-56-amd64-and-1-load',
        targets: ['debian-12/6.1.0-56-amd64', 'debian-12/6.1.0-55-amd64'],
        suites: ['test/load'],
      },
    ]);
  });

  test('at the limit suites go together, beyond it neighbouring builds too, in jobs of like size', () => {
    const suites = ['a', 'b', 'c'];
    expect(split({ units: units(85), suites })).toHaveLength(255);
    const together = split({ units: units(100), suites });
    expect([together.length, together[0]?.suites, together[1]?.suites]).toEqual([200, ['a', 'b'], ['c']]);
    expect(split({ units: units(256), suites })).toHaveLength(256);
    const many = split({ units: units(257), suites });
    expect(many).toHaveLength(129);
    expect(Math.max(...many.map(({ targets }) => targets.length))).toBe(2);
    expect(pairs(many)).toHaveLength(257 * 3);
  });

  test('a distribution that could not be asked has a job, and a build alone no suite', () => {
    expect(split({ units: [{ id: 'nowhere-1', kernels: [] }], suites: [] })).toEqual([
      { name: 'nowhere-1: build', artifact: 'ovnfast--nowhere-1', targets: ['nowhere-1'], suites: [] },
    ]);
  });

  test('names that are too long or would be the same are told apart by what is in the job', () => {
    const alike = split({
      units: [...units(1, 'a+b'), ...units(1, 'a~b'), ...units(1, 'a:b'), ...units(1, 'x'.repeat(200))],
    });
    const names = alike.map(({ artifact }) => artifact);
    expect(new Set(names).size).toBe(4);
    expect(names.filter((name) => /^ovnfast--a-b-6\.1\.0-1-amd64-fastpath(-[0-9a-f]{12})?$/.test(name))).toHaveLength(
      2,
    );
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(170);
  });

  test('whatever there is to run: everything once, within the limit, unique names, the same in any order', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9.+~-]{0,12}$/);
    const unit = fc.record({ id: word, kernels: fc.array(word, { maxLength: 4 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(unit, { maxLength: 60, selector: ({ id }) => id }),
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 80 }),
        (some, suites, most) => {
          const shards = splitRun({ units: some, suites, limit: most, artifact: 'x' });
          expect(shards.length).toBeLessThanOrEqual(most);
          const labels = some.flatMap(({ id, kernels }) =>
            kernels.length > 0 ? kernels.map((k) => `${id}/${k}`) : [id],
          );
          const wanted = labels.flatMap((label) => suites.map((suite) => `${label} ${suite}`));
          expect(pairs(shards).sort()).toEqual(wanted.sort());
          expect(new Set(shards.map(({ artifact }) => artifact)).size).toBe(shards.length);
          for (const { artifact } of shards) expect(artifact).toMatch(/^x--[A-Za-z0-9._+-]{1,190}$/);
          expect(splitRun({ units: some.toReversed(), suites, limit: most, artifact: 'x' })).toEqual(shards);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('suites that nobody could tell apart, and prefixes that would meet other artifacts, are refused', () => {
    expect(() => split({ suites: ['a/fast', 'b/fast'] })).toThrow(/b\/fast: two suites are called fast\n {2}Rename/);
    expect(() => split({ suites: ['a/fast', 'b/slow'] })).not.toThrow();
    for (const artifact of ['', 'a--b', 'a-', '-a', 'a/b', 'a*', 'x'.repeat(65), 'a\nb']) {
      expect(() => split({ artifact }), artifact).toThrow(/is no beginning of artifact names\n {2}Up to 64/);
    }
  });
});

describe('readShardPlan', () => {
  test('takes what splitRun makes', async () => {
    const include = split({ units: units(3), suites: ['fastpath', './own'] });
    expect(await read(JSON.stringify({ include }))).toEqual({ include });
  });

  const shard = { name: 'n', artifact: 'a', targets: ['debian-12'], suites: ['load'] };
  test.each([
    ['no plan', '[]', /expected object/],
    ['no jobs', '{"include":[]}', /:1:\d+: .*is empty/],
    ['an unknown key', JSON.stringify({ include: [{ ...shard, artefact: 'a' }] }), /artefact/],
    [
      'a path as an artifact',
      JSON.stringify({ include: [{ ...shard, artifact: '../a' }] }),
      /is no name of an artifact/,
    ],
    ['a target with a path in it', JSON.stringify({ include: [{ ...shard, targets: ['a/../b'] }] }), /is no target/],
    [
      'an artifact twice',
      JSON.stringify({ include: [shard, { ...shard, targets: ['x'] }] }),
      /two shards have the artifact/,
    ],
    [
      'a pair twice',
      JSON.stringify({ include: [shard, { ...shard, artifact: 'b' }] }),
      /two shards are to run debian-12 load/,
    ],
  ])('refuses %s', async (_, text, message) => {
    const failure = await read(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toMatch(message);
  });
});

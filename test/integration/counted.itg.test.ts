// SPDX-License-Identifier: Apache-2.0
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSuite } from '../../src/conformance/suite.ts';
import { digestFile } from '../../src/host/digest.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { bootSuite } from '../../src/machine/boot.ts';
import { ovnfast } from '../command.ts';
import { openTools } from './tools.ts';

const directory = fileURLToPath(new URL('../fixtures/suites/counted', import.meta.url));
const { signal } = new AbortController();
let scratch: TemporaryDirectory;

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-counted-');
});
afterAll(() => scratch[Symbol.asyncDispose]());

test('a counted machine sleeps at once, measures exactly, and does the very same thing again', async () => {
  await using workshop = await openTools(signal);
  const [target] = await workshop.selectTargets(['debian-12']);
  if (!target) throw new Error('no target');
  const { kernel, sysroots } = await workshop.prepare(target, ['image']);
  const suite = await loadSuite(directory, '/nowhere');
  const boot = async (name: string) => {
    const result = await bootSuite({
      sandbox: await workshop.tools.sandbox(),
      machine: await workshop.tools.sysroot('machine'),
      guest: await workshop.tools.sysroot('guest'),
      image: sysroots.image,
      kernel,
      suite,
      modules: [],
      programs: await workshop.programs(suite),
      // What was wished for cannot be, and is said to be another.
      accelerator: 'kvm',
      cache: workshop.cache,
      outDirectory: join(scratch.path, name),
      signal,
    });
    return { result, said: await readFile(result.ktap ?? '', 'utf8'), console: await readFile(result.console, 'utf8') };
  };
  const first = await boot('first');
  expect(first.result).toMatchObject({
    status: 'pass',
    accelerator: 'tcg',
    acceleratorReason: 'the clock is counted, which KVM cannot do',
    clock: 'counted',
    charts: [{ name: 'loop', published: { source: 'nobody' } }],
  });
  // The guest slept for 100 seconds.
  expect(first.result.seconds).toBeLessThan(90);
  expect(first.console).toMatch(/\[ +1\d\d\.\d+\]/);
  const [one, again, ten] = first.result.measurements ?? [];
  expect(one).toMatchObject({ name: 'loop', series: 'first', x: 1000, unit: 'us' });
  expect(again?.value).toBe(one?.value);
  // Ten times the rounds take ten times the instructions, but for those around them.
  expect(ten).toMatchObject({ series: 'first', x: 10_000 });
  expect((ten?.value ?? 0) / (one?.value ?? 1)).toBeCloseTo(10, 0);
  expect(await boot('second')).toMatchObject({ said: first.said, console: first.console });
});

test('programs of a suite are compiled once per content, the same everywhere, with clear words when they cannot be', async () => {
  await using workshop = await openTools(signal, { cache: join(scratch.path, 'cache') });
  const copy = join(scratch.path, 'copy');
  await cp(directory, copy, { recursive: true });
  const suite = await loadSuite(copy, '/nowhere');
  const [loop = ''] = await workshop.programs(suite);
  expect(loop).toMatch(/programs\/[0-9a-f]{64}\/loop$/);
  const { mtimeMs } = await stat(loop);
  expect(await workshop.programs(suite)).toEqual([loop]);
  expect((await stat(loop)).mtimeMs).toBe(mtimeMs);
  await using elsewhere = await openTools(signal);
  const [other = ''] = await elsewhere.programs(await loadSuite(directory, '/nowhere'));
  expect(await digestFile(other)).toBe(await digestFile(loop));

  await writeFile(join(copy, 'loop.h'), '#define NANOSECONDS 1000000001LL\n');
  expect(await workshop.programs(suite)).not.toEqual([loop]);
  await writeFile(join(copy, 'loop.h'), 'int unused(void) { int a; return 0; }\n');
  await expect(workshop.programs(suite)).rejects.toThrow(
    /loop\.c: the program does not compile:[\s\S]*loop\.h:1:\d+: error: unused variable 'a'/,
  );

  const { code, stderr } = await ovnfast(
    ['run', '--target', 'debian-12', '--suite', copy, '--module', join(directory, '../../modules/hello')],
    { cwd: scratch.path, environment: { OVNFAST_MIRROR: process.env.OVNFAST_MIRROR ?? '' } },
  );
  expect(stderr).toMatch(/copy\/loop\.c: the program does not compile/);
  expect(code).toBe(2);
});

test('bench tells figures against those of an earlier report, and fails for one that is worse', async () => {
  const module = join(directory, '../../modules/hello');
  const bench = (...args: string[]) =>
    ovnfast(['bench', '--target', 'debian-12', '--suite', directory, '--module', module, ...args], {
      cwd: scratch.path,
      environment: { OVNFAST_MIRROR: process.env.OVNFAST_MIRROR ?? '' },
    });
  const first = await bench('--out', 'before');
  expect(first.stdout).toMatch(
    /Time of a loop \(us, lower is better\)\nrounds +first +second +change +published first\n/,
  );
  expect(first.code).toBe(0);

  const path = join(scratch.path, 'before/report.json');
  const same = await bench('--out', 'same', '--baseline', path, '--tolerance', '0');
  expect(same.stdout).toMatch(/\nnone of 4 figures worse by more than 0 %\n$/);
  expect(same.code).toBe(0);

  const earlier = JSON.parse(await readFile(path, 'utf8'));
  earlier.targets[0].suites[0].measurements[0].value *= 0.98;
  await writeFile(path, JSON.stringify(earlier));
  const worse = await bench('--out', 'worse', '--baseline', path);
  expect(worse.stdout).toMatch(/\nloop first \(us\) +1000 +\S+ +\S+ +\+2\.0 % +worse\n/);
  expect(worse.code).toBe(1);
  expect((await bench('--out', 'worse', '--baseline', path, '--tolerance', '3')).code).toBe(0);
});

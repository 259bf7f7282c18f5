// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { readLock } from '../../src/packages/lock.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import { type CommandResult, ovnfast } from '../command.ts';
import { makeDistributions, type TestDistributions } from '../distributions/make.ts';
import { serve, writeMatrix } from '../distributions/serve.ts';
import type { MirrorServer } from '../unit/packages/mirror-server.ts';
import { openTools } from './tools.ts';

const { signal } = new AbortController();
const fastpath = ['--module', join(projectRoot(), 'kmod/fastpath')];

let distributions: TestDistributions;
let mirror: MirrorServer;
let scratch: TemporaryDirectory;
let matrix: string;

beforeAll(async () => {
  await using workshop = await openTools(signal);
  distributions = await makeDistributions(workshop, signal);
  mirror = await serve(distributions);
});
afterAll(() => mirror?.[Symbol.asyncDispose]());
beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-distributions-');
  matrix = join(scratch.path, 'matrix');
  await writeMatrix(matrix, distributions);
});
afterEach(() => scratch[Symbol.asyncDispose]());

/** The command with our matrix and mirror, in the scratch directory. */
function command(name: string, ...args: string[]): Promise<CommandResult> {
  return ovnfast([name, '--matrix', matrix, '--mirror', mirror.url, ...args], { cwd: scratch.path });
}

async function readReport(): Promise<Report> {
  return validateReport(JSON.parse(await readFile(join(scratch.path, 'out/report.json'), 'utf8')));
}

describe.each([['testubuntu-22.04'], ['testos-9']])('%s', (id) => {
  test('its kernels are discovered, its packages verified, locked, built with and booted', async () => {
    const { older, newer } = distributions;
    const plan = await command('plan', '--target', id, '--json');
    expect(plan.code, plan.stderr).toBe(0);
    const [offer] = JSON.parse(plan.stdout).distributions;
    expect(offer.releases.map(({ kernel }: { kernel: string }) => kernel)).toEqual([older, newer]);

    const locked = await command('lock', '--target', id);
    expect(locked.code, locked.stderr).toBe(0);
    const file = join(matrix, 'locks', id, `${newer}.json`);
    const lock = await readLock(file);
    expect(lock?.kernel).toBe(newer);

    const run = await command('run', '--target', id, ...fastpath, '--suite', 'load', '--fresh', '--frozen');
    expect(run.stdout + run.stderr).toMatch(/1 of 1 targets? passed/);
    expect(run.code).toBe(0);
    const [target] = (await readReport()).targets;
    expect(target?.build?.module?.vermagic).toMatch(new RegExp(`^${newer} `));
    expect(target?.suites.map(({ name, status }) => [name, status])).toEqual([['load', 'pass']]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { writeSummary } from '../../../src/action/summary.ts';
import type { Report } from '../../../src/report/model.ts';
import { readLog } from '../../action-log.ts';
import { mixedReport, sampleReport, sampleSuite, sampleTarget, sampleTest } from '../report/sample.ts';

const MEBIBYTE = 1024 * 1024;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-summary-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What becomes of a summary that others have begun, and what the runner is told. */
async function written(report: Report, before: string, options: Partial<Parameters<typeof writeSummary>[1]> = {}) {
  const file = join(directory, 'summary.md');
  await writeFile(file, before);
  const told: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text)) > 0);
  await writeSummary(report, { file, ...options }).finally(() => vi.restoreAllMocks());
  return { text: await readFile(file, 'utf8'), commands: readLog(told.join('')).commands };
}

/** More than fits anywhere. */
function hugeReport(): Report {
  const evidence = Array.from({ length: 3000 }, (_, index) => `ünïcode ${index}`);
  const tests = Array.from({ length: 400 }, (_, index) => sampleTest(index, { status: 'fail', evidence }));
  return sampleReport([sampleTarget(0, { suites: [sampleSuite('x', { status: 'fail', tests })] })]);
}

it('goes behind what is there already, with links to what else there is', async () => {
  const links = [{ text: 'Artifact', url: 'https://github.example/a' }];
  const { text, commands } = await written(mixedReport(), 'before\n\n', { links });
  expect(text).toMatch(/^before\n\n## ❌ FAIL .*\n\n\[Artifact\]\(<https:\/\/github\.example\/a>\)\n\n\| Target /);
  expect(commands).toEqual([]);
});

it.each([0, 200_000, 900_000])('leaves GitHub a file that it takes when %i bytes are in it already', async (size) => {
  const { text, commands } = await written(hugeReport(), 'x'.repeat(size));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MEBIBYTE);
  // As much as there is room for, but no more than a browser likes.
  expect(Buffer.byteLength(text) - size).toBeGreaterThan(Math.min(900_000, MEBIBYTE - size) * 0.85);
  expect(text).toMatch(/… and \d+ more problems, in `report\.html`/);
  expect(commands).toEqual([]);
});

it('is left out, which is said, where there is no room, or no file that can be written', async () => {
  const full = await written(hugeReport(), 'x'.repeat(MEBIBYTE - 1000));
  expect(full.text).toBe('x'.repeat(MEBIBYTE - 1000));
  expect(full.commands).toMatchObject([{ name: 'warning', message: expect.stringMatching(/^no job summary: /) }]);
  const gone = await written(mixedReport(), '', { file: join(directory, 'gone/summary.md') });
  expect(gone.commands).toMatchObject([{ name: 'warning', message: expect.stringContaining('ENOENT') }]);
  // Outside of GitHub nobody has named a file.
  expect((await written(mixedReport(), '', { file: undefined })).commands).toEqual([]);
});

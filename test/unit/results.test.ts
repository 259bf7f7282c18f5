// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seal } from '../../src/host/seal.ts';
import { type Manifest, writeManifest } from '../../src/manifest/manifest.ts';
import type { ReportTarget } from '../../src/report/model.ts';
import { Results } from '../../src/results.ts';

const target: ReportTarget = {
  id: 'debian-12',
  kernel: '6.1.0-1-amd64',
  arch: 'x86_64',
  status: 'pass',
  build: { status: 'pass', seconds: 1, diagnostics: [] },
  builds: [{ subject: 'other', status: 'pass', seconds: 1, diagnostics: [] }],
  suites: [{ name: 's', status: 'pass', accelerator: 'tcg', bootSeconds: 1, seconds: 2, console: 'c', tests: [] }],
};
let directory: string;
let output: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-results-'));
  output = join(directory, 'out/debian-12');
  await mkdir(output, { recursive: true });
  await writeFile(join(output, 'm.ko'), 'module');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('what was kept comes back with its files, marked as cached, in place of what was there', async () => {
  const results = new Results(join(directory, 'cache'));
  await results.remember('key', output, target);
  await writeFile(join(output, 'of-another-run.log'), '');
  const known = await results.recall('key', output);
  expect(known).toMatchObject({ status: 'pass', cached: true, build: { cached: true }, suites: [{ cached: true }] });
  expect(known?.builds).toMatchObject([{ subject: 'other', cached: true }]);
  expect(await readdir(output)).toEqual(['m.ko']);
  expect(await readFile(join(output, 'm.ko'), 'utf8')).toBe('module');
});

test('what was never kept, or is damaged, is no result, and the output stays as it is', async () => {
  const results = new Results(join(directory, 'cache'));
  expect(await results.recall('key', output)).toBeUndefined();
  await results.remember('key', output, target);
  await writeFile(join(directory, 'cache/results/key/target.json'), '{"id":');
  expect(await results.recall('key', output)).toBeUndefined();
  expect(await readdir(output)).toEqual(['m.ko']);
});

test('what is not what was kept is no result: a changed file, another key, a verdict that is none', async () => {
  const cache = join(directory, 'cache/results');
  const results = new Results(join(directory, 'cache'));
  await results.remember('key', output, target);
  await cp(join(cache, 'key'), join(cache, 'other'), { recursive: true });
  expect(await results.recall('other', output)).toBeUndefined();
  await writeFile(join(cache, 'key/files/m.ko'), 'another module');
  expect(await results.recall('key', output)).toBeUndefined();
  // Whoever sends it may seal it, too.
  await writeFile(join(cache, 'key/target.json'), JSON.stringify({ ...target, status: 'fail' }));
  await seal(join(cache, 'key'), 'key');
  expect(await results.recall('key', output)).toBeUndefined();
  await writeFile(join(cache, 'key/target.json'), JSON.stringify({ ...target, suites: 'all of them' }));
  await seal(join(cache, 'key'), 'key');
  expect(await results.recall('key', output)).toBeUndefined();
});

test('what is damaged is replaced by the next pass', async () => {
  const results = new Results(join(directory, 'cache'));
  await results.remember('key', output, target);
  await writeFile(join(directory, 'cache/results/key/files/m.ko'), 'another module');
  await results.remember('key', output, target);
  expect(await results.recall('key', output)).toMatchObject({ status: 'pass' });
});

test('a result that is not there is asked for elsewhere, one that is there is not', async () => {
  await new Results(join(directory, 'elsewhere')).remember('key', output, target);
  const asked: string[] = [];
  const results = new Results(join(directory, 'cache'), async (kind) => {
    asked.push(kind);
    await cp(join(directory, 'elsewhere/results'), join(directory, 'cache/results'), { recursive: true });
  });
  expect(await results.recall('key', output)).toMatchObject({ status: 'pass' });
  expect(await results.recall('key', output)).toMatchObject({ status: 'pass' });
  expect(asked).toEqual(['results']);
  expect(await results.recall('none', output)).toBeUndefined();
});

test('two runs that keep the same leave one, whole', async () => {
  const results = new Results(join(directory, 'cache'));
  await Promise.all([results.remember('key', output, target), results.remember('key', output, target)]);
  expect(await readdir(join(directory, 'cache/results'))).toEqual(['key']);
  expect(await results.recall('key', output)).toMatchObject({ status: 'pass' });
});

test('modules built earlier are found by their source and distribution', async () => {
  const results = new Results(join(directory, 'cache'));
  const source = 'b'.repeat(64);
  const input = { archives: [], sysroots: {} };
  const manifest: Manifest = {
    ...{ schema: 'ovnfast.manifest/1', tool: { name: 'ovnfast', version: '1' }, module: { name: 'm', source } },
    ...{ target: { id: 'debian-12', kernel: '6.1.0-1-amd64', arch: 'x86_64' }, portable: false, commands: [] },
    results: [{ file: 'm.ko', sha256: 'a'.repeat(64), size: 6 }],
    inputs: {
      target: { ...input, sysroots: { headers: [], image: [] } },
      sandbox: { ...input, sysroots: { sandbox: [] } },
    },
  };
  expect(await results.builtFrom(source, 'debian-12')).toBeUndefined();
  await results.remember('without-manifest', output, target);
  await writeManifest(join(output, 'manifest.json'), manifest);
  await results.remember('key', output, target);
  const found = await results.builtFrom(source, 'debian-12');
  expect(found).toEqual({ kernel: '6.1.0-1-amd64', modules: [join(directory, 'cache/results/key/files/m.ko')] });
  expect(await results.builtFrom(source, 'debian-11')).toBeUndefined();
  // What a suite brought along is found, too.
  const other = 'd'.repeat(64);
  await mkdir(join(output, 'other'));
  await writeManifest(join(output, 'other/manifest.json'), { ...manifest, module: { name: 'other', source: other } });
  await results.remember('another-key', output, target);
  const [module] = (await results.builtFrom(other, 'debian-12'))?.modules ?? [];
  expect(module).toBe(join(directory, 'cache/results/another-key/files/other/m.ko'));
  expect(await results.builtFrom('c'.repeat(64), 'debian-12')).toBeUndefined();
});

// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { OFFLOAD_FILES } from '../../../src/render/offload.ts';
import { readValues } from '../../../src/render/values.ts';

const guide = await readFile(join(projectRoot(), 'docs/offload.md'), 'utf8');
const [defaults = '', card = ''] = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);

async function read(text: string) {
  await using scratch = await TemporaryDirectory.create(tmpdir(), 'guide-');
  await writeFile(join(scratch.path, 'v.yml'), text);
  return await readValues(join(scratch.path, 'v.yml'));
}

test('the values that the guide shows are the defaults', async () => {
  const expected = await readValues();
  expect(await read(defaults)).toEqual({ ...expected, firmware: { app: 'flower', assembly: 'scan' } });
});

test('what it leaves as comments fits too, and so does the other card', async () => {
  const uncommented = defaults.replace(/^( +)# (?=[a-z ]+[a-z-]*:)/gm, '$1');
  expect(uncommented).not.toBe(defaults);
  const { resources, networks } = await read(uncommented);
  expect(resources[0]).toMatchObject({ uplinks: ['ens47np0#0-3'], 'root-devices': ['0000:3b:00.0'], rdma: true });
  expect(networks[0]?.subnet).toEqual({ name: 'offload', cidr: ['10.17.0.0/16'] });
  expect((await read(card)).resources[0]?.vendors).toEqual(['15b3']);
});

test('it names every file', () => {
  for (const name of OFFLOAD_FILES) expect(guide).toContain(`| \`${name}\` |`);
});

// SPDX-License-Identifier: Apache-2.0
import { open, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { stepsOf, workflowsIn } from '../unit/github/workflow.ts';
import { openTools } from './tools.ts';

/** Every file below the directories that starts with `#!/bin/sh` or `#!/bin/bash`, or ends in .sh. */
async function shellScripts(root: string, directories: string[]): Promise<string[]> {
  const scripts: string[] = [];
  for (const directory of directories) {
    for (const entry of await readdir(join(root, directory), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      await using file = await open(path);
      const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
      if (path.endsWith('.sh') || /^#!\/bin\/(ba)?sh/.test(buffer.toString('latin1'))) scripts.push(path);
    }
  }
  return scripts.sort();
}

test('all shell scripts pass shellcheck', async ({ signal }) => {
  const root = projectRoot();
  await using workshop = await openTools(signal);
  const [sandbox, lint] = await Promise.all([workshop.tools.sandbox(), workshop.tools.sysroot('lint')]);
  const scripts = await shellScripts(root, [
    'conformance',
    'src/release/node',
    'src/render/scripts',
    'kmod',
    '.ci',
    'test/distributions',
    'test/fixtures',
  ]);
  expect(scripts.length).toBeGreaterThan(20);
  const names = scripts.map((script) => `/project${script.slice(root.length)}`);
  const { code, stdout } = await sandbox.run(
    lint,
    ['shellcheck', '--external-sources', '--source-path=/project/conformance/guest', '--format=gcc', ...names],
    {
      binds: [{ from: root, to: '/project' }],
      workingDirectory: '/project',
      timeoutSeconds: 300,
      signal,
    },
  );
  expect(stdout).toBe('');
  expect(code).toBe(0);
});

test('so do the scripts in workflows', async ({ signal }) => {
  await using workshop = await openTools(signal);
  await using place = await TemporaryDirectory.create(tmpdir(), 'ovnfast-shellcheck-');
  const [sandbox, lint] = await Promise.all([workshop.tools.sandbox(), workshop.tools.sysroot('lint')]);
  const workflows = [...(await workflowsIn('.github/workflows')), ...(await workflowsIn('docs/examples'))];
  const scripts = workflows.flatMap(stepsOf).flatMap(({ step: { run } }) => run ?? []);
  expect(scripts.length).toBeGreaterThan(5);
  // The last one shows that the others are looked at.
  const texts = [...scripts, 'rm $unquoted\n'];
  const names = texts.map((_, index) => `${index}.sh`);
  await Promise.all(
    texts.map((text, index) => writeFile(join(place.path, `${index}.sh`), `#!/bin/bash\nset -eo pipefail\n${text}`)),
  );
  const { stdout } = await sandbox.run(lint, ['shellcheck', '--format=gcc', ...names], {
    binds: [{ from: place.path, to: '/scripts' }],
    workingDirectory: '/scripts',
    timeoutSeconds: 300,
    signal,
  });
  const findings = stdout.trim().split('\n');
  expect(findings.filter((line) => !line.startsWith(`${scripts.length}.sh:`))).toEqual([]);
  expect(findings.join('\n')).toMatch(/SC2086/);
});

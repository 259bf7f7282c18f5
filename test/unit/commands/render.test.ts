// SPDX-License-Identifier: Apache-2.0
import { appendFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Edge } from '../../../src/commands/edge.ts';
import { runRenderOffload } from '../../../src/commands/render.ts';
import { InputError } from '../../../src/errors.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { ovnfast } from '../../command.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-render-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

type Flags = Parameters<typeof runRenderOffload>[1];

/** The command in this process; `refused` is the message that a user would get. */
async function render(flags: Flags): Promise<{ stdout: string; refused?: string }> {
  let stdout = '';
  const output = { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream;
  const edge = { workingDirectory: cwd, root: projectRoot(), stdout: output } as Edge;
  try {
    expect(await runRenderOffload(edge, flags)).toBe(0);
    return { stdout };
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return { stdout, refused: (error as Error).message };
  }
}

const at = (name: string) => join(cwd, name);

const DEFAULT_FILES = [
  '00-agilio-firmware.sh',
  '10-sriovdp-config.yml',
  '20-kube-ovn-install.sh',
  '30-networks.yml',
  '40-pods.yml',
];
const MELLANOX = `resources:
  - {prefix: mellanox.com, name: vf, vendors: ["15b3"], devices: ["101e"], drivers: [mlx5_core]}
kube-ovn: {installer: chart}
`;

test('standard output gets the manifests and nothing else, also with no values', async () => {
  const { code, stdout, stderr } = await ovnfast(['render', 'offload'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const documents = parseAllDocuments(stdout);
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  expect(documents.map((document) => document.toJS().kind)).toEqual([
    'ConfigMap',
    'NetworkAttachmentDefinition',
    'Pod',
  ]);
  expect(await readdir(cwd)).toEqual([]);
});

test('a directory gets all files; again, with the same values, nothing changes', async () => {
  expect(await render({ out: 'a/b' })).toEqual({
    stdout: DEFAULT_FILES.map((name) => `written   a/b/${name}\n`).join(''),
  });
  expect((await readdir(at('a/b'))).sort()).toEqual(DEFAULT_FILES);
  for (const name of DEFAULT_FILES) {
    expect((await stat(at(`a/b/${name}`))).mode & 0o777).toBe(name.endsWith('.sh') ? 0o755 : 0o644);
  }
  const before = await lstat(at('a/b/40-pods.yml'));
  expect(await render({ out: 'a/b' })).toEqual({
    stdout: DEFAULT_FILES.map((name) => `the same  a/b/${name}\n`).join(''),
  });
  expect((await lstat(at('a/b/40-pods.yml'))).ino).toBe(before.ino);
});

test('other values replace what was rendered, and what they have no more goes', async () => {
  await render({ out: 'out' });
  await writeFile(at('out/mine.yml'), 'mine\n');
  await writeFile(at('values.yml'), MELLANOX);
  const { stdout } = await render({ out: 'out', values: 'values.yml' });
  expect(stdout.split('\n')).toEqual([
    'written   out/10-sriovdp-config.yml',
    'written   out/20-kube-ovn.values',
    'written   out/30-networks.yml',
    'written   out/40-pods.yml',
    'removed   out/00-agilio-firmware.sh',
    'removed   out/20-kube-ovn-install.sh',
    '',
  ]);
  expect((await readdir(at('out'))).sort()).toEqual([
    '10-sriovdp-config.yml',
    '20-kube-ovn.values',
    '30-networks.yml',
    '40-pods.yml',
    'mine.yml',
  ]);
});

describe('what was not rendered is kept', () => {
  test.each([
    ['a file of somebody else', 'was not rendered by ovnfast', () => writeFile(at('out/40-pods.yml'), 'mine\n')],
    ['a rendered file with a change', 'changed by hand', () => appendFile(at('out/40-pods.yml'), '# mine\n')],
    [
      'a rendered file with another head',
      'was not rendered',
      async () => {
        const text = await readFile(at('out/40-pods.yml'), 'utf8');
        await writeFile(at('out/40-pods.yml'), text.replace('# Rendered', '#  Rendered'));
      },
    ],
  ])('%s', async (_, what, change) => {
    await render({ out: 'out' });
    await change();
    const mine = await readFile(at('out/40-pods.yml'), 'utf8');
    await writeFile(at('values.yml'), MELLANOX);
    const flags = { out: 'out', values: 'values.yml' };
    const { stdout, refused } = await render(flags);
    expect(refused).toMatch(new RegExp(`^.*out/40-pods\\.yml: .*${what}.*\n {2}.*--force`));
    expect(stdout).toBe('');
    // Nothing else was changed either, nor left behind.
    expect((await readdir(at('out'))).sort()).toEqual(DEFAULT_FILES);
    expect(await readFile(at('out/40-pods.yml'), 'utf8')).toBe(mine);
    expect((await render({ ...flags, force: true })).refused).toBeUndefined();
    expect(await readFile(at('out/40-pods.yml'), 'utf8')).toContain('mellanox.com/vf');
  });

  test('what a link leads to', async () => {
    await mkdir(at('out'));
    await writeFile(at('mine'), 'mine\n');
    await symlink('../mine', at('out/40-pods.yml'));
    const { refused } = await render({ out: 'out', force: true });
    expect(refused).toMatch(/out\/40-pods\.yml: .*no plain file\n {2}Move it away/);
    expect(await readFile(at('mine'), 'utf8')).toBe('mine\n');
    expect(await readdir(at('out'))).toEqual(['40-pods.yml']);
  });
});

describe('bad input ends in one clear message', () => {
  test.each<[string, Flags, RegExp]>([
    ['--force without --out', { force: true }, /^--force goes with --out$/],
    ['values that are not there', { values: 'x.yml' }, /x\.yml: cannot be read \(ENOENT\)$/],
    ['values that are a directory', { values: '.' }, /cannot be read \(EISDIR\)$/],
    ['a mistyped key', { values: 'values.yml' }, /values\.yml:1:1: unknown key "pod", did you mean "pods"\?\n/],
    ['a directory that cannot be made', { out: 'values.yml/x' }, /cannot be written \(ENOTDIR\)\n {2}Choose/],
  ])('%s', async (_, flags, message) => {
    await writeFile(at('values.yml'), 'pod: []\n');
    const { stdout, refused } = await render(flags);
    expect(refused).toMatch(message);
    expect(stdout).toBe('');
    expect(await readdir(cwd)).toEqual(['values.yml']);
  });

  test.each([
    ['no subcommand', [], /Usage: ovnfast render (.*\n)*.*offload/],
    ['an unknown subcommand', ['ofload'], /Did you mean offload/],
    ['a mistyped key', ['offload', '--values', 'values.yml'], /^ovnfast: .*unknown key "pod"/],
  ])('%s: exit status 2', async (_, args, message) => {
    await writeFile(at('values.yml'), 'pod: []\n');
    const { code, stdout, stderr } = await ovnfast(['render', ...args], { cwd });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('--help says which files there are', async () => {
  const { code, stdout } = await ovnfast(['render', 'offload', '--help'], { cwd });
  expect(stdout).toMatch(/^Usage: ovnfast render offload \[options\]\n/);
  for (const name of [...DEFAULT_FILES, '20-kube-ovn.values']) expect(stdout).toContain(name);
  expect(code).toBe(0);
});

test('the name of the values file cannot end the comment it is named in', async () => {
  await writeFile(at('a\nb: c #.yml'), '');
  const { stdout } = await render({ values: 'a\nb: c #.yml' });
  expect(stdout.split('\n')[0]).toMatch(/^# Rendered by ovnfast \S+: ovnfast render offload --values FILE$/);
  expect(stdout).not.toMatch(/^b: c/m);
});

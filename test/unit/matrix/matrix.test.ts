// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { loadMatrix, lockPath } from '../../../src/matrix/matrix.ts';
import { matcher, selectReleases } from '../../../src/matrix/releases.ts';

const yaml = `id: test-1
title: Test 1
family: debian
architecture: amd64
archives:
  - name: debian
    suites: [test, test-updates]
    components: [main]
    keys: [archive.asc]
    mirrors:
      - http://mirror.example/debian/
    snapshot: https://snapshot.example/archive/debian
kernels:
  default:
    - newest 1 of 6.*
  exclude: ['*-rt-amd64']
packages:
  headers: ['linux-headers-{kernel}', make]
  image: ['linux-image-{kernel}']
`;
const tools = `distribution: test-1
sysroots:
  sandbox:
    title: Sandbox
    packages: [bubblewrap]
`;

async function matrixOf(files: Record<string, string>) {
  const directory = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  await mkdir(join(directory.path, 'keys'));
  await writeFile(join(directory.path, 'keys', 'archive.asc'), '');
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory.path, name), content);
  return directory;
}

async function fault(files: Record<string, string>): Promise<string> {
  await using directory = await matrixOf(files);
  const error = await loadMatrix(directory.path).then(
    () => expect.fail('it should have failed'),
    (error: Error) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return error.message.replaceAll(`${directory.path}/`, '');
}

test('a matrix: distributions, shared sysroots, toolchains, locked releases', async () => {
  const toolchain = '  toolchain: [gcc, make]\n';
  await using directory = await matrixOf({ 'test-1.yml': yaml + toolchain, 'tools.yml': tools });
  for (const release of ['6.1.0-10-amd64', '6.1.0-9-amd64', 'toolchain']) {
    const path = lockPath(directory.path, 'test-1', release);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '{}');
  }
  const matrix = await loadMatrix(directory.path);
  expect(matrix.distributions).toMatchObject([
    {
      ...{ id: 'test-1', default: true, kernels: { default: ['newest 1 of 6.*'], exclude: ['*-rt-amd64'] } },
      packages: { headers: ['linux-headers-{kernel}', 'make'], image: ['linux-image-{kernel}'], exclude: [] },
      archives: [
        {
          ...{ name: 'debian', architecture: 'amd64', mirrors: ['http://mirror.example/debian'] },
          keys: [join(directory.path, 'keys', 'archive.asc')],
        },
      ],
    },
  ]);
  expect(matrix.tools).toMatchObject([{ name: 'sandbox', packages: ['bubblewrap'], exclude: [] }]);
  expect(matrix.tools[0]?.distribution).toBe(matrix.distributions[0]);
  expect(matrix.toolchains).toMatchObject([{ group: 'test-1', name: 'toolchain', packages: ['gcc', 'make'] }]);
  // The lock of the toolchain is in the same place, and no kernel release.
  expect(matrix.locked.get('test-1')).toEqual(['6.1.0-9-amd64', '6.1.0-10-amd64']);
});

describe('what does not fit is said with file, line and column', () => {
  const broken = (from: string | RegExp, to: string) => fault({ 'test-1.yml': yaml.replace(from, to) });

  test.each([
    ['a mistyped key', /^title:/m, 'titel:', 'test-1.yml:2:1: unknown key "titel", did you mean "title"?'],
    [
      'a mistyped key inside',
      'components:',
      'component:',
      'test-1.yml:8:5: unknown key "component" in archives.0, did you mean "components"?',
    ],
    [
      'a mistyped key far inside',
      '  exclude: [',
      '  exlude: [',
      'test-1.yml:16:3: unknown key "exlude" in kernels, did you mean "exclude"?',
    ],
    ['a key that is nothing like any', /^title:/m, 'zzzzzzzz: 1\ntitle:', 'test-1.yml:2:1: unknown key "zzzzzzzz"\n'],
    ['a missing key', /^family:.*\n/m, '', 'test-1.yml:1:1: "family" is missing'],
    ['a missing key inside', /^ {4}suites:.*\n/m, '', 'test-1.yml:6:5: "archives.0.suites" is missing'],
    [
      'a wrong type',
      'suites: [test, test-updates]',
      'suites: test',
      'test-1.yml:7:13: "archives.0.suites": Invalid input: expected array',
    ],
    [
      'a wrong value',
      'family: debian',
      'family: redhat',
      "test-1.yml:3:9: \"family\": Invalid discriminator value. Expected 'debian' | 'rpm'",
    ],
    [
      'an empty list',
      'suites: [test, test-updates]',
      'suites: []',
      'test-1.yml:7:13: "archives.0.suites": at least one is needed',
    ],
    [
      'an address that is none',
      'http://mirror.example/debian/',
      'ftp://mirror.example',
      'test-1.yml:11:9: "archives.0.mirrors.0": an http or https',
    ],
    [
      'a selector that is none',
      'newest 1 of 6.*',
      'newest of 6.*',
      'test-1.yml:15:7: "kernels.default.0": neither a kernel release nor',
    ],
    [
      'an unknown key file',
      '[archive.asc]',
      '[archiv.asc]',
      'test-1.yml:9:12: there is no key archiv.asc in keys, did you mean "archive.asc"?',
    ],
    [
      'an id that is not the name of the file',
      'id: test-1',
      'id: test-2',
      'test-1.yml:1:5: "id" is test-2, so the file has to be test-2.yml',
    ],
    [
      'a placeholder that is none',
      'make]',
      "'make-{version}']",
      'test-1.yml:18:39: "{version}" in a package name, only {kernel} is known',
    ],
    [
      'no package of the kernel',
      "image: ['linux-image-{kernel}']",
      'image: [linux-image]',
      'test-1.yml:19:10: "packages.image" names no package with {kernel}',
    ],
    ['no YAML', 'title: Test 1', 'title: "Test 1', 'test-1.yml:'],
    ['a key twice', 'title: Test 1', 'title: Test 1\ntitle: Test 2', 'test-1.yml:3:1: Map keys must be unique'],
    ['a tab', '  default:', '\tdefault:', 'test-1.yml:14:1: Tabs are not allowed'],
  ])('%s', async (_, from, to, expected) => {
    expect(await broken(from, to)).toContain(expected);
  });

  test('an empty file', async () => {
    expect(await fault({ 'test-1.yml': '' })).toMatch(/^test-1\.yml:1:1: .*expected object/);
  });

  test('a distribution that is not there', async () => {
    const message = await fault({ 'test-1.yml': yaml, 'tools.yml': tools.replace('test-1', 'tets-1') });
    expect(message).toContain('tools.yml:1:15: there is no distribution tets-1, did you mean "test-1"?');
  });

  test('a mistyped key of a shared sysroot', async () => {
    const message = await fault({ 'test-1.yml': yaml, 'tools.yml': tools.replace('packages', 'package') });
    expect(message).toContain('tools.yml:5:5: unknown key "package" in sysroots.sandbox, did you mean "packages"?');
  });

  test.each([
    ['sandbx', 'tools.yml:8:14: there is no sysroot sandbx, did you mean "sandbox"?'],
    ['more', 'tools.yml:8:14: more extends another one itself'],
  ])('a shared sysroot that extends %s', async (base, expected) => {
    const more = `  more:\n    title: More\n    extends: ${base}\n    packages: [curl]\n`;
    expect(await fault({ 'test-1.yml': yaml, 'tools.yml': tools + more })).toContain(expected);
  });

  test('a directory without matrix files', async () => {
    expect(await fault({})).toContain('no matrix files');
  });
});

test('a shared sysroot that extends another one has the packages and exclusions of both', async () => {
  const more = '    exclude: [perl*]\n  more:\n    title: More\n    extends: sandbox\n    packages: [curl]\n';
  await using directory = await matrixOf({ 'test-1.yml': yaml, 'tools.yml': tools + more });
  expect((await loadMatrix(directory.path)).tools).toMatchObject([
    { name: 'sandbox', packages: ['bubblewrap'], exclude: ['perl*'] },
    { name: 'more', title: 'More', packages: ['bubblewrap', 'curl'], exclude: ['perl*'] },
  ]);
});

describe('the matrix of this project', () => {
  const directory = join(projectRoot(), 'matrix');

  test('has the four Debian releases in its default set, each with a lock that its selectors choose', async () => {
    const { distributions, locked } = await loadMatrix(directory);
    const byDefault = distributions.filter((distribution) => distribution.default);
    expect(byDefault.map(({ id }) => id)).toEqual(['debian-11', 'debian-12', 'debian-13', 'debian-14']);
    for (const { id, kernels } of byDefault) {
      expect(selectReleases(kernels.default, locked.get(id) ?? []).length, id).toBeGreaterThan(0);
    }
  });

  test('has a lock for every shared sysroot', async () => {
    const { tools } = await loadMatrix(directory);
    expect(tools.map(({ name }) => `${name}.json`).sort()).toEqual(await readdir(join(directory, 'locks', 'tools')));
  });

  test('has of Ubuntu the generic flavour alone, of every series', async () => {
    const { distributions } = await loadMatrix(directory);
    const ubuntu = distributions.filter(({ id }) => id.startsWith('ubuntu-'));
    expect(ubuntu.map(({ kernels }) => kernels.default)).toEqual([
      ['newest 1 of 5.4.0-*'],
      ['newest 1 of 5.15.0-*'],
      ['newest 1 of 6.8.0-*'],
    ]);
    const flavours = [
      'generic',
      'lowlatency',
      'aws',
      'azure',
      'gcp',
      'kvm',
      'oem',
      'oracle',
      'generic-64k',
      'lowlatency-hwe',
    ];
    for (const { id, kernels } of ubuntu) {
      const left = flavours.map((flavour) => `5.15.0-139-${flavour}`).filter((name) => !matcher(kernels.exclude)(name));
      expect(left, id).toEqual(['5.15.0-139-generic']);
    }
  });

  test('says of each key where it comes from', async () => {
    const readme = await readFile(join(directory, 'keys', 'README.md'), 'utf8');
    for (const name of await readdir(join(directory, 'keys')))
      if (name.endsWith('.asc')) expect(readme).toContain(name);
  });

  test('can be copied elsewhere', async () => {
    await using copy = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
    await cp(directory, copy.path, { recursive: true });
    const original = await loadMatrix(directory);
    expect((await loadMatrix(copy.path)).distributions.map(({ id }) => id)).toEqual(
      original.distributions.map(({ id }) => id),
    );
  });
});

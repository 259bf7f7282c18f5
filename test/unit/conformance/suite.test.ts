// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listSuites, loadSuite, machineSysroots, suiteFor } from '../../../src/conformance/suite.ts';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';

async function suites(files: Record<string, string>): Promise<TemporaryDirectory> {
  const root = await TemporaryDirectory.create(tmpdir(), 'suites-');
  for (const [name, content] of Object.entries(files)) {
    const path = join(root.path, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
    if (content.startsWith('#!')) await chmod(path, 0o755);
  }
  return root;
}

const script = '#!/bin/sh\n';

async function failure(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

test('takes the executable scripts in the order of their bytes, and what suite.yml says', async () => {
  await using root = await suites({
    'net/20-b.sh': script,
    'net/10-a.sh': script,
    'net/B': script,
    'net/helper.sh': 'not executable\n',
    'net/suite.yml': 'description: what it does\nkernel-modules: [veth, xt_*]\ntimeout: 30\nmemory: 256\n',
  });
  await symlink('10-a.sh', join(root.path, 'net/15-link.sh'));
  expect(await loadSuite('net', root.path)).toEqual({
    name: 'net',
    directory: join(root.path, 'net'),
    description: 'what it does',
    scripts: ['10-a.sh', '15-link.sh', '20-b.sh', 'B'],
    tests: ['10-a', '15-link', '20-b', 'B'],
    kernelModules: ['veth', 'xt_*'],
    timeoutSeconds: 30,
    memoryMiB: 256,
    guest: 'guest',
    knownWarnings: [],
    clock: 'real',
    programs: [],
    charts: [],
  });
});

test('reads what a suite measures, what others published, and its programs', async () => {
  await using root = await suites({
    'net/t.sh': script,
    'net/traffic.c': 'int main(void) { return 0; }\n',
    'net/suite.yml': `clock: counted
programs: [traffic.c]
measurements:
  bw: { title: Throughput, x: bytes, better: higher, baseline: stock }
  lat: { title: Latency, x: bytes, better: lower }
published:
  source: Somebody
  bw: { unit: Mb/s, stock: { 1: 4.27, 1024: 846 }, bypass: { 1: 1.36 } }
`,
  });
  expect(await loadSuite('net', root.path)).toMatchObject({
    clock: 'counted',
    programs: ['traffic.c'],
    charts: [
      {
        ...{ name: 'bw', title: 'Throughput', x: 'bytes', better: 'higher', baseline: 'stock' },
        published: {
          ...{ source: 'Somebody', unit: 'Mb/s' },
          figures: [
            { series: 'stock', x: 1, value: 4.27 },
            { series: 'stock', x: 1024, value: 846 },
            { series: 'bypass', x: 1, value: 1.36 },
          ],
        },
      },
      { name: 'lat', title: 'Latency', x: 'bytes', better: 'lower' },
    ],
  });
});

test('the machines of suites need QEMU and the guests that they ask for', async () => {
  await using root = await suites({
    'a/t.sh': script,
    'b/t.sh': script,
    'b/suite.yml': 'guest: ovn\n',
    'c/t.sh': script,
  });
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => loadSuite(name, root.path)));
  expect(b?.guest).toBe('guest-ovn');
  expect(machineSysroots([])).toEqual([]);
  expect(machineSysroots([], true)).toEqual([]);
  expect(
    machineSysroots(
      [a].filter((one) => one !== undefined),
      true,
    ),
  ).toEqual(['machine', 'firmware', 'guest']);
  expect(machineSysroots([a, c].filter((one) => one !== undefined))).toEqual(['machine', 'guest']);
  expect(machineSysroots([a, b, c].filter((one) => one !== undefined))).toEqual(['machine', 'guest', 'guest-ovn']);
});

test('any directory will do, without suite.yml too', async () => {
  await using root = await suites({ 'x/one.sh': script });
  const suite = await loadSuite(join(root.path, 'x'), '/nowhere');
  expect(suite).toMatchObject({ name: 'x', tests: ['one'], timeoutSeconds: 120, memoryMiB: 512 });
  expect(suite.kernelModules).toContain('veth');
});

test('lists suites, but not the guest and not what holds no test', async () => {
  await using root = await suites({
    'b/t.sh': script,
    'a/t.sh': script,
    'guest/init': script,
    'notes/readme.txt': 'x',
    file: script,
  });
  expect(await listSuites(root.path)).toEqual(['a', 'b']);
  expect(await listSuites(join(root.path, 'missing'))).toEqual([]);
});

test('goes with what has its name, or with the module that it names', async () => {
  await using root = await suites({
    'fastpath/t.sh': script,
    'offload/t.sh': script,
    'offload/suite.yml': 'module: smartnic\n',
  });
  expect(await suiteFor('kube_ovn_fastpath', root.path)).toBe('fastpath');
  expect(await suiteFor('smartnic', root.path)).toBe('offload');
  expect(await suiteFor('ovnfast_smartnic', root.path)).toBe('offload');
  expect(await suiteFor('offload', root.path)).toBe('offload');
  expect(await suiteFor('card', root.path)).toBeUndefined();
  expect(await suiteFor('notsmartnic', root.path)).toBeUndefined();
});

describe('what is wrong is said', () => {
  test.each<[string, Record<string, string>, string, RegExp]>([
    [
      'a mistyped name',
      { 'fastpath/t.sh': script },
      'fastpth',
      /no suite "fastpth".*did you mean "fastpath".*\n.*Suites: fastpath/,
    ],
    ['a missing directory', { 'fastpath/t.sh': script }, './nothing/here', /no suite "\.\/nothing\/here"/],
    ['no test', { 'x/readme.txt': 'y' }, 'x', /x: the suite holds no test[\s\S]*A test is an executable script/],
    ['no executable test', { 'x/a.sh': 'y' }, 'x', /holds no test[\s\S]*chmod \+x .*x\/a\.sh/],
    ['a name that cannot be a test', { 'x/a b.sh': script }, 'x', /a b\.sh: a test may be named/],
    ['a name that cannot be a suite', { 'x y/a.sh': script }, 'x y', /the directory of a suite may be named/],
    ['two tests of one name', { 'x/a': script, 'x/a.sh': script }, 'x', /two tests are called a/],
    ['no YAML', { 'x/a.sh': script, 'x/suite.yml': 'timeout: [1\n' }, 'x', /suite\.yml:2:1: /],
    [
      'an unknown key',
      { 'x/a.sh': script, 'x/suite.yml': '# c\ntimout: 5\n' },
      'x',
      /suite\.yml:2:1: unknown key "timout".*"timeout"/,
    ],
    ['a wrong value', { 'x/a.sh': script, 'x/suite.yml': 'memory: 5\n' }, 'x', /suite\.yml:1:9: .*memory/],
    [
      'a wrong module',
      { 'x/a.sh': script, 'x/suite.yml': 'kernel-modules:\n  - veth\n  - ../x\n' },
      'x',
      /suite\.yml:3:5: .*is not the name of a kernel module/,
    ],
    [
      'a clock that there is not',
      { 'x/a.sh': script, 'x/suite.yml': 'clock: fast\n' },
      'x',
      /suite\.yml:1:8: "clock": .*"real"\|"counted"/,
    ],
    [
      'a guest that there is not',
      { 'x/a.sh': script, 'x/suite.yml': 'timeout: 5\nguest: windows\n' },
      'x',
      /suite\.yml:2:8: "guest": .*"small"\|"ovn"/,
    ],
    [
      'a known warning that could be any',
      { 'x/a.sh': script, 'x/suite.yml': 'known-warnings:\n  - { text: "WARNING: ", why: "x" }\n' },
      'x',
      /suite\.yml:2:13: .*is too short to name one warning/,
    ],
    [
      'a program elsewhere',
      { 'x/a.sh': script, 'x/suite.yml': 'programs: [../a.c]\n', 'a.c': '' },
      'x',
      /suite\.yml:1:12: .*is not the name of a C file in the directory of the suite/,
    ],
    [
      'a program that is not there',
      { 'x/a.sh': script, 'x/suite.yml': 'programs:\n  - a.c\n  - b.c\n', 'x/a.c': '' },
      'x',
      /suite\.yml:3:5: there is no file "b\.c" in the suite/,
    ],
    [
      'a program twice',
      { 'x/a.sh': script, 'x/suite.yml': 'programs: [a.c, a.c]\n', 'x/a.c': '' },
      'x',
      /suite\.yml:1:17: "a\.c" is named twice/,
    ],
    [
      'a measurement without a title',
      { 'x/a.sh': script, 'x/suite.yml': 'measurements:\n  bw: { x: bytes, better: higher }\n' },
      'x',
      /suite\.yml:2:7: "measurements\.bw\.title" is missing/,
    ],
    [
      'a measurement of a name with a meaning',
      { 'x/a.sh': script, 'x/suite.yml': 'measurements:\n  source: { title: t, x: bytes, better: higher }\n' },
      'x',
      /suite\.yml:2:11: "measurements\.source": /,
    ],
    [
      'figures of what is not measured',
      {
        'x/a.sh': script,
        'x/suite.yml':
          'measurements:\n  bw: { title: t, x: bytes, better: higher }\npublished:\n  source: s\n  bv: { unit: us, stock: { 1: 2 } }\n',
      },
      'x',
      /suite\.yml:5:7: "bv" is published, but not among the measurements.*"bw"/,
    ],
    [
      'a published figure that is none',
      {
        'x/a.sh': script,
        'x/suite.yml':
          'measurements:\n  bw: { title: t, x: bytes, better: higher }\npublished:\n  source: s\n  bw: { unit: us, stock: { 1: fast } }\n',
      },
      'x',
      /suite\.yml:5:31: "published\.bw\.stock\.1": /,
    ],
  ])('%s', async (_, files, name, message) => {
    await using root = await suites(files);
    expect(await failure(loadSuite(name, root.path))).toMatch(message);
  });
});

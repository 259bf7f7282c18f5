// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Candidates, chooseCandidates } from '../../src/candidates.ts';
import { InputError } from '../../src/errors.ts';
import { namedModules } from '../../src/kbuild/source.ts';
import { digestSubject } from '../../src/subject.ts';
import { makeElf } from './kbuild/module-file.ts';
import { writeFiles } from './local/fake-tree.ts';

let cwd: string;
const at = (path: string) => join(cwd, path);

beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'ovnfast-candidates-')));
  await writeFiles(cwd, {
    'kmod/fastpath/Kbuild': 'obj-m := kube_ovn_fastpath.o\n',
    'kmod/bypass/bypass.bpf.c': '',
    'kmod/smartnic/Kbuild': 'obj-m := ovnfast_smartnic.o\n',
  });
  await suite('conformance/fastpath', 'fastpath');
  await suite('conformance/bypass', 'bypass');
  await suite('conformance/bypass-bench', 'bypass');
  await suite('conformance/offload', 'smartnic');
  await suite('conformance/load');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function suite(directory: string, module?: string): Promise<string> {
  await writeFiles(at(directory), {
    '010-one.sh': '#!/bin/sh\n',
    ...(module === undefined ? {} : { 'suite.yml': `description: x\nmodule: ${module}\n` }),
  });
  await chmod(join(at(directory), '010-one.sh'), 0o755);
  return at(directory);
}

const choose = (directory: string, ...suites: string[]) =>
  chooseCandidates({ directory: at(directory) }, suites, at('conformance'));
const shape = ({ candidates }: Candidates) =>
  candidates.map(({ name, suites }) => [name, suites.map(({ name }) => name)]);

describe('suites of several modules in one run', () => {
  test('each goes with its own, which is there once, whatever the order', async () => {
    const found = await choose('kmod/fastpath', 'bypass', 'fastpath', 'offload', 'bypass-bench', 'load');
    expect(shape(found)).toEqual([
      ['fastpath', ['fastpath', 'load']],
      ['bypass', ['bypass', 'bypass-bench']],
      ['smartnic', ['offload']],
    ]);
    expect(found.suites.map(({ name }) => name)).toEqual(['bypass', 'fastpath', 'offload', 'bypass-bench', 'load']);
    expect(found.candidates.map(({ kind }) => kind)).toEqual(['module', 'programs', 'module']);
    const [, bypass] = found.candidates;
    expect(bypass?.subject).toEqual({ directory: at('kmod/bypass') });
    expect(bypass?.source).toBe(await digestSubject({ directory: at('kmod/bypass') }));
  });

  test('the main module is the one that was given, also when no suite is for it, or there is none', async () => {
    expect(shape(await choose('kmod/fastpath', 'bypass'))).toEqual([
      ['fastpath', []],
      ['bypass', ['bypass']],
    ]);
    expect(shape(await choose('kmod/fastpath'))).toEqual([['fastpath', []]]);
    const own = await chooseCandidates({ directory: at('kmod/smartnic') }, undefined, at('conformance'));
    expect(shape(own)).toEqual([['smartnic', ['offload']]]);
  });

  test.each([
    ['a directory of that name', 'smartnic', { Kbuild: 'obj-m := x.o\n' }],
    ['a longer name of the kernel', 'ovnfast_smartnic', { Kbuild: 'obj-m := x.o\n' }],
    [
      'a fork that makes the same module',
      'fork',
      { Makefile: 'include x\nobj-m += other.o \\\n  ovnfast_smartnic.o\n' },
    ],
  ])('%s is that module', async (_, name, files) => {
    await writeFiles(at(`elsewhere/${name}`), files);
    expect(shape(await choose(`elsewhere/${name}`, 'offload'))).toEqual([[name, ['offload']]]);
  });

  test('so is a fork of eBPF programs; one that makes something else is not', async () => {
    await writeFiles(at('elsewhere'), { 'fork/bypass.bpf.c': '', 'other/detour.bpf.c': '' });
    expect(shape(await choose('elsewhere/fork', 'bypass'))).toEqual([['fork', ['bypass']]]);
    expect(shape(await choose('elsewhere/other', 'bypass'))).toEqual([
      ['other', []],
      ['bypass', ['bypass']],
    ]);
  });

  test('files are held to any suite, as they are given', async () => {
    await writeFiles(cwd, { 'some.ko': makeElf([]) });
    const found = await chooseCandidates({ files: [at('some.ko')] }, ['offload', 'fastpath'], at('conformance'));
    expect(shape(found)).toEqual([['some.ko', ['offload', 'fastpath']]]);
  });

  test("a suite from elsewhere finds its module beside its own root, else beside the run's", async () => {
    await writeFiles(cwd, { 'other/kmod/helper/Kbuild': '', 'drivers/main/Kbuild': '', 'drivers/near/Kbuild': '' });
    const [far, near] = [await suite('other/test/far', 'helper'), await suite('other/test/near', 'near')];
    const { candidates } = await choose('drivers/main', far, near);
    expect(candidates.map(({ subject }) => subject)).toEqual([
      { directory: at('drivers/main') },
      { directory: at('other/kmod/helper') },
      { directory: at('drivers/near') },
    ]);
  });

  test('what leads to the main module is the main module', async () => {
    await writeFiles(cwd, { 'drivers/main/Kbuild': '' });
    await symlink(at('drivers/main'), at('drivers/alias'));
    expect(shape(await choose('drivers/main', await suite('test/one', 'alias')))).toEqual([['main', ['one']]]);
  });
});

describe('what does not go together', () => {
  const refused = async (work: Promise<unknown>, message: RegExp) => {
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
  };

  test('a suite whose module is nowhere says where it was looked for', async () => {
    const one = await suite('test/one', 'nowhere');
    await refused(
      choose('kmod/fastpath', 'fastpath', one),
      /test\/one\/suite\.yml:2:9: the suite one is for the module nowhere, which fastpath is not\n +There is nothing in .*kmod\/nowhere; or name/,
    );
  });

  test('a module that holds no sources', async () => {
    await writeFiles(cwd, { 'kmod/empty/README': '' });
    await refused(choose('kmod/fastpath', await suite('conformance/x', 'empty')), /kmod\/empty: no Kbuild or Makefile/);
  });

  test('two suites of one name, or one that is named twice', async () => {
    await suite('mine/load');
    await refused(choose('kmod/fastpath', 'load', at('mine/load')), /mine\/load: two suites are called load\n.*rename/);
    await refused(choose('kmod/fastpath', 'load', 'load'), /two suites are called load\n +Name it only once/);
  });

  test('two modules of one name', async () => {
    await writeFiles(cwd, { 'mine/kmod/bypass/Kbuild': '' });
    const own = await suite('mine/test/own', 'bypass');
    await refused(choose('kmod/fastpath', 'bypass', own), /own is for another module bypass than bypass\n.*one after/);
  });

  test('a module that is no name', async () => {
    await refused(choose('kmod/fastpath', await suite('test/one', '../x')), /suite\.yml:2:9: "module": is no name/);
  });
});

test('the modules that a Kbuild names', async () => {
  await writeFiles(cwd, {
    'm/Kbuild':
      '# obj-m := no.o\nobj-m:=one.o two-2.o # three.o\nifdef X\nobj-m += \\\n\tfour.o $(five)\nendif\nfive-y := six.o\n',
    'm/Makefile': 'obj-m ?= seven.o\n',
  });
  expect(await namedModules(at('m'))).toEqual(['one', 'two-2', 'four', 'seven']);
});

// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { digestSubject, kindOf, suiteOf } from '../../src/subject.ts';
import { makeElf } from './kbuild/module-file.ts';
import { writeFiles } from './local/fake-tree.ts';

const OBJECT = makeElf([], { machine: 247 });
const MODULE = makeElf([]);
let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-subject-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function directory(files: Record<string, string>): Promise<{ directory: string }> {
  await writeFiles(join(cwd, 'sources'), files);
  return { directory: join(cwd, 'sources') };
}

describe('a directory', () => {
  test.each<[string, Record<string, string>, string]>([
    ['with *.bpf.c alone is of eBPF programs', { 'a.bpf.c': '' }, 'programs'],
    ['with a Makefile of its own is so too', { 'a.bpf.c': '', Makefile: 'all:\n\tclang a.bpf.c\n' }, 'programs'],
    ['with a Kbuild that makes modules is a module', { 'a.bpf.c': '', Kbuild: 'obj-m := b.o\n' }, 'module'],
    ['with a Makefile is a module', { 'a.c': '', Makefile: 'include other.mk\n' }, 'module'],
  ])('%s', async (_, files, kind) => {
    expect(await kindOf(await directory(files))).toBe(kind);
  });

  test.each<[string, Record<string, string>]>([
    ['sources of neither', { 'a.c': '' }],
    ['a source without a name', { '.bpf.c': '' }],
    ['programs further down only', { 'sub/a.bpf.c': '' }],
  ])('with %s is refused, with what is expected', async (_, files) => {
    const subject = await directory(files);
    await expect(kindOf(subject)).rejects.toThrow(InputError);
    await expect(kindOf(subject)).rejects.toThrow(/no Kbuild or Makefile.*\n.*\*\.bpf\.c/);
  });

  test('counts by what it is made of, without what a build left in it', async () => {
    const before = await digestSubject(await directory({ 'a.bpf.c': 'one' }));
    expect(await digestSubject(await directory({ 'a.bpf.o': 'object' }))).toBe(before);
    expect(await digestSubject(await directory({ loader: '#!/bin/sh' }))).not.toBe(before);
  });
});

describe('files', () => {
  const write = async (files: Record<string, string | Buffer>) => {
    await writeFiles(cwd, files);
    return { files: Object.keys(files).map((name) => join(cwd, name)) };
  };

  test('are modules, or objects with what loads them', async () => {
    expect(await kindOf(await write({ 'a.ko': MODULE, 'b.ko': MODULE }))).toBe('module');
    const objects = await write({ 'a.bpf.o': OBJECT });
    expect(await kindOf(objects)).toBe('programs');
    // This very file can be read, and not be executed; Node can.
    expect(await kindOf({ files: [...objects.files, process.execPath] })).toBe('programs');
  });

  test.each<[string, Record<string, string | Buffer>, RegExp]>([
    ['a module beside an object', { 'a.bpf.o': OBJECT, 'b.ko.xz': MODULE }, /b\.ko\.xz: .*do not go together/],
    ['text beside an object', { 'a.bpf.o': OBJECT, README: '' }, /README: neither an eBPF object nor exec.*\n.*chmod/],
    ['a damaged object', { 'a.bpf.o': OBJECT.subarray(0, 70) }, /a\.bpf\.o: section headers lies outside the file/],
  ])('%s is refused', async (_, files, message) => {
    const subject = await write(files);
    await expect(kindOf(subject)).rejects.toThrow(InputError);
    await expect(kindOf(subject)).rejects.toThrow(message);
  });
});

describe('the suite of a subject', () => {
  const suites = () => join(cwd, 'suites');

  beforeEach(async () => {
    const names = ['load', 'load-programs', 'bypass', 'bypass-bench'];
    for (const name of names) {
      await writeFiles(join(suites(), name), { '010-one.sh': '#!/bin/sh\n' });
      await chmod(join(suites(), name, '010-one.sh'), 0o755);
    }
  });

  test('is that of its name, else what every one must do', async () => {
    await writeFiles(cwd, { 'bypass/a.bpf.c': '', 'other/a.bpf.c': '', 'module/Kbuild': '' });
    const of = (name: string) => suiteOf({ directory: join(cwd, name) }, suites());
    expect(await of('bypass')).toBe('bypass');
    expect(await of('other')).toBe('load-programs');
    expect(await of('module')).toBe('load');
  });

  test('of objects is that of the first that has one', async () => {
    await writeFiles(cwd, { 'bypass-4.18.bpf.o': OBJECT, 'bypass.bpf.o': OBJECT, 'other.bpf.o': OBJECT });
    const of = (...names: string[]) => suiteOf({ files: names.map((name) => join(cwd, name)) }, suites());
    expect(await of('bypass-4.18.bpf.o', 'bypass.bpf.o')).toBe('bypass');
    expect(await of('other.bpf.o')).toBe('load-programs');
  });
});

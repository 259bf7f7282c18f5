// SPDX-License-Identifier: Apache-2.0
import { symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { findImage, findModules, releaseOfImage, requireBootable } from '../../../src/local/image.ts';
import { type KernelTree, readKernelTree } from '../../../src/local/tree.ts';
import { makeElf, modinfo } from '../kbuild/module-file.ts';
import { bzImage, FILES, RELEASE, writeFiles } from './fake-tree.ts';

const noPrograms = async () => ({});

let scratch: TemporaryDirectory;
let tree: KernelTree;

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  tree = await readKernelTree(await writeFiles(join(scratch.path, 'tree'), FILES));
});
afterEach(() => scratch[Symbol.asyncDispose]());

async function put(name: string, content: string | Buffer): Promise<string> {
  await writeFiles(scratch.path, { [name]: content });
  return join(scratch.path, name);
}

const vmlinux = (text: string, before = 100) =>
  Buffer.concat([makeElf([]), Buffer.alloc(before, 'x'), Buffer.from(text), Buffer.alloc(100)]);
const module = (release: string) => makeElf([modinfo(`vermagic=${release} SMP mod_unload `)]);

describe('a kernel image', () => {
  test.each<[string, Buffer, string | undefined]>([
    ['bzImage', bzImage('6.1.0-56-amd64'), '6.1.0-56-amd64'],
    ['vmlinux', vmlinux('Linux version 4.18.0-240.el8.x86_64 (mockbuild@host) '), '4.18.0-240.el8.x86_64'],
    ['vmlinux with formats before it', vmlinux('Linux version %s\0Linux version 5.4.1 (x)'), '5.4.1'],
    ['vmlinux with the text across two pieces', vmlinux('Linux version 5.4.2 (x)', 4 * 2 ** 20 - 70), '5.4.2'],
    ['vmlinux without any', vmlinux('Linux'), undefined],
    ['bzImage cut short', bzImage('6.1.0').subarray(0, 0x500), undefined],
    ['bzImage that names no version', bzImage(''), undefined],
    ['other file', Buffer.from('#!/bin/sh\n'), undefined],
    ['empty file', Buffer.alloc(0), undefined],
  ])('%s', async (_, content, release) => {
    expect(await releaseOfImage(await put('image', content))).toBe(release);
  });

  test('is that of the tree, where it holds one of its own release', async () => {
    expect(await findImage(tree, undefined)).toBeUndefined();
    await writeFiles(tree.directory, { vmlinux: vmlinux('type information alone') });
    expect(await findImage(tree, undefined)).toBeUndefined();
    await writeFiles(tree.directory, { 'arch/x86/boot/bzImage': bzImage('5.10.0-built-before') });
    expect(await findImage(tree, undefined)).toBeUndefined();
    await writeFiles(tree.directory, { vmlinux: vmlinux(`Linux version ${RELEASE} (x)`) });
    expect(await findImage(tree, undefined)).toBe(join(tree.directory, 'vmlinux'));
    await writeFiles(tree.directory, { 'arch/x86/boot/bzImage': bzImage(RELEASE) });
    expect(await findImage(tree, undefined)).toBe(join(tree.directory, 'arch/x86/boot/bzImage'));
  });

  test('that is given is followed to where it is, and has to be of the release of the tree', async () => {
    const image = await put('boot/vmlinuz-x', bzImage(RELEASE));
    await symlink('vmlinuz-x', join(scratch.path, 'boot/vmlinuz'));
    expect(await findImage(tree, join(scratch.path, 'boot/vmlinuz'))).toBe(image);
    const failing = findImage(tree, await put('other', bzImage('6.1.0-56-amd64')));
    await expect(failing).rejects.toThrow(InputError);
    await expect(failing).rejects.toThrow(
      /other: the kernel image is of 6\.1\.0-56-amd64, the kernel tree of 5\.10\.1-test/,
    );
    await expect(findImage(tree, await put('text', 'x'))).rejects.toThrow(/text: not a kernel image.*\n.*bzImage/);
    await expect(findImage(tree, scratch.path)).rejects.toThrow(/not a kernel image/);
    await expect(findImage(tree, '/nowhere')).rejects.toThrow(/\/nowhere: .*\(ENOENT\)/);
  });
});

describe("the kernel's own modules", () => {
  const modules = `lib/modules/${RELEASE}`;

  test.each([
    ['the directory itself', `x/${modules}`, `x/${modules}`],
    ['a root', 'x', `x/${modules}`],
    ['a root with merged /usr', 'y', `y/usr/${modules}`],
    ['the directory of all releases', 'x/lib/modules', `x/${modules}`],
  ])('are found below %s', async (_, given, found) => {
    await writeFiles(join(scratch.path, found), { 'modules.dep': '', 'kernel/net/a/b.ko': module(RELEASE) });
    expect(await findModules(tree, join(scratch.path, given), noPrograms)).toBe(join(scratch.path, found));
  });

  test('are those of the tree when none are given', async () => {
    expect(await findModules(tree, undefined, noPrograms)).toBeUndefined();
    await writeFile(join(tree.directory, 'modules.order'), '');
    expect(await findModules(tree, undefined, noPrograms)).toBe(tree.directory);
  });

  test('of another release, or none at all, are told', async () => {
    const root = join(scratch.path, 'x');
    await writeFiles(join(root, 'lib/modules/6.1.0'), { 'modules.dep': '', 'kernel/b.ko': module('6.1.0') });
    await expect(findModules(tree, root, noPrograms)).rejects.toThrow(
      /no modules of 5\.10\.1-test here\n.*holds modules of 6\.1\.0/,
    );
    const direct = findModules(tree, join(root, 'lib/modules/6.1.0'), noPrograms);
    await expect(direct).rejects.toThrow(/b\.ko: the modules are of 6\.1\.0, the kernel tree of 5\.10\.1-test/);
    await expect(findModules(tree, tree.directory, noPrograms)).rejects.toThrow(
      /no modules of .* here\n.*modules_install/,
    );
    await expect(findModules(tree, '/nowhere', noPrograms)).rejects.toThrow(/\(ENOENT\)/);
  });
});

test('what a machine needs is asked for before anything is built', async () => {
  const all = { image: await put('bzImage', bzImage(RELEASE)), modules: '/y' };
  const require = (what: Parameters<typeof requireBootable>[1]) => requireBootable(tree, what, 'dir');
  const bootable = ['BLK_DEV_INITRD', 'BINFMT_ELF', 'PROC_FS', 'SYSFS', 'SERIAL_8250_CONSOLE'];
  for (const name of bootable) tree.config.set(name, 'y');
  await require(all);
  const noImage = require({ ...all, image: undefined });
  await expect(noImage).rejects.toThrow(/dir: .*no kernel image of .*\n.*--kernel-image/);
  await expect(require({ ...all, modules: undefined })).rejects.toThrow(/\n.*--modules-dir/);
  const withoutEntry = await put('vmlinux', vmlinux(`Linux version ${RELEASE} (x)`));
  await expect(require({ ...all, image: withoutEntry })).rejects.toThrow(/vmlinux: .*without CONFIG_PVH\n.*bzImage/);
  // Program headers that lie anywhere are no way to start it either.
  const damaged = vmlinux(`Linux version ${RELEASE} (x)`);
  damaged.fill(0xff, 32, 40);
  damaged.writeUInt16LE(56, 54);
  damaged.writeUInt16LE(0xffff, 56);
  await expect(require({ ...all, image: await put('vmlinux', damaged) })).rejects.toThrow(/without CONFIG_PVH/);
  tree.config.set('SERIAL_8250_CONSOLE', 'm');
  await expect(require(all)).rejects.toThrow(/CONFIG_SERIAL_8250_CONSOLE not set\n/);
});

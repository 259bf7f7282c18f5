// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { digestTree } from '../../src/host/digest.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import { ovnfast } from '../command.ts';
import { openTools } from './tools.ts';

// A kernel cannot be built here in time: the headers of a distribution, taken out of their packages, are a kernel build tree
// as well, with the image and modules of another package.
const TARGET = 'debian-12';
const { signal } = new AbortController();
const fixture = (name: string) => join(projectRoot(), 'test/fixtures', name);
const hello = ['--module', fixture('modules/hello')];

let scratch: string;
let kernel: string;
let sysroots: Record<'headers' | 'image', Sysroot>;
/** Output directory of `make O=`, with its sources beside it and programs that a link leads to. */
let outputTree: string;
/** The same as if it had been built in place: one directory, no links. */
let plainTree: string;
let out: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ovnfast-local-'));
  await using workshop = await openTools(signal);
  const [target] = await workshop.selectTargets([TARGET]);
  if (!target) throw new Error(`no target ${TARGET}`);
  ({ kernel, sysroots } = await workshop.prepare(target, ['headers', 'image']));
  outputTree = await copyHeaders('first');
  plainTree = await makePlain();
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
beforeEach(async () => {
  out = await mkdtemp(join(scratch, 'out-'));
});

/** Copies with the program of that name: Node's own takes a minute for the headers of a kernel. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', '--reflink=auto', '-T', from, to]);

/** The three packages of headers, as they would be installed below a directory; returns the one of this kernel. */
async function copyHeaders(name: string): Promise<string> {
  const { root } = sysroots.headers;
  const kbuild = (await readdir(join(root, 'usr/lib'))).find((one) => one.startsWith('linux-kbuild-')) ?? '';
  const common = kernel.replace(/-[^-]*$/, '-common');
  for (const part of ['src', 'lib']) await mkdir(join(scratch, name, 'usr', part), { recursive: true });
  for (const part of [`src/linux-headers-${kernel}`, `src/linux-headers-${common}`, `lib/${kbuild}`]) {
    await copy(join(root, 'usr', part), join(scratch, name, 'usr', part));
  }
  return join(scratch, name, `usr/src/linux-headers-${kernel}`);
}

async function makePlain(): Promise<string> {
  const plain = join(scratch, 'plain');
  const links = ['scripts', 'tools'];
  for (const part of [outputTree, outputTree.replace(/-[^-]*$/, '-common')]) {
    await copy(part, plain);
    for (const name of links) await rm(join(plain, name), { force: true });
  }
  const kbuild = (await readdir(join(scratch, 'first/usr/lib')))[0] ?? '';
  for (const name of links) await copy(join(scratch, 'first/usr/lib', kbuild, name), join(plain, name));
  return plain;
}

async function build(tree: string, ...more: string[]) {
  const result = await ovnfast(['build', '--kernel-dir', tree, ...hello, '--out', out, '--fresh', ...more], {
    cwd: scratch,
  });
  const text = await readFile(join(out, 'report.json'), 'utf8').catch(() => undefined);
  const report: Report | undefined = text === undefined ? undefined : validateReport(JSON.parse(text));
  const target = report?.targets[0];
  return { ...result, target, sha256: target?.build?.module?.sha256 };
}

test('a kernel tree is built for, booted with its image and modules, and reported like a target', async () => {
  const image = join(sysroots.image.root, 'boot', `vmlinuz-${kernel}`);
  const boot = ['--kernel-image', image, '--modules-dir', sysroots.image.root, '--suite', fixture('suites/hello')];
  const args = ['run', '--kernel-dir', outputTree, ...boot, ...hello, '--out', out];
  const before = await digestTree(join(scratch, 'first'));
  const { code, stdout } = await ovnfast([...args, '--fresh'], { cwd: scratch });
  expect(stdout).toMatch(/toolchain debian-12: gcc 12\.\S+; the tree was built with gcc 12/);
  expect(code).toBe(0);
  const report = validateReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
  expect(report.targets).toMatchObject([
    {
      ...{ id: 'local', kernel, status: 'pass' },
      build: { status: 'pass', toolchain: 'debian-12', btf: { present: true } },
      suites: [{ name: 'hello', status: 'pass' }],
    },
  ]);
  expect(report.targets[0]?.build?.module?.vermagic).toMatch(new RegExp(`^${kernel} `));
  expect((await readdir(join(out, 'local', kernel))).sort()).toContain('hello.ko');
  // Nothing of the tree was written to, and of this machine no path is in the report.
  expect(await digestTree(join(scratch, 'first'))).toBe(before);
  expect(JSON.stringify(report)).not.toContain(scratch);

  const again = await ovnfast(args, { cwd: scratch });
  expect(again.stdout).toMatch(/cached/);
  await writeFile(join(outputTree, 'include/generated/changed.h'), '');
  const changed = await ovnfast(['build', ...args.slice(1, 3), ...hello, '--out', out], { cwd: scratch });
  expect(changed.stdout).not.toMatch(/cached/);
});

test('two copies of a tree at different places give the same bytes, built in place or not', async () => {
  const first = await build(outputTree);
  expect(first.target?.status).toBe('pass');
  await mkdir(join(scratch, 'another place'));
  const second = await build(await copyHeaders('another place/second'));
  expect(second.sha256).toBe(first.sha256);
  const plain = await build(plainTree);
  expect(plain.target?.reason).toBeUndefined();
  expect(plain.sha256).toBeDefined();
});

test('programs of the tree that are newer than the toolchain run, with libraries that are new enough', async () => {
  const old = join(scratch, 'for-old-compiler');
  await copy(plainTree, old);
  // What gcc 10 does not know of: the tree was configured with gcc 12.
  const configuration = join(old, 'include/config/auto.conf');
  const text = await readFile(configuration, 'utf8');
  await writeFile(configuration, text.replace(/^CONFIG_(SLS|INIT_STACK_ALL_ZERO)=y\n/gm, ''));
  const { target, stdout } = await build(old, '--toolchain', 'debian-11');
  expect(stdout).toMatch(/toolchain debian-11: asked for with --toolchain/);
  expect(target?.reason).toBeUndefined();
  expect(target).toMatchObject({ status: 'pass', build: { toolchain: 'debian-11' } });

  // That they really do not run on the toolchain by themselves.
  await using workshop = await openTools(signal);
  const sandbox = await workshop.tools.sandbox();
  const [tree] = await workshop.targets({
    patterns: [],
    builds: true,
    boots: false,
    tree: { directory: old, toolchain: 'debian-11' },
  });
  if (!tree) throw new Error('no target');
  const { headers } = (await workshop.prepare(tree, ['headers'])).sysroots;
  const run = (sysroot: Sysroot) =>
    sandbox.run(sysroot, ['/modpost'], {
      binds: [{ from: join(old, 'scripts/mod/modpost'), to: '/modpost' }],
      ...{ timeoutSeconds: 60, signal },
    });
  const { code, stderr } = await run({ root: headers.root, digest: '' });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/GLIBC_2\.\d+' not found/);
});

test('programs of the tree that are older than the toolchain run as they are', async () => {
  const { target } = await build(plainTree, '--toolchain', 'debian-13');
  expect(target?.reason).toBeUndefined();
  expect(target).toMatchObject({ status: 'pass', build: { toolchain: 'debian-13' } });
});

test('a compiler that does not fit the tree is told, with the one that does', async () => {
  const { code, target } = await build(plainTree, '--toolchain', 'debian-11');
  expect(code).toBe(1);
  expect(target?.reason).toMatch(
    /-mharden-sls=all.*\(gcc 10\S+ of debian-11 is older than the gcc 12.*try --toolchain debian-12\)$/,
  );
});

test('what a run lacks, or does not go together, is told before anything is built', async () => {
  const failing = async (...args: string[]) => {
    const { code, stderr } = await ovnfast([...args, ...hello, '--out', out], { cwd: scratch });
    expect({ code, args }).toEqual({ code: 2, args });
    expect(stderr).not.toMatch(/^\s+at /m);
    return stderr;
  };
  const tree = ['--kernel-dir', outputTree];
  expect(await failing('run', ...tree)).toMatch(/no kernel image of .*\n.*--kernel-image FILE.*\n.*ovnfast build/);
  const image = ['--kernel-image', join(sysroots.image.root, 'boot', `vmlinuz-${kernel}`)];
  expect(await failing('run', ...tree, ...image)).toMatch(/none of its own modules.*\n.*--modules-dir/);
  expect(await failing('build', ...tree, '--kernel-image', join(outputTree, '.config'))).toMatch(/not a kernel image/);
  expect(await failing('build', ...tree, '--target', TARGET)).toMatch(/--kernel-dir and --target do not go together/);
  expect(await failing('build', '--toolchain', 'debian-11')).toMatch(/--toolchain goes with --kernel-dir/);
  expect(await failing('build', ...tree, '--toolchain', 'debain-11')).toMatch(/did you mean "debian-11"/);
  await rm(join(outputTree, 'Module.symvers'));
  expect(await failing('build', ...tree)).toMatch(/no Module\.symvers/);
});

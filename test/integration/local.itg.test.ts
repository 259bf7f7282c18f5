// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cacheDirectory, projectRoot } from '../../src/host/paths.ts';
import { lockPath } from '../../src/matrix/matrix.ts';
import { readLock } from '../../src/packages/lock.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import { ovnfast } from '../command.ts';
import { makeDistributions } from '../distributions/make.ts';
import { serve, writeMatrix } from '../distributions/serve.ts';
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

/** Every file with its size, mode and times, that of its inode among them: whatever is done to one shows. */
const stateOf = async (directory: string) =>
  (await promisify(execFile)('find', [directory, '-printf', '%P %s %m %T@ %C@\\n'], { maxBuffer: 2 ** 26 })).stdout;

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
  const before = await stateOf(join(scratch, 'first'));
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
  expect(await stateOf(join(scratch, 'first'))).toBe(before);
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

describe('packages that a user brings', () => {
  // Every proxy is a port that nobody listens at, so nothing gets out.
  const nowhere = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
  const given = (files: string[]) => files.flatMap((file) => ['--kernel-package', file]);

  test('.deb: with the compiler that another release is locked with, nothing is fetched', async () => {
    const files = await copyPackages((name) => name.startsWith('linux-headers-'));
    const args = ['--target', TARGET, ...given(Object.values(files)), ...hello, '--out', out];
    const environment = { ...nowhere };
    const { code, stdout } = await ovnfast(['build', '--frozen', '--fresh', ...args], { cwd: scratch, environment });
    expect(stdout).toMatch(/taken as given.*linux-headers-/);
    expect(code).toBe(0);
    const { targets } = validateReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    expect(targets).toMatchObject([{ id: TARGET, kernel, status: 'pass', build: { btf: { present: false } } }]);

    const module = join(out, TARGET, kernel, 'hello.ko');
    const own = files[`linux-headers-${kernel}`] ?? '';
    const inspect = ['inspect', module, '--against', TARGET, '--kernel-package', own, '--json'];
    const judged = await ovnfast(inspect, { cwd: scratch, environment });
    expect(JSON.parse(judged.stdout).targets).toEqual([{ release: `${TARGET}/${kernel}`, fits: true, problems: [] }]);

    // One of them alone, and one that is cut short.
    const alone = ['build', '--frozen', '--target', TARGET, ...hello, '--out', out];
    const lacking = await ovnfast([...alone, '--kernel-package', own], { cwd: scratch, environment });
    expect(lacking.stderr).toMatch(/needs linux-headers-\S+-common\n.*--kernel-package/);
    expect(lacking.code).toBe(2);
    const whole = await readFile(own);
    await writeFile(join(scratch, 'cut.deb'), whole.subarray(0, whole.length / 2));
    const cut = await ovnfast([...alone, '--kernel-package', 'cut.deb'], { cwd: scratch, environment });
    expect(cut.stderr).toMatch(/cut\.deb: not a sound package: data\.tar\S* is cut short/);
    expect(cut.code).toBe(2);
  });

  test('.rpm: in place of what the mirrors have lost, with the compiler from them', async () => {
    await using workshop = await openTools(signal);
    const distributions = await makeDistributions(workshop, signal);
    await using mirror = await serve(distributions);
    const isHeaders = (path: string) => /\/kernel-devel-[^/]*\.rpm$/.test(path);
    const version = kernel.split('-')[0]?.split('.').slice(0, 2).join('.') ?? '';
    const path =
      [...mirror.files.keys()].find((one) => isHeaders(one) && one.includes(`kernel-devel-${version}.`)) ?? '';
    const file = join(scratch, 'kernel-devel.rpm');
    await writeFile(file, mirror.files.get(path) ?? '');
    for (const one of [...mirror.files.keys()].filter(isHeaders)) mirror.files.delete(one);
    const matrix = join(scratch, 'matrix');
    await writeMatrix(matrix, distributions);
    const target = ['--matrix', matrix, '--mirror', mirror.url, '--target', 'testos-9'];
    const args = ['build', ...target, ...hello, '--out', out, '--fresh'];
    // A cache of its own, so that the mirror is asked.
    const environment = { OVNFAST_CACHE: join(scratch, 'cache') };
    await shareCache(environment.OVNFAST_CACHE);
    const { code, stdout } = await ovnfast([...args, '--kernel-package', file], { cwd: scratch, environment });
    expect(stdout).toMatch(/kernel-devel \S+ is signed by a key of testos-9 \([0-9A-F]{40}\)/);
    expect(stdout).toMatch(/1 of 1 target passed/);
    expect(code).toBe(0);
    expect(mirror.requests.filter(({ path }) => isHeaders(path))).toEqual([]);
    const report = validateReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    expect(report.targets[0]?.build?.module?.vermagic).toMatch(new RegExp(`^${distributions.newer} `));

    // The compiler of such a distribution builds for a tree as well; nobody has locked it.
    const yaml = join(matrix, 'testos-9.yml');
    const toolchain = 'packages:\n  toolchain: [gcc, make, bash, coreutils, findutils, gawk, grep, sed]\n';
    await writeFile(yaml, (await readFile(yaml, 'utf8')).replace(/^packages:\n/m, toolchain));
    const tree = ['--kernel-dir', plainTree, '--toolchain', 'testos-9', ...hello, '--out', out, '--fresh'];
    const built = await ovnfast(['build', '--matrix', matrix, '--mirror', mirror.url, ...tree], {
      cwd: scratch,
      environment,
    });
    expect(built.stdout).toMatch(/testos-9\/toolchain has no lock/);
    expect(built.stdout).toMatch(/1 of 1 target passed/);
    expect(built.code).toBe(0);
  });
});

/** Copies packages of the target out of the store, under names that say nothing; returns their paths by name. */
async function copyPackages(wanted: (name: string) => boolean): Promise<Record<string, string>> {
  await using workshop = await openTools(signal);
  const [target] = await workshop.selectTargets([TARGET]);
  if (!target) throw new Error(`no target ${TARGET}`);
  const { sysroots: packages } = await workshop.obtainer.obtain(await workshop.lock(target), { signal });
  const copies: Record<string, string> = {};
  for (const { pin, path } of [...packages.values()].flat()) {
    if (!wanted(pin.name)) continue;
    copies[pin.name] = join(scratch, `given-${Object.keys(copies).length}`);
    await copyFile(path, copies[pin.name] ?? '');
  }
  return copies;
}

/** A cache that has what the sandbox is made of, and nothing of the test distributions. */
async function shareCache(to: string): Promise<void> {
  const cache = cacheDirectory(process.env);
  await mkdir(join(to, 'blobs/sha256'), { recursive: true });
  const lock = await readLock(lockPath(join(projectRoot(), 'matrix'), 'tools', 'sandbox'));
  for (const { sha256 } of lock?.packages ?? []) {
    await copyFile(join(cache, 'blobs/sha256', sha256), join(to, 'blobs/sha256', sha256));
  }
}

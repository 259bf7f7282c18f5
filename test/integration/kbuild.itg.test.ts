// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../src/errors.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { type BuildOptions, buildModule } from '../../src/kbuild/build.ts';
import { matchKernel } from '../../src/kbuild/inspect.ts';
import { readKernelInterface } from '../../src/kbuild/symvers.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import type { Sandbox } from '../../src/sysroot/sandbox.ts';
import { openTools } from './tools.ts';

const TARGET = 'debian-12';
const MODULES = fileURLToPath(new URL('../fixtures/modules', import.meta.url));
const { signal } = new AbortController();

let kernel: string;
let sandbox: Sandbox;
let sysroots: Record<'headers' | 'image', Sysroot>;
let scratch: TemporaryDirectory;
let cache: string;
let out: string;

beforeAll(async () => {
  await using workshop = await openTools(signal);
  sandbox = await workshop.tools.sandbox();
  const [target] = await workshop.selectTargets([TARGET]);
  if (!target) throw new Error(`no target ${TARGET}`);
  ({ kernel, sysroots } = await workshop.prepare(target, ['headers', 'image']));
});
beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-kbuild-');
  // Of our own, so that what a build leaves behind can be seen.
  cache = join(scratch.path, 'cache');
  out = join(scratch.path, 'out');
});
afterEach(() => scratch[Symbol.asyncDispose]());

const build = (moduleDirectory: string, options: Partial<BuildOptions> = {}) =>
  buildModule({
    sandbox,
    sysroot: sysroots.headers,
    kernel,
    moduleDirectory,
    cache,
    outDirectory: out,
    jobs: 2,
    timeoutSeconds: 600,
    signal,
    programs: sandbox.programs,
    ...options,
  });

const hello = join(MODULES, 'hello');
const leftovers = () => readdir(join(cache, 'work')).catch(() => []);

/** A module directory of these files. */
async function makeModule(files: Record<string, string>): Promise<string> {
  const directory = join(scratch.path, 'module');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

const SOURCE = '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("empty");\n';
const KFUNC = `${SOURCE}#include <linux/btf_ids.h>
int sample_kfunc(void);
noinline int sample_kfunc(void) { return 42; }
BTF_SET8_START(sample_ids)
BTF_ID_FLAGS(func, sample_kfunc)
BTF_SET8_END(sample_ids)
static const void *used __used = &sample_ids;
`;

test('a module is built for the kernel, with its type information, lean and loadable', async () => {
  const result = await build(hello, { image: sysroots.image });
  expect(result).toMatchObject({ status: 'pass', diagnostics: [], btf: { present: true } });
  const [module] = result.modules;
  expect(module).toMatchObject({ path: join(out, 'hello.ko'), name: 'hello', signed: false, btf: true });
  expect(module?.vermagic.split(' ')[0]).toBe(kernel);
  expect(module?.parameters.map(({ name }) => name).sort()).toEqual(['times', 'whom']);
  expect(module?.imports.map(({ symbol }) => symbol)).toContain('remove_proc_entry');
  expect(module?.imports.every(({ crc }) => crc !== undefined)).toBe(true);
  expect((await readdir(out)).sort()).toEqual(['build.log', 'hello.ko']);
  const content = await readFile(join(out, 'hello.ko'), 'latin1');
  // WARN_ON in greeting.c names its file, and only that.
  expect(content).toContain('greeting.c');
  expect(content).not.toContain('/build');
  expect(content).not.toContain('.debug_info');
  expect(content.length).toBeLessThan(30_000);
  expect(await readFile(result.log, 'utf8')).toContain('LD [M]');
  expect(await leftovers()).toEqual([]);

  const target = await readKernelInterface(sysroots.headers, kernel);
  if (!module) throw new Error('no module');
  expect(matchKernel(module, target)).toEqual({ release: kernel, fits: true, problems: [] });
});

test('neither place, time, modes, environment nor the number of jobs shows in the bytes', async () => {
  const first = await build(hello, { image: sysroots.image, outDirectory: join(scratch.path, 'one'), jobs: 1 });
  const elsewhere = join(scratch.path, 'with a space', 'other name');
  await cp(hello, elsewhere, { recursive: true });
  for (const name of await readdir(elsewhere)) {
    await chmod(join(elsewhere, name), 0o600);
    await utimes(join(elsewhere, name), 1_000_000_000, 1_000_000_000);
  }
  // What an earlier build by hand left behind must not be taken for sources.
  await writeFile(join(elsewhere, 'greeting.o'), 'not an object file');
  await writeFile(join(elsewhere, '.greeting.o.cmd'), 'savedcmd_greeting.o := true');
  const environment = { ...process.env };
  Object.assign(process.env, { USER: 'somebody', TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', KCFLAGS: '-O1', M: '/' });
  try {
    const second = await build(elsewhere, { image: sysroots.image, outDirectory: join(scratch.path, 'two'), jobs: 4 });
    expect(second.modules.map(({ sha256 }) => sha256)).toEqual(first.modules.map(({ sha256 }) => sha256));
  } finally {
    process.env = environment;
  }
  expect(first.status).toBe('pass');
});

test('kfuncs of a module are not left half made', async () => {
  const result = await build(await makeModule({ Kbuild: 'obj-m := kfunc.o\n', 'kfunc.c': KFUNC }), {
    image: sysroots.image,
  });
  expect(result).toMatchObject({ status: 'pass', btf: { present: false } });
  expect(result.btf.reason).toMatch(/kfunc\.ko has kfuncs .* no resolve_btfids/);
});

test('without the kernel image there is no type information, and the result says why', async () => {
  const result = await build(hello);
  expect(result).toMatchObject({ status: 'pass', btf: { present: false } });
  expect(result.btf.reason).toMatch(/no kernel image/);
});

test('a module that does not compile is a result, with the place of each error as its author knows it', async () => {
  const result = await build(join(MODULES, 'broken'));
  expect(result).toMatchObject({ status: 'fail', modules: [], btf: { present: false } });
  expect(result.reason).toMatch(/^broken\.c:9:\d+: implicit declaration of function 'missing_function'/);
  expect(result.diagnostics).toContainEqual(
    expect.objectContaining({
      file: 'broken.c',
      line: 6,
      severity: 'warning',
      message: expect.stringContaining('unused'),
    }),
  );
  expect(result.diagnostics).toContainEqual(
    expect.objectContaining({ file: 'broken.c', line: 8, message: expect.stringContaining("format '%d'") }),
  );
  const log = await readFile(result.log, 'utf8');
  expect(log).toContain("implicit declaration of function 'missing_function'");
  // Its Makefile has a target of its own, which is nobody's business here.
  expect(log).not.toContain('run-outside-of-kbuild');
  expect(await leftovers()).toEqual([]);
});

test('a symbol that no kernel exports is a result too', async () => {
  const directory = await makeModule({
    Kbuild: 'obj-m := wants.o\n',
    'wants.c': `${SOURCE}extern int nobody_exports_this(void);\nint use(void);\nint use(void) { return nobody_exports_this(); }\n`,
  });
  const result = await build(directory);
  expect(result.reason).toBe('wants.ko: "nobody_exports_this" [wants.ko] undefined!');
});

test('a module directory can yield several modules, also from below', async () => {
  const directory = await makeModule({
    Makefile: 'obj-m := one.o sub/\n',
    'one.c': SOURCE,
    'sub/Makefile': 'obj-m := two-words.o\n',
    'sub/two-words.c': SOURCE,
  });
  const result = await build(directory);
  expect(result.modules.map(({ name }) => name)).toEqual(['one', 'two_words']);
  expect((await readdir(out)).sort()).toEqual(['build.log', 'one.ko', 'two-words.ko']);
});

test('a directory whose Makefile is none for kbuild, or has no sources', async () => {
  const nothing = await build(await makeModule({ Makefile: 'all:\n\ttouch made\n' }));
  expect(nothing).toMatchObject({
    status: 'fail',
    reason: 'kbuild made no module: does Kbuild or Makefile set obj-m?',
  });
  const empty = await build(await makeModule({ Makefile: 'obj-m := absent.o\n' }));
  expect(empty.reason).toMatch(/No rule to make target 'absent\.o'/);
  const damaged = await build(await makeModule({ Makefile: 'obj-m := a.o\nif x\n  no rule\n' }));
  expect(damaged.reason).toBe('Makefile:2: missing separator');
});

test('a directory without Makefile, or with a link that leads out, is refused before anything is made', async () => {
  const bare = await makeModule({ 'a.c': SOURCE });
  await expect(build(bare)).rejects.toThrow(InputError);
  await writeFile(join(bare, 'Kbuild'), 'obj-m := a.o\n');
  await symlink('/etc/passwd', join(bare, 'header.h'));
  await expect(build(bare)).rejects.toThrow(/header\.h: the link leads out of the module directory, to \/etc\/passwd/);
  await expect(readdir(out)).rejects.toThrow(/ENOENT/);
  expect(await leftovers()).toEqual([]);
});

test('a build sees no file of this machine and no network', async () => {
  await writeFile(join(scratch.path, 'secret'), 'secret words');
  const directory = await makeModule({
    Kbuild: `obj-m := a.o\n$(info secret: $(shell cat ${scratch.path}/secret 2>&1))\n$(info devices: $(shell tail -n +3 /proc/net/dev | cut -d: -f1))\n`,
    'a.c': SOURCE,
  });
  const result = await build(directory);
  const log = await readFile(result.log, 'utf8');
  expect(result.status).toBe('pass');
  expect(log).not.toContain('secret words');
  expect(log).toMatch(/devices: +lo\n/);
});

test('what a build makes is not trusted: a link in place of a module is no module', async () => {
  const directory = await makeModule({
    Kbuild: 'obj-m := a.o\n$(shell ln -s /etc/passwd $(M)/b.ko)\n',
    'a.c': SOURCE,
  });
  const result = await build(directory);
  expect(result.modules.map(({ name }) => name)).toEqual(['a']);
});

test('a full disk is no fault of the module', async () => {
  const directory = await makeModule({ Kbuild: 'obj-m := a.o\n', 'a.c': SOURCE });
  // As the sandbox sees a disk without room: /dev/full, on which every write ends so.
  await writeFile(join(directory, 'Kbuild'), 'obj-m := a.o\n$(shell cat $(M)/a.c > /dev/full)\n$(error stop)\n');
  await expect(build(directory)).rejects.toThrow(/no space left for the build/);
  expect(await leftovers()).toEqual([]);
});

test('places that cannot be written to are named', async () => {
  await writeFile(join(scratch.path, 'file'), '');
  const outDirectory = join(scratch.path, 'file', 'out');
  const failing = build(hello, { outDirectory });
  await expect(failing).rejects.toThrow(EnvironmentError);
  await expect(failing).rejects.toThrow(/file.*cannot write its files \(ENOTDIR\).*\n.*--out/);
  await expect(build(hello, { cache: join(scratch.path, 'file') })).rejects.toThrow(/ENOTDIR/);
});

test('a build that takes too long is stopped and says so', async () => {
  const directory = await makeModule({ Kbuild: 'obj-m := a.o\n$(shell sleep 1000)\n', 'a.c': SOURCE });
  const result = await build(directory, { timeoutSeconds: 3 });
  expect(result).toMatchObject({ status: 'fail', reason: 'the build took longer than 3 s and was stopped' });
  expect(await leftovers()).toEqual([]);
});

test('an interrupted build leaves nothing behind', async () => {
  const directory = await makeModule({ Kbuild: 'obj-m := a.o\n$(shell sleep 1000)\n', 'a.c': SOURCE });
  const controller = new AbortController();
  const building = build(directory, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('interrupted')), 1000);
  await expect(building).rejects.toThrow('interrupted');
  await expect(readdir(out)).rejects.toThrow(/ENOENT/);
  expect(await leftovers()).toEqual([]);
});

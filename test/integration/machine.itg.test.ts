// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SuiteResult, TestResult } from '../../src/conformance/result.ts';
import { loadSuite } from '../../src/conformance/suite.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { buildModule } from '../../src/kbuild/build.ts';
import { type BootOptions, bootSuite, type MachineEvent } from '../../src/machine/boot.ts';
import { openShell, type ShellOptions } from '../../src/machine/shell.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import type { Sandbox } from '../../src/sysroot/sandbox.ts';
import { openTools } from './tools.ts';

const TARGET = 'debian-12';
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const { signal } = new AbortController();

let sandbox: Sandbox;
let machine: Sysroot;
let guest: Sysroot;
let image: Sysroot;
let kernel: string;
let trouble: string;
let scratch: TemporaryDirectory;
/** Of our own, so that what a machine leaves behind can be seen. */
let cache: string;

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-machine-');
  cache = join(scratch.path, 'cache');
  await using workshop = await openTools(signal);
  sandbox = await workshop.tools.sandbox();
  [machine, guest] = await Promise.all([workshop.tools.sysroot('machine'), workshop.tools.sysroot('guest')]);
  const [target] = await workshop.selectTargets([TARGET]);
  if (!target) throw new Error(`no target ${TARGET}`);
  const prepared = await workshop.prepare(target, ['headers', 'image']);
  image = prepared.sysroots.image;
  kernel = prepared.kernel;
  const built = await buildModule({
    sandbox,
    sysroot: prepared.sysroots.headers,
    kernel,
    moduleDirectory: fixture('modules/trouble'),
    cache,
    outDirectory: join(scratch.path, 'module'),
    jobs: 2,
    timeoutSeconds: 600,
    signal,
    programs: sandbox.programs,
  });
  const [module] = built.modules;
  if (!module) throw new Error(`the module was not built: ${built.reason}`);
  trouble = module.path;
});
afterAll(() => scratch[Symbol.asyncDispose]());

async function boot(suite: string, options: Partial<BootOptions> = {}) {
  const events: MachineEvent[] = [];
  const outDirectory = join(scratch.path, 'out', suite);
  const result = await bootSuite({
    sandbox,
    machine,
    guest,
    image,
    kernel,
    suite: await loadSuite(fixture(`suites/${suite}`), '/nowhere'),
    modules: [],
    accelerator: 'tcg',
    cache,
    outDirectory,
    signal,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { result, events, console: await readFile(result.console, 'utf8') };
}

function show({ tests }: SuiteResult): string[] {
  return tests.map(({ name, status, reason }) => `${status} ${name}${reason === undefined ? '' : `: ${reason}`}`);
}

function find({ tests }: SuiteResult, name: string): TestResult {
  const found = tests.findLast((test) => test.name === name);
  if (!found) throw new Error(`no test ${name} among ${tests.map((test) => test.name).join(', ')}`);
  return found;
}

const leftovers = () => readdir(join(cache, 'work'));

/** Command lines of all processes of this machine that hold the text. */
async function processes(text: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(text));
}

test('every way in which a test can end', async () => {
  const { result, events, console } = await boot('outcomes');
  expect(show(result)).toEqual([
    'pass 010-passes: a command that works',
    'pass 010-passes: a command that must not work',
    'pass 010-passes: packets go through',
    'pass 010-passes: the wanted module that is absent is known',
    'pass 010-passes: the module can be found by name',
    'pass 010-passes: flows may be told within a check',
    'pass 020-fails: good',
    'fail 020-fails: a command that fails',
    'fail 020-fails: bad: 11 of 12',
    'pass 030-skips: tried',
    'skip 030-skips: the rest: no such device',
    'pass 040-exits: fine so far',
    'fail 040-exits: exit status 9',
    'fail 050-silent: reported no result',
    'pass 060-garbage: after the garbage',
    'pass 060-garbage: without an end of line',
    'pass 070-forgets: done',
    'fail 070-forgets: left network namespaces behind: forgotten',
    'fail 100-hungry: memory without end',
    expect.stringMatching(/^fail 100-hungry: Out of memory: Killed process \d+ \(tail\)/),
    'pass 110-last: one of two',
    'fail 110-last: the plan was 2 results, 1 came',
  ]);
  expect(result).toMatchObject({
    name: 'outcomes',
    status: 'fail',
    accelerator: 'tcg',
    acceleratorReason: 'asked for',
  });
  expect(result.reason).toBeUndefined();
  expect(result.bootSeconds).toBeGreaterThan(0.5);
  expect(result.seconds).toBeGreaterThan(result.bootSeconds);

  expect(find(result, '010-passes: a command that works').evidence).toEqual(['12 packets']);
  expect(
    result.flows?.map(({ name, flows }) => [name, flows.map(({ verdict, packets }) => [verdict, packets])]),
  ).toEqual([
    [
      'seen',
      [
        ['offloaded', 3],
        ['missed', 0],
      ],
    ],
    ['none', []],
  ]);
  expect(result.flows?.[0]?.flows[0]?.actions).toMatch(/^1,2,.*,1500$/);
  expect(find(result, '020-fails: a command that fails').evidence).toContain('what it said');
  expect(find(result, '070-forgets').evidence).toContainEqual(expect.stringMatching(/^still running: \d+ /));

  expect(events.map(({ type }) => type).slice(0, 3)).toEqual(['booting', 'first-test', 'script']);
  expect(events.filter(({ type }) => type === 'script')).toHaveLength(9);
  expect(events.flatMap((event) => (event.type === 'test' ? event.test : []))).toEqual(result.tests);
  expect(console).toContain(`Linux version ${kernel}`);
  expect(await readFile(result.ktap ?? '', 'utf8')).toMatch(/^ok 9 110-last$/m);
  expect(await leftovers()).toEqual([]);
});

test('a test that hangs is ended, says what it hung in, and puts its things away', async () => {
  const { result } = await boot('hangs');
  expect(show(result)).toEqual([
    'pass 010-hangs: before',
    'fail 010-hangs: did not finish within 5 s',
    'pass 020-does-not-listen: before',
    'fail 020-does-not-listen: did not finish within 5 s',
    'pass 030-after: nothing is left',
  ]);
  expect(find(result, '010-hangs').evidence).toContainEqual(expect.stringMatching(/^still running: \d+ sleep 600/));
  expect(find(result, '010-hangs').seconds).toBeGreaterThan(4);
});

describe('what the kernel says fails the test that ran', () => {
  test('warnings, bugs, taint, and an oops that ends it', async () => {
    const { result } = await boot('trouble', { modules: [trouble] });
    expect(show(result).filter((line) => !line.startsWith('pass'))).toEqual([
      expect.stringMatching(/^fail 010-warn: WARNING: .* at .*: as asked for; the kernel became tainted: W$/),
      'fail 020-refcount: refcount_t: addition on 0; use-after-free.',
      expect.stringMatching(/^fail 040-atomic: BUG: scheduling while atomic: insmod/),
      'fail 050-taint: the kernel became tainted: U',
      'fail 055-leaves-it-loaded: left modules loaded: trouble',
      expect.stringMatching(/^fail 070-null: BUG: kernel NULL pointer dereference, .*Kernel panic/),
      expect.stringMatching(/^fail 080-never: not run: BUG: kernel NULL pointer/),
    ]);
    expect(show(result).filter((line) => line.includes('060-none'))).toEqual([
      'pass 060-none: loads',
      'pass 060-none: unloads',
    ]);
    expect(find(result, '010-warn').kernelLog).toContainEqual(expect.stringContaining('trouble_init+0x'));
    expect(find(result, '070-null').kernelLog).toContainEqual(expect.stringContaining('RIP: 0010:trouble_init'));
    expect(result.reason).toMatch(/^BUG: kernel NULL pointer dereference.*\(in 070-null\)$/);
  });

  test('a panic ends it, what comes after has not run', async () => {
    const { result, console } = await boot('panic');
    const panic = 'Kernel panic - not syncing: sysrq triggered crash';
    expect(show(result)).toEqual([
      'pass 010-fine: fine',
      'pass 020-panics: still fine',
      `fail 020-panics: ${panic}`,
      `fail 030-never: not run: ${panic}`,
    ]);
    expect(find(result, '020-panics')).toMatchObject({
      evidence: ['now'],
      kernelLog: expect.arrayContaining([expect.stringContaining(panic)]),
    });
    expect(result).toMatchObject({ status: 'fail', reason: `${panic} (in 020-panics)` });
    expect(console).toContain(panic);
  });

  test('a processor that never comes back is noticed from outside', async () => {
    const { result } = await boot('stuck', { modules: [trouble], limits: { overtime: 3 } });
    expect(show(result)).toEqual([
      'pass 010-stuck: before',
      'fail 010-stuck: the guest hung: no end of 010-stuck within 6 s',
      'fail 020-never: not run: the guest hung: no end of 010-stuck within 6 s',
    ]);
    expect(find(result, '010-stuck').kernelLog?.at(-1)).toContain('kind=stuck');
  });
});

describe('a machine that does not come to its end', () => {
  test('the guest stops early', async () => {
    const { result } = await boot('stops');
    expect(show(result)).toEqual([
      'pass 010-stops: still here',
      'fail 010-stops: the guest stopped early',
      'fail 020-never: not run: the guest stopped early',
    ]);
    expect(find(result, '010-stops').kernelLog?.at(-1)).toContain('reboot: machine restart');
    expect(result.reason).toBe('the guest stopped early (in 010-stops)');
  });

  test('the guest has too little memory to come up', async () => {
    const { result } = await boot('hungry');
    expect(result).toMatchObject({ status: 'error', tests: [] });
    expect(result.reason).toMatch(/^the guest ran out of memory \(224 MiB\): .*; the last lines on the console:\n/);
  });

  test('the kernel prints nothing', async () => {
    const root = join(scratch.path, 'silent');
    const modules = `usr/lib/modules/${kernel}`;
    await mkdir(join(root, 'boot'), { recursive: true });
    await mkdir(join(root, modules), { recursive: true });
    await symlink('usr/lib', join(root, 'lib'));
    await copyFile(join(image.root, modules, 'kernel/drivers/net/veth.ko'), join(root, modules, 'veth.ko'));
    await writeFile(join(root, `boot/vmlinuz-${kernel}`), haltingKernel());
    const { result, console } = await boot('panic', {
      image: { root, digest: 'silent' },
      limits: { kernel: 6 },
    });
    expect(result).toMatchObject({
      status: 'error',
      tests: [],
      reason: expect.stringMatching(/^the kernel said nothing within 6 s; /),
    });
    expect(console).not.toContain('Linux version');
  });

  test('QEMU is missing', async () => {
    const root = join(scratch.path, 'no-qemu');
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    const { result } = await boot('panic', { machine: { root, digest: 'none' } });
    expect(result).toMatchObject({
      status: 'error',
      tests: [],
      reason: expect.stringMatching(/^QEMU ended with status 1\n.*qemu-system-x86_64: No such file/),
    });
  });

  test('QEMU does not find its libraries', async () => {
    const root = join(scratch.path, 'bare-qemu');
    for (const file of ['usr/bin/qemu-system-x86_64', 'usr/lib64/ld-linux-x86-64.so.2']) {
      await mkdir(join(root, file, '..'), { recursive: true });
      await copyFile(join(machine.root, file), join(root, file));
    }
    await symlink('usr/lib64', join(root, 'lib64'));
    const { result } = await boot('panic', { machine: { root, digest: 'bare' } });
    expect(result).toMatchObject({
      status: 'error',
      tests: [],
      reason: expect.stringMatching(/^QEMU ended with status 127\n.*error while loading shared libraries/),
    });
  });

  test('its log cannot be written', async () => {
    const out = join(scratch.path, 'out', 'full');
    await mkdir(out, { recursive: true });
    await symlink('/dev/full', join(out, 'panic.console.log'));
    await expect(boot('panic', { outDirectory: out })).rejects.toThrow(
      /panic\.console\.log: the log cannot be written \(ENOSPC\)\n.*--out/,
    );
    expect(await leftovers()).toEqual([]);
  });

  test('it is interrupted before it starts', async () => {
    await using other = await TemporaryDirectory.create(scratch.path, 'cache-');
    const interruption = new AbortController();
    const reason = new Error('interrupted early');
    setTimeout(() => interruption.abort(reason), 300);
    await expect(boot('panic', { cache: other.path, signal: interruption.signal })).rejects.toBe(reason);
    expect(await readdir(join(other.path, 'work'))).toEqual([]);
    for (const kind of ['guests', 'vmlinux']) {
      const names = await readdir(join(other.path, kind)).catch(() => []);
      expect(names.filter((name) => name.includes('.tmp'))).toEqual([]);
    }
  });

  test('it is interrupted: nothing is left but the log', async () => {
    const interruption = new AbortController();
    const out = join(scratch.path, 'out', 'interrupted');
    let during: string[] = [];
    const booting = boot('outcomes', {
      outDirectory: out,
      signal: interruption.signal,
      onEvent: (event) => {
        if (event.type !== 'first-test') return;
        void processes(cache).then((found) => {
          during = found;
          interruption.abort(new Error('interrupted by the test'));
        });
      },
    });
    await expect(booting).rejects.toThrow('interrupted by the test');
    expect(during).not.toEqual([]);
    expect(await processes(cache)).toEqual([]);
    expect(await leftovers()).toEqual([]);
    expect(await readFile(join(out, 'outcomes.console.log'), 'utf8')).toContain('ovnfast: test start 010-passes');
  });
});

describe('a shell', () => {
  const shell = async (options: Partial<ShellOptions>) => {
    const input = new PassThrough();
    const output = new PassThrough().setEncoding('utf8');
    let written = '';
    output.on('data', (text: string) => {
      written += text;
    });
    const messages: string[] = [];
    const running = openShell({
      sandbox,
      machine,
      guest,
      image,
      kernel,
      modules: [trouble],
      accelerator: 'tcg',
      cache,
      kernelModules: ['dummy'],
      memoryMiB: 384,
      outDirectory: join(scratch.path, 'out', 'shell'),
      signal,
      input,
      output,
      onMessage: (message) => messages.push(message),
      ...options,
    });
    return { input, running, messages, written: () => written };
  };

  test('runs commands from a pipe, writes nothing but their output, and ends with their status', async () => {
    const { input, running, messages, written } = await shell({});
    input.end(
      'uname -r; insmod "$OVNFAST_MODULE" && lsmod | grep -c ^trouble; . "$OVNFAST_LIB/lib.sh"; trap EXIT; exit 3',
    );
    const result = await running;
    expect(written()).toBe(`${kernel}\n1\n`);
    expect(result).toMatchObject({ exitStatus: 3 });
    expect(await readFile(result.console, 'utf8')).toContain('kind=none');
    expect(messages[0]).toContain(`booting ${kernel}`);
  });

  test('gives a terminal its size, and back as it was, also when it is left with Ctrl-A x', async () => {
    const modes: boolean[] = [];
    const terminal = { rows: 33, columns: 99, setRawMode: (raw: boolean) => modes.push(raw) };
    const { input, running, messages, written } = await shell({ terminal });
    const until = async (text: string) => {
      const deadline = Date.now() + 60_000;
      while (!written().includes(text)) {
        if (Date.now() > deadline) throw new Error(`no ${text} in: ${written()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await until('# ');
    input.write('stty size; echo $((6 * 7))\r');
    await until('33 99\r\n42\r\n');
    input.write('echo sleep""ing; sleep 1000\r');
    await until('sleeping\r\n');
    // What is typed together with Ctrl-C goes with it.
    input.write('\x03');
    await until('^C');
    input.write('echo in""terrupted\r');
    await until('interrupted\r\n');
    expect(modes).toEqual([true]);
    input.write('\x01x');
    expect(await running).toMatchObject({ exitStatus: 0 });
    expect(modes).toEqual([true, false]);
    expect(messages.join()).toContain('/ovnfast/module/trouble.ko');
    expect(await leftovers()).toEqual([]);
  });
});

test('KVM is used only where a kernel boots with it, and otherwise it is said why not', async () => {
  const { result, events } = await boot('stops', { accelerator: 'auto' });
  expect(result.acceleratorReason).toMatch(result.accelerator === 'kvm' ? /^a kernel booted with it$/ : /\/dev\/kvm/);
  expect(events[0]).toEqual({ type: 'booting', accelerator: result.accelerator, reason: result.acceleratorReason });
  const forced = boot('stops', { accelerator: 'kvm' });
  if (result.accelerator === 'kvm') expect((await forced).result.accelerator).toBe('kvm');
  else await expect(forced).rejects.toThrow(/^KVM cannot be used: .*\/dev\/kvm[\s\S]*--accel tcg/);
});

/** A bzImage whose real-mode code is `cli; hlt; jmp -2`, see Documentation/arch/x86/boot.rst. */
function haltingKernel(): Buffer {
  const kernelImage = Buffer.alloc(64 * 512);
  kernelImage[0x1f1] = 4;
  kernelImage.writeUInt16LE(0xaa55, 0x1fe);
  kernelImage.write('\xeb\x66HdrS', 0x200, 'latin1');
  kernelImage.writeUInt16LE(0x20c, 0x206);
  kernelImage[0x211] = 1;
  kernelImage.writeUInt32LE(0x100000, 0x214);
  kernelImage.writeUInt32LE(0x7fffffff, 0x22c);
  kernelImage.write('\xfa\xf4\xeb\xfd', 0x268, 'latin1');
  return kernelImage;
}

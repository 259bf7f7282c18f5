// SPDX-License-Identifier: Apache-2.0
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestTree } from '../../src/host/digest.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import type { ModulesIndex } from '../../src/release/modules-index.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import type { Sandbox } from '../../src/sysroot/sandbox.ts';
import type { Workshop } from '../../src/workshop.ts';
import { furnish, Node } from './node.ts';
import { buildHello, layOut } from './node-bundle.ts';
import { openTools } from './tools.ts';

const { signal } = new AbortController();

let scratch: TemporaryDirectory;
let workshop: Workshop;
let sandbox: Sandbox;
let image: Sysroot;
let nodeRoot: Sysroot;
let busybox: string;
let kernel: string;
/** Directories of bundles, by name. */
const bundles: Record<string, string> = {};
/** Path of the module of the first. */
let module: string;
const at = (...names: string[]) => join(scratch.path, ...names);

/** What the module does differently. */
const VERSIONS = {
  first: {},
  /** The kernel refuses it when it is loaded with `broken=1`; it is not loaded as long as somebody wants it to wait. */
  second: {
    'hello: here': 'hello: here, the second',
    'static struct greeting greeting;': [
      'static struct greeting greeting;',
      '#include <linux/delay.h>',
      'static bool wait, broken;',
      'module_param(wait, bool, 0644);',
      'module_param(broken, bool, 0444);',
    ].join('\n'),
    'greeting.whom = whom;': [
      'greeting.whom = whom;',
      'if (broken) {',
      '	pr_err("hello: broken\\n");',
      '	return -EINVAL;',
      '}',
      'if (wait)',
      '	pr_info("hello: waiting\\n");',
      'while (wait)',
      '	msleep(10);',
    ].join('\n'),
  },
};

beforeAll(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-node-');
  workshop = await openTools(signal);
  const [target] = await workshop.selectTargets(['debian-12']);
  if (!target) throw new Error('no target debian-12');
  const prepared = await workshop.prepare(target, ['headers', 'image']);
  kernel = prepared.kernel;
  image = prepared.sysroots.image;
  sandbox = await workshop.tools.sandbox();
  nodeRoot = await workshop.tools.sysroot('node');
  // Of the kernel's modules a few, so that depmod is quick, among them some that take what the module here takes.
  await furnish(at('template'), nodeRoot, image, kernel, ['net/ipv4', 'net/netfilter', 'net/8021q']);
  await mkdir(at('template/boot'), { recursive: true });
  await inTemplate(['depmod', kernel]);
  busybox = join((await workshop.tools.sysroot('disk')).root, 'usr/bin/busybox');
  for (const [index, [name, replacements]] of Object.entries(VERSIONS).entries()) {
    await mkdir(at('built', name), { recursive: true });
    const path = await buildHello(workshop, prepared, at('built', name), replacements);
    if (name === 'first') module = path;
    bundles[name] = await layOut(at('bundles', name), { version: `${index + 1}.0.0`, module: path, kernel });
  }
});
afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

/** Runs a program on the template of all roots. */
function inTemplate(argv: string[]) {
  const binds = [{ from: at('template/usr/lib/modules'), to: '/usr/lib/modules', writable: true }];
  return sandbox.run({ root: at('template'), digest: '' }, argv, { binds, timeoutSeconds: 120, signal });
}

/** A bundle like the first but for its index. */
const bundleWith = (name: string, change: (index: ModulesIndex) => void) =>
  layOut(at('bundles', name), { version: '1.0.0', module, kernel, change });

/** As of a kernel that nothing was built on. */
const unlisted = (index: ModulesIndex) => {
  index.kernels = index.kernels.map((one) => ({ ...one, kernel: '6.1.0-1-amd64' }));
};

/** What the installer may change. */
const WRITTEN = ['etc', 'usr/lib/modules', 'var', 'boot'];

/** The root of a node that is not running: all that the installer does besides loading. */
class Root implements AsyncDisposable {
  private static count = 0;
  private readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<Root> {
    const root = new Root(at(`root-${Root.count++}`));
    for (const path of WRITTEN) {
      await cp(at('template', path), root.at(path), {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true,
      });
    }
    return root;
  }

  /** Runs the installer of a bundle, for the kernel whose modules are there. */
  install(bundle = 'first', ...args: string[]) {
    return this.program(bundle, 'install', `--kernel=${kernel}`, ...args);
  }

  program(bundle: string, ...args: string[]) {
    return this.run(['/bundle/bin/ovnfast-node', ...args], { bundle: bundles[bundle] ?? bundle });
  }

  async run(argv: string[], { bundle = at(), readOnly = [] as string[] } = {}) {
    const template = at('template');
    const { code, stdout, stderr } = await sandbox.run({ root: template, digest: template }, argv, {
      binds: [
        ...WRITTEN.map((path) => ({ from: this.at(path), to: `/${path}`, writable: !readOnly.includes(path) })),
        { from: bundle, to: '/bundle' },
      ],
      timeoutSeconds: 120,
      signal,
    });
    return { code, output: stdout + stderr };
  }

  at(...names: string[]): string {
    return join(this.directory, ...names);
  }

  modules(...names: string[]): string {
    return this.at('usr/lib/modules', kernel, ...names);
  }

  /** Digests of what must be as before when all is removed. */
  async digests(): Promise<string[]> {
    return await Promise.all(WRITTEN.map((path) => digestTree(this.at(path))));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.directory, { recursive: true });
  }
}

describe('on a node whose kernel does not run', () => {
  test('installed, for depmod and the next boot to find; replaced; removed without a trace', async () => {
    await using root = await Root.create();
    const before = await root.digests();
    const first = await root.install();
    expect(first).toEqual({
      code: 0,
      output: expect.stringMatching(/fits .* \(tested on it\)\n1\.0\.0 is installed\n$/),
    });
    const file = `/lib/modules/${kernel}/updates/ovnfast/hello.ko`;
    expect((await root.run(['modinfo', '-k', kernel, '-n', 'hello'])).output).toBe(`${file}\n`);
    expect(await readFile(root.at('etc/modules-load.d/ovnfast.conf'), 'utf8')).toMatch(/^#.*\nhello\n$/);
    const installed = await root.digests();
    expect(installed).not.toEqual(before);

    expect(await root.install()).toEqual({ code: 0, output: expect.stringContaining('1.0.0 is installed already\n') });
    expect(await root.digests()).toEqual(installed);

    expect(await root.install('second')).toEqual({ code: 0, output: expect.stringContaining('2.0.0 is installed\n') });
    expect((await root.program('second', 'status')).output).toMatch(`${kernel}: 2.0.0 (hello), installed\n`);
    expect(await readFile(root.modules('updates/ovnfast/hello.ko'))).toEqual(
      await readFile(at('built/second/hello.ko')),
    );

    expect(await root.program('second', 'remove')).toMatchObject({ code: 0 });
    expect(await root.digests()).toEqual(before);
    expect(await root.program('second', 'remove')).toEqual({ code: 0, output: 'nothing is installed\n' });
  });

  test('what came in the meantime stays known', async () => {
    await using root = await Root.create();
    await root.install();
    await cp(root.modules('kernel/net/ipv4/tcp_bbr.ko'), root.modules('updates/tcp_extra.ko'));
    expect(await root.program('first', 'remove')).toMatchObject({ code: 0 });
    expect(await readFile(root.modules('modules.dep'), 'utf8')).toMatch(/^updates\/tcp_extra\.ko:/m);
    expect(await readdir(root.modules('updates'))).toEqual(['tcp_extra.ko']);
  });

  test('a file that was changed is told, and put right', async () => {
    await using root = await Root.create();
    await root.install();
    await appendFile(root.modules('updates/ovnfast/hello.ko'), 'more');
    const { output } = await root.program('first', 'status');
    expect(output).toMatch(/not as it was installed: .*hello\.ko is not the file that was installed/);
    expect(await root.install()).toEqual({ code: 0, output: expect.stringContaining('1.0.0 is installed\n') });
    expect((await root.program('first', 'status')).output).toContain('1.0.0 (hello), installed\n');
  });

  test('what cannot be done to its end is undone', async () => {
    await using root = await Root.create();
    const before = await root.digests();
    const command = ['/bundle/bin/ovnfast-node', 'install', `--kernel=${kernel}`];
    const failed = await root.run(command, { bundle: bundles.first ?? '', readOnly: ['etc'] });
    expect(failed.code).toBe(3);
    expect(failed.output).toMatch(/ovnfast\.conf cannot be written[\s\S]*rolled back: nothing of it is left/);
    expect(await root.digests()).toEqual(before);

    await root.install();
    const installed = await root.digests();
    // Another file of that name, which depmod takes: it looks at this place first.
    await mkdir(root.at('etc/depmod.d'), { recursive: true });
    await writeFile(root.at('etc/depmod.d/extra.conf'), 'search extra updates built-in\n');
    await mkdir(root.modules('extra'));
    await cp(module, root.modules('extra/hello.ko'));
    const refused = await root.install('second');
    expect(refused.code).toBe(3);
    expect(refused.output).toMatch(
      /modprobe would load .*extra\/hello\.ko[\s\S]*rolled back: 1\.0\.0 is installed again/,
    );
    await rm(root.modules('extra'), { recursive: true });
    await rm(root.at('etc/depmod.d'), { recursive: true });
    await root.run(['depmod', kernel]);
    expect(await root.digests()).toEqual(installed);
  });

  test('one that was killed in its middle is undone by the next', async () => {
    await using root = await Root.create();
    const before = await root.digests();
    await root.install();
    // As it is while the second replaces the first: its file is there, depmod has not run.
    const state = root.at('var/lib/ovnfast-node', kernel);
    await mkdir(join(state, 'undo'));
    await cp(join(state, 'installed'), join(state, 'undo/installed'));
    await cp(root.modules('updates/ovnfast/hello.ko'), join(state, 'undo/hello.ko'));
    await writeFile(join(state, 'undo/names'), 'hello\n');
    await writeFile(join(state, 'undo/loaded'), '');
    await cp(at('built/second/hello.ko'), root.modules('updates/ovnfast/hello.ko'));
    expect((await root.program('first', 'status')).output).toContain('an installation was interrupted');
    const removed = await root.program('first', 'remove');
    expect(removed).toEqual({
      code: 0,
      output: expect.stringMatching(/removed what[\s\S]*was interrupted[\s\S]*rolled back: 1\.0\.0 is installed again/),
    });
    expect(await root.digests()).toEqual(before);
  });

  describe('a kernel that is not in the index', () => {
    test('is judged by what its own modules were built against', async () => {
      await using root = await Root.create();
      const fitting = await bundleWith('fitting', unlisted);
      expect(await root.install(fitting)).toEqual({
        code: 0,
        output: expect.stringMatching(/hello: hello-.* fits .* \(its symbol versions agree\)\n1\.0\.0 is installed/),
      });
    });

    test('or by the list that its headers have, compressed or not', async () => {
      await using root = await Root.create();
      const fitting = await bundleWith('fitting', unlisted);
      const offered = (await readFile(join(fitting, 'share/fits'), 'utf8'))
        .split('\n')
        .filter((line) => line.startsWith('symbol\t'))
        .map((line) => `${line.split('\t').slice(2).join('\t')}\tvmlinux\tEXPORT_SYMBOL\n`);
      expect(offered.length).toBeGreaterThan(3);
      await writeFile(root.at('boot', `symvers-${kernel}.gz`), gzipSync(offered.join('')));
      expect(await root.install(fitting)).toMatchObject({ code: 0 });
      await root.program(fitting, 'remove');
      // All but the first, which the kernel then does not have.
      await writeFile(root.at('boot', `symvers-${kernel}`), offered.slice(1).join(''));
      const refused = await root.install(fitting);
      expect(refused.code).toBe(3);
      const symbol = offered[0]?.split('\t')[1];
      expect(refused.output).toContain(`needs ${symbol}, which this kernel does not have (and 0 others)`);
    });

    test('is refused when something differs: what, and how to build for it', async () => {
      await using root = await Root.create();
      const before = await root.digests();
      const differing = await bundleWith('differing', (index) => {
        unlisted(index);
        for (const { symbols } of index.groups) symbols.proc_create_single_data = '0x12345678';
        for (const { symbols } of index.groups) symbols.module_layout = '0x12345678';
      });
      const { code, output } = await root.install(differing);
      expect(code).toBe(3);
      expect(output).toMatch(
        /^ovnfast-node: nothing in v1\.0\.0 fits the kernel 6\.1\S+ \(x86_64\) of this node \(debian-12\)$/m,
      );
      expect(output).toMatch(
        /hello-1\.0\.0\S+\.ko: built against module_layout of version 0x12345678, this kernel's is 0x[0-9a-f]{8}/,
      );
      expect(output).toContain('known kernels of debian-12: 6.1.0-1-amd64\n');
      expect(output).toContain(`Build it: ovnfast run --target debian-12/${kernel}\n`);
      expect(await root.digests()).toEqual(before);
    });

    test('is refused for another vermagic, and for another release where there are no symbol versions', async () => {
      await using root = await Root.create();
      const magic = await bundleWith('magic', (index) => {
        unlisted(index);
        for (const group of index.groups) group.vermagic = 'SMP preempt mod_unload';
      });
      expect((await root.install(magic)).output).toContain(
        'built for "SMP preempt mod_unload", this kernel is "SMP preempt mod_unload modversions"',
      );
      const plain = await bundleWith('plain', (index) => {
        unlisted(index);
        for (const group of index.groups)
          Object.assign(group, { versioned: false, vermagic: '6.1.0-1-amd64 SMP mod_unload' });
      });
      expect((await root.install(plain)).output).toContain(
        `this kernel is "${kernel} SMP preempt mod_unload modversions"`,
      );
    });
  });

  test('a kernel whose tests failed is refused, unless that is accepted', async () => {
    await using root = await Root.create();
    const failed = await bundleWith('failed', (index) => {
      index.kernels = index.kernels.map((one) => ({ ...one, status: 'fail' }));
    });
    expect(await root.install(failed)).toMatchObject({
      code: 3,
      output: expect.stringContaining('did not pass its tests'),
    });
    expect(await root.install(failed, '--allow-failed')).toMatchObject({ code: 0 });
  });

  test('eBPF programs come only where their loader is named; those that are not loaded are rolled back', async () => {
    await using root = await Root.create();
    // The loader acts on the kernel that runs.
    await mkdir(root.at('usr/lib/modules', release()), { recursive: true });
    const before = await root.digests();
    const loader = await readFile(join(projectRoot(), 'test/fixtures/node/loader'));
    const bundle = (version: string, object: string) =>
      layOut(at('bundles', object), {
        ...{ version, module, kernel },
        programs: [
          { name: 'loader', content: loader },
          { name: 'one.bpf.o', content: Buffer.from(object) },
        ],
      });
    const [good, bad, better] = [
      await bundle('1.0.0', 'good'),
      await bundle('2.0.0', 'bad'),
      await bundle('3.0.0', 'good3'),
    ];
    const loaded = () => readFile(root.at('var/loaded'), 'utf8');

    await root.install(good);
    expect(await readdir(root.at('var/lib'))).not.toContain('ovnfast-programs');
    await root.program(good, 'remove');

    const failed = await root.program(bad, 'install', 'loader');
    expect(failed).toEqual({
      code: 1,
      output: expect.stringMatching(/loader did not load:[\s\S]*rolled back: nothing of loader is left\n$/),
    });
    expect(await root.digests()).toEqual(before);

    expect(await root.program(good, 'install', 'loader')).toEqual({
      code: 0,
      output: 'loader: 1.0.0 is installed and loaded\n',
    });
    expect(await loaded()).toBe('good');
    expect(await root.program(good, 'install', 'loader')).toEqual({
      code: 0,
      output: 'loader: 1.0.0 is installed already\n',
    });
    expect(await readFile(root.at('etc/systemd/system/multi-user.target.wants/loader.service'), 'utf8')).toMatch(
      /^ExecStart=\/bin\/sh \/var\/lib\/ovnfast-programs\/loader\/loader load$/m,
    );
    const installed = await root.digests();
    expect(await root.program(bad, 'install', 'loader')).toEqual({
      code: 1,
      output: expect.stringMatching(/loader did not load:[\s\S]*rolled back: loader of 1\.0\.0 is installed again\n$/),
    });
    expect(await root.digests()).toEqual(installed);
    expect(await root.program(good, 'status')).toEqual({ code: 0, output: 'loader: 1.0.0, installed and loaded\n' });

    expect(await root.program(better, 'install', 'loader')).toMatchObject({ code: 0 });
    expect(await loaded()).toBe('good3');
    expect(await root.program(better, 'remove')).toEqual({ code: 0, output: 'removed loader\n' });
    expect(await root.digests()).toEqual(before);
  });

  test('a damaged bundle installs nothing', async () => {
    await using root = await Root.create();
    await cp(bundles.first ?? '', at('bundles/damaged'), { recursive: true });
    const [file] = await readdir(at('bundles/damaged/modules'));
    await appendFile(at('bundles/damaged/modules', file ?? ''), 'x');
    const { code, output } = await root.install(at('bundles/damaged'));
    expect(code).toBe(3);
    expect(output).toMatch(new RegExp(`is damaged; unpack it again:\\n    modules/${file}: FAILED`));
  });

  test.each([
    [['install', '--kernel', '../etc'], "--kernel needs a kernel release, not '../etc'"],
    [['install', '--root', 'host'], "--root needs an absolute path, not 'host'"],
    [['install', 'fastpath'], 'this release has no fastpath; it has hello'],
    [['remove', 'hello'], 'remove takes no modules'],
    [['upgrade'], 'there is no command upgrade'],
    [['install', '--force'], 'unknown option --force'],
    [[], 'say install, status or remove'],
  ])('%j is answered with what is wrong', async (args, message) => {
    const { code, output } = await sandbox
      .run(nodeRoot, ['/bundle/bin/ovnfast-node', ...args], {
        binds: [{ from: bundles.first ?? '', to: '/bundle' }],
        timeoutSeconds: 60,
        signal,
      })
      .then(({ code, stderr }) => ({ code, output: stderr }));
    expect(output).toContain(message);
    expect(code).toBe(2);
  });
});

/** All below /etc and /lib/modules: names, kinds, modes, owners, links, content; of the kernel's own modules size and time tell enough. */
const LISTING = `cd / && {
  find etc usr/lib/modules -path '*/kernel' -prune -o -type f -exec sha256sum {} +
  find etc usr/lib/modules -printf '%p %y %m %u:%g %l\\n'
  find usr/lib/modules/*/kernel -type f -printf '%p %s %T@\\n'
  find var/lib/ovnfast* 2> /dev/null
} | sort`;
const CHANGES = `sh /root/listing > /root/after; diff /root/before /root/after`;

test('on a node that runs: over reboots, a module that fails, a power cut, and back', async () => {
  const [target] = await workshop.selectTargets(['debian-12']);
  if (!target) throw new Error('no target debian-12');
  const directory = at('node');
  await mkdir(directory);
  // As of another distribution: there is no symbol to be looked at any more.
  const foreign = await bundleWith('foreign', (index) => {
    unlisted(index);
    for (const group of index.groups) group.vermagic = 'SMP mod_unload modversions';
  });
  const built = await workshop.buildPrograms(join(projectRoot(), 'kmod/bypass'), {
    outDirectory: at('bypass'),
    jobs: 2,
  });
  const programs = await Promise.all(
    [...built.programs, ...built.executables].map(async ({ path }) => ({
      name: basename(path),
      content: await readFile(path),
    })),
  );
  const whole = await layOut(at('bundles/whole'), { version: '1.0.0', module, kernel, programs });
  const media = { ...bundles, foreign, whole, busybox };
  const prepared = { kernel, sysroots: { image } };
  await using node = await Node.create({ workshop, prepared, directory, media, signal });
  const program = (bundle: string, args: string) => node.run(`/media/${bundle}/bin/ovnfast-node ${args}`);
  const last = async () => (await node.succeed('dmesg | grep hello: | tail -n 1')).replace(/^\[.*?\] /, '').trim();

  /** What the module is loaded with until the next boot; one that does not know a parameter goes without it. */
  const options = (text: string) =>
    node.succeed(`mkdir -p /run/modprobe.d && echo options hello ${text} > /run/modprobe.d/hello.conf`);

  await node.boot();
  await node.succeed(`cat > /root/listing <<'END'\n${LISTING}\nEND\nsh /root/listing > /root/before`);
  expect(await program('first', 'status')).toEqual({ code: 1, output: `${kernel} (running): nothing is installed\n` });

  const refused = await program('foreign', 'install');
  expect(refused).toMatchObject({ code: 3, output: expect.stringContaining('built for "SMP mod_unload modversions"') });
  expect(await node.run(CHANGES)).toEqual({ code: 0, output: '' });

  expect(await program('first', 'install')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/installed and loaded\n$/),
  });
  expect(await last()).toBe('hello: here');
  expect(await program('first', 'install')).toMatchObject({
    code: 0,
    output: expect.stringContaining('installed already'),
  });

  await node.reboot();
  // Nobody but systemd has loaded it.
  expect(await last()).toBe('hello: here');
  expect(await program('first', 'status')).toEqual({
    code: 0,
    output: `${kernel}: 1.0.0 (hello), installed and loaded\n`,
  });

  await node.succeed('sh /root/listing > /root/first');
  await options('broken=1');
  const failed = await program('second', 'install');
  expect(failed.code).toBe(1);
  expect(failed.output).toMatch(/hello was not loaded: .*Invalid argument/);
  expect(failed.output).toMatch(/^ +\[.*\] hello: broken$/m);
  expect(failed.output).toMatch(/rolled back: 1\.0\.0 is installed again\n$/);
  expect(await last()).toBe('hello: here');
  expect(await node.run('sh /root/listing | diff /root/first -')).toEqual({ code: 0, output: '' });
  await options('');

  // As from a container: the shell and all programs are others, the node is a directory.
  await node.succeed('mkdir /run/host && mount --rbind / /run/host');
  const container = (bundle: string, args: string) =>
    node.run(`/media/busybox sh /media/${bundle}/bin/ovnfast-node ${args} --root=/run/host --kernel=`);
  expect(await container('second', 'install')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/2\.0\.0 is installed and loaded\n$/),
  });
  expect(await last()).toBe('hello: here, the second');

  expect(await container('second', 'remove')).toMatchObject({ code: 0 });
  expect(await node.run('grep hello /proc/modules')).toMatchObject({ code: 1 });
  expect(await node.run(CHANGES)).toEqual({ code: 0, output: '' });

  // Installed again, with eBPF programs.
  const loader = 'ovnfast-bypass';
  expect(await program('whole', `install hello ${loader}`)).toEqual({
    code: 0,
    output: expect.stringMatching(
      /1\.0\.0 is installed and loaded\novnfast-bypass: 1\.0\.0 is installed and loaded\n$/,
    ),
  });

  // The power goes while the module is replaced.
  await options('wait=1');
  await node.succeed('/media/second/bin/ovnfast-node install > /dev/null 2>&1 &');
  await node.succeed('until dmesg | grep -q hello:.waiting; do sleep 0.2; done; sync');
  await node.cut();

  // No module is signed here: of a kernel that demands it, the message has to say so, and nothing may be in the way of removing.
  await node.boot({ kernelArguments: ['module.sig_enforce=1'] });
  const status = await program('first', 'status');
  expect(status.output).toContain(`${kernel}: an installation was interrupted`);
  expect(status.output).toContain('ovnfast-bypass: 1.0.0, installed and loaded\n');
  expect(status.output).toContain('only signed modules are loaded: module.sig_enforce is set');
  const unsigned = await program('first', 'install');
  expect(unsigned.code).toBe(3);
  expect(unsigned.output).toMatch(/rolled back: 1\.0\.0 is installed again, but not loaded/);
  expect(unsigned.output).toMatch(/hello would be refused: module\.sig_enforce is set\n.*ovnfast release --sign-key/);
  expect(await program('first', 'remove')).toMatchObject({ code: 0 });
  expect(await node.run(CHANGES)).toEqual({ code: 0, output: '' });
  await node.powerOff();
});

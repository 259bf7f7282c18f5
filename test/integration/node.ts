// SPDX-License-Identifier: Apache-2.0
import { chmod, copyFile, cp, mkdir, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { LineSplitter } from '../../src/conformance/lines.ts';
import { type CpioEntry, parentEntries } from '../../src/machine/cpio.ts';
import { kernelImage } from '../../src/machine/kernel-image.ts';
import { kernelModulesPart } from '../../src/machine/kernel-modules.ts';
import { Machine } from '../../src/machine/machine.ts';
import { concatenate, writeArchive } from '../../src/machine/parts.ts';
import { qemuCommand } from '../../src/machine/qemu.ts';
import type { Sysroot } from '../../src/sysroot/compose.ts';
import { insideRoot, placeIn } from '../../src/sysroot/inside.ts';
import type { Workshop } from '../../src/workshop.ts';

export type NodeOptions = {
  workshop: Workshop;
  /** The kernel that the node runs: of `workshop.prepare(target, ['image'])`. */
  prepared: { kernel: string; sysroots: { image: Sysroot } };
  /** An existing directory for its disk and its logs. */
  directory: string;
  /** What it finds below /media, by name: paths of files and directories. */
  media?: Record<string, string>;
  signal: AbortSignal;
};

export type Said = {
  /** Exit status. */
  code: number;
  /** What was said on both outputs. */
  output: string;
};

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/node/${name}`, import.meta.url));
/** Of the kernel's modules, those that a node of a cluster has something to do with: an eighth of all. */
const MODULES = ['net', 'lib', 'crypto', 'fs/ext4', 'fs/jbd2', 'fs/mbcache.ko', 'drivers/virtio', 'drivers/block'];
const TABLES = ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'];
const DISK_MIB = 512;
const MEMORY_MIB = 512;
/** Of the host; the machine may be loaded. */
const BOOT_SECONDS = 300;
const POWER_OFF_SECONDS = 120;
const IDLE_SECONDS = 900;
const LAST_LINES = 15;

/**
 * A node of a cluster: Debian 12 with its own kernel and systemd, on a disk that stays between its boots. Between boots
 * nothing of it runs.
 */
export class Node implements AsyncDisposable {
  /** Where everything is that a machine is started with, and its logs: `boot-1.console.log`, ... */
  private readonly directory: string;
  private readonly program: (kernelArguments: string[]) => ReturnType<typeof qemuCommand>;
  private readonly signal: AbortSignal;
  private boots = 0;
  private running: Running | undefined;

  private constructor(
    directory: string,
    program: (kernelArguments: string[]) => ReturnType<typeof qemuCommand>,
    signal: AbortSignal,
  ) {
    this.directory = directory;
    this.program = program;
    this.signal = signal;
  }

  /** Makes the disk of a node that was never booted. Throws what fetching and unpacking of its packages throw. */
  static async create(options: NodeOptions): Promise<Node> {
    const { workshop, prepared, directory, media = {}, signal } = options;
    const { tools, cache } = workshop;
    const [sandbox, machine, root, disk] = await Promise.all([
      tools.sandbox(),
      tools.sysroot('machine'),
      tools.sysroot('node'),
      tools.sysroot('disk'),
    ]);
    const { kernel } = prepared;
    const { image } = prepared.sysroots;
    const inSandbox = async (sysroot: Sysroot, argv: string[]) => {
      const binds = [{ from: directory, to: '/work', writable: true }];
      const { code, stdout, stderr } = await sandbox.run(sysroot, argv, { binds, timeoutSeconds: 300, signal });
      if (code !== 0) throw new Error(`${argv.join(' ')}: ${stdout}${stderr}`);
    };
    const makeDisk = async (name: string, content: string, megabytes: number) => {
      await using file = await open(join(directory, name), 'w');
      await file.truncate(megabytes * 2 ** 20);
      await inSandbox(disk, ['mkfs.ext4', '-q', '-F', '-d', `/work/${content}`, `/work/${name}`]);
    };

    await furnish(join(directory, 'root'), root, image, kernel);
    await addAgent(join(directory, 'root'));
    // As the kernel's package does when it is installed.
    await inSandbox(root, ['depmod', '-b', '/work/root', kernel]);
    await makeDisk('disk', 'root', DISK_MIB);
    await mkdir(join(directory, 'media'));
    for (const [name, from] of Object.entries(media))
      await cp(from, join(directory, 'media', name), { recursive: true, verbatimSymlinks: true });
    await makeDisk('media-disk', 'media', 64);
    await inSandbox(disk, ['e2fsck', '-f', '-n', '/work/disk']);

    const initramfs = join(directory, 'initramfs');
    const modules = await kernelModulesPart({
      ...{ sandbox, guest: root, image, kernel, cache, signal },
      wanted: ['virtio_pci', 'virtio_blk', 'ext4', 'crc32c_generic'],
    });
    await writeArchive(`${initramfs}.first`, await initramfsEntries(disk), signal);
    await concatenate(initramfs, [`${initramfs}.first`, modules.path], signal);
    const options_ = {
      ...({ sandbox, machine, initramfs, accelerator: 'tcg', memoryMiB: MEMORY_MIB } as const),
      kernelImage: await kernelImage({ image, kernel, cache, signal, programs: sandbox.programs }),
      disks: [{ path: join(directory, 'disk'), writable: true }, { path: join(directory, 'media-disk') }],
    };
    return new Node(directory, (kernelArguments) => qemuCommand({ ...options_, kernelArguments }), signal);
  }

  /** Boots it; the modules of its modules-load.d are loaded, or have failed, when it is there. Throws when it does not come up. */
  async boot({ kernelArguments = [] }: { kernelArguments?: string[] } = {}): Promise<void> {
    if (this.running) throw new Error('the node runs already');
    this.boots++;
    const console = join(this.directory, `boot-${this.boots}.console.log`);
    this.running = new Running(this.program(kernelArguments), console, this.signal);
    await this.running.ready;
  }

  /** Runs a shell script on it, as root. Throws when the node ends, or the script does not within the seconds. */
  async run(script: string, { timeoutSeconds = 300 } = {}): Promise<Said> {
    return await this.machine().run(script, timeoutSeconds);
  }

  /** As `run`, of a script that has to succeed: what it said. */
  async succeed(script: string, options?: { timeoutSeconds?: number }): Promise<string> {
    const { code, output } = await this.run(script, options);
    if (code !== 0) throw new Error(`exit status ${code} of ${script}\n${output}`);
    return output;
  }

  /** Shuts it down in order and boots it from the same disk. */
  async reboot(options?: { kernelArguments?: string[] }): Promise<void> {
    await this.powerOff();
    await this.boot(options);
  }

  /** Shuts it down in order. */
  async powerOff(): Promise<void> {
    const machine = this.machine();
    // QEMU ends where a machine would reboot.
    await machine.leave('systemctl --no-block reboot', POWER_OFF_SECONDS);
    this.running = undefined;
  }

  /** As if its power went: what it had not written is lost. */
  async cut(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
  }

  private machine(): Running {
    if (!this.running) throw new Error('the node does not run');
    return this.running;
  }
}

/** One boot of it, from QEMU's start to its end. */
class Running {
  readonly ready: Promise<unknown>;
  private readonly machine: Machine;
  private readonly console: string;
  private readonly end: Promise<string>;
  private readonly lastLines: string[] = [];
  private guest: Duplex | undefined;
  private said: string[] = [];
  private next = 1;
  private waiting: { line: RegExp; resolve: (match: RegExpExecArray) => void } | undefined;

  constructor(program: ReturnType<typeof qemuCommand>, console: string, signal: AbortSignal) {
    this.console = console;
    const consoleLines = new LineSplitter((line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
    });
    const guestLines = new LineSplitter((line) => this.line(line));
    this.machine = new Machine({
      ...{ program, console, signal, timeoutSeconds: 3600 },
      onConsole: (chunk) => consoleLines.push(chunk),
      onGuest: (chunk) => guestLines.push(chunk),
      onStart: (guest) => {
        this.guest = guest;
      },
    });
    this.machine.expectWithin(BOOT_SECONDS, `it did not come up within ${BOOT_SECONDS} s`);
    this.end = this.machine.run().then((end) => (end.kind === 'ended' ? 'ended' : end.reason));
    this.end.catch(() => {});
    this.ready = this.expect(/^ready /);
    this.ready.catch(() => {});
  }

  async run(script: string, seconds: number): Promise<Said> {
    const number = this.next++;
    this.machine.expectWithin(seconds, `no end within ${seconds} s of: ${script}`);
    this.said = [];
    this.guest?.write(`${number} ${Buffer.from(script).toString('base64')}\n`);
    const [, code] = await this.expect(new RegExp(`^end ${number} (\\d+)$`));
    this.machine.expectWithin(IDLE_SECONDS, 'nobody had anything for it to do');
    const encoded = this.said.slice(this.said.indexOf(`begin ${number}`) + 1, -1).join('');
    return { code: Number(code), output: Buffer.from(encoded, 'base64').toString() };
  }

  /** Says something that ends the machine, and waits for the end. */
  async leave(script: string, seconds: number): Promise<void> {
    this.machine.expectWithin(seconds, `it did not end within ${seconds} s`);
    this.guest?.write(`${this.next++} ${Buffer.from(script).toString('base64')}\n`);
    const reason = await this.end;
    if (reason !== 'ended') throw this.fault(reason);
  }

  async stop(): Promise<void> {
    this.machine.stop('stopped');
    await this.end.catch(() => {});
  }

  private async expect(line: RegExp): Promise<RegExpExecArray> {
    const heard = new Promise<RegExpExecArray>((resolve) => {
      this.waiting = { line, resolve };
    });
    const ended = this.end.then((reason) => {
      throw this.fault(reason);
    });
    return await Promise.race([heard, ended]);
  }

  private line(line: string): void {
    this.said.push(line);
    const match = this.waiting?.line.exec(line);
    if (!match) return;
    this.waiting?.resolve(match);
    this.waiting = undefined;
  }

  private fault(reason: string): Error {
    return new Error(`the node: ${reason}\n${this.lastLines.join('\n')}\n(console: ${this.console})`);
  }
}

/** Makes the root directory of a node, as its installer would have left it but for depmod's tables. */
export async function furnish(
  to: string,
  root: Sysroot,
  image: Sysroot,
  kernel: string,
  wanted = MODULES,
): Promise<void> {
  await cp(root.root, to, { recursive: true, verbatimSymlinks: true });
  const from = placeIn(image, `/usr/lib/modules/${kernel}`);
  const modules = insideRoot(to, `/lib/modules/${kernel}`);
  await mkdir(modules, { recursive: true });
  for (const table of TABLES) await copyFile(join(from, table), join(modules, table));
  for (const path of wanted) await cp(join(from, 'kernel', path), join(modules, 'kernel', path), { recursive: true });
  await mkdir(join(to, 'media'), { recursive: true });
  await writeFile(join(to, 'etc/hostname'), 'node\n');
  // Empty: systemd makes it at the first boot. Missing, it would take that boot for an installation and enable what it likes.
  await writeFile(join(to, 'etc/machine-id'), '');
}

/** What the test talks to on the node. */
async function addAgent(root: string): Promise<void> {
  await mkdir(join(root, 'usr/local/sbin'), { recursive: true });
  await copyFile(fixture('agent'), join(root, 'usr/local/sbin/agent'));
  await chmod(join(root, 'usr/local/sbin/agent'), 0o755);
  const units = join(root, 'etc/systemd/system');
  await copyFile(fixture('agent.service'), join(units, 'agent.service'));
  await mkdir(join(units, 'multi-user.target.wants'), { recursive: true });
  await symlink('../agent.service', join(units, 'multi-user.target.wants/agent.service'));
  await symlink('/usr/lib/systemd/system/multi-user.target', join(units, 'default.target'));
  // Nobody logs in there, and without udev systemd would wait 90 s for the terminals to appear.
  for (const unit of ['serial-getty@ttyS0.service', 'getty-static.service'])
    await symlink('/dev/null', join(units, unit));
}

async function initramfsEntries(disk: Sysroot): Promise<CpioEntry[]> {
  const busybox = await readFile(insideRoot(disk.root, '/bin/busybox'));
  const file = (path: string, content: Buffer): CpioEntry => ({ kind: 'file', path, mode: 0o755, content });
  const applets = ['sh', 'mount', 'umount', 'mkdir', 'modprobe', 'switch_root', 'reboot'];
  return [
    ...parentEntries('ovnfast/init'),
    ...parentEntries('usr/bin/sh'),
    ...parentEntries('usr/lib/modules'),
    { kind: 'link', path: 'bin', target: 'usr/bin' },
    { kind: 'link', path: 'lib', target: 'usr/lib' },
    // Where the kernel looks for modprobe: ext4 wants a checksum by its alias.
    { kind: 'link', path: 'sbin', target: 'usr/bin' },
    file('usr/bin/busybox', busybox),
    ...applets.map((name): CpioEntry => ({ kind: 'link', path: `usr/bin/${name}`, target: 'busybox' })),
    file('ovnfast/init', await readFile(fixture('init'))),
    // Without it BusyBox's switch_root would not believe that this is an initramfs.
    file('init', Buffer.from('')),
  ];
}

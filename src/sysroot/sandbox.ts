// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import type { Program, Programs } from '../host/decompress.ts';
import { type ProcessOptions, type ProcessResult, runProcess } from '../host/process.ts';
import type { Sysroot } from './compose.ts';
import { insideRoot } from './inside.ts';

type Bind = { from: string; to: string; writable?: boolean };

/** What of this machine is seen inside, besides the sysroot. */
export type SandboxView = {
  /** Absolute paths. A missing `to` is made if nothing of the sysroot is above it. Read-only unless said otherwise. */
  binds?: Bind[];
  /** Added to the fixed environment; nothing is inherited. */
  environment?: Record<string, string>;
  /** `/` when omitted. */
  workingDirectory?: string;
  /** Devices such as `/dev/kvm`, under the same name inside. */
  devices?: string[];
};

export type SandboxOptions = SandboxView &
  Pick<
    ProcessOptions,
    'timeoutSeconds' | 'signal' | 'onOutput' | 'input' | 'keepBytes' | 'extraDescriptors' | 'onSpawn'
  >;

const PROBE_SECONDS = 20;
const LIBRARIES = ['usr/lib/x86_64-linux-gnu', 'usr/lib'];
const LOADER = 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2';
/** Made anew for every sandbox, so never taken from the sysroot. */
const OWN_DIRECTORIES = ['dev', 'proc', 'run', 'sys', 'tmp'];
/**
 * What of /proc acts on the whole machine. Many of these files ask for user 0 and for no capability, so that a sandbox
 * that root started could write them. (As it is partly covered, no program inside can mount another /proc either.)
 */
const PROTECTED_PROC = [
  'acpi',
  'bus',
  'fs',
  'irq',
  'latency_stats',
  'mtrr',
  'pressure',
  'scsi',
  'sys',
  'sysrq-trigger',
];
const ENVIRONMENT = {
  HOME: '/tmp',
  LANG: 'C.UTF-8',
  LOGNAME: 'root',
  PATH: '/usr/sbin:/usr/bin',
  TZ: 'UTC',
  USER: 'root',
};

export type SandboxMode = 'user namespace' | 'root';

/** A user namespace where the machine allows it (nobody needs to be root for that), none for root elsewhere. */
const MODES: Record<SandboxMode, string[]> = {
  'user namespace': ['--unshare-user', '--uid', '0', '--gid', '0'],
  root: [],
};

/**
 * Runs programs of a sysroot in namespaces of their own: no network, no view of other processes, a read-only root,
 * a private /tmp, always the same user (0, without any capability), host name and environment.
 * Bubblewrap does it, itself a package of ours: nothing has to be installed on this machine.
 */
export class Sandbox {
  /** Decompressors of the sandbox's own sysroot, for `composeSysroot` and `decompress`. */
  readonly programs: Programs;
  /** How this machine lets us make namespaces. */
  readonly mode: SandboxMode;
  private readonly sysroot: Sysroot;
  private readonly rootArgs = new Map<string, string[]>();

  private constructor(sysroot: Sysroot, mode: SandboxMode) {
    this.sysroot = sysroot;
    this.mode = mode;
    const programs: Programs = {};
    for (const name of ['xz', 'zstd'] as const) {
      if (existsSync(insideRoot(sysroot.root, `usr/bin/${name}`))) {
        programs[name] = this.command(sysroot, [name, '-dc']);
      }
    }
    this.programs = programs;
  }

  /**
   * Finds out by trying how this machine lets us make namespaces.
   * Throws EnvironmentError, naming both remedies, when it does in no way.
   */
  static async open(sandboxSysroot: Sysroot, { signal = new AbortController().signal } = {}): Promise<Sandbox> {
    const complaints: string[] = [];
    for (const mode of ['user namespace', 'root'] as const) {
      if (mode === 'root' && process.getuid?.() !== 0) continue;
      const sandbox = new Sandbox(sandboxSysroot, mode);
      const { command, args } = sandbox.command(sandboxSysroot, ['bwrap', '--version']);
      try {
        const result = await runProcess(command, args, { timeoutSeconds: PROBE_SECONDS, signal });
        if (result.code === 0 && result.stdout.startsWith('bubblewrap')) return sandbox;
        const said = result.timedOut ? `nothing within ${PROBE_SECONDS} s` : result.stderr.trim();
        complaints.push(`${mode}: ${said || `exit status ${result.code ?? result.killedBy}`}`);
      } catch (error) {
        signal.throwIfAborted();
        complaints.push(`${mode}: ${(error as Error).message}`);
      }
    }
    throw new EnvironmentError(`this machine does not let us make a sandbox (${complaints.join('; ')})`, {
      remedy: [
        'Either run as root (sudo) outside of an unprivileged container,',
        'or allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000,',
        'on Ubuntu 24.04 and newer also kernel.apparmor_restrict_unprivileged_userns=0.',
      ].join('\n  '),
    });
  }

  /**
   * Runs a program and waits for it, bounded; it and all its children end with the time-out, the signal, or with us.
   * A failing exit status is a value. Throws EnvironmentError when the sandbox itself cannot be set up.
   */
  async run(sysroot: Sysroot, argv: string[], options: SandboxOptions): Promise<ProcessResult> {
    const { command, args } = this.command(sysroot, argv, options);
    const result = await runProcess(command, args, { ...options, environment: {} });
    const trouble = result.code === 1 && result.stdout === '' ? /^bwrap: (?!execvp )(.+)/.exec(result.stderr) : null;
    if (trouble) throw new EnvironmentError(`the sandbox cannot be set up: ${trouble[1]}`);
    return result;
  }

  /**
   * The command line that runs `argv` in a sandbox, for callers that start it by themselves: with an empty environment and
   * in a session of its own (`detached`), of which they have to kill the whole process group. Killing only its leader could
   * miss a sandbox that is just being set up; for the same reason bubblewrap's --new-session is not used.
   * Descriptors from 3 on reach the program.
   */
  command(sysroot: Sysroot, argv: string[], view: SandboxView = {}): Program {
    const { root } = this.sysroot;
    const loaderArgs = ['--inhibit-cache', '--library-path', LIBRARIES.map((path) => join(root, path)).join(':')];
    const environment = Object.entries({ ...ENVIRONMENT, ...view.environment });
    return {
      command: insideRoot(root, LOADER),
      args: [
        ...loaderArgs,
        insideRoot(root, 'usr/bin/bwrap'),
        ...['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
        ...MODES[this.mode],
        ...['--die-with-parent', '--cap-drop', 'ALL', '--hostname', 'ovnfast'],
        '--clearenv',
        ...environment.flatMap(([name, value]) => ['--setenv', name, value]),
        ...this.mountsOf(sysroot),
        ...['--proc', '/proc'],
        ...PROTECTED_PROC.flatMap((name) => ['--ro-bind-try', `/proc/${name}`, `/proc/${name}`]),
        ...['--dev', '/dev', '--dir', '/sys', '--tmpfs', '/run', '--perms', '1777', '--tmpfs', '/tmp'],
        ...[...(sysroot.grafts ?? []), ...(view.binds ?? [])].flatMap(({ from, to, writable }: Bind) => [
          writable ? '--bind' : '--ro-bind',
          absolute(from),
          absolute(to),
        ]),
        ...(view.devices ?? []).flatMap((device) => ['--dev-bind', absolute(device), absolute(device)]),
        ...['--remount-ro', '/', '--chdir', view.workingDirectory ?? '/', '--', ...argv],
      ],
    };
  }

  /**
   * The root inside is an empty file system on which the entries of the sysroot are mounted one by one,
   * so that places to bind to can be made beside them while the sysroot itself is never written to.
   */
  private mountsOf({ root }: Sysroot): string[] {
    let args = this.rootArgs.get(root);
    if (args === undefined) {
      args = readdirSync(root)
        .filter((name) => !OWN_DIRECTORIES.includes(name))
        .sort()
        .flatMap((name) => {
          const path = join(root, name);
          if (lstatSync(path).isSymbolicLink()) return ['--symlink', readlinkSync(path), `/${name}`];
          return ['--ro-bind', path, `/${name}`];
        });
      this.rootArgs.set(root, args);
    }
    return args;
  }
}

function absolute(path: string): string {
  if (!isAbsolute(path)) throw new TypeError(`the sandbox needs absolute paths, not ${path}`);
  return normalize(path);
}

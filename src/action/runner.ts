// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { getExecOutput } from '@actions/exec';
import { EnvironmentError } from '../errors.ts';
import type { AcceleratorWish } from '../machine/accelerator.ts';

/** What was changed on the machine: a setting of sysctl(8), or the mode of a device in octal. */
export type RunnerChange = { kind: 'setting' | 'mode'; name: string; before: string; after: string };

export type RunnerOptions = {
  accelerator: AcceleratorWish;
  signal: AbortSignal;
  /** Is told of every change before it is made, so that whatever happens then it can be undone. */
  remember(changes: RunnerChange[]): void;
  warn(message: string): void;
  /** Who we are; root may do all of it as it is. */
  user?: number | undefined;
  /** Where `proc` and `dev` are. */
  root?: string;
  /** Whether we may read and write a device; root may always. */
  mayUse?: (path: string) => Promise<boolean>;
};

/** What keeps an ordinary user from making user namespaces: on Ubuntu from 23.10 on, on old Debian kernels, on EL 7. */
const SWITCHES = [
  { name: 'kernel.apparmor_restrict_unprivileged_userns', closed: '1', open: '0' },
  { name: 'kernel.unprivileged_userns_clone', closed: '0', open: '1' },
  { name: 'user.max_user_namespaces', closed: '0', open: '15000' },
];
const KVM = 'dev/kvm';
const SUDO_SECONDS = 20;
/** sudo may wait for the network to know who we are. */
const PATIENCE_SECONDS = 60;

/**
 * Makes a runner of GitHub ready, on which sudo asks for no password: sandboxes need user namespaces, machines /dev/kvm. What
 * cannot be done only warns, with what to do: perhaps nothing of this run needs it.
 */
export async function prepareRunner(options: RunnerOptions): Promise<void> {
  const { accelerator, root = '/', user = process.getuid?.(), mayUse = isOpen, warn } = options;
  const changes: RunnerChange[] = [];
  const change = async (wanted: RunnerChange, remedy: string) => {
    changes.push(wanted);
    options.remember(changes);
    const fault = await apply(wanted, wanted.after, options.signal);
    if (fault !== undefined) warn(new EnvironmentError(fault, { where: wanted.name, remedy }).message);
  };
  if (user !== 0) {
    for (const { name, closed, open } of SWITCHES) {
      if ((await setting(name, root)) !== closed) continue;
      await change(
        { kind: 'setting', name, before: closed, after: open },
        `Sandboxes need user namespaces: run \`sudo sysctl -w ${name}=${open}\` on the runner, or the job as root.`,
      );
    }
  }
  const device = join(root, KVM);
  const mode = accelerator === 'tcg' ? undefined : await modeOf(device);
  if (mode === undefined || (await mayUse(device))) return;
  await change(
    { kind: 'mode', name: device, before: mode, after: (Number.parseInt(mode, 8) | 0o666).toString(8) },
    `Without it machines are emulated, which is slower: put the user of the runner into the group that owns ${device}.`,
  );
}

/**
 * Takes back what `prepareRunner` changed, where it still is as it left it and no other job runs on this machine, which may
 * have found it so and need it. Throws nothing: what does not work is told to `warn`.
 */
export async function restoreRunner(
  changes: RunnerChange[],
  { signal, warn, note, root = '/' }: Pick<RunnerOptions, 'signal' | 'warn' | 'root'> & { note(message: string): void },
): Promise<void> {
  if (changes.length > 0 && (await jobsOn(root)) > 1) {
    note(
      `Another job runs on this machine, so that these stay as they are: ${changes.map(({ name }) => name).join(', ')}`,
    );
    return;
  }
  for (const change of changes.toReversed()) {
    const { kind, name, before, after } = change;
    if ((await (kind === 'setting' ? setting(name, root) : modeOf(name))) !== after) continue;
    const fault = await apply(change, before, signal);
    if (fault !== undefined) {
      warn(new EnvironmentError(`${fault}; it was ${before} before this step`, { where: name }).message);
    }
  }
}

/**
 * Returns what went wrong. Names and values are ours, none comes from an input. Nothing is written to the program: when it ends
 * without reading, as sudo does that wants a password, the error is one that @actions/exec leaves to nobody.
 */
async function apply({ kind, name }: RunnerChange, value: string, signal: AbortSignal): Promise<string | undefined> {
  const command = kind === 'setting' ? ['sysctl', '-q', '-w', `${name}=${value}`] : ['chmod', value, name];
  try {
    const { exitCode, stdout, stderr } = await bounded(
      getExecOutput('sudo', ['-n', '--', 'timeout', '-k', '5', String(SUDO_SECONDS), ...command], {
        env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
        ignoreReturnCode: true,
        silent: true,
      }),
      signal,
    );
    if (exitCode === 0) return undefined;
    return `cannot be set to ${value} with sudo: ${stderr.trim() || stdout.trim() || `exit status ${exitCode}`}`;
  } catch (error) {
    signal.throwIfAborted();
    return `cannot be set to ${value} with sudo: ${(error as Error).message}`;
  }
}

/** @actions/exec waits for as long as a program takes, and cannot be told to stop. */
function bounded<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_SECONDS * 1000)]);
  return new Promise((resolve, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Jobs that run on this machine: each has a process of GitHub's runner, ours too. */
async function jobsOn(root: string): Promise<number> {
  const processes = (await readdir(join(root, 'proc')).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(processes.map((id) => content(join(root, 'proc', id, 'comm'))));
  return names.filter((name) => name === 'Runner.Worker').length;
}

async function setting(name: string, root: string): Promise<string | undefined> {
  return await content(join(root, 'proc/sys', name.replaceAll('.', '/')));
}

/** Of a small file, without its line break; undefined when it cannot be read. */
async function content(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function modeOf(path: string): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status && (status.mode & 0o7777).toString(8);
}

async function isOpen(path: string): Promise<boolean> {
  return await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

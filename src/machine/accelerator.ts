// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { digestValue } from '../host/digest.ts';
import { TemporaryDirectory, writeAtomic } from '../host/files.ts';
import { markUsed } from '../packages/cache-entry.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { composeInitramfs } from './initramfs.ts';
import { Machine } from './machine.ts';
import { type Accelerator, qemuCommand } from './qemu.ts';

export type AcceleratorWish = 'auto' | Accelerator;
export type AcceleratorChoice = { name: Accelerator; reason: string };

export type AcceleratorOptions = {
  wish: AcceleratorWish;
  sandbox: Sandbox;
  machine: Sysroot;
  guest: Sysroot;
  image: Sysroot;
  kernel: string;
  kernelImage: string;
  cache: string;
  signal: AbortSignal;
};

const DEVICE = '/dev/kvm';
const PROBE_SECONDS = 10;
const PROBE_MEMORY_MIB = 512;

const probes = new Map<string, Promise<string | undefined>>();

/**
 * KVM where a kernel really boots with it, else TCG; with the reason. That /dev/kvm opens proves nothing: on some hosts
 * it starts a machine that hangs. The probe is bounded and its result kept until the host boots anew.
 * Throws EnvironmentError when KVM is wished for and does not work.
 */
export async function chooseAccelerator(options: AcceleratorOptions): Promise<AcceleratorChoice> {
  const { wish, machine, cache } = options;
  if (wish === 'tcg') return { name: 'tcg', reason: 'asked for' };
  const fault = (await deviceFault()) ?? (await probeOnce(options, machine.digest, cache));
  if (fault === undefined) return { name: 'kvm', reason: 'a kernel booted with it' };
  if (wish === 'auto') return { name: 'tcg', reason: fault };
  throw new EnvironmentError(`KVM cannot be used: ${fault}`, {
    remedy: 'Use --accel tcg, which needs nothing of the host.',
  });
}

async function deviceFault(): Promise<string | undefined> {
  try {
    await access(DEVICE, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `there is no ${DEVICE}`
      : `${DEVICE} may not be opened (${(error as NodeJS.ErrnoException).code})`;
  }
}

async function probeOnce(options: AcceleratorOptions, digest: string, cache: string): Promise<string | undefined> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const path = join(cache, 'accelerator', `${digestValue([boot, release(), digest])}.json`);
  let probing = probes.get(path);
  if (!probing) {
    probing = remembered(path, options);
    probes.set(path, probing);
    // One that was aborted says nothing.
    probing.catch(() => probes.delete(path));
  }
  return await probing;
}

async function remembered(path: string, options: AcceleratorOptions): Promise<string | undefined> {
  if (await markUsed(path)) return JSON.parse(await readFile(path, 'utf8')).fault;
  const fault = await probe(options);
  await writeAtomic(path, `${JSON.stringify({ fault })}\n`);
  return fault;
}

/** Boots the kernel to user space; returns what is wrong, or undefined when it came there. */
async function probe(options: AcceleratorOptions): Promise<string | undefined> {
  const { cache, signal } = options;
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'probe-');
  const initramfs = join(work.path, 'initramfs');
  await composeInitramfs(initramfs, { ...options, kernelModules: [], modules: [], settings: { mode: 'probe' } });
  const program = qemuCommand({ ...options, accelerator: 'kvm', memoryMiB: PROBE_MEMORY_MIB, initramfs });
  let said = '';
  const machine = new Machine({
    program,
    console: join(work.path, 'console.log'),
    timeoutSeconds: PROBE_SECONDS,
    signal,
    onConsole: () => {},
    onGuest: (chunk) => {
      said = (said + chunk.toString('latin1')).slice(-1000);
    },
  });
  const end = await machine.run();
  if (end.kind === 'ended' && said.includes('# ovnfast init')) return undefined;
  if (end.kind === 'failed') return `${DEVICE} opens, but QEMU fails with it: ${end.reason.split('\n').at(-1)}`;
  return `${DEVICE} opens, but a kernel did not come to user space with it within ${PROBE_SECONDS} s`;
}

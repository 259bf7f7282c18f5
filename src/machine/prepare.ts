// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Suite } from '../conformance/suite.ts';
import type { Program } from '../host/decompress.ts';
import { TemporaryDirectory } from '../host/files.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { type AcceleratorChoice, type AcceleratorWish, chooseAccelerator } from './accelerator.ts';
import { composeInitramfs } from './initramfs.ts';
import { kernelImage } from './kernel-image.ts';
import { qemuCommand } from './qemu.ts';
import { memoryToStart, prepareFlash, type SecureBoot } from './secure-boot.ts';

/** What every machine is made of. */
export type MachineParts = {
  sandbox: Sandbox;
  /** Holds QEMU. */
  machine: Sysroot;
  /** The guest's user space. */
  guest: Sysroot;
  /** The kernel and its modules. */
  image: Sysroot;
  /** The kernel release. */
  kernel: string;
  /** Paths of the modules under test; the first is the one that tests load by default. */
  modules: string[];
  /** Paths of eBPF objects under test, and of the executable files that go with them. */
  products?: string[];
  /** Programs of the suite, see `compilePrograms`. */
  programs?: string[];
  accelerator: AcceleratorWish;
  /** Started by firmware with Secure Boot on; left out: by QEMU itself. */
  secureBoot?: SecureBoot;
  cache: string;
  signal: AbortSignal;
};

export type PrepareOptions = MachineParts & {
  suite?: Suite;
  kernelModules: string[];
  memoryMiB: number;
  /** Whether the guest's time is the count of its instructions, which only `tcg` can do, whatever was wished for. */
  counted?: boolean;
  /** What the guest's init is told. */
  settings: Record<string, string | number>;
};

/** A machine that is ready to start; `work` holds files of its own and is to be disposed of after its end. */
export type PreparedMachine = { program: Program; accelerator: AcceleratorChoice; work: TemporaryDirectory };

/**
 * For a kernel that firmware starts. It would choose by chance where it lies: a machine that starts once shall start
 * every time. And on a busy host it measures the processor's clock against a timer that firmware has used, and then
 * runs up to 35 times too fast: the HPET is right.
 */
const BY_FIRMWARE = ['nokaslr', 'tsc=unstable'];
const COUNTING: AcceleratorChoice = { name: 'tcg', reason: 'the clock is counted, which KVM cannot do' };

/**
 * Composes the guest's file system, unpacks the kernel, chooses the accelerator. Throws InputError for modules or a suite
 * that cannot be used, EnvironmentError when the cache cannot be written or KVM was asked for and does not work.
 */
export async function prepareMachine(options: PrepareOptions): Promise<PreparedMachine> {
  const { sandbox, machine, cache, memoryMiB, counted = false, secureBoot, signal } = options;
  const work = await TemporaryDirectory.create(join(cache, 'work'), 'machine-');
  try {
    const initramfs = join(work.path, 'initramfs');
    const image = await kernelImage({ ...options, programs: sandbox.programs, byFirmware: secureBoot !== undefined });
    const { certificate } = secureBoot ?? {};
    await composeInitramfs(initramfs, { ...options, ...(certificate ? { certificate } : {}) });
    const flash = secureBoot && (await prepareFlash(secureBoot, work.path));
    const accelerator = counted
      ? COUNTING
      : await chooseAccelerator({ ...options, wish: options.accelerator, kernelImage: image });
    const program = qemuCommand({
      sandbox,
      machine,
      accelerator: accelerator.name,
      counted,
      memoryMiB: flash ? await memoryToStart(memoryMiB, initramfs) : memoryMiB,
      kernelImage: image,
      initramfs,
      ...(flash ? { flash, kernelArguments: BY_FIRMWARE } : {}),
    });
    return { program, accelerator, work };
  } catch (error) {
    await work[Symbol.asyncDispose]();
    // A stream that is aborted fails with an error of its own.
    signal.throwIfAborted();
    throw error;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { setMaxListeners } from 'node:events';
import { InputError } from './errors.ts';
import type { Matrix } from './matrix/types.ts';
import type { EffectiveLock, Obtainer } from './packages/obtain.ts';
import { prepareSysroots } from './prepare.ts';
import type { RunListener } from './report/events.ts';
import type { Sysroot } from './sysroot/compose.ts';
import { Sandbox } from './sysroot/sandbox.ts';

export type ToolsOptions = {
  matrix: Matrix;
  obtainer: Obtainer;
  cache: string;
  emit: RunListener;
  signal: AbortSignal;
};

type Made = { sysroot: Sysroot; effective: EffectiveLock };

/** The sysroots that all targets share: the sandbox itself, QEMU, the guest's user space. Each is made at its first use, once. */
export class Tools implements AsyncDisposable {
  private readonly options: ToolsOptions;
  private readonly end = new AbortController();
  private readonly made = new Map<string, Promise<Made>>();
  private opened: Promise<Sandbox> | undefined;

  constructor(options: ToolsOptions) {
    this.options = { ...options, signal: AbortSignal.any([options.signal, this.end.signal]) };
    setMaxListeners(0, this.options.signal);
  }

  /** What pins a shared sysroot; needs no network when its lock is there. Throws InputError for an unknown name. */
  async lock(name: string): Promise<EffectiveLock> {
    const { matrix, obtainer, signal } = this.options;
    const tool = matrix.tools.find((one) => one.name === name);
    if (!tool) throw new InputError(`no sysroot "${name}"`, { where: 'matrix/tools.yml' });
    return await obtainer.toolLock(tool, signal);
  }

  /** A shared sysroot: `machine`, `guest`, ... Throws what fetching and unpacking throw. */
  sysroot(name: string): Promise<Sysroot> {
    const sysroot = this.once(name).then((made) => made.sysroot);
    // Whoever awaits it hears of a failure; this only keeps Node from calling it unhandled while nobody does yet.
    sysroot.catch(() => {});
    return sysroot;
  }

  /** The lock that a shared sysroot was really made of. Makes it when nobody has yet. */
  async lockOf(name: string): Promise<EffectiveLock> {
    return (await this.once(name)).effective;
  }

  /** The sandbox, opened at the first use. Throws EnvironmentError where neither root nor user namespaces let it work. */
  sandbox(): Promise<Sandbox> {
    this.opened ??= this.sysroot('sandbox').then((sysroot) => Sandbox.open(sysroot, this.options));
    this.opened.catch(() => {});
    return this.opened;
  }

  /** Ends what is still on its way and nobody waits for any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end.abort();
    await Promise.allSettled([...this.made.values(), this.opened]);
  }

  private once(name: string): Promise<Made> {
    let made = this.made.get(name);
    if (!made) {
      made = this.make(name);
      this.made.set(name, made);
    }
    return made;
  }

  private async make(name: string): Promise<Made> {
    const { obtainer, cache, emit, signal } = this.options;
    const programs = name === 'sandbox' ? {} : (await this.sandbox()).programs;
    const locked = await this.lock(name);
    const options = { names: [name], label: name, cache, programs, emit, signal };
    const { sysroots, effective } = await prepareSysroots(obtainer, locked, options);
    const sysroot = sysroots[name];
    if (!sysroot) throw new Error(`the lock of ${name} has no sysroot of that name`);
    emit({ type: 'ready', target: name });
    return { sysroot, effective };
  }
}

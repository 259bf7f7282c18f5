// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { sandboxedGpgv } from './gpgv.ts';
import { digestTree } from './host/digest.ts';
import { isBundle } from './host/paths.ts';
import { type BuildOptions, type BuildResult, buildModule } from './kbuild/build.ts';
import type { Diagnostic } from './kbuild/diagnostics.ts';
import { type KernelInterface, readKernelInterface } from './kbuild/symvers.ts';
import { isTree, type TreeWish } from './local/target.ts';
import { loadMatrix } from './matrix/matrix.ts';
import { type SelectOptions, selectTargets } from './matrix/targets.ts';
import type { Matrix, Target } from './matrix/types.ts';
import { type EffectiveLock, Obtainer } from './packages/obtain.ts';
import { enterRun } from './packages/runs.ts';
import { Store } from './packages/store.ts';
import type { ProxySettings } from './packages/transport.ts';
import { type Prepared, prepareSysroots } from './prepare.ts';
import type { RunListener } from './report/events.ts';
import type { Sysroot } from './sysroot/compose.ts';
import type { Sandbox } from './sysroot/sandbox.ts';
import { Tools } from './tools.ts';
import { Trees } from './trees.ts';

export type WorkshopOptions = {
  /** Where `conformance/` and the tool itself are. */
  root: string;
  /** Directory of the matrix files, locks and keys. */
  matrix: string;
  cache: string;
  /** Base addresses of mirrors, asked first. */
  mirrors: string[];
  proxy: ProxySettings;
  /** Make it an error when a lock cannot be satisfied, instead of resolving anew. */
  frozen: boolean;
  emit: RunListener;
  signal: AbortSignal;
};

/** What a target is built and booted with. */
export type PreparedTarget<Name extends string> = Prepared<Name> & {
  /** The kernel release: another than the target's when its lock had to be resolved anew and that one is gone. */
  kernel: string;
  /** What to try when the build fails in the kernel's own files. */
  hint?: string;
};

/** Which kernels a user asks for. */
export type Kernels = {
  /** See `selectTargets`. */
  patterns: string[];
  /** A kernel build tree, in place of patterns. */
  tree?: TreeWish;
  /** Whether they are to be booted. */
  boots: boolean;
};

export type BuildSettings = Pick<BuildOptions, 'outDirectory' | 'jobs' | 'portable' | 'listIncluded'> & {
  /** Another than the shared one. */
  sandbox?: Sandbox;
};

const BUILD_TIMEOUT_SECONDS = 1800;

/** The matrix, the store and the shared sysroots: what every command works with. Closed when its scope ends. */
export class Workshop implements AsyncDisposable {
  readonly cache: string;
  readonly matrix: Matrix;
  readonly store: Store;
  readonly obtainer: Obtainer;
  readonly tools: Tools;
  private readonly options: WorkshopOptions;
  private readonly trees: Trees;

  private readonly marker: AsyncDisposable;

  private constructor(options: WorkshopOptions, matrix: Matrix, marker: AsyncDisposable) {
    this.marker = marker;
    const { cache, mirrors, proxy, frozen } = options;
    this.options = options;
    this.cache = cache;
    this.matrix = matrix;
    this.store = new Store(cache, { mirrors, proxy, apt: '/etc/apt', yum: '/etc' });
    const gpgv = sandboxedGpgv(() => this.tools, cache);
    const programs = async () => (await this.tools.sandbox()).programs;
    this.obtainer = new Obtainer({ store: this.store, matrixDirectory: matrix.directory, frozen, gpgv, programs });
    this.tools = new Tools({ ...options, matrix, obtainer: this.obtainer });
    this.trees = new Trees({ ...options, matrix, obtainer: this.obtainer, tools: this.tools });
  }

  /** Throws InputError for a mistake in the matrix files, EnvironmentError when the cache cannot be used. */
  static async open(options: WorkshopOptions): Promise<Workshop> {
    const matrix = await loadMatrix(options.matrix);
    return new Workshop(options, matrix, await enterRun(options.cache, options.signal));
  }

  /** The targets that patterns name, see `selectTargets`; a distribution nobody named and nobody serves is left out with a warning. */
  selectTargets(
    patterns: string[],
    { ignoreLocks = false }: Pick<SelectOptions, 'ignoreLocks'> = {},
  ): Promise<Target[]> {
    const { emit, signal } = this.options;
    return selectTargets(this.matrix, patterns, {
      ignoreLocks,
      releases: (distribution) => this.obtainer.releases(distribution, signal),
      onUnavailable: (distribution, error, named) => {
        signal.throwIfAborted();
        if (named) throw error;
        emit({ type: 'warning', target: distribution.id, message: `skipped: ${(error as Error).message}` });
      },
    });
  }

  /**
   * The kernels that a user asks for: those that patterns name, or the one of a tree, which is to be booted or only built
   * for. Throws as `selectTargets` and `openTree`.
   */
  async targets({ patterns, tree, boots }: Kernels): Promise<Target[]> {
    if (!tree) return await this.selectTargets(patterns);
    const { target, note } = await this.trees.open(tree, boots);
    this.options.emit({ type: 'note', target: `${target.id}/${target.kernel}`, message: note });
    return [target];
  }

  /** What pins the packages of a target. Throws as `Obtainer.targetLock`. */
  async lock(target: Target): Promise<EffectiveLock> {
    return isTree(target) ? await this.trees.lock(target) : await this.obtainer.targetLock(target, this.options.signal);
  }

  /**
   * Fetches what a target's lock (found when not given) pins for some of its sysroots, and composes them.
   * Throws what fetching and unpacking throw.
   */
  async prepare<Name extends string>(
    target: Target,
    names: Name[],
    locked?: EffectiveLock,
  ): Promise<PreparedTarget<Name>> {
    const { emit, signal } = this.options;
    const { programs } = await this.tools.sandbox();
    const lock = locked ?? (await this.lock(target));
    const options = { label: `${target.id}/${target.kernel}`, cache: this.cache, programs, emit, signal };
    if (isTree(target)) return await this.trees.prepare(target, names, lock, options);
    const prepared = await prepareSysroots(this.obtainer, lock, { names, ...options });
    return { ...prepared, kernel: prepared.effective.lock.kernel ?? target.kernel };
  }

  /**
   * What a target's kernel offers to modules, from its own packages alone: neither compiler nor image is fetched.
   * Throws what fetching and unpacking throw.
   */
  async kernelInterface(target: Target): Promise<KernelInterface> {
    const locked = await this.obtainer.kernelLock(target, 'interface', this.options.signal);
    // Read and forgotten: that a later one may read another package is nothing to warn of.
    const warnings = locked.warnings.filter(({ kind }) => kind !== 'not-locked');
    const { kernel, sysroots } = await this.prepare(target, ['interface'], { ...locked, warnings });
    return await readKernelInterface(sysroots.interface, kernel);
  }

  /** Builds the module in a directory for a target that is prepared. Throws as `buildModule`. */
  async build(
    moduleDirectory: string,
    { kernel, sysroots, hint }: { kernel: string; sysroots: { headers: Sysroot; image: Sysroot }; hint?: string },
    { sandbox, portable = false, ...settings }: BuildSettings,
  ): Promise<BuildResult> {
    const own = sandbox ?? (await this.tools.sandbox());
    const built = await buildModule({
      sandbox: own,
      sysroot: sysroots.headers,
      kernel,
      moduleDirectory,
      image: sysroots.image,
      portable,
      cache: this.cache,
      ...settings,
      timeoutSeconds: BUILD_TIMEOUT_SECONDS,
      signal: this.options.signal,
      programs: own.programs,
    });
    if (built.reason === undefined || hint === undefined || built.diagnostics.some(isOfModule)) return built;
    return { ...built, reason: `${built.reason} (${hint})` };
  }

  /** Digest of the tool itself: another version may judge in another way, so what an older one kept does not count. */
  async ownDigest(): Promise<string> {
    const { root } = this.options;
    return await digestTree(join(root, isBundle ? 'dist' : 'src'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tools[Symbol.asyncDispose]();
    await this.trees[Symbol.asyncDispose]();
    this.obtainer[Symbol.dispose]();
    await this.store.close();
    await this.marker[Symbol.asyncDispose]();
  }
}

/** Errors in the module's own files are its author's: a line in one of them, or a symbol that nobody exports. */
function isOfModule({ severity, file, line }: Diagnostic): boolean {
  return severity === 'error' && !file.startsWith('/') && (line !== undefined || file.endsWith('.ko'));
}

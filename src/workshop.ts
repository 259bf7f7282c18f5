// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { buildPrograms, type ProgramBuild, type ProgramBuildOptions } from './bpf/build.ts';
import { compilePrograms } from './conformance/programs.ts';
import type { Suite } from './conformance/suite.ts';
import { InputError } from './errors.ts';
import { sandboxedGpgv } from './gpgv.ts';
import { digestTree } from './host/digest.ts';
import { isBundle } from './host/paths.ts';
import { type BuildOptions, type BuildResult, buildModule } from './kbuild/build.ts';
import type { Diagnostic } from './kbuild/diagnostics.ts';
import { type KernelInterface, readKernelInterface } from './kbuild/symvers.ts';
import { hasPackages, openPackages } from './local/packages.ts';
import { lockInterface, lockPackages } from './local/packages-lock.ts';
import { isTree, type TreeWish } from './local/target.ts';
import { loadMatrix } from './matrix/matrix.ts';
import { labelOf, type SelectOptions, selectTargets } from './matrix/targets.ts';
import type { Matrix, Target } from './matrix/types.ts';
import { type EffectiveLock, Obtainer } from './packages/obtain.ts';
import type { RunGpgv } from './packages/rpm/gpgv.ts';
import { enterRun } from './packages/runs.ts';
import { Store } from './packages/store.ts';
import type { Supply } from './packages/supply.ts';
import type { ProxySettings } from './packages/transport.ts';
import { fetchProgress, type Prepared, prepareSysroots } from './prepare.ts';
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
  /** What may bring packages and results from elsewhere, asked before they are downloaded and made. */
  supply?: Supply;
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
  /** Paths of packages of a kernel, of the distribution that the one pattern names. */
  packages?: string[];
  /** Whether modules are to be built for them. */
  builds: boolean;
  /** Whether they are to be booted. */
  boots: boolean;
};

export type BuildSettings = Pick<BuildOptions, 'outDirectory' | 'jobs' | 'portable' | 'listIncluded'> & {
  /** Another than the shared one. */
  sandbox?: Sandbox;
};

export type ProgramSettings = Pick<ProgramBuildOptions, 'outDirectory' | 'jobs'> & {
  /** Others than the shared ones. */
  sandbox?: Sandbox;
  sysroot?: Sysroot;
};

const BUILD_TIMEOUT_SECONDS = 1800;
const PROGRAM_TIMEOUT_SECONDS = 300;
/** The shared sysroot with clang. */
const COMPILER = 'bpf';

/** The matrix, the store and the shared sysroots: what every command works with. Closed when its scope ends. */
export class Workshop implements AsyncDisposable {
  readonly cache: string;
  readonly matrix: Matrix;
  readonly store: Store;
  readonly obtainer: Obtainer;
  readonly tools: Tools;
  private readonly options: WorkshopOptions;
  private readonly trees: Trees;
  private readonly gpgv: RunGpgv;
  /** Of targets of packages: made before anything is begun, and used later. */
  private readonly locks = new WeakMap<Target, Promise<EffectiveLock>>();

  private readonly marker: AsyncDisposable;

  private constructor(options: WorkshopOptions, matrix: Matrix, marker: AsyncDisposable) {
    this.marker = marker;
    const { cache, mirrors, proxy, frozen } = options;
    this.options = options;
    this.cache = cache;
    this.matrix = matrix;
    const supply = options.supply ? { supply: options.supply } : {};
    this.store = new Store(cache, { mirrors, proxy, apt: '/etc/apt', yum: '/etc', ...supply });
    const gpgv = sandboxedGpgv(() => this.tools, cache);
    this.gpgv = gpgv;
    const programs = async () => (await this.tools.sandbox()).programs;
    this.obtainer = new Obtainer({
      ...{ store: this.store, matrixDirectory: matrix.directory, frozen, gpgv, programs },
      onFetch: ({ id, kernel }, progress) => {
        const label = kernel === undefined ? id : labelOf({ id, kernel });
        fetchProgress({ label, emit: options.emit })(progress);
      },
    });
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
      asked: async (distribution) => (await this.obtainer.offers(distribution, signal)).asked,
      onUnavailable: (distribution, error, named) => {
        signal.throwIfAborted();
        if (named) throw error;
        emit({ type: 'warning', target: distribution.id, message: `skipped: ${(error as Error).message}` });
      },
    });
  }

  /**
   * The kernels that a user asks for: those that patterns name, or the one of a tree or of packages. Throws as
   * `selectTargets`, `openTree` and `openPackages`.
   */
  async targets({ patterns, tree, packages, ...use }: Kernels): Promise<Target[]> {
    const { emit, signal } = this.options;
    if (tree) {
      const { target, note } = await this.trees.open(tree, use.boots);
      emit({ type: 'note', target: labelOf(target), message: note });
      return [target];
    }
    if (!packages) return await this.selectTargets(patterns);
    const { matrix, store, gpgv } = this;
    const programs = async () => (await this.tools.sandbox()).programs;
    const options = { matrix, store, gpgv, programs, use, signal };
    const { target, notes, warnings } = await openPackages(packages, patterns, options);
    const label = labelOf(target);
    for (const message of notes) emit({ type: 'note', target: label, message });
    for (const message of warnings) emit({ type: 'warning', target: label, message });
    // A package that is missing is told before anything is begun; an archive that cannot be asked, as for other targets.
    if (use.builds || use.boots) {
      await this.lock(target).catch((error: unknown) => {
        if (signal.aborted || error instanceof InputError) throw error;
      });
    }
    return [target];
  }

  /** What pins the packages of a target. Throws as `Obtainer.targetLock`. */
  async lock(target: Target): Promise<EffectiveLock> {
    const { obtainer, matrix } = this;
    const { frozen, signal } = this.options;
    if (isTree(target)) return await this.trees.lock(target);
    if (hasPackages(target)) {
      const known = this.locks.get(target) ?? lockPackages(target, { matrix, obtainer, frozen, signal });
      this.locks.set(target, known);
      return await known;
    }
    return await obtainer.targetLock(target, signal);
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
    const options = { label: labelOf(target), cache: this.cache, programs, emit, signal };
    if (isTree(target)) return await this.trees.prepare(target, names, lock, options);
    const prepared = await prepareSysroots(this.obtainer, lock, { names, ...options });
    return { ...prepared, kernel: prepared.effective.lock.kernel ?? target.kernel };
  }

  /**
   * What a target's kernel offers to modules, from its own packages alone: neither compiler nor image is fetched.
   * Throws what fetching and unpacking throw.
   */
  async kernelInterface(target: Target): Promise<KernelInterface> {
    const locked = hasPackages(target)
      ? lockInterface(target)
      : await this.obtainer.kernelLock(target, 'interface', this.options.signal);
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

  /** Paths of the C programs of a suite, compiled when they are not in the cache. Throws as `compilePrograms`. */
  async programs(suite: Suite): Promise<string[]> {
    if (suite.programs.length === 0) return [];
    const { digest } = await this.tools.lock(COMPILER);
    return await compilePrograms(suite, {
      digest,
      toolchain: async () => ({
        sandbox: await this.tools.sandbox(),
        sysroot: await this.tools.sysroot(COMPILER),
        digest: (await this.tools.lockOf(COMPILER)).digest,
      }),
      cache: this.cache,
      ...(this.options.supply ? { supply: this.options.supply } : {}),
      signal: this.options.signal,
    });
  }

  /** Compiles the eBPF programs in a directory, for all targets alike. Throws as `buildPrograms`. */
  async buildPrograms(directory: string, { sandbox, sysroot, ...settings }: ProgramSettings): Promise<ProgramBuild> {
    return await buildPrograms({
      sandbox: sandbox ?? (await this.tools.sandbox()),
      sysroot: sysroot ?? (await this.tools.sysroot('bpf')),
      directory,
      cache: this.cache,
      ...settings,
      timeoutSeconds: PROGRAM_TIMEOUT_SECONDS,
      signal: this.options.signal,
    });
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

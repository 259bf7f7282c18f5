// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { EnvironmentError } from '../errors.ts';
import type { Programs } from '../host/decompress.ts';
import { digestTree } from '../host/digest.ts';
import { copyAtomic, TemporaryDirectory, writeAtomic } from '../host/files.ts';
import type { OutputListener, ProcessResult } from '../host/process.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { type BtfPlan, prepareBtf } from './btf.ts';
import { type Compiler, fitCompiler } from './compiler.ts';
import { type Diagnostic, parseDiagnostics, summarize } from './diagnostics.ts';
import { diskFull, explainSystem, saysDiskFull } from './failure.ts';
import { findHeaders, isAtLeast, type KernelHeaders, TREE } from './headers.ts';
import { type Included, readIncluded } from './included.ts';
import { BuildLog } from './log.ts';
import { hasSection, type ModuleFile, readModule } from './module.ts';
import { copyModuleSource, EPOCH } from './source.ts';
import { BUILD, type Command, Toolchain } from './toolchain.ts';

export type BuildOptions = {
  sandbox: Sandbox;
  /** The `headers` sysroot of the target: kernel headers and the compiler that they want. */
  sysroot: Sysroot;
  /** Kernel release. */
  kernel: string;
  moduleDirectory: string;
  /** The kernel image, for type information (BTF) where the headers do not bring the kernel's. */
  image?: Sysroot;
  /** Tell which headers the module includes. */
  listIncluded?: boolean;
  /** One file is to serve several kernels: it gets no type information that is of one of them alone. */
  portable?: boolean;
  cache: string;
  /** Gets the modules and `build.log`; made when missing. */
  outDirectory: string;
  jobs: number;
  timeoutSeconds: number;
  signal: AbortSignal;
  onOutput?: OutputListener;
  programs?: Programs;
};

export type BuildResult = {
  status: 'pass' | 'fail';
  /** Why it failed, in one line. */
  reason?: string;
  seconds: number;
  /** Path of the log. */
  log: string;
  diagnostics: Diagnostic[];
  /** By file name; empty when the build failed. */
  modules: ModuleFile[];
  btf: { present: boolean; reason?: string };
  /** When it was asked for. */
  included?: Included;
  /** SHA-256 of the sources as they were built, see `digestTree`. */
  source: string;
  /** What was run in the sandbox, in order. */
  commands: Command[];
};

const MODULE = `${BUILD}/module`;
const STRIP_SECONDS = 120;
const NAME = 'ovnfast';

/**
 * Builds an out-of-tree module for one kernel release with kbuild, in the sandbox, with that kernel's own compiler.
 * The same sources give the same bytes on every machine, for every user, at any time; debug information is left out.
 * A module that does not compile, takes too long or yields no .ko is a result with `status: 'fail'`.
 * Throws InputError for a directory that is no module's, EnvironmentError when sysroot or machine are at fault.
 */
export async function buildModule(options: BuildOptions): Promise<BuildResult> {
  try {
    return await build(options);
  } catch (error) {
    throw explainSystem(error, options.moduleDirectory);
  }
}

async function build(options: BuildOptions): Promise<BuildResult> {
  const { sysroot, cache, outDirectory, signal } = options;
  const started = performance.now();
  const headers = await findHeaders(sysroot, options.kernel);
  const toolchain = new Toolchain(options.sandbox, sysroot);
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'build-');
  await copyModuleSource(options.moduleDirectory, join(work.path, 'module'), signal);
  const source = await digestTree(join(work.path, 'module'));
  const commands: Command[] = [];
  const compiler = await fitCompiler(headers, { toolchain, work: work.path, signal });
  const btf = await prepareBtf({ ...options, headers, toolchain, work: work.path });

  const output = new BuildLog(options.onOutput);
  const make = await runMake(options, { headers, compiler, toolchain, btf, work: work.path, output, commands });
  const log = join(outDirectory, 'build.log');
  await writeAtomic(log, output.text);
  const places = {
    module: MODULE,
    // From 6.13 on kbuild works in the directory of the module, before in that of the headers.
    workingDirectory: isAtLeast(headers, 6, 13) ? MODULE : btf.headers,
    moved: { from: btf.headers, to: headers.directory },
  };
  const diagnostics = parseDiagnostics(output.text, places);
  const included = options.listIncluded ? await readIncluded(join(work.path, 'module'), places) : undefined;
  if (make.code !== 0 && saysDiskFull(output.text)) throw diskFull(cache);
  const files = make.code === 0 ? await findModules(join(work.path, 'module')) : [];
  let withoutBtf = btf.reason;
  const result = (reason: string | undefined, modules: ModuleFile[]): BuildResult => ({
    status: reason === undefined ? 'pass' : 'fail',
    ...(reason === undefined ? {} : { reason }),
    seconds: (performance.now() - started) / 1000,
    log,
    diagnostics,
    modules,
    btf: describeBtf(withoutBtf, modules),
    ...(included ? { included } : {}),
    source,
    commands,
  });
  const failure = explainFailure(make, options.timeoutSeconds, diagnostics) ?? explainFiles(files);
  if (failure) return result(failure, []);

  withoutBtf ??= await reasonAgainstBtf(btf, work.path, files, options.portable ?? false);
  await strip(toolchain, work.path, files, { dropBtf: withoutBtf !== undefined, commands, signal });
  const built = await Promise.all(files.map((file) => readModule(join(work.path, 'module', file))));
  const wrong = built.find(({ vermagic }) => !vermagic.startsWith(`${options.kernel} `));
  if (wrong) return result(`${wrong.name} was built for another kernel: ${wrong.vermagic}`, []);
  return result(undefined, await Promise.all(built.map((module) => deliver(module, outDirectory))));
}

type Run = {
  headers: KernelHeaders;
  compiler: Compiler;
  toolchain: Toolchain;
  btf: BtfPlan;
  work: string;
  output: BuildLog;
  commands: Command[];
};

function runMake(
  options: BuildOptions,
  { headers, compiler, toolchain, btf, work, output, commands }: Run,
): Promise<ProcessResult> {
  // The errors of all files, not only of the first one.
  const flags = ['--keep-going', ...btf.variables];
  const kernel = headers.source === undefined ? ['-C', btf.headers] : ['-C', headers.source, `O=${btf.headers}`];
  // A tree may name the compiler it was built with (`gcc-12`), another than that of the toolchain it is built for with.
  if (headers.directory === TREE) kernel.push('CC=gcc');
  // `__FILE__` without the build directory; gcc 8 is the first to know how.
  const compilerFlags = [...(compiler.major >= 8 ? [`-ffile-prefix-map=${MODULE}/=`] : []), ...compiler.flags];
  return toolchain.run('make', [...kernel, `M=${MODULE}`, ...flags, 'modules'], {
    directory: work,
    jobs: options.jobs,
    record: commands,
    environment: {
      KBUILD_BUILD_TIMESTAMP: EPOCH.toUTCString(),
      KBUILD_BUILD_USER: NAME,
      KBUILD_BUILD_HOST: NAME,
      SOURCE_DATE_EPOCH: String(EPOCH.getTime() / 1000),
      ...(compilerFlags.length > 0 ? { KCFLAGS: compilerFlags.join(' ') } : {}),
      // Debian's headers would ask dpkg, which is not there; both, for unequal ones make a cross build.
      DEB_BUILD_ARCH: 'amd64',
      DEB_HOST_ARCH: 'amd64',
    },
    timeoutSeconds: options.timeoutSeconds,
    signal: options.signal,
    onOutput: output.add,
  });
}

function explainFailure({ code, timedOut }: ProcessResult, timeoutSeconds: number, diagnostics: Diagnostic[]) {
  if (timedOut) return `the build took longer than ${timeoutSeconds} s and was stopped`;
  if (code === 0) return undefined;
  return summarize(diagnostics) ?? `make ended with status ${code}`;
}

function explainFiles(files: string[]): string | undefined {
  if (files.length === 0) return 'kbuild made no module: does Kbuild or Makefile set obj-m?';
  const names = files.map((file) => basename(file));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `the module directory yields two modules of the same name, ${twice}`;
}

/** The modules that kbuild has made, as paths in the directory; links are not followed, for the build may have made them. */
async function findModules(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ko'))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

/** Why type information that was made is no good. */
async function reasonAgainstBtf(
  { resolvesIds }: BtfPlan,
  work: string,
  files: string[],
  portable: boolean,
): Promise<string | undefined> {
  for (const file of files) {
    const has = (section: string) => hasSection(join(work, 'module', file), section);
    // The kernel would take unfilled `.BTF_ids` for the identifiers of other types.
    if (!resolvesIds && (await has('.BTF_ids'))) {
      return `${file} has kfuncs (.BTF_ids), and the headers of this kernel bring no resolve_btfids`;
    }
    if (portable && !(await has('.BTF.base'))) return 'it is of one kernel, and the file is to serve several';
  }
  return undefined;
}

type StripOptions = { dropBtf: boolean; commands: Command[]; signal: AbortSignal };

async function strip(toolchain: Toolchain, work: string, files: string[], { dropBtf, commands, signal }: StripOptions) {
  const flags = ['--strip-debug', ...(dropBtf ? ['--remove-section=.BTF'] : [])];
  const { code, stderr } = await toolchain.run('strip', [...flags, ...files.map((file) => `${MODULE}/${file}`)], {
    directory: work,
    record: commands,
    timeoutSeconds: STRIP_SECONDS,
    signal,
  });
  if (code !== 0) throw new EnvironmentError(`debug information cannot be removed from the module: ${stderr.trim()}`);
}

async function deliver(module: ModuleFile, outDirectory: string): Promise<ModuleFile> {
  const path = join(outDirectory, basename(module.path));
  await copyAtomic(module.path, path, 0o644);
  return { ...module, path };
}

function describeBtf(reason: string | undefined, modules: ModuleFile[]): BuildResult['btf'] {
  const present = modules.length > 0 && modules.every(({ btf }) => btf);
  if (present) return { present };
  return { present, reason: reason ?? (modules.length > 0 ? 'pahole made none, see the log' : 'the build failed') };
}

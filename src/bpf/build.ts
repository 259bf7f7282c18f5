// SPDX-License-Identifier: Apache-2.0
import { lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { EnvironmentError } from '../errors.ts';
import { digestFile, digestTree } from '../host/digest.ts';
import { copyAtomic, TemporaryDirectory, writeAtomic } from '../host/files.ts';
import { type Diagnostic, parseDiagnostics, summarize } from '../kbuild/diagnostics.ts';
import { diskFull, explainSystem, saysDiskFull } from '../kbuild/failure.ts';
import { isGplCompatible } from '../kbuild/license.ts';
import { BuildLog } from '../kbuild/log.ts';
import { copySource, realDirectory } from '../kbuild/source.ts';
import { BUILD, type Command, Toolchain } from '../kbuild/toolchain.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { type ProgramObject, readObject } from './object.ts';
import { programSources } from './source.ts';

export type ProgramBuildOptions = {
  sandbox: Sandbox;
  /** The shared sysroot `bpf`: clang, bpftool, the headers of libbpf and of the kernel's user interface. */
  sysroot: Sysroot;
  /** Holds the sources `*.bpf.c`, see `findSource`. */
  directory: string;
  cache: string;
  /** Gets the objects, the executables and `build.log`; made when missing. */
  outDirectory: string;
  /** Sources that are compiled at a time. */
  jobs: number;
  /** Of each source. */
  timeoutSeconds: number;
  signal: AbortSignal;
};

/** A file of the directory that goes with the objects, such as their loader. */
export type Executable = { path: string; sha256: string; size: number };

export type ProgramBuild = {
  status: 'pass' | 'fail';
  /** Why it failed, in one line. */
  reason?: string;
  seconds: number;
  /** Path of the log. */
  log: string;
  diagnostics: Diagnostic[];
  /** By file name, as `executables`; both are empty when the build failed. */
  programs: ProgramObject[];
  executables: Executable[];
  /** SHA-256 of the sources as they were built, see `digestTree`. */
  source: string;
  /** What was run in the sandbox, in the order of the sources' names. */
  commands: Command[];
};

const SOURCES = `${BUILD}/module`;
const LOG = 'build.log';
const MANIFEST_OF_BUILD = 'manifest.json';
const FLAGS = [
  ...['-target', 'bpf'],
  // The kernels of el8 (4.18) know these instructions, and not those of v3.
  '-mcpu=v2',
  // Without -O2 no program passes the verifier; -g makes the type information (BTF).
  ...['-O2', '-g', '-Wall'],
  // Of __DATE__ and __TIME__ no two builds agree.
  '-Werror=date-time',
  // The type information has the lines of the source, for the verifier to show. clang reads them by the paths that go into
  // it, which therefore have to lead there from its working directory, whatever that is called.
  ...[`-ffile-prefix-map=${BUILD}/=`, '-fdebug-compilation-dir=.'],
  // For registers in tracing programs, see bpf_tracing.h.
  '-D__TARGET_ARCH_x86',
  // Where Debian has <asm/types.h>, which <linux/types.h> includes.
  ...['-isystem', '/usr/include/x86_64-linux-gnu'],
];

/**
 * Compiles every `*.bpf.c` of a directory to an eBPF object, in the sandbox; the objects depend on no kernel.
 * The same sources give the same bytes on every machine, for every user, at any time; DWARF is left out, BTF is kept.
 * Sources that do not compile, take too long, hold no program or no license are a result with `status: 'fail'`.
 * Throws InputError for a directory that cannot be read, EnvironmentError when sysroot or machine are at fault.
 */
export async function buildPrograms(options: ProgramBuildOptions): Promise<ProgramBuild> {
  try {
    return await build(options);
  } catch (error) {
    throw explainSystem(error, options.directory);
  }
}

async function build(options: ProgramBuildOptions): Promise<ProgramBuild> {
  const { directory, cache, outDirectory, jobs, signal } = options;
  const started = performance.now();
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'bpf-');
  const copy = join(work.path, 'module');
  await copySource(directory, await realDirectory(directory), copy, signal);
  await mkdir(join(work.path, 'object'));
  const source = await digestTree(copy);
  const compiler = await findCompiler(options.sysroot);

  const slots = pLimit(jobs);
  const names = programSources(await readdir(copy));
  const settled = await Promise.allSettled(
    names.map((name) => slots(() => compile(name, { ...options, compiler, work: work.path }))),
  );
  // Each to its end, also when one throws: none may be at work when the directory goes.
  const compiled = settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const text = compiled.map((one) => one.log).join('');
  const log = join(outDirectory, LOG);
  await writeAtomic(log, text);
  if (saysDiskFull(text)) throw diskFull(cache);
  const diagnostics = parseDiagnostics(text, { module: SOURCES, workingDirectory: SOURCES });
  const result = (reason: string | undefined, products: Pick<ProgramBuild, 'programs' | 'executables'>) => ({
    status: reason === undefined ? ('pass' as const) : ('fail' as const),
    ...(reason === undefined ? {} : { reason }),
    seconds: (performance.now() - started) / 1000,
    log,
    diagnostics,
    ...products,
    source,
    commands: compiled.flatMap(({ commands }) => commands),
  });
  const nothing = { programs: [], executables: [] };
  const late = compiled.find(({ timedOut }) => timedOut);
  if (late) return result(`${late.source} took longer than ${options.timeoutSeconds} s and was stopped`, nothing);
  const failed = compiled.find(({ failure }) => failure !== undefined);
  if (failed) return result(summarize(diagnostics) ?? `${failed.source}: ${failed.failure}`, nothing);

  const objects = await Promise.all(names.map(({ object }) => readObject(join(work.path, 'object', object))));
  const faults = objects.map((object, index) => faultOf(object, names[index]?.source ?? ''));
  diagnostics.push(...faults.filter((fault) => fault !== undefined));
  if (faults.some((fault) => fault?.severity === 'error')) return result(summarize(diagnostics), nothing);
  const executables = await findExecutables(copy);
  const taken = executables.find((name) => name === LOG || name === MANIFEST_OF_BUILD);
  if (taken) return result(`an executable file is called ${taken}, as a file of the build's own`, nothing);
  const deliver = async (from: string, name: string, mode: number): Promise<string> => {
    const path = join(outDirectory, name);
    await copyAtomic(from, path, mode);
    return path;
  };
  return result(undefined, {
    programs: await Promise.all(
      objects.map(async (one, index) => {
        return { ...one, path: await deliver(one.path, names[index]?.object ?? '', 0o644) };
      }),
    ),
    executables: await Promise.all(
      executables.map(async (name) => describeExecutable(await deliver(join(copy, name), name, 0o755))),
    ),
  });
}

/** Path, digest and size of a file that goes with objects. */
export async function describeExecutable(path: string): Promise<Executable> {
  return { path, sha256: await digestFile(path), size: (await lstat(path)).size };
}

async function findCompiler({ root }: Sysroot): Promise<string> {
  const programs = await readdir(join(root, 'usr/bin')).catch(() => []);
  const versions = programs.flatMap((name) => /^clang-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  if (versions.length > 0) return `clang-${Math.max(...versions)}`;
  throw new EnvironmentError('no clang in the sysroot that compiles eBPF programs', {
    where: root,
    remedy: 'Name clang-14 or a later one among the packages of the sysroot bpf in matrix/tools.yml.',
  });
}

type Compiled = { source: string; log: string; commands: Command[]; failure?: string; timedOut: boolean };

async function compile(
  { source, object }: { source: string; object: string },
  {
    sandbox,
    sysroot,
    compiler,
    work,
    timeoutSeconds,
    signal,
  }: ProgramBuildOptions & { compiler: string; work: string },
): Promise<Compiled> {
  const toolchain = new Toolchain(sandbox, sysroot);
  const output = new BuildLog();
  const commands: Command[] = [];
  const whole = `${BUILD}/object/${object}.whole`;
  const steps = [
    ['CLANG', compiler, [...FLAGS, '-c', `${SOURCES}/${source}`, '-o', whole]],
    // libbpf's linker leaves DWARF out, keeps BTF, and refuses what no loader would take.
    ['BPFTOOL', 'bpftool', ['gen', 'object', `${BUILD}/object/${object}`, whole]],
  ] as const;
  for (const [label, program, args] of steps) {
    output.add(Buffer.from(`  ${label.padEnd(8)}${source}\n`), 'stdout');
    const { code, timedOut } = await toolchain.run(program, [...args], {
      directory: work,
      record: commands,
      timeoutSeconds,
      signal,
      onOutput: output.add,
    });
    if (code !== 0) {
      const log = output.text;
      const said = log.trimEnd().split('\n').at(-1)?.trim();
      return { source, log, commands, failure: `${program} ended with status ${code}: ${said}`, timedOut };
    }
  }
  return { source, log: output.text, commands, timedOut: false };
}

/** What is wrong with an object that compiled well. */
function faultOf({ sections, license }: ProgramObject, file: string): Diagnostic | undefined {
  const fault = (severity: Diagnostic['severity'], message: string) => ({ file, severity, message });
  if (sections.length === 0) return fault('error', 'holds no program: a program is a function marked with SEC("...")');
  if (license === undefined) return fault('error', 'names no license: char LICENSE[] SEC("license") = "GPL";');
  if (isGplCompatible(license)) return undefined;
  return fault('warning', `its license, "${license}", is none of the GPL: the kernel refuses it the helpers that are`);
}

/** The executable files of the directory itself. */
async function findExecutables(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const modes = await Promise.all(files.map(async (name) => (await lstat(join(directory, name))).mode));
  return files.filter((_, index) => ((modes[index] ?? 0) & 0o100) !== 0).sort();
}

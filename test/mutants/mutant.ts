// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suiteFor } from '../../src/conformance/suite.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { runProcess } from '../../src/host/process.ts';
import { type Report, validateReport } from '../../src/report/model.ts';

/** One way to break the product, and who has to notice. */
export type Mutant = {
  name: string;
  patch: string;
  /** What is broken, in a sentence. */
  what: string;
  /** Which of `kmod/` is tested, by the suite that goes with it. */
  module: string;
  /** Scripts of that suite, or test files. */
  caughtBy: string[];
};

export type Verdict = {
  mutant: Mutant;
  caught: boolean;
  /** The tests that failed, or why nothing can be said. */
  detail: string;
  seconds: number;
};

export type TryOptions = {
  target: string;
  /** Run the whole suite, not only the scripts that have to notice. */
  full?: boolean;
  signal: AbortSignal;
};

const mutantsRoot = join(projectRoot(), 'test/mutants');
// What a scratch copy of the project needs to build, boot and be tested.
const parts = ['src', 'kmod', 'conformance', 'matrix', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const timeoutSeconds = 1800;

/** The mutants, by name. Throws when a patch does not say what it breaks or who notices. */
export async function loadMutants(): Promise<Mutant[]> {
  const names = (await readdir(mutantsRoot)).filter((name) => name.endsWith('.patch')).sort();
  return await Promise.all(
    names.map(async (file) => {
      const patch = join(mutantsRoot, file);
      const text = await readFile(patch, 'utf8');
      const what = /^What: (.+)$/m.exec(text)?.[1];
      const module = /^Module: (.+)$/m.exec(text)?.[1] ?? 'fastpath';
      const caughtBy = /^Caught-by: (.+)$/m.exec(text)?.[1]?.split(/,\s*/);
      if (!what || !caughtBy) throw new Error(`${patch}: the head needs a line What: and a line Caught-by:`);
      return { name: basename(file, '.patch'), patch, what, module, caughtBy };
    }),
  );
}

/** The product as it is, which has to pass all that the mutants have to fail: for each module that they are of. */
export function baselines(mutants: Mutant[]): Mutant[] {
  return [...new Set(mutants.map(({ module }) => module))].map((module) => {
    const own = mutants.filter((mutant) => mutant.module === module);
    const caughtBy = [...new Set(own.flatMap((mutant) => mutant.caughtBy))].sort();
    return { name: `${module} as it is`, patch: '', what: 'nothing', module, caughtBy };
  });
}

/** Breaks a copy of the project and runs the tests that have to notice. Throws when the patch does not apply. */
export async function tryMutant(mutant: Mutant, { target, full = false, signal }: TryOptions): Promise<Verdict> {
  const started = performance.now();
  await using scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-mutant-');
  const root = scratch.path;
  await copyProject(root);
  if (mutant.patch !== '') await applyPatch(mutant, root, signal);
  const files = mutant.caughtBy.filter((name) => name.endsWith('.ts'));
  const scripts = mutant.caughtBy.filter((name) => !files.includes(name));
  const failures = [
    ...(files.length > 0 ? await failingFiles(files, root, signal) : []),
    ...(scripts.length > 0
      ? await failingScripts(full ? undefined : scripts, { root, module: mutant.module, target, signal })
      : []),
  ];
  const seconds = (performance.now() - started) / 1000;
  return { mutant, caught: failures.length > 0, detail: failures.join(', '), seconds };
}

async function copyProject(root: string): Promise<void> {
  for (const part of parts) {
    await cp(join(projectRoot(), part), join(root, part), { recursive: true });
  }
  await mkdir(join(root, 'dist'));
  await symlink(join(projectRoot(), 'node_modules'), join(root, 'node_modules'));
}

async function applyPatch(mutant: Mutant, root: string, signal: AbortSignal): Promise<void> {
  const environment = { PATH: process.env.PATH ?? '' };
  const args = ['apply', '--unidiff-zero', '--whitespace=nowarn', mutant.patch];
  const { code, stderr } = await runProcess('git', args, { cwd: root, environment, timeoutSeconds: 60, signal });
  if (code !== 0) throw new Error(`the mutant ${mutant.name} does not apply any more: ${stderr.trim()}`);
}

async function failingFiles(files: string[], root: string, signal: AbortSignal): Promise<string[]> {
  const failures: string[] = [];
  for (const file of files) {
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, '--project', 'unit', file];
    const { code, timedOut } = await runProcess(process.execPath, args, {
      cwd: root,
      environment: environment(),
      timeoutSeconds,
      signal,
    });
    if (timedOut) throw new Error(`${file} did not end`);
    if (code !== 0) failures.push(file);
  }
  return failures;
}

type Place = { root: string; module: string; target: string; signal: AbortSignal };

async function failingScripts(
  scripts: string[] | undefined,
  { root, module, target, signal }: Place,
): Promise<string[]> {
  const suite = await suiteFor(module, join(root, 'conformance'));
  if (suite === undefined) throw new Error(`there is no suite for kmod/${module}`);
  const directory = join(root, 'conformance', suite);
  if (scripts) {
    const known = (await readdir(directory)).filter((name) => /^\d.*\.sh$/.test(name));
    const missing = scripts.filter((name) => !known.includes(`${name}.sh`));
    if (missing.length > 0) throw new Error(`there is no test ${missing.join(', ')}`);
    for (const name of known) if (!scripts.includes(basename(name, '.sh'))) await chmod(join(directory, name), 0o644);
  }
  const args = ['src/cli.ts', 'run', '--json', '--target', target, '--module', `kmod/${module}`, '--suite', suite];
  const result = await runProcess(process.execPath, args, {
    cwd: root,
    environment: environment(),
    timeoutSeconds,
    signal,
    keepBytes: 32 << 20,
  });
  if ((await stat(join(root, 'out')).catch(() => undefined)) === undefined || result.timedOut) {
    throw new Error(`the run came to no result:\n${result.stderr}`);
  }
  return failedTests(validateReport(JSON.parse(result.stdout)));
}

/** Scripts with a failed test, each once; what else went wrong with a target, as it is told. */
function failedTests(report: Report): string[] {
  return report.targets.flatMap(({ status, reason, build, suites }) => {
    // A mutant that does not compile shows nothing.
    if (build?.status === 'fail') throw new Error(`it does not compile: ${build.reason}`);
    const failed = suites.flatMap(({ tests }) => tests.filter((test) => test.status === 'fail'));
    const scripts = new Set(failed.map(({ name }) => name.split(':')[0] ?? name));
    return scripts.size > 0 || status === 'pass' ? [...scripts] : [reason ?? status];
  });
}

function environment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'OVNFAST_CACHE', 'OVNFAST_MIRROR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

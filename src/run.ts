// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import { type Candidate, chooseCandidates } from './candidates.ts';
import { machineSysroots, type Suite } from './conformance/suite.ts';
import { InputError } from './errors.ts';
import { claimDirectory } from './host/claim.ts';
import { digestTree, digestValue } from './host/digest.ts';
import { buildsModules, type Entry, type Job } from './job.ts';
import type { TreeWish } from './local/target.ts';
import type { AcceleratorWish } from './machine/accelerator.ts';
import type { Target } from './matrix/types.ts';
import { SharedPrograms } from './programs.ts';
import type { RunListener } from './report/events.ts';
import { overallStatus, type Report, type ReportTarget, type ReportWarning } from './report/model.ts';
import { type ReportFiles, writeReport } from './report/write.ts';
import { Results } from './results.ts';
import { SharedBuilds } from './sharing.ts';
import type { Subject } from './subject.ts';
import { runTarget } from './target.ts';
import { Workshop, type WorkshopOptions } from './workshop.ts';

export type RunOptions = WorkshopOptions & {
  /** Patterns over `id` or `id/kernel-release`; none: the default set. */
  targets: string[];
  /** A kernel build tree in place of them, or packages of a kernel of the distribution that they name. */
  tree?: TreeWish;
  packages?: string[];
  subject: Subject;
  /** Names or directories; empty: build only; left out: the suite that goes with the subject. See `chooseCandidates`. */
  suites?: string[];
  out: string;
  /** Builds and machines at a time. */
  jobs: number;
  /** Build once for all releases of a distribution that take the same file. */
  shareBuilds?: boolean;
  /** Do not take results of earlier runs. */
  fresh: boolean;
  accelerator: AcceleratorWish;
  /** Machines have Secure Boot on, and their firmware trusts this. */
  trusted?: X509Certificate;
  /** Which of the targets are run, and in which order; left out: all at once. */
  course?: Course;
};

/** Runs some of the targets, each by calling `runOne`, and returns their reports. */
export type Course = (
  targets: Target[],
  runOne: (target: Target) => Promise<ReportTarget>,
  workshop: Workshop,
) => Promise<ReportTarget[]>;

export type RunResult = {
  report: Report;
  files: ReportFiles;
  /** Directories of the sources, by the names that the report has for them. */
  modules: Record<string, string>;
};

/**
 * The main job: builds the subject, and what its suites bring along, for each target, boots each target's kernel with the
 * suites, writes the report into `out`. Failures are in the report. Throws InputError before anything is begun,
 * EnvironmentError when nothing can be done at all, the signal's reason when interrupted.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { subject, jobs, trusted, signal } = options;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const known = join(options.root, 'conformance');
  const { candidates, suites } = await chooseCandidates(subject, options.suites, known);
  const [main, ...others] = candidates;
  const unstartable = trusted && suites.find(({ clock }) => clock === 'counted');
  if (unstartable) {
    throw new InputError(`the suite ${unstartable.name} counts time, and firmware does not start in counted time`, {
      remedy: 'Run it without Secure Boot.',
    });
  }
  const out = resolve(options.out);
  await using _claim = await claimDirectory(out);

  const warnings: ReportWarning[] = [];
  const emit: RunListener = (event) => {
    if (event.type === 'warning') {
      const { target, message } = event;
      warnings.push({ ...(target === undefined ? {} : { target }), message });
    }
    options.emit(event);
  };
  await using workshop = await Workshop.open({ ...options, emit });
  await using builtOnce = new SharedPrograms({ workshop, jobs });
  const builds = candidates.some(buildsModules);
  const shareBuilds = builds && (options.shareBuilds ?? false);
  if (options.shareBuilds && !shareBuilds) {
    emit({
      type: 'note',
      message: 'eBPF programs are built once for all targets anyway, with or without --share-builds',
    });
  }
  if (suites.length > 0 && main.suites.length === 0) {
    const tested = others.map(({ name }) => name).join(', ');
    emit({ type: 'note', message: `no suite of this run is for ${main.name}: it is built, and ${tested} tested` });
  }
  const { targets: patterns, tree, packages } = options;
  const targets = await workshop.targets({
    ...{ patterns, builds, boots: suites.length > 0 },
    ...(tree ? { tree } : {}),
    ...(packages ? { packages } : {}),
  });
  // Before anything is begun: what does not compile is the fault of no target.
  const programs = new Map<Suite, string[]>();
  for (const suite of suites) programs.set(suite, await workshop.programs(suite));
  const needed = ['sandbox', ...machineSysroots(suites, trusted !== undefined)];
  const compilesPrograms = candidates.some(({ kind, subject }) => kind === 'programs' && 'directory' in subject);
  if (compilesPrograms || suites.some((suite) => suite.programs.length > 0)) needed.push('bpf');
  const toolLocks = await Promise.all(needed.map((name) => workshop.tools.lock(name)));
  const directories = suites.length > 0 ? [join(known, 'guest'), ...suites.map(({ directory }) => directory)] : [];
  const digest = digestValue([
    await workshop.ownDigest(),
    main.source,
    // Their names are in paths and in the report.
    others.map(({ name, source, suites }) => [name, source, suites.map((suite) => suite.name)]),
    toolLocks.map((lock) => lock.digest),
    await Promise.all(directories.map((directory) => digestTree(directory))),
    options.accelerator,
    shareBuilds,
    trusted?.fingerprint256,
  ]);
  const entries = candidates.map((candidate): Entry => {
    const entry = { ...candidate, main: candidate === main };
    if (!shareBuilds || !buildsModules(candidate)) return entry;
    return { ...entry, sharing: new SharedBuilds(targets, (target) => workshop.kernelInterface(target)) };
  });
  const job: Job = {
    workshop,
    entries,
    suites,
    programs,
    digest,
    out,
    fresh: options.fresh,
    jobs,
    accelerator: options.accelerator,
    ...(trusted ? { trusted } : {}),
    results: new Results(options.cache, options.supply),
    slots: pLimit(jobs),
    builtOnce,
    emit,
    signal,
  };
  const reports = await (options.course ?? allAtOnce)(targets, (target) => runTarget(target, job), workshop);
  const report: Report = {
    schema: 'ovnfast.report/1',
    tool: { version: packageJson.version, node: process.version },
    module: main.name,
    source: main.source,
    ...(others.length > 0 ? { modules: others.map(({ name, source }) => ({ name, source })) } : {}),
    startedAt,
    seconds: (performance.now() - started) / 1000,
    status: overallStatus(reports),
    host: { system: 'Linux', processors: cpus().length, memoryMiB: Math.round(totalmem() / 2 ** 20) },
    ...(warnings.length > 0 ? { warnings } : {}),
    targets: reports,
  };
  return { report, files: await writeReport(report, out), modules: directoriesOf(candidates) };
}

function directoriesOf(candidates: Candidate[]): Record<string, string> {
  return Object.fromEntries(
    candidates.flatMap(({ name, subject }) => ('directory' in subject ? [[name, subject.directory]] : [])),
  );
}

/** Each to its end, also when one throws: none may be at work when the clean-up begins. */
const allAtOnce: Course = async (targets, runOne) => {
  const settled = await Promise.allSettled(targets.map(runOne));
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
};

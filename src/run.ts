// SPDX-License-Identifier: Apache-2.0
import { cpus, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import { loadSuite, machineSysroots, type Suite } from './conformance/suite.ts';
import { claimDirectory } from './host/claim.ts';
import { digestTree, digestValue } from './host/digest.ts';
import type { TreeWish } from './local/target.ts';
import type { AcceleratorWish } from './machine/accelerator.ts';
import type { Target } from './matrix/types.ts';
import { SharedPrograms } from './programs.ts';
import type { RunListener } from './report/events.ts';
import { overallStatus, type Report, type ReportTarget, type ReportWarning } from './report/model.ts';
import { type ReportFiles, writeReport } from './report/write.ts';
import { Results } from './results.ts';
import { SharedBuilds } from './sharing.ts';
import { digestSubject, kindOf, type Subject, suiteOf } from './subject.ts';
import { runTarget } from './target.ts';
import { Workshop, type WorkshopOptions } from './workshop.ts';

export type RunOptions = WorkshopOptions & {
  /** Patterns over `id` or `id/kernel-release`; none: the default set. */
  targets: string[];
  /** A kernel build tree in place of them, or packages of a kernel of the distribution that they name. */
  tree?: TreeWish;
  packages?: string[];
  subject: Subject;
  /** Names or directories; empty: build only; left out: the suite that goes with the subject. */
  suites?: string[];
  out: string;
  /** Builds and machines at a time. */
  jobs: number;
  /** Build once for all releases of a distribution that take the same file. */
  shareBuilds?: boolean;
  /** Do not take results of earlier runs. */
  fresh: boolean;
  accelerator: AcceleratorWish;
  /** Which of the targets are run, and in which order; left out: all at once. */
  course?: Course;
};

/** Runs some of the targets, each by calling `runOne`, and returns their reports. */
export type Course = (
  targets: Target[],
  runOne: (target: Target) => Promise<ReportTarget>,
  workshop: Workshop,
) => Promise<ReportTarget[]>;

/**
 * The main job: builds the subject for each target, boots each target's kernel with the suites, writes the report into `out`.
 * Failures are in the report. Throws InputError before anything is begun, EnvironmentError when nothing can be done at all, the
 * signal's reason when interrupted.
 */
export async function run(options: RunOptions): Promise<{ report: Report; files: ReportFiles }> {
  const { subject, jobs, signal } = options;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const known = join(options.root, 'conformance');
  const kind = await kindOf(subject);
  const names = options.suites ?? [await suiteOf(subject, known)];
  const suites = await Promise.all(names.map((name) => loadSuite(name, known)));
  const subjectDigest = await digestSubject(subject);
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
  const compilesPrograms = kind === 'programs' && 'directory' in subject;
  await using builtOnce = compilesPrograms
    ? new SharedPrograms({ directory: subject.directory, workshop, jobs })
    : undefined;
  const shareBuilds = kind === 'module' && (options.shareBuilds ?? false);
  if (options.shareBuilds && !shareBuilds) {
    emit({
      type: 'note',
      message: 'eBPF programs are built once for all targets anyway, with or without --share-builds',
    });
  }
  const { targets: patterns, tree, packages } = options;
  const targets = await workshop.targets({
    ...{ patterns, builds: kind === 'module' && 'directory' in subject, boots: suites.length > 0 },
    ...(tree ? { tree } : {}),
    ...(packages ? { packages } : {}),
  });
  // Before anything is begun: what does not compile is the fault of no target.
  const programs = new Map<Suite, string[]>();
  for (const suite of suites) programs.set(suite, await workshop.programs(suite));
  const needed = ['sandbox', ...machineSysroots(suites)];
  if (compilesPrograms || suites.some((suite) => suite.programs.length > 0)) needed.push('bpf');
  const toolLocks = await Promise.all(needed.map((name) => workshop.tools.lock(name)));
  const directories = suites.length > 0 ? [join(known, 'guest'), ...suites.map(({ directory }) => directory)] : [];
  const digest = digestValue([
    await workshop.ownDigest(),
    subjectDigest,
    toolLocks.map((lock) => lock.digest),
    await Promise.all(directories.map((directory) => digestTree(directory))),
    options.accelerator,
    shareBuilds,
  ]);
  const job = {
    workshop,
    subject,
    kind,
    suites,
    programs,
    digest,
    out,
    fresh: options.fresh,
    jobs,
    accelerator: options.accelerator,
    results: new Results(options.cache),
    slots: pLimit(jobs),
    ...(builtOnce ? { builtOnce } : {}),
    ...(shareBuilds ? { sharing: new SharedBuilds(targets, (target) => workshop.kernelInterface(target)) } : {}),
    emit,
    signal,
  };
  const reports = await (options.course ?? allAtOnce)(targets, (target) => runTarget(target, job), workshop);
  const report: Report = {
    schema: 'ovnfast.report/1',
    tool: { version: packageJson.version, node: process.version },
    module:
      'directory' in subject ? basename(resolve(subject.directory)) : subject.files.map((f) => basename(f)).join(' '),
    source: subjectDigest,
    startedAt,
    seconds: (performance.now() - started) / 1000,
    status: overallStatus(reports),
    host: { system: 'Linux', processors: cpus().length, memoryMiB: Math.round(totalmem() / 2 ** 20) },
    ...(warnings.length > 0 ? { warnings } : {}),
    targets: reports,
  };
  return { report, files: await writeReport(report, out) };
}

/** Each to its end, also when one throws: none may be at work when the clean-up begins. */
const allAtOnce: Course = async (targets, runOne) => {
  const settled = await Promise.allSettled(targets.map(runOne));
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
};

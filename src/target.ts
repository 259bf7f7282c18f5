// SPDX-License-Identifier: Apache-2.0

import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { LimitFunction } from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import type { ProgramBuild } from './bpf/build.ts';
import type { SubjectKind } from './bpf/source.ts';
import { reportBuild, reportPrograms, reportShared } from './build-report.ts';
import type { SuiteResult } from './conformance/result.ts';
import { machineSysroots, type Suite } from './conformance/suite.ts';
import { ExplainedError } from './errors.ts';
import { digestValue } from './host/digest.ts';
import type { BuildResult } from './kbuild/build.ts';
import { type ModuleFile, readModule } from './kbuild/module.ts';
import { isTree } from './local/target.ts';
import type { AcceleratorWish } from './machine/accelerator.ts';
import { bootSuite, type MachineEvent } from './machine/boot.ts';
import { inputOf, MANIFEST, makeManifest, writeManifest } from './manifest/manifest.ts';
import { labelOf } from './matrix/targets.ts';
import type { Target } from './matrix/types.ts';
import { NotDeliveredError } from './packages/errors.ts';
import type { EffectiveLock } from './packages/obtain.ts';
import type { SharedPrograms } from './programs.ts';
import type { RunListener } from './report/events.ts';
import { type ReportTarget, targetStatus } from './report/model.ts';
import type { Results } from './results.ts';
import type { SharedBuild, SharedBuilds } from './sharing.ts';
import type { Subject } from './subject.ts';
import type { Sysroot } from './sysroot/compose.ts';
import type { PreparedTarget, Workshop } from './workshop.ts';

/** What all targets of a run share. */
export type Job = {
  workshop: Workshop;
  subject: Subject;
  kind: SubjectKind;
  suites: Suite[];
  /** Paths of the compiled programs of each. */
  programs: Map<Suite, string[]>;
  /** Digest of everything but the target's own packages that a result depends on. */
  digest: string;
  out: string;
  fresh: boolean;
  jobs: number;
  accelerator: AcceleratorWish;
  results: Results;
  /** One slot per build or machine that may run at a time. */
  slots: LimitFunction;
  /** One build serves several releases. */
  sharing?: SharedBuilds;
  /** One build serves all targets, of whatever distribution. */
  builtOnce?: SharedPrograms;
  emit: RunListener;
  signal: AbortSignal;
};

type Outcome = Pick<ReportTarget, 'status' | 'suites'> & Partial<ReportTarget>;

/** One target from its lock to its results. What goes wrong with it is in the result; throws only when interrupted or at a defect. */
export async function runTarget(target: Target, job: Job): Promise<ReportTarget> {
  const { emit, signal } = job;
  const started = performance.now();
  const label = labelOf(target);
  let outcome: Outcome;
  try {
    emit({ type: 'stage', target: label, stage: 'lock' });
    outcome = await produce(target, job, label);
  } catch (error) {
    if (signal.aborted || !(error instanceof ExplainedError)) throw error;
    // Nobody asked for this very target, so that an archive that has gone is no reason to fail the others.
    const skip = !target.named && error instanceof NotDeliveredError;
    outcome = { status: skip ? 'skip' : 'error', reason: error.message, suites: [] };
    if (skip) emit({ type: 'warning', target: label, message: `skipped: ${error.message}` });
  } finally {
    // Others wait to hear of it.
    job.sharing?.decide(target);
  }
  const { status, reason, cached } = outcome;
  emit({
    type: 'finished',
    target: label,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(cached === undefined ? {} : { cached }),
  });
  return {
    id: target.id,
    kernel: target.kernel,
    arch: target.arch,
    title: target.distribution.title,
    ...outcome,
    seconds: (performance.now() - started) / 1000,
  };
}

async function produce(asked: Target, job: Job, label: string): Promise<Outcome> {
  const { workshop, subject, signal } = job;
  if (job.sharing) job.emit({ type: 'stage', target: label, stage: 'queued', detail: 'for builds of newer releases' });
  const shared = await job.sharing?.find(asked);
  const locked = shared ? await workshop.obtainer.kernelLock(asked, 'image', signal) : await workshop.lock(asked);
  const known = await recall(asked, locked, job, shared);
  if (known) return known;
  // Wanted at the end, by all: on their way while the module is built.
  for (const name of machineSysroots(job.suites)) void workshop.tools.sysroot(name);
  const builds = job.kind === 'module' && 'directory' in subject && !shared;
  const names: ('headers' | 'image')[] = builds ? ['headers', 'image'] : ['image'];
  const prepared = await workshop.prepare(asked, names, locked);
  // The packages of the lock may be gone, and another kernel release have taken its place.
  const { kernel, effective, sysroots, mirrors } = prepared;
  const target = { ...asked, kernel };
  const output = join(job.out, target.id, kernel);
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });

  const result: Outcome = { status: 'skip', kernel, suites: [] };
  result.lock = { digest: effective.digest, ...(effective.origin === 'replaced' ? { resolvedAnew: true } : {}) };
  result.mirrors = mirrors;
  job.emit({ type: 'prepared', target: label, lock: result.lock, mirrors });
  const place = { target, job, output, label };
  let made: Made = { modules: [], products: [] };
  if (job.builtOnce) {
    job.emit({ type: 'stage', target: label, stage: 'build', detail: 'once for all targets' });
    const built = await job.builtOnce.deliver(output);
    result.build = reportPrograms(built, job.out);
    made = madeOf(built);
  } else if (shared) {
    const files = shared.modules.map(({ path }) => path);
    const modules = await readAll(await adopt(files, output));
    await copyFile(join(shared.directory, MANIFEST), join(output, MANIFEST));
    result.build = reportShared(shared, modules, job.out);
    made = madeOf({ modules });
  } else if ('directory' in subject) {
    const built = await build(subject.directory, prepared, place);
    result.build = {
      ...reportBuild(built, job.out),
      ...('tool' in effective ? { toolchain: effective.tool.group } : {}),
    };
    made = madeOf(built);
    job.sharing?.decide(asked, { directory: output, modules: built.modules });
  } else {
    const files = await adopt(subject.files, output);
    made = job.kind === 'programs' ? { modules: [], products: files } : madeOf({ modules: await readAll(files) });
  }
  if (result.build) job.emit({ type: 'built', target: label, build: result.build });
  if (made.modules.length + made.products.length > 0) {
    for (const suite of job.suites) result.suites.push(await verify(suite, made, sysroots.image, place));
  }
  result.status = targetStatus(result);
  const reason = result.build?.reason ?? result.suites.find((suite) => suite.reason)?.reason;
  if (reason !== undefined) result.reason = reason;
  if (result.status === 'pass') await job.results.remember(resultKey(target, effective, job, shared), output, result);
  return result;
}

/** Everything that a result depends on. */
function resultKey(target: Target, { digest }: EffectiveLock, job: Job, shared?: SharedBuild): string {
  const files = shared?.modules.map(({ sha256 }) => sha256) ?? [];
  return digestValue([job.digest, target.id, target.content, digest, files]);
}

async function recall(
  target: Target,
  locked: EffectiveLock,
  job: Job,
  shared: SharedBuild | undefined,
): Promise<Outcome | undefined> {
  if (job.fresh) return undefined;
  const output = join(job.out, target.id, locked.lock.kernel ?? target.kernel);
  const known = await job.results.recall(resultKey(target, locked, job, shared), output);
  if (!known) return undefined;
  for (const { message } of locked.warnings) job.emit({ type: 'warning', target: target.id, message });
  if (job.sharing && !shared) {
    const modules = await readAll((known.build?.modules ?? []).map(({ path }) => join(job.out, path)));
    job.sharing.decide(target, { directory: output, modules });
  }
  return known;
}

/** Paths of what is tested: kernel modules, or eBPF objects and what goes with them. */
export type Made = { modules: string[]; products: string[] };

type Place = { target: Target; job: Job; output: string; label: string };

async function build(
  directory: string,
  prepared: PreparedTarget<'headers' | 'image'>,
  { target, job, output, label }: Place,
): Promise<BuildResult> {
  job.emit({ type: 'stage', target: label, stage: 'queued' });
  const portable = job.sharing !== undefined;
  const built = await job.slots(() => {
    job.emit({ type: 'stage', target: label, stage: 'build' });
    return job.workshop.build(directory, prepared, { outDirectory: output, jobs: job.jobs, portable });
  });
  // Nobody else has the kernel tree of a user, so that there is nothing to reproduce it from.
  if (built.status === 'pass' && !isTree(target)) {
    const inputs = {
      target: inputOf(prepared.effective, ['headers', 'image']),
      sandbox: inputOf(await job.workshop.tools.lockOf('sandbox'), ['sandbox']),
    };
    const { id, kernel, arch } = target;
    const { version } = packageJson;
    const manifest = makeManifest({ version, target: { id, kernel, arch }, portable, built, inputs });
    await writeManifest(join(output, MANIFEST), manifest);
  }
  return built;
}

async function verify(
  suite: Suite,
  made: Made,
  image: Sysroot,
  { target, job, output, label }: Place,
): Promise<SuiteResult> {
  const [sandbox, machine, guest] = await Promise.all([
    job.workshop.tools.sandbox(),
    job.workshop.tools.sysroot('machine'),
    job.workshop.tools.sysroot(suite.guest),
  ]);
  job.emit({ type: 'stage', target: label, stage: 'queued' });
  return await job.slots(async () => {
    job.emit({ type: 'stage', target: label, stage: 'boot', detail: suite.name });
    const result = await bootSuite({
      sandbox,
      machine,
      guest,
      image,
      kernel: target.kernel,
      suite,
      ...made,
      programs: job.programs.get(suite) ?? [],
      accelerator: job.accelerator,
      cache: job.workshop.cache,
      outDirectory: output,
      signal: job.signal,
      onEvent: (event) => tell(event, suite, job.emit, label),
    });
    const { console, ktap } = result;
    const told = { ...result, console: relative(job.out, console), ...(ktap ? { ktap: relative(job.out, ktap) } : {}) };
    job.emit({ type: 'tested', target: label, suite: told });
    return told;
  });
}

function tell(event: MachineEvent, suite: Suite, emit: RunListener, target: string): void {
  if (event.type === 'test') emit({ type: 'test', target, suite: suite.name, test: event.test });
  if (event.type === 'booting') emit({ type: 'stage', target, stage: 'boot', detail: event.accelerator });
  if (event.type === 'script') {
    emit({ type: 'stage', target, stage: 'test', detail: event.name });
    emit({ type: 'progress', target, done: event.index - 1, total: event.total, unit: 'tests' });
  }
}

/** Files that somebody else built, copied to where built ones would be, so that the report can name them. */
async function adopt(files: string[], output: string): Promise<string[]> {
  return await Promise.all(
    files.map(async (file) => {
      const copy = join(output, basename(file));
      await copyFile(file, copy);
      return copy;
    }),
  );
}

async function readAll(files: string[]): Promise<ModuleFile[]> {
  return await Promise.all(files.map((file) => readModule(file)));
}

/** What a machine gets of a build. */
export function madeOf(built: Pick<BuildResult, 'modules'> | Pick<ProgramBuild, 'programs' | 'executables'>): Made {
  if ('modules' in built) return { modules: built.modules.map(({ path }) => path), products: [] };
  return { modules: [], products: [...built.programs, ...built.executables].map(({ path }) => path) };
}

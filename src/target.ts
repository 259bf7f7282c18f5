// SPDX-License-Identifier: Apache-2.0

import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { machineSysroots, type Suite } from './conformance/suite.ts';
import { ExplainedError } from './errors.ts';
import { digestValue } from './host/digest.ts';
import { buildsModules, directoryOf, type Entry, type Job } from './job.ts';
import { bootSuite, type MachineEvent } from './machine/boot.ts';
import { type Made, make, type Place, readAll } from './making.ts';
import { labelOf } from './matrix/targets.ts';
import type { Target } from './matrix/types.ts';
import { NotDeliveredError } from './packages/errors.ts';
import type { EffectiveLock } from './packages/obtain.ts';
import { buildsOf } from './report/builds.ts';
import type { RunListener } from './report/events.ts';
import { type ReportSuite, type ReportTarget, targetStatus } from './report/model.ts';
import type { SharedBuild } from './sharing.ts';

type Outcome = Pick<ReportTarget, 'status' | 'suites'> & Partial<ReportTarget>;

/** Builds of other releases that serve this one. */
type Shared = Map<Entry, SharedBuild>;

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
    for (const { sharing } of job.entries) sharing?.decide(target);
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
  const { workshop, entries, signal } = job;
  const shared = await findShared(asked, job, label);
  const builds = entries.some((entry) => buildsModules(entry) && !shared.has(entry));
  const imageOnly = shared.size > 0 && !builds;
  const locked = imageOnly ? await workshop.obtainer.kernelLock(asked, 'image', signal) : await workshop.lock(asked);
  const known = await recall(asked, locked, job, shared);
  if (known) return known;
  // Wanted at the end, by all: on their way while the module is built.
  for (const name of machineSysroots(job.suites, job.trusted !== undefined)) void workshop.tools.sysroot(name);
  const names: ('headers' | 'image')[] = builds ? ['headers', 'image'] : ['image'];
  const prepared = await workshop.prepare(asked, names, locked);
  // The packages of the lock may be gone, and another kernel release have taken its place.
  const { kernel, effective, mirrors } = prepared;
  const target = { ...asked, kernel };
  const output = join(job.out, target.id, kernel);
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });

  const result: Outcome = { status: 'skip', kernel, suites: [] };
  const replaced = effective.origin === 'replaced';
  result.lock = {
    digest: effective.digest,
    ...(replaced ? { resolvedAnew: true } : {}),
    ...(imageOnly ? { only: 'image' } : {}),
  };
  result.mirrors = mirrors;
  job.emit({ type: 'prepared', target: label, lock: result.lock, mirrors });
  const place: Place = { target, job, output, label, prepared };
  const made = new Map<Entry, Made>();
  for (const entry of entries) {
    const one = await make(entry, shared.get(entry), place);
    made.set(entry, one.made);
    if (one.modules) entry.sharing?.decide(asked, { directory: directoryOf(entry, output), modules: one.modules });
    if (!one.build) continue;
    job.emit({ type: 'built', target: label, build: one.build });
    if (entry.main) result.build = one.build;
    else result.builds = [...(result.builds ?? []), { ...one.build, subject: entry.name }];
  }
  for (const suite of job.suites) {
    const [entry, files] = [...made].find(([{ suites }]) => suites.includes(suite)) ?? [];
    // Of what was not built nothing is known.
    if (!entry || !files || files.modules.length + files.products.length === 0) continue;
    result.suites.push(await verify(suite, entry, files, place));
  }
  result.status = targetStatus(result);
  const reason = reasonOf(result);
  if (reason !== undefined) result.reason = reason;
  if (result.status === 'pass') await job.results.remember(resultKey(target, effective, job, shared), output, result);
  return result;
}

async function findShared(asked: Target, { entries, emit }: Job, label: string): Promise<Shared> {
  const shared: Shared = new Map();
  for (const entry of entries) {
    if (!entry.sharing) continue;
    emit({ type: 'stage', target: label, stage: 'queued', detail: 'for builds of newer releases' });
    const found = await entry.sharing.find(asked);
    if (found) shared.set(entry, found);
  }
  return shared;
}

function reasonOf(result: Outcome): string | undefined {
  const { reason, subject } = buildsOf(result).find((build) => build.reason !== undefined) ?? {};
  if (reason !== undefined) return subject === undefined ? reason : `${subject}: ${reason}`;
  return result.suites.find((suite) => suite.reason)?.reason;
}

/** Everything that a result depends on. */
function resultKey(target: Target, { digest }: EffectiveLock, { digest: ofJob, entries }: Job, shared: Shared): string {
  const files = entries.map((entry) => shared.get(entry)?.modules.map(({ sha256 }) => sha256) ?? []);
  return digestValue([ofJob, target.id, target.content, digest, files]);
}

async function recall(target: Target, locked: EffectiveLock, job: Job, shared: Shared): Promise<Outcome | undefined> {
  if (job.fresh) return undefined;
  const output = join(job.out, target.id, locked.lock.kernel ?? target.kernel);
  const known = await job.results.recall(resultKey(target, locked, job, shared), output);
  if (!known) return undefined;
  for (const { message } of locked.warnings) job.emit({ type: 'warning', target: target.id, message });
  for (const entry of job.entries) {
    if (!entry.sharing || shared.has(entry)) continue;
    const build = buildsOf(known).find(({ subject }) => subject === (entry.main ? undefined : entry.name));
    const modules = await readAll((build?.modules ?? []).map(({ path }) => join(job.out, path)));
    entry.sharing.decide(target, { directory: directoryOf(entry, output), modules });
  }
  return known;
}

async function verify(suite: Suite, entry: Entry, made: Made, place: Place): Promise<ReportSuite> {
  const { target, job, output, label, prepared } = place;
  const { trusted } = job;
  const [sandbox, machine, guest, firmware] = await Promise.all([
    job.workshop.tools.sandbox(),
    job.workshop.tools.sysroot('machine'),
    job.workshop.tools.sysroot(suite.guest),
    trusted && job.workshop.tools.sysroot('firmware'),
  ]);
  job.emit({ type: 'stage', target: label, stage: 'queued' });
  return await job.slots(async () => {
    job.emit({ type: 'stage', target: label, stage: 'boot', detail: suite.name });
    const result = await bootSuite({
      sandbox,
      machine,
      guest,
      image: prepared.sysroots.image,
      kernel: target.kernel,
      suite,
      ...made,
      programs: job.programs.get(suite) ?? [],
      accelerator: job.accelerator,
      ...(trusted && firmware ? { secureBoot: { certificate: trusted, firmware } } : {}),
      cache: job.workshop.cache,
      outDirectory: directoryOf(entry, output),
      signal: job.signal,
      onEvent: (event) => tell(event, suite, job.emit, label),
    });
    const { console, ktap } = result;
    const told = {
      ...(entry.main ? {} : { subject: entry.name }),
      ...result,
      console: relative(job.out, console),
      ...(ktap ? { ktap: relative(job.out, ktap) } : {}),
    };
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

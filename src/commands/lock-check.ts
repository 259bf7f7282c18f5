// SPDX-License-Identifier: Apache-2.0

import { EnvironmentError, InputError } from '../errors.ts';
import { matcher, selectReleases } from '../matrix/releases.ts';
import { labelOf } from '../matrix/targets.ts';
import type { Distribution, Matrix, Target } from '../matrix/types.ts';
import { compareLocks } from '../packages/drift.ts';
import { type Lock, readLock } from '../packages/lock.ts';
import { distributionOf } from '../packages/subject.ts';
import { type DriftReport, driftStatus, driftText, type LockDrift } from '../report/drift.ts';
import { describeTerminal, painter } from '../report/terminal.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { type LockSubject, lockSubjects } from './lock-subjects.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type CheckFlags = FetchFlags & { target?: string[]; tools?: boolean; json?: boolean };

/**
 * `ovnfast lock --check`: what changed upstream since the locks were written; writes none. Returns 0 when nothing changed,
 * 1 when something did, 3 when that cannot be known.
 */
export async function runLockCheck(edge: Edge, flags: CheckFlags): Promise<number> {
  const { stdout, environment } = edge;
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  // The lock files that are asked for: of targets by pattern, of the default set without one; with `tools` the shared ones.
  const withTargets = flags.target !== undefined || !flags.tools;
  const targets = withTargets ? lockedTargets(workshop.matrix, flags.target) : undefined;
  const report: DriftReport = { locks: [], kernels: [] };
  for (const one of lockSubjects(workshop.matrix, targets, flags.tools ?? false)) {
    const lock = await readLock(one.file);
    // What was never locked has not changed since.
    if (lock) report.locks.push(await checkLock(one, lock, workshop, edge.signal));
  }
  const distributions = (targets ?? []).map(({ distribution }) => distribution);
  for (const distribution of new Set(distributions)) {
    const newer = await newerKernels(distribution, workshop, edge.signal);
    if (newer.length > 0) report.kernels.push({ id: distribution.id, newer });
  }
  view.close();
  const { colour } = describeTerminal(stdout, environment);
  stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : driftText(report, painter(colour)));
  return { same: 0, changed: 1, unknown: 3 }[driftStatus(report)];
}

/** Throws InputError for a pattern that no lock matches. */
function lockedTargets({ distributions, locked }: Matrix, patterns: string[] | undefined): Target[] {
  const all = distributions.flatMap((distribution) =>
    (locked.get(distribution.id) ?? []).map((kernel): Target => {
      return { id: distribution.id, kernel, arch: 'x86_64', distribution, named: true, pinned: true };
    }),
  );
  if (!patterns) return all.filter(({ distribution }) => distribution.default);
  const matches = (pattern: string) => {
    const isNamed = matcher([pattern]);
    return (target: Target) => isNamed(pattern.includes('/') ? labelOf(target) : target.id);
  };
  const lost = patterns.find((pattern) => !all.some(matches(pattern)));
  if (lost !== undefined) {
    throw new InputError(`no lock matches "${lost}"`, {
      remedy: `Locked: ${all.map(labelOf).join(', ') || 'none'}. \`ovnfast lock --target '${lost}'\` would make one.`,
    });
  }
  return all.filter((target) => patterns.some((pattern) => matches(pattern)(target)));
}

async function checkLock(
  { subject, names }: LockSubject,
  lock: Lock,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<LockDrift> {
  const result = (status: LockDrift['status'], rest: Partial<LockDrift> = {}): LockDrift => {
    return { ...names, status, packages: [], ...rest };
  };
  const { obtainer } = workshop;
  try {
    const distribution = distributionOf(subject);
    const offers = await obtainer.offers(distribution, signal);
    const isGone = 'target' in subject && !offers.releases(distribution).includes(subject.target.kernel);
    const fresh = isGone ? undefined : await obtainer.offered(subject, signal);
    const packages = await compareLocks(lock, fresh, offers);
    const gone = isGone ? { reason: 'this kernel release is no longer offered' } : {};
    return result(isGone || packages.length > 0 ? 'changed' : 'same', { ...gone, packages });
  } catch (error) {
    if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
    return result('unknown', { reason: error.message });
  }
}

/** What the default selectors would take now and no lock has; that it cannot be known is said by the locks. */
async function newerKernels(
  distribution: Distribution,
  { matrix, obtainer }: Workshop,
  signal: AbortSignal,
): Promise<string[]> {
  const offered = await obtainer.releases(distribution, signal).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
    return [];
  });
  const locked = matrix.locked.get(distribution.id) ?? [];
  return selectReleases(distribution.kernels.default, offered).filter((kernel) => !locked.includes(kernel));
}

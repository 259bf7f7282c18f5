// SPDX-License-Identifier: Apache-2.0
import { loadSuite } from './conformance/suite.ts';
import type { EnvironmentError } from './errors.ts';
import type { Target } from './matrix/types.ts';
import { reachableTargets } from './plan.ts';
import { planSharing } from './plan-sharing.ts';
import type { ShardPlan } from './shards/shard.ts';
import { splitRun, type Unit } from './shards/split.ts';
import { kindOf, suiteOf } from './subject.ts';
import type { Workshop } from './workshop.ts';

export type PlanShardsOptions = {
  /** Patterns over `id` or `id/kernel-release`; none: the default set. */
  targets: string[];
  moduleDirectory: string;
  /** Names or directories; left out: the suite that goes with the module. */
  suites?: string[];
  /** Where the suites that have a name are. */
  suitesRoot: string;
  /** Keep releases that take one build in one job. */
  shareBuilds: boolean;
  /** How many jobs there may be. */
  limit: number;
  /** Beginning of the names of artifacts. */
  artifact: string;
  signal: AbortSignal;
};

export type PlannedShards = ShardPlan & {
  /** Why distributions of the default set are not among them. */
  lost: EnvironmentError[];
  /** MiB of the largest machine that a suite asks for. */
  memoryMiB: number;
};

/**
 * The jobs that a run with the same patterns is spread over. A distribution that somebody named and nobody serves has a job
 * all the same, which will say why: left out, it would be a pass. Throws InputError for a bad pattern, module or suite.
 */
export async function planShards(workshop: Workshop, options: PlanShardsOptions): Promise<PlannedShards> {
  const { targets: patterns, moduleDirectory, suitesRoot, limit, artifact, signal } = options;
  const subject = { directory: moduleDirectory };
  const kind = await kindOf(subject);
  const suites = options.suites ?? [await suiteOf(subject, suitesRoot)];
  const loaded = await Promise.all(suites.map((suite) => loadSuite(suite, suitesRoot)));
  const { targets, lost } = await reachableTargets(workshop, { targets: patterns, signal });
  // eBPF programs are built once for all in any job.
  const shares = options.shareBuilds && kind === 'module';
  const units: Unit[] = shares
    ? await sharingUnits(workshop, { targets, moduleDirectory, signal })
    : targets.map(({ id, kernel }) => ({ id, kernels: [kernel] }));
  const named = patterns.length > 0;
  if (named) units.push(...[...lost.keys()].map((id) => ({ id, kernels: [] })));
  const memoryMiB = Math.max(0, ...loaded.map((suite) => suite.memoryMiB));
  return {
    include: targets.length > 0 ? splitRun({ units, suites, limit, artifact }) : [],
    lost: [...lost.values()],
    memoryMiB,
  };
}

async function sharingUnits(
  workshop: Workshop,
  options: { targets: Target[]; moduleDirectory: string; signal: AbortSignal },
): Promise<Unit[]> {
  const plans = await planSharing(workshop, options);
  return plans.flatMap(({ id, groups, unknown }) =>
    // What could not be looked at builds for itself, or says why not.
    [...groups, ...unknown.map(({ kernel }) => [kernel])].map((kernels) => ({ id, kernels })),
  );
}

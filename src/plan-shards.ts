// SPDX-License-Identifier: Apache-2.0
import { chooseCandidates } from './candidates.ts';
import type { EnvironmentError } from './errors.ts';
import { buildsModules } from './job.ts';
import { reachableTargets } from './plan.ts';
import { planSharing } from './plan-sharing.ts';
import type { PlannedSharing } from './report/plan-sharing.ts';
import type { ShardPlan } from './shards/shard.ts';
import { splitRun, type Unit } from './shards/split.ts';
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
  const { candidates, suites } = await chooseCandidates(subject, options.suites, suitesRoot);
  // As they were named: a path is that of one checkout, a name fits any.
  const names = options.suites ?? suites.map(({ name }) => name);
  const { targets, lost } = await reachableTargets(workshop, { targets: patterns, signal });
  // eBPF programs are built once for all in any job.
  const shares = options.shareBuilds && candidates.some(buildsModules);
  const units: Unit[] = shares
    ? unitsOf(await planSharing(workshop, { targets, candidates, signal }))
    : targets.map(({ id, kernel }) => ({ id, kernels: [kernel] }));
  const named = patterns.length > 0;
  if (named) units.push(...[...lost.keys()].map((id) => ({ id, kernels: [] })));
  const memoryMiB = Math.max(0, ...suites.map((suite) => suite.memoryMiB));
  return {
    include: targets.length > 0 ? splitRun({ units, suites: names, limit, artifact }) : [],
    lost: [...lost.values()],
    memoryMiB,
  };
}

/**
 * Which kernels stay together, by what one build of each module serves: where one of the modules needs a build of its own, so
 * do all, for a job builds them all.
 */
export function unitsOf(plans: PlannedSharing[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const { id, groups, unknown } of plans) {
    const own = plans.filter((plan) => plan.id === id);
    for (const kernel of [...groups.flat(), ...unknown.map((one) => one.kernel)]) {
      // What could not be looked at builds for itself, or says why not.
      const together = own.map((plan) => plan.groups.find((group) => group.includes(kernel)) ?? [kernel]);
      const key = JSON.stringify([id, together]);
      const unit = units.get(key) ?? { id, kernels: [] };
      if (!unit.kernels.includes(kernel)) unit.kernels.push(kernel);
      units.set(key, unit);
    }
  }
  return [...units.values()];
}

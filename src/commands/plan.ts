// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { EnvironmentError, InputError } from '../errors.ts';
import { makePlan } from '../plan.ts';
import { type PlannedShards, planShards } from '../plan-shards.ts';
import { isKnown, planText } from '../report/plan.ts';
import { describeTerminal, painter } from '../report/terminal.ts';
import { checkArtifactPrefix, DEFAULT_ARTIFACT, GITHUB_MATRIX_LIMIT } from '../shards/shard.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { moduleDirectory } from './run.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

/** What is to be spread over jobs, and how. */
export type ShardFlags = FetchFlags & {
  target?: string[];
  module?: string;
  suite?: string[];
  shareBuilds?: boolean;
  shards?: number;
  artifact?: string;
};

type PlanFlags = ShardFlags & { json?: boolean; github?: boolean };

/** `ovnfast plan`: what a run with the same patterns would take, and what else could be had. */
export async function runPlan(edge: Edge, flags: PlanFlags): Promise<number> {
  const { root, stdout, environment, signal } = edge;
  if (flags.github) {
    const { include } = await shardsOf(edge, flags);
    stdout.write(`${JSON.stringify({ include })}\n`);
    return 0;
  }
  if (flags.shards !== undefined || flags.artifact !== undefined) {
    throw new InputError('--shards and --artifact go with --github', { remedy: 'Add --github, or leave them out.' });
  }
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  const plan = await makePlan(workshop, {
    targets: flags.target ?? [],
    moduleDirectory: moduleDirectory(edge, flags.module),
    ...(flags.suite ? { suites: flags.suite } : {}),
    suitesRoot: join(root, 'conformance'),
    shareBuilds: flags.shareBuilds ?? false,
    signal,
  });
  view.close();
  const { colour } = describeTerminal(stdout, environment);
  stdout.write(flags.json ? `${JSON.stringify(plan, null, 2)}\n` : planText(plan, painter(colour)));
  return isKnown(plan) ? 0 : 3;
}

/**
 * The jobs that a run is spread over, at most as many as one matrix of GitHub may have. What could not be asked is told on
 * standard error. Throws EnvironmentError when no target is known at all.
 */
export async function shardsOf(edge: Edge, flags: ShardFlags): Promise<PlannedShards> {
  const { root, stderr, signal } = edge;
  const artifact = checkArtifactPrefix(flags.artifact ?? DEFAULT_ARTIFACT);
  const limit = flags.shards ?? GITHUB_MATRIX_LIMIT;
  if (limit > GITHUB_MATRIX_LIMIT) {
    throw new InputError(`--shards ${limit}: a matrix of GitHub has at most ${GITHUB_MATRIX_LIMIT} jobs`);
  }
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  const planned = await planShards(workshop, {
    targets: flags.target ?? [],
    moduleDirectory: moduleDirectory(edge, flags.module),
    ...(flags.suite ? { suites: flags.suite } : {}),
    suitesRoot: join(root, 'conformance'),
    shareBuilds: flags.shareBuilds ?? false,
    limit,
    artifact,
    signal,
  });
  view.close();
  const reasons = planned.lost.map(({ message }) => message);
  if (planned.include.length === 0) {
    throw new EnvironmentError('no target is known', { remedy: reasons.join('\n  ') });
  }
  for (const message of reasons) stderr.write(`${message}\n`);
  return planned;
}

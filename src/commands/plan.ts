// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { labelOf } from '../matrix/targets.ts';
import { makePlan, reachableTargets } from '../plan.ts';
import { planSharing } from '../plan-sharing.ts';
import { isKnown, planText } from '../report/plan.ts';
import { sharingText } from '../report/plan-sharing.ts';
import { describeTerminal, painter } from '../report/terminal.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { moduleDirectory } from './run.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type PlanFlags = FetchFlags & {
  target?: string[];
  module?: string;
  suite?: string[];
  json?: boolean;
  shareBuilds?: boolean;
  github?: boolean;
};

/** `ovnfast plan`: what a run with the same patterns would take, and what else could be had. */
export async function runPlan(edge: Edge, flags: PlanFlags): Promise<number> {
  const { root, stdout, stderr, environment, signal } = edge;
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  const targets = flags.target ?? [];
  if (flags.github) {
    const known = await reachableTargets(workshop, { targets, signal });
    const lost = [...known.lost.values()];
    if (known.targets.length === 0) {
      throw new EnvironmentError('no target is known', { remedy: lost.map(({ message }) => message).join('\n  ') });
    }
    for (const { message } of lost) stderr.write(`${message}\n`);
    const include = known.targets.map(({ id, kernel }) => ({ target: labelOf({ id, kernel }), id, kernel }));
    stdout.write(`${JSON.stringify({ include })}\n`);
    return 0;
  }
  const plan = await makePlan(workshop, {
    targets,
    moduleDirectory: moduleDirectory(edge, flags.module),
    ...(flags.suite ? { suites: flags.suite } : {}),
    suitesRoot: join(root, 'conformance'),
    signal,
  });
  // eBPF programs are built once anyway.
  const shares = flags.shareBuilds && plan.builds === 'each';
  const sharing = shares
    ? await planSharing(workshop, {
        targets: (await reachableTargets(workshop, { targets, signal })).targets,
        moduleDirectory: plan.module,
        signal,
      })
    : [];
  view.close();
  const { colour } = describeTerminal(stdout, environment);
  const paint = painter(colour);
  stdout.write(
    flags.json
      ? `${JSON.stringify(shares ? { ...plan, sharing } : plan, null, 2)}\n`
      : planText(plan, paint) + sharingText(sharing, paint),
  );
  return isKnown(plan) ? 0 : 3;
}

// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../errors.ts';
import { selectReleases } from '../matrix/releases.ts';
import type { Distribution } from '../matrix/types.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type PlanFlags = FetchFlags & { target?: string[]; json?: boolean; github?: boolean };

type Offer = {
  id: string;
  title: string;
  /** Why the mirrors could not be asked. */
  reason?: string;
  releases: { kernel: string; offered: boolean; locked: boolean; newest: boolean; planned: boolean }[];
};

/** `ovnfast plan`: what a run with the same patterns would take, and what else could be had. */
export async function runPlan(edge: Edge, flags: PlanFlags): Promise<number> {
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  const targets = await workshop.selectTargets(flags.target ?? []);
  if (flags.github) {
    const include = targets.map(({ id, kernel }) => ({ target: `${id}/${kernel}`, id, kernel }));
    edge.stdout.write(`${JSON.stringify({ include })}\n`);
    return 0;
  }
  const planned = new Set(targets.map(({ id, kernel }) => `${id}/${kernel}`));
  const wanted = workshop.matrix.distributions.filter(
    ({ id }) => !flags.target || targets.some((one) => one.id === id),
  );
  const offers = await Promise.all(wanted.map((distribution) => offer(workshop, distribution, planned, edge.signal)));
  if (flags.json) {
    edge.stdout.write(`${JSON.stringify(offers, null, 2)}\n`);
    return 0;
  }
  for (const { id, title, reason, releases } of offers) {
    edge.stdout.write(`${id}  ${title}\n`);
    if (reason !== undefined) edge.stdout.write(`  the mirrors could not be asked: ${reason}\n`);
    for (const { kernel, offered, locked, newest, planned } of releases) {
      const marks = [locked ? 'locked' : '', newest ? 'newest' : '', offered ? '' : 'no longer offered'].filter(
        Boolean,
      );
      edge.stdout.write(`  ${planned ? '*' : ' '} ${kernel.padEnd(28)} ${marks.join(', ')}`.trimEnd().concat('\n'));
    }
    edge.stdout.write('\n');
  }
  edge.stdout.write('* what `ovnfast run` takes with these patterns\n');
  return offers.some(({ reason }) => reason !== undefined) ? 3 : 0;
}

async function offer(
  { matrix, obtainer }: Workshop,
  distribution: Distribution,
  planned: Set<string>,
  signal: AbortSignal,
): Promise<Offer> {
  const { id, title } = distribution;
  const locked = new Set(matrix.locked.get(id));
  let reason: string | undefined;
  const offered: string[] = await obtainer.releases(distribution, signal).catch((error: unknown): string[] => {
    if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
    reason = error.message;
    return [];
  });
  const newest = new Set(selectReleases(distribution.kernels.default, offered));
  const old = [...locked].filter((kernel) => !offered.includes(kernel));
  return {
    id,
    title,
    ...(reason === undefined ? {} : { reason }),
    releases: [...old, ...offered].map((kernel) => ({
      kernel,
      // Unknown counts as offered: it was when it was locked.
      offered: reason !== undefined || offered.includes(kernel),
      locked: locked.has(kernel),
      newest: newest.has(kernel),
      planned: planned.has(`${id}/${kernel}`),
    })),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { readBaseline } from '../commands/bench.ts';
import type { Edge } from '../commands/edge.ts';
import { shardsOf } from '../commands/plan.ts';
import { workshopOptions } from '../commands/workshop.ts';
import { type Change, compareFigures } from '../report/baseline.ts';
import type { Report } from '../report/model.ts';
import { type RunOptions, type RunResult, run } from '../run.ts';
import type { Inputs } from './inputs.ts';
import { suitesOf } from './suites.ts';

/** Builds and tests what the inputs say. Throws as `run`. */
export async function buildAndTest(
  edge: Edge,
  inputs: Inputs,
  how: Pick<RunOptions, 'emit' | 'course' | 'supply'>,
): Promise<RunResult> {
  const { targets, module, packages, out, fresh, shareBuilds, accelerator } = inputs;
  return await run({
    ...workshopOptions(edge, flagsOf(inputs), how.emit),
    ...how,
    ...{ targets, subject: { directory: module }, out, fresh, shareBuilds, accelerator },
    ...(packages.length > 0 ? { packages } : {}),
    suites: await suitesOf(inputs, join(edge.root, 'conformance')),
    jobs: inputs.jobs ?? edge.processors,
  });
}

/** What has become of the figures of the baseline, if there is one. Throws InputError when none of them was measured again. */
export async function compareWithBaseline(report: Report, { baseline, tolerance }: Inputs): Promise<Change[]> {
  return baseline === undefined ? [] : compareFigures(await readBaseline(baseline), report, tolerance);
}

/** The jobs for a matrix of GitHub, as JSON. Throws as `shardsOf`. */
export async function planMatrix(edge: Edge, inputs: Inputs): Promise<string> {
  const { targets, module, shareBuilds, shards, artifact } = inputs;
  const { include } = await shardsOf(edge, {
    ...flagsOf(inputs),
    ...{ target: targets, module, suite: await suitesOf(inputs, join(edge.root, 'conformance')), shareBuilds },
    ...(shards === undefined ? {} : { shards }),
    ...(artifact === undefined ? {} : { artifact }),
  });
  return JSON.stringify({ include });
}

/** What the inputs say about where packages come from, as the command line says it. */
export function flagsOf({ mirrors, frozen, matrix }: Inputs) {
  return { mirror: mirrors, frozen, ...(matrix === undefined ? {} : { matrix }) };
}

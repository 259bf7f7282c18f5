// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { benchOf, readBaseline } from '../commands/bench.ts';
import type { Edge } from '../commands/edge.ts';
import { shardsOf } from '../commands/plan.ts';
import { workshopOptions } from '../commands/workshop.ts';
import { type Change, compareFigures } from '../report/baseline.ts';
import type { RunListener } from '../report/events.ts';
import type { Report } from '../report/model.ts';
import type { ReportFiles } from '../report/write.ts';
import { run } from '../run.ts';
import { suiteOf } from '../subject.ts';
import type { Inputs } from './inputs.ts';

export type Outcome = {
  report: Report;
  files: ReportFiles;
  /** As handed to `run`. */
  suites: string[];
  /** What has become of the figures of the baseline. */
  changes: Change[];
};

/** Builds and tests what the inputs say. Throws as `run`, and InputError when nothing of the baseline was measured again. */
export async function buildAndTest(edge: Edge, inputs: Inputs, emit: RunListener): Promise<Outcome> {
  const { targets, module, packages, out, fresh, shareBuilds, accelerator, baseline } = inputs;
  const suites = await suitesOf(edge, inputs);
  const earlier = baseline === undefined ? undefined : await readBaseline(baseline);
  const { report, files } = await run({
    ...workshopOptions(edge, flagsOf(inputs), emit),
    ...{ targets, subject: { directory: module }, suites, out, fresh, shareBuilds, accelerator },
    ...(packages.length > 0 ? { packages } : {}),
    jobs: inputs.jobs ?? edge.processors,
  });
  const changes = earlier ? compareFigures(earlier, report, inputs.tolerance) : [];
  return { report, files, suites, changes };
}

/** The jobs for a matrix of GitHub, as JSON. Throws as `shardsOf`. */
export async function planMatrix(edge: Edge, inputs: Inputs): Promise<string> {
  const { targets, module, shareBuilds, shards, artifact } = inputs;
  const { include } = await shardsOf(edge, {
    ...flagsOf(inputs),
    ...{ target: targets, module, suite: await suitesOf(edge, inputs), shareBuilds },
    ...(shards === undefined ? {} : { shards }),
    ...(artifact === undefined ? {} : { artifact }),
  });
  return JSON.stringify({ include });
}

async function suitesOf({ root }: Edge, { suites, module, bench }: Inputs): Promise<string[]> {
  const known = join(root, 'conformance');
  const chosen = suites ?? [await suiteOf({ directory: module }, known)];
  return bench ? [...new Set([...chosen, await benchOf(module, known)])] : chosen;
}

function flagsOf({ mirrors, frozen, matrix }: Inputs) {
  return { mirror: mirrors, frozen, ...(matrix === undefined ? {} : { matrix }) };
}

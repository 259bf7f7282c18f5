// SPDX-License-Identifier: Apache-2.0
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseCandidates } from '../candidates.ts';
import { readBaseline } from '../commands/bench.ts';
import type { Edge } from '../commands/edge.ts';
import { loadSuite } from '../conformance/suite.ts';
import { InputError } from '../errors.ts';
import { loadMatrix } from '../matrix/matrix.ts';
import { selectTargets } from '../matrix/targets.ts';
import type { Mistakes } from '../release/mistakes.ts';
import { kindOf } from '../subject.ts';
import type { Inputs } from './inputs.ts';
import { suitesOf } from './suites.ts';

/**
 * Looks at what inputs name, as far as that is quickly done and needs no network: what is wrong there would otherwise be told
 * one after the other, some of it after an hour. Mistakes go to `mistakes`.
 */
export async function checkInputs(inputs: Inputs, edge: Edge, mistakes: Mistakes): Promise<void> {
  const { packages, baseline, matrix, release } = inputs;
  await checkSubject(inputs, join(edge.root, 'conformance'), mistakes);
  await checkTargets(inputs.targets, matrix ?? join(edge.root, 'matrix'), mistakes);
  for (const file of packages) await mistakes.catch(() => readable(file));
  if (baseline !== undefined) await mistakes.catch(() => readBaseline(baseline));
  if (!release) return;
  // Its libraries are larger than all the rest, which no other run has to wait for.
  const { checkRelease } = await import('./release.ts');
  await checkRelease(release, edge, mistakes);
}

async function checkSubject(inputs: Inputs, known: string, mistakes: Mistakes): Promise<void> {
  const subject = { directory: inputs.module };
  const kind = await mistakes.catch(() => kindOf(subject));
  for (const suite of inputs.suites ?? []) await mistakes.catch(() => loadSuite(suite, known));
  if (kind === undefined) return;
  // Whether they go together; what is wrong with one of them alone is known by now.
  await mistakes.catch(async () => chooseCandidates(subject, await suitesOf(inputs, known), known));
}

/** Ids only: which releases there are, archives have to be asked. */
async function checkTargets(patterns: string[], directory: string, mistakes: Mistakes): Promise<void> {
  const matrix = await mistakes.catch(() => loadMatrix(directory));
  if (!matrix) return;
  for (const pattern of patterns) {
    await mistakes.catch(() =>
      selectTargets(matrix, [pattern], {
        releases: () => Promise.reject(new Error('nobody was asked')),
        onUnavailable: () => {},
      }),
    );
  }
}

async function readable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`cannot be read (${error.code}), which input packages names`, {
      where: file,
      remedy:
        'Paths are relative to the workspace; what the repository does not hold, a step before this one has to fetch.',
    });
  });
}

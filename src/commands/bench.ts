// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { listSuites } from '../conformance/suite.ts';
import { InputError } from '../errors.ts';
import { changesText, compareFigures, isWorse } from '../report/baseline.ts';
import { exitStatus, parseReport, type Report } from '../report/model.ts';
import type { Edge } from './edge.ts';
import { moduleDirectory, perform, type RunFlags } from './run.ts';

type BenchFlags = RunFlags & { baseline?: string; tolerance: number };

const ENDING = '-bench';

/** `ovnfast bench`: runs the suites that measure a module, and says what has become of the figures of an earlier report. */
export async function runBench(edge: Edge, flags: BenchFlags): Promise<number> {
  const directory = moduleDirectory(edge, flags.module);
  const suites = flags.suite ?? [await benchOf(directory, join(edge.root, 'conformance'))];
  // A report that is none is told now, not after the minutes that a run takes.
  const earlier =
    flags.baseline === undefined ? undefined : await readBaseline(resolve(edge.workingDirectory, flags.baseline));
  const { report, output, terminal } = await perform(edge, flags, { directory }, suites);
  const status = exitStatus(report.status);
  if (!earlier) return status;
  const changes = compareFigures(earlier, report, flags.tolerance);
  output.write(`\n${changesText(changes, terminal, flags.tolerance)}`);
  return status === 0 && isWorse(changes) ? 1 : status;
}

/**
 * The suite that measures what is in a directory: the one by its name with `-bench`. Throws InputError, with those that there
 * are, when there is none.
 */
export async function benchOf(directory: string, suitesRoot: string): Promise<string> {
  const name = `${basename(directory)}${ENDING}`;
  const suites = await listSuites(suitesRoot);
  if (suites.includes(name)) return name;
  const known = suites.filter((suite) => suite.endsWith(ENDING));
  throw new InputError(`${basename(directory)} has no suite that measures it`, {
    where: join(suitesRoot, name),
    remedy: `Make one, or name another with --suite${known.length > 0 ? `; there is ${known.join(', ')}` : ''}.`,
  });
}

/** The report whose figures later ones are compared with. Throws InputError when it cannot be read, or is no report. */
export async function readBaseline(path: string): Promise<Report> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`the earlier report cannot be read (${error.code})`, { where: path, cause: error });
  });
  return parseReport(text, path);
}

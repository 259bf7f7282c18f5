// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { bisect } from '../bisect/bisect.ts';
import { bisectText } from '../bisect/text.ts';
import { describeTerminal, painter } from '../report/terminal.ts';
import type { RunOptions } from '../run.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { moduleDirectory } from './run.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type BisectFlags = FetchFlags & {
  target?: string[];
  module?: string;
  suite?: string[];
  good?: string;
  bad?: string;
  out: string;
  jobs?: number;
  json?: boolean;
  fresh?: boolean;
  accel?: RunOptions['accelerator'];
};

/**
 * `ovnfast bisect`: the first kernel release of a distribution that the module fails on, and what changed there. Returns 0
 * when nothing fails, 1 when something does, 3 when nothing could be tested.
 */
export async function runBisect(edge: Edge, flags: BisectFlags): Promise<number> {
  const { stdout, environment, workingDirectory, processors } = edge;
  using view = watchOnStderr(edge);
  const { bisection, files } = await bisect({
    ...workshopOptions(edge, flags, view.emit),
    moduleDirectory: moduleDirectory(edge, flags.module),
    targets: flags.target ?? [],
    ...(flags.good === undefined ? {} : { good: flags.good }),
    ...(flags.bad === undefined ? {} : { bad: flags.bad }),
    suites: flags.suite ?? [],
    out: resolve(workingDirectory, flags.out),
    jobs: flags.jobs ?? processors,
    fresh: flags.fresh ?? false,
    accelerator: flags.accel ?? 'auto',
  });
  view.close();
  const { colour } = describeTerminal(stdout, environment);
  stdout.write(
    flags.json
      ? `${JSON.stringify(bisection, null, 2)}\n`
      : `\n${bisectText(bisection, painter(colour))}\n${files.html}\n`,
  );
  if (bisection.outcome === 'nothing fails') return 0;
  return bisection.outcome === 'unknown' ? 3 : 1;
}

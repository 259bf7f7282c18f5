// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { writeAtomic } from '../host/files.ts';
import { exitStatus } from '../report/model.ts';
import { summaryMarkdown } from '../report/summary/summary.ts';
import { resultTable } from '../report/table.ts';
import { describeTerminal } from '../report/terminal.ts';
import { mergeReports } from '../shards/merge.ts';
import { readShardPlan } from '../shards/shard.ts';
import type { Edge } from './edge.ts';

type MergeFlags = { out: string; plan?: string; comment?: string; json?: boolean };

/** What GitHub takes of a comment is 65,536 characters; a marker and a link have to go in, too. */
const COMMENT_BYTES = 60_000;

/** `ovnfast merge REPORT_DIR...` */
export async function runMerge(edge: Edge, flags: MergeFlags, places: string[]): Promise<number> {
  const { workingDirectory, signal, environment } = edge;
  const at = (path: string) => resolve(workingDirectory, path);
  const plan = flags.plan === undefined ? undefined : await readShardPlan(at(flags.plan));
  const out = at(flags.out);
  const report = await mergeReports({
    places: places.map(at),
    ...(plan ? { plan } : {}),
    out,
    version: packageJson.version,
    signal,
  });
  if (flags.comment !== undefined)
    await writeAtomic(at(flags.comment), summaryMarkdown(report, { limit: COMMENT_BYTES }));
  const output = flags.json ? edge.stderr : edge.stdout;
  output.write(
    `${resultTable(report, describeTerminal(output, environment), flags.out)}\n${join(out, 'report.html')}\n`,
  );
  if (flags.json) edge.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return exitStatus(report.status);
}

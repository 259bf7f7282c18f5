// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as core from '@actions/core';
import { processEdge } from './commands/edge.ts';
import { moduleDirectory } from './commands/run.ts';
import { workshopOptions } from './commands/workshop.ts';
import { sharedAbortController } from './host/abort.ts';
import { LiveView } from './report/live.ts';
import { resultTable } from './report/table.ts';
import { run } from './run.ts';

/** A list input: one entry per line or separated by commas. */
function list(name: string): string[] {
  const entries = core.getInput(name).split(/[\n,]/);
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}

const interruption = sharedAbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => interruption.abort(new Error(`cancelled (${name})`)));
}

try {
  const edge = processEdge(process, interruption.signal);
  const workspace = process.env.GITHUB_WORKSPACE ?? process.cwd();
  const out = resolve(workspace, core.getInput('out') || 'out');
  const suites = list('suites');
  const terminal = { interactive: false, colour: true, size: () => ({ columns: 120, rows: 24 }) };
  using view = new LiveView({ output: process.stdout, terminal });
  const { report, files } = await run({
    // Two runs of one commit must mean the same.
    ...workshopOptions(edge, { frozen: true }, view.emit),
    targets: list('targets'),
    subject: {
      directory: moduleDirectory({ ...edge, workingDirectory: workspace }, core.getInput('module') || undefined),
    },
    // A path is one of the workspace, a plain name one of the suites that come with the action.
    ...(suites.length > 0
      ? { suites: suites.map((suite) => (suite.includes('/') ? resolve(workspace, suite) : suite)) }
      : {}),
    out,
    jobs: edge.processors,
    fresh: false,
    shareBuilds: core.getInput('share-builds') !== '' && core.getBooleanInput('share-builds'),
    accelerator: 'auto',
  });
  view.close();
  process.stdout.write(`\n${resultTable(report, terminal, out)}`);
  core.setOutput('status', report.status);
  core.setOutput('report', files.json);
  core.setOutput('modules', out);
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(await readFile(files.summary, 'utf8'), true).write();
  if (report.status !== 'pass') core.setFailed(`${report.module}: ${report.status}; see ${join(out, 'report.html')}`);
} catch (error) {
  core.setFailed(error instanceof Error ? error.message : String(error));
}

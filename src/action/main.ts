// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { type Edge, processEdge } from '../commands/edge.ts';
import { LiveView } from '../report/live.ts';
import { resultTable } from '../report/table.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';
import { buildAndTest, planMatrix } from './run.ts';
import { prepareRunner } from './runner.ts';
import { limitTime } from './time.ts';

/**
 * The action: what the inputs say is built and tested, and shown in GitHub's own ways. Throws what the step has to fail with
 * before there is a report; what comes after it fails the step by itself.
 */
export async function runAction(process: NodeJS.Process, interruption: AbortController): Promise<void> {
  const { signal } = interruption;
  const edge: Edge = {
    ...processEdge(process, signal),
    workingDirectory: process.env.GITHUB_WORKSPACE ?? process.cwd(),
  };
  const inputs = await readInputs(edge);
  using _limit = limitTime(interruption, inputs.timeoutMinutes, () => '');
  if (inputs.prepareRunner) {
    const remember = (changes: unknown) => core.saveState('runner', changes);
    await prepareRunner({ accelerator: inputs.accelerator, signal, remember, warn: core.warning });
  }
  if (inputs.planOnly) setOutputs({ matrix: await planMatrix(edge, inputs) });
  else await work(edge, inputs);
}

async function work(edge: Edge, inputs: Inputs): Promise<void> {
  const { out } = inputs;
  const terminal = { interactive: false, colour: true, size: () => ({ columns: 120, rows: 24 }) };
  using view = new LiveView({ output: process.stdout, terminal });
  const { report, files } = await buildAndTest(edge, inputs, view.emit);
  view.close();
  process.stdout.write(`\n${resultTable(report, terminal, out)}`);
  setOutputs({ status: report.status, report: files.json, modules: out });
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(await readFile(files.summary, 'utf8'), true).write();
  if (report.status !== 'pass') core.setFailed(`${report.module}: ${report.status}; see ${join(out, 'report.html')}`);
}

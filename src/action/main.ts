// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import { type Edge, processEdge } from '../commands/edge.ts';
import { changesText, isWorse } from '../report/baseline.ts';
import { figuresText } from '../report/figures-table.ts';
import { resultTable } from '../report/table.ts';
import { annotate } from './annotations.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { ActionLog } from './log.ts';
import { setOutputs } from './outputs.ts';
import { buildAndTest, compareWithBaseline, planMatrix } from './run.ts';
import { prepareRunner } from './runner.ts';
import { maskSecrets } from './secrets.ts';
import { TimeLimit } from './time.ts';

/**
 * The action: what the inputs say is built and tested, shown in GitHub's own ways, kept and released. Returns why the step
 * fails, if it does. Throws what nothing can be reported about: mistakes in the inputs, no target that is known, a cancellation.
 */
export async function runAction(process: NodeJS.Process, signal: AbortSignal): Promise<string[]> {
  maskSecrets(process.env);
  const edge = { ...processEdge(process, signal), workingDirectory: process.env.GITHUB_WORKSPACE ?? process.cwd() };
  const inputs = await readInputs(edge);
  if (inputs.prepareRunner) {
    const remember = (changes: unknown) => core.saveState('runner', changes);
    await prepareRunner({ accelerator: inputs.accelerator, signal, remember, warn: core.warning });
  }
  using log = new ActionLog({ output: process.stdout, out: inputs.out });
  const lastSeen = (target?: string) => log.lastSeen(target);
  using limit = new TimeLimit({ minutes: inputs.timeoutMinutes, cancelled: signal, lastSeen });
  try {
    if (!inputs.planOnly) return await work(edge, inputs, log, limit);
    setOutputs({ matrix: await planMatrix({ ...edge, signal: limit.signal }, inputs) });
    return [];
  } catch (error) {
    throw limit.reached ?? error;
  }
}

async function work(edge: Edge, inputs: Inputs, log: ActionLog, limit: TimeLimit): Promise<string[]> {
  const { workspace, out, tolerance, release } = inputs;
  const faults: string[] = [];
  /** What fails beside the run, whose verdict is not to be lost for it. */
  const attempt = async <Value>(one: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await one();
    } catch (error) {
      edge.signal.throwIfAborted();
      faults.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };

  const how = { emit: limit.watch(log.emit), course: limit.course(log.emit) };
  const { report, files, modules } = await buildAndTest({ ...edge, signal: limit.signal }, inputs, how);
  log.close();
  setOutputs({ status: report.status, report: files.json, modules: out });
  const changes = (await attempt(() => compareWithBaseline(report, inputs))) ?? [];
  const tables = [figuresText(report, log.terminal), resultTable(report, log.terminal, out)];
  if (changes.length > 0) tables.push(changesText(changes, log.terminal, tolerance));
  log.print(tables.filter(Boolean).join('\n'));
  if (limit.reached && report.status !== 'pass') faults.push(limit.reached.message);
  if (report.status !== 'pass') faults.push(`${report.module}: ${report.status}; see ${join(out, 'report.html')}`);
  if (isWorse(changes)) faults.push(`${report.module}: figures are worse than those of the baseline, or gone`);

  const released =
    release && faults.length === 0
      ? await attempt(async () => {
          // Its libraries are larger than all the rest, which no other run has to wait for.
          const { releaseRun } = await import('./release.ts');
          const run = { out, moduleDirectories: Object.values(modules), note: core.info };
          return await core.group(`Release ${release.tag}`, () => releaseRun(release, edge, run));
        })
      : undefined;
  await annotate(report, { workspace, modules, suites: inputs.suites ?? [], changes });
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(await readFile(files.summary, 'utf8'), true).write();
  setOutputs({ 'release-url': released?.url });
  return faults;
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import * as core from '@actions/core';
import { type Edge, processEdge } from '../commands/edge.ts';
import { changesText, isWorse } from '../report/baseline.ts';
import { figuresText } from '../report/figures-table.ts';
import { resultTable } from '../report/table.ts';
import { annotate } from './annotations.ts';
import { uploadReport } from './artifact.ts';
import { ActionCache } from './cache.ts';
import { harmless } from './commands.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { ActionLog } from './log.ts';
import { setOutputs } from './outputs.ts';
import { buildAndTest, compareWithBaseline, flagsOf, planMatrix } from './run.ts';
import { prepareRunner } from './runner.ts';
import { maskSecrets } from './secrets.ts';
import { storeDirectory } from './store.ts';
import { writeSummary } from './summary.ts';
import { TimeLimit } from './time.ts';

const warn = (message: string) => core.warning(harmless(message));
const note = (message: string) => core.info(harmless(message));

/**
 * The action: what the inputs say is built and tested, shown in GitHub's own ways, kept and released. Returns why the step
 * fails, if it does. Throws what nothing can be reported about: mistakes in the inputs, no target that is known, a cancellation.
 */
export async function runAction(process: NodeJS.Process, signal: AbortSignal): Promise<string[]> {
  const { env } = process;
  maskSecrets(env);
  const workingDirectory = env.GITHUB_WORKSPACE ?? process.cwd();
  const edge = { ...processEdge(process, signal), workingDirectory, cache: await storeDirectory(env) };
  const inputs = await readInputs(edge);
  if (inputs.prepareRunner) {
    const remember = (changes: unknown) => core.saveState('runner', changes);
    await prepareRunner({ accelerator: inputs.accelerator, signal, remember, warn });
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
  const { environment, signal } = edge;
  const { workspace, out, tolerance, artifact: name, release } = inputs;
  const cache = inputs.cache ? await openCache(edge, inputs, limit.signal) : undefined;
  const { report, files, modules } = await buildAndTest({ ...edge, signal: limit.signal }, inputs, {
    ...{ emit: limit.watch(log.emit), course: limit.course(log.emit) },
    ...(cache ? { supply: cache.supply } : {}),
  });
  log.close();
  setOutputs({ status: report.status, report: files.json, modules: out, 'cache-hit': cache && String(cache.hit) });

  const faults: string[] = [];
  /** What may fail beside the run, whose verdict is not to be lost for it. */
  const attempt = async <Value>(one: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await one();
    } catch (error) {
      signal.throwIfAborted();
      faults.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const changes = (await attempt(() => compareWithBaseline(report, inputs))) ?? [];
  const tables = [figuresText(report, log.terminal), resultTable(report, log.terminal, out)];
  if (changes.length > 0) tables.push(changesText(changes, log.terminal, tolerance));
  log.print(tables.filter(Boolean).join('\n'));
  if (limit.reached && report.status !== 'pass') faults.push(limit.reached.message);
  if (report.status !== 'pass') faults.push(`${report.module}: ${report.status}; see ${join(out, 'report.html')}`);
  if (isWorse(changes)) faults.push(`${report.module}: figures are worse than those of the baseline, or gone`);

  const links: { text: string; url: string }[] = [];
  if (name !== undefined) {
    const { retentionDays } = inputs;
    const days = retentionDays === undefined ? {} : { retentionDays };
    const upload = { name, directory: out, report, files, environment, warn, signal, ...days };
    const uploaded = await attempt(() => core.group(`Artifact ${name}`, () => uploadReport(upload)));
    setOutputs({ 'artifact-id': uploaded?.id, 'artifact-url': uploaded?.url });
    if (uploaded) links.push({ text: `Artifact ${name}`, url: uploaded.url });
  }
  if (release && faults.length > 0) note(`No release ${release.tag}, as not all has passed.`);
  else if (release) {
    // Its libraries are larger than all the rest, which no other run has to wait for.
    const [{ releaseRun }, { fetchImageBase }] = await Promise.all([
      import('./release.ts'),
      import('../commands/image-base.ts'),
    ]);
    const imageBase = () =>
      fetchImageBase(edge, flagsOf(inputs), (event) => event.type === 'warning' && note(event.message));
    const run = { out, moduleDirectories: Object.values(modules), imageBase, note };
    const released = await attempt(() => core.group(`Release ${release.tag}`, () => releaseRun(release, edge, run)));
    setOutputs({ 'release-url': released?.url });
    if (released) links.push({ text: `Release ${release.tag}`, url: released.url });
  }
  const places = { workspace, modules, suites: inputs.suites ?? [], changes, verdicts: faults.length };
  await attempt(() => annotate(report, places));
  if (inputs.summary) {
    await writeSummary(report, { file: environment.GITHUB_STEP_SUMMARY, links, changes, tolerance });
  }
  return faults;
}

async function openCache({ environment, cache: store, root }: Edge, inputs: Inputs, signal: AbortSignal) {
  return await ActionCache.open({
    ...{ environment, store, inputs, warn, note, signal },
    matrix: inputs.matrix ?? join(root, 'matrix'),
    // What is released was built and tested by this very run.
    results: inputs.release === undefined,
    remember: (state) => core.saveState('cache', state),
  });
}

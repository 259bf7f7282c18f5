// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/host/paths.ts';
import { ActionRunner, type StepResult } from '../action.ts';
import { type Job, readWorkflow, type Step, type WorkflowFile } from '../unit/github/workflow.ts';
import { asText, type Contexts, evaluate, evaluateExpression } from './expressions.ts';
import type { FakeServices } from './services.ts';

export type WorkflowOptions = {
  file: WorkflowFile;
  /** In place of what it gives under these names to the action, or to a workflow that it calls. */
  values?: Record<string, string>;
  /** Of a call: over the defaults of the workflow that is called. */
  inputs?: Contexts;
  secrets: Record<string, string>;
  github: Contexts & { token: string };
  /** A repository of git: what is checked out. */
  repository: string;
  services: FakeServices;
  /** What the steps of a job have in their environment besides. */
  environment: (job: string) => Record<string, string>;
};

/** What a job has come to; of a matrix all jobs, one after the other. */
export type JobResult = {
  result: 'success' | 'skipped';
  outputs: Record<string, string>;
  steps: StepDone[];
  /** Of the workflow that it calls. */
  called?: Record<string, JobResult>;
};
export type StepDone = { name: string } & Partial<StepResult>;

const run = promisify(execFile);
const CLIENT = join(projectRoot(), 'test/github/artifact-client.ts');
/** Of the tool, as a checkout brings it; what is written beside it stays in the workspace of the job. */
const TOOL = ['action.yml', 'conformance', 'dist', 'kmod', 'matrix', 'package.json'];

/** How others name what is of this repository. */
const [ACTION, CALLED] = ['ovnfast/build', 'ovnfast/build/.github/workflows/kmod.yml'];

/**
 * Runs a workflow as GitHub does, job by job in machines of their own: its scripts in bash, the action from the bundle, our
 * reusable workflow, artifacts through GitHub's own client. Throws when a step fails, and for a step or an expression that it
 * does not know.
 */
export class WorkflowRun {
  private readonly options: WorkflowOptions;
  private readonly inputs: Contexts;
  readonly jobs: Record<string, JobResult> = {};

  constructor(options: WorkflowOptions) {
    this.options = options;
    const { file, inputs = {} } = options;
    const known = file.workflow.on.workflow_call?.inputs ?? {};
    const unknown = Object.keys(inputs).filter((name) => !(name in known));
    if (unknown.length > 0) throw new Error(`the workflow has no input ${unknown.join(', ')}`);
    const defaults = Object.entries(known).map(([name, input]) => [name, input.default]);
    this.inputs = { ...Object.fromEntries(defaults), ...inputs };
  }

  /** All jobs, each when those that it needs are done. */
  async run(): Promise<Record<string, JobResult>> {
    for (const [id, job] of Object.entries(this.options.file.workflow.jobs)) this.jobs[id] = await this.job(id, job);
    return this.jobs;
  }

  private async job(id: string, job: Job): Promise<JobResult> {
    const contexts: Contexts = {
      ...{ inputs: this.inputs, secrets: this.options.secrets, github: this.options.github },
      needs: Object.fromEntries([job.needs ?? []].flat().map((name) => [name, this.jobs[name]])),
      job: { workflow_repository: 'ovnfast/build', workflow_sha: 'the commit of this file' },
    };
    if (!isWanted(job.if, contexts)) return { result: 'skipped', outputs: {}, steps: [] };
    if (job.uses !== undefined) return await this.call(job, contexts);
    const matrix = evaluate(job.strategy?.matrix, contexts) as { include: Contexts[] } | undefined;
    const entries = matrix ? matrix.include.map((one) => ({ ...contexts, matrix: one })) : [contexts];
    const done = await Promise.all(entries.map((one) => this.machine(id, job, one)));
    return { result: 'success', outputs: done[0]?.outputs ?? {}, steps: done.flatMap(({ steps }) => steps) };
  }

  private async call({ uses = '', with: given, secrets }: Job, contexts: Contexts): Promise<JobResult> {
    if (uses.split('@')[0] !== CALLED) throw new Error(`no workflow ${uses}`);
    const file = await readWorkflow('.github/workflows/kmod.yml');
    const evaluated = (values: object = {}) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluate(value, contexts)]));
    const inputs = { ...evaluated(given), ...this.valuesOf(given) };
    const own = evaluated(secrets) as Record<string, string>;
    const called = await new WorkflowRun({ ...this.options, file, values: {}, inputs, secrets: own }).run();
    return { result: 'success', outputs: {}, steps: [], called };
  }

  private valuesOf(given: object = {}): Record<string, string> {
    return Object.fromEntries(Object.entries(this.options.values ?? {}).filter(([name]) => name in given));
  }

  private async machine(id: string, job: Job, contexts: Contexts): Promise<Omit<JobResult, 'result'>> {
    await using runner = await ActionRunner.create({ environment: this.options.environment(id) });
    const steps: StepDone[] = [];
    const known: Record<string, { outcome: string; outputs: Record<string, string> }> = {};
    const here = { ...contexts, steps: known };
    for (const step of job.steps ?? []) {
      const name = step.name ?? step.uses ?? '';
      if (!isWanted(step.if, here)) continue;
      const done = await this.step(step, runner, here);
      steps.push({ name, ...done });
      const failed = done.code !== undefined && done.code !== 0;
      if (failed && !step['continue-on-error']) {
        throw new Error(
          `${id}: ${name}: exit status ${done.code}\n${steps.map(({ printed = '' }) => printed).join('')}`,
        );
      }
      if (step.id) known[step.id] = { outcome: failed ? 'failure' : 'success', outputs: done.outputs ?? {} };
    }
    const outputs = Object.entries(job.outputs ?? {}).map(([name, value]) => [name, asText(evaluate(value, here))]);
    return { outputs: Object.fromEntries(outputs), steps };
  }

  private async step(step: Step, runner: ActionRunner, contexts: Contexts): Promise<Partial<StepResult>> {
    const texts = (given: object = {}) =>
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, asText(evaluate(value, contexts))]));
    if (step.run !== undefined) return await runner.runs(step.run, texts(step.env));
    const given = texts(step.with);
    const [action = ''] = (step.uses ?? '').split('@');
    if (action === './.ovnfast' || action === ACTION) {
      const { token } = this.options.github;
      // The artifacts' service is there for actions only, and not for scripts. The post step, which fills the cache, has tests of its own.
      const environment = this.options.services.environment;
      return await runner.uses({ inputs: { ...given, ...this.valuesOf(step.with) }, token, environment });
    }
    const at = (path = '') => join(runner.workspace, path);
    if (action === 'actions/checkout') await this.checkOut(given.path, at);
    else if (action === 'actions/upload-artifact') await this.upload(given.name ?? '', at(given.path));
    else if (action === 'actions/download-artifact') {
      await this.client('download', given.name ?? given.pattern ?? '', at(given.path));
    }
    // The machine of the tests has the Node.js that it brings.
    else if (action !== 'actions/setup-node') throw new Error(`no step ${step.uses}`);
    return {};
  }

  private async checkOut(path: string | undefined, at: (path?: string) => string): Promise<void> {
    if (path === undefined) {
      await run('git', ['clone', '-q', this.options.repository, at()]);
      return;
    }
    await mkdir(at(path), { recursive: true });
    for (const name of TOOL) await symlink(join(projectRoot(), name), at(join(path, name)));
  }

  private async upload(name: string, path: string): Promise<void> {
    const isDirectory = (await stat(path)).isDirectory();
    const entries = isDirectory ? await readdir(path, { withFileTypes: true, recursive: true }) : [];
    const files = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    const root = isDirectory ? path : dirname(path);
    await this.client('upload', name, root, ...(isDirectory ? files : [path]));
  }

  private async client(...args: string[]): Promise<void> {
    const env = {
      PATH: process.env.PATH,
      GITHUB_SERVER_URL: 'https://github.com',
      ...this.options.services.environment,
    };
    await run(process.execPath, [CLIENT, ...args], { env, maxBuffer: 64 << 20 });
  }
}

function isWanted(condition: string | undefined, contexts: Contexts): boolean {
  if (condition === undefined) return true;
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/.exec(condition)?.[1] ?? condition;
  return Boolean(evaluateExpression(inner, contexts));
}

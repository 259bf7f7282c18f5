// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../../src/host/paths.ts';
import {
  actionlint,
  readWorkflow,
  stepsOf,
  violations,
  type Workflow,
  type WorkflowFile,
  workflowsIn,
} from './workflow.ts';

const ours = await workflowsIn('.github/workflows');
const examples = await workflowsIn('docs/examples');
const called = await readWorkflow('.github/workflows/kmod.yml');

// The version of actionlint that can be had is older than these two, which GitHub documents for this very use:
// docs.github.com, "Contexts reference", "Example usage of job context workflow identity".
const YOUNGER = /: property "workflow_(sha|repository)" is not defined in object type \{container: /;

/** As a workflow has it. */
const expression = (text: string) => ['${{', text, '}}'].join(' ');

/** The same file with another text. */
function changed(file: WorkflowFile, from: string | RegExp, to: string): WorkflowFile {
  const text = file.text.replace(from, to);
  expect(text).not.toBe(file.text);
  return { ...file, text, workflow: parse(text) as Workflow };
}

describe('actionlint', () => {
  test.each([...ours, ...examples])('has nothing to say of $path', async ({ text, path }) => {
    expect((await actionlint(text, path)).filter((finding) => !YOUNGER.test(finding))).toEqual([]);
  });

  test.each<[string, string | RegExp, string, RegExp]>([
    ['a key that is none', 'fail-fast:', 'failfast:', /unexpected key "failfast"/],
    ['a job that is none', 'needs: plan', 'needs: plans', /job "shard" needs job "plans" which does not exist/],
    ['an output that is none', 'outputs.matrix) }}', 'outputs.matrx) }}', /property "matrx" is not defined/],
    ['an input that is none', 'inputs.suites }}', 'inputs.suite }}', /property "suite" is not defined/],
    ['another property of job', 'job.workflow_sha', 'job.workflow_shaa', /"workflow_shaa" is not defined/],
    [
      'words of a stranger in a shell',
      'mkdir -p shards',
      `mkdir "${expression('github.head_ref')}"`,
      /potentially untrusted/,
    ],
  ])('does notice %s', async (_, from, to, message) => {
    const findings = await actionlint(changed(called, from, to).text);
    expect(findings.filter((finding) => !YOUNGER.test(finding)).join('\n')).toMatch(message);
  });
});

describe('our own rules', () => {
  // It has those of its caller, as the comment above it says: what it asked for beyond them would keep a caller from starting.
  const known = new Map([['.github/workflows/kmod.yml', ['report: no permissions', 'release: no permissions']]]);

  test.each(ours)('hold for $path', (file) => {
    expect(violations(file)).toEqual(known.get(file.path) ?? []);
  });

  test.each<[string, string | RegExp, string, string]>([
    ['a tag', /@3d3c42e[0-9a-f]+ # v7\.0\.1/, '@v7.0.1', 'actions/checkout@v7.0.1: not pinned by its commit'],
    ['a short digest', /@3d3c42e[0-9a-f]+/, '@3d3c42e', 'actions/checkout@3d3c42e: not pinned by its commit'],
    [
      'no version',
      / # v8\.0\.0/,
      '',
      'actions/github-script@ed597411d8f924073f98dfc5c65a23a2325f34cd: no version beside it',
    ],
    ['no time-out', /timeout-minutes: 30\n/, '\n', 'plan: no timeout-minutes'],
    ['no concurrency', /concurrency:\n(.*\n){2}/, '', 'no concurrency'],
    ['all permissions', /permissions:\n {6}contents: read/, 'permissions: write-all', 'plan: permissions write-all'],
    [
      'an expression in a shell',
      'mkdir -p shards',
      `mkdir ${expression('inputs.artifact')}`,
      'report: Merge: an expression in a script',
    ],
    [
      'an expression in a script',
      'const { issue',
      `${expression('inputs.artifact')}; const { issue`,
      'report: Comment on the pull request: an expression in a script',
    ],
    [
      'a token that stays',
      'persist-credentials: false',
      'fetch-depth: 1',
      'plan: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1: leaves the token in the checkout',
    ],
  ])('do notice %s', (_, from, to, message) => {
    expect(violations(changed(called, from, to))).toContain(message);
  });

  test('one action has one version everywhere', () => {
    const versions = new Map<string, Set<string>>();
    for (const { text } of ours) {
      for (const [, action = '', version = ''] of text.matchAll(/uses: (\S+)@(\S+ # v\S+)/g)) {
        versions.set(action, (versions.get(action) ?? new Set()).add(version));
      }
    }
    expect(versions.size).toBeGreaterThan(4);
    expect([...versions].filter(([, known]) => known.size !== 1)).toEqual([]);
  });
});

describe('what is called takes what it is given', () => {
  test('inputs and outputs of the action itself', async () => {
    const action = parse(await readFile(join(projectRoot(), 'action.yml'), 'utf8')) as Record<
      'inputs' | 'outputs',
      object
    >;
    const uses = [...ours, ...examples].flatMap((file) =>
      stepsOf(file).filter(({ step: { uses = '' } }) => /^\.\/(\.ovnfast)?$|^ovnfast\/build@/.test(uses)),
    );
    expect(uses.length).toBeGreaterThan(2);
    for (const { step } of uses) {
      for (const name of Object.keys(step.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
    }
    const smoke = ours.find(({ path }) => path.endsWith('smoke.yml'));
    for (const [, name] of (smoke?.text ?? '').matchAll(/steps\.build\.outputs\.([\w-]+)/g)) {
      expect(Object.keys(action.outputs)).toContain(name);
    }
  });

  test('inputs of the reusable workflow, in type too; each has a description', () => {
    const inputs = called.workflow.on.workflow_call?.inputs ?? {};
    for (const { description } of Object.values(inputs)) expect(description).toMatch(/\.$/);
    const calls = [...ours, ...examples].flatMap(({ workflow }) =>
      Object.values(workflow.jobs).filter(({ uses }) => uses?.includes('kmod.yml')),
    );
    expect(calls).toHaveLength(4);
    for (const [name, value] of calls.flatMap((job) => Object.entries(job.with ?? {}))) {
      expect([name, typeof value]).toEqual([name, inputs[name]?.type]);
    }
    const secrets = Object.keys(called.workflow.on.workflow_call?.secrets ?? {});
    const given = calls.flatMap((job) => Object.keys(job.secrets ?? {}));
    expect(given).toContain('signing-key');
    expect(given.filter((name) => !secrets.includes(name))).toEqual([]);
  });
});

test('every workflow in README is a file that is tested here', async () => {
  const text = await readFile(join(projectRoot(), 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const workflows = blocks.filter((block) => /^jobs:$/m.test(block));
  expect(workflows.length).toBeGreaterThan(0);
  for (const block of workflows) {
    const files = [...examples, ...ours].filter((file) => file.text.includes(`\n${block}`));
    expect(files, `none of docs/examples/ and .github/workflows/ holds this:\n${block}`).not.toEqual([]);
  }
});

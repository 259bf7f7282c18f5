// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { ovnfast } from '../../command.ts';
import { sampleReport, sampleTarget } from '../report/sample.ts';
import { readWorkflow, type Step, stepsOf, workflowsIn } from './workflow.ts';

// The scripts in the reusable workflow, run as the runner runs them, in a directory as the steps before them leave it.
const file = await readWorkflow('.github/workflows/kmod.yml');
const scratch = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-workflow-');

function stepNamed(name: string): Step {
  return stepsOf(file).find(({ step }) => step.name === name)?.step ?? expect.fail(`no step "${name}"`);
}

type Outcome = { code: number; output: string; outputs: string; summary: string };

/** A script in a shell as the runner starts it, with a place for outputs and for the summary of the job. */
async function runStep(name: string, cwd: string, env: Record<string, string> = {}): Promise<Outcome> {
  expect(file.workflow.defaults?.run?.shell).toBe('bash');
  const step = stepNamed(name);
  // All that the script may rely on is set by the step itself.
  expect(Object.keys(step.env ?? {}).sort()).toEqual(Object.keys(env).sort());
  const files = { GITHUB_OUTPUT: join(cwd, 'GITHUB_OUTPUT'), GITHUB_STEP_SUMMARY: join(cwd, 'GITHUB_STEP_SUMMARY') };
  for (const path of Object.values(files)) await writeFile(path, '');
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? expect.fail(`${name} has no script`)],
      { cwd, env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: cwd, ...files, ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
  const [outputs, summary] = await Promise.all(Object.values(files).map((path) => readFile(path, 'utf8')));
  return { code, output, outputs: outputs ?? '', summary: summary ?? '' };
}

/** In place of the bundle. */
async function putTool(cwd: string, source: string): Promise<void> {
  await mkdir(join(cwd, '.ovnfast/dist'), { recursive: true });
  await writeFile(join(cwd, '.ovnfast/package.json'), '{"type":"module"}');
  await writeFile(join(cwd, '.ovnfast/dist/cli.js'), source);
}

/** The command line of the source. */
const realTool = `await import(${JSON.stringify(join(projectRoot(), 'src/cli.ts'))});\n`;

const inputs = {
  ...{ TARGETS: '', MODULE: '', SUITES: '', SHARE_BUILDS: 'false', SHARDS: '256', ARTIFACT: 'ovnfast' },
  TIMEOUT_MINUTES: '120',
};

test('plan: inputs become arguments, whatever is in them', async () => {
  await using place = await scratch();
  await putTool(place.path, 'process.stdout.write(JSON.stringify(process.argv.slice(2)) + "\\n");');
  const plain = await runStep('Plan', place.path, inputs);
  expect([plain.code, plain.outputs]).toEqual([
    0,
    'matrix=["plan","--github","--shards=256","--artifact=ovnfast"]\njob-minutes=140\n',
  ]);
  const hostile = await runStep('Plan', place.path, {
    ...inputs,
    TARGETS: 'debian-12, ubuntu-*/6.8.0-*\n\n  --help  \n$(touch owned)\n`touch owned`',
    SUITES: 'a b,"; touch owned; #',
    MODULE: "-x' * \\",
    SHARE_BUILDS: 'true',
    SHARDS: '1; touch owned',
    ARTIFACT: 'x\nmatrix={}',
  });
  const [matrix = '', ...others] = hostile.outputs.split('\n');
  expect(JSON.parse(matrix.slice('matrix='.length))).toEqual([
    ...['plan', '--github', '--shards=1; touch owned', '--artifact=x\nmatrix={}'],
    ...[
      '--target=debian-12',
      '--target=ubuntu-*/6.8.0-*',
      '--target=--help',
      '--target=$(touch owned)',
      '--target=`touch owned`',
    ],
    ...['--suite=a b', '--suite="; touch owned; #', "--module=-x' * \\", '--share-builds'],
  ]);
  // One line, so that nothing in it can be another output.
  expect(others).toEqual(['job-minutes=140', '']);
  await expect(readFile(join(place.path, 'owned'))).rejects.toThrow(/ENOENT/);
});

test.each(['', '0', '1.5', '1e3', '10000', 'x[$(touch owned)]'])('plan: no time-out is "%s"', async (minutes) => {
  await using place = await scratch();
  const { code, output, outputs } = await runStep('Plan', place.path, { ...inputs, TIMEOUT_MINUTES: minutes });
  expect([code, outputs]).toEqual([2, '']);
  expect(output).toBe('::error::timeout-minutes is a whole number from 1 to 9999\n');
  await expect(readFile(join(place.path, 'owned'))).rejects.toThrow(/ENOENT/);
});

test('plan: what the tool refuses fails the job, and nothing is planned', async () => {
  await using place = await scratch();
  await putTool(place.path, realTool);
  const { code, output, outputs } = await runStep('Plan', place.path, { ...inputs, ARTIFACT: 'a--b' });
  expect([code, outputs]).toEqual([2, '']);
  expect(output).toMatch(/"a--b" is no beginning of artifact names/);
}, 60_000);

/** What the jobs have uploaded, as it is downloaded: the plan, and a directory for each shard but those named. */
async function download(cwd: string, without: number[] = []): Promise<void> {
  await putTool(cwd, realTool);
  const targets = [0, 1].map((index) => ({
    ...sampleTarget(index, { status: 'pass' }, 2),
    build: { status: 'pass' as const, seconds: 1, diagnostics: [] },
  }));
  const include = targets.map(({ id, kernel }) => ({
    ...{ name: `${id}: fastpath`, artifact: `ovnfast--${id}`, targets: [`${id}/${kernel}`], suites: ['fastpath'] },
  }));
  await mkdir(join(cwd, 'plan'));
  await writeFile(join(cwd, 'plan/plan.json'), JSON.stringify({ include }));
  for (const [index, target] of targets.entries()) {
    if (without.includes(index)) continue;
    const directory = join(cwd, 'shards', `ovnfast--${target.id}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'report.json'), JSON.stringify(sampleReport([target])));
  }
}

test('merge: the summary is published, status and exit status are handed on', async () => {
  await using place = await scratch();
  await download(place.path);
  const merged = await runStep('Merge', place.path);
  expect([merged.code, merged.outputs], merged.output).toEqual([0, 'code=0\nstatus=pass\n']);
  expect(merged.summary).toContain('2 of 2 targets passed');
  expect(merged.summary).toBe(await readFile(join(place.path, 'report/summary.md'), 'utf8'));
  expect((await runStep('Verdict', place.path, { CODE: '0' })).code).toBe(0);
}, 60_000);

test.each([
  ['one shard', [1], '1 of 2 targets passed'],
  ['all shards', [0, 1], '0 of 2 targets passed'],
])(
  'merge: %s without a report: published all the same, and then the job fails',
  async (_, without, summary) => {
    await using place = await scratch();
    await download(place.path, without);
    const merged = await runStep('Merge', place.path);
    expect([merged.code, merged.outputs], merged.output).toEqual([0, 'code=3\nstatus=error\n']);
    expect(merged.summary).toContain(summary);
    expect((await runStep('Verdict', place.path, { CODE: '3' })).code).toBe(3);
  },
  60_000,
);

test('merge: what cannot be merged fails at once', async () => {
  await using place = await scratch();
  await download(place.path);
  await rm(join(place.path, 'plan/plan.json'));
  const { code, output, outputs } = await runStep('Merge', place.path);
  expect([code, outputs]).toEqual([2, '']);
  expect(output).toMatch(/plan\.json: cannot be read/);
}, 60_000);

test.each([
  ['success', 'pass', 0],
  ['failure', 'skip', 0],
  ['failure', 'fail', 1],
  ['failure', 'error', 1],
  ['failure', '', 1],
])('a shard: %s with status "%s" ends with %i', async (outcome, status, code) => {
  await using place = await scratch();
  expect((await runStep('Verdict of this job', place.path, { OUTCOME: outcome, STATUS: status })).code).toBe(code);
});

describe('release', () => {
  const secrets = { OVNFAST_SIGNING_KEY: '', KBUILD_SIGN_PIN: '', GITHUB_TOKEN: 'token' };
  const wishes = { TAG: 'v1.2.0', MODULE: '', DRAFT: 'false', PRERELEASE: 'false', ATTEST: 'false', CERTIFICATE: '' };
  const url = 'https://github.com/o/r/releases/tag/v1.2.0';

  /** A checkout of a repository, with a tool that notes how it is called. */
  async function checkout(cwd: string): Promise<void> {
    await putTool(
      cwd,
      `import { writeFileSync } from 'node:fs';
       writeFileSync('called.json', JSON.stringify(process.argv.slice(2)));
       process.stdout.write(JSON.stringify({ published: { url: ${JSON.stringify(url)} } }));`,
    );
    for (const directory of ['.git/info', '.ovnfast/kmod/fastpath', '.ovnfast/kmod/by pass']) {
      await mkdir(join(cwd, directory), { recursive: true });
    }
  }
  const called = async (cwd: string) => JSON.parse(await readFile(join(cwd, 'called.json'), 'utf8'));
  const always = ['release', '.ovnfast/report', '--tag=v1.2.0', '--out=.ovnfast/release', '--publish', '--json'];
  const own = ['--module=.ovnfast/kmod/by pass/', '--module=.ovnfast/kmod/fastpath/'];

  test('inputs become arguments, the address is handed on, and the tool is no change of the repository', async () => {
    await using place = await scratch();
    await checkout(place.path);
    const { code, output, outputs } = await runStep('Release', place.path, { ...wishes, ...secrets });
    expect([code, outputs], output).toEqual([0, `url=${url}\n`]);
    expect(await called(place.path)).toEqual([...always, ...own]);
    expect(await readFile(join(place.path, '.git/info/exclude'), 'utf8')).toBe('/.ovnfast/\n');
  });

  test('whatever is in them; a key is no argument', async () => {
    await using place = await scratch();
    await checkout(place.path);
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA; touch owned\n-----END CERTIFICATE-----\n';
    const { code, output } = await runStep('Release', place.path, {
      ...{ TAG: 'v1$(touch owned)', MODULE: '--help "; touch owned', CERTIFICATE: certificate },
      ...{ DRAFT: 'true', PRERELEASE: 'true', ATTEST: 'true', GITHUB_TOKEN: 'token' },
      ...{ OVNFAST_SIGNING_KEY: 'a key', KBUILD_SIGN_PIN: 'a pin' },
    });
    expect(code, output).toBe(0);
    expect(await called(place.path)).toEqual([
      ...always.map((argument) => argument.replace('v1.2.0', 'v1$(touch owned)')),
      ...own,
      ...['--module=--help "; touch owned', `--sign-certificate=${certificate}`],
      ...['--draft', '--prerelease', '--attest'],
    ]);
    await expect(readFile(join(place.path, 'owned'))).rejects.toThrow(/ENOENT/);
  });

  test('what the tool refuses fails the job', async () => {
    await using place = await scratch();
    await checkout(place.path);
    await putTool(place.path, realTool);
    const { code, output, outputs } = await runStep('Release', place.path, { ...wishes, ...secrets, TAG: 'latest' });
    expect([code, outputs]).toEqual([2, '']);
    expect(output).toMatch(/repository has to be known/);
  }, 60_000);

  test('is made only when everything has passed, in the one job that is given the key', () => {
    const { jobs } = file.workflow;
    expect(jobs.release).toMatchObject({ needs: 'report' });
    const condition = "needs.report.result == 'success' && needs.report.outputs.status == 'pass'";
    expect(jobs.release?.if).toContain(condition);
    const withSecrets = stepsOf(file).filter(({ step }) => JSON.stringify(step).includes('secrets.'));
    expect(withSecrets.map(({ job, step }) => [job, step.name])).toEqual([['release', 'Release']]);
  });
});

type Comment = { id: number; user: { login: string } | null; body?: string };

/** Runs the script of the step as actions/github-script does: as the body of an async function with these names. */
async function comment(
  cwd: string,
  comments: Comment[],
  refusal?: number,
): Promise<{ done: unknown[]; warnings: string[] }> {
  const done: unknown[] = [];
  const warnings: string[] = [];
  const act = (what: string) => (given: object) => {
    if (refusal !== undefined)
      throw Object.assign(new Error('Resource not accessible by integration'), { status: refusal });
    done.push([what, given]);
  };
  const issues = { listComments: {}, updateComment: act('update'), createComment: act('create') };
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Promise<void>;
  const script = new AsyncFunction(
    'github',
    'context',
    'core',
    'require',
    'process',
    String(stepNamed('Comment on the pull request').with?.script),
  );
  const require = createRequire(import.meta.url);
  await script(
    { rest: { issues }, paginate: async (what: unknown) => (what === issues.listComments ? comments : expect.fail()) },
    { repo: { owner: 'o', repo: 'r' }, issue: { number: 7 } },
    { warning: (message: string) => warnings.push(message) },
    (name: string) => (name === 'node:fs' ? { readFileSync: () => 'the summary\n' } : require(name)),
    { cwd: () => cwd, env: { ARTIFACT: 'ovnfast', RUN: 'https://github.com/o/r/actions/runs/1' } },
  );
  return { done, warnings };
}

test('comment: made once, changed from then on; nobody else is answered for', async () => {
  const bot = { login: 'github-actions[bot]' };
  const body = '<!-- ovnfast ovnfast -->\nthe summary\n\n[Everything else](https://github.com/o/r/actions/runs/1)\n';
  const others: Comment[] = [
    { id: 1, user: { login: 'somebody' }, body: '<!-- ovnfast ovnfast -->' },
    { id: 2, user: bot, body: '<!-- ovnfast other -->' },
    { id: 3, user: bot, body: '> <!-- ovnfast ovnfast -->' },
    { id: 4, user: null },
  ];
  const created = await comment('.', others);
  expect(created.done).toEqual([['create', { owner: 'o', repo: 'r', issue_number: 7, body }]]);
  const updated = await comment('.', [...others, { id: 5, user: bot, body }]);
  expect(updated.done).toEqual([['update', { owner: 'o', repo: 'r', comment_id: 5, body }]]);
});

test('comment: one that is not permitted is a warning with its remedy; another failure is one', async () => {
  const { done, warnings } = await comment('.', [], 403);
  expect([done, warnings]).toEqual([
    [],
    [expect.stringMatching(/^no comment: Resource not .* pull-requests: write for the calling job/)],
  ]);
  await expect(comment('.', [], 500)).rejects.toThrow(/not accessible/);
});

test('every option that a workflow gives to a command is one of that command', async () => {
  const scripts = (await workflowsIn('.github/workflows')).flatMap(stepsOf).flatMap(({ step: { run = '' } }) => {
    const command = /cli\.js (\w+)/.exec(run)?.[1] ?? /arguments=\((\w+)/.exec(run)?.[1];
    return run.includes('cli.js') && command ? [{ command, options: run.match(/--[a-z][a-z-]+/g) ?? [] }] : [];
  });
  expect(scripts.map(({ command }) => command).sort()).toEqual(['merge', 'plan', 'release']);
  for (const { command, options } of scripts) {
    const { stdout } = await ovnfast([command, '--help'], { cwd: projectRoot() });
    expect(options.length).toBeGreaterThan(1);
    for (const option of options)
      expect(stdout, `${command} ${option}`).toMatch(new RegExp(`^ +(-\\w, )?${option}[ \\n]`, 'm'));
  }
}, 60_000);

// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { cacheDirectory, projectRoot } from '../src/host/paths.ts';
import { readLog, type StepLog } from './action-log.ts';

export type ActionFile = {
  inputs: Record<string, { description: string; default?: string; required?: boolean; deprecationMessage?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string; post?: string; 'post-if'?: string; pre?: string };
};

export type RunnerOptions = {
  /** Of the job: what the runner adds for every step, or has been told by `GITHUB_ENV`. */
  environment?: Record<string, string>;
  /** `empty`: nothing is on this machine. Left out: the downloads of all tests are at hand (`OVNFAST_CACHE`). */
  cache?: 'empty';
};

export type StepOptions = {
  inputs?: Record<string, string>;
  /** `github.token` of the job. */
  token?: string;
  environment?: Record<string, string>;
  /** `src/action.ts` in place of the bundle `dist/action.js` as it is checked in. */
  source?: boolean;
  /** The Node.js of the runner, that of the tests if left out. */
  node?: string;
  /** Called with all output so far, at each piece of it; `cancel` does what the runner does when a user cancels the job. */
  onOutput?: (text: string, cancel: () => void) => void;
  /** Milliseconds until the next signal of a cancellation; left out: as the runner, which is in a hurry. */
  patience?: { interrupt: number; terminate: number };
};

/** What a step (main, or post) has come to. */
export type StepResult = {
  code: number | null;
  outcome: 'success' | 'failure' | 'cancelled';
  /** Signals that the runner has sent. */
  signals: NodeJS.Signals[];
  /** All that it printed, both streams, as it came. */
  printed: string;
  log: StepLog;
  outputs: Record<string, string>;
  state: Record<string, string>;
  /** What it exports to later steps. */
  exported: Record<string, string>;
  /** The job summary; GitHub shows none that is over 1 MiB. */
  summary: string;
  /** All that the runner has put into its environment. */
  environment: Record<string, string>;
};

export type Step = StepResult & {
  /** Runs the post step as the runner does at the end of the job, after a failure and a cancellation too (`post-if: always()`). */
  post(options?: Pick<StepOptions, 'environment' | 'onOutput' | 'patience'>): Promise<StepResult>;
};

/** As ProcessInvoker.cs of the runner: SIGINT, then SIGTERM, then the process and its children are killed. */
const PATIENCE = { interrupt: 7500, terminate: 2500 };
/** Milliseconds after its end in which the output of a step has to end, too. */
const HELD = 30_000;
const FILES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const;

export async function readActionFile(): Promise<ActionFile> {
  return parse(await readFile(join(projectRoot(), 'action.yml'), 'utf8')) as ActionFile;
}

/** A machine with GitHub's runner on it, and a job: directories of its own, gone at the end of its scope. */
export class ActionRunner implements AsyncDisposable {
  readonly directory: string;
  readonly home: string;
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly environment: Record<string, string>;

  private constructor(directory: string, options: RunnerOptions) {
    this.directory = directory;
    this.home = join(directory, 'home');
    this.workspace = join(directory, 'work/repo/repo');
    this.temp = join(directory, 'work/_temp');
    this.toolCache = join(directory, 'work/_tool');
    this.environment = {
      ...(options.cache === 'empty' ? {} : { OVNFAST_CACHE: cacheDirectory(process.env) }),
      ...options.environment,
    };
  }

  static async create(options: RunnerOptions = {}): Promise<ActionRunner> {
    const runner = new ActionRunner(await mkdtemp(join(tmpdir(), 'ovnfast-runner-')), options);
    for (const path of [runner.home, runner.workspace, runner.temp, runner.toolCache]) {
      await mkdir(path, { recursive: true });
    }
    return runner;
  }

  /** A step `uses: ovnfast/build@v1`. A failure of it is a value. */
  async uses(options: StepOptions = {}): Promise<Step> {
    const { inputs, runs } = await readActionFile();
    const unexpected = Object.keys(options.inputs ?? {}).filter((name) => !(name in inputs));
    if (unexpected.length > 0) throw new Error(`action.yml has no input ${unexpected.join(', ')}`);
    const given: Record<string, string> = {};
    for (const [name, { default: value }] of Object.entries(inputs)) {
      const text = options.inputs?.[name] ?? evaluated(value, options);
      // As ContainerActionHandler.cs and NodeScriptActionHandler.cs: spaces become underscores, hyphens stay.
      if (text !== undefined) given[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = text;
    }
    const main = await this.start(programOf(runs.main, options), given, options);
    const kept = Object.fromEntries(Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]));
    return {
      ...main,
      post: async (own = {}) => {
        if (!runs.post) throw new Error('action.yml has no post step');
        if ((runs['post-if'] ?? 'always()') !== 'always()') throw new Error(`post-if is ${runs['post-if']}`);
        const environment = { ...main.exported, ...options.environment, ...own.environment };
        const settings = { ...options, ...own, environment };
        return await this.start(programOf(runs.post, settings), { ...given, ...kept }, settings);
      },
    };
  }

  /** A step `run: ...` with `shell: bash`, and with what stands in its `env`. A failure of it is a value. */
  async runs(script: string, env: Record<string, string> = {}): Promise<StepResult> {
    const file = join(this.temp, `${randomUUID()}.sh`);
    await writeFile(file, script);
    // The Node.js of the tests is in the place of that which actions/setup-node brings.
    const environment = { ...env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    return await this.start(['bash', '--noprofile', '--norc', '-eo', 'pipefail', file], environment, {});
  }

  private async start(argv: string[], given: Record<string, string>, options: StepOptions): Promise<StepResult> {
    const id = randomUUID();
    const files = Object.fromEntries(
      FILES.map((name) => [name, join(this.temp, '_runner_file_commands', `${name}_${id}`)]),
    );
    await mkdir(join(this.temp, '_runner_file_commands'), { recursive: true });
    for (const path of Object.values(files)) await writeFile(path, '');
    const environment = {
      ...{ PATH: process.env.PATH ?? '', HOME: this.home, LANG: 'C.UTF-8' },
      ...this.surroundings(),
      ...files,
      ...this.environment,
      ...options.environment,
      ...given,
    };
    const ended = await this.wait(argv, environment, options);
    const read = async (name: (typeof FILES)[number]) => await readFile(files[name] ?? '', 'utf8');
    const result = {
      ...ended,
      log: readLog(ended.printed),
      outputs: pairs(await read('GITHUB_OUTPUT')),
      state: pairs(await read('GITHUB_STATE')),
      exported: pairs(await read('GITHUB_ENV')),
      summary: await read('GITHUB_STEP_SUMMARY'),
      environment,
    };
    for (const path of Object.values(files)) await rm(path);
    return result;
  }

  /** Starts the program, as a process and not as a group, and sends the signals of a cancellation to it alone. */
  private async wait(argv: string[], env: Record<string, string>, { onOutput, patience = PATIENCE }: StepOptions) {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      cwd: this.workspace,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const signals: NodeJS.Signals[] = [];
    const over = new AbortController();
    const send = (signal: NodeJS.Signals) => {
      signals.push(signal);
      child.kill(signal);
    };
    let cancelling: Promise<void> | undefined;
    const cancel = () => {
      cancelling ??= (async () => {
        send('SIGINT');
        await sleep(patience.interrupt, undefined, { signal: over.signal });
        send('SIGTERM');
        await sleep(patience.terminate, undefined, { signal: over.signal });
        send('SIGKILL');
      })().catch(() => {});
    };
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        printed += chunk;
        onOutput?.(printed, cancel);
      });
    }
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => {
        over.abort();
        setTimeout(
          () => reject(new Error(`what it has left running holds its output open:\n${printed}`)),
          HELD,
        ).unref();
      });
      child.on('close', resolve);
    });
    const outcome = cancelling ? 'cancelled' : code === 0 ? 'success' : 'failure';
    return { code, outcome, signals, printed } as const;
  }

  /** What the runner tells every step about the job, as far as anybody reads it. */
  private surroundings(): Record<string, string> {
    return {
      ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: this.workspace, GITHUB_ACTION: '__ovnfast_build' },
      ...{ RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64', RUNNER_NAME: 'runner', RUNNER_ENVIRONMENT: 'self-hosted' },
      ...{ RUNNER_TEMP: this.temp, RUNNER_TOOL_CACHE: this.toolCache },
      ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'owner/name', GITHUB_REPOSITORY_OWNER: 'owner' },
      ...{ GITHUB_API_URL: 'https://api.github.com', GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql' },
      ...{ GITHUB_WORKFLOW: 'kmod', GITHUB_JOB: 'build', GITHUB_RUN_ID: '123', GITHUB_RUN_NUMBER: '1' },
      ...{ GITHUB_RUN_ATTEMPT: '1', GITHUB_EVENT_NAME: 'push', GITHUB_ACTOR: 'octocat', GITHUB_RETENTION_DAYS: '90' },
      ...{ GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch' },
      ...{ GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567' },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** How a file of the action is started. */
function programOf(entry: string, { node, source }: StepOptions): string[] {
  const path = source ? entry.replace(/^dist\/(.*)\.js$/, 'src/$1.ts') : entry;
  return [node ?? process.execPath, join(projectRoot(), path)];
}

/** A default of action.yml; of expressions only the token's is known. */
function evaluated(value: string | undefined, { token = 'ghs_token' }: StepOptions): string | undefined {
  const text = value === undefined ? undefined : String(value);
  const result = text?.replace(/\$\{\{\s*github\.token\s*\}\}/g, token);
  if (result?.includes('${{')) throw new Error(`a default of action.yml has an unknown expression: ${value}`);
  return result;
}

/** Reads a file of commands as the runner does (FileCommandManager.cs): `name=value`, or `name<<END` with lines up to END. */
function pairs(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, equals, value] = /^([^=]*?)=(.*)$/.exec(line) ?? [];
    const [, heredoc, end] = /^(.*?)<<(.*)$/.exec(line) ?? [];
    if (equals !== undefined && (heredoc === undefined || equals.length < heredoc.length)) {
      found[equals] = value ?? '';
    } else if (heredoc) {
      const last = lines.indexOf(end ?? '', index + 1);
      if (!end || last < 0) throw new Error(`a file of commands has no end of ${line}`);
      found[heredoc] = lines.slice(index + 1, last).join('\n');
      index = last;
    } else throw new Error(`a file of commands has a line that is none: ${line}`);
  }
  return found;
}

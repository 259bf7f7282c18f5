// SPDX-License-Identifier: Apache-2.0
import { relative, resolve } from 'node:path';
import type { Edge } from '../commands/edge.ts';
import { moduleDirectory } from '../commands/run.ts';
import type { AcceleratorWish } from '../machine/accelerator.ts';
import { Mistakes } from '../release/mistakes.ts';
import { oneLine } from '../report/text.ts';
import { checkArtifactPrefix, DEFAULT_ARTIFACT, GITHUB_MATRIX_LIMIT } from '../shards/shard.ts';
import { checkInputs } from './checks.ts';

/** What a release is to be, and what it is signed with. */
export type ReleaseInputs = {
  tag: string;
  draft: boolean;
  prerelease: boolean;
  attest: boolean;
  /** The key itself (PEM), or a PKCS#11 URI. */
  signingKey?: string;
  /** The certificate itself (PEM), or a path. */
  signingCertificate?: string;
  signingPassphrase?: string;
  token: string;
};

/** What the inputs of the action say. All paths are absolute. What is undefined was left out. */
export type Inputs = {
  workspace: string;
  /** Patterns; none: the default set. */
  targets: string[];
  module: string;
  /** Names or absolute paths. */
  suites?: string[];
  /** Paths of packages of a kernel. */
  packages: string[];
  frozen: boolean;
  shareBuilds: boolean;
  fresh: boolean;
  bench: boolean;
  /** Path of an earlier report.json. */
  baseline?: string;
  /** In percent. */
  tolerance: number;
  jobs?: number;
  timeoutMinutes?: number;
  accelerator: AcceleratorWish;
  mirrors: string[];
  matrix?: string;
  cache: boolean;
  /** Left out: nothing is uploaded. */
  artifact?: string;
  /** Left out: as the repository is set. */
  retentionDays?: number;
  release?: ReleaseInputs;
  summary: boolean;
  planOnly: boolean;
  shards?: number;
  out: string;
  prepareRunner: boolean;
};

type Environment = Edge['environment'];

const ACCELERATORS = ['auto', 'kvm', 'tcg'] as const;
/** docs.github.com, "Managing GitHub Actions settings for an organization": the longest that private repositories may keep. */
const MAXIMUM_RETENTION_DAYS = 400;
/** A job on a runner of one's own ends after five days (docs.github.com, "Actions limits"). */
const MAXIMUM_MINUTES = 5 * 24 * 60;
const MAXIMUM_JOBS = 1024;
const MAXIMUM_TOLERANCE = 1000;
/** What @actions/artifact refuses in a name, and GitHub's limit of its length. */
const NO_ARTIFACT_NAME = /["<>|*?\\/:\p{Cc}]/u;
const MAXIMUM_ARTIFACT_NAME = 256;
/** Of a value, in a message. */
const SHOWN = 100;

/**
 * Reads the inputs as the runner hands them over, and looks at what they name. Throws one InputError with all mistakes, each
 * with its remedy; what is secret is in none of them.
 */
export async function readInputs(edge: Edge): Promise<Inputs> {
  const mistakes = new Mistakes();
  const inputs = await parseInputs(edge, mistakes);
  await checkInputs(inputs, edge, mistakes);
  mistakes.throwAny();
  return inputs;
}

async function parseInputs(edge: Edge, mistakes: Mistakes): Promise<Inputs> {
  const read = new Reader(edge.environment, mistakes);
  const workspace = edge.workingDirectory;
  const path = (named: string) => resolve(workspace, named);
  const planOnly = read.flag('plan-only', false);
  const suites = read.list('suites');
  const baseline = read.text('baseline');
  const matrix = read.text('matrix');
  const inputs: Inputs = {
    workspace,
    targets: read.list('targets'),
    module: moduleDirectory(edge, read.text('module') || undefined),
    // A path is one of the workspace, a plain name one of the suites that come with the action.
    ...(suites.length > 0 ? { suites: suites.map((suite) => (suite.includes('/') ? path(suite) : suite)) } : {}),
    packages: read.list('packages').map(path),
    frozen: read.flag('frozen', true),
    shareBuilds: read.flag('share-builds', false),
    fresh: read.flag('fresh', false),
    bench: read.flag('bench', false),
    ...(baseline ? { baseline: path(baseline) } : {}),
    tolerance: read.number('tolerance', 'percent', { to: MAXIMUM_TOLERANCE }) ?? 1,
    ...optional('jobs', read.whole('jobs', 'builds and machines', { from: 1, to: MAXIMUM_JOBS })),
    ...optional('timeoutMinutes', read.whole('timeout-minutes', 'minutes', { from: 1, to: MAXIMUM_MINUTES })),
    accelerator: read.choice('accel', ACCELERATORS, 'auto'),
    mirrors: read.addresses('mirror'),
    ...(matrix ? { matrix: path(matrix) } : {}),
    cache: read.flag('cache', true),
    ...optional('artifact', await artifactOf(read, planOnly, mistakes)),
    ...optional('retentionDays', read.whole('retention-days', 'days', { from: 0, to: MAXIMUM_RETENTION_DAYS })),
    ...optional('release', releaseOf(read)),
    summary: read.flag('summary', true),
    planOnly,
    ...optional('shards', read.whole('shards', 'jobs', { from: 1, to: GITHUB_MATRIX_LIMIT })),
    out: path(read.text('out') || 'out'),
    prepareRunner: read.flag('prepare-runner', true),
  };
  // The repository's own setting.
  if (inputs.retentionDays === 0) delete inputs.retentionDays;
  checkRules(inputs, mistakes);
  return inputs;
}

/** What does not go together, whatever is on the disk. */
function checkRules({ planOnly, shards, packages, release, out, workspace }: Inputs, mistakes: Mistakes): void {
  if (shards !== undefined && !planOnly) {
    mistakes.add('input shards says how many jobs plan-only may plan', {
      remedy: 'Set plan-only to true, or leave shards out.',
    });
  }
  if (planOnly && packages.length > 0) {
    mistakes.add('inputs plan-only and packages do not go together: packages are of one kernel, which needs one job', {
      remedy: 'Leave out one of them.',
    });
  }
  if (planOnly && release) {
    mistakes.add(
      'inputs plan-only and release do not go together: where nothing is built there is nothing to release',
      {
        remedy: 'Leave out one of them.',
      },
    );
  }
  // All of it would be uploaded, and may be removed before a run.
  if (!relative(out, workspace).startsWith('..')) {
    mistakes.add(`input out: "${shown(out)}" is the workspace, or holds it`, {
      remedy: 'Name a directory of its own, such as out.',
    });
  }
}

async function artifactOf(read: Reader, planOnly: boolean, mistakes: Mistakes): Promise<string | undefined> {
  const name = read.text('artifact') || DEFAULT_ARTIFACT;
  if (name === 'none') return undefined;
  if (planOnly) {
    await mistakes.catch(async () => checkArtifactPrefix(name));
  } else if (NO_ARTIFACT_NAME.test(name) || name.length > MAXIMUM_ARTIFACT_NAME) {
    mistakes.add(`input artifact: "${shown(name)}" cannot be the name of an artifact`, {
      remedy: `Up to ${MAXIMUM_ARTIFACT_NAME} characters without " : < > | * ? \\ / and line breaks; none uploads nothing.`,
    });
  }
  return name;
}

function releaseOf(read: Reader): ReleaseInputs | undefined {
  const flags = {
    draft: read.flag('draft', false),
    prerelease: read.flag('prerelease', false),
    attest: read.flag('attest', false),
  };
  const tag = read.text('release');
  // A workflow names the tag only when there is one, and all that goes with it always.
  if (tag === '') return undefined;
  return {
    tag,
    ...flags,
    ...optional('signingKey', read.text('signing-key') || undefined),
    ...optional('signingCertificate', read.text('signing-certificate') || undefined),
    ...optional('signingPassphrase', read.text('signing-passphrase') || undefined),
    token: read.text('token'),
  };
}

/** A property that is there when it has a value. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: Value };
}

/** The value of an input, as @actions/core reads it: without blanks around it, '' when it is not there. */
export function inputOf(environment: Environment, name: string): string {
  return (environment[`INPUT_${name.toUpperCase()}`] ?? '').trim();
}

/** What somebody wrote, as it can stand in a message. */
function shown(text: string): string {
  const line = oneLine(text);
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** Reads inputs as @actions/core does, but notes what is wrong in place of stopping there. */
class Reader {
  private readonly environment: Environment;
  private readonly mistakes: Mistakes;

  constructor(environment: Environment, mistakes: Mistakes) {
    this.environment = environment;
    this.mistakes = mistakes;
  }

  text(name: string): string {
    return inputOf(this.environment, name);
  }

  /** One per line or separated by commas. */
  list(name: string): string[] {
    return this.text(name)
      .split(/[\n,]/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  /** As YAML 1.2 writes booleans; empty is the default. */
  flag(name: string, byDefault: boolean): boolean {
    const text = this.text(name);
    if (text === '') return byDefault;
    if (/^(true|True|TRUE)$/.test(text)) return true;
    if (/^(false|False|FALSE)$/.test(text)) return false;
    this.wrong(name, text, 'is neither true nor false', `Write true or false; empty is ${byDefault}.`);
    return byDefault;
  }

  whole(name: string, unit: string, { from, to }: { from: number; to: number }): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= from && number <= to) return number;
    this.wrong(name, text, `is no number of ${unit}`, `It is a whole number from ${from} to ${to}, or left out.`);
    return undefined;
  }

  number(name: string, unit: string, { to }: { to: number }): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const number = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (number <= to) return number;
    this.wrong(name, text, `is no number of ${unit}`, `It is a number from 0 to ${to}, such as 1 or 0.5.`);
    return undefined;
  }

  choice<Name extends string>(name: string, names: readonly Name[], byDefault: Name): Name {
    const text = this.text(name);
    if (text === '') return byDefault;
    const found = names.find((one) => one === text);
    if (found === undefined) this.wrong(name, text, 'is unknown', `It is one of ${names.join(', ')}.`);
    return found ?? byDefault;
  }

  /** Addresses of http or https. */
  addresses(name: string): string[] {
    return this.list(name).filter((text) => {
      const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
      if (url?.username === '' && url.password === '') return true;
      if (!url) this.wrong(name, text, 'is no address', 'It begins with http:// or https://.');
      // It would not be sent, but be in the report.
      else {
        this.mistakes.add(`input ${name}: ${url.host} is given with a user or a password, which no mirror is sent`, {
          remedy: 'Leave them out; a mirror that asks for them cannot be used.',
        });
      }
      return false;
    });
  }

  private wrong(name: string, text: string, fault: string, remedy: string): void {
    this.mistakes.add(`input ${name}: "${shown(text)}" ${fault}`, { remedy });
  }
}

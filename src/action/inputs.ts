// SPDX-License-Identifier: Apache-2.0
import { relative, resolve, sep } from 'node:path';
import type { Edge } from '../commands/edge.ts';
import { moduleDirectory } from '../commands/run.ts';
import type { AcceleratorWish } from '../machine/accelerator.ts';
import { Mistakes } from '../release/mistakes.ts';
import { checkArtifactPrefix, DEFAULT_ARTIFACT, GITHUB_MATRIX_LIMIT } from '../shards/shard.ts';
import { checkInputs } from './checks.ts';
import { Reader, shown } from './reader.ts';

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
    out: workspace,
    prepareRunner: read.flag('prepare-runner', true),
  };
  const out = read.text('out');
  // In the module's own directory it would be a source, another one after each run.
  inputs.out = path(out || (isSource('out', inputs) ? '.ovnfast/out' : 'out'));
  // The repository's own setting.
  if (inputs.retentionDays === 0) delete inputs.retentionDays;
  checkRules(inputs, mistakes);
  return inputs;
}

/** What does not go together, whatever is on the disk. */
function checkRules(inputs: Inputs, mistakes: Mistakes): void {
  const { planOnly, shards, packages, release, out, workspace } = inputs;
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
  // Runs remove what is in their way there.
  if (holds(out, workspace)) {
    mistakes.add(`input out: "${shown(out)}" is the workspace, or holds it`, {
      remedy: 'Name a directory of its own, such as out.',
    });
  } else if (isSource(out, inputs)) {
    mistakes.add(`input out: "${shown(out)}" is in the directory of the module, whose source it would change`, {
      remedy: 'Name a directory outside of it, such as .ovnfast/out, or leave it out.',
    });
  }
}

function holds(directory: string, path: string): boolean {
  return !relative(directory, path).split(sep).includes('..');
}

/** Whether what lies there belongs to the sources of the module; what is called as this tool does not. */
function isSource(path: string, { module, workspace }: Inputs): boolean {
  const place = resolve(workspace, path);
  return holds(module, place) && !relative(module, place).split(sep).includes('.ovnfast');
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

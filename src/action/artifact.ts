// SPDX-License-Identifier: Apache-2.0
import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { TemporaryDirectory } from '../host/files.ts';
import type { Report } from '../report/model.ts';
import { oneLine } from '../report/text.ts';
import type { ReportFiles } from '../report/write.ts';
import { askToolkit } from './toolkit.ts';

export type ArtifactOptions = {
  name: string;
  /** Left out: as the repository is set. */
  retentionDays?: number;
  /** What the run wrote into. */
  directory: string;
  report: Pick<Report, 'targets'>;
  files: ReportFiles;
  environment: Record<string, string | undefined>;
  warn: (message: string) => void;
  signal: AbortSignal;
};

export type Artifact = {
  id: string;
  /** For people. */
  url: string;
  /** SHA-256 of the archive, as lower-case hex. */
  digest: string;
};

/** What artifacts cannot have in a path (the client's path-and-artifact-name-validation.ts). */
const NO_PATH = /["<>|*?:\r\n]/;
const SECONDS = 1800;
const MAXIMUM_MESSAGE = 1000;

/**
 * Uploads what a run wrote, reports, consoles, modules and all, as an artifact of the workflow's run. Nothing else in the directory
 * goes along, no link is followed. Throws EnvironmentError when it cannot be uploaded, with what to do; the signal's reason.
 */
export async function uploadReport(options: ArtifactOptions): Promise<Artifact> {
  const { name, retentionDays, directory, environment, warn, signal } = options;
  const files: string[] = [];
  for (const file of await written(options)) {
    const path = relative(directory, file);
    if (NO_PATH.test(path)) warn(`artifact ${name}: no artifact can hold the file ${oneLine(path)}, it is left out`);
    else files.push(file);
  }
  await using scratch = await TemporaryDirectory.create(environment.RUNNER_TEMP ?? directory, '.ovnfast-artifact-');
  const days = retentionDays === undefined ? {} : { retentionDays };
  const { failure, id, digest, complaints } = await askToolkit(
    { kind: 'upload', name, files, root: directory, ...days },
    { directory: scratch.path, environment, timeoutSeconds: SECONDS, signal },
  );
  for (const complaint of complaints) warn(`artifact ${name}: ${oneLine(complaint)}`);
  if (failure !== undefined || id === undefined) throw explain(name, failure ?? 'the service gave it no number');
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/artifacts/${id}`;
  return { id, url, digest: digest ?? '' };
}

/** All files of a run: the reports, and what is in the directories of its targets. */
async function written({ directory, report, files }: ArtifactOptions): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string): Promise<void> => {
    const status = await lstat(path).catch(() => undefined);
    if (status?.isFile()) found.push(path);
    if (status?.isDirectory()) for (const name of (await readdir(path)).sort()) await visit(join(path, name));
  };
  for (const path of Object.values(files)) await visit(path);
  for (const { id, kernel } of report.targets) await visit(join(directory, id, kernel));
  return found;
}

/** What the service said, and what is to be done about it. */
function explain(name: string, failure: string): EnvironmentError {
  const said = oneLine(failure).slice(0, MAXIMUM_MESSAGE);
  const cannot = `the artifact ${name} is not uploaded`;
  if (/\(409\)/.test(said)) {
    return new EnvironmentError(`${cannot}: this run has one of that name already (${said})`, {
      remedy: `Give each job of a matrix a name of its own: artifact: ovnfast-\${{ matrix.name }}.`,
    });
  }
  if (/\((?:401|403)\)/.test(said)) {
    return new EnvironmentError(`${cannot}: the token of this job may not (${said})`, {
      remedy:
        'It is the token that the runner gives to actions, good while the job runs. Look whether a proxy is in the way, and whether the job has run too long; artifact: none uploads nothing.',
    });
  }
  if (/ACTIONS_(?:RUNTIME_TOKEN|RESULTS_URL)/.test(said)) {
    return new EnvironmentError(`${cannot}: nothing here takes artifacts (${said})`, {
      remedy: 'Runners of GitHub have that service; elsewhere set artifact: none, and take the files from `out`.',
    });
  }
  return new EnvironmentError(`${cannot}: ${said}`, {
    remedy: 'Run the job again; what was uploaded so far is no artifact. The files are in `out` while the job runs.',
  });
}

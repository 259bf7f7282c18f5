// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { type ProcessResult, runProcess } from '../host/process.ts';
import type { Mistakes } from './mistakes.ts';

export type Origin = { commit?: string; time: Date };

export type OriginOptions = {
  /** Directories of sources. */
  directories: string[];
  /** Of what went along with them, which may be of another repository: that has its digest, and no word in the release's origin. */
  others?: string[];
  environment: Record<string, string | undefined>;
  mistakes: Mistakes;
  signal: AbortSignal;
};

const GIT_SECONDS = 60;
/** The end of 9999, beyond which dates are written otherwise. */
const LATEST_SECOND = 253_402_300_799;

/**
 * Which commit the sources are of, and the only time that a release names: SOURCE_DATE_EPOCH, else that of the commit. What
 * is wrong goes to `mistakes`: no time at all, sources of two commits, changes that are in no commit.
 */
export async function findOrigin(options: OriginOptions): Promise<Origin> {
  const { directories, others: along = [], environment, mistakes, signal } = options;
  const commits = new Map<string, string>();
  let time = epochOf(environment.SOURCE_DATE_EPOCH, mistakes);
  for (const directory of [...directories, ...along]) {
    const git = (...args: string[]) => runGit(directory, args, environment, signal);
    const head = await git('log', '-1', '--format=%H %ct');
    // No repository, or no git: then the digest of the sources has to do.
    const [, commit, seconds] = /^([0-9a-f]{40,64}) (\d+)$/.exec(head?.stdout.trim() ?? '') ?? [];
    if (commit === undefined) continue;
    const changes = await git('status', '--porcelain', '--', '.');
    const tracked = await git('ls-files', '--', '.');
    if (tracked?.stdout === '') continue;
    if (changes?.code !== 0 || changes.stdout !== '') {
      mistakes.add(`${directory}: there are changes that commit ${commit.slice(0, 12)} does not have`, {
        remedy: 'Commit them, or take them back: a release says which commit it was built from.',
      });
    }
    if (along.includes(directory)) continue;
    commits.set(commit, directory);
    time ??= epochOf(seconds, mistakes);
  }
  const [commit, ...others] = commits.keys();
  if (others.length > 0) mistakes.add(`the sources are of several commits: ${[commit, ...others].join(', ')}`);
  if (time === undefined && directories.length > 0) {
    mistakes.add('the sources are in no git repository, so that the release has no time', {
      remedy: 'Set SOURCE_DATE_EPOCH to the time of the sources, in seconds since 1970.',
    });
  }
  return { time: time ?? new Date(0), ...(commit === undefined ? {} : { commit }) };
}

function epochOf(text: string | undefined, mistakes: Mistakes): Date | undefined {
  if (!text) return undefined;
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LATEST_SECOND) return new Date(seconds * 1000);
  mistakes.add(`SOURCE_DATE_EPOCH is "${text}"`, { remedy: 'It is a whole number of seconds since 1970.' });
  return new Date(0);
}

async function runGit(
  directory: string,
  args: string[],
  { PATH, HOME }: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<ProcessResult | undefined> {
  try {
    // A repository's own settings can name programs to run; of these commands only the monitor of the file system would.
    return await runProcess('git', ['-C', directory, '-c', 'core.fsmonitor=false', ...args], {
      timeoutSeconds: GIT_SECONDS,
      signal,
      environment: { PATH: PATH ?? '/usr/bin:/bin', ...(HOME ? { HOME } : {}), LC_ALL: 'C' },
    });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** The repository of `--repo OWNER/NAME`. Throws InputError for what is no such name. */
export function parseRepository(text: string): { owner: string; repo: string } {
  const [, owner, repo] = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([\w.-]+)$/.exec(text) ?? [];
  if (owner !== undefined && repo !== undefined && !/^\.+$/.test(repo)) return { owner, repo };
  throw new InputError(`"${text}" is not the name of a repository`, { remedy: 'Names are like ovnfast/build.' });
}

/** The address of a repository for people, on the GitHub that the job is of. */
export function addressOf(
  { owner, repo }: { owner: string; repo: string },
  { GITHUB_SERVER_URL }: Record<string, string | undefined>,
): string {
  return `${GITHUB_SERVER_URL || 'https://github.com'}/${owner}/${repo}`;
}

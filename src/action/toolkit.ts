// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { LineSplitter } from '../conformance/lines.ts';
import { EnvironmentError } from '../errors.ts';
import { workerFile } from '../host/paths.ts';
import { runProcess } from '../host/process.ts';

export type ToolkitRequest =
  /** Brings the newest entry with a key that begins with one of these, the first that there is, to `path` in the directory. */
  | { kind: 'restore'; keys: string[]; path: string }
  | { kind: 'save'; key: string; path: string }
  /** Files as absolute paths below `root`. */
  | { kind: 'upload'; name: string; files: string[]; root: string; retentionDays?: number };

export type ToolkitAnswer = {
  /** Nothing here serves a cache. */
  unavailable?: true;
  /** The key of what was restored. */
  restored?: string;
  saved?: boolean;
  id?: string;
  size?: number;
  digest?: string;
  failure?: string;
};

export type ToolkitOptions = {
  /** Where the client works: its paths are relative to it, and what it writes meanwhile is in there. */
  directory: string;
  environment: Record<string, string | undefined>;
  timeoutSeconds: number;
  signal: AbortSignal;
};

/** Descriptor that the answer is written to. */
export const ANSWER = 3;
const COMPLAINT = /^::(?:warning|error)(?: [^:]*)?::(.*)$/;
const MAXIMUM_COMPLAINTS = 20;

/**
 * Has one of GitHub's own clients (`@actions/cache`, `@actions/artifact`) do something, in a process that ends with its
 * children when `signal` aborts or the time is over. Returns its answer, and what it complained about meanwhile.
 * Throws EnvironmentError when there is no answer, the signal's reason.
 */
export async function askToolkit(
  request: ToolkitRequest,
  { directory, environment, timeoutSeconds, signal }: ToolkitOptions,
): Promise<ToolkitAnswer & { complaints: string[] }> {
  const complaints: string[] = [];
  const lines = new LineSplitter((line) => {
    // What is to be masked (signatures in addresses) may be in a complaint.
    if (line.startsWith('::add-mask::')) process.stdout.write(`${line}\n`);
    const [, complaint] = COMPLAINT.exec(line) ?? [];
    if (complaint !== undefined && complaints.length < MAXIMUM_COMPLAINTS) complaints.push(plain(complaint));
  });
  let said = '';
  const result = await runProcess(process.execPath, [fileURLToPath(workerFile('toolkit-worker', import.meta.url))], {
    ...{ cwd: directory, timeoutSeconds, signal, input: JSON.stringify(request) },
    environment: {
      ...inherited(environment),
      // Where the clients take paths from, and where they put an archive.
      ...{ GITHUB_WORKSPACE: directory, RUNNER_TEMP: directory },
    },
    extraDescriptors: ['pipe'],
    onSpawn: ({ stdio }) => stdio[ANSWER]?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8'))),
    onOutput: (chunk, stream) => stream === 'stdout' && lines.push(chunk),
  });
  if (result.timedOut) throw new EnvironmentError(`no answer from GitHub's services within ${timeoutSeconds} s`);
  if (said === '') {
    const last = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new EnvironmentError(`the client of GitHub's services ended with status ${result.code}: ${last}`);
  }
  return { ...(JSON.parse(said) as ToolkitAnswer), complaints };
}

/** All that the clients may read, which are told by it where the services are; not the inputs, among which are keys. */
function inherited(environment: ToolkitOptions['environment']): Record<string, string> {
  const pairs = Object.entries(environment).filter(([name, value]) => value !== undefined && !/^INPUT_/i.test(name));
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** As `@actions/core` escapes the text of a command. */
function plain(text: string): string {
  return text.replaceAll('%0D', '').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { cacheDirectory, projectRoot } from '../host/paths.ts';

/** All that the commands know of the process they run in. */
export type Edge = {
  environment: Record<string, string | undefined>;
  workingDirectory: string;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C and the like. */
  signal: AbortSignal;
  /** Where `matrix/`, `kmod/` and `conformance/` are. */
  root: string;
  cache: string;
  processors: number;
};

/** What the commands need of a process, taken apart so that nothing below touches it. */
export function processEdge(process: NodeJS.Process, signal: AbortSignal): Edge {
  return {
    environment: process.env,
    workingDirectory: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
    root: projectRoot(),
    cache: cacheDirectory(process.env),
    processors: availableParallelism(),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../src/host/paths.ts';

export type CommandResult = { code: number | null; stdout: string; stderr: string };

export type CommandOptions = {
  cwd: string;
  environment?: Record<string, string>;
  input?: string;
  /** `dist/cli.js`, the bundle as it is checked in, in place of the source. */
  bundle?: boolean;
  /** Program that runs it, the Node.js of the tests if left out. */
  node?: string;
  /** Called with all output so far, at each piece of it; for tests that interrupt. */
  onOutput?: (text: string, interrupt: (signal: NodeJS.Signals) => void) => void;
};

/** Runs the command line as a user does, in a process of its own, and waits for it. */
export function ovnfast(args: string[], options: CommandOptions): Promise<CommandResult> {
  const entry = join(projectRoot(), options.bundle ? 'dist/cli.js' : 'src/cli.ts');
  const child = spawn(options.node ?? process.execPath, [entry, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.environment },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (chunk: string) => {
      output[name] += chunk;
      options.onOutput?.(output.stdout + output.stderr, (signal) => child.kill(signal));
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

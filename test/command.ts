// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from '../src/host/paths.ts';
import { type Report, validateReport } from '../src/report/model.ts';

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

/** Runs a command that writes a report, to its end, which has to be a pass, and returns the report. */
export async function ovnfastPasses(args: string[], options: CommandOptions): Promise<Report> {
  const { code, stdout, stderr } = await ovnfast([...args, '--out', 'out'], options);
  expect(stdout + stderr).toContain('report.html');
  const report = validateReport(JSON.parse(await readFile(join(options.cwd, 'out/report.json'), 'utf8')));
  // What failed is shown with its evidence: the files are gone when somebody reads of it.
  const tests = report.targets.flatMap(({ id, suites }) =>
    suites.flatMap((suite) => suite.tests.map((one) => ({ id, ...one }))),
  );
  expect(tests.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(stdout + stderr).not.toMatch(/FAIL|ERROR/);
  expect(code).toBe(0);
  return report;
}

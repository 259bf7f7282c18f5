// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isFile } from '../host/files.ts';
import type { OutputListener, ProcessResult } from '../host/process.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';

/** Where the private directory of a build is seen from inside the sandbox: always the same, so that no result depends on the machine. */
export const BUILD = '/build';
/** Programs in here are found before those of the sysroot. */
const TOOLS = `${BUILD}/tools`;

/** A command as it shows in its result: what does not, as the number of jobs, is left out. */
export type Command = { argv: string[]; environment: Record<string, string> };

export type ToolOptions = {
  /** The directory outside that is `/build` inside, and the working directory. */
  directory: string;
  environment?: Record<string, string>;
  /** Of make: how many at a time. */
  jobs?: number;
  /** Gets the command. */
  record?: Command[];
  /** What else is to be seen in there, read-only. */
  binds?: { from: string; to: string }[];
  timeoutSeconds: number;
  signal: AbortSignal;
  onOutput?: OutputListener;
};

/** Puts a shell script before the program of that name; `work` is the directory that is `/build` inside. */
export async function writeTool(work: string, name: string, script: string): Promise<void> {
  const tools = join(work, basename(TOOLS));
  await mkdir(tools, { recursive: true });
  await writeFile(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** The compiler and its companions of one target, run in the sandbox, never on the host. */
export class Toolchain {
  readonly sysroot: Sysroot;
  private readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox, sysroot: Sysroot) {
    this.sandbox = sandbox;
    this.sysroot = sysroot;
  }

  /** Whether the sysroot has a program of that name in /usr/bin. */
  async has(program: string): Promise<boolean> {
    return await isFile(join(this.sysroot.root, 'usr/bin', program));
  }

  /** Runs a program; names of binutils may be given without the prefix that newer distributions want. */
  async run(program: string, args: string[], options: ToolOptions): Promise<ProcessResult> {
    const prefixed = `x86_64-linux-gnu-${program}`;
    const argv = [(await this.has(prefixed)) ? prefixed : program, ...args];
    const environment = { PATH: `${TOOLS}:/usr/bin:/usr/sbin`, LC_ALL: 'C', TZ: 'UTC', ...options.environment };
    options.record?.push({ argv, environment });
    return this.sandbox.run(this.sysroot, options.jobs === undefined ? argv : [...argv, `-j${options.jobs}`], {
      binds: [{ from: options.directory, to: BUILD, writable: true }, ...(options.binds ?? [])],
      environment,
      workingDirectory: BUILD,
      timeoutSeconds: options.timeoutSeconds,
      signal: options.signal,
      ...(options.onOutput ? { onOutput: options.onOutput } : {}),
    });
  }
}

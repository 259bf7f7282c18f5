// SPDX-License-Identifier: Apache-2.0
import { access, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { testedAs } from '../making.ts';
import { figuresText } from '../report/figures-table.ts';
import { LiveView } from '../report/live.ts';
import { exitStatus, type Report } from '../report/model.ts';
import { resultTable } from '../report/table.ts';
import { describeTerminal, type Terminal } from '../report/terminal.ts';
import { type RunOptions, run } from '../run.ts';
import { kindOf, type Subject } from '../subject.ts';
import type { Edge } from './edge.ts';
import { type FlowsFlags, runFlows } from './flows.ts';
import { type KernelFlags, kernelsOf } from './kernels.ts';
import { checkSigned, SECURE_BOOT_SUITE, trustedOf } from './secure-boot.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

export type RunFlags = FetchFlags &
  KernelFlags & {
    module?: string;
    suite?: string[];
    out: string;
    jobs?: number;
    json?: boolean;
    fresh?: boolean;
    shareBuilds?: boolean;
    accel?: RunOptions['accelerator'];
    secureBoot?: string;
  };

/** What says something of a machine, or of what runs in it. */
const ALONE = [
  ...(['target', 'suite', 'kernelPackage', 'kernelDir', 'kernelImage', 'modulesDir', 'toolchain', 'fresh'] as const),
  ...(['jobs', 'mirror', 'matrix', 'frozen', 'secureBoot'] as const),
] as const;

/** `ovnfast run` */
export async function runRun(edge: Edge, flags: RunFlags): Promise<number> {
  return await execute(edge, flags, { directory: moduleDirectory(edge, flags.module) }, flags.suite);
}

/** `ovnfast build` */
export async function runBuild(edge: Edge, flags: RunFlags): Promise<number> {
  return await execute(edge, flags, { directory: moduleDirectory(edge, flags.module) }, []);
}

/** `ovnfast verify FILE...`, and `ovnfast verify --flows FILE`, which needs no machine. */
export async function runVerify(edge: Edge, flags: RunFlags & FlowsFlags, files: string[]): Promise<number> {
  if (flags.flows !== undefined) {
    const other = ALONE.find((name) => flags[name] !== undefined);
    if (files.length === 0 && !other) return await runFlows(edge, flags);
    throw new InputError(
      '--flows judges a dump alone: no module goes with it, no target, and nothing else of a machine',
      {
        remedy: 'Leave out the others, or --flows.',
      },
    );
  }
  if (flags.kernel !== undefined || flags.softwarePort) {
    throw new InputError('--kernel and --software-port say more about a dump of flows: give that with --flows');
  }
  if (files.length === 0) {
    throw new InputError('nothing to verify', { remedy: 'Name module files, or a dump of flows with --flows.' });
  }
  const paths = files.map((file) => resolve(edge.workingDirectory, file));
  for (const path of paths) {
    await access(path).catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`cannot be read (${error.code})`, { where: path });
    });
  }
  const subject = { files: paths };
  const kind = await kindOf(subject);
  const names = await Promise.all(paths.map(testedAs));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new InputError(`two files are called ${twice}`, { remedy: 'Verify them one after the other.' });
  const modules = flags.secureBoot !== undefined && kind === 'module';
  if (modules) await checkSigned(paths);
  return await execute(edge, flags, subject, flags.suite ?? (modules ? [SECURE_BOOT_SUITE] : undefined));
}

/** The module directory that the user named, or the flagship's. */
export function moduleDirectory(edge: Edge, named: string | undefined): string {
  return named === undefined ? join(edge.root, 'kmod/fastpath') : resolve(edge.workingDirectory, named);
}

/** Directories of all modules that come with the tool. */
export async function ownModules({ root }: Edge): Promise<string[]> {
  const own = await readdir(join(root, 'kmod'), { withFileTypes: true });
  return own.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, 'kmod', name));
}

async function execute(edge: Edge, flags: RunFlags, subject: Subject, suites: string[] | undefined): Promise<number> {
  const { report } = await perform(edge, flags, subject, suites);
  return exitStatus(report.status);
}

/** Runs, shows what happens and what came out. Returns the report, and where and how more can be said about it. */
export async function perform(
  edge: Edge,
  flags: RunFlags,
  subject: Subject,
  suites: string[] | undefined,
): Promise<{ report: Report; output: NodeJS.WriteStream; terminal: Terminal }> {
  const output = flags.json ? edge.stderr : edge.stdout;
  const terminal = describeTerminal(output, edge.environment);
  const { patterns, ...kernels } = kernelsOf(edge, flags);
  const trusted = await trustedOf(edge, flags.secureBoot);
  using view = new LiveView({ output, terminal });
  const { report, files } = await run({
    ...workshopOptions(edge, flags, view.emit),
    targets: patterns,
    ...kernels,
    subject,
    ...(suites ? { suites } : {}),
    ...(trusted ? { trusted } : {}),
    out: resolve(edge.workingDirectory, flags.out),
    jobs: flags.jobs ?? edge.processors,
    fresh: flags.fresh ?? false,
    shareBuilds: flags.shareBuilds ?? false,
    accelerator: flags.accel ?? 'auto',
  });
  view.close();
  const figures = figuresText(report, terminal);
  output.write(`\n${figures}${figures && '\n'}${resultTable(report, terminal, flags.out)}\n${files.html}\n`);
  if (flags.json) edge.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return { report, output, terminal };
}

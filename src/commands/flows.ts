// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { Option } from 'commander';
import { InputError } from '../errors.ts';
import { judgeFlows } from '../flows/judge.ts';
import { isKernelRelease } from '../flows/kernel.ts';
import { type Dump, parseDump } from '../flows/parse.ts';
import { judgementText } from '../report/flows-table.ts';
import { describeTerminal } from '../report/terminal.ts';
import type { Edge } from './edge.ts';
import { collect } from './options.ts';

export type FlowsFlags = { flows?: string; kernel?: string; softwarePort?: string[]; json?: boolean };

/** 200000 flows, the most that Open vSwitch holds, take less. */
const MAXIMUM_BYTES = 256 * 2 ** 20;

/** The options of `verify` that judge a dump of flows. */
export const flowsOptions = () => [
  new Option(
    '--flows <file>',
    'judge what `ovs-appctl dpctl/dump-flows -m` printed on a node, in place of a module; - reads standard input',
  ),
  new Option('--kernel <release>', 'kernel release of that node (uname -r), for reasons that depend on it'),
  new Option(
    '--software-port <name>',
    "port of that node that is none of the card's: a name or glob; repeatable (default: ovn0, mirror0, br-*, ovs-system)",
  ).argParser(collect),
];

/**
 * `ovnfast verify --flows FILE`: whether every flow of a dump that should be offloaded is, and why not.
 * Returns 0 when they are, 1 when not. Throws InputError for what is no such dump, or was taken without -m.
 */
export async function runFlows(edge: Edge, flags: FlowsFlags): Promise<number> {
  const { flows: file = '-', kernel, softwarePort } = flags;
  if (kernel !== undefined && !isKernelRelease(kernel)) {
    throw new InputError(`--kernel ${JSON.stringify(kernel)} is no kernel release`, {
      remedy: 'Give what `uname -r` prints there.',
    });
  }
  const where = file === '-' ? 'standard input' : file;
  const dump = parseDump(await readInput(edge, file, where), where);
  checkVerbose(dump, where);
  const origin = {
    ...(kernel === undefined ? {} : { kernel }),
    ...(softwarePort ? { softwarePorts: softwarePort } : {}),
  };
  const judgement = judgeFlows(dump.flows, origin);
  if (flags.json) {
    const { passed, counts, problems, flows } = judgement;
    const report = {
      schema: 'ovnfast.flows/1',
      ...(kernel === undefined ? {} : { kernel }),
      passed,
      counts,
      problems,
      flows,
    };
    edge.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else edge.stdout.write(judgementText(judgement, describeTerminal(edge.stdout, edge.environment)));
  return judgement.passed ? 0 : 1;
}

/** Without -m a dump says neither `offloaded` nor `dp`, so that nothing could be judged by it. */
function checkVerbose({ flows }: Dump, where: string): void {
  const terse = flows.find(({ dp }) => dp === undefined);
  if (!terse) return;
  throw new InputError('this flow does not say where it is (dp:)', {
    where: `${where}:${terse.line}:1`,
    remedy: 'Take the dump with -m, and by ovs-appctl, not ovs-dpctl: ovs-appctl dpctl/dump-flows -m > FILE',
  });
}

async function readInput(edge: Edge, file: string, where: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = file === '-' ? undefined : await open(resolve(edge.workingDirectory, file));
    return await readAll(handle?.createReadStream() ?? edge.stdin, edge.signal, where);
  } catch (error) {
    if (edge.signal.aborted) throw edge.signal.reason;
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof InputError || code === undefined) throw error;
    throw new InputError(`the flows cannot be read (${code})`, { where, cause: error });
  } finally {
    await handle?.close();
  }
}

async function readAll(stream: Readable, signal: AbortSignal, where: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(signal, stream)) {
    bytes += chunk.length;
    if (bytes > MAXIMUM_BYTES) throw new InputError(`more than ${MAXIMUM_BYTES / 2 ** 20} MiB`, { where });
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString('utf8');
}

// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { ExplainedError } from '../errors.ts';
import { type KernelMatch, matchKernel, renderModule } from '../kbuild/inspect.ts';
import { type ModuleFile, readModule } from '../kbuild/module.ts';
import type { Target } from '../matrix/types.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type InspectFlags = FetchFlags & { target?: string[]; against?: string[]; json?: boolean };

/**
 * `ovnfast inspect FILE.ko`: what the file says of itself, and which kernels it fits. Of each kernel only the package that
 * holds its Module.symvers is fetched.
 */
export async function runInspect(edge: Edge, flags: InspectFlags, [file = '']: string[]): Promise<number> {
  const path = resolve(edge.workingDirectory, file);
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  // Only what Node cannot read by itself is worth a sandbox; a file that is no module is told before anything is fetched.
  const programs = path.endsWith('.zst') ? (await workshop.tools.sandbox()).programs : {};
  const module = await readModule(path, programs);
  const targets = await workshop.selectTargets([...(flags.target ?? []), ...(flags.against ?? [])]);
  const judge = async (target: Target): Promise<KernelMatch> => {
    const release = `${target.id}/${target.kernel}`;
    const match = await judgeOne(module, target, workshop, edge.signal);
    view.emit({ type: 'ready', target: release });
    return { ...match, release };
  };
  // Each to its end, also when one throws: none may be at work when the workshop closes.
  const settled = await Promise.allSettled(targets.map(judge));
  const matches = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  view.close();
  edge.stdout.write(
    flags.json ? `${JSON.stringify({ ...module, targets: matches }, null, 2)}\n` : renderModule(module, matches),
  );
  return 0;
}

async function judgeOne(
  module: ModuleFile,
  target: Target,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<KernelMatch> {
  try {
    return matchKernel(module, await workshop.kernelInterface(target));
  } catch (error) {
    if (signal.aborted || target.named || !(error instanceof ExplainedError)) throw error;
    return { release: target.kernel, fits: false, problems: [`not known: ${error.message}`] };
  }
}

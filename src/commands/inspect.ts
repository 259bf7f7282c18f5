// SPDX-License-Identifier: Apache-2.0

import { resolve } from 'node:path';
import { renderObject } from '../bpf/inspect.ts';
import { isObject, readObject } from '../bpf/object.ts';
import { ExplainedError, InputError } from '../errors.ts';
import { type KernelMatch, matchKernel, renderModule } from '../kbuild/inspect.ts';
import { readModule } from '../kbuild/module.ts';
import { labelOf } from '../matrix/targets.ts';
import type { Target } from '../matrix/types.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { type KernelFlags, kernelsOf } from './kernels.ts';
import { watchOnStderr } from './listener.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type InspectFlags = FetchFlags & KernelFlags & { target?: string[]; against?: string[]; json?: boolean };

/**
 * `ovnfast inspect FILE`: what a module or an eBPF object says of itself, and which kernels a module fits. Of each kernel only
 * the package that holds its Module.symvers is fetched.
 */
export async function runInspect(edge: Edge, flags: InspectFlags, [file = '']: string[]): Promise<number> {
  const path = resolve(edge.workingDirectory, file);
  const kernels = kernelsOf(edge, { ...flags, target: [...(flags.target ?? []), ...(flags.against ?? [])] });
  if (await isObject(path)) return await inspectObject(edge, flags, path);
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  // Only what Node cannot read by itself is worth a sandbox; a file that is no module is told before anything is fetched.
  const programs = path.endsWith('.zst') ? (await workshop.tools.sandbox()).programs : {};
  const module = await readModule(path, programs);
  const targets = await workshop.targets({ ...kernels, builds: false, boots: false });
  const judge = async (target: Target): Promise<KernelMatch> => {
    const release = labelOf(target);
    const match = matchKernel(module, await workshop.kernelInterface(target));
    view.emit({ type: 'ready', target: release });
    return { ...match, release };
  };
  // Each to its end, also when one throws: none may be at work when the workshop closes.
  const settled = await Promise.allSettled(targets.map(judge));
  const matches = settled.map((result, index) => {
    if (result.status === 'fulfilled') return result.value;
    return unknownMatch(targets[index], result.reason, edge.signal);
  });
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure && matches.every(({ unknown }) => unknown !== undefined)) throw failure.reason;
  view.close();
  edge.stdout.write(
    flags.json ? `${JSON.stringify({ ...module, targets: matches }, null, 2)}\n` : renderModule(module, matches),
  );
  return 0;
}

async function inspectObject({ stdout }: Edge, flags: InspectFlags, path: string): Promise<number> {
  if (flags.target ?? flags.against ?? flags.kernelPackage) {
    throw new InputError("whether a kernel takes an eBPF object is for that kernel's verifier to say", {
      where: path,
      remedy: 'Ask it with `ovnfast verify FILE --target ...`.',
    });
  }
  const object = await readObject(path);
  stdout.write(flags.json ? `${JSON.stringify(object, null, 2)}\n` : renderObject(object));
  return 0;
}

/** One of several that cannot be had is no reason to say nothing of the others; one that was named by itself is. */
function unknownMatch(target: Target | undefined, error: unknown, signal: AbortSignal): KernelMatch {
  if (!target || signal.aborted || target.pinned || !(error instanceof ExplainedError)) throw error;
  return { release: labelOf(target), fits: false, problems: [], unknown: error.message };
}

// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { ExplainedError } from '../errors.ts';
import { type KernelMatch, matchKernel, renderModule } from '../kbuild/inspect.ts';
import { readModule } from '../kbuild/module.ts';
import { readKernelInterface } from '../kbuild/symvers.ts';
import type { Target } from '../matrix/types.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type InspectFlags = FetchFlags & { target?: string[]; json?: boolean };

/** `ovnfast inspect FILE.ko`: what the file says of itself, and which targets it fits. */
export async function runInspect(edge: Edge, flags: InspectFlags, [file = '']: string[]): Promise<number> {
  const path = resolve(edge.workingDirectory, file);
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  // Only what Node cannot read by itself is worth a sandbox; a file that is no module is told before anything is fetched.
  const programs = path.endsWith('.zst') ? (await workshop.tools.sandbox()).programs : {};
  const module = await readModule(path, programs);
  const matches: KernelMatch[] = [];
  for (const target of await workshop.selectTargets(flags.target ?? [])) {
    const release = `${target.id}/${target.kernel}`;
    try {
      matches.push({ ...(await match(module, target, workshop)), release });
    } catch (error) {
      if (edge.signal.aborted || target.named || !(error instanceof ExplainedError)) throw error;
      matches.push({ release, fits: false, problems: [`not known: ${error.message}`] });
    }
    view.emit({ type: 'ready', target: release });
  }
  view.close();
  edge.stdout.write(
    flags.json ? `${JSON.stringify({ ...module, targets: matches }, null, 2)}\n` : renderModule(module, matches),
  );
  return 0;
}

async function match(
  module: Parameters<typeof matchKernel>[0],
  target: Target,
  workshop: Workshop,
): Promise<KernelMatch> {
  const { kernel, sysroots } = await workshop.prepare(target, ['headers']);
  return matchKernel(module, await readKernelInterface(sysroots.headers, kernel));
}

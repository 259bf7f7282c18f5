// SPDX-License-Identifier: Apache-2.0
import type { Candidate } from './candidates.ts';
import { EnvironmentError } from './errors.ts';
import { buildsModules } from './job.ts';
import { readModule } from './kbuild/module.ts';
import { compareReleases } from './matrix/releases.ts';
import type { Target } from './matrix/types.ts';
import type { PlannedSharing } from './report/plan-sharing.ts';
import { Results } from './results.ts';
import { shareableFamily, sharingKey } from './sharing.ts';
import type { Workshop } from './workshop.ts';

export type SharingOptions = {
  targets: Target[];
  /** Each is built; the plan's own module comes first, if it is one. */
  candidates: Candidate[];
  signal: AbortSignal;
};

/**
 * Which releases one build is going to serve, told by the symbol versions of the kernels: of each the package that holds
 * them is fetched. What a module imports is known only once it is built, so an earlier build of the same source is looked
 * for in the cache; without one, kernels count as equal when all they export is.
 */
export async function planSharing(workshop: Workshop, options: SharingOptions): Promise<PlannedSharing[]> {
  const { targets, candidates } = options;
  const plans: PlannedSharing[] = [];
  for (const candidate of candidates.filter(buildsModules)) {
    const module = candidate === candidates[0] ? {} : { module: candidate.name };
    for (const id of new Set(targets.map((target) => target.id))) {
      const own = targets.filter((target) => target.id === id).sort((a, b) => compareReleases(b.kernel, a.kernel));
      const place = { id, source: candidate.source, ...options, targets: own };
      plans.push({ ...(await planDistribution(workshop, place)), ...module });
    }
  }
  return plans;
}

async function planDistribution(
  workshop: Workshop,
  { id, source, targets, signal }: SharingOptions & { id: string; source: string },
): Promise<PlannedSharing> {
  const built = await new Results(workshop.cache).builtFrom(source, id);
  const modules = await Promise.all((built?.modules ?? []).map((path) => readModule(path)));
  const imports = new Set(modules.flatMap((module) => module.imports.map(({ symbol }) => symbol)));
  const groups = new Map<string, string[]>();
  const families = new Set<string>();
  const unknown: PlannedSharing['unknown'] = [];
  const read = await Promise.all(
    targets.map(async (target) => {
      try {
        const kernel = await workshop.kernelInterface(target);
        // Of kernels without versions each is alone.
        return [
          shareableFamily(kernel) ?? target.kernel,
          sharingKey(kernel, built && imports) ?? target.kernel,
        ] as const;
      } catch (error) {
        if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
        unknown.push({ kernel: target.kernel, reason: error.message });
        return undefined;
      }
    }),
  );
  for (const [index, { kernel }] of targets.entries()) {
    const [family, key] = read[index] ?? [];
    if (family === undefined || key === undefined) continue;
    families.add(family);
    groups.set(key, [...(groups.get(key) ?? []), kernel]);
  }
  return {
    id,
    builds: { least: built ? groups.size : families.size, most: groups.size },
    groups: [...groups.values()],
    ...(built ? { toldBy: { kernel: built.kernel, imports: imports.size } } : {}),
    unknown: unknown.sort((a, b) => compareReleases(b.kernel, a.kernel)),
  };
}

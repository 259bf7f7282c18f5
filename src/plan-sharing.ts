// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from './errors.ts';
import { digestTree } from './host/digest.ts';
import { readModule } from './kbuild/module.ts';
import { findModuleDirectory, isBuildProduct } from './kbuild/source.ts';
import { compareReleases } from './matrix/releases.ts';
import type { Target } from './matrix/types.ts';
import type { PlannedSharing } from './report/plan-sharing.ts';
import { Results } from './results.ts';
import { shareableFamily, sharingKey } from './sharing.ts';
import type { Workshop } from './workshop.ts';

/**
 * Which releases one build is going to serve, told by the symbol versions of the kernels: of each the package that holds
 * them is fetched. What a module imports is known only once it is built, so an earlier build of the same source is looked
 * for in the cache; without one, kernels count as equal when all they export is.
 */
export async function planSharing(
  workshop: Workshop,
  { targets, moduleDirectory, signal }: { targets: Target[]; moduleDirectory: string; signal: AbortSignal },
): Promise<PlannedSharing[]> {
  const source = await digestTree(await findModuleDirectory(moduleDirectory), isBuildProduct);
  const results = new Results(workshop.cache);
  const plans: PlannedSharing[] = [];
  for (const id of new Set(targets.map((target) => target.id))) {
    const built = await results.builtFrom(source, id);
    const modules = await Promise.all((built?.modules ?? []).map((path) => readModule(path)));
    const imports = new Set(modules.flatMap((module) => module.imports.map(({ symbol }) => symbol)));
    const own = targets.filter((target) => target.id === id).sort((a, b) => compareReleases(b.kernel, a.kernel));
    const groups = new Map<string, string[]>();
    const families = new Set<string>();
    const unknown: PlannedSharing['unknown'] = [];
    for (const target of own) {
      const { kernel } = target;
      try {
        const offered = await workshop.kernelInterface(target);
        // Without versions a kernel is a family of its own.
        families.add(shareableFamily(offered) ?? kernel);
        const key = sharingKey(offered, built && imports) ?? kernel;
        groups.set(key, [...(groups.get(key) ?? []), kernel]);
      } catch (error) {
        if (signal.aborted || !(error instanceof EnvironmentError)) throw error;
        unknown.push({ kernel, reason: error.message });
      }
    }
    plans.push({
      id,
      builds: { least: built ? groups.size : families.size, most: groups.size },
      groups: [...groups.values()],
      ...(built ? { toldBy: { kernel: built.kernel, imports: imports.size } } : {}),
      unknown,
    });
  }
  return plans;
}

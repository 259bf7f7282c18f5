// SPDX-License-Identifier: Apache-2.0
import { matchKernel } from './kbuild/inspect.ts';
import type { ModuleFile } from './kbuild/module.ts';
import type { KernelInterface } from './kbuild/symvers.ts';
import { compareReleases } from './matrix/releases.ts';
import type { Target } from './matrix/types.ts';

/** What a target built for itself, for others to take. */
export type SharedBuild = {
  /** Label of the target that it was built for. */
  from: string;
  /** Where its files are. */
  directory: string;
  modules: ModuleFile[];
};

/** A word that is waited for. */
class Decision {
  resolve: (build: SharedBuild | undefined) => void = () => {};
  readonly promise = new Promise<SharedBuild | undefined>((resolve) => {
    this.resolve = resolve;
  });
}

/**
 * One build for as many releases of a distribution as take it. The newest release builds; of the others, newest first, each
 * takes the first build of a newer one that its kernel would load by symbol versions, and builds for itself when there is
 * none. Whether the file really works there is for the suites to show, on each kernel.
 */
export class SharedBuilds {
  /** By label; a distribution's own, newest first. */
  private readonly order = new Map<string, string[]>();
  private readonly decisions = new Map<string, Decision>();
  private readonly readInterface: (target: Target) => Promise<KernelInterface>;

  constructor(targets: Target[], readInterface: (target: Target) => Promise<KernelInterface>) {
    this.readInterface = readInterface;
    for (const target of [...targets].sort((a, b) => compareReleases(b.kernel, a.kernel))) {
      this.order.set(target.id, [...(this.order.get(target.id) ?? []), labelOf(target)]);
      this.decisions.set(labelOf(target), new Decision());
    }
  }

  /**
   * The build that serves a target, as soon as those of all newer releases are known; undefined when it has to build for
   * itself. Throws what reading the kernel's interface throws.
   */
  async find(target: Target): Promise<SharedBuild | undefined> {
    let kernel: KernelInterface | undefined;
    for (const label of this.order.get(target.id) ?? []) {
      if (label === labelOf(target)) break;
      const build = await this.decisions.get(label)?.promise;
      if (!build?.modules.length) continue;
      kernel ??= await this.readInterface(target);
      if (servesKernel(build.modules, kernel)) return build;
    }
    return undefined;
  }

  /** What a target has built, or that it has built nothing; the first word counts. Has to be said of every target. */
  decide(target: Target, build?: Omit<SharedBuild, 'from'>): void {
    this.decisions.get(labelOf(target))?.resolve(build && { ...build, from: labelOf(target) });
  }
}

function servesKernel(modules: ModuleFile[], kernel: KernelInterface): boolean {
  return modules.every((module) => matchKernel(module, kernel).fits);
}

function labelOf({ id, kernel }: Target): string {
  return `${id}/${kernel}`;
}

// SPDX-License-Identifier: Apache-2.0

import { digestValue } from './host/digest.ts';
import { matchKernel } from './kbuild/inspect.ts';
import type { ModuleFile } from './kbuild/module.ts';
import type { KernelInterface } from './kbuild/symvers.ts';
import { compareReleases } from './matrix/releases.ts';
import { labelOf } from './matrix/targets.ts';
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
  /** By distribution, newest first. */
  private readonly order = new Map<string, Target[]>();
  /** By label. */
  private readonly decisions = new Map<string, Decision>();
  private readonly families = new Map<string, Promise<string | undefined>>();
  private readonly readInterface: (target: Target) => Promise<KernelInterface>;

  constructor(targets: Target[], readInterface: (target: Target) => Promise<KernelInterface>) {
    this.readInterface = readInterface;
    for (const target of [...targets].sort((a, b) => compareReleases(b.kernel, a.kernel))) {
      this.order.set(target.id, [...(this.order.get(target.id) ?? []), target]);
      this.decisions.set(labelOf(target), new Decision());
    }
  }

  /**
   * The build that serves a target, as soon as those of all newer releases that could are known; undefined when it has to
   * build for itself. Throws what reading the kernel's interface throws.
   */
  async find(target: Target): Promise<SharedBuild | undefined> {
    const newer = this.order.get(target.id) ?? [];
    let kernel: KernelInterface | undefined;
    for (const other of newer.slice(0, newer.indexOf(target))) {
      const family = await this.familyOf(target);
      // Why it cannot be read is said where it is needed.
      const theirs = await this.familyOf(other).catch(() => undefined);
      if (family === undefined || family !== theirs) continue;
      const build = await this.decisions.get(labelOf(other))?.promise;
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

  private familyOf(target: Target): Promise<string | undefined> {
    const label = labelOf(target);
    let family = this.families.get(label);
    if (!family) {
      // Not the whole interface, which is some megabytes, but what of it is compared.
      family = this.readInterface(target).then(shareableFamily);
      this.families.set(label, family);
    }
    return family;
  }
}

/**
 * Kernels of different families share no module, whatever it imports, so that nobody has to wait for its build: beside
 * vermagic it is the version of `module_layout`, which every module carries. Undefined for a kernel without versions.
 */
export function shareableFamily({ vermagic, symbols }: KernelInterface): string | undefined {
  const layout = symbols.get('module_layout');
  return layout && `${layout.crc} ${vermagic.replace(/^\S+ /, '')}`;
}

/**
 * Kernels of equal keys take the same module, if it imports no more than these symbols; without a list, any module.
 * Undefined for a kernel without versions, which takes only what was built for it.
 */
export function sharingKey(kernel: KernelInterface, imports?: Set<string>): string | undefined {
  const family = shareableFamily(kernel);
  const symbols = [...kernel.symbols].filter(([name]) => !imports || imports.has(name)).sort();
  return family && digestValue([family, symbols]);
}

function servesKernel(modules: ModuleFile[], kernel: KernelInterface): boolean {
  return modules.every((module) => matchKernel(module, kernel).fits);
}

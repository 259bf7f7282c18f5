// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { Option } from 'commander';
import { InputError } from '../errors.ts';
import type { Kernels } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { collect } from './options.ts';

/** Options of the commands that take kernels which no mirror has. */
export type KernelFlags = {
  target?: string[];
  kernelDir?: string;
  kernelImage?: string;
  modulesDir?: string;
  toolchain?: string;
  kernelPackage?: string[];
  shareBuilds?: boolean;
};

/** Packages of a kernel, for the commands that take a target. */
export const packageOption = () =>
  new Option(
    '--kernel-package <file>',
    'headers or image package (.rpm, .deb) of the target that no mirror has; repeatable',
  ).argParser(collect);

/** A kernel build tree, and what goes with it. */
export const treeOptions = () => [
  new Option('--kernel-dir <dir>', 'a kernel build tree in place of a target: .config, Module.symvers, scripts'),
  new Option('--kernel-image <file>', 'bzImage or vmlinux to boot (default: that of the tree)'),
  new Option(
    '--modules-dir <dir>',
    "the kernel's own modules: lib/modules/RELEASE, or a root that holds it (default: the tree)",
  ),
  new Option(
    '--toolchain <id>',
    'distribution whose compiler builds for the tree (default: the one nearest to what built it)',
  ),
];

/** Which kernels the flags ask for. Throws InputError for flags that do not go together. */
export function kernelsOf(
  { workingDirectory }: Edge,
  flags: KernelFlags,
): Pick<Kernels, 'patterns' | 'tree' | 'packages'> {
  const { target, kernelDir, kernelImage, modulesDir, toolchain, kernelPackage, shareBuilds } = flags;
  const path = (named: string) => resolve(workingDirectory, named);
  if (kernelDir === undefined) {
    const lonely = Object.entries({
      '--kernel-image': kernelImage,
      '--modules-dir': modulesDir,
      '--toolchain': toolchain,
    });
    const [name] = lonely.find(([, value]) => value !== undefined) ?? [];
    if (name === undefined) {
      return { patterns: target ?? [], ...(kernelPackage ? { packages: kernelPackage.map(path) } : {}) };
    }
    throw new InputError(`${name} goes with --kernel-dir`, {
      remedy: 'Targets bring their own image, modules and compiler.',
    });
  }
  if (kernelPackage !== undefined) {
    throw new InputError('--kernel-dir and --kernel-package do not go together', {
      remedy: 'A kernel tree holds what the packages would bring: give one or the other.',
    });
  }
  if (target !== undefined) {
    throw new InputError('--kernel-dir and --target do not go together', {
      remedy: 'A kernel tree is a target by itself; --toolchain names the distribution whose compiler is used.',
    });
  }
  if (shareBuilds) {
    throw new InputError('--kernel-dir and --share-builds do not go together', {
      remedy: 'Builds are shared by releases of a distribution.',
    });
  }
  return {
    patterns: [],
    tree: {
      directory: path(kernelDir),
      ...(kernelImage === undefined ? {} : { image: path(kernelImage) }),
      ...(modulesDir === undefined ? {} : { modules: path(modulesDir) }),
      ...(toolchain === undefined ? {} : { toolchain }),
    },
  };
}

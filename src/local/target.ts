// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { Programs } from '../host/decompress.ts';
import { digestValue } from '../host/digest.ts';
import { TREE, TREE_SOURCE } from '../kbuild/headers.ts';
import type { Matrix, Target, ToolSysroot } from '../matrix/types.ts';
import type { Graft, Sysroot } from '../sysroot/compose.ts';
import { chooseToolchain } from './compiler.ts';
import { digestKernelTree } from './digest.ts';
import { findImage, findModules, requireBootable } from './image.ts';
import { linkedTrees } from './links.ts';
import { fitPrograms } from './programs.ts';
import { type KernelTree, readKernelTree } from './tree.ts';

/** What the user says of a kernel build tree. Paths are absolute. */
export type TreeWish = {
  directory: string;
  /** A bzImage or vmlinux; the tree's own when left out. */
  image?: string;
  /** `/lib/modules/<release>` or a root that holds it; the tree's own when left out. */
  modules?: string;
  /** Id of a distribution that has a toolchain. */
  toolchain?: string;
};

/** A target that is no release of a distribution: a kernel tree, built for with the toolchain of one. */
export type TreeTarget = Target & {
  tree: KernelTree & {
    image: string | undefined;
    modules: string | undefined;
    toolchain: ToolSysroot;
    /** What to take in place of a toolchain that cannot be had, in this order. */
    otherToolchains: ToolSysroot[];
    /** Of the tree alone. */
    digest: string;
  };
};

/** The id of all such targets. */
const LOCAL = 'local';

/**
 * Reads a kernel tree, finds its image and modules, chooses a toolchain; also returns why that one, for people. Throws
 * InputError for whatever of it cannot be used, and for a kernel that cannot be booted when `boots` says that it shall.
 */
export async function openTree(
  wish: TreeWish,
  { matrix, boots, programs }: { matrix: Matrix; boots: boolean; programs: () => Promise<Programs> },
): Promise<{ target: TreeTarget; note: string }> {
  const tree = await readKernelTree(wish.directory);
  const image = await findImage(tree, wish.image);
  const modules = await findModules(tree, wish.modules, programs);
  if (boots) await requireBootable(tree, { image, modules }, wish.directory);
  const { toolchain, reason, others } = await chooseToolchain(matrix, wish.toolchain, tree.compiler);
  const digest = await digestKernelTree(tree, { image, modules });
  const { title } = toolchain.distribution;
  const target: TreeTarget = {
    ...{ id: LOCAL, kernel: tree.release, arch: 'x86_64', named: true, pinned: true, content: digest },
    distribution: {
      ...toolchain.distribution,
      title: `${basename(tree.directory)}, built with the toolchain of ${title}`,
    },
    tree: { ...tree, image, modules, toolchain, otherToolchains: others, digest },
  };
  return { target, note: `toolchain ${toolchain.group}: ${reason}` };
}

export function isTree(target: Target): target is TreeTarget {
  return 'tree' in target;
}

/** The kernel image and modules of a tree, as if packages had brought them. */
export function imageSysroot({ directory, release, image, modules, digest }: TreeTarget['tree']): Sysroot {
  const grafts: Graft[] = [];
  if (image !== undefined) grafts.push({ from: image, to: `/boot/vmlinuz-${release}` });
  if (modules !== undefined) grafts.push({ from: modules, to: `/usr/lib/modules/${release}` });
  return { root: directory, digest: digestValue(['image', digest]), grafts };
}

/**
 * A toolchain with a kernel tree in it, always at the same place, so that two copies of a tree give the same bytes; the
 * tree is only ever read. `others` have libraries for programs of the tree that the toolchain cannot run, `scratch` is a
 * directory that lives as long as the result is used. Throws InputError as `fitPrograms`.
 */
export async function headersSysroot(
  { directory, source, digest }: TreeTarget['tree'],
  toolchain: Sysroot,
  { others, scratch }: { others: (() => Promise<Sysroot>)[]; scratch: string },
): Promise<Sysroot> {
  const linked = await linkedTrees(directory);
  const grafts: Graft[] = [
    { from: directory, to: TREE },
    ...(source === undefined ? [] : [{ from: source, to: TREE_SOURCE }]),
    ...linked,
    ...(await fitPrograms({ directory, linked, scratch }, toolchain, others)),
  ];
  return { root: toolchain.root, digest: digestValue([toolchain.digest, digest]), grafts };
}

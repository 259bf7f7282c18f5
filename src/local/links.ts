// SPDX-License-Identifier: Apache-2.0
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { TREE } from '../kbuild/headers.ts';
import type { Graft } from '../sysroot/compose.ts';

/** What of a tree a build reads and where distributions have links; the rest is not looked through. */
const SEARCHED = ['arch', 'include', 'scripts', 'tools'];
const MAXIMUM_DEPTH = 4;

/**
 * Other directories that a kernel tree leads into by relative links, and where they have to be seen for that. So are the
 * headers of Debian (`scripts -> ../../lib/linux-kbuild-6.1/scripts`) and of Ubuntu (most directories). A link counts when it
 * leads to its namesake, at the same place in another tree of a kernel: any other is left to dangle, as a tree that leads
 * a build to the user's own files is none of a kernel.
 */
export async function linkedTrees(directory: string): Promise<Graft[]> {
  const grafts = new Map<string, Graft>();
  const visit = async (relative: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(directory, relative), { withFileTypes: true })) {
      const path = join(relative, entry.name);
      if (entry.isSymbolicLink()) {
        const graft = await followLink(directory, path);
        if (graft) grafts.set(graft.to, graft);
      } else if (entry.isDirectory() && depth < MAXIMUM_DEPTH && (depth > 0 || SEARCHED.includes(entry.name))) {
        await visit(path, depth + 1);
      }
    }
  };
  await visit('', 0);
  return [...grafts.values()].sort((a, b) => (a.to < b.to ? -1 : 1));
}

async function followLink(directory: string, path: string): Promise<Graft | undefined> {
  const target = await readlink(join(directory, path));
  const real = await realpath(join(directory, path)).catch(() => undefined);
  if (target.startsWith('/') || real === undefined || real.startsWith(`${directory}/`)) return undefined;
  const inside = normalize(join(dirname(join(TREE, path)), target));
  const [from, to] = [withoutEnd(real, path), withoutEnd(inside, path)];
  if (from === undefined || to === undefined || !to.startsWith('/kernel/') || TREE.startsWith(to)) return undefined;
  return (await isOfKernel(from)) ? { from, to } : undefined;
}

function withoutEnd(path: string, end: string): string | undefined {
  return path.endsWith(`/${end}`) ? path.slice(0, -end.length - 1) : undefined;
}

async function isOfKernel(directory: string): Promise<boolean> {
  for (const mark of ['scripts/mod', 'include/linux']) {
    if ((await stat(join(directory, mark)).catch(() => undefined))?.isDirectory()) return true;
  }
  return false;
}

/** Where a file of the tree is really seen, when a directory above it is a link into another tree. */
export async function placeOf(directory: string, path: string, linked: Graft[]): Promise<string> {
  const real = await realpath(join(directory, path));
  const graft = linked.find(({ from }) => real.startsWith(`${from}/`));
  return graft ? join(graft.to, real.slice(graft.from.length)) : join(TREE, real.slice(directory.length));
}

// SPDX-License-Identifier: Apache-2.0
import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile, digestValue } from '../host/digest.ts';
import type { KernelTree } from './tree.ts';

/** What decides what a module becomes, by content: small, and of the same content in each copy of a tree. */
const BY_CONTENT = [
  '.config',
  'Makefile',
  'Module.symvers',
  'arch/x86/Makefile',
  'include/config/auto.conf',
  'include/generated/autoconf.h',
  'scripts/mod/modpost',
  'tools/objtool/objtool',
];
const HEADERS = ['include', 'arch/x86/include', 'scripts'];

/**
 * One digest for all of a tree that a result depends on, in a second. A kernel that was built is gigabytes of objects, and
 * twenty thousand headers: reading them at each run would take longer than most builds. So what decides is taken by content,
 * and the many files by name, size and time, as make does. A copy of a tree with new times is another tree then, which
 * costs a build that was not needed, never one that was left out.
 */
export async function digestKernelTree(
  tree: KernelTree,
  { image, modules }: { image: string | undefined; modules: string | undefined },
): Promise<string> {
  const roots = [tree.directory, ...(tree.source === undefined ? [] : [tree.source])];
  const parts: unknown[] = [tree.release];
  for (const root of roots) {
    for (const name of BY_CONTENT) parts.push([name, await digestFile(join(root, name)).catch(ignoreMissing)]);
    for (const name of HEADERS) parts.push([name, await listing(join(root, name))]);
  }
  parts.push(image === undefined ? null : await digestFile(image));
  parts.push(modules === undefined ? null : await listModules(modules));
  return digestValue(parts);
}

type Listed = [path: string, size: number, time: number];

/** All files below a directory, links followed (the headers of distributions are full of them); empty when there is none. */
async function listing(directory: string, depth = 0): Promise<Listed[]> {
  const files: Listed[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    // A link in a circle ends where no kernel has directories any more.
    if (entry.isDirectory() || (entry.isSymbolicLink() && depth < 8 && (await isDirectory(path)))) {
      for (const [name, size, time] of await listing(path, depth + 1))
        files.push([`${entry.name}/${name}`, size, time]);
      continue;
    }
    const found = await stat(path).catch(() => undefined);
    if (found) files.push([entry.name, found.size, timeOf(found)]);
  }
  return files.sort(byName);
}

/** The modules that `modules.order` lists: walking through a tree with its objects would take longer than all the rest. */
async function listModules(directory: string): Promise<unknown[]> {
  const order = await readFile(join(directory, 'modules.order'), 'utf8').catch(() => '');
  const builtin = await digestFile(join(directory, 'modules.builtin')).catch(ignoreMissing);
  const files: unknown[] = [builtin];
  for (const line of order.split('\n')) {
    if (line === '') continue;
    // A tree names them from its top, and from 6.2 on by their objects.
    const plain = line.replace(/\.(ko|o)$/, '');
    const names = ['.ko', '.ko.xz', '.ko.zst', '.ko.gz'].flatMap((end) => [
      `${plain}${end}`,
      `${plain.replace(/^kernel\//, '')}${end}`,
    ]);
    for (const name of names) {
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (!found) continue;
      files.push([name, found.size, timeOf(found)]);
      break;
    }
  }
  return files;
}

/** In milliseconds: what copies a tree with its times may drop the rest. */
function timeOf({ mtimeMs }: Stats): number {
  return Math.trunc(mtimeMs);
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function byName([a]: Listed, [b]: Listed): number {
  return a < b ? -1 : 1;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

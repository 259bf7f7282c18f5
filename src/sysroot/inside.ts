// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import type { Sysroot } from './compose.ts';

const MAXIMUM_LINKS = 40;

/**
 * The place on this machine of `path` as a program sees it whose root is `root`: symbolic links are followed, but never
 * out of the root. Use it before reading anything of a sysroot by a path that packages could have made a link.
 * What does not exist stays as it is written. Throws InputError for a loop of links.
 */
export function insideRoot(root: string, path: string): string {
  const done: string[] = [];
  const todo = path.split('/');
  for (let links = 0; todo.length > 0; ) {
    const part = todo.shift() as string;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const here = join(root, ...done, part);
    if (!lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink()) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > MAXIMUM_LINKS) throw new InputError(`${path} leads in circles`, { where: root });
    const target = readlinkSync(here);
    if (target.startsWith('/')) done.length = 0;
    todo.unshift(...target.split('/'));
  }
  return join(root, ...done);
}

/** The place on this machine of `path` as a program sees it in a sysroot: in what is grafted there, else as `insideRoot`. */
export function placeIn({ root, grafts = [] }: Sysroot, path: string): string {
  // The last one that fits, as mounts cover each other.
  const graft = grafts.findLast(({ to }) => path === to || path.startsWith(`${to}/`));
  return graft ? insideRoot(graft.from, path.slice(graft.to.length)) : insideRoot(root, path);
}

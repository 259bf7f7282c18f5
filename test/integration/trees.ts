// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const LEFT_OUT = /^usr\/share\/(doc|info|lintian|locale|man)\//;

export type Tree = Map<string, string>;

/** Every entry with its type, permissions, time and content; `moved` maps paths to merged-/usr form. */
export async function treeOf(directory: string, moved: (path: string) => string = (path) => path): Promise<Tree> {
  const tree: Tree = new Map();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const original = path.slice(directory.length + 1);
    const name = moved(original);
    if (LEFT_OUT.test(name)) continue;
    if (entry.isSymbolicLink()) {
      tree.set(name, `-> ${merelyMoved(await readlink(path), original, name)}`);
      continue;
    }
    const { mode, mtimeMs } = await lstat(path);
    const permissions = (mode & 0o777).toString(8);
    if (entry.isDirectory()) tree.set(name, 'directory');
    else {
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      tree.set(name, `${permissions} ${Math.floor(mtimeMs / 1000)} ${digest}`);
    }
  }
  return tree;
}

/** What a link that climbs out of its top directory has to say once it lies below /usr. */
function merelyMoved(target: string, from: string, to: string): string {
  if (from === to || target.startsWith('/')) return target;
  const resolved = join('/', dirname(from), target);
  const top = `/${from.split('/')[0]}`;
  return resolved === top || resolved.startsWith(`${top}/`) ? target : resolved;
}

/** A path with merged /usr. */
export const merged = (path: string) => (/^(bin|sbin|lib|lib32|lib64|libx32)(\/|$)/.test(path) ? `usr/${path}` : path);

/** What differs between two trees, by path: what each of them has there. */
export function differences(ours: Tree, theirs: Tree): Record<string, (string | undefined)[]> {
  // Directories that hold nothing but what is left out, or that the archive does not list, are no difference.
  const differing = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (name) => ours.get(name) !== theirs.get(name) && (ours.get(name) ?? theirs.get(name)) !== 'directory',
  );
  return Object.fromEntries(differing.map((name) => [name, [ours.get(name), theirs.get(name)]]));
}

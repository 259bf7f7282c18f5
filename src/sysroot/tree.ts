// SPDX-License-Identifier: Apache-2.0
import { chmodSync, copyFileSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALTERNATIVES, DIRECTORIES, FILES, LINKS } from './furnish.ts';
import { MERGED } from './member.ts';
import type { Content } from './tree-writer.ts';

export type BuildTreeJob = {
  /** Directories of unpacked packages, in order; a later one wins. */
  packages: string[];
  /** A directory that does not exist yet. */
  root: string;
};

type Node =
  | { kind: 'd'; mode: number; children: Map<string, Node> }
  | { kind: 'f'; source: string }
  | { kind: 'l'; target: string };

const MAXIMUM_LINKS = 40;

/**
 * Makes one root of many unpacked packages by hard links, as dpkg would have installed them: a later package's file
 * replaces an earlier one's, a directory is never replaced by a link to one, and a path that leads through another
 * package's symbolic link goes where that link leads inside of the root. All of that is worked out in memory,
 * so no link is ever followed on the host.
 */
export function buildTree({ packages, root }: BuildTreeJob): void {
  const tree = new Tree();
  for (const directory of packages) {
    const contents = JSON.parse(readFileSync(join(directory, 'contents.json'), 'utf8')) as Content[];
    for (const content of contents) tree.add(content, join(directory, 'root'));
  }
  tree.furnish();
  mkdirSync(root);
  write(tree.top, root);
  for (const [path, text] of Object.entries(FILES)) {
    if (tree.find(path) === undefined) writeFileSync(join(root, path), text, { flag: 'wx', mode: 0o644 });
  }
}

class Tree {
  readonly top: Node & { kind: 'd' } = { kind: 'd', mode: 0o755, children: new Map() };

  add(content: Content, source: string): void {
    const [kind, path] = content;
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const { children } = this.directory(parts);
    const before = children.get(name);
    if (kind === 'd') {
      // A link that is there already stands for the directory, as with dpkg.
      if (before?.kind === 'l') this.directory([...parts, name]);
      else if (before?.kind !== 'd') children.set(name, { kind: 'd', mode: content[2], children: new Map() });
    } else if (before?.kind !== 'd') {
      children.set(name, kind === 'f' ? { kind, source: join(source, path) } : { kind, target: content[2] });
    }
  }

  /** The node at a path, links in its directories followed inside of the root; the last part is not followed. */
  find(path: string): Node | undefined {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const directory = this.walk(parts, false);
    return directory?.children.get(name);
  }

  furnish(): void {
    for (const name of MERGED) {
      if (name !== 'lib32' && name !== 'libx32') this.directory(['usr', name]);
      if (this.find(`usr/${name}`)) this.top.children.set(name, { kind: 'l', target: `usr/${name}` });
    }
    for (const [path, mode] of Object.entries(DIRECTORIES)) {
      if (this.find(path) === undefined) this.add(['d', path, mode], '');
    }
    for (const [path, target] of Object.entries(LINKS)) {
      if (this.find(path) === undefined) this.add(['l', path, target], '');
    }
    for (const [path, candidates] of ALTERNATIVES) {
      const chosen = candidates.find((candidate) => this.find(candidate) !== undefined);
      if (chosen !== undefined && this.find(path) === undefined) this.add(['l', path, `/${chosen}`], '');
    }
  }

  private directory(parts: string[]): Node & { kind: 'd' } {
    return this.walk(parts, true) as Node & { kind: 'd' };
  }

  /** Goes down directory by directory as the kernel would with this tree as its root. */
  private walk(parts: string[], create: boolean): (Node & { kind: 'd' }) | undefined {
    const trail: (Node & { kind: 'd' })[] = [this.top];
    const todo = [...parts];
    for (let links = 0; todo.length > 0; ) {
      const part = todo.shift() as string;
      const here = trail[trail.length - 1] as Node & { kind: 'd' };
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      let next = here.children.get(part);
      if (next?.kind === 'l' && links++ < MAXIMUM_LINKS) {
        if (next.target.startsWith('/')) trail.length = 1;
        todo.unshift(...next.target.split('/'));
        continue;
      }
      if (next?.kind !== 'd') {
        if (!create) return undefined;
        next = { kind: 'd', mode: 0o755, children: new Map() };
        here.children.set(part, next);
      }
      trail.push(next);
    }
    return trail[trail.length - 1];
  }
}

function write(node: Node & { kind: 'd' }, path: string): void {
  for (const [name, child] of node.children) {
    const childPath = `${path}/${name}`;
    if (child.kind === 'l') symlinkSync(child.target, childPath);
    else if (child.kind === 'f') linkOrCopy(child.source, childPath);
    else {
      mkdirSync(childPath);
      write(child, childPath);
    }
  }
  chmodSync(path, node.mode);
}

/** File systems without hard links, or an inode that has as many as it can have, get a copy. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EMLINK' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
}

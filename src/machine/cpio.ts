// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';

/** A member of an archive; `path` is relative to the root of the guest. */
export type CpioEntry =
  | { kind: 'directory'; path: string; mode: number }
  | { kind: 'file'; path: string; mode: number; content: Buffer | { from: string; size: number } }
  | { kind: 'link'; path: string; target: string };

const TYPES = { directory: 0o040000, file: 0o100000, link: 0o120000 };
/** The kernel finds the next archive after any number of zero words; whole blocks keep concatenated ones tidy. */
const BLOCK_BYTES = 512;

/**
 * A cpio archive in the "newc" form that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst),
 * piece by piece. The same entries in any order give the same bytes: sorted, owned by root, without times.
 * Throws EnvironmentError when a file changes while it is read.
 */
export async function* cpioArchive(entries: Iterable<CpioEntry>): AsyncGenerator<Buffer> {
  // By bytes, which also puts a directory before what is in it.
  const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  let written = 0;
  let inode = 1;
  for (const entry of sorted) {
    const content = contentOf(entry);
    const size = Buffer.isBuffer(content) ? content.length : content.size;
    const mode = TYPES[entry.kind] | (entry.kind === 'link' ? 0o777 : entry.mode);
    const head = header(entry.path, { inode: inode++, mode, size, links: entry.kind === 'directory' ? 2 : 1 });
    yield head;
    if (Buffer.isBuffer(content)) yield content;
    else yield* exactly(content.from, content.size);
    yield Buffer.alloc(padding(size, 4));
    written += head.length + size + padding(size, 4);
  }
  const trailer = header('TRAILER!!!', { inode: 0, mode: 0, size: 0, links: 1 });
  yield trailer;
  yield Buffer.alloc(padding(written + trailer.length, BLOCK_BYTES));
}

export type TreeOptions = {
  /** Where in the guest the tree goes; empty for its root. */
  to?: string;
  /** Leaves out a path (relative to the tree) and all below it. */
  skip?: (path: string) => boolean;
};

/** All of a directory as entries of an archive. Links stay links; devices, sockets and pipes are left out. */
export async function treeEntries(directory: string, { to = '', skip = () => false }: TreeOptions = {}) {
  const entries: CpioEntry[] = [];
  const visit = async (relative: string): Promise<void> => {
    for (const name of await readdir(join(directory, relative))) {
      const inTree = relative === '' ? name : `${relative}/${name}`;
      if (skip(inTree)) continue;
      const from = join(directory, inTree);
      const path = to === '' ? inTree : `${to}/${inTree}`;
      const status = await lstat(from);
      // No set-user-id bits: everything in the guest runs as root.
      const mode = status.mode & 0o777;
      if (status.isDirectory()) {
        entries.push({ kind: 'directory', path, mode });
        await visit(inTree);
      } else if (status.isSymbolicLink()) entries.push({ kind: 'link', path, target: await readlink(from) });
      else if (status.isFile()) entries.push({ kind: 'file', path, mode, content: { from, size: status.size } });
    }
  };
  await visit('');
  return entries;
}

/** The directories that lead to a path, so that the kernel can make it: it does not make parents by itself. */
export function parentEntries(path: string): CpioEntry[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => ({ kind: 'directory', path: parts.slice(0, index + 1).join('/'), mode: 0o755 }));
}

function contentOf(entry: CpioEntry): Buffer | { from: string; size: number } {
  switch (entry.kind) {
    case 'directory':
      return Buffer.alloc(0);
    case 'link':
      return Buffer.from(entry.target);
    case 'file':
      return entry.content;
  }
}

async function* exactly(path: string, size: number): AsyncGenerator<Buffer> {
  if (size === 0) return;
  let read = 0;
  for await (const chunk of createReadStream(path, { end: size - 1, highWaterMark: 1 << 20 })) {
    read += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (read !== size) {
    throw new EnvironmentError(`became shorter while it was read: ${read} of ${size} bytes`, { where: path });
  }
}

function header(path: string, { inode, mode, size, links }: Record<'inode' | 'mode' | 'size' | 'links', number>) {
  const name = Buffer.from(`${path}\0`);
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([Buffer.from(head), name, Buffer.alloc(padding(head.length + name.length, 4))]);
}

function padding(size: number, to: number): number {
  return (to - (size % to)) % to;
}

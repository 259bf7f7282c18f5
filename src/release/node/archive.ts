// SPDX-License-Identifier: Apache-2.0
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'fflate';
import { type Pack, pack } from 'tar-stream';

/** A file of a tree, by its path below the root of that: no `/` at the start, no `.` and `..`. All belong to root. */
export type TreeFile = { path: string; mode?: number } & (
  | { content: Buffer }
  /** A symbolic link, and where it points. */
  | { link: string }
  /** Another name of a file that is in the tree as well, by the path of that. */
  | { same: string }
  | { directory: true }
);

type Entry = Parameters<Pack['entry']>[0];

const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;
/** What may be between two `/`: nothing that a shell, a tar or a file system of another kind takes for more than a name. */
const SEGMENT = /^[\w+][\w.+~-]*$/;

/** Whether a path stays below the root that it is unpacked to, and consists of plain names. */
export function isPlainPath(path: string): boolean {
  return path.split('/').every((segment) => SEGMENT.test(segment));
}

/**
 * A tar archive of a tree: the directories that lead to the files, and every entry, in the order of their paths, each with the
 * same time, so that the same tree gives the same bytes. Throws Error for a path that is there twice or not a plain one:
 * whoever makes a path of input has to look at that before.
 */
export async function makeTar(tree: TreeFile[], time: Date): Promise<Buffer> {
  const entries = new Map<string, TreeFile>();
  for (const file of tree) {
    if (!isPlainPath(file.path)) throw new Error(`no path of an archive: ${JSON.stringify(file.path)}`);
    if (entries.has(file.path)) throw new Error(`${file.path} is in the archive twice`);
    entries.set(file.path, file);
  }
  for (const { path } of tree) {
    const segments = path.split('/');
    for (let length = 1; length < segments.length; length++) {
      const parent = segments.slice(0, length).join('/');
      if (!entries.has(parent)) entries.set(parent, { path: parent, directory: true });
    }
  }
  const archive = pack();
  // What a link is another name of has to come before it.
  const sorted = [...entries.values()].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  for (const file of sorted) {
    const header = headerOf(file, time);
    if ('content' in file) archive.entry(header, file.content);
    else archive.entry(header);
  }
  archive.finalize();
  return await buffer(archive);
}

const rank = (file: TreeFile) => ('same' in file ? 1 : 0);

function headerOf(file: TreeFile, mtime: Date): Entry {
  const common = { uid: 0, gid: 0, mtime };
  if ('directory' in file) {
    return { ...common, name: `${file.path}/`, type: 'directory', mode: file.mode ?? DIRECTORY_MODE };
  }
  const header = { ...common, name: file.path, mode: file.mode ?? FILE_MODE };
  if ('link' in file) return { ...header, type: 'symlink', linkname: file.link, mode: 0o777 };
  if ('same' in file) return { ...header, type: 'link', linkname: file.same };
  return { ...header, type: 'file', size: file.content.length };
}

/**
 * The gzip of bytes, without a name or time. Not by node:zlib: what that makes of the same bytes depends on its version and on
 * the processor's instructions.
 */
export function gzip(content: Buffer): Buffer {
  return Buffer.from(gzipSync(content, { level: 9, mtime: 0 }));
}

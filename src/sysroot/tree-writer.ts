// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Header } from 'tar-stream';
import { CorruptData } from '../host/decompress.ts';
import { isUnneeded, linkTarget, MERGED, memberPath } from './member.ts';

/** What was unpacked, in the order of the archive: a directory, a file, or a symbolic link with its target. */
export type Content = ['d', path: string, mode: number] | ['f', path: string] | ['l', path: string, target: string];

/** Against archives that would fill the disk, the file system's inodes, or the memory (all names are kept in it). */
export type UnpackLimits = { maximumMembers: number; maximumBytes: number; maximumNameBytes: number };
export const LIMITS: UnpackLimits = {
  maximumMembers: 300_000,
  maximumBytes: 6 * 2 ** 30,
  maximumNameBytes: 32 * 2 ** 20,
};

/** A member of an archive, whatever its format; `linkname` is what a symbolic or hard link leads to, `size` is in bytes. */
export type Member = Pick<Header, 'name' | 'type'> & Partial<Pick<Header, 'size' | 'mode' | 'mtime' | 'linkname'>>;

const KNOWN_TYPES = new Set<unknown>(['directory', 'file', 'contiguous-file', 'symlink', 'link']);

/** Writes members below a root of its own making; knows what it has written, so that it never has to ask the disk. */
export class TreeWriter {
  readonly contents: Content[] = [];
  private readonly kinds = new Map<string, 'd' | 'f' | 'l' | 'unneeded'>();
  private readonly root: string;
  private readonly limits: UnpackLimits;
  private members = 0;
  private bytes = 0;
  private nameBytes = 0;

  constructor(root: string, limits: UnpackLimits) {
    this.root = root;
    this.limits = limits;
    mkdirSync(root, { recursive: true });
    this.kinds.set('', 'd');
  }

  /** Takes a member up to its content, which goes to the returned writer, if there is one. */
  add(member: Member): FileWriter | undefined {
    this.count(member);
    const path = memberPath(member.name);
    const { type } = member;
    if (isUnneeded(path) && KNOWN_TYPES.has(type)) {
      this.kinds.set(path, 'unneeded');
      return undefined;
    }
    switch (type) {
      case 'directory':
        this.directory(path, member.mode ?? 0o755);
        return undefined;
      case 'file':
      case 'contiguous-file':
        this.claim(path, 'f');
        return new FileWriter(join(this.root, path), member);
      case 'symlink':
        this.symbolicLink(member.name, path, member.linkname ?? '');
        return undefined;
      case 'link':
        this.hardLink(path, memberPath(member.linkname ?? ''));
        return undefined;
      default:
        throw new CorruptData(`a ${type ?? 'file of unknown type'} has no place in a package`);
    }
  }

  private count(member: Member): void {
    const size = member.size ?? 0;
    this.members += 1;
    this.bytes += size;
    if (this.members > this.limits.maximumMembers) {
      throw new CorruptData(`the package has more than ${this.limits.maximumMembers} members`);
    }
    this.nameBytes += member.name.length + (member.linkname?.length ?? 0);
    if (this.nameBytes > this.limits.maximumNameBytes) {
      throw new CorruptData(
        `the names of the package are longer than ${this.limits.maximumNameBytes} bytes altogether`,
      );
    }
    if (!(size >= 0) || this.bytes > this.limits.maximumBytes) {
      throw new CorruptData(`the package holds more than ${this.limits.maximumBytes} bytes`);
    }
    if (size > 0 && member.type !== 'file' && member.type !== 'contiguous-file') {
      throw new CorruptData(`a ${member.type ?? 'member of unknown type'} with content`);
    }
  }

  private directory(path: string, mode: number): void {
    const kind = this.kinds.get(path);
    if (kind !== undefined && kind !== 'd') throw new CorruptData('a directory where the package has something else');
    if (kind === undefined) {
      this.parents(path);
      mkdirSync(join(this.root, path));
      this.kinds.set(path, 'd');
    }
    // Ours to fill and to remove, whatever the package says.
    const kept = (mode & 0o777) | 0o700;
    chmodSync(join(this.root, path), kept);
    if (path !== '') this.contents.push(['d', path, kept]);
  }

  private symbolicLink(name: string, path: string, target: string): void {
    const merged = MERGED.find((directory) => path === `usr/${directory}` && memberPathIsTop(name, directory));
    if (merged) {
      // A package of a merged-/usr release that ships the link which every sysroot has.
      if (target.replace(/^\//, '') === path) return;
      throw new CorruptData(`leads to ${JSON.stringify(target)} instead of ${path}`);
    }
    this.claim(path, 'l');
    const kept = linkTarget(name, path, target);
    symlinkSync(kept, join(this.root, path));
    this.contents.push(['l', path, kept]);
  }

  private hardLink(path: string, target: string): void {
    const kind = this.kinds.get(target);
    if (kind === 'unneeded' || isUnneeded(target)) {
      this.kinds.set(path, 'unneeded');
      return;
    }
    if (kind !== 'f') throw new CorruptData('a hard link to something that is not a file of the package before it');
    this.claim(path, 'f');
    linkSync(join(this.root, target), join(this.root, path));
  }

  private claim(path: string, kind: 'f' | 'l'): void {
    if (this.kinds.has(path)) throw new CorruptData('is in the package twice');
    this.parents(path);
    this.kinds.set(path, kind);
    if (kind === 'f') this.contents.push(['f', path]);
  }

  private parents(path: string): void {
    const parent = path.includes('/') ? dirname(path) : '';
    const kind = this.kinds.get(parent);
    if (kind === 'd') return;
    if (kind !== undefined) throw new CorruptData(`writes through ${parent}, which is not a directory`);
    this.directory(parent, 0o755);
  }
}

function memberPathIsTop(name: string, directory: string): boolean {
  return name.replace(/^(\.?\/)+/, '').replace(/\/+$/, '') === directory;
}

class FileWriter {
  private readonly descriptor: number;
  private readonly member: Member;

  constructor(path: string, member: Member) {
    this.member = member;
    // `wx` refuses to follow a link, should one be there against all that is known.
    this.descriptor = openSync(path, 'wx', 0o600);
  }

  data(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) at += writeSync(this.descriptor, chunk, at);
  }

  close(): void {
    try {
      // Set-id bits are dropped; times are kept because `make` compares them.
      fchmodSync(this.descriptor, ((this.member.mode ?? 0o644) & 0o777) | 0o400);
      const seconds = (this.member.mtime ?? new Date(0)).getTime() / 1000;
      futimesSync(this.descriptor, seconds, seconds);
    } finally {
      closeSync(this.descriptor);
    }
  }
}

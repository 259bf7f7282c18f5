// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { CorruptData, decompress, type Programs, readRange } from '../host/decompress.ts';
import { readDebLayout } from './deb.ts';
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

export type UnpackJob = {
  /** The .deb and the digest that it must have. */
  path: string;
  sha256: string;
  /** A directory that does not exist yet; gets `root/` and `contents.json`. */
  directory: string;
  limits?: UnpackLimits;
  programs?: Programs;
};

/** The bytes on disk are not those that were pinned. */
export class WrongDigest extends Error {
  override readonly name = 'WrongDigest';
}

type Entry = AsyncIterable<unknown> & { header: Header };

const KNOWN_TYPES = new Set<unknown>(['directory', 'file', 'contiguous-file', 'symlink', 'link']);
/** From this size of the package on, a faster program is worth starting. */
const PROGRAM_BYTES = 2 ** 20;
const END_MARKER_BYTES = 1024;

/**
 * Unpacks a .deb without following any link and without leaving `directory`. Memory does not grow with the package.
 * The whole stream is read even where files are left out, and the digest is checked again on the way.
 * `onRead` gets the number of bytes of the .deb read so far. Throws CorruptData (naming the member) or WrongDigest;
 * `directory` is then half-written and the caller's to remove.
 */
export async function unpackDeb(job: UnpackJob, onRead: (bytes: number) => void = () => {}): Promise<void> {
  const file = await open(job.path);
  try {
    const hash = createHash('sha256');
    const layout = await readDebLayout(file);
    const end = layout.offset + layout.length;
    for await (const _ of hashed(file, hash, 0, layout.offset));
    const tree = new TreeWriter(join(job.directory, 'root'), job.limits ?? LIMITS);
    const data = hashed(file, hash, layout.offset, layout.length, (bytes) => onRead(layout.offset + bytes));
    const { xz, ...programs } = job.programs ?? {};
    if (xz && layout.length >= PROGRAM_BYTES) Object.assign(programs, { xz });
    await readTar(decompress(data, layout.compression, programs), tree);
    // A decompressor stops at the end of its stream; what follows in the member still belongs to the digest.
    for await (const _ of data);
    for await (const _ of hashed(file, hash, end, layout.fileSize - end));
    const digest = hash.digest('hex');
    if (digest !== job.sha256) throw new WrongDigest(`has the SHA-256 ${digest} instead of ${job.sha256}`);
    writeFileSync(join(job.directory, 'contents.json'), JSON.stringify(tree.contents));
  } finally {
    await file.close();
  }
}

async function* hashed(file: FileHandle, hash: Hash, offset: number, length: number, onRead?: (bytes: number) => void) {
  let bytes = 0;
  for await (const chunk of readRange(file, offset, length)) {
    hash.update(chunk);
    bytes += chunk.length;
    onRead?.(bytes);
    yield chunk;
  }
}

async function readTar(content: AsyncIterable<Uint8Array>, tree: TreeWriter): Promise<void> {
  let trailingZeros = 0;
  const watched = async function* () {
    for await (const chunk of content) {
      let zeros = 0;
      while (zeros < Math.min(chunk.length, END_MARKER_BYTES) && chunk[chunk.length - 1 - zeros] === 0) zeros++;
      trailingZeros = zeros === chunk.length ? trailingZeros + zeros : zeros;
      yield chunk;
    }
  };
  const archive = extract();
  const feed = Readable.from(watched(), { objectMode: false });
  feed.on('error', (error) => archive.destroy(error));
  feed.pipe(archive);
  try {
    for await (const entry of archive) await addMember(entry, tree);
  } catch (error) {
    throw isTarError(error) ? new CorruptData((error as Error).message, { cause: error }) : error;
  } finally {
    feed.destroy();
  }
  // A stream that was cut between two members looks whole to a tar reader.
  if (trailingZeros < END_MARKER_BYTES) throw new CorruptData('the tar archive is cut short: it has no end marker');
}

function isTarError(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error && !('code' in error);
}

async function addMember(entry: Entry, tree: TreeWriter): Promise<void> {
  const { header } = entry;
  try {
    const write = tree.add(header);
    try {
      for await (const chunk of entry) write?.data(chunk as Uint8Array);
    } finally {
      write?.close();
    }
  } catch (error) {
    if (!(error instanceof CorruptData)) throw error;
    throw new CorruptData(`member ${JSON.stringify(header.name)}: ${error.message}`, { cause: error });
  }
}

/** Writes members below a root of its own making; knows what it has written, so that it never has to ask the disk. */
class TreeWriter {
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
  add(header: Header): FileWriter | undefined {
    this.count(header);
    const path = memberPath(header.name);
    const { type } = header;
    if (isUnneeded(path) && KNOWN_TYPES.has(type)) {
      this.kinds.set(path, 'unneeded');
      return undefined;
    }
    switch (type) {
      case 'directory':
        this.directory(path, header.mode ?? 0o755);
        return undefined;
      case 'file':
      case 'contiguous-file':
        this.claim(path, 'f');
        return new FileWriter(join(this.root, path), header);
      case 'symlink':
        this.symbolicLink(header.name, path, header.linkname ?? '');
        return undefined;
      case 'link':
        this.hardLink(path, memberPath(header.linkname ?? ''));
        return undefined;
      default:
        throw new CorruptData(`a ${type ?? 'file of unknown type'} has no place in a package`);
    }
  }

  private count(header: Header): void {
    const size = header.size ?? 0;
    this.members += 1;
    this.bytes += size;
    if (this.members > this.limits.maximumMembers) {
      throw new CorruptData(`the package has more than ${this.limits.maximumMembers} members`);
    }
    this.nameBytes += header.name.length + (header.linkname?.length ?? 0);
    if (this.nameBytes > this.limits.maximumNameBytes) {
      throw new CorruptData(
        `the names of the package are longer than ${this.limits.maximumNameBytes} bytes altogether`,
      );
    }
    if (!(size >= 0) || this.bytes > this.limits.maximumBytes) {
      throw new CorruptData(`the package holds more than ${this.limits.maximumBytes} bytes`);
    }
    if (Object.keys(header.pax ?? {}).some((key) => key.startsWith('GNU.sparse'))) {
      throw new CorruptData('a sparse file has no place in a package');
    }
    if (size > 0 && header.type !== 'file' && header.type !== 'contiguous-file') {
      throw new CorruptData(`a ${header.type ?? 'member of unknown type'} with content`);
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
  private readonly header: Header;

  constructor(path: string, header: Header) {
    this.header = header;
    // `wx` refuses to follow a link, should one be there against all that is known.
    this.descriptor = openSync(path, 'wx', 0o600);
  }

  data(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) at += writeSync(this.descriptor, chunk, at);
  }

  close(): void {
    try {
      // Set-id bits are dropped; times are kept because `make` compares them.
      fchmodSync(this.descriptor, ((this.header.mode ?? 0o644) & 0o777) | 0o400);
      const seconds = (this.header.mtime ?? new Date(0)).getTime() / 1000;
      futimesSync(this.descriptor, seconds, seconds);
    } finally {
      closeSync(this.descriptor);
    }
  }
}

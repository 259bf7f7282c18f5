// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import { type Compression, CorruptData, compressionAt } from '../host/decompress.ts';
import { type RpmEntry, rpmFiles } from '../packages/rpm/files.ts';
import { readRpmHeaders } from '../packages/rpm/header.ts';
import { MalformedRpm } from '../packages/rpm/header-blob.ts';
import { type CpioHeader, type CpioSink, readCpio } from './cpio.ts';
import type { PackageLayout } from './layout.ts';
import { memberPath } from './member.ts';
import type { Member, TreeWriter } from './tree-writer.ts';

const MAGIC = Buffer.from([0xed, 0xab, 0xee, 0xdb]);
const COMPRESSIONS: Compression[] = ['gzip', 'xz', 'zstd'];
/** What Linux allows a link to say. */
const MAXIMUM_TARGET_BYTES = 4096;

const KIND = 0o170000;
const KINDS = new Map<number, string>([
  [0o040000, 'directory'],
  [0o100000, 'file'],
  [0o120000, 'symlink'],
  [0o020000, 'character-device'],
  [0o060000, 'block-device'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
]);

export function isRpm(head: Buffer): boolean {
  return head.subarray(0, MAGIC.length).equals(MAGIC);
}

/**
 * Finds the payload of an .rpm: a compressed cpio archive behind the headers. Throws CorruptData when the file is damaged or
 * cut short, or when the payload has a form or compression that is not supported.
 */
export async function readRpmLayout(file: FileHandle): Promise<PackageLayout> {
  try {
    const { header, payload, architecture } = await readRpmHeaders(file);
    if (architecture === 'src') throw new CorruptData('is a source package');
    if (payload.format !== 'cpio')
      throw new CorruptData(`has a payload of the form ${JSON.stringify(payload.format)}, not cpio`);
    const files = rpmFiles(header);
    const { offset, length, compressor } = payload;
    const compression = await compressionAt(file, offset);
    if (compressor !== undefined && compressor !== compression) {
      throw new CorruptData(
        COMPRESSIONS.some((name) => name === compressor)
          ? `the payload should be ${compressor}, but is ${compression === 'none' ? 'something else' : compression}`
          : `has a payload compressed with ${JSON.stringify(compressor)}, which is not supported (${COMPRESSIONS.join(', ')} are)`,
      );
    }
    return {
      compression,
      offset,
      length,
      fileSize: offset + length,
      // rpm has SHA-256 sums put into xz data, which the library cannot check.
      xzProgram: true,
      unpack: (content, tree) => unpackPayload(content, files, tree),
    };
  } catch (error) {
    throw error instanceof MalformedRpm ? new CorruptData(error.message, { cause: error }) : error;
  }
}

async function unpackPayload(content: AsyncIterable<Uint8Array>, files: RpmEntry[], tree: TreeWriter): Promise<void> {
  const payload = new Payload(files, tree);
  await readCpio(content, (header) => payload.member(header));
  payload.finish();
}

type HardLinks = { last: number; waiting: string[]; written?: string };

/**
 * As rpm does it (iterReadArchiveNext in rpm's lib/rpmfi.c), a member is what the header of the package says of it; the
 * archive has to say the same, and to hold all that the header promises.
 */
class Payload {
  private readonly files: RpmEntry[];
  private readonly tree: TreeWriter;
  private readonly indexes = new Map<string, number>();
  private readonly found = new Set<number>();
  /** By inode, of files that have more than one name: the archive has their content once. */
  private readonly hardLinks = new Map<string, HardLinks>();

  constructor(files: RpmEntry[], tree: TreeWriter) {
    this.files = files;
    this.tree = tree;
    const names = new Map<string, number>();
    for (const [index, entry] of files.entries()) {
      if (this.indexes.has(entry.path)) throw new CorruptData(`the header has ${JSON.stringify(entry.path)} twice`);
      this.indexes.set(entry.path, index);
      if (entry.ghost || entry.inode === undefined || kindOf(entry.mode) !== 'file') continue;
      const before = names.get(entry.inode);
      names.set(entry.inode, index);
      if (before !== undefined) this.hardLinks.set(entry.inode, { last: index, waiting: [] });
    }
  }

  /** Throws CorruptData, as the sink does. */
  member(header: CpioHeader): CpioSink {
    const name = 'name' in header ? header.name : `.${this.files[header.index]?.path ?? ''}`;
    return inMember(name, () => {
      const index = this.indexOf(header);
      const entry = this.files[index];
      if (!entry) throw new CorruptData('is not among the files of the header');
      if (this.found.has(index)) throw new CorruptData('is in the payload twice');
      this.found.add(index);
      const sink = this.take(header, index, entry);
      return {
        size: sink.size,
        data: (chunk) => inMember(name, () => sink.data(chunk)),
        end: () => inMember(name, () => sink.end()),
      };
    });
  }

  /** To be called at the end of the archive. Throws CorruptData for what the header promised and nobody brought. */
  finish(): void {
    for (const [index, { path, size, ghost }] of this.files.entries()) {
      if (ghost || this.found.has(index)) continue;
      throw new CorruptData(`the header promises ${JSON.stringify(path)} of ${size} bytes, which the payload lacks`);
    }
    for (const { waiting, written } of this.hardLinks.values()) {
      if (waiting.length === 0 || written !== undefined) continue;
      throw new CorruptData(`member ${JSON.stringify(waiting[0])}: a hard link whose content the payload lacks`);
    }
  }

  private indexOf(header: CpioHeader): number {
    if ('index' in header) return header.index;
    // For what it throws.
    memberPath(header.name);
    return this.indexes.get(`/${header.name.replace(/^\.\//, '')}`) ?? -1;
  }

  private take(header: CpioHeader, index: number, entry: RpmEntry): CpioSink {
    const name = `.${entry.path}`;
    const kind = kindOf(entry.mode);
    const size = 'size' in header ? header.size : this.strippedSize(index, entry);
    if (entry.ghost) throw new CorruptData('is one that is made at run time, so it cannot be in the payload');
    if ('mode' in header && kindOf(header.mode) !== kind) {
      throw new CorruptData(`is a ${kindOf(header.mode)} in the payload and a ${kind} in the header`);
    }
    if (kind === 'symlink') return this.symbolicLink(size, entry);
    if (kind === 'file') return this.file(size, index, entry);
    const writer = this.tree.add({ name, type: kind as Member['type'], mode: entry.mode, size });
    return { size, data: (chunk) => writer?.data(chunk), end: () => writer?.close() };
  }

  private symbolicLink(size: number, { path, target }: RpmEntry): CpioSink {
    if (size > MAXIMUM_TARGET_BYTES) throw new CorruptData('the target of the link is too long');
    const chunks: Uint8Array[] = [];
    let left = size;
    const end = () => {
      // Cut short: that is being told already.
      if (left > 0) return;
      const found = Buffer.concat(chunks).toString('utf8');
      if (found !== target) throw new CorruptData(`leads to ${JSON.stringify(found)}, not ${JSON.stringify(target)}`);
      this.tree.add({ name: `.${path}`, type: 'symlink', linkname: target });
    };
    const data = (chunk: Uint8Array) => {
      left -= chunk.length;
      chunks.push(chunk);
    };
    return { size, data, end };
  }

  private file(size: number, index: number, entry: RpmEntry): CpioSink {
    const name = `.${entry.path}`;
    const links = this.hardLinks.get(entry.inode ?? '');
    const nothing = { size: 0, data: () => {}, end: () => {} };
    if (links && size === 0 && (entry.size > 0 || index !== links.last)) {
      if (links.written === undefined) links.waiting.push(name);
      else this.tree.add({ name, type: 'link', linkname: links.written });
      return nothing;
    }
    if (size !== entry.size) {
      throw new CorruptData(`the header promises ${entry.size} bytes, and the payload has ${size}`);
    }
    if (links?.written !== undefined) throw new CorruptData('a hard link whose content comes twice');
    const mtime = new Date(entry.mtime * 1000);
    const writer = this.tree.add({ name, type: 'file', size, mode: entry.mode, mtime });
    if (links) {
      links.written = name;
      for (const waiting of links.waiting) this.tree.add({ name: waiting, type: 'link', linkname: name });
    }
    return { size, data: (chunk) => writer?.data(chunk), end: () => writer?.close() };
  }

  /** The content of hard links is at the last of them. */
  private strippedSize(index: number, { mode, size, inode }: RpmEntry): number {
    const kind = kindOf(mode);
    if (kind === 'symlink') return size;
    const links = this.hardLinks.get(inode ?? '');
    return kind === 'file' && (links === undefined || links.last === index) ? size : 0;
  }
}

function kindOf(mode: number): string {
  return KINDS.get(mode & KIND) ?? 'file of unknown kind';
}

function inMember<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof CorruptData)) throw error;
    throw new CorruptData(`member ${JSON.stringify(name)}: ${error.message}`, { cause: error });
  }
}

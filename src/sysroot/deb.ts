// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import { type Compression, CorruptData } from '../host/decompress.ts';
import { readAt } from '../host/files.ts';
import type { PackageLayout } from './layout.ts';
import { readTar } from './tar.ts';

const GLOBAL_HEADER = '!<arch>\n';
const HEADER_BYTES = 60;
const MAXIMUM_MEMBERS = 16;
/** From this size on, a faster program is worth starting. */
const PROGRAM_BYTES = 2 ** 20;
const COMPRESSIONS: Record<string, Compression> = {
  '': 'none',
  '.gz': 'gzip',
  '.xz': 'xz',
  '.zst': 'zstd',
};

export function isDeb(head: Buffer): boolean {
  return head.toString('latin1', 0, GLOBAL_HEADER.length) === GLOBAL_HEADER;
}

/**
 * Finds `data.tar*` in a .deb, or the other member, see deb(5): an ar archive of `debian-binary` (2.x), `control.tar*`, `data.tar*`.
 * Reads nothing but the headers of the members. Throws CorruptData when the file is of another format or is cut short.
 */
export async function readDebLayout(
  file: FileHandle,
  member: 'data.tar' | 'control.tar' = 'data.tar',
): Promise<PackageLayout> {
  const { size: fileSize } = await file.stat();
  let offset = GLOBAL_HEADER.length;
  for (let index = 0; index < MAXIMUM_MEMBERS && offset < fileSize; index++) {
    const header = await readText(file, offset, HEADER_BYTES);
    const length = Number(header.slice(48, 58).trim() || 'none');
    if (header.length < HEADER_BYTES || header.slice(58) !== '`\n' || !Number.isSafeInteger(length) || length < 0) {
      throw new CorruptData(`damaged ar header at byte ${offset}`);
    }
    offset += HEADER_BYTES;
    const name = header.slice(0, 16).trimEnd().replace(/\/$/, '');
    if (offset + length > fileSize) {
      throw new CorruptData(`${name} is cut short: ${fileSize - offset} of ${length} bytes are there`);
    }
    if (index === 0) {
      const version = name === 'debian-binary' ? await readText(file, offset, Math.min(length, 8)) : '';
      if (!version.startsWith('2.')) throw new CorruptData('not a Debian package of format 2');
    }
    if (name.startsWith(member)) {
      const compression = COMPRESSIONS[name.slice(member.length)];
      if (!compression) throw new CorruptData(`${name} has a compression that is not supported`);
      const xzProgram = length >= PROGRAM_BYTES;
      return { compression, offset, length, fileSize, xzProgram, unpack: readTar };
    }
    offset += length + (length % 2);
  }
  throw new CorruptData(`holds no ${member}`);
}

async function readText(file: FileHandle, offset: number, length: number): Promise<string> {
  return (await readAt(file, offset, length)).toString('latin1');
}

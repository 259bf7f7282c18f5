// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '../errors.ts';
import { compressionAt, decompressFile, type Programs } from '../host/decompress.ts';
import { digestFile } from '../host/digest.ts';
import { isFile } from '../host/files.ts';
import { markUsed } from '../packages/cache-entry.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { placeIn } from '../sysroot/inside.ts';

export type VmlinuxOptions = {
  image: Sysroot;
  /** Kernel release. */
  kernel: string;
  cache: string;
  signal: AbortSignal;
  programs?: Programs;
};

const MAXIMUM_BYTES = 2 ** 30;
// The setup header of a bzImage, see Documentation/arch/x86/boot.rst.
const HEADER_BYTES = 0x250;
const SETUP_SECTORS = 0x1f1;
const SETUP_MAGIC = 0x202;
const SETUP_VERSION = 0x206;
const PAYLOAD_VERSION = 0x208;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR_BYTES = 512;
/** The kernel's build appends the size of the content to every format that does not end with it by itself. */
const SIZE_BYTES = 4;

/**
 * The ELF kernel inside a vmlinuz, as a file in the cache under the digest of the vmlinuz.
 * Returns a sentence saying why when there is no vmlinuz or it is packed in an unknown way.
 */
export async function unpackVmlinux(options: VmlinuxOptions): Promise<{ path: string } | { reason: string }> {
  const { image, kernel, cache, signal, programs = {} } = options;
  const vmlinuz = await findVmlinuz(image, kernel);
  if (!vmlinuz) return { reason: `the kernel image packages hold no vmlinuz of ${kernel}` };
  const path = join(cache, 'vmlinux', await digestFile(vmlinuz));
  if (await markUsed(path)) return { path };
  const payload = await findPayload(vmlinuz);
  if (!payload) return { reason: 'vmlinuz is packed in a way that is not known here (known: gzip, xz, zstd)' };
  try {
    await decompressFile(vmlinuz, path, { ...payload, maximumBytes: MAXIMUM_BYTES, programs, signal });
  } catch (error) {
    // Damaged, or packed in a way that neither this Node nor the programs at hand can read.
    if (error instanceof ExplainedError) return { reason: error.message };
    throw error;
  }
  return { path };
}

/** The compressed kernel in an image sysroot, as a path outside of it. */
export async function findVmlinuz(image: Sysroot, kernel: string): Promise<string | undefined> {
  for (const place of [`/boot/vmlinuz-${kernel}`, `/usr/lib/modules/${kernel}/vmlinuz`]) {
    const path = placeIn(image, place);
    if (await isFile(path)) return path;
  }
  return undefined;
}

/** Where in a bzImage the compressed ELF kernel is, in bytes; undefined when it is no bzImage or packed in an unknown way. */
export async function findPayload(vmlinuz: string): Promise<{ offset: number; length: number } | undefined> {
  const file = await open(vmlinuz);
  try {
    const header = (await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)).buffer;
    if (header.toString('latin1', SETUP_MAGIC, SETUP_MAGIC + 4) !== 'HdrS') return undefined;
    if (header.readUInt16LE(SETUP_VERSION) < PAYLOAD_VERSION) return undefined;
    const setupBytes = ((header[SETUP_SECTORS] || 4) + 1) * SECTOR_BYTES;
    const offset = setupBytes + header.readUInt32LE(PAYLOAD_OFFSET);
    const compression = await compressionAt(file, offset);
    if (compression === 'none') return undefined;
    const length = header.readUInt32LE(PAYLOAD_LENGTH) - (compression === 'gzip' ? 0 : SIZE_BYTES);
    return length > 0 ? { offset, length } : undefined;
  } finally {
    await file.close();
  }
}

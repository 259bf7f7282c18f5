// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { EnvironmentError } from '../errors.ts';
import type { Programs } from '../host/decompress.ts';
import { readAt } from '../host/files.ts';
import { findNote } from '../kbuild/elf.ts';
import { findVmlinuz, unpackVmlinux } from '../kbuild/vmlinux.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { isFirmwareProgram } from './secure-boot.ts';

export type KernelImageOptions = {
  image: Sysroot;
  kernel: string;
  cache: string;
  signal: AbortSignal;
  programs: Programs;
  /** Whether firmware is to start it. */
  byFirmware?: boolean;
};

const PROGRAM_HEADER_BYTES = 56;
const PT_NOTE = 4;
const MAXIMUM_NOTE_BYTES = 1 << 20;
/** XEN_ELFNOTE_PHYS32_ENTRY: the entry point of the PVH boot protocol, see xen/interface/elfnote.h in the kernel. */
const PVH_ENTRY = 0x12;

/**
 * What QEMU is to boot: the unpacked vmlinux where the kernel can be started that way (CONFIG_PVH), because unpacking
 * itself costs an emulated processor some three seconds; else the vmlinuz.
 * Firmware starts a vmlinuz, and only one that is built for it.
 * Throws EnvironmentError when the image packages hold no kernel of that release, or none that can be started in that way.
 */
export async function kernelImage(options: KernelImageOptions): Promise<string> {
  const { image, kernel } = options;
  const vmlinuz = await findVmlinuz(image, kernel);
  if (!vmlinuz)
    throw new EnvironmentError(`the kernel image packages hold no vmlinuz of ${kernel}`, { where: image.root });
  if (options.byFirmware) {
    if (await isFirmwareProgram(vmlinuz)) return vmlinuz;
    throw new EnvironmentError('the kernel cannot be started by UEFI firmware, and so not with Secure Boot', {
      where: vmlinuz,
      remedy: 'It takes a bzImage of a kernel that is built with CONFIG_EFI_STUB=y.',
    });
  }
  const unpacked = await unpackVmlinux(options);
  return 'path' in unpacked && (await hasPvhEntry(unpacked.path)) ? unpacked.path : vmlinuz;
}

/** Whether an ELF vmlinux can be started without a boot loader. */
export async function hasPvhEntry(vmlinux: string): Promise<boolean> {
  const file = await open(vmlinux);
  try {
    const header = await readAt(file, 0, 64);
    if (header.length < 64 || header.readUInt16LE(54) !== PROGRAM_HEADER_BYTES) return false;
    const headers = await readAt(file, numberAt(header, 32), PROGRAM_HEADER_BYTES * header.readUInt16LE(56));
    for (let at = 0; at + PROGRAM_HEADER_BYTES <= headers.length; at += PROGRAM_HEADER_BYTES) {
      if (headers.readUInt32LE(at) !== PT_NOTE) continue;
      const length = Math.min(numberAt(headers, at + 32), MAXIMUM_NOTE_BYTES);
      const notes = await readAt(file, numberAt(headers, at + 8), length);
      if (findNote(notes, 'Xen', PVH_ENTRY)) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

/** A place in a file; one that is beyond all files ends up beyond this one. */
function numberAt(data: Buffer, at: number): number {
  return Math.min(Number(data.readBigUInt64LE(at)), 2 ** 40);
}

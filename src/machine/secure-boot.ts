// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { readAt } from '../host/files.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { placeIn } from '../sysroot/inside.ts';
import { secureBootVariables, storeVariables } from './variables.ts';

/** What a machine starts with that has Secure Boot on. */
export type SecureBoot = {
  /** The one that its firmware trusts. */
  certificate: X509Certificate;
  /** Holds OVMF, the EDK2's firmware for machines of QEMU. */
  firmware: Sysroot;
};

/** Paths of the images of the machine's flash memory. */
export type Flash = {
  code: string;
  /** Written to by the firmware. */
  variables: string;
};

// Without system management mode, which an emulated processor pays for; it keeps the system from the flash, and here is
// nobody to keep.
const CODE = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const VARIABLES = '/usr/share/OVMF/OVMF_VARS_4M.fd';
/** What the firmware itself takes, and what is lost between the parts below. */
const FIRMWARE_MIB = 64;
const MIB = 2 ** 20;

/** Makes the flash of one machine in a directory. Throws EnvironmentError when the firmware is not the one that is expected. */
export async function prepareFlash({ certificate, firmware }: SecureBoot, directory: string): Promise<Flash> {
  const variables = join(directory, 'variables');
  const empty = placeIn(firmware, VARIABLES);
  try {
    await writeFile(variables, storeVariables(await readFile(empty), secureBootVariables(certificate)));
  } catch (cause) {
    throw new EnvironmentError(`the firmware's variables cannot be made: ${(cause as Error).message}`, {
      where: empty,
      cause,
    });
  }
  return { code: placeIn(firmware, CODE), variables };
}

/**
 * The memory in MiB that it takes to start a guest of that size: the firmware holds the initial file system once, and
 * the kernel takes a copy in one piece before it gives that back. Without this 7.2 did not start in a machine of 512
 * MiB, every other time.
 */
export async function memoryToStart(memoryMiB: number, initramfs: string): Promise<number> {
  return memoryMiB + FIRMWARE_MIB + 2 * Math.ceil((await stat(initramfs)).size / MIB);
}

/**
 * Whether firmware can start a kernel image: a kernel built with CONFIG_EFI_STUB is a program of Windows, too, and
 * begins as such.
 */
export async function isFirmwareProgram(image: string): Promise<boolean> {
  const file = await open(image);
  try {
    return (await readAt(file, 0, 2)).toString('latin1') === 'MZ';
  } finally {
    await file.close();
  }
}

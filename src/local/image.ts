// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import type { Programs } from '../host/decompress.ts';
import { isFile, readAt } from '../host/files.ts';
import { readModule } from '../kbuild/module.ts';
import { hasPvhEntry } from '../machine/kernel-image.ts';
import type { KernelTree } from './tree.ts';

/** The setup header of a bzImage, see Documentation/arch/x86/boot.rst: where the text with the version is. */
const KERNEL_VERSION = 0x20e;
const SETUP_BYTES = 0x200;
const HEADER_BYTES = 0x210;
const VERSION_BYTES = 512;
const OWN_IMAGES = ['arch/x86/boot/bzImage', 'vmlinux'];
const ELF = '\x7fELF';
const BANNER = 'Linux version ';
const SEARCHED_BYTES = 2 ** 31;
const CHUNK_BYTES = 4 * 2 ** 20;

/** How to give what is missing. */
export const IMAGE_REMEDY =
  'Give it with --kernel-image FILE (a bzImage: arch/x86/boot/bzImage of the build, /boot/vmlinuz-RELEASE of a system).';
export const MODULES_REMEDY =
  'Give them with --modules-dir DIR (/lib/modules/RELEASE of a system, or what `make modules_install INSTALL_MOD_PATH=DIR` made).';

/**
 * The image to boot: the one given, else that of the tree; undefined when there is none, or none of the tree's release.
 * Throws InputError when the one given is no kernel for x86-64, or of another release than the tree.
 */
export async function findImage(tree: KernelTree, given: string | undefined): Promise<string | undefined> {
  if (given === undefined) {
    for (const name of OWN_IMAGES) {
      // What is called vmlinux in the headers of a distribution may hold type information alone.
      const path = join(tree.directory, name);
      if ((await isFile(path)) && (await releaseOfImage(path)) === tree.release) return path;
    }
    return undefined;
  }
  const path = await realpath(given).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`the kernel image cannot be read (${cause.code})`, { where: given, cause });
  });
  const release = (await isFile(path)) ? await releaseOfImage(path) : undefined;
  if (release === undefined) {
    throw new InputError('not a kernel image: neither a bzImage nor a vmlinux', { where: given, remedy: IMAGE_REMEDY });
  }
  if (release === tree.release) return path;
  throw new InputError(`the kernel image is of ${release}, the kernel tree of ${tree.release}`, {
    where: given,
    remedy: 'A module runs on the kernel it was built for: give the image that was built in this tree.',
  });
}

/** The kernel release that a bzImage or an ELF vmlinux names; undefined for another file. */
export async function releaseOfImage(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const head = await readAt(file, 0, HEADER_BYTES);
    if (head.toString('latin1', 0x202, 0x206) === 'HdrS') {
      const text = await readAt(file, SETUP_BYTES + head.readUInt16LE(KERNEL_VERSION), VERSION_BYTES);
      return firstWord(text.toString('latin1').split('\0', 1)[0] ?? '');
    }
    return head.toString('latin1', 0, ELF.length) === ELF ? await searchBanner(file) : undefined;
  } finally {
    await file.close();
  }
}

/** `linux_banner`, the first text of its kind in a vmlinux. */
async function searchBanner(file: FileHandle): Promise<string | undefined> {
  // The end of a piece is read again with the next, so that a text across two of them is found.
  for (let at = 0; at < SEARCHED_BYTES; at += CHUNK_BYTES - VERSION_BYTES) {
    const chunk = await readAt(file, at, CHUNK_BYTES);
    for (let found = chunk.indexOf(BANNER); found >= 0; found = chunk.indexOf(BANNER, found + 1)) {
      const start = found + BANNER.length;
      const release = firstWord(chunk.toString('latin1', start, start + VERSION_BYTES));
      // Others are formats: "Linux version %s".
      if (release !== undefined) return release;
    }
    if (chunk.length < CHUNK_BYTES) return undefined;
  }
  return undefined;
}

function firstWord(text: string): string | undefined {
  return /^(\d+\.\d+[A-Za-z0-9._+~-]*)[ \0]/.exec(`${text} `)?.[1];
}

/**
 * The directory of the kernel's own modules: below the one given, else the tree itself when it holds any; undefined when
 * there is none. Throws InputError when the directory holds none of that release.
 */
export async function findModules(
  tree: KernelTree,
  given: string | undefined,
  programs: () => Promise<Programs>,
): Promise<string | undefined> {
  if (given === undefined) {
    const lists = ['modules.order', 'modules.builtin'].map((name) => isFile(join(tree.directory, name)));
    return (await Promise.all(lists)).some(Boolean) ? tree.directory : undefined;
  }
  const root = await realpath(given).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`the directory of modules cannot be read (${cause.code})`, { where: given, cause });
  });
  const holders = ['lib/modules', 'usr/lib/modules', '.'].map((name) => join(root, name));
  for (const place of [root, ...holders.map((holder) => join(holder, tree.release))]) {
    const file = await firstModule(place);
    if (file === undefined) continue;
    const { vermagic } = await readModule(file, file.endsWith('.zst') ? await programs() : {});
    const release = vermagic.split(' ', 1)[0];
    if (release === tree.release) return await realpath(place);
    throw new InputError(`the modules are of ${release}, the kernel tree of ${tree.release}`, {
      where: file,
      remedy: MODULES_REMEDY,
    });
  }
  const others: string[] = [];
  for (const holder of holders.slice(0, 2)) others.push(...(await readdir(holder).catch(() => [])));
  throw new InputError(`there are no modules of ${tree.release} here`, {
    where: given,
    remedy: others.length > 0 ? `It holds modules of ${others.sort().join(', ')}.` : MODULES_REMEDY,
  });
}

/** A module in a directory as modules_install fills it: below `kernel/`, or in what a distribution has beside it. */
async function firstModule(directory: string): Promise<string | undefined> {
  const names = new Set(await readdir(directory).catch(() => [] as string[]));
  if (!['modules.dep', 'modules.order', 'kernel'].some((name) => names.has(name))) return undefined;
  const todo = [join(directory, 'kernel')];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      const path = join(next, entry.name);
      if (entry.isFile() && /\.ko(\.(gz|xz|zst))?$/.test(entry.name)) return path;
      if (entry.isDirectory()) todo.push(path);
    }
  }
  return undefined;
}

/** What a kernel must be configured with to come up in a machine here and to tell what it does. */
const NEEDED_TO_BOOT = ['BLK_DEV_INITRD', 'BINFMT_ELF', 'PROC_FS', 'SYSFS', 'SERIAL_8250_CONSOLE'];

/** Throws InputError for a kernel that cannot come up in a machine here, or is not there whole. */
export async function requireBootable(
  tree: KernelTree,
  { image, modules }: { image: string | undefined; modules: string | undefined },
  where: string,
): Promise<void> {
  if (image === undefined) {
    throw new InputError(`the kernel tree holds no kernel image of ${tree.release}, so nothing can be run on it`, {
      where,
      remedy: `${IMAGE_REMEDY}\n  \`ovnfast build\` needs none.`,
    });
  }
  if ((await isElf(image)) && !(await hasPvhEntry(image))) {
    throw new InputError('this vmlinux cannot be started by itself: it was built without CONFIG_PVH', {
      where: image,
      remedy: IMAGE_REMEDY,
    });
  }
  if (modules === undefined) {
    throw new InputError(`the kernel tree holds none of its own modules (no modules.order, no modules.builtin)`, {
      where,
      remedy: MODULES_REMEDY,
    });
  }
  const unset = NEEDED_TO_BOOT.filter((name) => tree.config.get(name) !== 'y');
  if (unset.length === 0) return;
  const names = unset.map((name) => `CONFIG_${name}`).join(', ');
  throw new InputError(`this kernel cannot be booted here: ${names} not set`, {
    where: join(where, '.config'),
    remedy: 'Set it (=y) and build the kernel anew.',
  });
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    return (await readAt(file, 0, ELF.length)).toString('latin1') === ELF;
  } finally {
    await file.close();
  }
}

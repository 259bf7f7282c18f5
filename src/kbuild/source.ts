// SPDX-License-Identifier: Apache-2.0
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  symlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { InputError } from '../errors.ts';
import { isFile } from '../host/files.ts';

const MAXIMUM_BYTES = 256 * 2 ** 20;
const MAXIMUM_FILES = 20_000;
const MAKEFILES = ['Kbuild', 'Makefile'];
/** The time of all source files, and what a build that asks for the time is told. */
export const EPOCH = new Date(0);

const VERSION_CONTROL = new Set(['.git', '.hg', '.svn']);
/** Where the reusable workflow keeps this tool and its results, in a repository that may be the module itself. */
const TOOL = '.ovnfast';
const PRODUCT_NAMES = new Set(['.tmp_versions', 'Module.symvers', 'modules.order', 'modules.livepatch', 'built-in.a']);
const PRODUCT_NAME = /\.(ko|o|mod|mod\.c|ko\.(gz|xz|zst))$|^\..*\.(cmd|d|tmp)$/;

/** Whether a file or directory of that name in a module directory is no source: version control, this tool, or what kbuild makes. */
export function isBuildProduct(name: string): boolean {
  return VERSION_CONTROL.has(name) || name === TOOL || PRODUCT_NAMES.has(name) || PRODUCT_NAME.test(name);
}

/** As `copySource`, of a module; throws InputError also when the directory is missing or has no Kbuild or Makefile. */
export async function copyModuleSource(from: string, to: string, signal: AbortSignal): Promise<void> {
  await copySource(from, await findModuleDirectory(from), to, signal);
}

/**
 * Copies sources to `to` (made by this), without build products and version control, all with the same time and plain
 * modes, so that nothing of this machine reaches the build. `root` is the real path of `from`.
 * Throws InputError when the directory is larger than 256 MiB or holds anything but files, directories and links that
 * stay inside.
 */
export async function copySource(from: string, root: string, to: string, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  let files = 0;
  const copyDirectory = async (relative: string): Promise<void> => {
    await mkdir(join(to, relative));
    for (const entry of await readdir(join(root, relative), { withFileTypes: true })) {
      if (isBuildProduct(entry.name)) continue;
      signal.throwIfAborted();
      const name = join(relative, entry.name);
      const source = join(root, name);
      if (++files > MAXIMUM_FILES) throw tooLarge(from, `${MAXIMUM_FILES} files`);
      if (entry.isDirectory()) {
        await copyDirectory(name);
      } else if (entry.isSymbolicLink()) {
        await symlink(await checkedLink(root, name, from), join(to, name));
      } else if (entry.isFile()) {
        const { size, mode } = await lstat(source);
        bytes += size;
        if (bytes > MAXIMUM_BYTES) throw tooLarge(from, `${MAXIMUM_BYTES / 2 ** 20} MiB`);
        await copyFile(source, join(to, name));
        await chmod(join(to, name), mode & 0o100 ? 0o755 : 0o644);
        await utimes(join(to, name), EPOCH, EPOCH);
      } else {
        throw new InputError('a module directory holds only files, directories and links', { where: join(from, name) });
      }
    }
  };
  await copyDirectory('');
}

/** The real path of a module directory. Throws InputError when it is missing or has no Kbuild or Makefile. */
export async function findModuleDirectory(from: string): Promise<string> {
  const root = await realDirectory(from);
  await requireMakefile(root, from);
  return root;
}

/** The real path of a directory of sources. Throws InputError when it cannot be found. */
export async function realDirectory(from: string): Promise<string> {
  return await realpath(from).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`the module directory cannot be read (${error.code})`, { where: from, cause: error });
  });
}

/** Whether a Kbuild or Makefile of a directory speaks of modules (obj-m). */
export async function makesModules(root: string): Promise<boolean> {
  const texts = MAKEFILES.map((name) => readFile(join(root, name), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).some((text) => /\bobj-m\b/.test(text));
}

/** Names of the modules that Kbuild and Makefile of a directory plainly say they make (`obj-m := name.o`). */
export async function namedModules(root: string): Promise<string[]> {
  const texts = MAKEFILES.map((name) => readFile(join(root, name), 'utf8').catch(() => ''));
  const lists = (await Promise.all(texts)).flatMap((text) =>
    [...text.replaceAll('\\\n', ' ').matchAll(/^[^#\n]*\bobj-m\s*[:+?]?=([^#\n]*)/gm)].map(([, list = '']) => list),
  );
  return lists.flatMap((list) => [...list.matchAll(/([\w.+-]+)\.o(?!\S)/g)].map(([, name = '']) => name));
}

async function requireMakefile(root: string, from: string): Promise<void> {
  const names = new Set(await readdir(root).catch(() => [] as string[]));
  for (const name of MAKEFILES) {
    if (names.has(name) && (await isFile(join(root, name)))) return;
  }
  const near = ['makefile', 'GNUmakefile'].find((name) => names.has(name));
  throw new InputError('no Kbuild or Makefile in the module directory', {
    where: from,
    remedy: near
      ? `The kernel build reads only files named Kbuild or Makefile: rename ${near}.`
      : 'Name the directory of an out-of-tree kernel module, with a Kbuild or Makefile that sets obj-m, or of eBPF programs, *.bpf.c.',
  });
}

/** The target of a link, when it leads to a place inside the module directory, by name and for real. */
async function checkedLink(root: string, name: string, from: string): Promise<string> {
  const link = join(root, name);
  const target = await readlink(link);
  const inside = (path: string) => path === root || path.startsWith(root + sep);
  const real = await realpath(link).catch(() => undefined);
  if (target.startsWith('/') || !inside(resolve(dirname(link), target)) || (real !== undefined && !inside(real))) {
    throw new InputError(`the link leads out of the module directory, to ${target}`, {
      where: join(from, name),
      remedy: 'Replace it by a copy of the file, or by a relative link to a place inside.',
    });
  }
  return target;
}

function tooLarge(where: string, limit: string): InputError {
  return new InputError(`the module directory holds more than ${limit}`, {
    where,
    remedy: 'Name the directory of the module alone.',
  });
}

// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { decompressFile } from '../host/decompress.ts';
import { digestValue } from '../host/digest.ts';
import { TemporaryDirectory, writeAtomic } from '../host/files.ts';
import { readModule } from '../kbuild/module.ts';
import { matcher } from '../matrix/releases.ts';
import { markUsed } from '../packages/cache-entry.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { placeIn } from '../sysroot/inside.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { parentEntries, treeEntries } from './cpio.ts';
import { writeArchive } from './parts.ts';

export type KernelModulesOptions = {
  sandbox: Pick<Sandbox, 'run' | 'programs'>;
  /** Its depmod is used. */
  guest: Sysroot;
  image: Sysroot;
  kernel: string;
  /** Names or patterns such as `xt_*`. */
  wanted: string[];
  cache: string;
  signal: AbortSignal;
};

/** `absent`: wanted by name, but this kernel has them neither as a file nor built in. */
export type KernelModulesPart = { path: string; absent: string[] };

// Counted up when the same inputs give another archive.
const RECIPE = 2;
const DEPMOD_SECONDS = 120;
const MODULE_FILE = /\.ko(\.(xz|zst|gz))?$/;
const TABLES = ['modules.builtin', 'modules.builtin.modinfo', 'modules.order'];

/**
 * The wanted modules of a kernel with all that they depend on, decompressed, with depmod's tables, as an archive in the
 * cache. Throws EnvironmentError when the image packages hold no modules of that release, or depmod fails.
 */
export async function kernelModulesPart(options: KernelModulesOptions): Promise<KernelModulesPart> {
  const { sandbox, guest, image, kernel, cache, signal } = options;
  const wanted = [...new Set(options.wanted.map(normalise))].sort();
  const key = digestValue([RECIPE, guest.digest, image.digest, kernel, wanted]);
  const path = join(cache, 'guests', `modules-${key}.cpio`);
  const notes = join(cache, 'guests', `modules-${key}.json`);
  if ((await markUsed(path)) && (await markUsed(notes))) return { path, ...JSON.parse(await readFile(notes, 'utf8')) };

  const tree = placeIn(image, `/usr/lib/modules/${kernel}`);
  const files = await findModules(tree);
  const builtin = new Set((await linesOf(join(tree, 'modules.builtin'))).map((line) => normalise(basename(line))));
  if (files.size === 0 && builtin.size === 0) {
    throw new EnvironmentError(`the kernel image packages hold no modules of ${kernel}`, { where: tree });
  }
  const names = [...files.keys(), ...builtin];
  const absent = wanted.filter((want) => !names.some(matcher([want])));

  await using stage = await TemporaryDirectory.create(join(cache, 'work'), 'modules-');
  const staged = join(stage.path, 'lib/modules', kernel);
  const todo = [...files.keys()].filter(matcher(wanted)).sort();
  const taken = new Set(todo);
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    const file = files.get(name);
    if (file === undefined) continue;
    signal.throwIfAborted();
    const to = join(staged, file.replace(MODULE_FILE, '.ko'));
    await decompressFile(join(tree, file), to, { signal, programs: sandbox.programs });
    const { depends, info } = await readModule(to);
    const soft = softDependencies(info.softdep ?? []).map(normalise);
    for (const needed of [...depends.map(normalise), ...soft.flatMap((one) => providers(one, files))]) {
      if (taken.has(needed)) continue;
      taken.add(needed);
      todo.push(needed);
    }
  }
  await mkdir(staged, { recursive: true });
  for (const table of TABLES) await copyFile(join(tree, table), join(staged, table)).catch(ignoreMissing);
  const { code, stderr, timedOut } = await sandbox.run(guest, ['depmod', '-b', '/stage', kernel], {
    binds: [{ from: stage.path, to: '/stage', writable: true }],
    timeoutSeconds: DEPMOD_SECONDS,
    signal,
  });
  if (code !== 0) {
    throw new EnvironmentError(`depmod failed for ${kernel}: ${timedOut ? 'it did not end' : stderr.trim()}`);
  }
  const to = `usr/lib/modules/${kernel}`;
  await writeArchive(path, [...parentEntries(`${to}/`), ...(await treeEntries(staged, { to }))], signal);
  await writeAtomic(notes, `${JSON.stringify({ absent })}\n`);
  return { path, absent };
}

/** The kernel takes `-` and `_` for the same in a module's name. */
function normalise(name: string): string {
  return name.replace(MODULE_FILE, '').replaceAll('-', '_');
}

/** Modules by name, as paths relative to `tree`; empty when there is no such directory. */
async function findModules(tree: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(tree, relative), { withFileTypes: true }).catch(ignoreMissing);
    for (const entry of entries ?? []) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && MODULE_FILE.test(entry.name)) files.set(normalise(entry.name), path);
    }
  };
  await visit('');
  return files;
}

/** `pre: a b post: c` -> a, b, c. */
function softDependencies(softdep: string[]): string[] {
  return softdep.flatMap((line) => line.split(/\s+/).filter((word) => word !== '' && !word.endsWith(':')));
}

/**
 * The modules behind the name in a soft dependency. It may be an alias, as with ciphers: `crc32c` stands for
 * crc32c_generic and crc32c_intel. Without one of them libcrc32c, and so nf_tables, does not load.
 */
function providers(name: string, files: Map<string, string>): string[] {
  return files.has(name) ? [name] : [...files.keys()].filter((file) => file.startsWith(`${name}_`));
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing);
  return (text ?? '').split('\n').filter((line) => line !== '');
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

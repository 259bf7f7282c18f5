// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EnvironmentError, InputError } from '../errors.ts';
import { digestFile, digestValue } from '../host/digest.ts';
import { TemporaryDirectory } from '../host/files.ts';
import { seal } from '../host/seal.ts';
import { BuildLog } from '../kbuild/log.ts';
import { BUILD, Toolchain } from '../kbuild/toolchain.ts';
import { markUsed } from '../packages/cache-entry.ts';
import type { Supply } from '../packages/supply.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import type { Suite } from './suite.ts';

export type Compiling = {
  /** Names the compiler without having it. */
  digest: string;
  /** The compiler, asked for only when something has to be compiled, and its digest: another one when that one cannot be had any more. */
  toolchain: () => Promise<{ sandbox: Sandbox; sysroot: Sysroot; digest: string }>;
  cache: string;
  /** Asked before anything is compiled. */
  supply?: Supply;
  signal: AbortSignal;
};

const COMPILER = 'clang-14';
const COMPILE_SECONDS = 300;
/** Static, for the guest's C library need not be the compiler's; a warning fails, for nobody would see it, and the compiler is pinned. */
const FLAGS = ['-O2', '-static', '-Wall', '-Wextra', '-Werror', `-ffile-prefix-map=${BUILD}/=`];
const TAIL_LINES = 30;

/**
 * Compiles the C programs of a suite, each from its one file and the headers (`*.h`) beside it, in the sandbox; returns their
 * paths in the cache. The same sources and compiler give the same bytes, and are compiled once.
 * Throws InputError with the compiler's words for a program that does not compile, EnvironmentError when the cache is at fault.
 */
export async function compilePrograms(
  suite: Pick<Suite, 'directory' | 'programs'>,
  { digest, toolchain, cache, supply, signal }: Compiling,
): Promise<string[]> {
  if (suite.programs.length === 0) return [];
  const headers = (await readdir(suite.directory)).filter((name) => name.endsWith('.h')).sort();
  const sources = await Promise.all(
    [...suite.programs, ...headers].map(async (name) => [name, await digestFile(join(suite.directory, name))]),
  );
  const entryOf = (compiler: string) => join(cache, 'programs', digestValue([COMPILER, FLAGS, compiler, sources]));
  const known = entryOf(digest);
  if (await markUsed(known)) return pathsIn(known, suite);
  await supply?.('results');
  if (supply && (await markUsed(known))) return pathsIn(known, suite);
  const { sandbox, sysroot, digest: really } = await toolchain();
  const entry = entryOf(really);
  if (await markUsed(entry)) return pathsIn(entry, suite);

  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'programs-');
  const made = join(work.path, 'made');
  await mkdir(made);
  for (const [name = ''] of sources) await copyFile(join(suite.directory, name), join(work.path, name));
  for (const file of suite.programs) {
    const log = new BuildLog();
    const { code, timedOut } = await new Toolchain(sandbox, sysroot).run(
      COMPILER,
      [...FLAGS, '-o', `made/${nameOf(file)}`, file],
      { directory: work.path, timeoutSeconds: COMPILE_SECONDS, signal, onOutput: log.add },
    );
    if (code === 0) continue;
    const lines = log.text.trim().split('\n').slice(0, TAIL_LINES);
    const how = timedOut ? `it took longer than ${COMPILE_SECONDS} s` : `${COMPILER} ended with status ${code}`;
    throw new InputError(['the program does not compile:', ...lines, `(${how})`].join('\n  '), {
      where: join(suite.directory, file),
    });
  }
  try {
    await mkdir(join(cache, 'programs'), { recursive: true });
    await seal(made, basename(entry));
    await rename(made, entry);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Another run was first with the same content.
    if (!['ENOTEMPTY', 'EEXIST'].includes(code)) {
      throw new EnvironmentError(`the programs of a suite cannot be kept (${code})`, {
        where: entry,
        remedy: 'Make room, or choose another cache directory with OVNFAST_CACHE.',
        cause: error,
      });
    }
  }
  return pathsIn(entry, suite);
}

function pathsIn(entry: string, { programs }: Pick<Suite, 'programs'>): string[] {
  return programs.map((file) => join(entry, nameOf(file)));
}

/** As the guest knows it: the file without `.c`. */
function nameOf(file: string): string {
  return file.replace(/\.c$/, '');
}

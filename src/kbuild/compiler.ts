// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeIn } from '../sysroot/inside.ts';
import { type KernelHeaders, TREE } from './headers.ts';
import { type Toolchain, writeTool } from './toolchain.ts';

/** What distributions have their gcc do by default, how it is switched off, and from which gcc on that is understood. */
const DEFAULTS = [
  // Without it nothing compiles: "code model kernel does not support PIC mode". Linux 4.9 and later switch it off.
  { mark: /-fno-pie/i, flags: ['-fno-pie', '-no-pie'], since: 6 },
  // It does not go with -mindirect-branch. Linux 4.20 and later switch it off.
  { mark: /-fcf-protection/, flags: ['-fcf-protection=none'], since: 8 },
];
const VERSION_SECONDS = 60;

/** The major version of gcc (0 when the kernel does not say), and flags for all that is compiled. */
export type Compiler = { major: number; flags: string[] };

/**
 * Fits the toolchain's compiler to a kernel tree that was built by another.
 * One that is newer does by default what the tree may not know how to switch off: then a gcc that has it off is put before
 * the real one (flags would not do: kbuild asks the compiler what it can without them). And it has warnings that the tree
 * could not know of, which are not to be errors because the tree makes all of them errors.
 * The headers of a distribution come with the compiler they know.
 */
export async function fitCompiler(
  headers: KernelHeaders,
  { toolchain, work, signal }: { toolchain: Toolchain; work: string; signal: AbortSignal },
): Promise<Compiler> {
  const configured = Math.floor(Number(headers.config.get('GCC_VERSION') ?? 0) / 10_000);
  if (headers.directory !== TREE) return { major: configured, flags: [] };
  const { stdout } = await toolchain.run('gcc', ['-dumpversion'], {
    directory: work,
    timeoutSeconds: VERSION_SECONDS,
    signal,
  });
  const major = Number.parseInt(stdout, 10);
  const directory = placeIn(toolchain.sysroot, headers.source ?? headers.directory);
  const makefiles = ['Makefile', 'arch/x86/Makefile'].map((name) =>
    readFile(join(directory, name), 'utf8').catch(() => ''),
  );
  const text = (await Promise.all(makefiles)).join('\n');
  const off = DEFAULTS.filter(({ mark, since }) => major >= since && !mark.test(text)).flatMap(({ flags }) => flags);
  if (off.length > 0) await writeTool(work, 'gcc', `exec /usr/bin/gcc ${off.join(' ')} "$@"`);
  return { major, flags: major === configured ? [] : ['-Wno-error'] };
}

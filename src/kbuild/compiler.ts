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

/**
 * A kernel tree older than the compiler may not know how to switch off what the compiler's makers switched on. Then a gcc
 * that does so is put before the real one. Flags for make would not do: kbuild asks the compiler what it can without them.
 * The headers of a distribution come with the compiler they know.
 */
export async function fitCompiler(
  headers: KernelHeaders,
  { toolchain, work, signal }: { toolchain: Toolchain; work: string; signal: AbortSignal },
): Promise<void> {
  if (headers.directory !== TREE) return;
  const directory = placeIn(toolchain.sysroot, headers.source ?? headers.directory);
  const makefiles = ['Makefile', 'arch/x86/Makefile'].map((name) =>
    readFile(join(directory, name), 'utf8').catch(() => ''),
  );
  const text = (await Promise.all(makefiles)).join('\n');
  const missing = DEFAULTS.filter(({ mark }) => !mark.test(text));
  if (missing.length === 0) return;
  const { stdout } = await toolchain.run('gcc', ['-dumpversion'], {
    directory: work,
    timeoutSeconds: VERSION_SECONDS,
    signal,
  });
  const flags = missing.filter(({ since }) => Number.parseInt(stdout, 10) >= since).flatMap((one) => one.flags);
  if (flags.length > 0) await writeTool(work, 'gcc', `exec /usr/bin/gcc ${flags.join(' ')} "$@"`);
}

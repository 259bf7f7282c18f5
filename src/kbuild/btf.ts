// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Programs } from '../host/decompress.ts';
import { TemporaryDirectory } from '../host/files.ts';
import { markUsed } from '../packages/cache-entry.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { isAtLeast, type KernelHeaders } from './headers.ts';
import { BUILD, type Toolchain, writeTool } from './toolchain.ts';
import { unpackVmlinux } from './vmlinux.ts';

export type BtfPlan = {
  /** The headers directory to build in, as seen from inside the sandbox. */
  headers: string;
  /** Variables for make's command line. */
  variables: string[];
  /** Why the module gets no BTF; absent when it gets some. */
  reason?: string;
  /** Whether kbuild can fill in `.BTF_ids`, which modules with kfuncs have. */
  resolvesIds: boolean;
};

export type BtfOptions = {
  headers: KernelHeaders;
  toolchain: Toolchain;
  image?: Sysroot;
  /** The private directory of the build, as seen from outside. */
  work: string;
  cache: string;
  signal: AbortSignal;
  programs?: Programs;
};

const OBJCOPY_SECONDS = 120;
const RESOLVE_BTFIDS = 'tools/bpf/resolve_btfids/resolve_btfids';

/**
 * Prepares a build so that kbuild makes type information (BTF) for the module. It does when it has pahole and finds the
 * kernel's own BTF in a file `vmlinux` beside the headers. Newer header packages bring that file; for others it is taken
 * out of the kernel image. The kernel refuses BTF made against another kernel, so nothing else will do.
 */
export async function prepareBtf(options: BtfOptions): Promise<BtfPlan> {
  const { headers, toolchain, image, work } = options;
  const without = (reason: string): BtfPlan => ({
    headers: headers.directory,
    // Said to make, so that kbuild neither complains of a missing vmlinux nor starts a pahole that is not there.
    variables: ['CONFIG_DEBUG_INFO_BTF_MODULES='],
    reason,
    resolvesIds: false,
  });
  if (!isAtLeast(headers, 5, 11)) {
    return without(`Linux ${headers.version.join('.')} takes no BTF from modules, 5.11 is the first that does`);
  }
  if (!headers.config.has('DEBUG_INFO_BTF_MODULES')) {
    return without('this kernel is built without CONFIG_DEBUG_INFO_BTF_MODULES');
  }
  if (!(await toolchain.has('pahole'))) return without('the packages of this target have no pahole');

  const brings = (name: string) =>
    stat(join(headers.hostDirectory, name)).then(
      () => true,
      () => false,
    );
  const resolvesIds = await brings(RESOLVE_BTFIDS);
  const variables = resolvesIds ? [] : ['RESOLVE_BTFIDS=true'];
  if (await brings('vmlinux')) {
    await wrapPahole(work);
    return { headers: headers.directory, variables, resolvesIds };
  }
  if (!image) return without('the headers bring no vmlinux, and there is no kernel image to take it from');
  const btf = await kernelBtf({ ...options, image });
  if ('reason' in btf) return without(btf.reason);
  await wrapPahole(work);
  await mirrorHeaders(headers, join(work, 'headers'), btf.path);
  return { headers: `${BUILD}/headers`, variables, resolvesIds };
}

/** The BTF of a kernel, raw, as a file in the cache beside its vmlinux. */
async function kernelBtf(options: BtfOptions & { image: Sysroot }): Promise<{ path: string } | { reason: string }> {
  const { headers, toolchain, cache, signal } = options;
  const vmlinux = await unpackVmlinux({ ...options, kernel: headers.release });
  if ('reason' in vmlinux) return vmlinux;
  const path = `${vmlinux.path}.btf`;
  if (await markUsed(path)) return { path };
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'btf-');
  const { code, stderr } = await toolchain.run(
    'objcopy',
    ['--output-target=binary', '--only-section=.BTF', 'vmlinux', 'btf'],
    {
      directory: work.path,
      binds: [{ from: vmlinux.path, to: `${BUILD}/vmlinux` }],
      timeoutSeconds: OBJCOPY_SECONDS,
      signal,
    },
  );
  if (code !== 0) return { reason: `the vmlinux of the kernel image cannot be read: ${stderr.trim()}` };
  if ((await stat(join(work.path, 'btf'))).size === 0) return { reason: 'the kernel image carries no BTF' };
  await rename(join(work.path, 'btf'), path);
  return { path };
}

/** Threads of pahole end in any order and number the types in it: with one thread two builds give the same bytes. */
async function wrapPahole(work: string): Promise<void> {
  await writeTool(work, 'pahole', 'exec /usr/bin/pahole "$@" -j1');
}

/** The headers directory, which cannot be written to, once more: links to all that it holds, and the kernel's BTF. */
async function mirrorHeaders(headers: KernelHeaders, to: string, btf: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(headers.hostDirectory)) {
    await symlink(`${headers.directory}/${name}`, join(to, name));
  }
  // A copy: the build may write to it, and the cache must not notice.
  await copyFile(btf, join(to, 'vmlinux'));
}

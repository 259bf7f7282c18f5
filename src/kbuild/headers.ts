// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { EnvironmentError } from '../errors.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { placeIn } from '../sysroot/inside.ts';

/** Where a kernel build tree is seen in a sysroot, and the sources of one that was built in a directory of its own (`O=`). */
export const TREE = '/kernel/usr/src/tree';
export const TREE_SOURCE = '/kernel/usr/src/source';

/** The prepared headers of one kernel release in a sysroot. */
export type KernelHeaders = {
  release: string;
  /** Where they are, seen from inside the sysroot and from outside. */
  directory: string;
  hostDirectory: string;
  /** Where the kernel's sources are seen when that is another directory, to be given to make as with `O=`. */
  source?: string;
  /** The kernel's configuration without `CONFIG_`; what is not set is not in it. */
  config: Map<string, string>;
  version: [major: number, minor: number];
};

/**
 * Finds a kernel tree that is grafted on the sysroot, else the headers that `/lib/modules/<release>/build` leads to, or
 * their usual places in Debian and in el.
 * Throws EnvironmentError when the sysroot has none for that release.
 */
export async function findHeaders(sysroot: Sysroot, release: string): Promise<KernelHeaders> {
  const candidates = [
    ...(sysroot.grafts?.some(({ to }) => to === TREE) ? [TREE] : []),
    `/usr/lib/modules/${release}/build`,
    `/usr/src/linux-headers-${release}`,
    `/usr/src/kernels/${release}`,
  ];
  for (const candidate of candidates) {
    const hostDirectory = placeIn(sysroot, candidate);
    const config = await readFile(placeIn(sysroot, `${candidate}/.config`), 'utf8').catch(() => undefined);
    if (config === undefined) continue;
    const directory = candidate === TREE ? TREE : hostDirectory.slice(sysroot.root.length);
    const source = sysroot.grafts?.some(({ to }) => to === TREE_SOURCE) ? { source: TREE_SOURCE } : {};
    const version = parseVersion(release);
    return { release, directory, hostDirectory, config: parseConfig(config), version, ...source };
  }
  throw new EnvironmentError(`the packages of this target hold no headers for kernel ${release}`, {
    where: sysroot.root,
    remedy: 'Lock the target again.',
  });
}

/** The kernel's configuration from its `.config`: names without `CONFIG_`, only what is set. */
export function parseConfig(text: string): Map<string, string> {
  const config = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) {
    config.set(name, value.replace(/^"(.*)"$/, '$1'));
  }
  return config;
}

function parseVersion(release: string): [number, number] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}

/** Whether the kernel is that version or newer. */
export function isAtLeast({ version }: KernelHeaders, major: number, minor: number): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

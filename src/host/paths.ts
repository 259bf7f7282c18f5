// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Environment = Record<string, string | undefined>;

/** Whether this is the bundle in `dist/`, not the source. */
export const isBundle = !import.meta.url.endsWith('.ts');

/**
 * A file with code for a thread or process of its own, by its name without ending: beside the module whose `import.meta.url`
 * is `here`, and in the bundle beside all others.
 */
export function workerFile(name: string, here: string): URL {
  return new URL(`./${name}.${isBundle ? 'js' : 'ts'}`, here);
}

/** The directory that holds `matrix/`, `kmod/` and `conformance/`: the parent of `dist/`, or two above this file. */
export function projectRoot(): string {
  return fileURLToPath(new URL(isBundle ? '..' : '../..', import.meta.url)).replace(/\/$/, '');
}

/**
 * Where downloads, unpacked packages and results are kept: `OVNFAST_CACHE`, else `$XDG_CACHE_HOME/ovnfast`,
 * else `~/.cache/ovnfast`. A relative XDG_CACHE_HOME is ignored, as the XDG base directory specification demands.
 */
export function cacheDirectory(environment: Environment): string {
  if (environment.OVNFAST_CACHE) return environment.OVNFAST_CACHE;
  const base = environment.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(environment.HOME || homedir(), '.cache'), 'ovnfast');
}

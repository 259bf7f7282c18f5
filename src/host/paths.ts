// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Environment = Record<string, string | undefined>;

/**
 * The directory that holds `matrix/`, `kmod/` and `conformance/`: the parent of `dist/` in the bundle.
 * In the source it is found from `src/host/`, so both have to be told apart by the place of this file.
 */
export function projectRoot(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.includes('/src/host/') ? '../..' : '..', here)).replace(/\/$/, '');
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

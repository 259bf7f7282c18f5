// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { cacheDirectory, projectRoot } from '../../src/host/paths.ts';
import { Workshop } from '../../src/workshop.ts';

/** The shared sysroots, from the cache that all runs of this user share unless another is given. */
export function openTools(signal: AbortSignal, cache = cacheDirectory(process.env)): Promise<Workshop> {
  const mirrors = process.env.OVNFAST_MIRROR ? [process.env.OVNFAST_MIRROR] : [];
  return Workshop.open({
    root: projectRoot(),
    matrix: join(projectRoot(), 'matrix'),
    cache,
    mirrors,
    proxy: {},
    frozen: false,
    emit: () => {},
    signal,
  });
}

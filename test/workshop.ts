// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { cacheDirectory, projectRoot } from '../src/host/paths.ts';
import { Workshop } from '../src/workshop.ts';

/** The project's own matrix and the user's cache, as the command line would use them; quiet. */
export function openWorkshop(signal: AbortSignal): Promise<Workshop> {
  const root = projectRoot();
  return Workshop.open({
    root,
    matrix: join(root, 'matrix'),
    cache: cacheDirectory(process.env),
    mirrors: process.env.OVNFAST_MIRROR ? [process.env.OVNFAST_MIRROR] : [],
    proxy: {},
    frozen: false,
    emit: () => {},
    signal,
  });
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { cacheDirectory, projectRoot } from '../../src/host/paths.ts';
import { Workshop, type WorkshopOptions } from '../../src/workshop.ts';

type Places = Partial<Pick<WorkshopOptions, 'cache' | 'matrix' | 'mirrors'>>;

/** A workshop with the project's matrix, and the cache that all runs of this user share, unless others are given. */
export function openTools(signal: AbortSignal, places: Places = {}): Promise<Workshop> {
  return Workshop.open({
    root: projectRoot(),
    matrix: join(projectRoot(), 'matrix'),
    cache: cacheDirectory(process.env),
    mirrors: process.env.OVNFAST_MIRROR ? [process.env.OVNFAST_MIRROR] : [],
    proxy: {},
    frozen: false,
    emit: () => {},
    signal,
    ...places,
  });
}

// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { inputOf } from '../manifest/manifest.ts';
import { BASE_SYSROOT, type ImageBase, readImageBase } from '../release/node/base.ts';
import type { RunListener } from '../report/events.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

/**
 * What the container image of a release is made on: packages as the matrix pins them, fetched when they are not in the cache.
 * Throws InputError for a matrix without them, and what fetching throws.
 */
export async function fetchImageBase(edge: Edge, flags: FetchFlags, emit: RunListener): Promise<ImageBase> {
  const { signal } = edge;
  await using workshop = await Workshop.open(workshopOptions(edge, flags, emit));
  const { obtainer, matrix } = workshop;
  const tool = matrix.tools.find(({ name }) => name === BASE_SYSROOT);
  if (!tool) {
    throw new InputError(`the matrix has no sysroot "${BASE_SYSROOT}", which the container image is made on`, {
      where: matrix.directory,
      remedy: 'Take it over from the tools.yml that comes with ovnfast, or leave the image out with --no-image.',
    });
  }
  const locked = await obtainer.toolLock(tool, signal);
  const { effective, sysroots } = await obtainer.obtain(locked, { sysroots: [BASE_SYSROOT], signal });
  for (const { message } of effective.warnings) emit({ type: 'warning', target: BASE_SYSROOT, message });
  const fetched = sysroots.get(BASE_SYSROOT) ?? [];
  return await readImageBase(
    inputOf(effective, [BASE_SYSROOT]),
    new Map(fetched.map(({ pin, path }) => [pin.sha256, path])),
  );
}

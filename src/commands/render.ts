// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { InputError } from '../errors.ts';
import { OFFLOAD_FILES, renderManifests, renderOffload } from '../render/offload.ts';
import { originOf } from '../render/seal.ts';
import { readValues } from '../render/values.ts';
import type { Edge } from './edge.ts';
import { writeAndTell } from './rendered.ts';

type RenderFlags = { values?: string; out?: string; force?: boolean };

/** `ovnfast render offload`: what a cluster needs for offload, from a values file; nothing of the cluster is touched. */
export async function runRenderOffload(edge: Edge, { values: path, out, force }: RenderFlags): Promise<number> {
  if (force && out === undefined) throw new InputError('--force goes with --out');
  const values = await readValues(path === undefined ? undefined : resolve(edge.workingDirectory, path));
  const origin = originOf(packageJson.version, 'offload', path);
  if (out === undefined) {
    edge.stdout.write(renderManifests(values, origin));
    return 0;
  }
  const files = await renderOffload(values, edge.root, origin);
  await writeAndTell(edge, files, { out, family: OFFLOAD_FILES, force: force ?? false });
  return 0;
}

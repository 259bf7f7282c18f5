// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { InputError } from '../errors.ts';
import { JOBS_FILES, renderJobs, renderJobsStream } from '../render/jobs.ts';
import { readJobsValues } from '../render/jobs-values.ts';
import { originOf } from '../render/seal.ts';
import { DEFAULT_ARTIFACT } from '../shards/shard.ts';
import type { Edge } from './edge.ts';
import { type ShardFlags, shardsOf } from './plan.ts';
import { writeAndTell } from './rendered.ts';

type RenderJobsFlags = ShardFlags & { values: string; out?: string; force?: boolean };

/** `ovnfast render jobs`: the jobs of `plan --github` as Jobs of Kubernetes; nothing of the cluster is touched. */
export async function runRenderJobs(edge: Edge, flags: RenderJobsFlags): Promise<number> {
  const { workingDirectory, stdout } = edge;
  const { values: file, out, force, module, suite = [] } = flags;
  if (force && out === undefined) throw new InputError('--force goes with --out');
  const values = await readJobsValues(resolve(workingDirectory, file));
  for (const path of [module, ...suite]) if (path !== undefined) mustBeBelow(path, values.source);
  const { include, memoryMiB } = await shardsOf(edge, flags);
  const run = {
    shards: include,
    artifact: flags.artifact ?? DEFAULT_ARTIFACT,
    ...(module === undefined ? {} : { module }),
    shareBuilds: flags.shareBuilds ?? false,
    mirrors: flags.mirror ?? [],
    memoryMiB,
  };
  const origin = originOf(packageJson.version, 'jobs', file);
  if (out === undefined) {
    stdout.write(renderJobsStream(values, run, origin));
    return 0;
  }
  await writeAndTell(edge, renderJobs(values, run, origin), { out, family: JOBS_FILES, force: force ?? false });
  return 0;
}

/** A path means the same here and in the image only when it starts at the sources. */
function mustBeBelow(path: string, source: string): void {
  if (!isAbsolute(path) && !path.split('/').includes('..')) return;
  throw new InputError('is no path below the current directory, and that is what the image has', {
    where: path,
    remedy: `Name it by a relative path; in the container it starts at ${source} (\`source\` in the values).`,
  });
}

// SPDX-License-Identifier: Apache-2.0
import { basename, join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { ProgramBuild } from './bpf/build.ts';
import { copyAtomic, TemporaryDirectory } from './host/files.ts';
import { inputOf, MANIFEST, makeProgramManifest, writeManifest } from './manifest/manifest.ts';
import type { Workshop } from './workshop.ts';

export type SharedProgramsOptions = {
  workshop: Workshop;
  /** Sources that are compiled at a time. */
  jobs: number;
};

/** eBPF programs depend on no kernel: those of a directory are built once, at the first call, and brought to each target. */
export class SharedPrograms implements AsyncDisposable {
  private readonly options: SharedProgramsOptions;
  /** By directory of the sources. */
  private readonly made = new Map<string, Promise<{ build: ProgramBuild; work: TemporaryDirectory }>>();

  constructor(options: SharedProgramsOptions) {
    this.options = options;
  }

  /** The build of a directory, its files copied to `output`, which has to be there. Throws as `buildPrograms`. */
  async deliver(directory: string, output: string): Promise<ProgramBuild> {
    const made = this.made.get(directory) ?? this.make(directory);
    this.made.set(directory, made);
    const { build, work } = await made;
    const bring = async (path: string, mode: number) => {
      const to = join(output, basename(path));
      await copyAtomic(path, to, mode);
      return to;
    };
    if (build.status === 'pass') await bring(join(work.path, MANIFEST), 0o644);
    return {
      ...build,
      log: await bring(build.log, 0o644),
      programs: await Promise.all(build.programs.map(async (one) => ({ ...one, path: await bring(one.path, 0o644) }))),
      executables: await Promise.all(
        build.executables.map(async (one) => ({ ...one, path: await bring(one.path, 0o755) })),
      ),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.made.values()) {
      const made = await one.catch(() => undefined);
      await made?.work[Symbol.asyncDispose]();
    }
  }

  private async make(directory: string): Promise<{ build: ProgramBuild; work: TemporaryDirectory }> {
    const { workshop, jobs } = this.options;
    const { tools, cache } = workshop;
    const work = await TemporaryDirectory.create(join(cache, 'work'), 'programs-');
    try {
      const build = await workshop.buildPrograms(directory, { outDirectory: work.path, jobs });
      if (build.status === 'pass') {
        const inputs = {
          bpf: inputOf(await tools.lockOf('bpf'), ['bpf']),
          sandbox: inputOf(await tools.lockOf('sandbox'), ['sandbox']),
        };
        const manifest = makeProgramManifest({ version: packageJson.version, built: build, inputs });
        await writeManifest(join(work.path, MANIFEST), manifest);
      }
      return { build, work };
    } catch (error) {
      await work[Symbol.asyncDispose]();
      throw error;
    }
  }
}

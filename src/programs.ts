// SPDX-License-Identifier: Apache-2.0
import { basename, join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { ProgramBuild } from './bpf/build.ts';
import { copyAtomic, TemporaryDirectory } from './host/files.ts';
import { inputOf, MANIFEST, makeProgramManifest, writeManifest } from './manifest/manifest.ts';
import type { Workshop } from './workshop.ts';

export type SharedProgramsOptions = {
  /** Of the sources. */
  directory: string;
  workshop: Workshop;
  /** Sources that are compiled at a time. */
  jobs: number;
};

/** eBPF programs depend on no kernel: those of a run are built once, at the first call, and brought to each target. */
export class SharedPrograms implements AsyncDisposable {
  private readonly options: SharedProgramsOptions;
  private made: Promise<{ build: ProgramBuild; work: TemporaryDirectory }> | undefined;

  constructor(options: SharedProgramsOptions) {
    this.options = options;
  }

  /** The build, its files copied to `output`, which has to be there. Throws as `buildPrograms`. */
  async deliver(output: string): Promise<ProgramBuild> {
    this.made ??= this.make();
    const { build, work } = await this.made;
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
    const made = await this.made?.catch(() => undefined);
    await made?.work[Symbol.asyncDispose]();
  }

  private async make(): Promise<{ build: ProgramBuild; work: TemporaryDirectory }> {
    const { directory, workshop, jobs } = this.options;
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

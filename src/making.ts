// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { ProgramBuild } from './bpf/build.ts';
import { reportBuild, reportPrograms, reportShared } from './build-report.ts';
import { InputError } from './errors.ts';
import { directoryOf, type Entry, type Job } from './job.ts';
import type { BuildResult } from './kbuild/build.ts';
import { type ModuleFile, readModule } from './kbuild/module.ts';
import { isTree } from './local/target.ts';
import { inputOf, MANIFEST, makeManifest, writeManifest } from './manifest/manifest.ts';
import type { Target } from './matrix/types.ts';
import type { ReportBuild } from './report/model.ts';
import type { SharedBuild } from './sharing.ts';
import type { PreparedTarget } from './workshop.ts';

/** Paths of what is tested: kernel modules, or eBPF objects and what goes with them. */
export type Made = { modules: string[]; products: string[] };

export type Place = {
  target: Target;
  job: Job;
  /** The target's directory. */
  output: string;
  label: string;
  prepared: PreparedTarget<'headers' | 'image'>;
};

export type Making = {
  made: Made;
  /** Nothing is said of files that the user has. */
  build?: ReportBuild;
  /** Built here and now, for others to share. */
  modules?: ModuleFile[];
};

/**
 * Builds a candidate for a target, or brings what was built for another one (`shared`), or what the user has. A build
 * that fails is a value, with nothing made. Throws InputError when a file of the main candidate has the place of
 * another's directory.
 */
export async function make(entry: Entry, shared: SharedBuild | undefined, place: Place): Promise<Making> {
  const { job, label, prepared } = place;
  const { subject, kind, main, name } = entry;
  const output = directoryOf(entry, place.output);
  await mkdir(output, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    const remedy = 'Rename one of the two.';
    throw new InputError(`a file is called as the module ${name}, whose directory goes there`, {
      where: output,
      remedy,
    });
  });
  const ofSubject = main ? {} : { subject: name };
  if ('files' in subject) {
    const files = await adopt(subject.files, output);
    return { made: kind === 'programs' ? { modules: [], products: files } : madeOf({ modules: await readAll(files) }) };
  }
  if (kind === 'programs') {
    const detail = `${main ? '' : `${name}, `}once for all targets`;
    job.emit({ type: 'stage', target: label, stage: 'build', detail });
    const built = await job.builtOnce.deliver(subject.directory, output);
    return { made: madeOf(built), build: { ...ofSubject, ...reportPrograms(built, job.out) } };
  }
  if (shared) {
    const files = shared.modules.map(({ path }) => path);
    const modules = await readAll(await adopt(files, output));
    await copyFile(join(shared.directory, MANIFEST), join(output, MANIFEST));
    return { made: madeOf({ modules }), build: { ...ofSubject, ...reportShared(shared, modules, job.out) } };
  }
  const built = await buildModule(entry, subject.directory, place);
  const { effective } = prepared;
  const toolchain = 'tool' in effective ? { toolchain: effective.tool.group } : {};
  const build = { ...ofSubject, ...reportBuild(built, job.out), ...toolchain };
  return { made: madeOf(built), build, modules: built.modules };
}

async function buildModule(entry: Entry, directory: string, place: Place): Promise<BuildResult> {
  const { target, job, label, prepared } = place;
  const output = directoryOf(entry, place.output);
  const portable = entry.sharing !== undefined;
  job.emit({ type: 'stage', target: label, stage: 'queued' });
  const built = await job.slots(() => {
    job.emit({ type: 'stage', target: label, stage: 'build', ...(entry.main ? {} : { detail: entry.name }) });
    return job.workshop.build(directory, prepared, { outDirectory: output, jobs: job.jobs, portable });
  });
  // Nobody else has the kernel tree of a user, so that there is nothing to reproduce it from.
  if (built.status === 'pass' && !isTree(target)) {
    const inputs = {
      target: inputOf(prepared.effective, ['headers', 'image']),
      sandbox: inputOf(await job.workshop.tools.lockOf('sandbox'), ['sandbox']),
    };
    const { id, kernel, arch } = target;
    const { version } = packageJson;
    const manifest = makeManifest({ version, target: { id, kernel, arch }, portable, built, inputs });
    await writeManifest(join(output, MANIFEST), manifest);
  }
  return built;
}

/** Files that somebody else built, copied to where built ones would be, so that the report can name them. */
async function adopt(files: string[], output: string): Promise<string[]> {
  return await Promise.all(
    files.map(async (file) => {
      const copy = join(output, await testedAs(file));
      await copyFile(file, copy);
      return copy;
    }),
  );
}

/**
 * What a file is called where it is tested: by its own name, or a module, whose file may have been given another one as
 * in a release, by that of the module, which tests know it by. Throws as `readModule`.
 */
export async function testedAs(file: string): Promise<string> {
  const given = basename(file);
  if (!given.endsWith('.ko')) return given;
  const { name } = await readModule(file);
  return given.slice(0, -'.ko'.length).replaceAll('-', '_') === name ? given : `${name}.ko`;
}

/** Module files, read. Throws as `readModule`. */
export async function readAll(files: string[]): Promise<ModuleFile[]> {
  return await Promise.all(files.map((file) => readModule(file)));
}

/** What a machine gets of a build. */
export function madeOf(built: Pick<BuildResult, 'modules'> | Pick<ProgramBuild, 'programs' | 'executables'>): Made {
  if ('modules' in built) return { modules: built.modules.map(({ path }) => path), products: [] };
  return { modules: [], products: [...built.programs, ...built.executables].map(({ path }) => path) };
}

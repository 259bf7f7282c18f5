// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { InputError } from './errors.ts';
import { claimDirectory } from './host/claim.ts';
import type { Programs } from './host/decompress.ts';
import { digestTree } from './host/digest.ts';
import type { BuildResult } from './kbuild/build.ts';
import { compareModules, type Difference } from './kbuild/difference.ts';
import { type Content, type ModuleFile, parseModule, readContent } from './kbuild/module.ts';
import { findModuleDirectory, isBuildProduct } from './kbuild/source.ts';
import {
  MANIFEST,
  type Manifest,
  type ManifestInput,
  makeManifest,
  readManifest,
  writeManifest,
} from './manifest/manifest.ts';
import { labelOf } from './matrix/targets.ts';
import { type Pinned, preparePinned } from './prepare.ts';
import { Sandbox } from './sysroot/sandbox.ts';
import { Workshop, type WorkshopOptions } from './workshop.ts';

export type ReproduceOptions = WorkshopOptions & {
  /** Path of the manifest. */
  manifest: string;
  /** The sources. */
  moduleDirectory: string;
  /** A module file to compare with, in place of the one that lies beside the manifest. */
  against?: string;
  out: string;
  jobs: number;
};

/** How one module file came out. */
export type Comparison = {
  file: string;
  identical: boolean;
  expected: { sha256: string; size: number };
  /** Absent when the rebuild made no such file. */
  actual?: { sha256: string; size: number };
  /** What it was compared with: a file, or no more than the digest in the manifest. */
  with: 'file' | 'digest';
  /** Where the two differ, the file that was there before first; empty when only its digest is known. */
  differences: Difference[];
  /** What else there is to say of this file. */
  notes: string[];
};

export type Reproduction = {
  status: 'identical' | 'different' | 'failed';
  /** Why nothing was built. */
  reason?: string;
  /** Name of the module. */
  module: string;
  target: Manifest['target'];
  source: { directory: string; expected: string; actual: string };
  /** What was not as it was then, and may be why the result is not. */
  notes: string[];
  modules: Comparison[];
  /** Where the rebuilt modules and their own manifest are. */
  output: string;
};

/**
 * Builds once more what a manifest describes, of the same packages and of the sources in a directory, and compares.
 * Throws InputError for a manifest, a directory or a file that is none, EnvironmentError when packages cannot be had.
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduction> {
  const manifest = await readManifest(options.manifest);
  const { target } = manifest;
  const label = labelOf(target);
  const output = resolve(options.out, target.id, target.kernel);
  if (output === resolve(dirname(options.manifest))) {
    throw new InputError('what is rebuilt would take the place of what it is compared with', {
      where: output,
      remedy: 'Choose another directory with --out.',
    });
  }
  const source = await findSource(manifest, options);
  await using _claim = await claimDirectory(resolve(options.out));
  await using workshop = await Workshop.open(options);
  const originals = await findOriginals(manifest, options, workshop);

  const sandbox = await openSandbox(manifest.inputs.sandbox, workshop, options);
  const sysroots = await preparePinned(workshop.store, pinned(manifest.inputs.target), {
    ...{ names: ['headers', 'image'], label, cache: options.cache, programs: sandbox.programs },
    ...{ emit: options.emit, signal: options.signal },
  });
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  options.emit({ type: 'stage', target: label, stage: 'build' });
  const { portable, inputs } = manifest;
  const settings = { outDirectory: output, jobs: options.jobs, portable, sandbox };
  const built = await workshop.build(source.directory, { kernel: target.kernel, sysroots }, settings);
  const result = { module: manifest.module.name, target, source, notes: notesOn(manifest, built), output };
  if (built.status === 'fail') {
    return { ...result, status: 'failed', reason: `${built.reason}; see ${built.log}`, modules: [] };
  }
  const { version } = packageJson;
  await writeManifest(join(output, MANIFEST), makeManifest({ version, target, portable, built, inputs }));
  const modules = await Promise.all(manifest.results.map((result) => compare(result, built.modules, originals)));
  const known = new Set(manifest.results.map(({ file }) => file));
  const extra = built.modules.filter(({ path }) => !known.has(basename(path)));
  result.notes.push(...extra.map(({ path }) => `${basename(path)} was built too, and the manifest does not have it`));
  const same = extra.length === 0 && modules.every(({ identical }) => identical);
  return { ...result, status: same ? 'identical' : 'different', modules };
}

/** The sources that are here, and whether they are those that were built, which is told at once. */
async function findSource(
  { module, target }: Manifest,
  { moduleDirectory: directory, emit }: ReproduceOptions,
): Promise<Reproduction['source']> {
  const actual = await digestTree(await findModuleDirectory(directory), isBuildProduct);
  if (actual !== module.source) {
    const message = `${directory} is not the source that was built`;
    emit({ type: 'warning', target: labelOf(target), message });
  }
  return { directory, expected: module.source, actual };
}

type Original = { content?: Content; notes: string[] };

/** The module files to compare with: one that was named, or those that lie beside the manifest, when they are still what it says. */
async function findOriginals(
  { results }: Manifest,
  { manifest, against }: ReproduceOptions,
  workshop: Workshop,
): Promise<Map<string, Original>> {
  const originals = new Map<string, Original>();
  if (against !== undefined) {
    const programs: Programs = against.endsWith('.zst') ? (await workshop.tools.sandbox()).programs : {};
    const content = await readContent(against, programs);
    // Throws for what is no module: there is no sense in comparing with that.
    parseModule(content, against);
    const name = basename(against).replace(/\.(gz|xz|zst)$/, '');
    const result = results.find(({ file }) => file === name) ?? (results.length === 1 ? results[0] : undefined);
    if (!result) {
      throw new InputError(`the manifest has no module of that name`, {
        where: against,
        remedy: `It has ${results.map(({ file }) => file).join(', ')}.`,
      });
    }
    // Of what is in the file: it may be compressed.
    const isOther = createHash('sha256').update(content.content).digest('hex') !== result.sha256;
    originals.set(result.file, {
      content,
      notes: isOther ? [`${against} is not the file that the manifest describes`] : [],
    });
  }
  for (const { file, sha256 } of results) {
    if (originals.has(file)) continue;
    const path = join(dirname(manifest), file);
    const content = await readContent(path).catch((error) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
    if (content?.sha256 === sha256) originals.set(file, { content, notes: [] });
    else
      originals.set(file, { notes: content ? [`${path} is not the file that the manifest describes any more`] : [] });
  }
  return originals;
}

async function compare(
  { file, sha256, size, srcversion }: Manifest['results'][number],
  built: ModuleFile[],
  originals: Map<string, Original>,
): Promise<Comparison> {
  const { content: original, notes = [] } = originals.get(file) ?? {};
  const base = { file, expected: { sha256, size }, with: original ? ('file' as const) : ('digest' as const) };
  const module = built.find(({ path }) => basename(path) === file);
  if (!module) return { ...base, identical: false, differences: [], notes: [...notes, 'it was not built'] };
  const actual = { sha256: module.sha256, size: module.size };
  if (!original) {
    const identical = actual.sha256 === sha256;
    const changed = srcversion !== module.srcversion;
    const said = identical
      ? notes
      : [
          ...notes,
          ...(changed ? [`srcversion: ${srcversion ?? 'none'} → ${module.srcversion ?? 'none'}`] : []),
          'only the digest of the original is known; with --against FILE the first difference can be shown',
        ];
    return { ...base, identical, actual, differences: [], notes: said };
  }
  const differences = compareModules(original.content, (await readContent(module.path)).content);
  return { ...base, identical: differences.length === 0, actual, differences, notes };
}

function notesOn({ tool, commands }: Manifest, built: BuildResult): string[] {
  const notes: string[] = [];
  if (tool.version !== packageJson.version) {
    notes.push(`it was built by ovnfast ${tool.version}, this is ${packageJson.version}`);
  }
  const [then, now] = [commands, built.commands].map((list) => list.map((command) => JSON.stringify(command)));
  const index = then?.findIndex((command, at) => command !== now?.[at]) ?? -1;
  if (index >= 0) notes.push(`other commands are run now: ${then?.[index]} → ${now?.[index] ?? 'none'}`);
  return notes;
}

async function openSandbox(input: ManifestInput, workshop: Workshop, options: ReproduceOptions): Promise<Sandbox> {
  const { cache, emit, signal } = options;
  const { sandbox } = await preparePinned(workshop.store, pinned(input), {
    ...{ names: ['sandbox'], label: 'sandbox', cache, emit, signal },
  });
  emit({ type: 'ready', target: 'sandbox' });
  return await Sandbox.open(sandbox, { signal });
}

function pinned({ archives, sysroots }: ManifestInput): Pinned {
  const times = archives.map(({ name, timestamp }) => [name, timestamp]);
  return {
    // No keys: what a digest names needs no signature.
    archives: archives.map(({ timestamp: _, ...archive }) => ({ ...archive, keys: [] })),
    timestamps: Object.fromEntries(times.filter(([, time]) => time !== undefined)),
    sysroots,
  };
}

// SPDX-License-Identifier: Apache-2.0

import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { ProgramBuild } from './bpf/build.ts';
import { findSource as findSourceDirectory, type SubjectKind } from './bpf/source.ts';
import { InputError } from './errors.ts';
import { claimDirectory } from './host/claim.ts';
import type { Programs } from './host/decompress.ts';
import { digestBytes, digestTree } from './host/digest.ts';
import { makeDirectory } from './host/files.ts';
import type { BuildResult } from './kbuild/build.ts';
import { compareModules, type Difference } from './kbuild/difference.ts';
import { type Content, parseModule, readContent } from './kbuild/module.ts';
import { moveSignature, splitSignature } from './kbuild/signature.ts';
import { isBuildProduct } from './kbuild/source.ts';
import {
  MANIFEST,
  type Manifest,
  type ManifestInput,
  type ModuleManifest,
  makeManifest,
  makeProgramManifest,
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
  /** A file to compare with, in place of the one that lies beside the manifest. */
  against?: string;
  out: string;
  jobs: number;
};

/** How one file came out. */
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
  /** Name of the module, or names of the eBPF objects. */
  module: string;
  /** Absent for eBPF programs, which are built for no kernel. */
  target?: ModuleManifest['target'];
  source: { directory: string; expected: string; actual: string };
  /** What was not as it was then, and may be why the result is not. */
  notes: string[];
  modules: Comparison[];
  /** Where the rebuilt files and their own manifest are. */
  output: string;
};

/** Name for what is built for no kernel: in messages, and of its place below the output directory. */
const PROGRAMS = 'programs';
const KINDS = { module: 'a kernel module', programs: 'eBPF programs' };

/**
 * Builds once more what a manifest describes, of the same packages and of the sources in a directory, and compares.
 * Throws InputError for a manifest, a directory or a file that is none, EnvironmentError when packages cannot be had.
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduction> {
  const manifest = await readManifest(options.manifest);
  const target = 'target' in manifest ? manifest.target : undefined;
  const label = target ? labelOf(target) : PROGRAMS;
  const output = target ? resolve(options.out, target.id, target.kernel) : resolve(options.out, PROGRAMS);
  if (output === resolve(dirname(options.manifest))) {
    throw new InputError('what is rebuilt would take the place of what it is compared with', {
      where: output,
      remedy: 'Choose another directory with --out.',
    });
  }
  const source = await findSource(manifest, label, options);
  await using _claim = await claimDirectory(resolve(options.out));
  await using workshop = await Workshop.open(options);
  const originals = await findOriginals(manifest, options, workshop);

  const place = { ...options, directory: source.directory, label, output, workshop };
  const { built, products, again } = await rebuild(manifest, place);
  const result = {
    module: manifest.module.name,
    ...(target ? { target } : {}),
    ...{ source, notes: notesOn(manifest, built), output },
  };
  if (built.status === 'fail') {
    return { ...result, status: 'failed', reason: `${built.reason}; see ${built.log}`, modules: [] };
  }
  await writeManifest(join(output, MANIFEST), again);
  const modules = await Promise.all(manifest.results.map((result) => compare(result, products, originals)));
  const known = new Set(manifest.results.map(({ file }) => file));
  const extra = products.filter(({ path }) => !known.has(basename(path)));
  result.notes.push(...extra.map(({ path }) => `${basename(path)} was built too, and the manifest does not have it`));
  const same = extra.length === 0 && modules.every(({ identical }) => identical);
  return { ...result, status: same ? 'identical' : 'different', modules };
}

type Product = { path: string; sha256: string; size: number; srcversion?: string };
type Rebuilt = { built: BuildResult | ProgramBuild; products: Product[]; again: Manifest };
type Place = ReproduceOptions & { directory: string; label: string; output: string; workshop: Workshop };

/** The build that the manifest describes, its files in `output`, and the manifest that it would have now. */
async function rebuild(manifest: Manifest, place: Place): Promise<Rebuilt> {
  const { directory, label, output, workshop, cache, jobs, emit, signal } = place;
  const sandbox = await openSandbox(manifest.inputs.sandbox, workshop, place);
  const settings = { label, cache, programs: sandbox.programs, emit, signal };
  const begin = async () => {
    await rm(output, { recursive: true, force: true });
    await makeDirectory(output);
    emit({ type: 'stage', target: label, stage: 'build' });
  };
  const { version } = packageJson;
  if ('target' in manifest) {
    const { target, portable, inputs } = manifest;
    const names: ('headers' | 'image')[] = ['headers', 'image'];
    const sysroots = await preparePinned(workshop.store, pinned(inputs.target), { names, ...settings });
    await begin();
    const how = { outDirectory: output, jobs, portable, sandbox };
    const built = await workshop.build(directory, { kernel: target.kernel, sysroots }, how);
    return { built, products: built.modules, again: makeManifest({ version, target, portable, built, inputs }) };
  }
  const { inputs } = manifest;
  const { bpf } = await preparePinned(workshop.store, pinned(inputs.bpf), { names: ['bpf'], ...settings });
  await begin();
  const built = await workshop.buildPrograms(directory, { outDirectory: output, jobs, sandbox, sysroot: bpf });
  const products = [...built.programs, ...built.executables];
  return { built, products, again: makeProgramManifest({ version, built, inputs }) };
}

/** The sources that are here, and whether they are those that were built, which is told at once. */
async function findSource(
  manifest: Manifest,
  label: string,
  { moduleDirectory: directory, emit }: ReproduceOptions,
): Promise<Reproduction['source']> {
  const { kind, root } = await findSourceDirectory(directory);
  const wanted: SubjectKind = 'target' in manifest ? 'module' : 'programs';
  if (kind !== wanted) {
    throw new InputError(`the manifest is of ${KINDS[wanted]}, and these are the sources of ${KINDS[kind]}`, {
      where: directory,
      remedy: 'Name the directory of the sources with --module.',
    });
  }
  const actual = await digestTree(root, isBuildProduct);
  const expected = manifest.module.source;
  if (actual !== expected) {
    emit({ type: 'warning', target: label, message: `${directory} is not the source that was built` });
  }
  return { directory, expected, actual };
}

type Original = { content?: Content; notes: string[] };

/** The files to compare with: one that was named, or those that lie beside the manifest, when they are still what it says. */
async function findOriginals(
  { schema, results }: Manifest,
  { manifest, against }: ReproduceOptions,
  workshop: Workshop,
): Promise<Map<string, Original>> {
  const originals = new Map<string, Original>();
  if (against !== undefined) {
    const programs: Programs = against.endsWith('.zst') ? (await workshop.tools.sandbox()).programs : {};
    const content = await readContent(against, programs);
    // Throws for what is no module: there is no sense in comparing with that.
    if (schema === 'ovnfast.manifest/1') parseModule(content, against);
    const name = basename(against).replace(/\.(gz|xz|zst)$/, '');
    const result = results.find(({ file }) => file === name) ?? (results.length === 1 ? results[0] : undefined);
    if (!result) {
      throw new InputError(`the manifest has no file of that name`, {
        where: against,
        remedy: `It has ${results.map(({ file }) => file).join(', ')}.`,
      });
    }
    // Of what is in the file: it may be compressed.
    const isOther =
      digestBytes(content.content) !== result.sha256 &&
      digestBytes(splitSignature(content.content).elf) !== result.sha256;
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
  { file, sha256, size, srcversion }: Omit<Product, 'path'> & { file: string },
  built: Product[],
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
  const rebuilt = (await readContent(module.path)).content;
  const differences = compareModules(original.content, rebuilt);
  if (differences.length === 0) return { ...base, identical: true, actual, differences, notes };
  return compareUnsigned(original.content, rebuilt, { ...base, identical: false, actual, differences, notes });
}

/**
 * A release signs what was built, with a key that nobody else has: then the files have to be the same apart from the
 * signature, and the signature put onto the rebuilt one has to give the original.
 */
function compareUnsigned(original: Buffer, rebuilt: Buffer, comparison: Comparison): Comparison {
  const moved = splitSignature(rebuilt).signature ? undefined : moveSignature(original, rebuilt);
  if (!moved) return comparison;
  if (!moved.equals(original)) {
    const differences = compareModules(original, moved);
    return {
      ...comparison,
      differences,
      notes: [...comparison.notes, 'apart from the signature, which was set aside'],
    };
  }
  const { signature } = splitSignature(original);
  const who = [signature?.signer, signature?.hash].filter(Boolean).join(', ');
  const note = `the original is signed${who ? ` (${who})` : ''}: without the signature it is the same, and put onto the rebuilt file the signature gives the original`;
  return { ...comparison, identical: true, differences: [], notes: [...comparison.notes, note] };
}

function notesOn({ tool, commands }: Manifest, built: Rebuilt['built']): string[] {
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

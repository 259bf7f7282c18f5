// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findSource } from '../bpf/source.ts';
import { EnvironmentError, InputError } from '../errors.ts';
import { digestBytes } from '../host/digest.ts';
import { isFull, makeDirectory, temporaryName } from '../host/files.ts';
import type { ModuleFile } from '../kbuild/module.ts';
import { labelOf } from '../matrix/targets.ts';
import { type Artifact, makeArtifacts, type ReleasedProof, type ReleaseIdentity } from './artifacts.ts';
import { collect, type Proof } from './collect.ts';
import { makeCycloneDx } from './cyclonedx.ts';
import { findSources, type Source } from './materials.ts';
import { Mistakes } from './mistakes.ts';
import { type IndexedKernel, type ModulesIndex, makeIndex } from './modules-index.ts';
import {
  ATTESTATION,
  bundleNames,
  CHECKSUMS,
  CYCLONEDX,
  checkNames,
  INDEX,
  NOTES,
  nameModules,
  PROVENANCE,
  SPDX,
  versionOf,
} from './names.ts';
import type { ImageBase } from './node/base.ts';
import { type Bundle, makeBundle } from './node/bundle.ts';
import { makeNotes } from './notes.ts';
import { findOrigin } from './origin.ts';
import { builderOf, makeProvenance, type Provenance } from './provenance.ts';
import type { Signer } from './sign.ts';
import { makeSpdx } from './spdx.ts';

/** Kernels that nothing ran on and that would take a file of the release, found by whoever can read their interfaces. */
export type Judge = (modules: { name: string; id: string; module: ModuleFile }[]) => Promise<IndexedKernel[]>;

export type AssembleOptions = {
  /** Output directories of runs, absolute. */
  directories: string[];
  tag: string;
  /** Address of the repository. */
  repository?: string;
  /** Where the sources may be, absolute. */
  moduleDirectories: string[];
  allowFailed: boolean;
  /** Absolute; must not be there yet, or be empty. */
  out: string;
  toolVersion: string;
  environment: Record<string, string | undefined>;
  openSigner?: () => Promise<Signer>;
  judge?: Judge;
  /** Top of the project. */
  root: string;
  /** What the container image for nodes is made on, and its name where it will be, without tag; left out: there is none. */
  image?: { base: () => Promise<ImageBase>; repository: string };
  signal: AbortSignal;
};

export type Release = {
  tag: string;
  version: string;
  commit?: string;
  directory: string;
  /** Names in the directory, sorted. */
  files: { name: string; sha256: string; size: number }[];
  notes: string;
  index: ModulesIndex;
  /** What an attestation is to be about, and what it says. */
  provenance: Provenance;
  /** The container image for nodes. */
  image?: NonNullable<Bundle['image']>;
  leftOut: Proof[];
};

/**
 * Makes the directory of a release from what runs have left. It appears whole or not at all, and is the same to the byte
 * whenever it is made of the same. Throws one InputError with all that is wrong before anything is written,
 * EnvironmentError when it cannot be written.
 */
export async function assemble(options: AssembleOptions): Promise<Release> {
  const { directories, tag, allowFailed, environment, signal, out } = options;
  const mistakes = new Mistakes();
  const version = (await mistakes.catch(async () => versionOf(tag))) ?? '0';
  await mistakes.catch(() => checkPlace(out));
  const { proofs: proven, leftOut } = await collect(directories, { allowFailed, mistakes });
  const products = [...new Set(proven.flatMap((proof) => proof.products))];
  // Of what passed and is not there something else was said.
  if (proven.length === 0 && leftOut.length > 0 && leftOut.every(({ status }) => status !== 'pass')) {
    mistakes.add(`nothing in ${directories.join(', ')} can be released: no target passed`, {
      remedy: 'The reports say why. --allow-failed releases what was built all the same, marked as failed.',
    });
  }
  const directoriesOfSources = [...options.moduleDirectories, ...(await besides(options.moduleDirectories, proven))];
  const sources = await findSources(products, directoriesOfSources, mistakes);
  const origin = await findOrigin({ ...byOwner(sources, proven), environment, mistakes, signal });
  const others = products.filter(({ kind }) => kind !== 'module').map(({ file }) => file);
  const { archive, image: imageFile } = bundleNames(version);
  checkNames([archive, imageFile, ...nameModules(proven, version).values(), ...new Set(others)], mistakes);
  const signer = options.openSigner && (await mistakes.catch(options.openSigner));
  mistakes.throwAny();

  const { artifacts, proofs } = await makeArtifacts(proven, {
    version,
    sources,
    signal,
    ...(signer ? { signer } : {}),
  });
  const identity: ReleaseIdentity = {
    ...{ tag, version, toolVersion: options.toolVersion, time: origin.time },
    ...(options.repository === undefined ? {} : { repository: options.repository }),
    ...(origin.commit === undefined ? {} : { commit: origin.commit }),
  };
  const judged = (await options.judge?.(judgeable(artifacts))) ?? [];
  const tested = new Set(proofs.map(labelOf));
  const untested = judged.filter((kernel) => !tested.has(labelOf(kernel)));
  const index = makeIndex(identity, artifacts, proofs, untested);
  const indexFile = json(index);
  // A cluster is given modules: eBPF programs are installed where somebody names their loader.
  const image = artifacts.some(({ product }) => product.kind === 'module') ? options.image : undefined;
  const bundle = await makeBundle({
    ...{ identity, index, indexFile, artifacts, root: options.root },
    ...(signer ? { certificate: signer.certificate.raw } : {}),
    ...(image ? { image: { ...image, base: await image.base() } } : {}),
  });
  const content = { artifacts, proofs, leftOut, bundle, others: untested, ...signedBy(signer) };
  const made = makeFiles(identity, indexFile, content, environment);
  await writeWhole(out, made.files);
  return {
    ...{ tag, version, directory: out, leftOut, notes: made.notes, index, provenance: made.provenance },
    ...(bundle.image ? { image: bundle.image } : {}),
    ...(origin.commit === undefined ? {} : { commit: origin.commit }),
    files: made.list,
  };
}

/** Where runs look for what suites bring along: beside the module that they were given. */
async function besides(moduleDirectories: string[], proofs: Proof[]): Promise<string[]> {
  const names = new Set(proofs.flatMap(({ subject }) => (subject === undefined ? [] : [subject])));
  const places = moduleDirectories.flatMap((directory) => [...names].map((name) => join(dirname(directory), name)));
  const isSource = async (place: string) =>
    await findSource(place).then(
      () => true,
      () => false,
    );
  const found: string[] = [];
  for (const place of new Set(places)) {
    if (!moduleDirectories.includes(place) && (await isSource(place))) found.push(place);
  }
  return found;
}

/** Directories of sources: what is released of runs that were given it, and what their suites have brought along. */
function byOwner(sources: Source[], proofs: Proof[]): { directories: string[]; others: string[] } {
  const own = proofs.filter(({ subject }) => subject === undefined);
  const digests = new Set((own.length > 0 ? own : proofs).flatMap(digestsOfSources));
  const [directories, others] = [true, false].map((wanted) =>
    sources.filter(({ digest }) => digests.has(digest) === wanted).map(({ directory }) => directory),
  );
  return { directories: directories ?? [], others: others ?? [] };
}

function digestsOfSources({ products }: Proof): string[] {
  return products.map(({ manifest }) => manifest.module.source);
}

function signedBy(signer: Signer | undefined): { signedBy?: string } {
  return signer ? { signedBy: signer.certificate.subject.replaceAll('\n', ', ') } : {};
}

function judgeable(artifacts: Artifact[]): Parameters<Judge>[0] {
  return artifacts.flatMap(({ name, product }) =>
    product.kind === 'module' && 'target' in product.manifest
      ? [{ name, id: product.manifest.target.id, module: product.module }]
      : [],
  );
}

type Content = {
  artifacts: Artifact[];
  proofs: ReleasedProof[];
  leftOut: Proof[];
  others: IndexedKernel[];
  bundle: Bundle;
  signedBy?: string;
};

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** All files of the release by name, and what can be said of each: the checksums first, then by name. */
function makeFiles(
  identity: ReleaseIdentity,
  indexFile: Buffer,
  content: Content,
  environment: AssembleOptions['environment'],
) {
  const { artifacts, bundle } = content;
  const provenance = makeProvenance(identity, artifacts, bundle.files, builderOf(environment));
  const notes = makeNotes(identity, content);
  const files = new Map<string, Buffer>([
    ...artifacts.map(({ name, content }) => [name, content] as const),
    ...artifacts.map(({ manifest, product }) => [manifest, Buffer.from(product.manifestText)] as const),
    ...bundle.files.map(({ name, content }) => [name, content] as const),
    [INDEX, indexFile],
    [CYCLONEDX, Buffer.from(makeCycloneDx(identity, artifacts, bundle.files))],
    [SPDX, Buffer.from(makeSpdx(identity, artifacts, bundle.files))],
    [PROVENANCE, json(provenance)],
    [NOTES, Buffer.from(notes)],
  ]);
  const list = [...files].map(describe).sort((a, b) => (a.name < b.name ? -1 : 1));
  const sums = Buffer.from(list.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
  files.set(CHECKSUMS, sums);
  return { provenance, notes, files, list: [describe([CHECKSUMS, sums]), ...list] };
}

function describe([name, content]: [name: string, content: Buffer]): Release['files'][number] {
  return { name, sha256: digestBytes(content), size: content.length };
}

/** A release that is there already may be this very one, which is seen once that is made. */
async function checkPlace(out: string): Promise<void> {
  const names = await namesIn(out);
  if (names.length === 0 || names.includes(CHECKSUMS)) return;
  throw new InputError('the output directory is not empty', {
    where: out,
    remedy: 'Choose another one with --out, or remove it: a release is nothing but its own files.',
  });
}

async function namesIn(out: string): Promise<string[]> {
  return await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`the output directory cannot be read (${error.code})`, { where: out });
  });
}

async function isThere(out: string, files: Map<string, Buffer>): Promise<boolean> {
  // An attestation is put there afterwards, and who does sees to it that it is of these files.
  const names = (await namesIn(out)).filter((name) => name !== ATTESTATION);
  if (names.length === 0) return false;
  const differing = [...new Set([...names, ...files.keys()])].filter(
    (name) => !names.includes(name) || !files.has(name),
  );
  for (const [name, content] of files) {
    if (names.includes(name) && !(await readFile(join(out, name))).equals(content)) differing.push(name);
  }
  if (differing.length === 0) return true;
  throw new InputError(`another release is there already: ${differing.slice(0, 5).join(', ')} differ`, {
    where: out,
    remedy: 'Choose another place with --out, or remove it.',
  });
}

async function writeWhole(out: string, files: Map<string, Buffer>): Promise<void> {
  if (await isThere(out, files)) return;
  const temporary = temporaryName(out);
  try {
    await makeDirectory(dirname(out));
    await mkdir(temporary);
    for (const [name, content] of files) {
      // A loader of programs is run as it is.
      const mode = content.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644;
      await writeFile(join(temporary, name), content, { mode });
    }
    await rename(temporary, out);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new EnvironmentError(`the release cannot be written: ${message}`, {
      where: out,
      remedy: isFull(error)
        ? 'Free some space, or choose another place with --out.'
        : 'Choose another place with --out.',
      cause: error,
    });
  }
}

// SPDX-License-Identifier: Apache-2.0
import { digestsOf, type Product, type Proof } from './collect.ts';
import { type Closure, closureOf, type Source } from './materials.ts';
import { fileName, nameModules } from './names.ts';
import type { Signer } from './sign.ts';

/** What a release says of itself everywhere in the same way. */
export type ReleaseIdentity = {
  tag: string;
  version: string;
  /** Of the tool that assembled it. */
  toolVersion: string;
  /** The only time in a release: SOURCE_DATE_EPOCH, or that of the commit. */
  time: Date;
  /** Address of the repository, without `.git`. */
  repository?: string;
  /** The commit that the sources are of. */
  commit?: string;
};

/** One built file under its name in the release. */
export type Artifact = {
  name: string;
  content: Buffer;
  sha256: string;
  sha1: string;
  /** As it was built, before a signature was appended. */
  unsigned?: { sha256: string; size: number };
  product: Product;
  /** Name of its manifest in the release. */
  manifest: string;
  closure: Closure;
  source: Source;
};

/** A proof, and the artifacts that it is about. */
export type ReleasedProof = Proof & { artifacts: Artifact[] };

/**
 * Gives every built file its name, and modules their signature. Files that are the same to the byte become one. Throws what
 * signing throws.
 */
export async function makeArtifacts(
  proofs: Proof[],
  { version, sources, signer, signal }: { version: string; sources: Source[]; signer?: Signer; signal: AbortSignal },
): Promise<{ artifacts: Artifact[]; proofs: ReleasedProof[] }> {
  const names = nameModules(proofs, version);
  const artifacts = new Map<string, Artifact>();
  const released: ReleasedProof[] = [];
  for (const proof of proofs) {
    const own: Artifact[] = [];
    for (const product of proof.products) {
      const name = names.get(product.sha256) ?? product.file;
      const known = artifacts.get(name);
      const source = known?.source ?? sources.find(({ digest }) => digest === product.manifest.module.source);
      if (!source) throw new Error(`no sources of ${product.file}`);
      const artifact =
        known ?? (await makeArtifact(product, { name, version, source, signal, ...(signer ? { signer } : {}) }));
      artifacts.set(name, artifact);
      if (!own.includes(artifact)) own.push(artifact);
    }
    released.push({ ...proof, artifacts: own });
  }
  const sorted = [...artifacts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { artifacts: sorted, proofs: released };
}

async function makeArtifact(
  product: Product,
  {
    name,
    version,
    source,
    signer,
    signal,
  }: {
    name: string;
    version: string;
    source: Source;
    signer?: Signer;
    signal: AbortSignal;
  },
): Promise<Artifact> {
  const isSigned = signer !== undefined && product.kind === 'module';
  const content = isSigned ? await signer.sign(product.content, signal) : product.content;
  // Of eBPF programs all objects have the same one.
  const stem = product.kind === 'module' ? name.replace(/\.ko$/, '') : fileName(source.name, version);
  return {
    ...{ name, content, product, source, ...digestsOf(content) },
    ...(isSigned ? { unsigned: { sha256: product.sha256, size: product.content.length } } : {}),
    manifest: `${stem}.manifest.json`,
    closure: closureOf(product.manifest),
  };
}

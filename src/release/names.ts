// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { labelOf } from '../matrix/targets.ts';
import type { Proof } from './collect.ts';
import type { Mistakes } from './mistakes.ts';

/** Names of the files of a release that are there once. */
export const INDEX = 'modules.json';
export const CHECKSUMS = 'SHA256SUMS';
export const CYCLONEDX = 'sbom.cdx.json';
export const SPDX = 'sbom.spdx.json';
export const PROVENANCE = 'provenance.json';
export const NOTES = 'RELEASE-NOTES.md';
/** The provenance, signed. Another one each time it is made, so that no other file speaks of it. */
export const ATTESTATION = 'provenance.sigstore.json';
/** How a cluster installs the release on its nodes. */
export const DAEMON_SET = 'node-install.daemonset.yaml';
export const JOB = 'node-install.job.yaml';
export const KMM = 'node-install.kmm.yaml';

const RESERVED = [INDEX, CHECKSUMS, CYCLONEDX, SPDX, PROVENANCE, NOTES, ATTESTATION, DAEMON_SET, JOB, KMM];
/** GitHub takes no more files for one release. */
const MAXIMUM_FILES = 1000;
const MAXIMUM_NAME = 255;

/**
 * The version that a tag stands for: `v1.2.0` and `fastpath/v1.2.0` for 1.2.0. Throws InputError for a tag that says no
 * version, or that git or a file name would not take.
 */
export function versionOf(tag: string): string {
  const fits = /^[\w.+-]+(\/[\w.+-]+)*$/.test(tag) && !/\.\.|(^|\/)[.-]|\.(lock)?(\/|$)/.test(tag);
  const [, version] = /^(?:.*\/)?v?(\d[\w.+-]*)$/.exec(tag) ?? [];
  if (fits && version !== undefined) return version;
  throw new InputError(`the tag "${tag}" does not say a version`, {
    remedy: 'Tags are like v1.2.0, 1.2.0-rc.1 or fastpath/v1.2.0.',
  });
}

/** GitHub puts a full stop for what it does not take in the name of a file; so do we, and so nothing is called otherwise there. */
export function fileName(...parts: string[]): string {
  return parts.join('-').replace(/[^\w.+-]/g, '.');
}

/** What the install bundle is called, as a tar archive and as a container image. */
export function bundleNames(version: string): { stem: string; archive: string; image: string } {
  const stem = fileName('ovnfast-node', version);
  return { stem, archive: `${stem}.tar.gz`, image: `${stem}.oci.tar` };
}

/**
 * How the modules are called: `<module>-<version>-<distribution>-<kernel release>-<arch>.ko`. A file that serves several
 * releases has the name of the one it was built for, or, when that is not released, of the newest.
 */
export function nameModules(proofs: Proof[], version: string): Map<string, string> {
  const names = new Map<string, string>();
  const own = (proof: Proof, manifest: { target: { id: string; kernel: string } }) =>
    labelOf(manifest.target) === labelOf(proof);
  for (const pass of ['own', 'any'] as const) {
    for (const proof of proofs.toReversed()) {
      for (const product of proof.products) {
        if (product.kind !== 'module' || names.has(product.sha256)) continue;
        if (pass === 'own' && !('target' in product.manifest && own(proof, product.manifest))) continue;
        const name = fileName(product.module.name, version, proof.id, proof.kernel, proof.arch);
        names.set(product.sha256, `${name}.ko`);
      }
    }
  }
  return names;
}

/** Whether names can stand beside each other, and at GitHub. */
export function checkNames(names: string[], mistakes: Mistakes): void {
  // Windows and macOS would take two names for one that differ in nothing but case.
  const known = new Set(RESERVED.map((name) => name.toLowerCase()));
  for (const name of names) {
    const key = name.toLowerCase();
    if (known.has(key)) mistakes.add(`two files of the release would be called ${name}`);
    if (!/^\w([\w.+-]*\w)?$/.test(name)) mistakes.add(`GitHub would call it otherwise: ${JSON.stringify(name)}`);
    if (name.length > MAXIMUM_NAME) mistakes.add(`a name of more than ${MAXIMUM_NAME} characters: ${name}`);
    known.add(key);
  }
  if (names.length + RESERVED.length > MAXIMUM_FILES) {
    mistakes.add(`${names.length} files, and GitHub takes ${MAXIMUM_FILES - RESERVED.length} of ours for one release`, {
      remedy: 'Build with --share-builds, so that one file serves several kernel releases, or make two releases.',
    });
  }
}

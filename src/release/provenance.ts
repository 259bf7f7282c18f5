// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import type { Artifact, ReleaseIdentity } from './artifacts.ts';
import { digestsOf } from './collect.ts';
import type { Material } from './materials.ts';
import type { BundledFile } from './node/bundle.ts';

/** in-toto's way to name a file, and what an attestation is about. */
export type Subject = { name: string; digest: { sha256: string } };
type Resource = {
  name?: string;
  uri?: string;
  digest: Record<string, string>;
  annotations?: Record<string, unknown>;
};

/** https://slsa.dev/spec/v1.0/provenance */
export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
/** What `externalParameters` mean: described in the README of the tool. */
const BUILD_TYPE = 'https://github.com/ovnfast/build/release/v1';
const LOCAL_BUILDER = 'https://github.com/ovnfast/build/local';

export type Provenance = {
  _type: 'https://in-toto.io/Statement/v1';
  subject: Subject[];
  predicateType: typeof PREDICATE_TYPE;
  predicate: object;
};

/** Who builds: the workflow on GitHub, else this tool on somebody's machine. Which run of it, an attestation says. */
export function builderOf(environment: Record<string, string | undefined>): string {
  const { GITHUB_ACTIONS, GITHUB_SERVER_URL, GITHUB_WORKFLOW_REF } = environment;
  if (GITHUB_ACTIONS !== 'true' || !GITHUB_SERVER_URL || !GITHUB_WORKFLOW_REF) return LOCAL_BUILDER;
  return `${GITHUB_SERVER_URL}/${GITHUB_WORKFLOW_REF}`;
}

/**
 * The statement of how the files came to be: in-toto 1, predicate SLSA provenance 1. It is plain; what signs it takes
 * `subject`, `predicateType` and `predicate` as they are.
 */
export function makeProvenance(
  identity: ReleaseIdentity,
  artifacts: Artifact[],
  bundled: BundledFile[],
  builder: string,
): Provenance {
  const { tag, version, time, repository, commit, toolVersion } = identity;
  const builds = new Map<string, Artifact>(artifacts.map((artifact) => [artifact.manifest, artifact]));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...artifacts, ...bundled].map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          tag,
          version,
          builds: [...builds].map(([manifest, { product }]) => ({
            manifest,
            source: product.manifest.module.source,
            ...('target' in product.manifest ? { target: labelOf(product.manifest.target) } : {}),
          })),
        },
        internalParameters: {},
        resolvedDependencies: dependencies(artifacts, bundled, repository, commit),
      },
      runDetails: {
        builder: { id: builder, version: { ovnfast: toolVersion } },
        metadata: {
          // Of the sources, not of the clock, so that the same build gives the same statement.
          finishedOn: time.toISOString(),
        },
        byproducts: [...builds].map(([name, { product }]) => ({
          name,
          digest: { sha256: digestsOf(Buffer.from(product.manifestText)).sha256 },
        })),
      },
    },
  };
}

/** The repository, the sources file by file, and every package, each with the files of the release that were made with it. */
function dependencies(artifacts: Artifact[], bundled: BundledFile[], repository?: string, commit?: string): Resource[] {
  const sources = new Map(artifacts.map(({ source }) => [source.digest, source]));
  const packages = new Map<string, { material: Material; builds: Set<string> }>();
  const add = (material: Material, user: string) => {
    const known = packages.get(material.sha256) ?? { material, builds: new Set() };
    packages.set(material.sha256, { ...known, builds: known.builds.add(user) });
  };
  for (const { closure, manifest } of artifacts) {
    for (const material of [...closure.build, ...closure.sandbox]) add(material, manifest);
  }
  for (const { name, packages } of bundled) for (const material of packages) add(material, name);
  return [
    ...(commit === undefined
      ? []
      : [
          {
            name: 'source',
            ...(repository ? { uri: `git+${repository}@${commit}` } : {}),
            digest: { gitCommit: commit },
          },
        ]),
    ...[...sources.values()].flatMap(({ name, files }) =>
      files.map(({ path, sha256 }) => ({ name: `${name}/${path}`, digest: { sha256 } })),
    ),
    ...[...packages.values()]
      .sort((a, b) => (a.material.purl < b.material.purl ? -1 : 1))
      .map(({ material: { purl, url, sha256 }, builds }) => ({
        name: purl,
        uri: url,
        digest: { sha256 },
        annotations: { usedBy: [...builds].sort() },
      })),
  ];
}

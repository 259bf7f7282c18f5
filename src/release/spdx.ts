// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Artifact, ReleaseIdentity } from './artifacts.ts';
import type { Product } from './collect.ts';
import type { Material, Source } from './materials.ts';
import type { SourcePackage } from './node/base.ts';
import type { BundledFile } from './node/bundle.ts';
import { uuidOf } from './uuid.ts';

const NONE = 'NOASSERTION';
type File = { path: string; sha1: string; sha256: string };
type Relationship = { spdxElementId: string; relationshipType: string; relatedSpdxElement: string };

const TYPES = { archive: 'ARCHIVE', image: 'ARCHIVE', manifest: 'TEXT' };

/**
 * The SPDX 2.3 document of a release (https://spdx.github.io/spdx-spec/v2.3/): the release and its files, the sources file by
 * file, every package that it was built with, and those that are in its image, with what they were built from.
 */
export function makeSpdx(identity: ReleaseIdentity, artifacts: Artifact[], bundled: BundledFile[]): string {
  const { tag, version, time, repository, toolVersion } = identity;
  const sources = [...new Map(artifacts.map(({ source }) => [source.digest, source])).values()];
  const name = `${sources.map((source) => source.name).join('-')}-${version}`;
  const materials = new Map<string, Material>();
  for (const { closure } of artifacts) {
    for (const one of [...closure.build, ...closure.sandbox]) materials.set(one.sha256, one);
  }
  const parts = bundled.flatMap(({ packages }) => packages);
  for (const one of parts) materials.set(one.sha256, one);
  const released = [...artifacts, ...bundled].map((file) => ({ ...file, path: file.name }));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    // Unique to these files, and the same when they are made again.
    documentNamespace: `urn:uuid:${uuidOf(['spdx', tag, artifacts.map(({ name, sha256 }) => [name, sha256])])}`,
    creationInfo: { created: time.toISOString().replace(/\.\d+Z$/, 'Z'), creators: [`Tool: ovnfast-${toolVersion}`] },
    packages: [
      {
        ...packageOf('SPDXRef-Release', name, released),
        versionInfo: version,
        downloadLocation: repository === undefined ? NONE : `${repository}/releases/tag/${tag}`,
      },
      ...sources.map((source) => ({
        ...packageOf(sourceId(source), `${source.name} (sources)`, source.files),
        downloadLocation: repository === undefined ? NONE : gitLocation(identity),
        comment: `ovnfast digest of the directory: ${source.digest}`,
      })),
      ...[...materials.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)).map(materialPackage),
      ...[...new Map(parts.flatMap(({ sources }) => sources.map((one) => [one.purl, one]))).values()].map(
        originPackage,
      ),
    ],
    files: [
      ...artifacts.map((artifact) => ({
        ...fileOf(artifactId(artifact), artifact.name, artifact),
        fileTypes: artifact.product.kind === 'executable' ? ['APPLICATION'] : ['BINARY'],
        ...licenseOf(artifact.product),
      })),
      ...bundled.map((file) => ({ ...fileOf(artifactId(file), file.name, file), fileTypes: [TYPES[file.kind]] })),
      ...sources.flatMap((source) =>
        source.files.map((file) => ({
          ...fileOf(sourceFileId(source, file), `${source.name}/${file.path}`, file),
          fileTypes: ['SOURCE'],
        })),
      ),
    ],
    relationships: [...relationships(artifacts, sources), ...bundleRelationships(bundled)],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const artifactId = ({ name }: Pick<Artifact, 'name'>) => `SPDXRef-File-${uuidOf(name)}`;
const sourceId = ({ digest }: Source) => `SPDXRef-Source-${digest}`;
const originId = ({ purl }: SourcePackage) => `SPDXRef-Origin-${uuidOf(purl)}`;
const materialId = ({ sha256 }: Material) => `SPDXRef-Package-${sha256}`;
/** By its path: two files of the same content are two. */
const sourceFileId = ({ digest }: Source, { path }: File) => `SPDXRef-SourceFile-${uuidOf([digest, path])}`;

function gitLocation({ repository, commit }: ReleaseIdentity): string {
  return `git+${repository}.git${commit === undefined ? '' : `@${commit}`}`;
}

function packageOf(id: string, name: string, files: File[]) {
  // Section 7.9: the SHA-1 of all SHA-1 in their order.
  const code = createHash('sha1').update(
    files
      .map(({ sha1 }) => sha1)
      .sort()
      .join(''),
  );
  return {
    SPDXID: id,
    name,
    filesAnalyzed: true,
    packageVerificationCode: { packageVerificationCodeValue: code.digest('hex') },
    licenseConcluded: NONE,
    licenseDeclared: NONE,
    copyrightText: NONE,
  };
}

function materialPackage(material: Material) {
  const { name, version, url, sha256, purl } = material;
  return {
    SPDXID: materialId(material),
    name,
    versionInfo: version,
    downloadLocation: url,
    filesAnalyzed: false,
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    licenseConcluded: NONE,
    licenseDeclared: NONE,
    copyrightText: NONE,
  };
}

/** A source package of a distribution. */
function originPackage(source: SourcePackage) {
  const { name, version, purl, url = NONE } = source;
  return {
    SPDXID: originId(source),
    name,
    versionInfo: version,
    downloadLocation: url,
    filesAnalyzed: false,
    primaryPackagePurpose: 'SOURCE',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    licenseConcluded: NONE,
    licenseDeclared: NONE,
    copyrightText: NONE,
  };
}

function fileOf(id: string, path: string, { sha1, sha256 }: Omit<File, 'path'>) {
  return {
    SPDXID: id,
    fileName: `./${path}`,
    checksums: [
      { algorithm: 'SHA1', checksumValue: sha1 },
      { algorithm: 'SHA256', checksumValue: sha256 },
    ],
    licenseConcluded: NONE,
    licenseInfoInFiles: [NONE],
    copyrightText: NONE,
  };
}

/** What a file says of its license: no SPDX expression, as `GPL` of a module names no version (include/linux/module.h). */
export function licenseWords(product: Product): string | undefined {
  if (product.kind === 'module') return product.module.info.license?.join('; ');
  return product.kind === 'program' ? product.object.license : undefined;
}

function licenseOf(product: Product): { licenseComments?: string } {
  const words = licenseWords(product);
  return words === undefined ? {} : { licenseComments: `The file says of its license: ${words}` };
}

function relate(from: string, type: string, to: string): Relationship {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}

/** What the install bundle consists of. */
function bundleRelationships(bundled: BundledFile[]): Relationship[] {
  return bundled.flatMap((file) => [
    relate('SPDXRef-Release', 'CONTAINS', artifactId(file)),
    ...file.holds.map((name) => relate(artifactId(file), 'CONTAINS', artifactId({ name }))),
    ...file.packages.flatMap((part) => [
      relate(artifactId(file), 'CONTAINS', materialId(part)),
      ...part.sources.map((source) => relate(materialId(part), 'GENERATED_FROM', originId(source))),
    ]),
  ]);
}

function relationships(artifacts: Artifact[], sources: Source[]): Relationship[] {
  return [
    relate('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-Release'),
    ...artifacts.flatMap((artifact) => [
      relate('SPDXRef-Release', 'CONTAINS', artifactId(artifact)),
      relate(artifactId(artifact), 'GENERATED_FROM', sourceId(artifact.source)),
      ...artifact.closure.build.map((one) => relate(materialId(one), 'BUILD_DEPENDENCY_OF', artifactId(artifact))),
      ...artifact.closure.sandbox.map((one) => relate(materialId(one), 'BUILD_TOOL_OF', artifactId(artifact))),
    ]),
    ...sources.flatMap((source) =>
      source.files.map((file) => relate(sourceId(source), 'CONTAINS', sourceFileId(source, file))),
    ),
  ];
}

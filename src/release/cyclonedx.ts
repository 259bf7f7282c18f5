// SPDX-License-Identifier: Apache-2.0
import {
  ComponentScope,
  ComponentType,
  ExternalReferenceType,
  HashAlgorithm,
} from '@cyclonedx/cyclonedx-library/Enums';
import {
  Bom,
  Component,
  ComponentRepository,
  ExternalReference,
  ExternalReferenceRepository,
  HashDictionary,
  Metadata,
  Property,
  PropertyRepository,
  Tools,
} from '@cyclonedx/cyclonedx-library/Models';
import { JsonSerializer, JSON as Normalize } from '@cyclonedx/cyclonedx-library/Serialize';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import type { Artifact, ReleaseIdentity } from './artifacts.ts';
import type { Material, Source } from './materials.ts';
import type { BundledFile } from './node/bundle.ts';
import { licenseWords } from './spdx.ts';
import { uuidOf } from './uuid.ts';

const TYPES = {
  module: ComponentType.DeviceDriver,
  program: ComponentType.Firmware,
  executable: ComponentType.Application,
};

const BUNDLED = {
  archive: ComponentType.Application,
  image: ComponentType.Container,
  manifest: ComponentType.Data,
};

/**
 * The CycloneDX 1.6 document of a release: its files, the sources file by file, the packages that are in its image, and those
 * that it was built with, as components that are not part of it (`excluded`). What was made of what is in `dependencies`.
 */
export function makeCycloneDx(identity: ReleaseIdentity, artifacts: Artifact[], bundled: BundledFile[]): string {
  const { tag, version, time, repository, toolVersion } = identity;
  const sources = new Map(artifacts.map(({ source }) => [source.digest, sourceComponent(source)]));
  const packages = new Map<string, Component>();
  for (const { closure } of artifacts) {
    for (const material of [...closure.build, ...closure.sandbox]) {
      if (!packages.has(material.sha256)) packages.set(material.sha256, packageComponent(material));
    }
  }
  const files = artifacts.map((artifact) => {
    const component = fileComponent(artifact, version);
    const source = sources.get(artifact.source.digest);
    if (source) component.dependencies.add(source.bomRef);
    for (const { sha256 } of [...artifact.closure.build, ...artifact.closure.sandbox]) {
      const material = packages.get(sha256);
      if (material) component.dependencies.add(material.bomRef);
    }
    return component;
  });
  const released = new Map(files.map((component) => [component.name, component.bomRef]));
  for (const file of bundled) {
    const component = new Component(BUNDLED[file.kind], file.name, {
      ...{ bomRef: `file:${file.name}`, version, hashes: hashes(file) },
    });
    for (const name of file.holds) {
      const ref = released.get(name);
      if (ref) component.dependencies.add(ref);
    }
    for (const one of file.packages) {
      // Also where something was built with it: here it is a part.
      const part = partComponent(one);
      packages.set(one.sha256, part);
      component.dependencies.add(part.bomRef);
    }
    files.push(component);
  }
  const subject = new Component(ComponentType.Application, nameOf(artifacts), { version, bomRef: 'release' });
  if (repository !== undefined) {
    subject.externalReferences = new ExternalReferenceRepository([
      new ExternalReference(repository, ExternalReferenceType.VCS),
    ]);
  }
  for (const file of files) subject.dependencies.add(file.bomRef);
  const tool = new Component(ComponentType.Application, 'ovnfast', { version: toolVersion });
  const bom = new Bom({
    serialNumber: `urn:uuid:${uuidOf(['cyclonedx', tag, artifacts.map(({ name, sha256 }) => [name, sha256])])}`,
    metadata: new Metadata({
      timestamp: time,
      component: subject,
      tools: new Tools({ components: new ComponentRepository([tool]) }),
    }),
    components: new ComponentRepository([...files, ...sources.values(), ...packages.values()]),
  });
  const serializer = new JsonSerializer(new Normalize.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function nameOf(artifacts: Artifact[]): string {
  return [...new Set(artifacts.map(({ source }) => source.name))].sort().join('-');
}

const hashes = (digests: { sha256: string; sha1?: string }) =>
  new HashDictionary([
    [HashAlgorithm['SHA-256'], digests.sha256],
    ...(digests.sha1 === undefined ? [] : [[HashAlgorithm['SHA-1'], digests.sha1] as const]),
  ]);

function fileComponent(artifact: Artifact, version: string): Component {
  const { name, product, unsigned, manifest } = artifact;
  const properties = new PropertyRepository([new Property('ovnfast:manifest', manifest)]);
  const license = licenseWords(product);
  if (license !== undefined) properties.add(new Property('ovnfast:license', license));
  if (product.kind === 'module') properties.add(new Property('ovnfast:vermagic', product.module.vermagic));
  if (unsigned) properties.add(new Property('ovnfast:sha256-unsigned', unsigned.sha256));
  return new Component(TYPES[product.kind], name, {
    bomRef: `file:${name}`,
    version,
    hashes: hashes(artifact),
    properties,
  });
}

function sourceComponent({ name, digest, files }: Source): Component {
  return new Component(ComponentType.Application, name, {
    bomRef: `source:${digest}`,
    description: 'sources',
    properties: new PropertyRepository([new Property('ovnfast:source', digest)]),
    components: new ComponentRepository(
      files.map(
        (file) =>
          new Component(ComponentType.File, file.path, {
            bomRef: `source:${digest}/${file.path}`,
            hashes: hashes(file),
          }),
      ),
    ),
  });
}

/** A package in the image; the licences of such want the sources named that they were built from. */
function partComponent(part: BundledFile['packages'][number]): Component {
  const component = packageComponent(part);
  component.scope = ComponentScope.Required;
  for (const { name, version, purl, url } of part.sources) {
    component.externalReferences.add(
      new ExternalReference(url ?? purl, ExternalReferenceType.SourceDistribution, { comment: `${name} ${version}` }),
    );
  }
  return component;
}

function packageComponent({ name, version, purl, url, sha256 }: Material): Component {
  return new Component(ComponentType.Library, name, {
    ...{ version, purl, hashes: hashes({ sha256 }), bomRef: `package:${sha256}`, scope: ComponentScope.Excluded },
    externalReferences: new ExternalReferenceRepository([
      new ExternalReference(url, ExternalReferenceType.Distribution),
    ]),
  });
}

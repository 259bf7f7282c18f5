// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.ts';
import { digestBytes } from '../../host/digest.ts';
import { imageReference } from '../../render/names.ts';
import type { ReleaseIdentity } from '../artifacts.ts';
import { gzip, makeTar, type TreeFile } from './archive.ts';

export type ImageLayer = {
  tree: TreeFile[];
  /** Of everything in it. */
  time: Date;
  /** What made it, for people. */
  by: string;
};

export type ImageOptions = {
  identity: ReleaseIdentity;
  layers: ImageLayer[];
  /** What it is called where it is pushed to, without a tag. */
  repository: string;
  title: string;
  description: string;
  command: { entrypoint: string[]; arguments: string[]; path: string };
};

export type Image = {
  /** The layout as one tar archive, as `oci-archive:` of skopeo and podman, `ctr images import` and KMM's tools take it. */
  archive: Buffer;
  /** `sha256:...` of the manifest: what a registry knows it by. */
  digest: string;
  tag: string;
};

const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
/** What there are packages of the base for. */
const PLATFORM = { architecture: 'amd64', os: 'linux' };
/** https://github.com/opencontainers/distribution-spec: what a tag may be. */
const MAXIMUM_TAG = 128;

const ELSEWHERE = 'registry.example/ovnfast-node';

/**
 * Where the image is said to be: the name that somebody chose, without tag and digest, else a place beside the repository in
 * GitHub's registry, else one that has to be replaced. `repository` is its address. Throws InputError for what is no such name.
 */
export function imageRepository(name: string | undefined, repository: string | undefined): string {
  if (name !== undefined) {
    if (isRepository(name)) return name;
    throw new InputError(`"${name}" is not the name of a container image without tag and digest`, {
      remedy: 'Names are like ghcr.io/owner/ovnfast-node; the tag is the version of the release.',
    });
  }
  const [, path = ''] = /^https:\/\/github\.com\/([^/]+\/[^/]+)$/.exec(repository ?? '') ?? [];
  const beside = `ghcr.io/${path.toLowerCase()}/ovnfast-node`;
  return isRepository(beside) ? beside : ELSEWHERE;
}

function isRepository(name: string): boolean {
  return imageReference.safeParse(`${name}:tag`).success && imageReference.safeParse(name).success;
}

/** A version as a tag of an image, which has no `+`. */
export function tagOf(version: string): string {
  return version.replaceAll('+', '_').slice(0, MAXIMUM_TAG);
}

/**
 * An image as the layout of the OCI has it (https://github.com/opencontainers/image-spec, 1.1), for one platform, packed into
 * one tar archive. The same input gives the same bytes. Throws what `makeTar` throws.
 */
export async function makeImage(options: ImageOptions): Promise<Image> {
  const { identity, repository, title, command } = options;
  const { time } = identity;
  const blobs: TreeFile[] = [];
  const addBlob = (mediaType: string, content: Buffer) => {
    const sha256 = digestBytes(content);
    const path = `blobs/sha256/${sha256}`;
    if (!blobs.some((blob) => blob.path === path)) blobs.push({ path, content });
    return { mediaType, digest: `sha256:${sha256}`, size: content.length };
  };
  const layers = [];
  for (const { tree, time, by } of options.layers) {
    const tar = await makeTar(tree, time);
    layers.push({ descriptor: addBlob(TYPES.layer, gzip(tar)), diff: `sha256:${digestBytes(tar)}`, by });
  }
  const annotations = annotationsOf(options);
  const created = time.toISOString();
  const config = addBlob(
    TYPES.config,
    json({
      created,
      ...PLATFORM,
      config: {
        Env: [`PATH=${command.path}`],
        Entrypoint: command.entrypoint,
        Cmd: command.arguments,
        WorkingDir: '/',
        Labels: annotations,
      },
      rootfs: { type: 'layers', diff_ids: layers.map(({ diff }) => diff) },
      history: layers.map(({ by }) => ({ created, created_by: by })),
    }),
  );
  const manifest = addBlob(
    TYPES.manifest,
    json({
      schemaVersion: 2,
      mediaType: TYPES.manifest,
      config,
      layers: layers.map(({ descriptor }) => descriptor),
      annotations,
    }),
  );
  const tag = tagOf(identity.version);
  const index = json({
    schemaVersion: 2,
    mediaType: TYPES.index,
    manifests: [
      {
        ...manifest,
        platform: PLATFORM,
        annotations: {
          'org.opencontainers.image.ref.name': tag,
          // Not of the OCI: containerd and Docker call it so when they are handed the archive.
          'io.containerd.image.name': `${repository}:${tag}`,
        },
      },
    ],
    annotations: { 'org.opencontainers.image.title': title },
  });
  const layout: TreeFile[] = [
    { path: 'index.json', content: index },
    { path: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    ...blobs,
  ];
  return { archive: await makeTar(layout, time), digest: manifest.digest, tag };
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md */
function annotationsOf({ identity, title, description }: ImageOptions): Record<string, string> {
  const { version, time, repository, commit } = identity;
  const named = {
    ...{ created: time.toISOString(), description, title, version },
    ...(commit === undefined ? {} : { revision: commit }),
    ...(repository === undefined ? {} : { source: repository, url: repository }),
  };
  const sorted = Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, value]) => [`org.opencontainers.image.${name}`, value]));
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestBytes } from '../../host/digest.ts';
import type { Artifact, ReleaseIdentity } from '../artifacts.ts';
import { digestsOf } from '../collect.ts';
import { Mistakes } from '../mistakes.ts';
import type { ModulesIndex } from '../modules-index.ts';
import { bundleNames, INDEX } from '../names.ts';
import { gzip, isPlainPath, makeTar, type TreeFile } from './archive.ts';
import type { BasePackage, ImageBase } from './base.ts';
import { makeFits } from './fits.ts';
import { type Image, makeImage } from './image.ts';
import { KMM_ROOT, type ManifestImage, nodeManifests } from './manifests.ts';
import { moduleTables } from './modules-dep.ts';
import { makeNotice } from './notice.ts';

export type BundleOptions = {
  identity: ReleaseIdentity;
  index: ModulesIndex;
  /** `modules.json`, as it is in the release. */
  indexFile: Buffer;
  artifacts: Artifact[];
  /** Top of the project: the installer and the licences are read from there. */
  root: string;
  /** The certificate that the modules were signed for, in DER. */
  certificate?: Buffer;
  /** Left out: no image, and no manifests that name one. */
  image?: { base: ImageBase; repository: string };
};

/** A file of the release that others are in. */
export type BundledFile = {
  name: string;
  content: Buffer;
  sha256: string;
  sha1: string;
  kind: 'archive' | 'image' | 'manifest';
  /** Names of the files of the release that it has in it. */
  holds: string[];
  /** Packages that (part of) it consists of. */
  packages: BasePackage[];
};

/** The install bundle of a release: what nodes get. */
export type Bundle = {
  files: BundledFile[];
  /** What the manifests name. */
  image?: ManifestImage;
};

/** Where the bundle is in the image. */
const PLACE = 'opt/ovnfast';
const INSTALLER = 'bin/ovnfast-node';
const LICENSES = ['Apache-2.0.txt', 'GPL-2.0.txt'];
/** What busybox is built for, and so the image. */
const IMAGE_ARCH = 'x86_64';
const DESCRIPTION = 'Kernel modules, and what installs the one that fits the kernel of a node';

/**
 * Makes the install bundle: the same files as a tar archive and, on a base with a shell, as a container image, and manifests for
 * clusters. The same input gives the same bytes. Throws one InputError with all names that would not do as names of files.
 */
export async function makeBundle(options: BundleOptions): Promise<Bundle> {
  const { identity, index, image } = options;
  const { time } = identity;
  const files = await bundleFiles(options);
  const names = bundleNames(identity.version);
  const below = (place: string) => files.map((file) => ({ ...file, path: `${place}/${file.path}` }));
  const holds = options.artifacts.map(({ name }) => name);
  const archive = gzip(await makeTar(below(names.stem), time));
  const bundle = [bundled('archive', names.archive, archive, { holds })];
  if (!image) return { files: bundle };
  const { base, repository } = image;
  const made = await imageOf(options, [...below(PLACE), ...kmmFiles(index)], image);
  const { digest, tag } = made;
  const reference = { file: names.image, repository, tag, digest };
  return {
    files: [
      ...bundle,
      bundled('image', names.image, made.archive, { holds, packages: base.packages }),
      ...[...nodeManifests(index, reference)].map(([name, text]) => bundled('manifest', name, Buffer.from(text))),
    ],
    image: reference,
  };
}

function bundled(
  kind: BundledFile['kind'],
  name: string,
  content: Buffer,
  { holds = [], packages = [] }: Partial<Pick<BundledFile, 'holds' | 'packages'>> = {},
): BundledFile {
  return { kind, name, content, ...digestsOf(content), holds, packages };
}

/** All files, by their paths below the place of the bundle. */
async function bundleFiles(options: BundleOptions): Promise<TreeFile[]> {
  const { identity, index, indexFile, artifacts, root, certificate, image } = options;
  const text = (path: string, content: string) => ({ path, content: Buffer.from(content) });
  const manifests = new Map(artifacts.map(({ manifest, product }) => [manifest, product.manifestText]));
  const licenses = LICENSES.map(async (name) => ({
    path: `share/licenses/${name}`,
    content: await readFile(join(root, 'LICENSES', name)),
  }));
  const files = [
    { path: INSTALLER, mode: 0o755, content: await readFile(join(root, 'src/release/node/ovnfast-node')) },
    text('share/fits', makeFits(index)),
    { path: `share/${INDEX}`, content: indexFile },
    text('share/NOTICE', makeNotice(identity, artifacts, image?.base.packages ?? [])),
    ...(await Promise.all(licenses)),
    ...(certificate ? [{ path: 'share/signing.der', content: certificate }] : []),
    ...artifacts.map(({ name, content, product }) => ({
      path: `modules/${name}`,
      content,
      ...(product.kind === 'executable' ? { mode: 0o755 } : {}),
    })),
    ...[...manifests].map(([name, content]) => text(`modules/${name}`, content)),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const sums = files.map(({ path, content }) => `${digestBytes(content)}  ${path}\n`);
  return [...files, text('share/SHA256SUMS', sums.join(''))];
}

/**
 * The modules by kernel release, as the Kernel Module Management operator wants them: it copies the directory of a node's release
 * and has modprobe look in the copy. Where two distributions have kernels of one release, the first file stands.
 */
function kmmFiles(index: ModulesIndex): TreeFile[] {
  const modules = new Map(index.files.flatMap((file) => (file.kind === 'module' ? [[file.file, file] as const] : [])));
  const releases = new Map<string, Map<string, { file: string; depends: string[] }>>();
  const mistakes = new Mistakes();
  for (const { kernel, arch, files } of index.kernels) {
    if (arch !== IMAGE_ARCH) continue;
    const installed = releases.get(kernel) ?? new Map();
    for (const name of files) {
      const found = modules.get(name);
      if (!found || installed.has(found.module)) continue;
      for (const part of [kernel, found.module]) if (!isName(part)) mistakes.add(unfit(part));
      installed.set(found.module, found);
    }
    if (installed.size > 0) releases.set(kernel, installed);
  }
  mistakes.throwAny();
  return [...releases].flatMap(([kernel, installed]) => {
    const directory = `${KMM_ROOT}/lib/modules/${kernel}`;
    return [
      ...[...installed].map(([module, { file }]) => ({
        path: `${directory}/${module}.ko`,
        same: `${PLACE}/modules/${file}`,
      })),
      ...moduleTables(
        directory,
        [...installed].map(([name, { depends }]) => ({ name, depends })),
      ),
    ];
  });
}

const isName = (text: string) => isPlainPath(text) && !text.includes('/');
const unfit = (text: string) => `${JSON.stringify(text)} cannot be the name of a file in the container image`;

async function imageOf(
  { identity }: BundleOptions,
  tree: TreeFile[],
  { base, repository }: NonNullable<BundleOptions['image']>,
): Promise<Image> {
  return await makeImage({
    identity,
    repository,
    layers: [
      // Its own time, so that releases with the same base have that layer in common.
      {
        tree: base.tree,
        time: new Date(0),
        by: base.packages.map(({ name, version }) => `${name} ${version}`).join(', '),
      },
      { tree, time: identity.time, by: `ovnfast ${identity.toolVersion} release --tag ${identity.tag}` },
    ],
    title: 'ovnfast-node',
    description: DESCRIPTION,
    command: {
      entrypoint: [`/${PLACE}/${INSTALLER}`],
      arguments: ['status'],
      path: `/${PLACE}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    },
  });
}

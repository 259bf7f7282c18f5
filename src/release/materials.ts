// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PackageURL } from 'packageurl-js';
import { findSource } from '../bpf/source.ts';
import { digestTree } from '../host/digest.ts';
import { isBuildProduct } from '../kbuild/source.ts';
import type { Manifest, ManifestInput } from '../manifest/manifest.ts';
import type { Pin } from '../packages/pin.ts';
import { parseEvr } from '../packages/rpm/version.ts';
import { digestsOf, type Product } from './collect.ts';
import type { Mistakes } from './mistakes.ts';

/** A file of the sources. */
export type SourceFile = { path: string; sha256: string; sha1: string };

/** A directory of sources that something was built from. */
export type Source = {
  /** Of the directory. */
  name: string;
  /** Absolute. */
  directory: string;
  /** `digestTree` of it, as manifests have it. */
  digest: string;
  files: SourceFile[];
};

/** What a package was for: `build` it was in the root that the compiler ran in, `sandbox` it shut that in. */
export type Role = 'build' | 'sandbox';

/** A package of the build closure. */
export type Material = Pin & {
  purl: string;
  /** Public address of the file. */
  url: string;
};

/** What one manifest pins, by role. */
export type Closure = Record<Role, Material[]>;

/** Which packages a build was made with. */
export function closureOf(manifest: Manifest): Closure {
  const { inputs } = manifest;
  return {
    build: materialsOf('target' in inputs ? inputs.target : inputs.bpf),
    sandbox: materialsOf(inputs.sandbox),
  };
}

export function materialsOf({ archives, sysroots }: ManifestInput): Material[] {
  const found = new Map<string, Material>();
  for (const pin of Object.values(sysroots).flat()) {
    const archive = archives.find(({ name }) => name === pin.archive);
    // The schema of manifests has seen to that.
    if (!archive) throw new Error(`no archive ${pin.archive}`);
    const base = archive.mirrors[0] ?? archive.snapshot ?? '';
    found.set(pin.sha256, { ...pin, purl: purlOf(pin, archive.family), url: `${base.replace(/\/$/, '')}/${pin.path}` });
  }
  return [...found.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** https://github.com/package-url/purl-spec: the vendor is the first word of the archive's name, `debian-security`. */
function purlOf({ name, version, architecture, archive }: Pin, family: 'debian' | 'rpm'): string {
  const vendor = archive.split('-')[0] ?? archive;
  if (family === 'debian') return new PackageURL('deb', vendor, name, version, { arch: architecture }, null).toString();
  const { epoch, version: upstream, release } = parseEvr(version);
  const qualifiers = { arch: architecture, ...(epoch > 0 ? { epoch: String(epoch) } : {}) };
  return new PackageURL('rpm', vendor, name, `${upstream}-${release}`, qualifiers, null).toString();
}

/**
 * Finds the sources of everything that is released among directories: those whose content has the digest of the manifests.
 * What is missing goes to `mistakes`.
 */
export async function findSources(products: Product[], directories: string[], mistakes: Mistakes): Promise<Source[]> {
  const known = new Map<string, Source>();
  const seen: string[] = [];
  for (const directory of directories) {
    const root = await mistakes.catch(async () => (await findSource(directory)).root);
    if (root === undefined) continue;
    const digest = await digestTree(root, isBuildProduct);
    seen.push(`${directory} (${digest})`);
    known.set(digest, { name: root.split('/').at(-1) ?? root, directory: root, digest, files: [] });
  }
  const wanted = new Map(products.map(({ file, manifest }) => [manifest.module.source, file]));
  for (const [digest, file] of wanted) {
    if (known.has(digest)) continue;
    mistakes.add(`the sources of ${file} are not at hand: their digest is ${digest}`, {
      remedy: `Name their directory with --module, as it was built. Looked at: ${seen.join(', ') || 'nothing'}.`,
    });
  }
  const used = [...known.values()].filter(({ digest }) => wanted.has(digest));
  for (const source of used) source.files = await readFiles(source.directory);
  return used.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of a link its target is the content. */
async function readFiles(root: string): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  const visit = async (relative: string): Promise<void> => {
    for (const entry of await readdir(join(root, relative), { withFileTypes: true })) {
      const path = join(relative, entry.name);
      if (isBuildProduct(entry.name)) continue;
      if (entry.isDirectory()) await visit(path);
      else {
        const content = entry.isSymbolicLink()
          ? Buffer.from(await readlink(join(root, path)))
          : readFile(join(root, path));
        found.push({ path, ...digestsOf(await content) });
      }
    }
  };
  await visit('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { PackageURL } from 'packageurl-js';
import { EnvironmentError, InputError } from '../../errors.ts';
import { CorruptData, decompress, readRange } from '../../host/decompress.ts';
import { parseControl } from '../../local/package-file.ts';
import type { ManifestInput } from '../../manifest/manifest.ts';
import { readDebLayout } from '../../sysroot/deb.ts';
import { readTarFile } from '../../sysroot/tar.ts';
import { type Material, materialsOf } from '../materials.ts';
import type { TreeFile } from './archive.ts';

/** A source package that (part of) a binary package was built from. */
export type SourcePackage = { name: string; version: string; purl: string; url?: string };

/** A package that is in the image: its licence may demand that its sources are named. */
export type BasePackage = Material & { sources: SourcePackage[] };

/** What is in the image below the bundle: a root file system with a shell, and the packages that it came from. */
export type ImageBase = { tree: TreeFile[]; packages: BasePackage[] };

/** The sysroot of matrix/tools.yml that the base is made of. */
export const BASE_SYSROOT = 'node-image';

const MAXIMUM_BYTES = 16 * 2 ** 20;
/** What is taken of each package; everything else in them is of no use in the image. */
const WANTED: Record<string, { path: string; mode?: number }[]> = {
  'busybox-static': [{ path: 'bin/busybox', mode: 0o755 }, { path: 'usr/share/doc/busybox-static/copyright' }],
  // The licences that the others only refer to; and what scanners of images look for first.
  'base-files': [
    { path: 'usr/lib/os-release' },
    { path: 'usr/share/common-licenses/GPL-2' },
    { path: 'usr/share/common-licenses/LGPL-2.1' },
    { path: 'usr/share/doc/base-files/copyright' },
  ],
};
/** Programs that a script finds by name; of all that busybox has, what scripts and people use. Its shell knows the others, too. */
const APPLETS = [
  ...['awk', 'basename', 'cat', 'chmod', 'chown', 'chroot', 'cmp', 'cp', 'cut', 'date', 'dirname', 'dmesg', 'echo'],
  ...['env', 'expr', 'false', 'find', 'grep', 'gunzip', 'gzip', 'head', 'hostname', 'id', 'kill', 'ln', 'ls', 'lsmod'],
  ...['mkdir', 'mktemp', 'mount', 'mv', 'nsenter', 'od', 'printf', 'ps', 'pwd', 'readlink', 'realpath', 'rm', 'rmdir'],
  ...['sed', 'seq', 'sh', 'sha256sum', 'sleep', 'sort', 'stat', 'sync', 'tail', 'tar', 'tee', 'test', 'timeout'],
  ...['touch', 'tr', 'true', 'umount', 'uname', 'uniq', 'wc', 'which', 'xargs', 'zcat'],
];
const PLACES: TreeFile[] = [
  ...['dev', 'etc', 'host', 'proc', 'root', 'sys'].map((path) => ({ path, directory: true }) as const),
  { path: 'tmp', directory: true, mode: 0o1777 },
  { path: 'etc/os-release', link: '../usr/lib/os-release' },
  {
    path: 'etc/passwd',
    content: Buffer.from('root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'),
  },
  { path: 'etc/group', content: Buffer.from('root:x:0:\nnogroup:x:65534:\n') },
];

/**
 * Reads the base of the image from its packages, .deb files with a busybox that needs no library. `input` says what is pinned;
 * `paths` where each package is, by SHA-256. Nothing of them is run. Throws InputError for packages that are not the expected
 * ones, EnvironmentError for one that is damaged.
 */
export async function readImageBase(input: ManifestInput, paths: Map<string, string>): Promise<ImageBase> {
  const packages: BasePackage[] = [];
  const tree: TreeFile[] = [...PLACES];
  for (const material of materialsOf(input)) {
    const { name, sha256 } = material;
    const wanted = WANTED[name];
    const path = paths.get(sha256);
    if (!path) throw new Error(`the package ${name} was not fetched`);
    if (!wanted) {
      throw new InputError(`the sysroot ${BASE_SYSROOT} has the package ${name}, which has no place in the image`, {
        where: 'matrix/tools.yml',
        remedy: `It consists of ${Object.keys(WANTED).join(' and ')}; leave others out with \`exclude:\`.`,
      });
    }
    try {
      const control = await readMember(path, 'control.tar', 'control');
      packages.push({ ...material, sources: sourcesOf(parseControl(control.toString('utf8')), material) });
      for (const file of wanted) tree.push({ ...file, content: await readMember(path, 'data.tar', file.path) });
      // As images without a package manager have it, so that scanners see what is in them.
      tree.push({ path: `var/lib/dpkg/status.d/${name}`, content: control });
    } catch (error) {
      if (!(error instanceof CorruptData)) throw error;
      throw new EnvironmentError(`the package ${name} of the image cannot be read: ${error.message}`, {
        where: path,
        cause: error,
      });
    }
  }
  for (const name of Object.keys(WANTED)) {
    if (packages.some((one) => one.name === name)) continue;
    throw new InputError(`the sysroot ${BASE_SYSROOT} has no package ${name}, which the image needs`, {
      where: 'matrix/tools.yml',
    });
  }
  for (const name of APPLETS) tree.push({ path: `bin/${name}`, link: 'busybox' });
  return { tree, packages };
}

async function readMember(path: string, member: 'control.tar' | 'data.tar', name: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { offset, length, compression } = await readDebLayout(file, member);
    return await readTarFile(decompress(readRange(file, offset, length), compression, {}), name, MAXIMUM_BYTES);
  } finally {
    await file.close();
  }
}

/**
 * See deb-control(5): `Source` where it is not called as the package is, and `Built-Using`, with exact versions, of what was
 * linked into it, as the C library of a static program.
 */
function sourcesOf(control: Map<string, string>, { name, version, archive, purl }: Material): SourcePackage[] {
  const [, source = name, sourceVersion = version] = /^(\S+)(?: \(([^)]+)\))?$/.exec(control.get('Source') ?? '') ?? [];
  const found = [[source, sourceVersion]];
  for (const field of ['Built-Using', 'Static-Built-Using']) {
    for (const item of (control.get(field) ?? '').split(',')) {
      const [, used, usedVersion] = /^\s*(\S+) \(= ([^)\s]+)\)\s*$/.exec(item) ?? [];
      if (used !== undefined && usedVersion !== undefined) found.push([used, usedVersion]);
    }
  }
  const vendor = PackageURL.fromString(purl).namespace ?? archive;
  return found.map(([name = '', version = '']) => ({
    ...{ name, version },
    purl: new PackageURL('deb', vendor, name, version, { arch: 'source' }, null).toString(),
    // Debian keeps there what it ever published.
    ...(vendor === 'debian'
      ? { url: `https://snapshot.debian.org/package/${encoded(name)}/${encoded(version)}/` }
      : {}),
  }));
}

/** As encodeURIComponent, and nothing that Markdown could take for the end of an address. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

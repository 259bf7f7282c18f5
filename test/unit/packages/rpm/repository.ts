// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { bytes, sha256 } from '../fixtures.ts';
import type { MirrorServer } from '../mirror-server.ts';

/** A package of a fixture repository: `[E:]V-R.A` (1.0-1.x86_64 unless given), and dependencies as a spec file has them. */
export type Rpm = {
  name: string;
  evr?: string;
  architecture?: string;
  provides?: string[];
  requires?: string[];
  conflicts?: string[];
  obsoletes?: string[];
  recommends?: string[];
  suggests?: string[];
  /** Those that primary.xml has. */
  files?: string[];
  /** Those that only filelists.xml has. */
  moreFiles?: string[];
  href?: string;
  /** Lines of XML in place of the usual ones. */
  checksum?: string;
  location?: string;
};

/** The content of a fixture package; different for each version, none of it a real package. */
export const rpmOf = (rpm: Rpm) => bytes(500, nevraOf(rpm));

export function nevraOf({ name, evr = '1.0-1', architecture = 'x86_64' }: Rpm): string {
  return `${name}-${evr.replace(/^\d+:/, '')}.${architecture}`;
}

export const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const flags: Record<string, string> = { '<': 'LT', '<=': 'LE', '=': 'EQ', '>=': 'GE', '>': 'GT' };

function versionAttributes(evr: string): string {
  const [, epoch = '0', version = '', release] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/.exec(evr) ?? [];
  return `epoch="${epoch}" ver="${version}"${release === undefined ? '' : ` rel="${release}"`}`;
}

function entry(text: string): string {
  const [name = '', sense = '', evr = ''] = text.startsWith('(') ? [text] : text.split(' ');
  const range = sense === '' ? '' : ` flags="${flags[sense]}" ${versionAttributes(evr)}`;
  return `<rpm:entry name="${escapeXml(name)}"${range}/>`;
}

function list(kind: string, entries: string[] = []): string {
  return entries.length === 0 ? '' : `<rpm:${kind}>${entries.map(entry).join('\n')}</rpm:${kind}>`;
}

export function primaryOf(rpms: Rpm[]): string {
  const packages = rpms.map((rpm) => {
    const { name, evr = '1.0-1', architecture = 'x86_64', provides = [] } = rpm;
    const content = rpmOf(rpm);
    return `<package type="rpm">
  <name>${name}</name>
  <arch>${architecture}</arch>
  <version ${versionAttributes(evr)}/>
  ${rpm.checksum ?? `<checksum type="sha256" pkgid="YES">${sha256(content)}</checksum>`}
  <summary>About ${name}</summary>
  <description>It &lt;is&gt; &amp; remains
a package.</description>
  <size package="${content.length}" installed="1000" archive="1200"/>
  ${rpm.location ?? `<location href="Packages/${nevraOf(rpm)}.rpm"/>`}
  <format>
    <rpm:license>GPLv2</rpm:license>
    ${list('provides', [`${name} = ${evr}`, ...provides])}
    ${list('requires', rpm.requires)}
    ${list('conflicts', rpm.conflicts)}
    ${list('obsoletes', rpm.obsoletes)}
    ${list('recommends', rpm.recommends)}
    ${list('suggests', rpm.suggests)}
    ${(rpm.files ?? []).map((path) => `<file>${escapeXml(path)}</file>`).join('\n')}
  </format>
</package>
`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${rpms.length}">
${packages.join('')}</metadata>
`;
}

export function filelistsOf(rpms: Rpm[]): string {
  const packages = rpms.map(({ name, evr = '1.0-1', architecture = 'x86_64', files = [], moreFiles = [] }) => {
    const paths = [...files, ...moreFiles].map((path) => `<file>${escapeXml(path)}</file>`);
    return `<package pkgid="x" name="${name}" arch="${architecture}">
  <version ${versionAttributes(evr)}/>
  <file type="dir">/usr/share/${name}</file>
  ${paths.join('\n  ')}
</package>
`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="${rpms.length}">
${packages.join('')}</filelists>
`;
}

/** A file of the metadata: what it is stored as, and the length of what it holds. */
export type Metadata = { name: string; content: Buffer; openSize: number };

export const gzipped = (name: string, text: string): Metadata => ({
  name: `${name}.gz`,
  content: gzipSync(text),
  openSize: Buffer.byteLength(text),
});

export function repomdOf(files: Record<string, Metadata>, more = ''): string {
  const entries = Object.entries(files).map(
    ([type, { name, content, openSize }]) => `<data type="${type}">
  <checksum type="sha256">${sha256(content)}</checksum>
  <location href="repodata/${name}"/>
  <timestamp>1767434400</timestamp>
  <size>${content.length}</size>
  <open-size>${openSize}</open-size>
</data>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
<revision>1767434400</revision>
${entries.join('')}${more}</repomd>
`;
}

export type PublishOptions = {
  /** Below which path of the server. */
  base?: string;
  /** Metadata in place of, or beside, what is made of the packages. */
  metadata?: Record<string, Metadata>;
  withoutPackages?: boolean;
};

/** Puts a repository on a mirror as createrepo_c lays it out. */
export function publish(mirror: MirrorServer, rpms: Rpm[], options: PublishOptions = {}): void {
  const { base = '/centos/9/os', metadata = {}, withoutPackages = false } = options;
  const files = {
    primary: gzipped('primary.xml', primaryOf(rpms)),
    filelists: gzipped('filelists.xml', filelistsOf(rpms)),
    ...metadata,
  };
  for (const { name, content } of Object.values(files)) mirror.files.set(`${base}/repodata/${name}`, content);
  mirror.files.set(`${base}/repodata/repomd.xml`, Buffer.from(repomdOf(files)));
  if (withoutPackages) return;
  for (const rpm of rpms) mirror.files.set(`${base}/Packages/${nevraOf(rpm)}.rpm`, rpmOf(rpm));
}

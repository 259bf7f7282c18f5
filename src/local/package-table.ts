// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestValue } from '../host/digest.ts';
import { temporaryName } from '../host/files.ts';
import type { Archive, Distribution } from '../matrix/types.ts';
import { markUsed } from '../packages/cache-entry.ts';
import { writeTable as writeDebianTable } from '../packages/debian/index-writer.ts';
import { writeTable as writeRpmTable } from '../packages/rpm/metadata.ts';
import type { PackageFile, Relation } from './package-file.ts';

/** The name of the archive that packages of the user are taken for. */
const ARCHIVE = 'local';
// Counted up when the same packages give another table.
const FORMAT = 1;
const FIELDS = ['Package', 'Version', 'Architecture', 'Priority', 'Depends', 'Pre-Depends', 'Provides'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a line
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** A distribution that offers packages of the user's besides its own, and in place of its own of the same name. */
export async function withPackages(
  distribution: Distribution,
  packages: PackageFile[],
  cache: string,
): Promise<Distribution> {
  const { family, architecture } = distribution;
  const archive: Archive = {
    ...{ family, name: ARCHIVE, suites: [ARCHIVE], components: [ARCHIVE], architecture, keys: [], mirrors: [] },
    table: await tableOf(packages, distribution, cache),
  };
  return { ...distribution, archives: [archive, ...distribution.archives] };
}

/** Where a package would be below the archive: under a name that tells nothing of this machine. */
export function placeOf({ sha256, family }: PackageFile): string {
  return `${sha256}.${family === 'rpm' ? 'rpm' : 'deb'}`;
}

/** Their index, as an archive would have it and read as such, so that what they say is checked in the same way. */
async function tableOf(packages: PackageFile[], { family }: Distribution, cache: string): Promise<string> {
  const key = digestValue([FORMAT, packages.map(({ sha256 }) => sha256)]);
  const path = join(cache, 'indexes', `${key}.local.table`);
  if (await markUsed(path)) return path;
  const fresh = temporaryName(path);
  const source = temporaryName(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    if (family === 'rpm') {
      await writeRpmTable('primary', toChunks(primaryXml(packages)), fresh);
    } else {
      await writeFile(source, gzipSync(packages.map(stanza).join('\n')), { flag: 'wx' });
      await writeDebianTable(source, 'gzip', fresh);
    }
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
    await rm(source, { force: true });
  }
  return path;
}

function stanza(one: PackageFile): string {
  const fields = FIELDS.map((name) => [name, one.control.get(name) ?? '']).filter(([, value]) => value !== '');
  fields.push(['Filename', placeOf(one)], ['Size', String(one.size)], ['SHA256', one.sha256]);
  return `${fields.map(([name, value]) => `${name}: ${value?.replace(CONTROL, ' ')}\n`).join('')}`;
}

async function* toChunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function primaryXml(packages: PackageFile[]): string {
  const entries = (list: Relation[]) =>
    list.map(({ name, sense, version }) =>
      tag('rpm:entry', { name, ...(sense ? { flags: sense } : {}), ...(version ? { ver: version } : {}) }),
    );
  const elements = packages.map((one) => {
    const [, epoch = '0', version = '', release = ''] = /^(?:(\d+):)?(.*)-([^-]*)$/.exec(one.version) ?? [];
    return [
      '<package type="rpm">',
      ...[`<name>${escapeXml(one.name)}</name>`, `<arch>${escapeXml(one.architecture)}</arch>`],
      tag('version', { epoch, ver: version, rel: release }),
      `<checksum type="sha256">${one.sha256}</checksum>`,
      ...[tag('size', { package: String(one.size) }), tag('location', { href: placeOf(one) })],
      ...['<rpm:provides>', ...entries(one.provides), '</rpm:provides>'],
      ...['<rpm:requires>', ...entries(one.requires), '</rpm:requires>'],
      '</package>',
    ].join('\n');
  });
  return `<metadata>\n${elements.join('\n')}\n</metadata>\n`;
}

function tag(name: string, attributes: Record<string, string>): string {
  return `<${name} ${Object.entries(attributes)
    .map(([key, value]) => `${key}="${escapeXml(value)}"`)
    .join(' ')}/>`;
}

function escapeXml(text: string): string {
  return text.replace(CONTROL, ' ').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

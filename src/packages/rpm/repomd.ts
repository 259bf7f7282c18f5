// SPDX-License-Identifier: Apache-2.0
import { readXml, XmlFault } from './xml.ts';

/** One file of a repository's metadata. */
export type MetadataFile = {
  /** Below the repository's base address. */
  href: string;
  sha256: string;
  /** Bytes, as it is stored and after decompression. */
  size: number;
  openSize: number;
};

/** What a repomd.xml says. */
export type Repomd = {
  /** When the metadata was made, ISO 8601; '' when it does not say. */
  date: string;
  /** By type: `primary`, `filelists`, `modules`, ... */
  files: Map<string, MetadataFile>;
};

/** Largest metadata that is read, decompressed. The filelists of Fedora have 800 MB. */
const maximumOpenSize = 2 ** 31;
/** No compression there is makes a repository's metadata so much smaller. */
const maximumRatio = 500;

/**
 * Reads a repomd.xml. Entries of types that nobody asks for may be anything; one that `wanted` says yes to has to have a
 * SHA-256, sizes and a place inside the repository. Throws XmlFault saying what does not fit.
 */
export async function readRepomd(content: Uint8Array, wanted: (type: string) => boolean): Promise<Repomd> {
  const files = new Map<string, MetadataFile>();
  let newest = 0;
  let root: string | undefined;
  let fields = new Map<string, string>();
  let type = '';
  let element = '';
  await readXml(one(content), {
    open(name, attributes) {
      root ??= name;
      element = name;
      if (name === 'data') {
        type = attributes.type ?? '';
        fields = new Map();
      }
      if (name === 'location') {
        fields.set('href', attributes.href ?? '');
        if (attributes['xml:base']) fields.set('base', attributes['xml:base']);
      }
      if (name === 'checksum') fields.set('checksum type', attributes.type ?? '');
    },
    text(text) {
      fields.set(element, (fields.get(element) ?? '') + text);
    },
    close(name) {
      element = '';
      if (name !== 'data') return;
      const time = Number(fields.get('timestamp'));
      if (Number.isFinite(time)) newest = Math.max(newest, time);
      if (wanted(type)) files.set(type, metadataFile(type, fields));
    },
  });
  if (root !== 'repomd') throw new XmlFault(`is no repomd.xml: its outermost element is <${root}>`);
  // Seconds since 1970; four digits of a year are the most that ISO 8601 takes.
  const date = newest > 0 && newest < 253402300800 ? `${new Date(newest * 1000).toISOString().slice(0, 19)}Z` : '';
  return { date, files };
}

function metadataFile(type: string, fields: Map<string, string>): MetadataFile {
  const field = (name: string) => (fields.get(name) ?? '').trim();
  const what = `its entry for ${type}`;
  if (fields.has('base')) throw new XmlFault(`${what} is at another place (xml:base ${fields.get('base')})`);
  const href = field('href');
  const fault = locationFault(href);
  if (fault !== undefined) throw new XmlFault(`${what} has the location "${href}", which ${fault}`);
  const kind = field('checksum type');
  const sha256 = field('checksum').toLowerCase();
  if (kind !== 'sha256') throw new XmlFault(`${what} has a checksum of type "${kind}", and only sha256 is trusted`);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new XmlFault(`${what} has no SHA-256 of 64 hexadecimal digits`);
  const size = wholeNumber(field('size'));
  if (size === undefined) throw new XmlFault(`${what} does not say its size`);
  const openSize = wholeNumber(field('open-size')) ?? size * maximumRatio;
  if (openSize > Math.min(maximumOpenSize, Math.max(size * maximumRatio, 1 << 20))) {
    throw new XmlFault(`${what} would be ${openSize} bytes, of ${size} compressed ones`);
  }
  return { href, sha256, size, openSize };
}

/** The number that digits spell; undefined for anything else. */
export function wholeNumber(digits: string): number | undefined {
  return /^\d{1,15}$/.test(digits) && Number(digits) > 0 ? Number(digits) : undefined;
}

/** What is wrong with the address of a file below a repository, if anything. */
export function locationFault(href: string): string | undefined {
  let plain: string;
  try {
    plain = decodeURIComponent(href);
  } catch {
    return 'is no address';
  }
  if (href === '') return 'is empty';
  if (href.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(href)) return 'is not below the repository';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\\?#\x00-\x1f\x7f]/.test(plain)) return 'has characters that no package file has';
  if (plain.split('/').some((part) => part === '' || part === '.' || part === '..')) return 'leaves the repository';
  return undefined;
}

async function* one(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

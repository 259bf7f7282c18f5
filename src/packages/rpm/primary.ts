// SPDX-License-Identifier: Apache-2.0
import { PACKAGE_NAME } from '../pin.ts';
import type { SortedLines } from '../sorted-lines.ts';
import { locationFault, wholeNumber } from './repomd.ts';
import { readXml, XmlFault } from './xml.ts';

/** Between the dependencies of one field; XML cannot hold it. */
export const separator = '\x1f';

const senses: Record<string, string> = { LT: '<', LE: '<=', EQ: '=', GE: '>=', GT: '>' };
/** What a package's line has of its dependencies, in this order. */
const kept = ['requires', 'conflicts', 'obsoletes', 'recommends', 'suggests'] as const;
type Entries = Record<'provides' | 'files' | (typeof kept)[number], string[]>;
const lists: readonly string[] = ['provides', ...kept];
const isList = (name: string): name is keyof Entries => lists.includes(name);
const noEntries = (): Entries => {
  return { provides: [], files: [], requires: [], conflicts: [], obsoletes: [], recommends: [], suggests: [] };
};
const plainPart = /^[\w+.~^]+$/;
const breaksLine = /[\t\n\r]/;

/**
 * Reads primary.xml (https://createrepo.baseurl.org) into lines for a table, see `RpmTable`: one for each binary package,
 * one for each name that it provides and each file that is listed. Throws XmlFault for what is not well-formed, or what a
 * package cannot be: fields that would not survive in a lock, a place outside of the repository, no SHA-256.
 */
export async function readPrimary(chunks: AsyncIterable<Uint8Array>, lines: SortedLines): Promise<void> {
  let root: string | undefined;
  let element = '';
  let list: keyof Entries | undefined;
  let fields = new Map<string, string>();
  let entries = noEntries();
  await readXml(chunks, {
    open(name, attributes) {
      root ??= name;
      element = name;
      switch (name) {
        case 'package':
          fields = new Map();
          entries = noEntries();
          break;
        case 'version':
          for (const part of ['epoch', 'ver', 'rel']) fields.set(part, attributes[part] ?? '');
          break;
        case 'checksum':
          fields.set('checksum type', attributes.type ?? '');
          break;
        case 'size':
          fields.set('size', attributes.package ?? '');
          break;
        case 'location':
          fields.set('href', attributes.href ?? '');
          fields.set('base', attributes['xml:base'] ?? '');
          break;
        case 'entry':
          if (list !== undefined) entries[list].push(entryText(attributes));
          break;
        default:
          if (isList(name)) list = name;
      }
    },
    text(text) {
      if (element === 'file') entries.files.push(text);
      else if (element === 'name' || element === 'arch' || element === 'checksum') {
        fields.set(element, (fields.get(element) ?? '') + text);
      }
    },
    close(name) {
      element = '';
      if (name === list) list = undefined;
      if (name === 'package') addPackage(lines, (field) => fields.get(field) ?? '', entries);
    },
  });
  if (root !== 'metadata') throw new XmlFault(`is no primary.xml: its outermost element is <${root}>`);
}

/** `name` or `name >= [E:]V[-R]`. */
function entryText({ name = '', flags, epoch, ver, rel }: Record<string, string>): string {
  const sense = senses[flags ?? ''];
  if (sense === undefined || !ver) return name;
  return `${name} ${sense} ${evrText(epoch, ver, rel)}`;
}

/** `[E:]V[-R]`, without an epoch of 0. */
export function evrText(epoch: string | undefined, version: string, release: string | undefined): string {
  const after = release ? `${version}-${release}` : version;
  return epoch && epoch !== '0' ? `${epoch}:${after}` : after;
}

function addPackage(lines: SortedLines, field: (name: string) => string, entries: Entries): void {
  const name = field('name');
  const architecture = field('arch');
  if (architecture === 'src' || architecture === 'nosrc') return;
  if (!PACKAGE_NAME.test(name)) throw new XmlFault(`has a package of the impossible name "${name}"`);
  const [epoch, version, release] = [field('epoch') || '0', field('ver'), field('rel')];
  if (![architecture, version, release].every((part) => plainPart.test(part)) || !/^\d{1,9}$/.test(epoch)) {
    throw new XmlFault(`has ${name} in an impossible version, "${epoch}:${version}-${release}.${architecture}"`);
  }
  const evr = evrText(epoch, version, release);
  const what = `has ${name}-${evr}.${architecture}`;
  const { href, base } = { href: field('href'), base: field('base') };
  const fault = base === '' ? locationFault(href) : `is at another place (xml:base "${base}")`;
  if (fault !== undefined) throw new XmlFault(`${what} at "${href}", which ${fault}`);
  const kind = field('checksum type');
  if (kind !== 'sha256') throw new XmlFault(`${what} with a checksum of type "${kind}", and only sha256 is trusted`);
  const sha256 = field('checksum').trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new XmlFault(`${what} without a SHA-256 of 64 hexadecimal digits`);
  const size = wholeNumber(field('size'));
  if (size === undefined) throw new XmlFault(`${what} without its size`);
  const dependencies = kept.map((list) => entries[list].join(separator));
  if (dependencies.some((text) => breaksLine.test(text)))
    throw new XmlFault(`${what}, whose dependencies have line breaks`);
  lines.add(name, [architecture, evr, href, size, sha256, ...dependencies].join('\t'));
  // An empty architecture tells these lines from packages.
  const provider = `\t${name}\t${architecture}\t${evr}\t`;
  for (const provided of entries.provides) {
    if (breaksLine.test(provided)) throw new XmlFault(`${what}, whose provides have line breaks`);
    const space = provided.startsWith('(') ? -1 : provided.indexOf(' ');
    const virtual = space < 0 ? provided : provided.slice(0, space);
    lines.add(virtual, space < 0 ? provider : provider + provided.slice(space + 1));
  }
  for (const path of entries.files) addFile(lines, path, provider);
}

/** Adds the line of a file. One that no dependency can name, having line breaks, is left out. */
export function addFile(lines: SortedLines, path: string, provider: string): void {
  if (path.startsWith('/') && !breaksLine.test(path)) lines.add(path, provider);
}

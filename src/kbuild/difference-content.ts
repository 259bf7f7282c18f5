// SPDX-License-Identifier: Apache-2.0
import { type ElfFile, readNotes, type Section } from './elf.ts';
import { readInfo, readVersions } from './module.ts';

/** A section of one of two files that are compared. */
export type Side = { elf: ElfFile; section: Section; content: Buffer };

type Explained = { symbol?: string; details: string[] };

const SHT_STRTAB = 3;
const SHT_SYMTAB = 2;
const SHT_RELA = 4;
const SHT_NOTE = 7;
const RELA_BYTES = 24;
const SHOWN = 6;
/** String literals, as the compiler puts them together. */
const STRINGS = /^\.rodata\.str/;
/** Real tables are far smaller, and each entry costs us more than its bytes; larger ones are compared as bytes. */
const MAXIMUM_TABLE_BYTES = 16 * 2 ** 20;

/** What differs between two sections of the same name that hold something we can read; undefined for others. */
export function explainContent(left: Side, right: Side): Explained | undefined {
  const { name, type } = left.section;
  if (Math.max(left.content.length, right.content.length) > MAXIMUM_TABLE_BYTES) return undefined;
  const both = <T>(read: (side: Side) => T): [T, T] => [read(left), read(right)];
  if (name === '.modinfo') return listed(...both(({ content }) => fields(content)));
  if (/^__version/.test(name)) return listed(...both(({ elf }) => versions(elf)));
  if (type === SHT_NOTE || name.startsWith('.note')) return listed(...both(({ content }) => notes(content)));
  if (type === SHT_STRTAB || STRINGS.test(name)) return listed(...both(({ content }) => strings(content)));
  if (type === SHT_SYMTAB) return listed(...both(({ elf }) => symbols(elf)));
  if (type === SHT_RELA) return explainRelocations(left, right);
  return undefined;
}

/** What is in one of two tables and not the same in the other. Undefined when the tables say the same in other bytes. */
function listed(left: Map<string, string>, right: Map<string, string>): Explained | undefined {
  const details: string[] = [];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [ours, theirs] = [left.get(key), right.get(key)];
    if (ours === theirs) continue;
    if (ours === undefined) details.push(`${describe(key, theirs)} only in the second`);
    else if (theirs === undefined) details.push(`${describe(key, ours)} only in the first`);
    else details.push(`${key}: ${ours} → ${theirs}`);
  }
  if (details.length === 0) return undefined;
  const more = details.length - SHOWN;
  return { details: more > 0 ? [...details.slice(0, SHOWN), `and ${more} more`] : details };
}

function describe(key: string, value = ''): string {
  return value === '' ? `"${key}"` : `${key} (${value})`;
}

/** A field that comes more than once is told by its number: `parm 3`. */
function fields(content: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, values] of Object.entries(readInfo(content))) {
    for (const [index, value] of values.entries()) found.set(index === 0 ? key : `${key} ${index + 1}`, value);
  }
  return found;
}

function versions(elf: ElfFile): Map<string, string> {
  return readVersions((name) => elf.content(elf.section(name)));
}

function notes(content: Buffer): Map<string, string> {
  const kinds = new Map([['GNU 3', 'build id']]);
  return new Map(
    [...readNotes(content)].map(({ owner, type, descriptor }) => {
      const key = `${owner} ${type}`;
      return [kinds.get(key) ?? `note ${key}`, descriptor.subarray(0, 32).toString('hex')];
    }),
  );
}

function strings(content: Buffer): Map<string, string> {
  return new Map(
    content
      .toString('utf8')
      .split('\0')
      .map((text) => [text, '']),
  );
}

function symbols(elf: ElfFile): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, section, value, size } of elf.symbols(() => true)) {
    if (name !== '')
      found.set(name, `${elf.sections[section]?.name || 'undefined'}+0x${value.toString(16)}, ${size} bytes`);
  }
  return found;
}

type Relocation = { at: number; what: string };

/** By what they mean, not by symbol numbers, which shift when any symbol comes or goes. */
function explainRelocations(left: Side, right: Side): Explained | undefined {
  const [ours, theirs] = [relocations(left), relocations(right)];
  const index = ours.findIndex(({ at, what }, one) => theirs[one]?.at !== at || theirs[one]?.what !== what);
  const [first, second] = [ours[index], theirs[index < 0 ? ours.length : index]];
  if (!first && !second) return { details: ['the same relocations, with other symbol numbers'] };
  const target = left.section.name.replace(/^\.rela?/, '');
  const symbol = left.elf.symbolAt(
    left.elf.sections.findIndex(({ name }) => name === target),
    (first ?? second)?.at ?? 0,
  );
  const show = (one: Relocation | undefined) => (one ? `${one.what} at 0x${one.at.toString(16)}` : 'no more');
  return { ...(symbol ? { symbol } : {}), details: [`${show(first)} → ${show(second)}`] };
}

function relocations({ elf, content }: Side): Relocation[] {
  const names = [...elf.symbols(() => true)].map(({ name, section }) => name || elf.sections[section]?.name || '');
  const found: Relocation[] = [];
  for (let at = 0; at + RELA_BYTES <= content.length; at += RELA_BYTES) {
    const name = names[content.readUInt32LE(at + 12)] ?? '?';
    const addend = content.readBigInt64LE(at + 16);
    found.push({
      at: Number(content.readBigUInt64LE(at)),
      what: `type ${content.readUInt32LE(at + 8)} ${name}${addend < 0 ? '' : '+'}${addend}`,
    });
  }
  return found;
}

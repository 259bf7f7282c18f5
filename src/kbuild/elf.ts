// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';

export type Section = { name: string; type: number; flags: number; offset: number; size: number; link: number };
/** `value` is where it begins in its section, `size` how many bytes it has. */
export type ElfSymbol = { name: string; binding: number; type: number; section: number; value: number; size: number };
export type Note = { owner: string; type: number; descriptor: Buffer };

const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHN_XINDEX = 0xffff;
/** No symbol or section of a kernel has a name near this long (KSYM_NAME_LEN is 512); a longer one is an attack on our memory. */
const MAXIMUM_NAME = 1024;
const MAXIMUM_SECTIONS = 65_536;

export const ET_REL = 1;
export const EM_BPF = 247;
export const SHF_EXECINSTR = 4;
export const SHN_UNDEF = 0;
export const STB_LOCAL = 0;
export const STB_WEAK = 2;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;

/**
 * A 64-bit little-endian ELF file held in memory, see elf(5). Every offset in the file is checked before it is
 * followed: whatever the bytes are, reading them ends in a value or in an InputError that starts with `where`.
 */
export class ElfFile {
  readonly type: number;
  readonly machine: number;
  readonly sections: Section[];
  private readonly data: Buffer;
  private readonly where: string;

  constructor(data: Buffer, where: string) {
    this.data = data;
    this.where = where;
    if (data.length < HEADER_BYTES || data.readUInt32BE(0) !== 0x7f454c46) throw this.damaged('not an ELF file');
    if (data[4] !== 2 || data[5] !== 1) throw this.damaged('not a 64-bit little-endian ELF file');
    this.type = data.readUInt16LE(16);
    this.machine = data.readUInt16LE(18);
    this.sections = this.readSections();
  }

  /** The first section of that name. */
  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** The bytes of a section, shared with the file; empty when the section is missing or has none. */
  content(section: Section | undefined): Buffer {
    return section && section.type !== SHT_NOBITS
      ? this.slice(section.offset, section.size, section.name)
      : Buffer.alloc(0);
  }

  /** The symbols for which `wanted` says true, which sees them before their name is read. */
  *symbols(wanted: (symbol: Omit<ElfSymbol, 'name'>) => boolean): Generator<ElfSymbol> {
    for (const table of this.sections.filter(({ type }) => type === SHT_SYMTAB)) {
      const entries = this.content(table);
      const names = this.content(this.sections[table.link]);
      for (let at = 0; at + SYMBOL_BYTES <= entries.length; at += SYMBOL_BYTES) {
        const info = entries[at + 4] ?? 0;
        const symbol = {
          binding: info >> 4,
          type: info & 0xf,
          section: entries.readUInt16LE(at + 6),
          value: Number(entries.readBigUInt64LE(at + 8)),
          size: Number(entries.readBigUInt64LE(at + 16)),
        };
        if (wanted(symbol)) yield { name: this.text(names, entries.readUInt32LE(at)), ...symbol };
      }
    }
  }

  /** The function or object that holds a byte of a section, as `name+0x1c`; undefined when no symbol says so. */
  symbolAt(section: number, offset: number): string | undefined {
    let best: ElfSymbol | undefined;
    const holds = ({ type, section: own, value, size }: Omit<ElfSymbol, 'name'>) =>
      own === section && (type === STT_OBJECT || type === STT_FUNC) && value <= offset && offset < value + size;
    for (const symbol of this.symbols(holds)) if (!best || symbol.value >= best.value) best = symbol;
    return best && `${best.name}+0x${(offset - best.value).toString(16)}`;
  }

  private readSections(): Section[] {
    const offset = this.integer(40);
    if (offset === 0) return [];
    if (this.data.readUInt16LE(58) !== SECTION_BYTES) throw this.damaged('its section headers have an unknown size');
    // Section 0 carries what does not fit into 16 bits.
    const first = this.slice(offset, SECTION_BYTES, 'section headers');
    const count = this.data.readUInt16LE(60) || Number(first.readBigUInt64LE(32));
    if (count > MAXIMUM_SECTIONS) throw this.damaged(`more than ${MAXIMUM_SECTIONS} sections`);
    const namesIndex = this.data.readUInt16LE(62);
    const headers = this.slice(offset, count * SECTION_BYTES, 'section headers');
    const found = Array.from({ length: count }, (_, index) => {
      const at = index * SECTION_BYTES;
      return {
        nameOffset: headers.readUInt32LE(at),
        type: headers.readUInt32LE(at + 4),
        flags: Number(headers.readBigUInt64LE(at + 8)),
        offset: Number(headers.readBigUInt64LE(at + 24)),
        size: Number(headers.readBigUInt64LE(at + 32)),
        link: headers.readUInt32LE(at + 40),
      };
    });
    const table = found[namesIndex === SHN_XINDEX ? first.readUInt32LE(40) : namesIndex];
    const names = table ? this.slice(table.offset, table.size, 'section names') : Buffer.alloc(0);
    return found.map(({ nameOffset, ...section }) => ({ name: this.text(names, nameOffset), ...section }));
  }

  private integer(at: number): number {
    return Number(this.data.readBigUInt64LE(at));
  }

  private slice(offset: number, size: number, what: string): Buffer {
    if (!(offset + size <= this.data.length))
      throw this.damaged(`${what} lies outside the file, which is cut short or damaged`);
    return this.data.subarray(offset, offset + size);
  }

  private text(table: Buffer, offset: number): string {
    const end = offset < table.length ? table.indexOf(0, offset) : -1;
    if (end < 0) {
      if (offset === 0) return '';
      throw this.damaged('a name lies outside its string table');
    }
    if (end - offset > MAXIMUM_NAME) throw this.damaged(`a name is longer than ${MAXIMUM_NAME} bytes`);
    return table.toString('utf8', offset, end);
  }

  private damaged(what: string): InputError {
    return new InputError(what, { where: this.where });
  }
}

/** The notes of a note section, see elf(5); reading stops at one that does not fit. */
export function* readNotes(notes: Buffer): Generator<Note> {
  for (let at = 0; at + 12 <= notes.length; ) {
    const nameSize = notes.readUInt32LE(at);
    const descriptorSize = notes.readUInt32LE(at + 4);
    const descriptor = at + 12 + align(nameSize);
    const end = descriptor + descriptorSize;
    if (end > notes.length) return;
    const owner = notes.toString('latin1', at + 12, at + 12 + Math.max(0, nameSize - 1));
    yield { owner, type: notes.readUInt32LE(at + 8), descriptor: notes.subarray(descriptor, end) };
    at = descriptor + align(descriptorSize);
  }
}

/** The descriptor of the first note of that owner and type in a note section; undefined when there is none. */
export function findNote(notes: Buffer, owner: string, type: number): Buffer | undefined {
  for (const note of readNotes(notes)) if (note.type === type && note.owner === owner) return note.descriptor;
  return undefined;
}

function align(size: number): number {
  return Math.ceil(size / 4) * 4;
}

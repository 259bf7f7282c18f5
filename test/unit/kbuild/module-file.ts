// SPDX-License-Identifier: Apache-2.0

export type SectionSpec = { name: string; content: Buffer; type?: number; flags?: number; link?: string };
export type SymbolSpec = {
  name: string;
  binding: number;
  section: number;
  type?: number;
  value?: number;
  size?: number;
};

const PROGBITS = 1;
const SYMTAB = 2;
const STRTAB = 3;

/** A 64-bit little-endian relocatable ELF file of these sections. */
export function makeElf(specs: SectionSpec[], { type = 1, machine = 62 } = {}): Buffer {
  const sections: SectionSpec[] = [{ name: '', content: Buffer.alloc(0), type: 0 }, ...specs];
  const names = stringTable([...sections.map(({ name }) => name), '.shstrtab']);
  sections.push({ name: '.shstrtab', content: names.content, type: STRTAB });
  const header = Buffer.alloc(64);
  let offset = header.length;
  const headers = sections.map(({ name, content, type: kind = PROGBITS, flags = 0, link }) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(names.offsets.get(name) ?? 0, 0);
    entry.writeUInt32LE(kind, 4);
    entry.writeBigUInt64LE(BigInt(flags), 8);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(content.length), 32);
    entry.writeUInt32LE(link === undefined ? 0 : sections.findIndex((one) => one.name === link), 40);
    offset += content.length;
    return entry;
  });
  header.write('7f454c46020101', 'hex');
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(BigInt(offset), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(sections.length, 60);
  header.writeUInt16LE(sections.length - 1, 62);
  return Buffer.concat([header, ...sections.map(({ content }) => content), ...headers]);
}

/** `.symtab` and `.strtab` with these symbols. */
export function symbolSections(symbols: SymbolSpec[]): SectionSpec[] {
  const names = stringTable(symbols.map(({ name }) => name));
  const entries = symbols.map(({ name, binding, section, type = 0, value = 0, size = 0 }) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(names.offsets.get(name) ?? 0, 0);
    entry[4] = (binding << 4) | type;
    entry.writeUInt16LE(section, 6);
    entry.writeBigUInt64LE(BigInt(value), 8);
    entry.writeBigUInt64LE(BigInt(size), 16);
    return entry;
  });
  return [
    { name: '.symtab', content: Buffer.concat(entries), type: SYMTAB, link: '.strtab' },
    { name: '.strtab', content: names.content, type: STRTAB },
  ];
}

export function modinfo(...entries: string[]): SectionSpec {
  return { name: '.modinfo', content: Buffer.from(entries.map((entry) => `${entry}\0`).join('')) };
}

/** `__versions` as kernels have it. */
export function versions(crcs: Record<string, number>): SectionSpec {
  const entries = Object.entries(crcs).map(([symbol, crc]) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(crc, 0);
    entry.write(symbol, 8);
    return entry;
  });
  return { name: '__versions', content: Buffer.concat(entries) };
}

/** The two sections for symbol versions with names of any length (6.14 and later). */
export function extendedVersions(crcs: Record<string, number>): SectionSpec[] {
  const values = Buffer.alloc(Object.keys(crcs).length * 4);
  Object.values(crcs).forEach((crc, index) => {
    values.writeUInt32LE(crc, index * 4);
  });
  const names = Buffer.from(
    Object.keys(crcs)
      .map((name) => `${name}\0`)
      .join(''),
  );
  return [
    { name: '__version_ext_crcs', content: values },
    { name: '__version_ext_names', content: names },
  ];
}

export function note(owner: string, type: number, descriptor: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(owner.length + 1, 0);
  header.writeUInt32LE(descriptor.length, 4);
  header.writeUInt32LE(type, 8);
  return Buffer.concat([header, pad(Buffer.from(`${owner}\0`)), pad(descriptor)]);
}

function pad(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

function stringTable(names: string[]): { content: Buffer; offsets: Map<string, number> } {
  const offsets = new Map([['', 0]]);
  let length = 1;
  for (const name of names) {
    if (offsets.has(name)) continue;
    offsets.set(name, length);
    length += Buffer.byteLength(name) + 1;
  }
  return { content: Buffer.from([...offsets.keys()].map((name) => `${name}\0`).join('')), offsets };
}

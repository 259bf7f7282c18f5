// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import { readAt } from '../host/files.ts';
import { ElfFile, EM_BPF, ET_REL, SHF_EXECINSTR, STB_LOCAL, STT_FUNC, STT_OBJECT } from '../kbuild/elf.ts';
import { readContent } from '../kbuild/module.ts';

/** A program of an object: the function, and the section that says what it is for (`sockops`, `sk_msg`). */
export type Program = { name: string; section: string };

/** What an eBPF object says of itself. */
export type ProgramObject = {
  path: string;
  /** Of the file, without `.bpf.o`. */
  name: string;
  sha256: string;
  size: number;
  /** Sections that hold programs, in the order of the file. */
  sections: string[];
  programs: Program[];
  /** Names of the maps. */
  maps: string[];
  /** Absent when it has none. */
  license?: string;
  /** Whether it carries type information. */
  btf: boolean;
};

/** Functions that the programs of the object call: no section of programs, see libbpf. */
const SUBPROGRAMS = '.text';
/** Real objects have some dozens; more is an attack on our memory. */
const MAXIMUM_NAMES = 4096;
const MAXIMUM_LICENSE = 128;
const HEADER_BYTES = 20;
/** Of the header of an ELF file, see elf(5). */
const E_MACHINE = 18;

/**
 * Reads an eBPF object (.bpf.o) without trusting a byte of it.
 * Throws InputError naming the file when it is missing, damaged, larger than 128 MiB, or no eBPF object.
 */
export async function readObject(path: string): Promise<ProgramObject> {
  const { content, sha256, size } = await readContent(path);
  return { path, name: nameOf(path), sha256, size, ...parseObject(content, path) };
}

/** The same of a file that was read before; `where` names it in errors. */
export function parseObject(
  content: Buffer,
  where: string,
): Pick<ProgramObject, 'sections' | 'programs' | 'maps' | 'license' | 'btf'> {
  const elf = new ElfFile(content, where);
  if (elf.machine !== EM_BPF || elf.type !== ET_REL) throw new InputError('not an eBPF object', { where });
  const isOfPrograms = (index: number) => {
    const section = elf.sections[index];
    return section !== undefined && (section.flags & SHF_EXECINSTR) !== 0 && section.size > 0;
  };
  // BTF-defined maps, and those of the time before.
  const isOfMaps = (index: number) => /^(\.maps|maps(\/.*)?)$/.test(elf.sections[index]?.name ?? '');
  const programs: Program[] = [];
  const maps: string[] = [];
  const symbols = elf.symbols(
    ({ type, binding, section }) =>
      binding !== STB_LOCAL &&
      ((type === STT_FUNC && isOfPrograms(section)) || (type === STT_OBJECT && isOfMaps(section))),
  );
  for (const { name, type, section } of symbols) {
    const holder = elf.sections[section]?.name ?? '';
    if (type === STT_OBJECT) maps.push(name);
    else if (holder !== SUBPROGRAMS) programs.push({ name, section: holder });
    if (programs.length + maps.length > MAXIMUM_NAMES) {
      throw new InputError(`more than ${MAXIMUM_NAMES} programs and maps`, { where });
    }
  }
  const license = elf.section('license');
  return {
    sections: [...new Set(programs.map(({ section }) => section))],
    programs,
    maps: maps.sort(),
    ...(license ? { license: readLicense(elf.content(license)) } : {}),
    btf: elf.section('.BTF') !== undefined,
  };
}

/** Whether a file is an eBPF object, by its first bytes; no when it cannot be read. */
export async function isObject(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const header = await file?.stat().then((status) => (status.isFile() ? readAt(file, 0, HEADER_BYTES) : undefined));
    if (header?.length !== HEADER_BYTES || header.readUInt32BE(0) !== 0x7f454c46) return false;
    return header.readUInt16LE(E_MACHINE) === EM_BPF;
  } finally {
    await file?.close();
  }
}

function readLicense(section: Buffer): string {
  return section.toString('utf8', 0, MAXIMUM_LICENSE).split('\0', 1)[0] ?? '';
}

function nameOf(path: string): string {
  return basename(path).replace(/(\.bpf)?\.o$/, '');
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import { CorruptData, compressionAt, decompress, type Programs, readRange } from '../host/decompress.ts';
import { ElfFile, ET_REL, findNote, SHN_UNDEF, STB_LOCAL, STB_WEAK } from './elf.ts';
import { type ModuleSignature, splitSignature } from './signature.ts';

/** A symbol the module takes from the kernel or another module; `crc` is `0x` and eight digits, absent without CONFIG_MODVERSIONS. */
export type Import = { symbol: string; crc?: string; weak?: true };
export type Parameter = { name: string; type?: string; description?: string };

export type ModuleFile = {
  path: string;
  sha256: string;
  size: number;
  name: string;
  vermagic: string;
  srcversion?: string;
  /** Every field of .modinfo, in file order; a field may come more than once. */
  info: Record<string, string[]>;
  depends: string[];
  parameters: Parameter[];
  imports: Import[];
  /** Whether the module carries symbol versions, which makes the kernel ignore the release part of vermagic. */
  versioned: boolean;
  signed: boolean;
  signature?: ModuleSignature;
  btf: boolean;
  /** Its BTF brings what it needs of the kernel's own (.BTF.base, 6.11 and later), so that it fits other kernels too. */
  portableBtf: boolean;
  buildId?: string;
};

const MAXIMUM_BYTES = 128 * 2 ** 20;
const MAXIMUM_IMPORTS = 65_536;
/** Of the tables of small things; real ones are far smaller, and each thing costs us more than its bytes. */
const MAXIMUM_TABLE_BYTES = 4 * 2 ** 20;
const NT_GNU_BUILD_ID = 3;
/** struct modversion_info: 64-bit CRC, name filled up with zeros. */
const VERSION_BYTES = 64;
/** `name` in struct module, after `enum module_state` and a list head; the same from 3.10 to 7.x. */
const NAME_IN_THIS_MODULE = 24;

/**
 * Reads a kernel module (.ko, also compressed with gzip, xz or zstd) without trusting a byte of it.
 * Throws InputError naming the file when it is missing, damaged, larger than 128 MiB, or no kernel module.
 */
export async function readModule(path: string, programs: Programs = {}): Promise<ModuleFile> {
  return parseModule(await readContent(path, programs), path);
}

/** The same of a file that was read before. */
export function parseModule(file: Content, path: string): ModuleFile {
  const { elf: image, signature } = splitSignature(file.content);
  const elf = new ElfFile(image, path);
  if (elf.type !== ET_REL || !elf.section('.modinfo'))
    throw new InputError('not a kernel module: it has no .modinfo section', { where: path });
  const table = (name: string): Buffer => {
    const content = elf.content(elf.section(name));
    if (content.length > MAXIMUM_TABLE_BYTES)
      throw new InputError(`its ${name} is too large to be true`, { where: path });
    return content;
  };
  const info = readInfo(table('.modinfo'));
  const crcs = readVersions(table);
  const note = findNote(elf.content(elf.section('.note.gnu.build-id')), 'GNU', NT_GNU_BUILD_ID);
  const srcversion = info.srcversion?.[0];
  return {
    path,
    sha256: file.sha256,
    size: file.size,
    name: info.name?.[0] ?? readOwnName(elf) ?? nameOfFile(path),
    vermagic: info.vermagic?.[0]?.trimEnd() ?? '',
    ...(srcversion === undefined ? {} : { srcversion }),
    info,
    depends: (info.depends ?? []).flatMap((names) => names.split(',')).filter((name) => name !== ''),
    parameters: readParameters(info),
    imports: readImports(elf, crcs, path),
    versioned: crcs.size > 0,
    signed: signature !== undefined,
    ...(signature ? { signature } : {}),
    btf: elf.section('.BTF') !== undefined,
    portableBtf: elf.section('.BTF.base') !== undefined,
    ...(note ? { buildId: note.toString('hex') } : {}),
  };
}

/** Whether a module file (not compressed) has a section of that name; throws InputError as `readModule` does. */
export async function hasSection(path: string, name: string): Promise<boolean> {
  const { content } = await readContent(path);
  return new ElfFile(content, path).section(name) !== undefined;
}

/** What is in the file, unpacked when it was compressed; digest and size are those of the file as it is. */
export type Content = { content: Buffer; sha256: string; size: number };

/** Reads a file that should be a module, unpacked when it is compressed. Throws InputError as `readModule` does. */
export async function readContent(path: string, programs: Programs = {}): Promise<Content> {
  const tooLarge = () =>
    new InputError(`larger than ${MAXIMUM_BYTES / 2 ** 20} MiB, which no code for a kernel is`, { where: path });
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`cannot be read (${error.code})`, { where: path, cause: error });
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new InputError('not a file', { where: path });
    if (status.size > MAXIMUM_BYTES) throw tooLarge();
    const hash = createHash('sha256');
    const compression = await compressionAt(file);
    const hashed = async function* () {
      for await (const chunk of readRange(file)) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const chunks: Uint8Array[] = [];
    let total = 0;
    for await (const chunk of decompress(hashed(), compression, programs)) {
      chunks.push(chunk);
      total += chunk.length;
      if (total > MAXIMUM_BYTES) throw tooLarge();
    }
    return { content: Buffer.concat(chunks), sha256: hash.digest('hex'), size: status.size };
  } catch (error) {
    if (error instanceof CorruptData) throw new InputError(error.message, { where: path, cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

/** The fields of a .modinfo section. */
export function readInfo(section: Buffer): Record<string, string[]> {
  const info = new Map<string, string[]>();
  for (const entry of section.toString('utf8').split('\0')) {
    const equals = entry.indexOf('=');
    if (equals < 1) continue;
    const key = entry.slice(0, equals);
    const values = info.get(key) ?? [];
    values.push(entry.slice(equals + 1));
    info.set(key, values);
  }
  // Not by assignment: the keys come from the file, and `__proto__` is a possible one.
  return Object.fromEntries(info);
}

/** CRCs by symbol, from `__versions`, or from the pair of sections that 6.14 and later use for names of any length. */
export function readVersions(table: (name: string) => Buffer): Map<string, string> {
  const crcs = new Map<string, string>();
  const versions = table('__versions');
  for (let at = 0; at + VERSION_BYTES <= versions.length; at += VERSION_BYTES) {
    const [symbol = ''] = versions.toString('latin1', at + 8, at + VERSION_BYTES).split('\0', 1);
    crcs.set(symbol, formatCrc(versions.readUInt32LE(at)));
  }
  const extended = table('__version_ext_crcs');
  const names = table('__version_ext_names').toString('latin1').split('\0');
  for (let index = 0; index * 4 + 4 <= extended.length; index++) {
    const symbol = names[index];
    if (symbol) crcs.set(symbol, formatCrc(extended.readUInt32LE(index * 4)));
  }
  return crcs;
}

/** A CRC as Module.symvers and `modinfo` write it. */
function formatCrc(crc: number): string {
  return `0x${crc.toString(16).padStart(8, '0')}`;
}

function readImports(elf: ElfFile, crcs: Map<string, string>, where: string): Import[] {
  const imports = new Map<string, Import>();
  // `module_layout` is not a symbol of the file: its CRC stands for struct module and is checked like the others.
  const layout = crcs.get('module_layout');
  if (layout) imports.set('module_layout', { symbol: 'module_layout', crc: layout });
  for (const { name, binding } of elf.symbols(
    ({ section, binding }) => section === SHN_UNDEF && binding !== STB_LOCAL,
  )) {
    const crc = crcs.get(name);
    imports.set(name, {
      symbol: name,
      ...(crc ? { crc } : {}),
      ...(binding === STB_WEAK ? { weak: true as const } : {}),
    });
    if (imports.size > MAXIMUM_IMPORTS) throw new InputError(`imports more than ${MAXIMUM_IMPORTS} symbols`, { where });
  }
  return [...imports.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function readParameters(info: Record<string, string[]>): Parameter[] {
  const parameters = new Map<string, Parameter>();
  const split = (entry: string): [string, string] => {
    const colon = entry.indexOf(':');
    return colon < 0 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)];
  };
  for (const entry of info.parmtype ?? []) {
    const [name, type] = split(entry);
    parameters.set(name, { name, type });
  }
  for (const entry of info.parm ?? []) {
    const [name, description] = split(entry);
    parameters.set(name, { ...parameters.get(name), name, description });
  }
  return [...parameters.values()];
}

function readOwnName(elf: ElfFile): string | undefined {
  const own = elf.content(elf.section('.gnu.linkonce.this_module'));
  return own.toString('latin1', NAME_IN_THIS_MODULE, NAME_IN_THIS_MODULE + 56).split('\0', 1)[0] || undefined;
}

function nameOfFile(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

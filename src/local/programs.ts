// SPDX-License-Identifier: Apache-2.0
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { ElfFile } from '../kbuild/elf.ts';
import type { Graft, Sysroot } from '../sysroot/compose.ts';
import { insideRoot } from '../sysroot/inside.ts';
import { placeOf } from './links.ts';

/** What a program asks of the system that it runs on: libraries by name, and which versions of their symbols. */
export type Needs = Map<string, Set<string>>;

/** Programs of a kernel tree that run when a module is built. The others are for the kernel itself. */
const RUN_FOR_MODULES = [
  'scripts/basic/fixdep',
  'scripts/gendwarfksyms/gendwarfksyms',
  'scripts/genksyms/genksyms',
  'scripts/mod/modpost',
  // Debian's modpost runs the one that is for the machine of the kernel, by its own name with this end.
  'scripts/mod/modpost.real-lsb-64',
  'scripts/recordmcount',
  'tools/bpf/resolve_btfids/resolve_btfids',
  'tools/objtool/objtool',
];
const LIBRARY_DIRECTORIES = ['usr/lib/x86_64-linux-gnu', 'usr/lib64', 'usr/lib'];
const LOADER = 'ld-linux-x86-64.so.2';
/** From 2.33 on the loader of the C library can give a program a name. */
const ARGV0: Needs = new Map([['libc.so.6', new Set(['GLIBC_2.33'])]]);
const EM_X86_64 = 62;
const MAXIMUM_BYTES = 256 * 2 ** 20;
/** The C library has some fifty. */
const MAXIMUM_VERSIONS = 500;
const VER_FLG_WEAK = 2;
/** Where the libraries of another sysroot and the programs that want them are seen. */
const COMPAT = '/kernel/compat';

/**
 * The tree's own programs were linked on the machine where it was built, maybe against a newer C library than the toolchain
 * has, or with libraries that it lacks. Those are run with the libraries of the first of `others` that has all they need, by a
 * wrapper in their place; they cannot be built anew, for a tree need not have their sources. `scratch` gets the wrappers.
 * Returns what has to be grafted. Throws InputError for a program of another processor, or that runs nowhere here.
 */
export async function fitPrograms(
  { directory, linked, scratch }: { directory: string; linked: Graft[]; scratch: string },
  toolchain: Sysroot,
  others: (() => Promise<Sysroot>)[],
): Promise<Graft[]> {
  const grafts: Graft[] = [];
  for (const program of RUN_FOR_MODULES) {
    const path = join(directory, program);
    const needs = await readNeeds(path);
    if (needs === undefined || (await lackOf(toolchain, needs)) === undefined) continue;
    const index = await firstThatFits(needs, others);
    if (index === undefined) {
      throw new InputError(`the tree's program needs ${await lackOf(toolchain, needs)}, which no toolchain here has`, {
        where: path,
        remedy: 'Run `make modules_prepare` on a system that is not newer than the newest distribution of the matrix.',
      });
    }
    const sysroot = await others[index]?.();
    if (!sysroot) continue;
    const name = program.replaceAll('/', '-');
    const libraries = `${COMPAT}/${index}`;
    const wrapper = join(scratch, name);
    const original = `${COMPAT}/programs/${name}`;
    const loader = [`${libraries}/${LOADER}`, '--inhibit-cache', '--library-path', libraries];
    // By its name a program may find others beside it.
    if ((await lackOf(sysroot, ARGV0)) === undefined) loader.push('--argv0', '"$0"');
    await writeFile(wrapper, `#!/bin/sh\nexec ${loader.join(' ')} ${original} "$@"\n`, { mode: 0o755 });
    if (!grafts.some(({ to }) => to === libraries)) grafts.push({ from: await librariesOf(sysroot), to: libraries });
    grafts.push({ from: path, to: original }, { from: wrapper, to: await placeOf(directory, program, linked) });
  }
  return grafts;
}

/** What a program needs; undefined for one that is not there, is no ELF file (a script), or is linked statically. */
export async function readNeeds(path: string): Promise<Needs | undefined> {
  const data = await readElf(path);
  if (data === undefined) return undefined;
  const machine = data.length > 20 ? data.readUInt16LE(18) : 0;
  if (data[4] !== 2 || data[5] !== 1 || machine !== EM_X86_64) {
    throw new InputError(`a program for another processor (ELF machine ${machine})`, {
      where: path,
      remedy: 'The tree was prepared on another kind of machine: run `make modules_prepare` in it on x86-64.',
    });
  }
  const elf = new ElfFile(data, path);
  const interpreter = textAt(elf.content(elf.section('.interp')), 0);
  if (interpreter === '') return undefined;
  // One of another C library (musl) is named by its loader, which no library here is called.
  const needs: Needs = new Map([[interpreter.replace(/.*\//, ''), new Set()]]);
  const names = elf.content(elf.section('.dynstr'));
  const dynamic = elf.content(elf.section('.dynamic'));
  for (let at = 0; at + 16 <= dynamic.length; at += 16) {
    if (dynamic.readBigUInt64LE(at) === 1n)
      needs.set(textAt(names, Number(dynamic.readBigUInt64LE(at + 8))), new Set());
  }
  for (const { name, versions } of readVersionNeeds(elf.content(elf.section('.gnu.version_r')), names)) {
    for (const version of versions) needs.get(name)?.add(version);
  }
  return needs;
}

/** The first thing that a sysroot lacks for a program: a library, or a version of one; undefined when it runs there. */
export async function lackOf(sysroot: Sysroot, needs: Needs): Promise<string | undefined> {
  for (const [name, versions] of needs) {
    const data = await findLibrary(sysroot, name);
    if (data === undefined) return name;
    if (versions.size === 0) continue;
    const elf = new ElfFile(data, name);
    const offered = readVersionOffers(elf.content(elf.section('.gnu.version_d')), elf.content(elf.section('.dynstr')));
    for (const version of versions) if (!offered.has(version)) return `${version} of ${name}`;
  }
  return undefined;
}

async function firstThatFits(needs: Needs, others: (() => Promise<Sysroot>)[]): Promise<number | undefined> {
  for (const [index, other] of others.entries()) {
    if ((await lackOf(await other(), needs)) === undefined) return index;
  }
  return undefined;
}

async function findLibrary({ root }: Sysroot, name: string): Promise<Buffer | undefined> {
  if (!/^[\w.+-]+$/.test(name)) return undefined;
  for (const directory of LIBRARY_DIRECTORIES) {
    const data = await readElf(insideRoot(root, `${directory}/${name}`));
    if (data) return data;
  }
  return undefined;
}

async function librariesOf({ root }: Sysroot): Promise<string> {
  for (const directory of LIBRARY_DIRECTORIES) {
    const path = insideRoot(root, directory);
    if (await stat(join(path, LOADER)).catch(() => undefined)) return path;
  }
  return insideRoot(root, 'usr/lib');
}

async function readElf(path: string): Promise<Buffer | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > MAXIMUM_BYTES) return undefined;
  const data = await readFile(path);
  return data.toString('latin1', 0, 4) === '\x7fELF' ? data : undefined;
}

/** Verneed and Vernaux of elf(5). Versions marked weak are not needed. */
function readVersionNeeds(section: Buffer, names: Buffer): { name: string; versions: string[] }[] {
  const needs: { name: string; versions: string[] }[] = [];
  for (const at of chain(section, 0, { size: 16, next: 12 })) {
    const [count, first] = [section.readUInt16LE(at + 2), at + section.readUInt32LE(at + 8)];
    const versions = [...chain(section, first, { size: 16, next: 12, count })]
      .filter((aux) => (section.readUInt16LE(aux + 4) & VER_FLG_WEAK) === 0)
      .map((aux) => textAt(names, section.readUInt32LE(aux + 8)));
    needs.push({ name: textAt(names, section.readUInt32LE(at + 4)), versions });
  }
  return needs;
}

/** Verdef and the first Verdaux of each, which is the version's name. */
function readVersionOffers(section: Buffer, names: Buffer): Set<string> {
  const offers = new Set<string>();
  for (const at of chain(section, 0, { size: 20, next: 16 })) {
    const aux = at + section.readUInt32LE(at + 12);
    if (aux + 8 <= section.length) offers.add(textAt(names, section.readUInt32LE(aux)));
  }
  return offers;
}

type Chain = { size: number; next: number; count?: number };

/** Where the entries of a chain start: each says at `next` how far on the following one is, and the last one says 0. */
function* chain(section: Buffer, start: number, { size, next, count = MAXIMUM_VERSIONS }: Chain): Generator<number> {
  let at = start;
  for (let left = Math.min(count, MAXIMUM_VERSIONS); left > 0 && at + size <= section.length; left--) {
    yield at;
    const step = section.readUInt32LE(at + next);
    if (step < size) return;
    at += step;
  }
}

function textAt(table: Buffer, offset: number): string {
  const end = offset < table.length ? table.indexOf(0, offset) : -1;
  return end < 0 ? '' : table.toString('latin1', offset, end);
}

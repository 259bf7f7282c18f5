// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { compareModules } from '../../../src/kbuild/difference.ts';
import { makeElf, modinfo, note, type SectionSpec, symbolSections, versions } from './module-file.ts';

const TEXT = 1;
const FUNCTION = 2;
const GLOBAL = 1;
const MARKER = Buffer.from('~Module signature appended~\n');

type Parts = {
  text?: Buffer;
  info?: string[];
  crcs?: Record<string, number>;
  names?: string[];
  buildId?: string;
  relocations?: Buffer;
  more?: SectionSpec[];
};

/** A module of two functions of 16 bytes each. */
function moduleOf(parts: Parts = {}): Buffer {
  const { text = Buffer.alloc(32, 0x90), info = ['name=sample', 'srcversion=AAAA'], more = [] } = parts;
  const { crcs = { _printk: 1, kfree: 2 }, names = ['kfree', 'kmalloc'], buildId = 'aa' } = parts;
  return makeElf([
    { name: '.text', content: text },
    modinfo(...info),
    versions(crcs),
    { name: '.note.gnu.build-id', content: note('GNU', 3, Buffer.from(buildId, 'hex')), type: 7 },
    { name: '.rela.text', content: parts.relocations ?? relocation(20, 1), type: 4 },
    ...symbolSections([
      { name: '', binding: 0, section: 0 },
      ...names.map((name) => ({ name, binding: GLOBAL, section: 0 })),
      { name: 'first', binding: GLOBAL, section: TEXT, type: FUNCTION, value: 0, size: 16 },
      { name: 'second', binding: GLOBAL, section: TEXT, type: FUNCTION, value: 16, size: 16 },
    ]),
    ...more,
  ]);
}

function relocation(at: number, symbol: number, addend = -4): Buffer {
  const entry = Buffer.alloc(24);
  entry.writeBigUInt64LE(BigInt(at), 0);
  entry.writeUInt32LE(4, 8);
  entry.writeUInt32LE(symbol, 12);
  entry.writeBigInt64LE(BigInt(addend), 16);
  return entry;
}

function changed(buffer: Buffer, at: number): Buffer {
  const copy = Buffer.from(buffer);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}

const text = Buffer.alloc(32, 0x90);
const compare = (parts: Parts) => compareModules(moduleOf(), moduleOf(parts));

describe('two modules that differ', () => {
  test('are the same to the bit only when they are', () => {
    expect(compare({})).toEqual([]);
  });

  test('in code: the section, the byte, the function that holds it', () => {
    expect(compare({ text: changed(text, 21) })).toEqual([
      { place: 'section .text', symbol: 'second+0x5', offset: 21, details: ['9090909090909090 → 6f90909090909090'] },
    ]);
    expect(compare({ text: changed(text, 0) })[0]).toMatchObject({ symbol: 'first+0x0' });
  });

  test('in size: how many bytes, also where one ends', () => {
    const [difference] = compare({ text: Buffer.alloc(40, 0x90) });
    expect(difference).toEqual({
      place: 'section .text',
      offset: 32,
      details: ['its end → 9090909090909090', '32 → 40 bytes'],
    });
  });

  test('in what .modinfo says: the fields', () => {
    expect(compare({ info: ['name=sample', 'srcversion=BBBB', 'intree=Y'] })).toEqual([
      {
        place: 'section .modinfo',
        offset: 23,
        details: ['srcversion: AAAA → BBBB', 'intree (Y) only in the second', '28 → 37 bytes'],
      },
    ]);
  });

  test('in a field of .modinfo that comes more than once: which of them', () => {
    const before = moduleOf({ info: ['parm=a:one', 'parm=b:two'] });
    const [difference] = compareModules(before, moduleOf({ info: ['parm=a:one', 'parm=b:ten'] }));
    expect(difference?.details).toEqual(['parm 2: b:two → b:ten']);
  });

  test('in a string literal: the string', () => {
    const literals = (text: string) => moduleOf({ more: [{ name: '.rodata.str1.1', content: Buffer.from(text) }] });
    expect(compareModules(literals('4789\x006081\0'), literals('4789\x006082\0'))).toEqual([
      {
        place: 'section .rodata.str1.1',
        offset: 8,
        details: ['"6081" only in the first', '"6082" only in the second'],
      },
    ]);
  });

  test('in symbol versions: the symbols', () => {
    const [difference] = compare({ crcs: { _printk: 1, kfree: 3 } });
    expect(difference).toMatchObject({
      place: 'section __versions',
      details: ['kfree: 0x00000002 → 0x00000003'],
    });
  });

  test('in a name: the strings', () => {
    const differences = compare({ names: ['kfrob', 'kmalloc'] });
    expect(differences.map(({ place }) => place)).toEqual(['section .strtab']);
    expect(differences[0]?.details).toEqual(['"kfree" only in the first', '"kfrob" only in the second']);
  });

  test('in a relocation: what it refers to, and the function that holds it', () => {
    expect(compare({ relocations: relocation(20, 2) })).toMatchObject([
      {
        place: 'section .rela.text',
        symbol: 'second+0x4',
        details: ['type 4 kfree-4 at 0x14 → type 4 kmalloc-4 at 0x14'],
      },
    ]);
  });

  test('in a section that only one has', () => {
    expect(compare({ more: [{ name: '.BTF', content: Buffer.from('x') }] })).toMatchObject([
      { place: 'section .BTF', details: ['only the second file has it'] },
      { place: 'section .shstrtab' },
    ]);
  });

  test('causes are told before what follows from them', () => {
    const places = compare({ buildId: 'bb', text: changed(text, 3), info: ['name=other'] }).map(({ place }) => place);
    expect(places).toEqual(['section .text', 'section .modinfo', 'section .note.gnu.build-id']);
  });

  test('in the build id alone', () => {
    expect(compare({ buildId: 'bb' })).toMatchObject([
      { place: 'section .note.gnu.build-id', details: ['build id: aa → bb'] },
    ]);
  });

  test('in what no section holds', () => {
    const elf = moduleOf();
    // e_flags
    expect(compareModules(elf, changed(elf, 48))).toMatchObject([{ place: 'ELF header', offset: 48 }]);
    // sh_addralign of the last section
    expect(compareModules(elf, changed(elf, elf.length - 16))).toMatchObject([{ place: 'section headers or padding' }]);
  });

  test('in the signature: who signed', () => {
    const trailer = Buffer.alloc(12);
    trailer[2] = 1;
    trailer[3] = 5;
    trailer.writeUInt32BE(2, 8);
    const signed = (signer: string) => Buffer.concat([moduleOf(), Buffer.from(`${signer}xx`), trailer, MARKER]);
    expect(compareModules(moduleOf(), signed('alice'))).toEqual([
      { place: 'signature', details: ['none → X.509, alice, md4'] },
    ]);
    expect(compareModules(signed('alice'), signed('carol'))).toMatchObject([{ place: 'signature' }]);
  });

  test('one of them being no ELF file at all', () => {
    expect(compareModules(moduleOf(), Buffer.from('not ELF'))).toEqual([
      { place: 'file', offset: 0, details: [expect.stringMatching(/^the second file: not an ELF file/)] },
    ]);
  });
});

test('no damage makes anything but differences', () => {
  const elf = moduleOf();
  for (let at = 0; at < elf.length; at++) expect(compareModules(elf, changed(elf, at)).length).toBeGreaterThan(0);
  for (let end = 0; end < elf.length; end += 7) {
    expect(compareModules(elf.subarray(0, end), elf).length).toBeGreaterThan(0);
  }
});

// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeElf, type SectionSpec } from '../kbuild/module-file.ts';

export const RELEASE = '5.10.1-test';
export const CONFIG = 'CONFIG_X86_64=y\nCONFIG_MODULES=y\nCONFIG_GCC_VERSION=100201\n';

/** The files of a kernel tree that was built in place, as far as they are looked at. */
export const FILES: Record<string, string> = {
  '.config': CONFIG,
  Makefile: 'VERSION = 5\nPATCHLEVEL = 10\n',
  'Module.symvers': '0x12345678\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n',
  'include/config/auto.conf': 'CONFIG_X86_64=y\n',
  'include/config/kernel.release': `${RELEASE}\n`,
  'include/generated/autoconf.h': '#define CONFIG_X86_64 1\n',
  'include/generated/utsrelease.h': `#define UTS_RELEASE "${RELEASE}"\n`,
  'include/linux/module.h': '',
  'scripts/basic/fixdep': '#!/bin/sh\n',
  'scripts/mod/modpost': '#!/bin/sh\n',
};

export async function writeFiles(directory: string, files: Record<string, string | Buffer>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return directory;
}

/** A bzImage as far as its setup header says which release it is of. */
export function bzImage(release: string): Buffer {
  const image = Buffer.alloc(0x1000);
  image.write('HdrS', 0x202);
  image.writeUInt16LE(0x400, 0x20e);
  image.write(`${release} (user@host) #1 SMP\0`, 0x600);
  return image;
}

/** A program or library by what it is linked with: `needs` and `offers` are versions of symbols. */
export function linked({
  interpreter,
  needs = {},
  offers = [],
}: {
  interpreter?: string;
  needs?: Record<string, string[]>;
  offers?: string[];
}): Buffer {
  let names = '\0';
  const name = (text: string) => {
    const offset = names.length;
    names += `${text}\0`;
    return offset;
  };
  const dynamic: Buffer[] = [];
  const needed: Buffer[] = [];
  const libraries = Object.entries(needs);
  for (const [index, [library, versions]] of libraries.entries()) {
    const entry = Buffer.alloc(16);
    entry.writeBigUInt64LE(1n, 0);
    entry.writeBigUInt64LE(BigInt(name(library)), 8);
    dynamic.push(entry);
    const head = Buffer.alloc(16);
    head.writeUInt16LE(versions.length, 2);
    head.writeUInt32LE(name(library), 4);
    head.writeUInt32LE(16, 8);
    head.writeUInt32LE(index === libraries.length - 1 ? 0 : 16 + 16 * versions.length, 12);
    needed.push(head);
    for (const [at, version] of versions.entries()) {
      const aux = Buffer.alloc(16);
      aux.writeUInt32LE(name(version), 8);
      aux.writeUInt32LE(at === versions.length - 1 ? 0 : 16, 12);
      needed.push(aux);
    }
  }
  const defined = offers.map((version, index) => {
    const entry = Buffer.alloc(28);
    entry.writeUInt32LE(20, 12);
    entry.writeUInt32LE(index === offers.length - 1 ? 0 : 28, 16);
    entry.writeUInt32LE(name(version), 20);
    return entry;
  });
  const sections: SectionSpec[] = [
    ...(interpreter === undefined ? [] : [{ name: '.interp', content: Buffer.from(`${interpreter}\0`) }]),
    { name: '.dynamic', content: Buffer.concat(dynamic) },
    { name: '.gnu.version_r', content: Buffer.concat(needed) },
    { name: '.gnu.version_d', content: Buffer.concat(defined) },
    { name: '.dynstr', content: Buffer.from(names, 'latin1') },
  ];
  return makeElf(sections, { type: 3 });
}

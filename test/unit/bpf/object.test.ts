// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { renderObject } from '../../../src/bpf/inspect.ts';
import { isObject, parseObject, readObject } from '../../../src/bpf/object.ts';
import { InputError } from '../../../src/errors.ts';
import { makeElf, type SectionSpec, symbolSections } from '../kbuild/module-file.ts';

const EM_BPF = 247;
const EXECUTABLE = { flags: 4 };
const [LOCAL, GLOBAL] = [0, 1];
const [OBJECT, FUNCTION] = [1, 2];
const code = Buffer.alloc(16, 0x95);

const SECTIONS: SectionSpec[] = [
  { name: '.text', content: code, ...EXECUTABLE },
  { name: 'sockops', content: code, ...EXECUTABLE },
  { name: 'sk_msg/verdict', content: code, ...EXECUTABLE },
  { name: '.maps', content: Buffer.alloc(64) },
  { name: 'license', content: Buffer.from('Dual BSD/GPL\0') },
  { name: '.BTF', content: Buffer.from('x') },
  { name: '.data', content: Buffer.alloc(8) },
  ...symbolSections([
    { name: '', binding: LOCAL, section: 0 },
    { name: 'shared', binding: GLOBAL, type: FUNCTION, section: 1 },
    { name: 'LBB0_2', binding: LOCAL, type: FUNCTION, section: 2 },
    { name: 'joins', binding: GLOBAL, type: FUNCTION, section: 2 },
    { name: 'leaves', binding: GLOBAL, type: FUNCTION, section: 2 },
    { name: 'verdict', binding: GLOBAL, type: FUNCTION, section: 3 },
    { name: 'sockets', binding: GLOBAL, type: OBJECT, section: 4 },
    { name: 'counters', binding: GLOBAL, type: OBJECT, section: 4 },
    { name: 'no_map', binding: GLOBAL, type: OBJECT, section: 7 },
    { name: 'nowhere', binding: GLOBAL, type: FUNCTION, section: 999 },
  ]),
];
const make = (sections: SectionSpec[]) => makeElf(sections, { machine: EM_BPF });
const object = make(SECTIONS);

const scratch = mkdtempSync(join(tmpdir(), 'ovnfast-object-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function save(name: string, content: Buffer | string): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

describe('an eBPF object', () => {
  test('says which programs, maps and license it has', async () => {
    expect(await readObject(save('sample-5.8.bpf.o', object))).toEqual({
      path: join(scratch, 'sample-5.8.bpf.o'),
      name: 'sample-5.8',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: object.length,
      sections: ['sockops', 'sk_msg/verdict'],
      programs: [
        { name: 'joins', section: 'sockops' },
        { name: 'leaves', section: 'sockops' },
        { name: 'verdict', section: 'sk_msg/verdict' },
      ],
      maps: ['counters', 'sockets'],
      license: 'Dual BSD/GPL',
      btf: true,
    });
  });

  test('without license, maps and type information has none', () => {
    const bare = make(SECTIONS.filter(({ name }) => !['license', '.BTF'].includes(name)));
    const { license, btf } = parseObject(bare, 'bare.bpf.o');
    expect({ license, btf }).toEqual({ license: undefined, btf: false });
    expect(parseObject(make([]), 'empty.bpf.o')).toEqual({ sections: [], programs: [], maps: [], btf: false });
  });

  test('is told by its first bytes, whatever its name', async () => {
    expect(await isObject(save('loader', object))).toBe(true);
    expect(await isObject(save('short.bpf.o', object.subarray(0, 19)))).toBe(false);
    expect(await isObject(save('module.bpf.o', makeElf(SECTIONS)))).toBe(false);
    expect(await isObject(save('script.bpf.o', '#!/bin/sh\nexec sleep 1\n'))).toBe(false);
    expect(await isObject(scratch)).toBe(false);
    expect(await isObject(join(scratch, 'missing'))).toBe(false);
  });

  test('shows on a terminal with nothing that the terminal obeys', () => {
    const hostile = symbolSections([{ name: 'a\u001b[2Jb', binding: GLOBAL, type: OBJECT, section: 4 }]);
    const parsed = parseObject(make([...SECTIONS.slice(0, 7), ...hostile]), 'x');
    const text = renderObject({ path: 'x', name: 'x', sha256: '0'.repeat(64), size: 1, ...parsed });
    expect(text).toContain('maps        a\\x1b[2Jb\n');
    expect(text).toMatch(/^BTF {9}yes$/m);
  });
});

describe('a file that is none', () => {
  test.each([
    ['a kernel module', makeElf(SECTIONS), /sample\.bpf\.o: not an eBPF object/],
    ['an executable', makeElf(SECTIONS, { machine: EM_BPF, type: 2 }), /not an eBPF object/],
    ['text', Buffer.from('#!/bin/sh\n'), /not an ELF file/],
    ['nothing', Buffer.alloc(0), /not an ELF file/],
  ])('%s is refused', (_, content, message) => {
    expect(() => parseObject(content, 'sample.bpf.o')).toThrow(InputError);
    expect(() => parseObject(content, 'sample.bpf.o')).toThrow(message);
  });

  test('with more programs and maps than any is refused', () => {
    const many = Array.from({ length: 5000 }, () => ({ name: 'm', binding: GLOBAL, type: OBJECT, section: 4 }));
    const content = make([...SECTIONS.slice(0, 7), ...symbolSections(many)]);
    expect(() => parseObject(content, 'many.bpf.o')).toThrow(/more than 4096 programs and maps/);
  });

  test('cut short or with any byte changed is a value or a clear refusal', () => {
    const attempts = [
      ...Array.from({ length: object.length }, (_, length) => object.subarray(0, length)),
      ...Array.from({ length: object.length }, (_, at) => {
        const changed = Buffer.from(object);
        changed[at] = (changed[at] ?? 0) ^ 0xff;
        return changed;
      }),
    ];
    let refused = 0;
    for (const content of attempts) {
      try {
        parseObject(content, 'x');
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(object.length);
    expect(refused).toBeLessThan(attempts.length);
  });
});

// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/errors.ts';
import type { ModulesIndex } from '../../../../src/release/modules-index.ts';
import { makeFits } from '../../../../src/release/node/fits.ts';

const sha256 = 'a'.repeat(64);
const module = {
  ...{ kind: 'module' as const, file: 'm-1-debian-12-6.1-x86_64.ko', sha256, size: 1, manifest: 'm.manifest.json' },
  ...{ module: 'm', arch: 'x86_64', builtFor: { id: 'debian-12', kernel: '6.1.0-9-amd64' }, vermagic: '' },
  ...{ depends: ['nf_conntrack', 'ip_tunnel'], group: '0123456789abcdef' },
};
const kernel = {
  ...{ id: 'debian-12', kernel: '6.1.0-9-amd64', arch: 'x86_64', files: [module.file], suites: [] },
  ...{ basis: 'suites' as const, status: 'pass' as const },
};
const group = {
  ...{ group: module.group, module: 'm', arch: 'x86_64', vermagic: 'SMP  preempt mod_unload ', versioned: true },
  ...{ symbols: { printk: '0x00001234', module_layout: '0x0000abcd' }, files: [module.file] },
};
const INDEX: ModulesIndex = {
  ...{ schema: 'ovnfast.modules/1', tag: 'v1.2.0', version: '1.2.0', repository: 'https://github.com/o/r' },
  files: [module, { kind: 'executable', file: 'loader', sha256, size: 1, manifest: 'p.manifest.json' }],
  ...{ kernels: [kernel], groups: [group] },
};

const records = (index: ModulesIndex) =>
  makeFits(index)
    .split('\n')
    .map((line) => line.split('\t'));

describe('what a shell reads', () => {
  test('has a record for all that the index says, in its order, symbols behind their group', () => {
    expect(records(INDEX)).toEqual([
      ['ovnfast-fits', '1'],
      ['release', 'v1.2.0', '1.2.0', 'https://github.com/o/r'],
      [
        ...['file', 'module', module.file, sha256, 'm', 'x86_64', module.group, 'nf_conntrack,ip_tunnel'],
        ...['debian-12/6.1.0-9-amd64', '-'],
      ],
      ['file', 'executable', 'loader', sha256, '-', 'any', '-', '-', '-', '-'],
      ['kernel', '6.1.0-9-amd64', 'x86_64', 'debian-12', 'suites', 'pass', module.file],
      ['group', module.group, 'm', 'x86_64', 'yes', 'SMP preempt mod_unload', module.file],
      ['symbol', module.group, '0x0000abcd', 'module_layout'],
      ['symbol', module.group, '0x00001234', 'printk'],
      [''],
    ]);
  });

  test('says who signed, whatever the name of that one is', () => {
    const signature = { hash: 'sha256', signer: 'ACME\tGmbH & Cö, "x"\n', serial: '01' };
    const [, , file] = records({ ...INDEX, files: [{ ...module, signature }] });
    expect(file?.at(-1)).toBe('sha256:ACME_GmbH_&_C_,_"x"_');
  });

  test('has one record of a kernel that several modules were tried on: all files, the worst of each', () => {
    const other = { ...kernel, files: ['loader'], status: 'fail' as const, basis: 'build' as const };
    const elsewhere = { ...kernel, id: 'debian-13' };
    const told = records({ ...INDEX, kernels: [kernel, other, elsewhere] }).filter(([kind]) => kind === 'kernel');
    expect(told).toEqual([
      ['kernel', '6.1.0-9-amd64', 'x86_64', 'debian-12', 'build', 'fail', `${module.file},loader`],
      ['kernel', '6.1.0-9-amd64', 'x86_64', 'debian-13', 'suites', 'pass', module.file],
    ]);
  });
});

describe('what cannot be told', () => {
  test('is named, all of it at once', () => {
    const wrong = {
      ...INDEX,
      kernels: [{ ...kernel, kernel: '6.1\t0' }],
      groups: [{ ...group, module: 'a b', vermagic: 'SMP\x07' }],
    };
    expect(() => makeFits(wrong)).toThrow(InputError);
    expect(() => makeFits(wrong)).toThrow(/2 mistakes.*"6\.1\\t0" cannot be told to a node \(kernel.*"SMP\\u0007"/s);
  });

  test('makes no record of its own, whatever the names are', () => {
    const FIELDS: Record<string, number> = {
      ...{ 'ovnfast-fits': 2, release: 4, file: 10, kernel: 7, group: 7, symbol: 4 },
    };
    const text = fc.oneof(
      fc.string({ minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\t', 'a\nkernel\tx', ',', ' ', 'a,b', '-', 'm'),
    );
    const index = fc.record({
      name: text,
      kernel: text,
      depends: fc.array(text),
      vermagic: text,
      symbol: text,
      crc: text,
    });
    fc.assert(
      fc.property(index, ({ name, kernel: release, depends, vermagic, symbol, crc }) => {
        let made: string[][];
        try {
          made = records({
            ...INDEX,
            files: [{ ...module, module: name, depends }],
            kernels: [{ ...kernel, kernel: release }],
            groups: [{ ...group, module: name, vermagic, symbols: { [symbol]: crc } }],
          });
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        expect(made.map(([kind]) => kind)).toEqual([
          ...['ovnfast-fits', 'release', 'file', 'kernel', 'group', 'symbol', ''],
        ]);
        for (const fields of made.slice(0, -1)) {
          expect(fields).toHaveLength(FIELDS[fields[0] ?? ''] ?? 0);
          expect(fields.filter((field) => field === '')).toEqual([]);
        }
        const list = made[2]?.[7] ?? '';
        expect(list === '-' ? 0 : list.split(',').length).toBe(depends.length);
      }),
      { numRuns: 500 },
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { matchKernel, renderModule } from '../../../src/kbuild/inspect.ts';
import type { ModuleFile } from '../../../src/kbuild/module.ts';
import { type KernelInterface, parseSymvers } from '../../../src/kbuild/symvers.ts';

const SYMVERS = `0x92997ed8\t_printk\tvmlinux\tEXPORT_SYMBOL\t
0x0badcafe\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t
0x11111111\tregister_net\tnet/core\tEXPORT_SYMBOL_GPL\t
0x22222222\tdma_buf_put\tvmlinux\tEXPORT_SYMBOL_GPL\tDMA_BUF
0x33333333\tx86_only\tvmlinux\tEXPORT_SYMBOL_GPL\tmodule:kvm,kvm-intel,vfio*
`;
const KERNEL: KernelInterface = {
  release: '6.1.0-56-amd64',
  vermagic: '6.1.0-56-amd64 SMP preempt mod_unload modversions',
  strictBtf: false,
  symbols: parseSymvers(SYMVERS),
};
const WITHOUT_VERSIONS: KernelInterface = {
  release: '7.2.12+deb14-amd64',
  vermagic: '7.2.12+deb14-amd64 SMP preempt mod_unload',
  strictBtf: false,
  symbols: parseSymvers(SYMVERS.replace(/^.*module_layout.*\n/m, '').replace(/0x[0-9a-f]{8}/g, '0x00000000')),
};
const MODULE: ModuleFile = {
  path: 'sample.ko',
  sha256: 'ab',
  size: 10,
  name: 'sample',
  vermagic: KERNEL.vermagic,
  info: { license: ['GPL'] },
  depends: [],
  parameters: [],
  imports: [
    { symbol: '_printk', crc: '0x92997ed8' },
    { symbol: 'module_layout', crc: '0x0badcafe' },
  ],
  versioned: true,
  signed: false,
  btf: false,
  portableBtf: false,
};
const bare = (module: ModuleFile): ModuleFile => ({
  ...module,
  versioned: false,
  imports: module.imports.filter(({ symbol }) => symbol !== 'module_layout').map(({ symbol }) => ({ symbol })),
});
const importing = (symbol: string, more: Partial<ModuleFile> = {}): ModuleFile => ({
  ...MODULE,
  ...more,
  imports: [...MODULE.imports, { symbol }],
});

describe('Module.symvers', () => {
  test('tells what is exported, by whom, to whom', () => {
    expect(KERNEL.symbols.get('register_net')).toEqual({ crc: '0x11111111', module: 'net/core', gplOnly: true });
    expect(KERNEL.symbols.get('dma_buf_put')).toMatchObject({ namespace: 'DMA_BUF' });
    expect(KERNEL.symbols.size).toBe(5);
  });

  test('of older kernels has no namespace, or has it in the third column', () => {
    const old = parseSymvers(
      '0x1\ta\tvmlinux\tEXPORT_SYMBOL\n0x2\tb\tUSB\tdrivers/usb\tEXPORT_SYMBOL_GPL\n0x3\tc\t\tvmlinux\tEXPORT_SYMBOL\n',
    );
    expect([...old.values()]).toEqual([
      { crc: '0x1', module: 'vmlinux', gplOnly: false },
      { crc: '0x2', module: 'drivers/usb', gplOnly: true, namespace: 'USB' },
      { crc: '0x3', module: 'vmlinux', gplOnly: false },
    ]);
  });

  test('lines of another form are left out', () => {
    expect(parseSymvers('\nnonsense\n0x1\tEXPORT_SYMBOL\n\t\t\tEXPORT_SYMBOL\n').size).toBe(0);
  });
});

describe('a kernel', () => {
  const problems = (module: ModuleFile, kernel = KERNEL) => matchKernel(module, kernel).problems;

  test('takes a module of its own release and versions', () => {
    expect(matchKernel(MODULE, KERNEL)).toEqual({ release: KERNEL.release, fits: true, problems: [] });
  });

  test('takes a module of another release when all versions are the same', () => {
    expect(problems({ ...MODULE, vermagic: MODULE.vermagic.replace('56', '47') })).toEqual([]);
  });

  test('refuses one whose vermagic differs in more than the release', () => {
    const [problem] = problems({ ...MODULE, vermagic: '6.1.0-56-amd64 SMP mod_unload modversions' });
    expect(problem).toContain('vermagic is "6.1.0-56-amd64 SMP mod_unload modversions"');
  });

  test('refuses a module without versions of another release', () => {
    expect(problems(bare(MODULE))).toEqual([]);
    expect(problems(bare({ ...MODULE, vermagic: MODULE.vermagic.replace('56', '47') }))).toHaveLength(1);
  });

  test('refuses a module when a symbol is gone or has changed, and names it', () => {
    expect(problems(importing('gone'))).toEqual(['the kernel does not export gone']);
    const changed = { ...MODULE, imports: [{ symbol: '_printk', crc: '0x00000001' }] };
    expect(problems(changed)).toEqual(['the kernel has another version of _printk']);
    const many = { ...MODULE, imports: [...'abcdefg'].map((symbol) => ({ symbol })) };
    expect(problems(many)).toEqual(['the kernel does not export a, b, c, d, e and 2 more']);
  });

  test('does without a weak symbol', () => {
    expect(problems({ ...MODULE, imports: [{ symbol: 'gone', weak: true }] })).toEqual([]);
  });

  test('keeps GPL-only symbols from other licenses', () => {
    expect(problems(importing('register_net'))).toEqual([]);
    expect(problems(importing('register_net', { info: { license: ['Proprietary'] } }))).toEqual([
      'with its license (Proprietary) it may not use register_net',
    ]);
  });

  test('wants namespaces imported, and keeps symbols for the modules they are for', () => {
    expect(problems(importing('dma_buf_put'))).toEqual(['it does not import the namespace of dma_buf_put']);
    expect(problems(importing('dma_buf_put', { info: { license: ['GPL'], import_ns: ['DMA_BUF'] } }))).toEqual([]);
    expect(problems(importing('x86_only'))).toHaveLength(1);
    expect(problems(importing('x86_only', { name: 'kvm_intel' }))).toEqual([]);
    expect(problems(importing('x86_only', { name: 'vfio_pci' }))).toEqual([]);
  });

  test('that is strict about type information takes only that of its own, or such as fits any kernel', () => {
    const strict = { ...KERNEL, release: '6.1.0-55-amd64', strictBtf: true };
    expect(problems({ ...MODULE, btf: true }, strict)).toEqual([
      expect.stringMatching(/\(BTF\) is of 6\.1\.0-56-amd64/),
    ]);
    expect(problems({ ...MODULE, btf: true }, { ...strict, strictBtf: false })).toEqual([]);
    expect(problems({ ...MODULE, btf: true }, { ...strict, release: KERNEL.release })).toEqual([]);
    expect(problems({ ...MODULE, btf: true, portableBtf: true }, strict)).toEqual([]);
    expect(problems(MODULE, strict)).toEqual([]);
  });

  test('without symbol versions takes only its own release', () => {
    expect(problems(bare({ ...MODULE, vermagic: WITHOUT_VERSIONS.vermagic }), WITHOUT_VERSIONS)).toEqual([]);
    expect(problems(MODULE, WITHOUT_VERSIONS)).toEqual([expect.stringMatching(/no symbol versions to go by/)]);
  });
});

test('the text shows what matters, and no character that a terminal would obey', () => {
  const module = {
    ...MODULE,
    info: { license: ['GPL'], description: ['\u001b[2Jclean\u202e'] },
    parameters: [{ name: 'p', type: 'int', description: 'x' }],
  };
  const text = renderModule(module, [matchKernel(MODULE, KERNEL), matchKernel(MODULE, WITHOUT_VERSIONS)]);
  expect(text).toContain('description \\x1b[2Jclean\\x202e\n');
  expect(text).toContain('parameter   p (int): x\n');
  expect(text).toContain('fits          6.1.0-56-amd64\n');
  const lost = {
    release: '6.1.0-57-amd64',
    fits: false,
    problems: [],
    unknown: 'no mirror has it; tried:\n    http://m',
  };
  expect(renderModule(MODULE, [lost])).toMatch(
    /^not known {5}6\.1\.0-57-amd64\n {14}no mirror has it; tried:\n {14}http:\/\/m\n$/m,
  );
  expect(text).toContain('does not fit  7.2.12+deb14-amd64\n');
  expect(text).toContain('2 symbols, 2 with a version (CRC)');
});

// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { EnvironmentError } from '../errors.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { placeIn } from '../sysroot/inside.ts';
import { findHeaders, isAtLeast, type KernelHeaders } from './headers.ts';

export type ExportedSymbol = {
  /** `0x` and eight digits; zero without CONFIG_MODVERSIONS. */
  crc: string;
  /** `vmlinux` or the module that exports it. */
  module: string;
  gplOnly: boolean;
  namespace?: string;
};

/** What a kernel offers to modules, and what it demands of them. */
export type KernelInterface = {
  release: string;
  /** As in modules of this kernel, without the space at the end. */
  vermagic: string;
  /** It does not load a module with type information (BTF) that was made against another kernel. */
  strictBtf: boolean;
  symbols: Map<string, ExportedSymbol>;
};

/**
 * Reads the interface of a kernel from its headers (Module.symvers, .config).
 * Throws EnvironmentError when the sysroot has no headers of that release.
 */
export async function readKernelInterface(sysroot: Sysroot, release: string): Promise<KernelInterface> {
  const headers = await findHeaders(sysroot, release);
  const path = placeIn(sysroot, `${headers.directory}/Module.symvers`);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new EnvironmentError(`the symbols of kernel ${release} cannot be read (${error.code})`, { where: path });
  });
  return { release, vermagic: vermagicOf(headers), strictBtf: isStrictAboutBtf(headers), symbols: parseSymvers(text) };
}

/** btf_module_notify of kernel/bpf/btf.c: 5.18 and later can be configured to complain and load the module all the same. */
function isStrictAboutBtf({ config }: KernelHeaders): boolean {
  return config.has('DEBUG_INFO_BTF_MODULES') && !config.has('MODULE_ALLOW_BTF_MISMATCH');
}

/**
 * The lines of a Module.symvers: CRC, symbol, exporting module, kind of export, and from 5.4 on a namespace, which
 * 5.4 to 5.9 have in the third column. A line of another form is left out.
 */
export function parseSymvers(text: string): Map<string, ExportedSymbol> {
  const symbols = new Map<string, ExportedSymbol>();
  for (const line of text.split('\n')) {
    const fields = line.split('\t');
    const kind = fields.findIndex((field) => field.startsWith('EXPORT_'));
    const [crc, symbol] = fields;
    const module = fields[kind - 1];
    if (kind < 3 || !crc || !symbol || module === undefined) continue;
    const namespace = fields[kind + 1] || (kind === 4 ? fields[2] : '');
    symbols.set(symbol, {
      crc,
      module,
      gplOnly: fields[kind]?.includes('_GPL') ?? false,
      ...(namespace ? { namespace } : {}),
    });
  }
  return symbols;
}

/** VERMAGIC_STRING of include/linux/vermagic.h on x86_64. */
function vermagicOf(headers: KernelHeaders): string {
  const { release, config } = headers;
  // Until 5.15 a dynamically preemptible kernel was told by CONFIG_PREEMPT itself.
  const preempt = isAtLeast(headers, 5, 16) ? 'PREEMPT_BUILD' : 'PREEMPT';
  return [
    release,
    config.has('SMP') ? 'SMP' : '',
    config.has(preempt) ? 'preempt' : config.has('PREEMPT_RT') ? 'preempt_rt' : '',
    config.has('MODULE_UNLOAD') ? 'mod_unload' : '',
    config.has('MODVERSIONS') ? 'modversions' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

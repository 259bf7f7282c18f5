// SPDX-License-Identifier: Apache-2.0
import type { ModuleFile } from '../kbuild/module.ts';
import type { ExportedSymbol, KernelInterface } from '../kbuild/symvers.ts';

/** How what one kernel exports under a name differs from another. */
export type SymbolChange = {
  symbol: string;
  /** Not there: not exported any more. */
  after?: ExportedSymbol;
  before: ExportedSymbol;
};

/** The symbols that modules import whose version, exporter, namespace or licence differs between two kernels; by name. */
export function changedSymbols(
  modules: Pick<ModuleFile, 'imports'>[],
  before: Pick<KernelInterface, 'symbols'>,
  after: Pick<KernelInterface, 'symbols'>,
): SymbolChange[] {
  const names = new Set(modules.flatMap(({ imports }) => imports.map(({ symbol }) => symbol)));
  return [...names].sort().flatMap((symbol): SymbolChange[] => {
    const [old, now] = [before.symbols.get(symbol), after.symbols.get(symbol)];
    if (!old) return [];
    if (!now) return [{ symbol, before: old }];
    return describe(old) === describe(now) ? [] : [{ symbol, before: old, after: now }];
  });
}

/** `0x12345678 vmlinux, GPL, namespace NET`; without the CRC where there is none. */
export function describe({ crc, module, gplOnly, namespace }: ExportedSymbol): string {
  const version = /^0x0+$/.test(crc) ? [] : [crc];
  return [...version, module, ...(gplOnly ? ['GPL only'] : []), ...(namespace ? [`namespace ${namespace}`] : [])].join(
    ', ',
  );
}

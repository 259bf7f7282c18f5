// SPDX-License-Identifier: Apache-2.0
import { isGplCompatible } from './license.ts';
import type { Import, ModuleFile } from './module.ts';
import type { KernelInterface } from './symvers.ts';

export type KernelMatch = {
  release: string;
  fits: boolean;
  /** Why not, one sentence each. */
  problems: string[];
  /** Why nothing is known of this kernel. */
  unknown?: string;
};

const NAMES_SHOWN = 5;

/**
 * Whether a kernel would load the module: vermagic as `same_magic` compares it, every symbol there and of the same
 * version, none that only GPL modules or modules that import its namespace may have (kernel/module/).
 */
export function matchKernel(module: ModuleFile, kernel: KernelInterface): KernelMatch {
  const problems = [
    vermagicProblem(module, kernel),
    ...symbolProblems(module, kernel),
    namespaceProblem(module, kernel),
    btfProblem(module, kernel),
  ].filter((problem) => problem !== undefined);
  return { release: kernel.release, fits: problems.length === 0, problems };
}

function vermagicProblem(module: ModuleFile, kernel: KernelInterface): string | undefined {
  const kernelHasVersions = hasVersions(kernel);
  // With symbol versions on both sides the release does not matter: they say more.
  const releaseCounts = !(kernelHasVersions && module.versioned);
  const compared = (vermagic: string) => (releaseCounts ? vermagic : vermagic.replace(/^\S+/, ''));
  if (compared(module.vermagic) === compared(kernel.vermagic)) return undefined;
  const because = releaseCounts && !kernelHasVersions ? ', and this kernel has no symbol versions to go by' : '';
  return `vermagic is "${module.vermagic}", the kernel's is "${kernel.vermagic}"${because}`;
}

function hasVersions({ vermagic }: KernelInterface): boolean {
  return vermagic.split(' ').includes('modversions');
}

function symbolProblems(module: ModuleFile, kernel: KernelInterface): (string | undefined)[] {
  const missing = module.imports.filter(
    // `module_layout` is there to be compared, and a kernel that compares nothing does not have it.
    ({ symbol, weak }) => !weak && !kernel.symbols.has(symbol) && (symbol !== 'module_layout' || hasVersions(kernel)),
  );
  const changed = module.imports.filter(({ symbol, crc }) => {
    const theirs = kernel.symbols.get(symbol)?.crc;
    return crc !== undefined && theirs !== undefined && Number(theirs) !== 0 && Number(theirs) !== Number(crc);
  });
  const license = module.info.license?.[0] ?? '';
  const forbidden = isGplCompatible(license)
    ? []
    : module.imports.filter(({ symbol }) => kernel.symbols.get(symbol)?.gplOnly);
  return [
    listProblem('the kernel does not export', missing),
    listProblem('the kernel has another version of', changed),
    listProblem(`with its license (${license || 'none'}) it may not use`, forbidden),
  ];
}

function namespaceProblem(module: ModuleFile, kernel: KernelInterface): string | undefined {
  const imported = new Set(module.info.import_ns ?? []);
  const closed = module.imports.filter(({ symbol }) => {
    const namespace = kernel.symbols.get(symbol)?.namespace;
    return namespace !== undefined && !imported.has(namespace) && !isForModule(namespace, module.name);
  });
  return listProblem('it does not import the namespace of', closed);
}

function btfProblem({ btf, portableBtf, vermagic }: ModuleFile, kernel: KernelInterface): string | undefined {
  const [release] = vermagic.split(' ', 1);
  if (!btf || portableBtf || !kernel.strictBtf || release === kernel.release) return undefined;
  return `its type information (BTF) is of ${release}, and this kernel refuses such of another`;
}

/** From 6.16 on a symbol can be for some modules only: `module:` and their names, `*` at the end of one for any rest. */
function isForModule(namespace: string, name: string): boolean {
  if (!namespace.startsWith('module:')) return false;
  const patterns = namespace.slice('module:'.length).replaceAll('-', '_').split(',');
  return patterns.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
}

function listProblem(what: string, imports: Import[]): string | undefined {
  if (imports.length === 0) return undefined;
  const names = imports.slice(0, NAMES_SHOWN).map(({ symbol }) => symbol);
  const more = imports.length - names.length;
  return `${what} ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A module, and which kernels it fits, as text for a terminal; everything that comes from the file is made harmless. */
export function renderModule(module: ModuleFile, matches: KernelMatch[] = []): string {
  const { signature } = module;
  const versions = module.imports.filter(({ crc }) => crc !== undefined).length;
  const rows: [string, string | undefined][] = [
    ['module', module.name],
    ['description', module.info.description?.join('; ')],
    ['license', module.info.license?.join('; ')],
    ['vermagic', module.vermagic],
    ['srcversion', module.srcversion],
    ['depends', module.depends.join(', ')],
    ['size', `${module.size} bytes`],
    ['sha256', module.sha256],
    ['build id', module.buildId],
    ['BTF', module.btf ? 'yes' : 'no'],
    [
      'signed',
      signature
        ? ['yes', signature.format, signature.signer, signature.hash, signature.key].filter(Boolean).join(', ')
        : 'no',
    ],
    ...module.parameters.map(({ name, type, description }): [string, string] => [
      'parameter',
      `${name}${type ? ` (${type})` : ''}${description ? `: ${description}` : ''}`,
    ]),
    ['imports', `${module.imports.length} symbols, ${versions} with a version (CRC)`],
  ];
  const shown = rows.filter((row): row is [string, string] => Boolean(row[1]));
  const lines = shown.map(([label, value]) => `${label.padEnd(12)}${printable(value)}`);
  for (const { release, fits, problems, unknown } of matches) {
    lines.push((fits ? 'fits' : unknown === undefined ? 'does not fit' : 'not known').padEnd(14) + release);
    const reasons = unknown === undefined ? problems : unknown.split('\n').map((line) => line.trim());
    lines.push(...reasons.map((problem) => `${' '.repeat(14)}${printable(problem)}`));
  }
  return `${lines.join('\n')}\n`;
}

/** A module's fields are anybody's words, and a terminal obeys some characters. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\x${character.codePointAt(0)?.toString(16).padStart(2, '0')}`,
  );
}

// SPDX-License-Identifier: Apache-2.0
import { Mistakes } from '../mistakes.ts';
import type { ModulesIndex } from '../modules-index.ts';

/** The first line of `share/fits`; the number counts up when a reader of the old form would misunderstand the new one. */
const HEAD = ['ovnfast-fits', '1'];
const NONE = '-';
/** What a field may consist of: the shell splits at tabs, and no name has a blank. */
const FIELD = /^[\x21-\x7e]+$/;
/** Vermagic has words. */
const WORDS = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/;

/**
 * `share/fits` of the install bundle: what `modules.json` says, for a shell on a node without a reader of JSON. A record per
 * line, its kind first, fields between tabs, none of them empty; lists with commas. What each kind means is in the installer,
 * `ovnfast-node`. Throws one InputError with all that cannot be a field.
 */
export function makeFits(index: ModulesIndex): string {
  const mistakes = new Mistakes();
  const records: string[] = [];
  const add = (...fields: string[]) => {
    const wrong = fields.find((field) => !(fields[0] === 'group' ? WORDS : FIELD).test(field));
    if (wrong !== undefined) {
      mistakes.add(`${JSON.stringify(wrong)} cannot be told to a node (${fields[0]} of share/fits)`, {
        remedy: 'Names of kernels, modules and symbols are ASCII without blanks.',
      });
    }
    records.push(fields.join('\t'));
  };
  add(...HEAD);
  add('release', index.tag, index.version, index.repository ?? NONE);
  for (const file of index.files) add('file', ...fileFields(file));
  for (const { kernel, arch, id, basis, status, files } of oneOfEach(index.kernels)) {
    add('kernel', kernel, arch, id, basis, status, list(files));
  }
  for (const { group, module, arch, versioned, vermagic, symbols, files } of index.groups) {
    const words = vermagic.trim().split(/\s+/).join(' ');
    add('group', group, module, arch, versioned ? 'yes' : 'no', words || NONE, list(files));
    for (const [symbol, crc] of Object.entries(symbols).sort(([a], [b]) => (a < b ? -1 : 1))) {
      add('symbol', group, crc, symbol);
    }
  }
  mistakes.throwAny();
  return `${records.join('\n')}\n`;
}

type Kernel = ModulesIndex['kernels'][number];

const STATUSES: Kernel['status'][] = ['pass', 'skip', 'fail', 'error'];
const BASES: Kernel['basis'][] = ['suites', 'build', 'versions'];

/** What is said of one kernel for several modules becomes one: all the files, and the worst that is said of any. */
function oneOfEach(kernels: Kernel[]): Kernel[] {
  const found = new Map<string, Kernel>();
  for (const kernel of kernels) {
    const key = JSON.stringify([kernel.id, kernel.kernel, kernel.arch]);
    const known = found.get(key) ?? kernel;
    found.set(key, {
      ...kernel,
      files: [...new Set([...known.files, ...kernel.files])],
      status: STATUSES[Math.max(STATUSES.indexOf(known.status), STATUSES.indexOf(kernel.status))] ?? 'error',
      basis: BASES[Math.max(BASES.indexOf(known.basis), BASES.indexOf(kernel.basis))] ?? 'versions',
    });
  }
  return [...found.values()];
}

function fileFields(file: ModulesIndex['files'][number]): string[] {
  if (file.kind !== 'module') return [file.kind, file.file, file.sha256, NONE, 'any', NONE, NONE, NONE, NONE];
  const { module, arch, group, depends, builtFor, signature } = file;
  // Whoever made a certificate chose the words of its names.
  const signer = (signature?.signer ?? '').replace(/[^\x21-\x7e]+/g, '_');
  return [
    ...[file.kind, file.file, file.sha256, module, arch, group, list(depends), `${builtFor.id}/${builtFor.kernel}`],
    signature ? `${signature.hash || NONE}:${signer || NONE}` : NONE,
  ];
}

function list(names: string[]): string {
  // What would make two of a name, or none, is no field: the blank in its place says so.
  return names.map((name) => (name === NONE ? ' ' : name.replaceAll(',', ' '))).join(',') || NONE;
}

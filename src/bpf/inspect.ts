// SPDX-License-Identifier: Apache-2.0
import { printable } from '../kbuild/inspect.ts';
import type { ProgramObject } from './object.ts';

/** An eBPF object as text for a terminal; everything that comes from the file is made harmless. */
export function renderObject(object: ProgramObject): string {
  const { name, programs, maps, license, btf, size, sha256 } = object;
  const rows: [string, string][] = [
    ['object', name],
    ...programs.map(({ section, name }): [string, string] => ['program', `${name} (${section})`]),
    ...(maps.length > 0 ? [['maps', maps.join(', ')] as [string, string]] : []),
    ['license', license ?? 'none'],
    ['BTF', btf ? 'yes' : 'no'],
    ['size', `${size} bytes`],
    ['sha256', sha256],
  ];
  return rows.map(([label, value]) => `${label.padEnd(12)}${printable(value)}\n`).join('');
}

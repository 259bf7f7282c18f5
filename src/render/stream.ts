// SPDX-License-Identifier: Apache-2.0
import { toYaml } from './yaml.ts';

/** Some manifests of one file, and what its reader has to know. */
export type Part = { name: string; notes: string[]; manifests: object[] };

/** The file of a part: its notes as comments, then its manifests as YAML documents. Ends with a newline. */
export function textOf({ notes, manifests }: Part): string {
  return `${comment(notes)}${manifests.map(toYaml).join('---\n')}`;
}

/** Lines as comments of YAML, each ended by a newline. */
export function comment(lines: string[]): string {
  return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join('');
}

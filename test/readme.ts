// SPDX-License-Identifier: Apache-2.0
// `npm run readme` writes the tables of inputs and outputs in README.md from action.yml; a unit test says when that is due.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../src/host/files.ts';
import { projectRoot } from '../src/host/paths.ts';
import { type ActionFile, readActionFile } from './action.ts';

/** README.md with its tables as action.yml has them. Throws for a README without the places for them. */
export function withTables(readme: string, { inputs, outputs }: Pick<ActionFile, 'inputs' | 'outputs'>): string {
  const inputRows = Object.entries(inputs).map(([name, { description, default: value = '' }]) => {
    return [code(name), description, value === '' ? '' : code(value)];
  });
  const outputRows = Object.entries(outputs).map(([name, { description }]) => [code(name), description]);
  const filled = fill(readme, 'inputs', table(['input', 'meaning', 'default'], inputRows));
  return fill(filled, 'outputs', table(['output', 'meaning'], outputRows));
}

function fill(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} of action.yml, by \`npm run readme\` -->`, `<!-- end of ${name} -->`];
  const [before, rest, ...more] = text.split(start);
  const [, after, ...others] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`README.md has to have "${start}" once, and after it "${end}"`);
  }
  return `${before}${start}\n\n${content}\n\n${end}${after}`;
}

function table(head: string[], rows: string[][]): string {
  // A bar would begin the next cell, in code as well.
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.trim().replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) {
  const path = join(projectRoot(), 'README.md');
  await writeAtomic(path, withTables(await readFile(path, 'utf8'), await readActionFile()));
}

// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { readActionFile } from '../action.ts';
import { withTables } from '../readme.ts';

const readme = await readFile(join(projectRoot(), 'README.md'), 'utf8');
const action = await readActionFile();

/** The cells of the tables of a text. */
function tablesOf(markdown: string): string[][][] {
  const tables: string[][][] = [];
  const tokens = new MarkdownIt().parse(markdown, {});
  for (const [index, { type }] of tokens.entries()) {
    if (type === 'table_open') tables.push([]);
    if (type === 'tr_open') tables.at(-1)?.push([]);
    if (type === 'td_open')
      tables
        .at(-1)
        ?.at(-1)
        ?.push(tokens[index + 1]?.content ?? '');
  }
  return tables;
}

describe('the tables of inputs and outputs in README.md', () => {
  it('are those of action.yml; else run `npm run readme`', () => {
    expect(readme).toBe(withTables(readme, action));
  });

  it('have a row for each, whatever is in a description', () => {
    const markers =
      '<!-- inputs of action.yml, by `npm run readme` -->\nold\n<!-- end of inputs -->\n\nbetween\n\n<!-- outputs of action.yml, by `npm run readme` --><!-- end of outputs -->\nafter\n';
    const inputs = {
      one: { description: 'a | b, `c|d`\nnext line\n', default: 'x|y' },
      two: { description: 'plain', default: '' },
      three: { description: 'none' },
    };
    const text = withTables(markers, { inputs, outputs: { out: { description: 'what' } } });
    expect(tablesOf(text)).toEqual([
      [[], ['`one`', 'a | b, `c|d` next line', '`x|y`'], ['`two`', 'plain', ''], ['`three`', 'none', '']],
      [[], ['`out`', 'what']],
    ]);
    expect(text).not.toContain('old');
    expect(text).toMatch(/\n\nbetween\n\n[\s\S]*\nafter\n$/);
    // Written twice, it is the same.
    expect(withTables(text, { inputs, outputs: { out: { description: 'what' } } })).toBe(text);
  });

  it('need a place', () => {
    expect(() => withTables('# README\n', action)).toThrow(/has to have "<!-- inputs of action\.yml/);
    expect(() => withTables(readme.replace('<!-- end of outputs -->', ''), action)).toThrow(/end of outputs/);
    expect(() => withTables(readme + readme, action)).toThrow(/once/);
  });
});

// SPDX-License-Identifier: Apache-2.0
import type { Status } from '../model.ts';
import { clipLines, counted, visible } from '../text.ts';

export const looks: Record<Status, string> = { pass: '✅ pass', fail: '❌ FAIL', error: '⚠️ ERROR', skip: '⏭️ skip' };

/** A block and the blank line behind it, in bytes: what GitHub counts. */
const size = (block: string) => Buffer.byteLength(block) + 2;

/**
 * A title, if there is one, and a block for each item from the first on, as many as there is room for in bytes; where not all are, a
 * word on how many more of what there are. Never takes more than `room`: nothing, where not even the word has a place. What has
 * no room is not rendered, for there may be very much of it.
 */
export function bounded<Item>(
  items: Item[],
  render: (item: Item, index: number) => string,
  { room, noun, title }: { room: number; noun: string; title?: string },
): string[] {
  if (items.length === 0) return [];
  const blocks = title === undefined ? [] : [title];
  let left = room - sizeOf([...blocks, more(items.length, noun)]);
  if (left < 0) return [];
  for (const [index, item] of items.entries()) {
    const block = render(item, index);
    left -= size(block);
    if (left < 0) return [...blocks, more(items.length - index, noun)];
    blocks.push(block);
  }
  return blocks;
}

export function sizeOf(blocks: string[]): number {
  return blocks.reduce((sum, block) => sum + size(block), 0);
}

/** The same of the rows of a table. */
export function boundedTable(head: string[][], rows: string[][], room: number, noun: string): string[] {
  if (rows.length === 0) return [];
  const top = head.map(row).join('\n');
  const lines = rows.map(row);
  let left = room - sizeOf([top, more(rows.length, noun)]);
  const end = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  if (left >= 0) return [[top, ...lines].join('\n')];
  // A head without a row says nothing.
  const shown = end > 0 ? [[top, ...lines.slice(0, end)].join('\n')] : [];
  const word = more(rows.length - Math.max(0, end), noun);
  return sizeOf([...shown, word]) <= room ? [...shown, word] : [];
}

export function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function more(count: number, noun: string): string {
  return `… and ${counted(count, `more ${noun}`)}, in \`report.html\`.`;
}

/** Folded text; `summary` is markup. */
export function folded(summary: string, body: string[], open = false): string {
  return [`<details${open ? ' open' : ''}><summary>${summary}</summary>`, ...body, '</details>'].join('\n\n');
}

/** Lines of text as a code block of about `limit` characters, with a fence that nothing in it can end. */
export function fence(lines: string[], limit: number): string {
  const all = lines.flatMap((line) => visible(line).split('\n'));
  const { head, omitted, tail } = clipLines(all, limit);
  const word = omitted > 0 ? [`… ${counted(omitted, 'line')} left out, all are in report.html …`] : [];
  const body = [...head, ...word, ...tail].join('\n');
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((marks) => marks.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}text\n${body}\n${marks}`;
}

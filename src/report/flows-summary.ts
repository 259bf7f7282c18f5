// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { dumpTitle, flowState, whyText } from './flows.ts';
import { code, inline } from './markdown.ts';
import type { Report, ReportFlowDump } from './model.ts';
import { counted, oneLine } from './text.ts';

/** Rows of one dump; the rest is in report.html. */
const rowLimit = 50;
const cellLimit = 300;
const marks = { offloaded: '✅', uncounted: '⚠️', exempt: '', missed: '❌' };

/**
 * The flows that suites saw, as GitHub-flavoured Markdown: a folded table per dump, as far as `room` in bytes goes. Empty when
 * there are none.
 */
export function flowBlocks(report: Report, room: number): string[] {
  const all = report.targets.flatMap((target) =>
    target.suites.flatMap(({ name, flows = [] }) =>
      flows.map((dump) => ({ place: `${code(labelOf(target))} · ${code(name)}`, dump })),
    ),
  );
  const blocks = all.length > 0 ? ['### Flows of the datapath'] : [];
  let left = room;
  for (const [index, { place, dump }] of all.entries()) {
    const block = `<details><summary>${place} · ${inline(dumpTitle(dump))}</summary>\n\n${table(dump)}\n\n</details>`;
    left -= Buffer.byteLength(block);
    if (left < 0) return [...blocks, `… and ${counted(all.length - index, 'more dump')}, in \`report.html\`.`];
    blocks.push(block);
  }
  return blocks;
}

function table({ flows }: ReportFlowDump): string {
  if (flows.length === 0) return 'It held no flow.';
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['match', 'packets', 'bytes', 'offloaded', 'dp', 'actions', 'why not']),
    row(['---', '--:', '--:', '---', '---', '---', '---']),
    ...flows.slice(0, rowLimit).map((flow) => {
      const state = `${marks[flow.verdict]} ${flowState(flow)}`.trim();
      const [match, actions] = [code(clip(flow.match)), code(clip(flow.actions))];
      const why = inline(clip(whyText(flow)));
      return row([match, String(flow.packets), String(flow.bytes), state, inline(flow.dp ?? ''), actions, why]);
    }),
    ...(flows.length > rowLimit ? [`\n… and ${flows.length - rowLimit} more, in \`report.html\`.`] : []),
  ].join('\n');
}

function clip(text: string): string {
  const line = oneLine(text);
  return line.length > cellLimit ? `${line.slice(0, cellLimit)} …` : line;
}

// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../../matrix/targets.ts';
import { dumpTitle, flowState, whyText } from '../flows.ts';
import { code, inline } from '../markdown.ts';
import type { Report, ReportFlowDump } from '../model.ts';
import { clip, oneLine } from '../text.ts';
import { bounded, folded, row } from './blocks.ts';

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
  const render = ({ place, dump }: (typeof all)[number]) =>
    folded(`${place} · ${inline(dumpTitle(dump))}`, [table(dump)]);
  return bounded(all, render, { room, noun: 'dump', title: '### Flows of the datapath' });
}

function table({ flows }: ReportFlowDump): string {
  if (flows.length === 0) return 'It held no flow.';
  return [
    row(['match', 'packets', 'bytes', 'offloaded', 'dp', 'actions', 'why not']),
    row(['---', '--:', '--:', '---', '---', '---', '---']),
    ...flows.slice(0, rowLimit).map((flow) => {
      const state = `${marks[flow.verdict]} ${flowState(flow)}`.trim();
      const [match, actions] = [short(flow.match), short(flow.actions)];
      const why = inline(clip(oneLine(whyText(flow)), cellLimit));
      return row([match, String(flow.packets), String(flow.bytes), state, inline(flow.dp ?? ''), actions, why]);
    }),
    ...(flows.length > rowLimit ? [`\n… and ${flows.length - rowLimit} more, in \`report.html\`.`] : []),
  ].join('\n');
}

function short(text: string): string {
  return code(clip(oneLine(text), cellLimit));
}

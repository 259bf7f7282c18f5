// SPDX-License-Identifier: Apache-2.0
import type { FlowVerdict, JudgedFlow, Judgement } from '../flows/judge.ts';
import { FLOW_STATUS, flowState, flowSummary, type ReasonGroup, reasonGroups } from './flows.ts';
import { type Cell, layOut } from './table.ts';
import { type Paint, painter, shorten, statusLook, type Terminal } from './terminal.ts';
import { byteSize, counted, oneLine } from './text.ts';

/** So many flows are shown as rows, and of each reason so many as examples. */
const MAXIMUM_ROWS = 40;
const MAXIMUM_EXAMPLES = 3;
const ACTIONS_WIDTH = 24;

/** What matters first. */
const ORDER: FlowVerdict[] = ['missed', 'uncounted', 'offloaded', 'exempt'];

/**
 * What a dump of flows comes to, as text: a row per flow (those that are missed first), why those that are not offloaded
 * are not with what to do about it, and one line that sums it up. Ends with a newline.
 */
export function judgementText(judgement: Judgement, terminal: Terminal): string {
  const paint = painter(terminal.colour);
  const width = Math.max(40, terminal.size().columns);
  const flows = ORDER.flatMap((verdict) => judgement.flows.filter((flow) => flow.verdict === verdict));
  const rest = flows.length - MAXIMUM_ROWS;
  const groups = reasonGroups(judgement);
  const table = layOut(HEADER, flows.slice(0, MAXIMUM_ROWS).map(row), width, paint);
  const blocks = [
    flows.length > 0 ? table : [],
    rest > 0 ? [`and ${counted(rest, 'more flow')} (--json shows all)`] : [],
    ...groups.filter(({ verdict }) => verdict !== 'exempt').map((group) => groupLines(group, width, paint)),
    groups.filter(({ verdict }) => verdict === 'exempt').flatMap((group) => groupLines(group, width, paint)),
    [verdictLine(judgement, paint), ...noteLines(judgement)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

const HEADER: Cell[] = [
  { text: 'match' },
  { text: 'actions' },
  { text: 'packets', side: 'right' },
  { text: 'bytes', side: 'right' },
  { text: 'dp' },
  { text: 'offloaded' },
];

function row(flow: JudgedFlow): Cell[] {
  const status = FLOW_STATUS[flow.verdict];
  return [
    { text: oneLine(flow.match) },
    { text: shorten(oneLine(flow.actions), ACTIONS_WIDTH) },
    { text: String(flow.packets), side: 'right' },
    { text: byteSize(flow.bytes), side: 'right' },
    { text: oneLine(flow.dp ?? '') },
    { text: `${statusLook[status].mark} ${flowState(flow)}`, status },
  ];
}

function groupLines({ reason, flows, verdict }: ReasonGroup, width: number, paint: Paint): string[] {
  const status = verdict === undefined ? 'fail' : FLOW_STATUS[verdict];
  const { mark, format } = statusLook[status];
  const subject = verdict === undefined ? 'the dump' : counted(flows.length, 'flow');
  const lines = [`${paint(format, `${mark} ${subject}`)}: ${oneLine(reason.text)}`];
  // What is in order needs no more than that.
  if (verdict === 'exempt') return lines;
  if (reason.remedy !== undefined) lines.push(`    ${oneLine(reason.remedy)}`);
  lines.push(paint('gray', `    (${oneLine(reason.source)})`));
  for (const { line, match, actions } of flows.slice(0, MAXIMUM_EXAMPLES)) {
    const place = line === undefined ? '' : `line ${line}: `;
    lines.push(paint('gray', shorten(`    ${place}${oneLine(`${match} actions:${actions}`)}`, width)));
  }
  if (flows.length > MAXIMUM_EXAMPLES) lines.push(paint('gray', `    and ${flows.length - MAXIMUM_EXAMPLES} more`));
  return lines;
}

function verdictLine(judgement: Judgement, paint: Paint): string {
  const { mark, word, format } = statusLook[judgement.passed ? 'pass' : 'fail'];
  return `${paint(format, `${mark} ${word}`)}  ${flowSummary(judgement)}`;
}

function noteLines({ passed, flows, counts }: Judgement): string[] {
  if (!passed || counts.offloaded + counts.uncounted < flows.length) return [];
  return ['      The dump holds offloaded flows only; one that was taken with type=offloaded shows no others.'];
}

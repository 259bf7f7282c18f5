// SPDX-License-Identifier: Apache-2.0
import { dumpTitle, FLOW_STATUS, flowState, reasonGroups, whyText } from '../flows.ts';
import { type Markup, markup } from '../markup.ts';
import type { ReportFlow, ReportFlowDump } from '../model.ts';
import { byteSize } from '../text.ts';
import { icon, type SuiteView } from './view.ts';

/** Rows of one dump; report.json has all. */
const rowLimit = 300;
/** So many dumps are shown unfolded. */
const openLimit = 4;

/** The flows of the datapath that the tests of a suite saw, a table for each dump. Nothing when there are none. */
export function flowsView({ suite, anchor }: SuiteView): Markup | undefined {
  const dumps = suite.flows ?? [];
  if (dumps.length === 0) return undefined;
  return markup`<div class="dumps">${dumps.map((dump, index) => {
    const title = `Flows, ${dumpTitle(dump)}`;
    return markup`<details class="dump" id="${anchor}/flows/${index + 1}"${dumps.length <= openLimit && markup` open`}>
<summary><span class="row"><span class="name">${title}</span></span></summary>
<div class="body">${dump.flows.length === 0 ? markup`<p class="empty">The datapath held no flow.</p>` : tableView(dump, title)}</div>
</details>
`;
  })}</div>`;
}

function tableView(dump: ReportFlowDump, title: string): Markup {
  return markup`<div class="chart-box" tabindex="0" role="region" aria-label="Table: ${title}"><table class="flow-table">
<caption class="hide">${title}</caption>
<thead><tr>${['match', 'packets', 'bytes', 'offloaded', 'dp', 'actions', 'why not'].map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${dump.flows.slice(0, rowLimit).map(rowView)}</tbody>
</table></div>
${dump.flows.length > rowLimit && markup`<p class="meta">and ${dump.flows.length - rowLimit} more in report.json</p>`}
${remedies(dump)}`;
}

function rowView(flow: ReportFlow): Markup {
  const status = FLOW_STATUS[flow.verdict];
  return markup`<tr class="${status}"><th scope="row">${terms(flow.match)}</th><td class="number">${flow.packets}</td><td class="number">${byteSize(flow.bytes)}</td><td class="state">${icon(status)} <span class="word">${flowState(flow)}</span></td><td>${flow.dp ?? ''}</td><td>${terms(flow.actions)}</td><td class="why">${whyText(flow)}</td></tr>
`;
}

/** Terms may be told apart at the end of a line, and are not torn where that can be helped. */
function terms(text: string): Markup {
  const parts = text.split(',');
  return markup`<code>${parts.map((part, index) => markup`${part}${index < parts.length - 1 && markup`,<wbr>`}`)}</code>`;
}

/** What to do, once for all flows that share a reason. */
function remedies({ flows }: ReportFlowDump): Markup | undefined {
  const groups = reasonGroups({ flows, problems: [] }).filter(({ verdict }) => verdict === 'missed');
  if (groups.length === 0) return undefined;
  return markup`<ul class="remedies">${groups.map(({ reason }) => markup`<li>${reason.text}: <strong>${reason.remedy ?? ''}</strong> <span class="meta">${reason.source}</span></li>`)}</ul>`;
}

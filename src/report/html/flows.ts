// SPDX-License-Identifier: Apache-2.0
import { dumpTitle, flowState } from '../flows.ts';
import { type Markup, markup } from '../markup.ts';
import type { ReportFlow, ReportFlowDump, Status } from '../model.ts';
import { byteSize } from '../text.ts';
import { icon, type SuiteView } from './view.ts';

/** Rows of one dump; report.json has all. */
const rowLimit = 300;
/** So many dumps are shown unfolded. */
const openLimit = 4;

const looks: Record<ReportFlow['verdict'], Status> = {
  offloaded: 'pass',
  uncounted: 'error',
  exempt: 'skip',
  missed: 'fail',
};

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

function tableView({ flows }: ReportFlowDump, title: string): Markup {
  return markup`<div class="chart-box" tabindex="0" role="region" aria-label="Table: ${title}"><table class="flow-table">
<caption class="hide">${title}</caption>
<thead><tr>${['match', 'packets', 'bytes', 'offloaded', 'dp', 'actions', 'why not'].map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${flows.slice(0, rowLimit).map(rowView)}</tbody>
</table></div>
${flows.length > rowLimit && markup`<p class="meta">and ${flows.length - rowLimit} more in report.json</p>`}`;
}

function rowView(flow: ReportFlow): Markup {
  const status = looks[flow.verdict];
  const why = (flow.why ?? []).map(
    ({ text, remedy }) =>
      markup`<p>${text}${remedy !== undefined && flow.verdict === 'missed' && markup` <span class="meta">${remedy}</span>`}</p>`,
  );
  return markup`<tr class="${status}"><th scope="row"><code>${flow.match}</code></th><td class="number">${flow.packets}</td><td class="number">${byteSize(flow.bytes)}</td><td>${icon(status)} <span class="word">${flowState(flow)}</span></td><td>${flow.dp ?? ''}</td><td><code>${flow.actions}</code></td><td class="why">${why}</td></tr>
`;
}

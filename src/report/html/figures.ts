// SPDX-License-Identifier: Apache-2.0
import { type FigureCell, type FigureTable, figureTables, figureTitle } from '../figures.ts';
import { type Markup, markup } from '../markup.ts';
import { figureChart } from './chart.ts';
import type { SuiteView } from './view.ts';

/** What a suite measured: a chart and a table for each name. Nothing when it measured nothing. */
export function figuresView({ suite, anchor }: SuiteView): Markup | undefined {
  const tables = figureTables(suite);
  if (tables.length === 0) return undefined;
  return markup`<div class="figures">${tables.map((table, index) => {
    const place = `${anchor}/figures/${index + 1}`;
    const title = figureTitle(table);
    return markup`<section class="figure" id="${place}" aria-label="${title}">
<h5>${title}</h5>
<div class="chart-box" tabindex="0" role="region" aria-label="Chart: ${title}">${figureChart(table, suite.measurements ?? [], place)}</div>
${tableView(table, title)}
</section>`;
  })}</div>`;
}

function tableView(table: FigureTable, title: string): Markup {
  const { chart, columns, rows } = table;
  const others = columns.filter(({ published }) => published).length;
  return markup`<div class="chart-box" tabindex="0" role="region" aria-label="Table: ${title}"><table class="numbers">
<caption class="hide">${title}</caption>
<thead>
${others > 0 && markup`<tr><td></td><th scope="colgroup" colspan="${columns.length - others}">measured here</th><th scope="colgroup" colspan="${others}" class="published">published</th></tr>\n`}<tr><th scope="col">${chart.x}</th>${columns.map(({ title: head, published }) => markup`<th scope="col"${published && markup` class="published"`}>${head}</th>`)}</tr>
</thead>
<tbody>
${rows.map(({ x, cells }) => markup`<tr><th scope="row">${x}</th>${cells.map((cell, index) => cellView(cell, columns[index]?.published ?? false))}</tr>\n`)}</tbody>
</table></div>
${chart.published && markup`<p class="meta">Published: ${chart.published.source}</p>`}`;
}

function cellView({ text, verdict }: FigureCell, published: boolean): Markup {
  const classes = [published && 'published', verdict].filter(Boolean).join(' ');
  const value = text === '' ? markup`<span class="none">–<span class="hide"> none</span></span>` : markup`${text}`;
  return markup`<td${classes !== '' && markup` class="${classes}"`}>${value}${verdict && markup`<span class="hide"> (${verdict})</span>`}</td>`;
}

// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { figureTables, figureTitle } from './figures.ts';
import type { Report } from './model.ts';
import { type Cell, layOut } from './table.ts';
import { painter, type Terminal } from './terminal.ts';
import { oneLine } from './text.ts';

/** What the suites of a run measured, as text: a table per target, suite and name. Ends with a newline; empty when nothing was. */
export function figuresText(report: Report, terminal: Terminal): string {
  const paint = painter(terminal.colour);
  const width = Math.max(40, terminal.size().columns);
  const blocks = report.targets.flatMap((target) =>
    target.suites.flatMap((suite) =>
      figureTables(suite).map((table) => {
        const title = oneLine(`${labelOf(target)}: ${suite.name}: ${figureTitle(table)}`);
        const header: Cell[] = [
          { text: oneLine(table.chart.x), side: 'right' },
          ...table.columns.map(({ title: head, published }): Cell => {
            return { text: oneLine(published ? `published ${head}` : head), side: 'right' };
          }),
        ];
        const rows = table.rows.map(({ x, cells }) => [
          { text: String(x), side: 'right' as const },
          ...cells.map(({ text, verdict }): Cell => {
            return { text, side: 'right', ...(verdict && { format: verdict === 'better' ? 'green' : 'red' }) };
          }),
        ]);
        return [paint('bold', title), ...layOut(header, rows, width, paint)].join('\n');
      }),
    ),
  );
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

// SPDX-License-Identifier: Apache-2.0
import type { Change } from '../baseline.ts';
import { code, inline } from '../markdown.ts';
import type { Report, ReportWarning } from '../model.ts';
import { clip, counted, duration } from '../text.ts';
import { bounded, looks, sizeOf } from './blocks.ts';
import { changeBlocks, figureBlocks, timeBlocks } from './figures.ts';
import { flowBlocks } from './flows.ts';
import { matrixBlocks } from './matrix.ts';
import { problemBlocks } from './problems.ts';

export type SummaryOptions = {
  /** In bytes, at least 40,000. */
  limit?: number;
  /** What else there is to look at: an artifact, a release. Addresses are absolute. */
  links?: { text: string; url: string }[];
  /** What has become of the figures of an earlier report, and from how many percent on that is told. */
  changes?: Change[];
  tolerance?: number;
};

/** GitHub refuses a job summary above 1 MiB; what is left out is in report.html. */
const LIMIT = 900_000;
/** What each part may take of that at most; problems have what the others leave, a third at least. */
const SHARES = { matrix: 0.2, warnings: 0.1, changes: 0.1, figures: 0.12, times: 0.05, flows: 0.1 };
const LINKS = 3;

/**
 * The report as GitHub-flavoured Markdown for a job summary or a comment: verdict, matrix, then what failed with its evidence, then
 * the rest. Never more than `limit` bytes: what does not fit is left out at the end of each part, which is said.
 */
export function summaryMarkdown(report: Report, options: SummaryOptions = {}): string {
  const { limit = LIMIT, changes = [], tolerance = 0 } = options;
  const room = (part: keyof typeof SHARES) => limit * SHARES[part];
  const passed = report.targets.filter((target) => target.status === 'pass').length;
  const subject = report.module ? `${code(clip(report.module, 100))}: ` : '';
  const head = [
    `## ${looks[report.status]} · ${subject}${passed} of ${counted(report.targets.length, 'target')} passed`,
    ...(report.reason ? [inline(clip(report.reason, 200))] : []),
    ...linkBlocks(options.links ?? []),
    ...matrixBlocks(report, room('matrix')),
  ];
  const version = `ovnfast ${inline(clip(report.tool.version, 100))}`;
  const tail = [
    ...warningBlocks(report, room('warnings')),
    ...changeBlocks(changes, tolerance, room('changes')),
    ...figureBlocks(report, room('figures')),
    ...timeBlocks(report, room('times')),
    ...flowBlocks(report, room('flows')),
    `<sub>${version} · ${report.startedAt} · ${duration(report.seconds)}</sub>`,
  ];
  const problems = problemBlocks(report, limit - sizeOf(head) - sizeOf(tail));
  return `${[...head, ...problems, ...tail].join('\n\n')}\n`;
}

function linkBlocks(links: { text: string; url: string }[]): string[] {
  // Behind `<`, only what `href` has encoded could end an address.
  const all = links.map(({ text, url }) => `[${inline(clip(text, 100))}](<${new URL(url).href}>)`);
  const shown = all.filter((link) => link.length < 3000).slice(0, LINKS);
  return shown.length > 0 ? [shown.join(' · ')] : [];
}

function warningBlocks(report: Report, room: number): string[] {
  const render = ({ target, message, remedy }: ReportWarning) => {
    const text = [target ? `${target}: ${message}` : message, remedy].filter((part) => part !== undefined);
    return `> [!WARNING]\n${text.map((line) => `> ${inline(clip(line))}`).join('\n')}`;
  };
  return bounded(report.warnings ?? [], render, { room, noun: 'warning' });
}

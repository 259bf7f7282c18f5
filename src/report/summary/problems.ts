// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../../matrix/targets.ts';
import { groupBy } from '../groups.ts';
import { code, inline } from '../markdown.ts';
import type { Report } from '../model.ts';
import { type Problem, problemsOf } from '../problems.ts';
import { clip, counted } from '../text.ts';
import { bounded, fence, folded, looks } from './blocks.ts';

/** Of the evidence of one test on one kernel, in characters; of the same test on further kernels. */
const EVIDENCE = 8_000;
const EVIDENCE_MORE = 2_000;
/** So many can be read without a click. */
const OPEN = 3;
const NAME = 200;
/** So many kernels that have different things to say about one test. */
const PROOFS = 10;

/** All that went wrong, with what proves it: what failed first, the same on several kernels as one. */
export function problemBlocks(report: Report, room: number): string[] {
  const groups = [
    ...groupBy(problemsOf(report), ({ status, place, test }) => JSON.stringify([status, place, test?.name])).values(),
  ];
  const failed = groups.filter(([first]) => first?.status === 'fail');
  const sorted = [...failed, ...groups.filter((group) => !failed.includes(group))];
  const title = `### ${counted(sorted.length, 'problem')}`;
  // Where there is little room, as in a comment, several are to be seen all the same.
  const evidence = Math.min(EVIDENCE, Math.max(0, room / 10));
  const render = (group: Problem[], index: number) => groupBlock(group, report.targets.length, evidence, index < OPEN);
  return bounded(sorted, render, { room, noun: 'problem', title });
}

/** The same on several kernels. */
function groupBlock(group: Problem[], targets: number, evidence: number, open: boolean): string {
  const [first] = group;
  if (!first) return '';
  const { status, place, test, target } = first;
  const alone = group.length === 1;
  const path = [alone ? labelOf(target) : undefined, place, test?.name].filter((part) => part !== undefined);
  const where = alone ? '' : ` on ${group.length} of ${counted(targets, 'kernel')}`;
  // What is proved alike needs to be shown once.
  const alike = [
    ...groupBy(group, ({ reason, evidence, kernelLog }) => JSON.stringify([reason, evidence, kernelLog])).values(),
  ];
  const reason = alike.length === 1 && first.reason ? `<br>${inline(clip(first.reason))}` : '';
  const body = alike.slice(0, PROOFS).flatMap((some, index) => {
    const limit = index === 0 ? evidence : Math.min(evidence, EVIDENCE_MORE);
    return proof(some, { named: !alone, reasoned: alike.length > 1, limit });
  });
  if (alike.length > PROOFS)
    body.push(`… and ${counted(alike.slice(PROOFS).flat().length, 'more kernel')}, in \`report.html\`.`);
  return folded(
    `${looks[status]} · ${path.map((part) => code(clip(part, NAME))).join(' · ')}${where}${reason}`,
    body,
    open,
  );
}

type Manner = { named: boolean; reasoned: boolean; limit: number };

/** What proves it on kernels that say the same. */
function proof(problems: Problem[], { named, reasoned, limit }: Manner): string[] {
  const [first] = problems;
  if (!first) return [];
  const { reason, evidence, kernelLog, log } = first;
  const names = problems.slice(0, 50).map(({ target }) => code(clip(labelOf(target), NAME)));
  if (problems.length > names.length) names.push(`and ${problems.length - names.length} more`);
  return [
    ...(named ? [`**On ${names.join(', ')}**${reasoned && reason ? `: ${inline(clip(reason))}` : ''}`] : []),
    ...(evidence.length > 0 ? ['Evidence', fence(evidence, limit)] : []),
    ...(kernelLog.length > 0 ? ['Kernel log', fence(kernelLog, limit)] : []),
    ...(log ? [`Whole log: ${code(clip(log))}`] : []),
  ];
}

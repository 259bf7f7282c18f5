// SPDX-License-Identifier: Apache-2.0
import { KernelLog } from '../../conformance/kernel-log.ts';
import type { LogText } from '../logs.ts';
import { type Markup, markup } from '../markup.ts';
import { byteSize, clipLines, counted } from '../text.ts';
import { dotted, fileLink } from './view.ts';

/** What make and the compilers print when something is wrong. */
const buildComplaint = /\b(error|warning): |\*\*\* |^ERROR: modpost/;
/** Where the guest's init says in the kernel log which test begins or has ended. */
const testMarker = /\] ovnfast: test (start|end) /;

export type LogKind = 'kernel' | 'build';
type Mark = 'bad' | 'part' | 'marker';

const evidenceLimit = 20_000;

/** A few lines as a block: the evidence of a test, the kernel log around it. Nothing for no lines. */
export function excerpt(title: string, lines: string[] | undefined): Markup | undefined {
  if (!lines?.length) return undefined;
  const { head, omitted, tail } = clipLines(lines, evidenceLimit);
  const gap = omitted > 0 ? [`… ${counted(omitted, 'line')} left out here, all are in report.json …`] : [];
  return markup`<figure class="excerpt"><figcaption>${title}</figcaption><pre tabindex="0" role="group" aria-label="${title}"><code>${[...head, ...gap, ...tail].join('\n')}</code></pre></figure>`;
}

/**
 * Which lines to mark: the first of each complaint, the rest of it, and where tests begin and end. For a kernel log they are
 * those that the judgement of the run rests on.
 */
function marksOf(kind: LogKind, parts: string[][]): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const lines of parts) {
    const kernel = new KernelLog({
      onFinding: ({ lines: [first = '', ...rest] }) => {
        for (const line of rest) if (!marks.has(line)) marks.set(line, 'part');
        marks.set(first, 'bad');
      },
    });
    for (const line of lines) {
      if (kind === 'kernel') kernel.line(line);
      if (kind === 'kernel' && testMarker.test(line)) marks.set(line, 'marker');
      if (kind === 'build' && buildComplaint.test(line)) marks.set(line, 'bad');
    }
    kernel.end();
  }
  return marks;
}

/**
 * A whole log, folded: numbered lines, complaints marked. The search and the switch for complaints are there for the
 * script to show; without it everything can still be read.
 */
export function logView(kind: LogKind, path: string, anchor: string, log: LogText | undefined): Markup {
  const title = kind === 'kernel' ? 'Kernel log' : 'Build log';
  if (!log) return markup`<p class="missing" id="${anchor}">${title}: <code>${path}</code> is not there.</p>`;
  const { head, omitted, tail } = log;
  const marks = marksOf(kind, [head, tail]);
  const all = [...head, ...tail];
  const complaints = all.filter((line) => marks.get(line) === 'bad').length;
  const total = all.length + (omitted?.lines ?? 0);
  const item = (line: string, number?: number) => {
    const mark = marks.get(line);
    return markup`<li${mark && markup` class="${mark}"`}${number !== undefined && markup` value="${number}"`}>${line}</li>\n`;
  };
  return markup`<details class="log" id="${anchor}">
<summary><span class="row"><span class="name">${title}</span></span> <span class="meta">${dotted([counted(total, 'line'), complaints > 0 && markup`<strong class="notable">${counted(complaints, 'complaint')}</strong>`])}</span></summary>
<div class="log-tools" hidden>
<label>Find in this log <input type="search" spellcheck="false" autocomplete="off"></label>
<span class="steps"><button type="button" data-step="-1" aria-label="Previous line found">↑</button> <button type="button" data-step="1" aria-label="Next line found">↓</button> <output></output></span>
${complaints > 0 && markup`<label class="check"><input type="checkbox"> only complaints</label>`}
</div>
<p class="meta">File: ${fileLink(path)}</p>
<ol class="lines" tabindex="0" aria-label="${title}">
${head.map((line) => item(line))}${omitted && markup`<li class="gap" value="${head.length + 1}">${counted(omitted.lines, 'line')} (${byteSize(omitted.bytes)}) left out here; the whole log is ${fileLink(path)}</li>\n`}${tail.map((line, index) => item(line, index === 0 ? head.length + (omitted?.lines ?? 0) + 1 : undefined))}</ol>
</details>`;
}

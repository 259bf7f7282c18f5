// SPDX-License-Identifier: Apache-2.0
import type { LogText } from '../logs.ts';
import { type Markup, markup } from '../markup.ts';
import { byteSize, clipLines, counted } from '../text.ts';
import { dotted, fileLink } from './view.ts';

/** Lines that a person looks for first: what kernels, compilers and make print when something is wrong. */
const problemLine =
  /\b(BUG|WARNING|Oops|PANIC|panic|INFO: task|rcu.{0,40}stall|lockdep|Call Trace|RIP:|general protection|unable to handle|unreferenced object|segfault|Out of memory|oom-kill|cut here|not ok|[Ee]rror)\b|\*\*\*/;

const evidenceLimit = 20_000;

/** A few lines as a block: the evidence of a test, the kernel log around it. Nothing for no lines. */
export function excerpt(title: string, lines: string[] | undefined): Markup | undefined {
  if (!lines?.length) return undefined;
  const { head, omitted, tail } = clipLines(lines, evidenceLimit);
  const gap = omitted > 0 ? [`… ${counted(omitted, 'line')} left out here, all are in report.json …`] : [];
  return markup`<figure class="excerpt"><figcaption>${title}</figcaption><pre tabindex="0" role="group" aria-label="${title}"><code>${[...head, ...gap, ...tail].join('\n')}</code></pre></figure>`;
}

/**
 * A whole log, folded: numbered lines, the suspicious ones marked. The search and the switch for suspicious lines are
 * there for the script to show; without it everything can still be read.
 */
export function logView(title: string, path: string, anchor: string, log: LogText | undefined): Markup {
  if (!log) return markup`<p class="missing" id="${anchor}">${title}: <code>${path}</code> is not there.</p>`;
  const { head, omitted, tail } = log;
  const all = [...head, ...tail];
  const problems = all.filter((line) => problemLine.test(line)).length;
  const total = all.length + (omitted?.lines ?? 0);
  const item = (line: string, number?: number) =>
    markup`<li${problemLine.test(line) && markup` class="bad"`}${number !== undefined && markup` value="${number}"`}>${line}</li>\n`;
  return markup`<details class="log" id="${anchor}">
<summary><span class="row"><span class="name">${title}</span></span> <span class="meta">${dotted([counted(total, 'line'), problems > 0 && markup`<strong class="notable">${counted(problems, 'suspicious line')}</strong>`])}</span></summary>
<div class="log-tools" hidden>
<label>Find in this log <input type="search" spellcheck="false" autocomplete="off"></label>
<span class="steps"><button type="button" data-step="-1" aria-label="Previous line found">↑</button> <button type="button" data-step="1" aria-label="Next line found">↓</button> <output></output></span>
${problems > 0 && markup`<label class="check"><input type="checkbox"> only suspicious lines</label>`}
</div>
<p class="meta">File: ${fileLink(path)}</p>
<ol class="lines" tabindex="0" aria-label="${title}">
${head.map((line) => item(line))}${omitted && markup`<li class="gap" value="${head.length + 1}">${counted(omitted.lines, 'line')} (${byteSize(omitted.bytes)}) left out here; the whole log is ${fileLink(path)}</li>\n`}${tail.map((line, index) => item(line, index === 0 ? head.length + (omitted?.lines ?? 0) + 1 : undefined))}</ol>
</details>`;
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { LogText } from '../logs.ts';
import { Markup, markup } from '../markup.ts';
import type { Report, ReportTest, Status } from '../model.ts';
import { type Problem, problemsOf } from '../problems.ts';
import { counted, duration, oneLine } from '../text.ts';
import { excerpt } from './log.ts';
import { gridSection, matrixSection } from './matrix.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';
import { targetArticle } from './target.ts';
import { badge, dotted, icon, sprite, type TargetView, targetViews } from './view.ts';

/** How many failures are shown unfolded. */
const openFailures = 12;

// The function's own text, so that it is checked by the compiler like the rest and needs no file at run time.
const script = `(${pageScript})();`;

/**
 * The report as one HTML file that asks for nothing else: style, script and icons are inside, and its content security
 * policy names exactly those two by their digests, so that not even a mistake in escaping could run anything.
 * `logs` are the texts of the logs that the report names, by path.
 */
export function reportPage(report: Report, logs: Map<string, LogText>): string {
  const targets = targetViews(report, logs);
  const problems = problemsOf(report);
  const policy = [
    "default-src 'none'",
    `style-src ${digestSource(pageStyle)}`,
    `script-src ${digestSource(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${titleOf(report)}</title>
<link rel="icon" href="${favicon(report.status)}">
<style>${new Markup(pageStyle)}</style>
</head>
<body>
${sprite}
<a class="skip-link" href="#results">Skip to the results</a>
${pageHeader(report)}
${toolbar(report)}
<main id="results">
${matrixSection(report, targets)}
${failuresSection(problems, targets)}
${warningsSection(report)}
${gridSection(targets)}
${targets.length > 0 && markup`<section aria-labelledby="details"><h2 id="details">Details</h2>${targets.map(targetArticle)}</section>`}
<p class="empty" id="nothing" hidden>No test matches the filter.</p>
</main>
${pageFooter(report)}
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

function digestSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function verdictOf({ status, targets }: Report): string {
  const count = (wanted: Status) => targets.filter((target) => target.status === wanted).length;
  const of = (number: number) => `${number} of ${counted(targets.length, 'target')}`;
  if (status === 'skip') return targets.length === 0 ? 'No target was run' : 'Every target was skipped';
  if (status === 'error') return `${of(count('error'))} could not be tested`;
  if (status === 'fail') {
    return `${of(count('fail'))} failed${count('error') > 0 ? `, ${count('error')} could not be tested` : ''}`;
  }
  if (count('pass') < targets.length) return `${of(count('pass'))} passed, the rest was skipped`;
  return targets.length === 1 ? 'The target passed' : `All ${targets.length} targets passed`;
}

function titleOf(report: Report): string {
  const mark = { pass: '✓', fail: '✗', error: '!', skip: '–' }[report.status];
  return oneLine([`${mark} ${verdictOf(report)}`, report.module, 'ovnfast'].filter(Boolean).join(' · '));
}

function favicon(status: Status): string {
  const shapes: Record<Status, string> = {
    pass: '<circle cx="8" cy="8" r="8" fill="#1a7f4b"/><path d="M4.4 8.4l2.5 2.5 4.8-5.4" fill="none" stroke="#fff" stroke-width="2"/>',
    fail: '<path d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z" fill="#b3261e"/><path d="M5 5l6 6M11 5l-6 6" stroke="#fff" stroke-width="2"/>',
    error: '<path d="M8 0l8 15.5H0z" fill="#8f5300"/><path d="M8 5v5M8 12v1.5" stroke="#fff" stroke-width="2"/>',
    skip: '<circle cx="8" cy="8" r="7" fill="none" stroke="#667080" stroke-width="2"/><path d="M5 8h6" stroke="#667080" stroke-width="2"/>',
  };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shapes[status]}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function pageHeader(report: Report): Markup {
  const when = new Date(report.startedAt);
  const shown = `${when.toISOString().slice(0, 10)} ${when.toISOString().slice(11, 16)} UTC`;
  return markup`<header class="top ${report.status}">
<div class="inner">
<p class="brand"><svg viewBox="0 0 64 20" aria-hidden="true"><path class="rail" d="M2 16h60"/><path class="post" d="M16 12v8M26.7 12v8M37.3 12v8M48 12v8"/><path class="hop" d="M5 16C14-1 50-1 59 16"/><circle cx="59" cy="15" r="3.4"/></svg> ovnfast</p>
<h1>${icon(report.status)} <span>${verdictOf(report)}</span></h1>
<p class="lead">${dotted([
    report.module !== undefined && markup`module <b>${report.module}</b>`,
    markup`<time datetime="${report.startedAt}">${shown}</time>`,
    `took ${duration(report.seconds)}`,
    `ovnfast ${report.tool.version}`,
    report.warnings?.length
      ? markup`<a class="notable" href="#warnings">${counted(report.warnings.length, 'warning')}</a>`
      : false,
  ])}</p>
${report.reason !== undefined && markup`<p class="reason">${report.reason}</p>`}
</div>
</header>`;
}

function allTests(report: Report): ReportTest[] {
  return report.targets.flatMap((target) => target.suites.flatMap((suite) => suite.tests));
}

/** Shown by the script; without it, it would do nothing. */
function toolbar(report: Report): Markup | undefined {
  const tests = allTests(report);
  if (tests.length === 0) return undefined;
  const states = (['fail', 'pass', 'skip'] as const).map((status) => {
    const count = tests.filter((test) => test.status === status).length;
    const word = { fail: 'failed', pass: 'passed', skip: 'skipped' }[status];
    return markup`<button type="button" data-show="${status}" aria-pressed="false"${count === 0 && markup` disabled`}>${icon(status)} ${count} ${word}</button>`;
  });
  return markup`<search class="toolbar" hidden>
<div class="inner">
<label class="find"><span class="hide">Filter tests</span><input type="search" id="filter" placeholder="Filter by test, target, reason, evidence" aria-keyshortcuts="/" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></label>
<div class="states" role="group" aria-label="Show tests by status"><button type="button" data-show="" aria-pressed="true">all ${tests.length}</button>${states}</div>
<output id="count" for="filter" class="meta"></output>
</div>
</search>`;
}

function warningsSection(report: Report): Markup | undefined {
  if (!report.warnings?.length) return undefined;
  return markup`<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Warnings</h2>
<ul>${report.warnings.map(({ target, message, remedy }) => markup`<li>${target !== undefined && markup`<b>${target}</b>: `}${message}${remedy !== undefined && markup`<br><span class="meta">${remedy}</span>`}</li>`)}</ul></section>`;
}

function failuresSection(problems: Problem[], targets: TargetView[]): Markup | undefined {
  if (problems.length === 0) return undefined;
  return markup`<section class="failures" aria-labelledby="failures"><h2 id="failures">What went wrong</h2>
${problems.map((problem, index) => failure(problem, targets, index < openFailures))}</section>`;
}

function failure(
  { target, status, place, test, reason, evidence, kernelLog, log }: Problem,
  targets: TargetView[],
  open: boolean,
) {
  const view = targets.find((one) => one.target === target);
  const suite = view?.suites.find((one) => one.suite.name === place);
  const anchor = suite?.tests.find((one) => one.test === test)?.anchor ?? suite?.anchor ?? view?.anchor;
  const name = test?.name ?? (place === undefined ? 'target' : place);
  const build = view?.builds.find((one) => one.name === place);
  const logAnchor = suite ? `${suite.anchor}/console` : log !== undefined && `${build?.anchor}/log`;
  return markup`<article class="failure ${status}" data-of="${test ? anchor : undefined}">
<details${open && markup` open`}>
<summary><span class="row">${badge(status)} <span class="name">${name}</span> <span class="where">${dotted([view?.name, test ? place : undefined])}</span>${reason !== undefined && markup`<span class="why">${reason}</span>`}</span></summary>
<div class="body">
${excerpt('Evidence', evidence)}
${excerpt('Kernel log', kernelLog)}
<p class="meta">${dotted([anchor !== undefined && markup`<a href="#${anchor}">in its place below</a>`, logAnchor !== false && markup`<a href="#${logAnchor}">${suite ? 'kernel log' : 'build log'}</a>`])}</p>
</div>
</details>
</article>
`;
}

function pageFooter({ host, tool }: Report): Markup {
  return markup`<footer><div class="inner">
<p>The same as <a href="report.json">report.json</a>, <a href="junit.xml">junit.xml</a>, <a href="summary.md">summary.md</a>.</p>
<p class="meta">${dotted([
    host && `run on ${host.system}`,
    host && counted(host.processors, 'processor'),
    host && `${Math.round(host.memoryMiB / 1024)} GiB of memory`,
    tool.node !== undefined && `Node.js ${tool.node}`,
  ])}</p>
<p class="meta keys" hidden>Keys: <kbd>/</kbd> filter, <kbd>↓</kbd> <kbd>↑</kbd> next and previous test, <kbd>Enter</kbd> open, <kbd>Esc</kbd> clear the filter</p>
</div></footer>`;
}

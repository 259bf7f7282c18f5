// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../../matrix/targets.ts';
import { buildName, buildsOf } from '../builds.ts';
import type { LogText } from '../logs.ts';
import { type Markup, markup } from '../markup.ts';
import type { Report, ReportBuild, ReportSuite, ReportTarget, ReportTest, Status } from '../model.ts';

/** The report with the address of each part inside the page (`debian-12/fastpath/four-lines`). */
export type TestView = { test: ReportTest; anchor: string };
export type SuiteView = { suite: ReportSuite; anchor: string; tests: TestView[]; log: LogText | undefined };
export type BuildView = { build: ReportBuild; name: string; anchor: string; log: LogText | undefined };
export type TargetView = {
  target: ReportTarget;
  /** Short where the page has one kernel of that distribution, with the kernel release otherwise. */
  name: string;
  anchor: string;
  builds: BuildView[];
  suites: SuiteView[];
};

export function targetViews(report: Report, logs: Map<string, LogText>): TargetView[] {
  const taken = new Set<string>();
  const unique = (anchor: string) => {
    let result = anchor;
    for (let n = 2; taken.has(result); n++) result = `${anchor}~${n}`;
    taken.add(result);
    return result;
  };
  return report.targets.map((target) => {
    const alone = report.targets.filter((other) => other.id === target.id).length === 1;
    const name = alone ? target.id : labelOf(target);
    const anchor = unique(alone ? slug(target.id) : `${slug(target.id)}/${slug(target.kernel)}`);
    return {
      target,
      name,
      anchor,
      builds: buildsOf(target).map((build) => {
        const name = buildName(build);
        const log = build.log === undefined ? undefined : logs.get(build.log);
        return { build, name, anchor: unique(`${anchor}/${slug(name)}`), log };
      }),
      suites: target.suites.map((suite) => {
        const suiteAnchor = unique(`${anchor}/${slug(suite.name)}`);
        const tests = suite.tests.map((test) => ({ test, anchor: unique(`${suiteAnchor}/${slug(test.name)}`) }));
        return { suite, anchor: suiteAnchor, tests, log: logs.get(suite.console) };
      }),
    };
  });
}

/** A name as part of an address: letters, digits and a few marks, at most 80. */
function slug(name: string): string {
  return name.replace(/[^\p{L}\p{N}._+-]+/gu, '-').slice(0, 80) || '-';
}

const words: Record<Status, string> = { pass: 'pass', fail: 'fail', error: 'error', skip: 'skip' };

/** Status as a shape alone: a disc with a tick, an octagon with a cross, a triangle with a mark, an empty ring. */
export function icon(status: Status): Markup {
  return markup`<svg class="icon ${status}" aria-hidden="true"><use href="#icon-${status}"/></svg>`;
}

/** Status as shape, word and colour. */
export function badge(status: Status): Markup {
  return markup`<span class="badge ${status}">${icon(status)} ${words[status]}</span>`;
}

export const sprite = markup`<svg width="0" height="0" class="sprite" aria-hidden="true">
<symbol id="icon-pass" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8"/><path class="ink" d="M4.4 8.4l2.5 2.5 4.8-5.4"/></symbol>
<symbol id="icon-fail" viewBox="0 0 16 16"><path d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z"/><path class="ink" d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6"/></symbol>
<symbol id="icon-error" viewBox="0 0 16 16"><path d="M8 .6a1 1 0 0 1 .9.5l7 12.8a1 1 0 0 1-.9 1.5H1a1 1 0 0 1-.9-1.5L7.1 1.1A1 1 0 0 1 8 .6z"/><path class="ink" d="M8 5.4v4.2M8 12.2v.4"/></symbol>
<symbol id="icon-skip" viewBox="0 0 16 16"><circle class="ring" cx="8" cy="8" r="6.9"/><path class="dash" d="M5 8h6"/></symbol>
</svg>`;

/** Elements separated by a middle dot; nothing where one is missing. */
export function dotted(parts: (Markup | string | false | undefined)[]): Markup {
  const shown = parts.filter((part) => part !== undefined && part !== false && part !== '');
  return markup`${shown.map((part, index) => markup`${index > 0 && markup`<span class="dot" aria-hidden="true"> · </span>`}<span>${part}</span>`)}`;
}

/** A path of the output directory as a link beside this page. */
export function fileLink(path: string, text = path): Markup {
  return markup`<a href="${path.toWellFormed().split('/').map(encodeURIComponent).join('/')}">${text}</a>`;
}

// SPDX-License-Identifier: Apache-2.0
import { buildStatus, buildsOf, suiteTitle } from '../builds.ts';
import { type Markup, markup } from '../markup.ts';
import type { Report } from '../model.ts';
import { duration } from '../text.ts';
import { badge, icon, type TargetView } from './view.ts';

/** Targets x build, suites, tests passed, accelerator, time. On a narrow screen each row becomes a card, named by `data-label`. */
export function matrixSection(report: Report, targets: TargetView[]): Markup {
  if (targets.length === 0) {
    return markup`<section aria-labelledby="matrix"><h2 id="matrix">Targets</h2><p class="empty">No target was run, so nothing was proven.</p></section>`;
  }
  const suites = suiteNames(targets);
  const longest = Math.max(...targets.map((view) => sum(phases(view).map((phase) => phase.seconds))), 0.001);
  return markup`<section aria-labelledby="matrix">
<h2 id="matrix">Targets</h2>
<table class="matrix">
<thead><tr><th scope="col">Target</th><th scope="col">Build</th>${suites.map((name) => markup`<th scope="col">${name}</th>`)}<th scope="col" class="number">Tests passed</th><th scope="col">Machine</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>
${targets.map((view) => matrixRow(view, suites, longest))}</tbody>
</table>
${report.targets.some((target) => target.suites.length > 0 || buildsOf(target).length > 0) && markup`<p class="legend meta" aria-hidden="true"><span class="swatch phase-build"></span> build <span class="swatch phase-boot"></span> boot <span class="swatch phase-test"></span> tests</p>`}
</section>`;
}

function matrixRow(view: TargetView, suites: string[], longest: number): Markup {
  const { target, anchor } = view;
  const tests = target.suites.flatMap((suite) => suite.tests);
  const passed = tests.filter((test) => test.status === 'pass').length;
  const machines = [...new Set(target.suites.map((suite) => suite.accelerator.toUpperCase()))].join(', ');
  return markup`<tr class="${target.status}">
<th scope="row"><a href="#${anchor}">${target.title ?? target.id}</a><span class="kernel">${target.kernel}</span></th>
<td data-label="Build">${badge(buildStatus(target))}</td>
${suites.map((name) => {
  const suite = target.suites.find((one) => suiteTitle(one) === name);
  return markup`<td data-label="${name}">${suite ? badge(suite.status) : markup`<span class="none">not run</span>`}</td>`;
})}
<td data-label="Tests passed" class="number">${tests.length > 0 ? markup`<b>${passed}</b> of ${tests.length}` : markup`<span class="none">none run</span>`}</td>
<td data-label="Machine">${machines || markup`<span class="none">none</span>`}</td>
<td data-label="Time" class="number">${target.cached ? markup`<span class="pill">cached</span>` : target.seconds !== undefined && duration(target.seconds)}${ribbon(view, longest)}</td>
</tr>
`;
}

type Phase = { name: 'build' | 'boot' | 'test'; seconds: number };

function phases({ target }: TargetView): Phase[] {
  const boot = sum(target.suites.map((suite) => suite.bootSeconds));
  return [
    { name: 'build', seconds: sum(buildsOf(target).map((build) => build.seconds)) },
    { name: 'boot', seconds: boot },
    { name: 'test', seconds: Math.max(0, sum(target.suites.map((suite) => suite.seconds)) - boot) },
  ];
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Where the time went, to one scale for all targets. Rectangles with attributes: the page allows no inline style. */
function ribbon(view: TargetView, longest: number): Markup {
  let at = 0;
  const parts = phases(view).map(({ name, seconds }) => {
    const width = (seconds / longest) * 100;
    const rectangle = markup`<rect class="phase-${name}" x="${at.toFixed(2)}" y="0" width="${Math.max(0, width - 0.6).toFixed(2)}" height="4"/>`;
    at += width;
    return rectangle;
  });
  const told = phases(view).map(({ name, seconds }) => `${name} ${duration(seconds)}`);
  return markup`<svg class="ribbon" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${told.join(', ')}"><title>${told.join(', ')}</title>${parts}</svg>`;
}

function suiteNames(targets: TargetView[]): string[] {
  return [...new Set(targets.flatMap(({ target }) => target.suites.map(suiteTitle)))];
}

/** For each suite a table of tests x targets: which behaviour holds on which kernel, at a glance. */
export function gridSection(targets: TargetView[]): Markup | undefined {
  const suites = suiteNames(targets).filter((name) =>
    suitesNamed(targets, name).some((suite) => suite.tests.length > 0),
  );
  if (suites.length === 0) return undefined;
  return markup`<section aria-labelledby="grid"><h2 id="grid">Tests by kernel</h2>${suites.map((name) => grid(name, targets))}</section>`;
}

function suitesNamed(targets: TargetView[], name: string) {
  return targets.flatMap((view) => view.suites.filter((one) => suiteTitle(one.suite) === name));
}

function grid(suiteName: string, targets: TargetView[]): Markup {
  const columns = targets.filter((view) =>
    view.suites.some((one) => suiteTitle(one.suite) === suiteName && one.tests.length > 0),
  );
  const tests = [...new Set(suitesNamed(columns, suiteName).flatMap((one) => one.tests.map(({ test }) => test.name)))];
  return markup`<div class="grid-box" tabindex="0" role="region" aria-label="Tests of ${suiteName} by kernel">
<table class="grid">
<caption>${suiteName}</caption>
<thead><tr><th scope="col">Test</th>${columns.map((view) => markup`<th scope="col"><span>${view.name}</span></th>`)}</tr></thead>
<tbody>
${tests.map(
  (name) =>
    markup`<tr><th scope="row">${name}</th>${columns.map((view) => {
      const found = view.suites
        .find((one) => suiteTitle(one.suite) === suiteName)
        ?.tests.find(({ test }) => test.name === name);
      if (!found) return markup`<td><span class="none">–<span class="hide"> not run</span></span></td>`;
      const { status } = found.test;
      return markup`<td><a href="#${found.anchor}" aria-label="${status}: ${name} on ${view.name}" title="${status}: ${name} on ${view.name}">${icon(status)}</a></td>`;
    })}</tr>\n`,
)}</tbody>
</table>
</div>`;
}

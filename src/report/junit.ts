// SPDX-License-Identifier: Apache-2.0
import { labelOf } from '../matrix/targets.ts';
import { buildName, buildsOf } from './builds.ts';
import { type Markup, markup } from './markup.ts';
import type { Report, ReportSuite, ReportTarget } from './model.ts';
import { diagnosticText } from './problems.ts';
import { clipLines, oneLine } from './text.ts';

/** What a test may say in this format, in characters; the whole is in report.json. */
const outputLimit = 16_384;

type Case = {
  name: string;
  seconds: number;
  outcome: 'pass' | 'fail' | 'error' | 'skip';
  reason?: string | undefined;
  output: string[];
};

/**
 * The report as JUnit XML, in the form that GitLab, Jenkins and the GitHub reporters read: for each target a test suite
 * `build` with one case, one for each build of another module, and one per suite. What ended without a test of its own (no machine, no mirror) is a case too,
 * so that it is not lost where only cases are counted.
 */
export function junitXml(report: Report): string {
  const suites = report.targets.flatMap((target) => targetSuites(target, report.startedAt));
  const total = (key: keyof Totals) => suites.reduce((sum, suite) => sum + suite.totals[key], 0);
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ovnfast" tests="${total('tests')}" failures="${total('failures')}" errors="${total('errors')}" skipped="${total('skipped')}" time="${report.seconds.toFixed(3)}" timestamp="${report.startedAt}">
${suites.map((suite) => suite.xml)}</testsuites>
`.text;
}

type Totals = { tests: number; failures: number; errors: number; skipped: number };
type Rendered = { xml: Markup; totals: Totals };

function targetSuites(target: ReportTarget, timestamp: string): Rendered[] {
  const label = labelOf(target);
  const render = (name: string, properties: Record<string, string>, cases: Case[]) =>
    renderSuite(`${label}: ${name}`, { kernel: target.kernel, ...properties }, cases, timestamp);
  const ofModule = (subject: string | undefined) => (subject === undefined ? {} : { module: subject });
  const result: Rendered[] = [];
  for (const build of buildsOf(target)) {
    const { seconds, status: outcome, reason, log, subject } = build;
    const name = buildName(build);
    const one = { name, seconds, outcome, reason, output: build.diagnostics.map(diagnosticText) };
    result.push(render(name, { ...ofModule(subject), ...(log ? { log } : {}) }, [one]));
  }
  for (const suite of target.suites) {
    const { name, subject, accelerator, console } = suite;
    result.push(render(name, { ...ofModule(subject), accelerator, console }, suiteCases(suite)));
  }
  if (result.length === 0) {
    const { status: outcome, reason, seconds = 0 } = target;
    result.push(render('target', {}, [{ name: 'target', seconds, outcome, reason, output: [] }]));
  }
  return result;
}

function suiteCases(suite: ReportSuite): Case[] {
  const cases: Case[] = suite.tests.map(({ name, status, seconds, reason, evidence = [], kernelLog = [] }) => ({
    name,
    seconds,
    outcome: status,
    reason,
    output: [...evidence, ...(kernelLog.length > 0 ? ['kernel log:', ...kernelLog] : [])],
  }));
  const told = suite.tests.some((test) => test.status === 'fail');
  if (suite.status === 'error' || (suite.status === 'fail' && !told) || cases.length === 0) {
    const { status: outcome, reason, seconds } = suite;
    cases.push({
      name: `${suite.name} (machine)`,
      seconds: cases.length === 0 ? seconds : 0,
      outcome,
      reason,
      output: [],
    });
  }
  return cases;
}

function renderSuite(name: string, properties: Record<string, string>, cases: Case[], timestamp: string): Rendered {
  const count = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  const totals = { tests: cases.length, failures: count('fail'), errors: count('error'), skipped: count('skip') };
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  const xml = markup`  <testsuite name="${oneLine(name)}" tests="${totals.tests}" failures="${totals.failures}" errors="${totals.errors}" skipped="${totals.skipped}" time="${seconds.toFixed(3)}" timestamp="${timestamp}">
    <properties>
${Object.entries(properties).map(([key, value]) => markup`      <property name="${key}" value="${oneLine(value)}"/>\n`)}    </properties>
${cases.map((one) => renderCase(one, name))}  </testsuite>
`;
  return { xml, totals };
}

function renderCase({ name, seconds, outcome, reason, output }: Case, className: string): Markup {
  const message = oneLine(reason ?? '');
  const { head, omitted, tail } = clipLines(output, outputLimit);
  const text = [
    ...head,
    ...(omitted > 0 ? [`… ${omitted} lines left out, all are in report.json …`] : []),
    ...tail,
  ].join('\n');
  const verdict = {
    pass: () => false as const,
    skip: () => markup`      <skipped message="${message}"/>\n`,
    fail: () => markup`      <failure message="${message}">${[message, text].filter(Boolean).join('\n')}</failure>\n`,
    error: () => markup`      <error message="${message}">${[message, text].filter(Boolean).join('\n')}</error>\n`,
  }[outcome]();
  const spoken = outcome === 'pass' || outcome === 'skip' ? text : '';
  return markup`    <testcase classname="${oneLine(className)}" name="${oneLine(name)}" time="${seconds.toFixed(3)}">
${verdict}${spoken !== '' && markup`      <system-out>${spoken}</system-out>\n`}    </testcase>
`;
}

// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { buildName, suiteTitle } from '../report/builds.ts';
import type { RunEvent } from '../report/events.ts';
import { groupBy } from '../report/groups.ts';
import { builtFiles, type ReportSuite, type ReportTest, type Status } from '../report/model.ts';
import { diagnosticText } from '../report/problems.ts';
import { statusLook } from '../report/terminal.ts';
import { byteSize, clip, clipLines, counted, duration, oneLine, visible } from '../report/text.ts';

/** A group of the log: what a phase of a target came to. */
export type Block = {
  title: string;
  lines: string[];
  /** There are lines in it that programs printed. */
  quotes: boolean;
};

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** How much of what one test said, and of a build's log, stands in the log of the job, in characters. */
const EVIDENCE_LIMIT = 4_000;
const LOG_LIMIT = 16_000;
const DIAGNOSTICS = 50;
const TITLE_LIMIT = 300;
/** What programs printed is told apart from what we say. */
const QUOTE = '  │ ';

/** Before the build: what pins the target, what was fetched from where, and what that took. */
export function preparedBlock({ target, lock, mirrors = [] }: Event<'prepared'>, spent: Spent): Block {
  const served = mirrors.map(({ url, packages }) => `mirror  ${counted(packages, 'package')} from ${oneLine(url)}`);
  const lines = [
    ...(lock ? [`lock    ${lock.digest}${lock.resolvedAnew ? ', resolved anew' : ''}`] : []),
    ...(served.length > 0 ? served : ['mirror  none: every package was in the cache']),
    `time    ${spent.stages}`,
  ];
  return blockOf('pass', target, `prepared in ${spent.total}`, lines);
}

/** What each stage took, and all of them. */
export type Spent = { stages: string; total: string };

/** The build: files that it made, complaints of the compiler and, when it failed, the end of its log. `locate` finds the log. */
export function buildBlock({ target, build }: Event<'built'>, locate: (log: string) => string): Block {
  const { status, seconds, reason, sharedFrom, diagnostics, log } = build;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const parts = [
    sharedFrom === undefined
      ? `${buildName(build)}: ${statusLook[status].word} in ${duration(seconds)}`
      : `${buildName(build)}: ${statusLook[status].word}, shared with ${sharedFrom}`,
    warnings > 0 ? counted(warnings, 'warning') : '',
    reason ?? '',
  ];
  const complaints = diagnostics.slice(0, DIAGNOSTICS).map((one) => oneLine(diagnosticText(one)));
  if (diagnostics.length > DIAGNOSTICS) complaints.push(`(${diagnostics.length - DIAGNOSTICS} more)`);
  const end = status === 'pass' || log === undefined ? [] : tailOf(locate(log));
  const lines = [
    ...builtFiles(build).map(({ path, size, sha256 }) => `${path}  ${byteSize(size)}  sha256 ${sha256}`),
    ...quoted(complaints),
    ...(log === undefined ? [] : [`log: ${oneLine(log)}${end.length > 0 ? ', which ends with:' : ''}`]),
    ...quoted(end),
  ];
  return blockOf(status, target, parts.filter(Boolean).join(', '), lines);
}

/** A suite: a line per script that passed, each other test with its reason and what proves it. */
export function suiteBlock({ target, suite }: Event<'tested'>): Block {
  const passed = suite.tests.filter((test) => test.status === 'pass').length;
  const count = suite.tests.length > 0 ? `, ${passed} of ${counted(suite.tests.length, 'test')}` : '';
  const reason = suite.reason ? `: ${suite.reason}` : '';
  const { word } = statusLook[suite.status];
  const what = `${suiteTitle(suite)}: ${word}${count} in ${duration(suite.seconds)}${reason}`;
  const why = suite.acceleratorReason ? `: ${oneLine(suite.acceleratorReason)}` : '';
  const lines = [
    `booted in ${duration(suite.bootSeconds)} (${suite.accelerator}${why})`,
    ...scriptsOf(suite).flatMap(([script, tests]) => scriptLines(script, tests)),
    `kernel log: ${oneLine(suite.console)}`,
  ];
  return blockOf(suite.status, target, what, lines);
}

function blockOf(status: Status, target: string, what: string, lines: string[]): Block {
  const title = clip(oneLine(`${statusLook[status].mark} ${target}: ${what}`), TITLE_LIMIT);
  return { title, lines, quotes: lines.some((line) => line.startsWith(QUOTE)) };
}

/** Results are called `script: result`. */
function scriptsOf({ tests }: ReportSuite): [string, ReportTest[]][] {
  return [...groupBy(tests, ({ name }) => name.split(': ', 1)[0] ?? '')];
}

function scriptLines(script: string, tests: ReportTest[]): string[] {
  const passed = tests.filter(({ status }) => status === 'pass');
  const seconds = tests.reduce((sum, test) => sum + test.seconds, 0);
  const line = `✓ ${oneLine(script)}  ${counted(passed.length, 'test')}  ${duration(seconds)}`;
  const others = tests.filter(({ status }) => status !== 'pass').flatMap(testLines);
  return passed.length > 0 ? [line, ...others] : others;
}

function testLines({ name, status, reason, evidence = [], kernelLog = [] }: ReportTest): string[] {
  const line = `${statusLook[status].mark} ${oneLine(name)}${reason ? `: ${oneLine(reason)}` : ''}`;
  if (status === 'skip') return [line];
  return [
    line,
    ...quoted(clipped(evidence, EVIDENCE_LIMIT)),
    ...(kernelLog.length > 0 ? ['  kernel log:', ...quoted(clipped(kernelLog, EVIDENCE_LIMIT))] : []),
  ];
}

function quoted(lines: string[]): string[] {
  return lines.map((line) => `${QUOTE}${line}`);
}

function clipped(texts: string[], limit: number): string[] {
  const { head, omitted, tail } = clipLines(
    texts.flatMap((text) => visible(text).split('\n')),
    limit,
  );
  return omitted === 0 ? head : [...head, `… ${counted(omitted, 'line')} left out …`, ...tail];
}

/** The end of a file that may be of any size; nothing when it cannot be read, for the log of a job is no place to fail. */
function tailOf(path: string): string[] {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, LOG_LIMIT));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const whole = buffer.length === size ? buffer : buffer.subarray(buffer.indexOf(10) + 1);
    return clipped([whole.toString('utf8').replace(/\s+$/, '')], LOG_LIMIT);
  } catch {
    return [];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

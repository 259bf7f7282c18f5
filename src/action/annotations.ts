// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import * as core from '@actions/core';
import { isFile } from '../host/files.ts';
import { labelOf } from '../matrix/targets.ts';
import type { Change } from '../report/baseline.ts';
import { groupBy } from '../report/groups.ts';
import type { Report } from '../report/model.ts';
import { clip, clipLines, counted, oneLine, visible } from '../report/text.ts';
import { harmless } from './commands.ts';
import { type Finding, findingsOf, type Place } from './findings.ts';

export type AnnotationPlaces = {
  /** Only what lies in there has a place that GitHub can show. */
  workspace: string;
  /** Directories of modules by the names that the report has for them. */
  modules: Record<string, string>;
  /** As handed to `run`: names, or directories. */
  suites: string[];
  /** What has become of earlier figures. */
  changes?: Change[];
  /** Errors that the step will end with, whose places are kept free; one if left out. */
  verdicts?: number;
};

export type Annotation = {
  level: Finding['level'];
  title: string;
  message: string;
  /** Relative to the workspace. */
  file?: string;
  line?: number;
  column?: number;
};

/**
 * What GitHub shows of a step are ten of each level, and fifty of a job; the runner drops the rest without a word. Two warnings are
 * left for what the action itself has to say, of a cache for instance.
 */
const LIMITS = { error: 10, warning: 8 };
/** The runner cuts messages at 4096 characters, GitHub titles at 255. */
const MESSAGE_LIMIT = 3_500;
const TITLE_LIMIT = 250;
/** Kernels that are named; more are counted. */
const NAMED = 4;
const REASONS = 5;

/**
 * Tells GitHub what went wrong, and what compilers complained about, at the lines of the source as far as the workspace has
 * them. What is the same on several kernels is told once. Tells at the end how much was left out.
 */
export async function annotate(report: Report, places: AnnotationPlaces): Promise<void> {
  const { shown, omitted } = await annotationsOf(report, places);
  if (shown.length === 0) return;
  // In the log, where they stand without title and place, nobody needs them: the tables before have said it better.
  core.startGroup('Annotations');
  for (const { level, title, message, file, line, column } of shown) {
    const place = { ...(line === undefined ? {} : { startLine: line }), ...(column ? { startColumn: column } : {}) };
    const issue = level === 'error' ? core.error : core.warning;
    issue(harmless(message), { title: harmless(title), ...(file === undefined ? {} : { file, ...place }) });
  }
  const parts = [counted(omitted.error, 'more error'), counted(omitted.warning, 'more warning')];
  const more = parts.filter((part) => !part.startsWith('0 ')).join(' and ');
  if (more !== '') core.notice(`${more}: see report.html, or the job summary`);
  core.endGroup();
}

/** The annotations of a report, the most important ones first, and how many more there would be. */
export async function annotationsOf(
  report: Report,
  places: AnnotationPlaces,
): Promise<{ shown: Annotation[]; omitted: { error: number; warning: number } }> {
  const { changes = [], verdicts = 1 } = places;
  const groups = inTurns(groupsOf(findingsOf(report, changes)));
  const limits = { ...LIMITS, error: Math.max(1, LIMITS.error - verdicts) };
  const shown: Annotation[] = [];
  const omitted = { error: 0, warning: 0 };
  const names = kernelNames(report);
  for (const level of ['error', 'warning'] as const) {
    const all = groups.filter(([first]) => first?.level === level);
    for (const group of all.slice(0, limits[level])) shown.push(await annotationOf(group, names, places));
    omitted[level] = Math.max(0, all.length - limits[level]);
  }
  return { shown, omitted };
}

/** Findings that are one thing on several kernels. */
function groupsOf(findings: Finding[]): Finding[][] {
  const groups = groupBy(findings, ({ kind, level, what, at, reason }) => {
    // Compilers of different age point at different columns of a line that they complain about alike.
    const place = at && 'file' in at ? { ...at, column: undefined } : at;
    // A test may fail for another reason on each kernel; two complaints of a compiler are two.
    return JSON.stringify([kind, level, what, place, kind === 'test' ? '' : reason]);
  });
  return [...groups.values()];
}

/** One of each kind in turn, so that a compiler that follows one error up with fifty leaves room for the tests that failed. */
function inTurns(groups: Finding[][]): Finding[][] {
  const rows = (['build', 'test', 'other'] as const).map((kind) => groups.filter(([first]) => first?.kind === kind));
  const longest = Math.max(...rows.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => rows.flatMap((row) => row.slice(index, index + 1))).flat();
}

async function annotationOf(group: Finding[], names: Names, places: AnnotationPlaces): Promise<Annotation> {
  const [first] = group;
  if (!first) throw new Error('a group without a finding');
  const place = first.at && (await locate(first.at, places));
  const kernels = (some: Finding[]) => names.all(some.flatMap(({ kernel }) => kernel ?? []));
  const on = kernels(group);
  // What has no place in the workspace says in its text where it is.
  const where =
    first.at && 'file' in first.at && !place ? `${[first.at.file, first.at.line].filter(Boolean).join(':')}: ` : '';
  const reasons = [...groupBy(group, ({ reason }) => reason)];
  const told = reasons.slice(0, REASONS).map(([reason, some]) => {
    return `${reasons.length > 1 ? `on ${kernels(some)}: ` : ''}${where}${visible(reason)}`;
  });
  if (reasons.length > REASONS) told.push(`and ${counted(reasons.length - REASONS, 'other reason')}`);
  const evidence = first.evidence.flatMap((text) => visible(text).split('\n'));
  if (evidence.length > 0) told.push('', ...(group.length > 1 ? [`on ${kernels([first])}:`] : []), ...evidence);
  const { head, omitted, tail } = clipLines(told.join('\n').split('\n'), MESSAGE_LIMIT);
  const message = omitted > 0 ? [...head, `… ${counted(omitted, 'line')} left out …`, ...tail] : head;
  return {
    level: first.level,
    title: clip(oneLine(`${first.what}${on ? ` on ${on}` : ''}`), TITLE_LIMIT),
    message: message.join('\n'),
    ...place,
  };
}

type Names = { all: (labels: string[]) => string };

/** Kernels as a title has room for: by distribution alone where there is one kernel of each, all of them as so many. */
function kernelNames({ targets }: Report): Names {
  const short = new Map(
    targets.map(({ id, kernel }) => {
      const alone = targets.filter((target) => target.id === id).length === 1;
      const label = labelOf({ id, kernel });
      return [label, alone ? id : label];
    }),
  );
  return {
    all: (labels) => {
      const unique = [...new Set(labels)];
      if (unique.length > 1 && unique.length === targets.length) {
        return unique.length === 2 ? 'both kernels' : `all ${unique.length} kernels`;
      }
      const named = unique.slice(0, NAMED).map((label) => short.get(label) ?? label);
      const more = unique.length - named.length;
      return `${named.join(', ')}${more > 0 ? ` and ${counted(more, 'more kernel')}` : ''}`;
    },
  };
}

async function locate(
  at: Place,
  places: AnnotationPlaces,
): Promise<Pick<Annotation, 'file' | 'line' | 'column'> | undefined> {
  if ('suite' in at) return await locateTest(at, places);
  const { module, file, line, column } = at;
  const directory = Object.hasOwn(places.modules, module) ? places.modules[module] : undefined;
  // Kernel headers lie in a sysroot, and names of tools are none of files.
  if (directory === undefined || isAbsolute(file)) return undefined;
  const found = await inWorkspace(join(directory, file), places);
  if (found === undefined) return undefined;
  return { file: found, ...(line ? { line, ...(column ? { column } : {}) } : {}) };
}

/** The script of a test and, where it names the result as it is reported, the line of that. */
async function locateTest(
  { suite, test }: { suite: string; test: string },
  places: AnnotationPlaces,
): Promise<Pick<Annotation, 'file' | 'line'> | undefined> {
  const [script = '', ...rest] = test.split(': ');
  for (const directory of places.suites.map((one) => resolve(places.workspace, one))) {
    // A result can have any name, a script none with a slash.
    if (!directory.endsWith(`/${suite}`) || script.includes('/')) continue;
    for (const name of [`${script}.sh`, script]) {
      const path = join(directory, name);
      const file = await inWorkspace(path, places);
      if (file) return { file, line: lineOf(await readFile(path, 'utf8'), rest) };
    }
  }
  return undefined;
}

/** Results have names such as `rules first: TCP too`, of which a script may have but the end in one piece. */
function lineOf(script: string, words: string[]): number {
  const lines = script.split('\n');
  for (let index = 0; index < words.length; index++) {
    const text = words.slice(index).join(': ');
    const found = lines.flatMap((line, number) => (line.includes(text) ? [number + 1] : []));
    if (found.length === 1) return found[0] ?? 1;
  }
  return 1;
}

async function inWorkspace(path: string, { workspace }: AnnotationPlaces): Promise<string | undefined> {
  const file = relative(workspace, path);
  const inside = file !== '' && !isAbsolute(file) && file.split('/')[0] !== '..';
  return inside && (await isFile(path)) ? file : undefined;
}

// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { TemporaryDirectory, writeAtomic } from '../host/files.ts';
import type { Diagnostic } from '../kbuild/diagnostics.ts';
import { findHeaders } from '../kbuild/headers.ts';
import { readKernelInterface } from '../kbuild/symvers.ts';
import { nearest } from '../matrix/suggest.ts';
import type { Target } from '../matrix/types.ts';
import type { ReportTarget } from '../report/model.ts';
import type { ReportFiles } from '../report/write.ts';
import { type Course, type RunOptions, run } from '../run.ts';
import { kindOf } from '../subject.ts';
import type { Workshop } from '../workshop.ts';
import { diffHeaders, type HeaderTree } from './header-diff.ts';
import { type RankedHunk, rankHunks } from './rank.ts';
import { type Search, type Step, search, type Verdict } from './search.ts';
import { changedSymbols, type SymbolChange } from './symbols.ts';
import { renderUnified } from './unified.ts';

export type BisectOptions = Omit<RunOptions, 'subject' | 'tree' | 'shareBuilds' | 'course'> & {
  moduleDirectory: string;
  /** Kernel releases between which to search; left out: the oldest and the newest. */
  good?: string;
  bad?: string;
};

export type Bisection = {
  /** Distribution. */
  id: string;
  outcome: Search['outcome'];
  /** Oldest first, with what is known of each. */
  releases: { kernel: string; verdict?: Verdict; reason?: string }[];
  lastGood?: string;
  firstBad?: string;
  /** `fails` is older than `passes`: there is more than one change. */
  odd?: { fails: string; passes: string };
  /** What the compiler said at the first bad one. */
  diagnostics: Diagnostic[];
  trail?: Trail;
};

/** What is different between the last good and the first bad release, for this module. */
export type Trail = {
  /** Kernel headers that the module includes, and how many of them differ. */
  included: number;
  changed: { file: string; added: number; removed: number }[];
  /** All differences, those first that have to do with the errors. */
  hunks: RankedHunk[];
  /** There are more differences than are kept. */
  clipped: boolean;
  /** The whole diff. */
  file: string;
  symbols: SymbolChange[];
  /** Options of the kernel's configuration that the headers look at and that differ; without a value they are not set. */
  options: { name: string; before?: string; after?: string }[];
};

/**
 * Finds the first kernel release of a distribution that the module fails on, and what changed there. Each release is built,
 * and tested when there are suites, as by `run`, whose report of all of them is written too. Throws as `run`, and
 * InputError when the targets are not two or more releases of one distribution.
 */
export async function bisect(options: BisectOptions): Promise<{ bisection: Bisection; files: ReportFiles }> {
  const { moduleDirectory, targets: patterns, ...rest } = options;
  const kind = await kindOf({ directory: moduleDirectory });
  let bisection: Bisection | undefined;
  const course: Course = async (targets, runOne, workshop) => {
    const row = rowOf(targets, options);
    const reports = new Map<number, ReportTarget>();
    const found = await search(
      row.length,
      async (position) => {
        const target = row[position] as Target;
        // This very release, and none in its place.
        const report = await runOne({ ...target, named: true, pinned: true });
        reports.set(position, report);
        return verdictOf(report);
      },
      (step) => options.emit({ type: 'note', message: `bisect: ${stepText(step, row)}` }),
    );
    const [lastGood, firstBad] = [found.pass, found.fail].map((index) =>
      index === undefined ? undefined : row[index],
    );
    const diagnostics = found.fail === undefined ? [] : (reports.get(found.fail)?.build?.diagnostics ?? []);
    bisection = {
      id: row[0]?.id ?? '',
      outcome: found.outcome,
      releases: row.map(({ kernel }, index) => {
        const [verdict, reason] = [found.verdicts.get(index), reasonOf(reports.get(index))];
        return { kernel, ...(verdict ? { verdict } : {}), ...(reason === undefined ? {} : { reason }) };
      }),
      ...(lastGood ? { lastGood: lastGood.kernel } : {}),
      ...(firstBad ? { firstBad: firstBad.kernel } : {}),
      ...(found.odd
        ? { odd: { fails: row[found.odd.fails]?.kernel ?? '', passes: row[found.odd.passes]?.kernel ?? '' } }
        : {}),
      diagnostics,
    };
    // eBPF programs include nothing of a kernel.
    if (lastGood && firstBad && kind === 'module') {
      bisection.trail = await follow(lastGood, firstBad, { workshop, options, diagnostics });
    }
    return [...reports].sort(([a], [b]) => a - b).map(([, report]) => report);
  };
  const { files } = await run({
    ...rest,
    subject: { directory: moduleDirectory },
    // A distribution stands for all of its releases here, not for the default ones.
    targets: patterns.map((pattern) => (pattern.includes('/') ? pattern : `${pattern}/*`)),
    course,
  });
  if (!bisection) throw new Error('a run took another course');
  return { bisection, files };
}

/** The releases to search, oldest first. */
function rowOf(targets: Target[], { good, bad }: BisectOptions): Target[] {
  const ids = [...new Set(targets.map(({ id }) => id))];
  if (ids.length !== 1) {
    throw new InputError(`a bisection is of one distribution, not of ${ids.join(' and ') || 'none'}`, {
      remedy: 'Name one with --target, with a pattern for its releases if not all are meant: debian-12/6.1.*.',
    });
  }
  const position = (release: string, option: string) => {
    const found = targets.findIndex(({ id, kernel }) => release === kernel || release === `${id}/${kernel}`);
    if (found >= 0) return found;
    const kernels = targets.map(({ kernel }) => kernel);
    const near = nearest(release, kernels);
    throw new InputError(`${option}: no kernel release ${release} among ${kernels.length} that --target names`, {
      remedy: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `They are: ${kernels.join(', ')}.`,
    });
  };
  const first = good === undefined ? 0 : position(good, '--good');
  const last = bad === undefined ? targets.length - 1 : position(bad, '--bad');
  if (first >= last) {
    const [older, newer] = [targets[first]?.kernel, targets[last]?.kernel];
    throw new InputError(`nothing lies between ${older} and ${newer}, of which the second has to be the newer`, {
      remedy: 'Name an older release with --good, a newer one with --bad, or more releases with --target.',
    });
  }
  return targets.slice(first, last + 1);
}

function stepText({ position, kind, pass, fail }: Step, row: Target[]): string {
  const at = (index: number) => row[index]?.kernel;
  if (kind === 'check') return `trying ${at(position)}, to see whether more than one thing changed`;
  const bounds = [
    pass === undefined ? '' : `${at(pass)} passes`,
    fail === undefined ? '' : `${at(fail)} fails`,
    kind === 'middle' && pass !== undefined && fail !== undefined ? `${fail - pass - 1} between` : '',
  ];
  return [`trying ${at(position)}`, ...bounds].filter(Boolean).join(', ');
}

/** Why a target did not pass; of tests that failed the first. */
function reasonOf(report: ReportTarget | undefined): string | undefined {
  const failed = report?.suites.flatMap(({ name, tests }) =>
    tests.filter(({ status }) => status === 'fail').map((test) => [name, test.name, test.reason]),
  );
  return report?.reason ?? failed?.[0]?.filter(Boolean).join(': ');
}

function verdictOf({ status }: ReportTarget): Verdict {
  return status === 'pass' || status === 'fail' ? status : 'unknown';
}

type Follow = { workshop: Workshop; options: BisectOptions; diagnostics: Diagnostic[] };

/** Builds once more for the last good release, to learn which headers the module includes, and compares those. */
async function follow(lastGood: Target, firstBad: Target, { workshop, options, diagnostics }: Follow): Promise<Trail> {
  const { cache, jobs, signal, moduleDirectory, emit } = options;
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'bisect-');
  emit({ type: 'note', message: `bisect: comparing the headers of ${lastGood.kernel} and ${firstBad.kernel}` });
  const before = await workshop.prepare({ ...lastGood, pinned: true }, ['headers', 'image']);
  const after = await workshop.prepare({ ...firstBad, pinned: true }, ['headers']);
  const built = await workshop.build(moduleDirectory, before, { outDirectory: work.path, jobs, listIncluded: true });
  const trees: [HeaderTree, HeaderTree] = [
    { kernel: before.kernel, sysroot: before.sysroots.headers },
    { kernel: after.kernel, sysroot: after.sysroots.headers },
  ];
  const [sandbox, tools] = await Promise.all([workshop.tools.sandbox(), workshop.tools.sysroot('guest')]);
  const { included, files, clipped } = await diffHeaders(built.included?.headers ?? [], ...trees, {
    ...{ sandbox, tools, cache, signal },
  });
  const file = join(resolve(options.out), 'headers.diff');
  const text = files.flatMap((one) => renderUnified(one, before.kernel, after.kernel));
  await writeAtomic(file, text.map((line) => `${line}\n`).join(''));
  const [older, newer] = await Promise.all(trees.map(({ sysroot, kernel }) => readKernelInterface(sysroot, kernel)));
  return {
    included,
    changed: files.map((one) => {
      const lines = one.hunks.flatMap((hunk) => hunk.lines);
      const count = (mark: string) => lines.filter((line) => line.startsWith(mark)).length;
      return { file: one.file, added: count('+'), removed: count('-') };
    }),
    hunks: rankHunks(files, diagnostics),
    clipped,
    file,
    symbols: older && newer ? changedSymbols(built.modules, older, newer) : [],
    options: await changedOptions(built.included?.options ?? [], ...trees),
  };
}

async function changedOptions(names: string[], before: HeaderTree, after: HeaderTree): Promise<Trail['options']> {
  const [old, now] = await Promise.all([before, after].map(({ sysroot, kernel }) => findHeaders(sysroot, kernel)));
  return names.flatMap((name) => {
    const [was, is] = [old?.config.get(name), now?.config.get(name)];
    // The salt is there to differ.
    if (was === is || name === 'BUILD_SALT') return [];
    return [{ name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}

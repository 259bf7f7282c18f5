// SPDX-License-Identifier: Apache-2.0
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { EnvironmentError, InputError } from '../errors.ts';
import { makeDirectory, temporaryName } from '../host/files.ts';
import { MANIFEST } from '../manifest/manifest.ts';
import { overallStatus, type Report, type ReportTarget, type ReportWarning } from '../report/model.ts';
import { writeReport } from '../report/write.ts';
import { type Assignment, assignReports, type Gap, means } from './assign.ts';
import { combineTargets } from './combine.ts';
import { collectFiles, type WantedFile } from './files.ts';
import { type FoundReports, findReports, type ShardReport } from './reports.ts';
import type { ShardPlan } from './shard.ts';

export type MergeOptions = {
  /** Output directories of runs, or directories of such. */
  places: string[];
  /** What the reports are held against. */
  plan?: ShardPlan;
  /** A directory that is empty or not there. */
  out: string;
  /** Of this tool: said of a run that no shard reported of. */
  version: string;
  signal: AbortSignal;
};

/**
 * Makes one report of those of several shards, in every format, with the files that they name, and returns it. The directory
 * `out` appears whole or not at all. With a plan, a shard that is missing makes its targets an `error`. Throws InputError for
 * shards that contradict each other or their plan and for files that are not what their report says, EnvironmentError when
 * `out` cannot be written, the signal's reason when interrupted.
 */
export async function mergeReports({ places, plan, out, version, signal }: MergeOptions): Promise<Report> {
  await mustBeFree(out);
  const found = await findReports(places);
  const { reports } = found;
  if (!plan && (reports.length === 0 || found.without.length > 0)) {
    throw new InputError('there is no report.json', {
      where: found.without[0] ?? places[0] ?? '',
      remedy:
        'Name output directories of runs, or a directory of them; with --plan a missing one becomes an error in the report.',
    });
  }
  const assignment: Assignment = plan ? assignReports(plan, reports) : { gaps: [], missing: [] };
  const { targets, files } = combineTargets(reports);
  const staging = temporaryName(out);
  try {
    await makeDirectory(staging).catch((cause: NodeJS.ErrnoException) => {
      throw new EnvironmentError(`cannot be made (${cause.code})`, { where: dirname(out), remedy: CHOOSE, cause });
    });
    const absent = await collectFiles(files, staging);
    signal.throwIfAborted();
    const warnings = [...warningsOf(found, assignment), ...absent.flatMap(warningOf)];
    const report = reportOf(reports, {
      targets: fillGaps(targets, assignment.gaps),
      assignment,
      plan,
      warnings,
      version,
    });
    await writeReport(report, staging);
    signal.throwIfAborted();
    // Over an empty directory, never over one that holds anything: rename(2).
    await rename(staging, out).catch((cause: NodeJS.ErrnoException) => {
      throw new InputError(`cannot be put in place (${cause.code})`, { where: out, remedy: CHOOSE, cause });
    });
    return report;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const CHOOSE = 'Choose another directory with --out.';

async function mustBeFree(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`cannot be used (${error.code})`, { where: out, remedy: CHOOSE, cause: error });
  });
  if (entries.length === 0) return;
  throw new InputError('is not empty, and what is there could be taken for what is merged', {
    where: out,
    remedy: CHOOSE,
  });
}

/** Targets that nobody tells of, or not all that was planned, as errors beside the others. */
function fillGaps(targets: ReportTarget[], gaps: Gap[]): ReportTarget[] {
  const filled = [...targets];
  for (const { target: planned, reason } of gaps) {
    const [id = '', kernel = 'unknown'] = planned.split('/');
    const index = filled.findIndex((one) => means(planned, one));
    const known = filled[index];
    if (!known) {
      filled.push({ id, kernel, arch: 'x86_64', status: 'error', reason, suites: [] });
      continue;
    }
    const status = overallStatus([known, { status: 'error' }]);
    if (status !== known.status) filled[index] = { ...known, status, reason };
  }
  return filled;
}

function warningsOf({ reports, without }: FoundReports, { gaps }: Assignment): ReportWarning[] {
  const told = reports.flatMap(({ report }) => report.warnings ?? []);
  const all: ReportWarning[] = [
    ...told,
    ...gaps.map(({ target, reason }) => ({ target, message: reason })),
    ...without.map((directory) => ({ message: `${basename(directory)}: no report.json in it` })),
  ];
  // What concerns no target of its own is said by every shard.
  return [...new Map(all.map((warning) => [JSON.stringify(warning), warning])).values()];
}

/** A missing log is a pity, no reason to throw the results away. A build for a tree of one's own has no manifest. */
function warningOf({ from, path }: WantedFile): ReportWarning[] {
  if (path.endsWith(`/${MANIFEST}`)) return [];
  return [{ message: `${path}, which the report in ${basename(from)} names, was not brought along` }];
}

type Rest = {
  targets: ReportTarget[];
  assignment: Assignment;
  plan: ShardPlan | undefined;
  warnings: ReportWarning[];
  version: string;
};

function reportOf(shards: ShardReport[], { targets, assignment, plan, warnings, version }: Rest): Report {
  const reports = shards.map(({ report }) => report);
  const begun = reports.map(({ startedAt }) => Date.parse(startedAt));
  const ended = reports.map(({ seconds }, index) => (begun[index] ?? 0) + seconds * 1000);
  const start = begun.length > 0 ? Math.min(...begun) : Date.now();
  const [first] = reports;
  const { length: missing } = assignment.missing;
  const alike = <T>(value: T | undefined, read: (report: Report) => T | undefined): T | undefined =>
    reports.every((report) => JSON.stringify(read(report)) === JSON.stringify(value)) ? value : undefined;
  const node = alike(first?.tool.node, ({ tool }) => tool.node);
  const host = alike(first?.host, (report) => report.host);
  const module = reports.find((report) => report.module !== undefined)?.module;
  const source = reports.find((report) => report.source !== undefined)?.source;
  const modules = new Map(reports.flatMap((report) => report.modules ?? []).map((one) => [one.name, one]));
  return {
    schema: 'ovnfast.report/1',
    tool: { version: first?.tool.version ?? version, ...(node === undefined ? {} : { node }) },
    ...(module === undefined ? {} : { module }),
    ...(source === undefined ? {} : { source }),
    ...(modules.size > 0 ? { modules: [...modules.values()] } : {}),
    startedAt: new Date(start).toISOString(),
    seconds: ended.length > 0 ? (Math.max(...ended) - start) / 1000 : 0,
    status: overallStatus(targets),
    ...(missing > 0 ? { reason: `${missing} of ${plan?.include.length} shards have no report` } : {}),
    ...(host ? { host } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
    targets,
  };
}

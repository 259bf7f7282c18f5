// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import { labelOf } from '../matrix/targets.ts';
import type { ReportTarget } from '../report/model.ts';
import type { ShardReport } from './reports.ts';
import type { Shard, ShardPlan } from './shard.ts';

/** What a plan says there should be and no report tells of. */
export type Gap = {
  shard: Shard;
  /** As in the plan: `id/kernel-release`, or `id`. */
  target: string;
  reason: string;
};

export type Assignment = {
  gaps: Gap[];
  /** Shards without any report. */
  missing: Shard[];
};

/**
 * Holds reports against the plan of their run. A report belongs to the shard that its directory is named after, else to one
 * that was to run just what is in it. Throws InputError for a report that belongs to none, or that tells of what its shard
 * was not to run; what is missing is a value.
 */
export function assignReports({ include }: ShardPlan, reports: ShardReport[]): Assignment {
  const free = new Map(include.map((shard) => [shard.artifact, shard]));
  const pairs: { shard: Shard; report: ShardReport }[] = [];
  const assign = (report: ShardReport, shard: Shard | undefined) => {
    if (!shard) return false;
    free.delete(shard.artifact);
    return pairs.push({ shard, report }) > 0;
  };
  const others = reports.filter((report) => !assign(report, free.get(report.name)));
  // One that ran no suite could be of many shards: those that can be of one only choose first.
  const suitesIn = ({ report }: ShardReport) => report.targets.flatMap(({ suites }) => suites).length;
  for (const report of others.sort((a, b) => suitesIn(b) - suitesIn(a))) {
    if (
      assign(
        report,
        [...free.values()].find((shard) => isOf(report, shard)),
      )
    )
      continue;
    const known = include.find(({ targets }) =>
      report.report.targets.some((one) => targets.some((t) => means(t, one))),
    );
    throw new InputError(
      known
        ? `the shard that was to run this ("${known.name}") has a report already, or was to run something else`
        : 'the plan has no shard that was to run this',
      { where: report.directory, remedy: 'Merge the reports of one run, with the plan of that run.' },
    );
  }
  const missing = [...free.values()];
  const gaps = missing.flatMap((shard) =>
    shard.targets.map((target) => ({
      shard,
      target,
      reason: `the shard "${shard.name}" has no report: its job ended before it wrote one, or its artifact ${shard.artifact} was not brought here`,
    })),
  );
  for (const { shard, report } of pairs) gaps.push(...gapsOf(shard, report));
  return { gaps, missing };
}

function gapsOf(shard: Shard, { report, directory }: ShardReport): Gap[] {
  const planned = shard.suites.map((suite) => basename(suite));
  for (const target of report.targets) {
    if (!shard.targets.some((one) => means(one, target))) {
      throw new InputError(`tells of ${labelOf(target)}, which the shard "${shard.name}" was not to run`, {
        where: directory,
        remedy: target.lock?.resolvedAnew
          ? 'Its lock was resolved anew, and another kernel release took its place: run the shards with --frozen.'
          : 'Merge the reports of one run, with the plan of that run.',
      });
    }
    const extra = target.suites.find(({ name }) => !planned.includes(name));
    if (extra) {
      throw new InputError(`tells of suite ${extra.name}, which the shard "${shard.name}" was not to run`, {
        where: directory,
        remedy: 'Merge the reports of one run, with the plan of that run.',
      });
    }
  }
  return shard.targets.flatMap((target) => {
    const found = report.targets.filter((one) => means(target, one));
    const gap = (reason: string) => [{ shard, target, reason }];
    if (found.length === 0) return gap(`the report of the shard "${shard.name}" says nothing of it`);
    // What did not pass has said so itself; its later suites may never have begun.
    const lacking = planned.filter((name) =>
      found.some(({ status, suites }) => status === 'pass' && !suites.some((suite) => suite.name === name)),
    );
    return lacking.length > 0
      ? gap(`the report of the shard "${shard.name}" says nothing of suite ${lacking.join(', ')}`)
      : [];
  });
}

/** Whether a target of a plan is that one of a report. */
export function means(planned: string, target: Pick<ReportTarget, 'id' | 'kernel'>): boolean {
  return planned.includes('/') ? planned === labelOf(target) : planned === target.id;
}

/** Whether a report can be that of a shard: of all its targets and no other, with no suite that it was not to run. */
function isOf({ report }: ShardReport, { targets, suites }: Shard): boolean {
  const names = suites.map((suite) => basename(suite));
  return (
    report.targets.every((target) => targets.some((one) => means(one, target))) &&
    targets.every((one) => report.targets.some((target) => means(one, target))) &&
    report.targets.every((target) => target.suites.every(({ name }) => names.includes(name)))
  );
}

// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors.ts';
import { MANIFEST } from '../manifest/manifest.ts';
import { compareTargets, labelOf } from '../matrix/targets.ts';
import { buildsOf } from '../report/builds.ts';
import { groupBy } from '../report/groups.ts';
import {
  builtFiles,
  overallStatus,
  type ReportBuild,
  type ReportTarget,
  type Status,
  targetStatus,
} from '../report/model.ts';
import type { WantedFile } from './files.ts';
import type { ShardReport } from './reports.ts';

/** Targets of all shards, each once, and the files that go with them. */
export type Combined = { targets: ReportTarget[]; files: WantedFile[] };

/** What one shard says of a target. */
type Part = { shard: ShardReport; target: ReportTarget };

/** What one shard has built for it. */
type Built = { shard: ShardReport; build: ReportBuild };

const ONCE =
  'Merge each shard once, and have each target and suite run by one shard only, as `ovnfast plan --github` has it.';
const ONE_COMMIT = 'Run all shards from one commit, with the locks that are checked in (--frozen).';

/**
 * Makes one of what several shards say of the same targets. Throws InputError for shards that contradict each other: another
 * tool, another source, two results of one suite, two builds that differ.
 */
export function combineTargets(shards: ShardReport[]): Combined {
  sameEverywhere(
    shards,
    'version of ovnfast',
    ({ tool }) => tool.version,
    'Run all shards with one version of ovnfast.',
  );
  sameEverywhere(shards, 'module', ({ module }) => module, 'Merge reports of one module at a time.');
  sameEverywhere(shards, 'source', ({ source }) => source, ONE_COMMIT);
  for (const name of new Set(shards.flatMap(({ report }) => report.modules ?? []).map(({ name }) => name))) {
    const sourceOf = ({ modules }: ShardReport['report']) => modules?.find((one) => one.name === name)?.source;
    sameEverywhere(shards, `source of ${name}`, sourceOf, ONE_COMMIT);
  }
  const parts = groupBy(
    shards.flatMap((shard) => shard.report.targets.map((target): Part => ({ shard, target }))),
    ({ target }) => labelOf(target),
  );
  const combined = [...parts.values()].map(combineTarget);
  combined.sort((a, b) => compareTargets(a.target, b.target));
  return { targets: combined.map(({ target }) => target), files: combined.flatMap(({ files }) => files) };
}

/** What every shard that says it at all has to say alike. */
function sameEverywhere(
  shards: ShardReport[],
  what: string,
  read: (report: ShardReport['report']) => string | undefined,
  remedy: string,
): void {
  const telling = shards.filter(({ report }) => read(report) !== undefined);
  const [first] = telling;
  for (const other of telling) {
    if (!first || read(other.report) === read(first.report)) continue;
    throw new InputError(`has ${what} ${read(other.report)}, but ${first.directory} has ${read(first.report)}`, {
      where: other.directory,
      remedy,
    });
  }
}

function combineTarget(parts: Part[]): { target: ReportTarget; files: WantedFile[] } {
  const [first, ...others] = parts;
  if (!first) throw new TypeError('a target of no shard');
  for (const other of others) sameArchitecture(first, other);
  const lock = lockOf(parts);
  const subjects = new Set(parts.flatMap(({ target }) => buildsOf(target).map(({ subject }) => subject)));
  const built = [...subjects].sort().map((subject) => worstBuild(parts, subject));
  for (const [index, part] of parts.entries()) for (const before of parts.slice(0, index)) notTwice(before, part);
  const build = built.find(({ build }) => build.subject === undefined)?.build;
  const builds = built.flatMap(({ build: { subject, ...rest } }) =>
    subject === undefined ? [] : [{ subject, ...rest }],
  );
  const own = { ...(build ? { build } : {}), ...(builds.length > 0 ? { builds } : {}) };
  const suites = parts.flatMap(({ target }) => target.suites).sort((a, b) => (a.name < b.name ? -1 : 1));
  const told = parts.map(({ target }) => target.status);
  const shown = targetStatus({ ...own, suites });
  // What a part says of itself is not better than what is in it.
  const status = overallStatus(
    [...told, ...(shown === 'fail' || shown === 'error' ? [shown] : [])].map((one) => ({ status: one })),
  );
  const reason = parts.find(({ target }) => target.status === status)?.target.reason;
  const seconds = parts.map(({ target }) => target.seconds ?? 0);
  const { reason: _, cached, mirrors: __, build: ___, builds: ____, seconds: _____, ...rest } = first.target;
  const mirrors = mirrorsOf(parts);
  return {
    target: {
      ...rest,
      status,
      ...(reason === undefined ? {} : { reason }),
      // They ran beside each other.
      seconds: Math.max(...seconds),
      ...(cached && others.every(({ target }) => target.cached) ? { cached } : {}),
      ...(mirrors.length > 0 ? { mirrors } : {}),
      ...(lock ? { lock } : {}),
      ...own,
      suites,
    },
    files: [...built.flatMap(filesOfBuild), ...parts.flatMap(filesOfSuites)],
  };
}

function sameArchitecture(first: Part, { shard, target }: Part): void {
  if (first.target.arch === target.arch) return;
  throw new InputError(`another architecture of ${labelOf(target)} than in ${first.shard.directory}`, {
    where: shard.directory,
    remedy: ONE_COMMIT,
  });
}

/** The lock of all; that of everything, where there is one of the image alone, too. Throws InputError when two of a kind differ. */
function lockOf(parts: Part[]): ReportTarget['lock'] {
  const locked = parts.filter(({ target }) => target.lock);
  const found = (['image', undefined] as const).map((only) => {
    const [first, ...others] = locked.filter(({ target }) => target.lock?.only === only);
    for (const { shard, target } of others) {
      if (!first || target.lock?.digest === first.target.lock?.digest) continue;
      const where = shard.directory;
      const label = labelOf(target);
      throw new InputError(`another lock of ${label} than in ${first.shard.directory}`, { where, remedy: ONE_COMMIT });
    }
    return first?.target.lock;
  });
  return found.findLast((lock) => lock !== undefined);
}

function notTwice(before: Part, part: Part): void {
  const where = { where: part.shard.directory, remedy: ONCE };
  const label = labelOf(part.target);
  const suite = part.target.suites.find(({ name }) => before.target.suites.some((one) => one.name === name));
  if (suite) {
    throw new InputError(`suite ${suite.name} on ${label} is in ${before.shard.directory}, too`, where);
  }
  const builtOnly = (target: ReportTarget) => target.status === 'pass' && target.suites.length === 0;
  if (builtOnly(before.target) && builtOnly(part.target)) {
    throw new InputError(`the build for ${label} is in ${before.shard.directory}, too`, where);
  }
}

/**
 * The build of a module that is shown: the worst, for it is a fact; among equals the first. Throws InputError when two left
 * files of one name that differ.
 */
function worstBuild(parts: Part[], subject: string | undefined): Built {
  const all = parts.flatMap(({ shard, target }) =>
    buildsOf(target).flatMap((build) => (build.subject === subject ? [{ shard, build }] : [])),
  );
  const known = new Map<string, { sha256: string; shard: ShardReport }>();
  const label = parts[0] ? labelOf(parts[0].target) : '';
  for (const { shard, build } of all) {
    for (const { path, sha256 } of builtFiles(build)) {
      const before = known.get(basename(path)) ?? { sha256, shard };
      known.set(basename(path), before);
      if (before.sha256 === sha256) continue;
      throw new InputError(`another ${basename(path)} of ${label} than in ${before.shard.directory}`, {
        where: shard.directory,
        remedy: `Both were built from the same source, so it is not reproducible, or they were not: ${ONE_COMMIT}`,
      });
    }
  }
  const order: Status[] = ['fail', 'error', 'pass', 'skip'];
  const [worst] = all.sort((a, b) => order.indexOf(a.build.status) - order.indexOf(b.build.status));
  if (!worst) throw new TypeError('a build of no shard');
  return worst;
}

function mirrorsOf(parts: Part[]): NonNullable<ReportTarget['mirrors']> {
  const packages = new Map<string, number>();
  for (const { url, packages: number } of parts.flatMap(({ target }) => target.mirrors ?? [])) {
    packages.set(url, (packages.get(url) ?? 0) + number);
  }
  return [...packages].map(([url, number]) => ({ url, packages: number }));
}

function filesOfBuild({ shard: { directory: from }, build }: Built): WantedFile[] {
  const modules = build.modules ?? (build.module ? [build.module] : []);
  const describe =
    (mode: number) =>
    (one: { path: string; sha256: string; size: number }): WantedFile => {
      const { path, sha256, size } = one;
      return { from, path, mode, expected: { sha256, size } };
    };
  const results = [...modules, ...(build.programs ?? []), ...(build.executables ?? [])];
  const manifests = new Set(results.map(({ path }) => join(dirname(path), MANIFEST)));
  return [
    ...[...modules, ...(build.programs ?? [])].map(describe(0o644)),
    // Artifacts lose this.
    ...(build.executables ?? []).map(describe(0o755)),
    ...[...manifests].map((path) => ({ from, path, mode: 0o644, optional: true })),
    ...(build.log === undefined ? [] : [{ from, path: build.log, mode: 0o644, optional: true }]),
  ];
}

function filesOfSuites({ shard: { directory: from }, target: { suites } }: Part): WantedFile[] {
  const paths = suites.flatMap(({ console, ktap }) => [console, ...(ktap === undefined ? [] : [ktap])]);
  return paths.map((path) => ({ from, path, mode: 0o644, optional: true }));
}

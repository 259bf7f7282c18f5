// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, join } from 'node:path';
import { InputError } from '../errors.ts';
import { MANIFEST } from '../manifest/manifest.ts';
import { compareTargets, labelOf } from '../matrix/targets.ts';
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
  const parts = new Map<string, Part[]>();
  for (const shard of shards) {
    for (const target of shard.report.targets) {
      const label = labelOf(target);
      parts.set(label, [...(parts.get(label) ?? []), { shard, target }]);
    }
  }
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
  for (const other of others) mustAgree(first, other);
  for (const [index, part] of parts.entries()) for (const before of parts.slice(0, index)) notTwice(before, part);
  const builder = builderOf(parts);
  const build = builder?.target.build;
  const suites = parts.flatMap(({ target }) => target.suites).sort((a, b) => (a.name < b.name ? -1 : 1));
  const told = parts.map(({ target }) => target.status);
  const shown = targetStatus({ ...(build ? { build } : {}), suites });
  // What a part says of itself is not better than what is in it.
  const status = overallStatus(
    [...told, ...(shown === 'fail' || shown === 'error' ? [shown] : [])].map((one) => ({ status: one })),
  );
  const reason = parts.find(({ target }) => target.status === status)?.target.reason;
  const seconds = parts.map(({ target }) => target.seconds ?? 0);
  const { reason: _, cached, mirrors: __, build: ___, seconds: ____, ...rest } = first.target;
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
      ...(build ? { build } : {}),
      suites,
    },
    files: [...(builder ? filesOfBuild(builder) : []), ...parts.flatMap(filesOfSuites)],
  };
}

function mustAgree(first: Part, other: Part): void {
  const label = labelOf(other.target);
  const differs = (what: string, remedy: string) =>
    new InputError(`${what} of ${label} than in ${first.shard.directory}`, { where: other.shard.directory, remedy });
  if (first.target.arch !== other.target.arch) throw differs('another architecture', ONE_COMMIT);
  const locks = [first, other].map(({ target }) => target.lock?.digest);
  if (locks.every((digest) => digest !== undefined) && locks[0] !== locks[1]) throw differs('another lock', ONE_COMMIT);
  const before = digestsOf(first.target.build);
  for (const [name, sha256] of digestsOf(other.target.build)) {
    const known = before.get(name);
    if (known === undefined || known === sha256) continue;
    throw differs(
      `another ${name}`,
      `Both were built from the same source, so it is not reproducible, or they were not: ${ONE_COMMIT}`,
    );
  }
}

/** By file name: what two builds of one target have to agree on. */
function digestsOf(build: ReportBuild | undefined): Map<string, string> {
  return new Map(builtFiles(build).map(({ path, sha256 }) => [basename(path), sha256]));
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

/** The part whose build is shown: the worst, for it is a fact; among equals the first. */
function builderOf(parts: Part[]): Part | undefined {
  const order: Status[] = ['fail', 'error', 'pass', 'skip'];
  const builders = parts.filter(({ target }) => target.build);
  const rank = ({ target }: Part) => order.indexOf(target.build?.status ?? 'skip');
  return builders.sort((a, b) => rank(a) - rank(b))[0];
}

function mirrorsOf(parts: Part[]): NonNullable<ReportTarget['mirrors']> {
  const packages = new Map<string, number>();
  for (const { url, packages: number } of parts.flatMap(({ target }) => target.mirrors ?? [])) {
    packages.set(url, (packages.get(url) ?? 0) + number);
  }
  return [...packages].map(([url, number]) => ({ url, packages: number }));
}

function filesOfBuild({ shard: { directory: from }, target: { build } }: Part): WantedFile[] {
  const modules = build?.modules ?? (build?.module ? [build.module] : []);
  const describe =
    (mode: number) =>
    (one: { path: string; sha256: string; size: number }): WantedFile => {
      const { path, sha256, size } = one;
      return { from, path, mode, expected: { sha256, size } };
    };
  const results = [...modules, ...(build?.programs ?? []), ...(build?.executables ?? [])];
  const manifests = new Set(results.map(({ path }) => join(dirname(path), MANIFEST)));
  return [
    ...[...modules, ...(build?.programs ?? [])].map(describe(0o644)),
    // Artifacts lose this.
    ...(build?.executables ?? []).map(describe(0o755)),
    ...[...manifests].map((path) => ({ from, path, mode: 0o644, optional: true })),
    ...(build?.log === undefined ? [] : [{ from, path: build.log, mode: 0o644, optional: true }]),
  ];
}

function filesOfSuites({ shard: { directory: from }, target: { suites } }: Part): WantedFile[] {
  const paths = suites.flatMap(({ console, ktap }) => [console, ...(ktap === undefined ? [] : [ktap])]);
  return paths.map((path) => ({ from, path, mode: 0o644, optional: true }));
}

// SPDX-License-Identifier: Apache-2.0
import { parseDependency } from './dependency.ts';
import type { OfferedRpm, PackageSet } from './package-set.ts';
import { compareEvr, overlaps } from './version.ts';

/** What a choice goes by. */
export type Surroundings = {
  packages: PackageSet;
  /** The name that is to be provided; '' for none. */
  wanted: string;
  chosen: OfferedRpm[];
  /** Whether a package meets a dependency, as it is written in another one. */
  isOne(dependency: string, one: OfferedRpm): boolean;
};

/**
 * Packages that would do, of each name the newest, best first. Those that others of them make obsolete and those that conflict
 * with what is chosen are left out while there are others. As for dnf: first one that something chosen recommends, or
 * else suggests, then the one that provides what is wanted in the highest version. Where dnf leaves it to the order of the
 * metadata: one of that very name, else the one with the shortest name, then the first by name.
 */
export function rank(candidates: OfferedRpm[], { packages, wanted, chosen, isOne }: Surroundings): OfferedRpm[] {
  const isObsolete = (one: OfferedRpm) =>
    candidates.some((other) => other.name !== one.name && hits(other.obsoletes, one));
  const inForce = candidates.filter((one) => !isObsolete(one));
  const peaceful = inForce.filter((one) => !conflicts(one, chosen));
  const left = newestOfEach([peaceful, inForce, candidates].find((list) => list.length > 0) ?? []);
  if (left.length < 2) return left;
  const liking = (one: OfferedRpm): number => {
    if (chosen.some(({ recommends }) => recommends.some((text) => isOne(text, one)))) return 2;
    return chosen.some(({ suggests }) => suggests.some((text) => isOne(text, one))) ? 1 : 0;
  };
  const likings = new Map(left.map((one) => [one, liking(one)]));
  const versions = new Map(left.map((one) => [one, packages.versionProvided(one, wanted)]));
  return left.sort(
    (a, b) =>
      (likings.get(b) ?? 0) - (likings.get(a) ?? 0) ||
      compareEvr(versions.get(b) ?? '', versions.get(a) ?? '') ||
      Number(b.name === wanted) - Number(a.name === wanted) ||
      a.name.length - b.name.length ||
      (a.name < b.name ? -1 : 1),
  );
}

/** Whether a package cannot be installed beside others, by what it says or they say. */
export function conflicts(one: OfferedRpm, others: OfferedRpm[]): boolean {
  return others.some((other) => hits(other.conflicts, one) || hits(one.conflicts, other));
}

/** Of each name the newest package, of two of one version that for this machine. */
function newestOfEach(packages: OfferedRpm[]): OfferedRpm[] {
  const newest = new Map<string, OfferedRpm>();
  for (const one of packages) {
    const other = newest.get(one.name);
    const order = other ? compareEvr(one.evr, other.evr) : 1;
    if (order > 0 || (order === 0 && other?.architecture === 'noarch')) newest.set(one.name, one);
  }
  return [...newest.values()];
}

/** Whether one of these dependencies (of `Conflicts` or `Obsoletes`) is on a package by its name. */
function hits(dependencies: string[], { name, evr }: OfferedRpm): boolean {
  return dependencies.some((text) => {
    const simple = parseDependency(text);
    return simple?.kind === 'simple' && simple.name === name && overlaps(simple, { sense: '=', evr });
  });
}

// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../../errors.ts';
import { matcher } from '../../matrix/releases.ts';
import type { ResolveOptions } from '../closure.ts';
import type { Pin } from '../pin.ts';
import { type Dependency, formatDependency, parseDependency, type Simple } from './dependency.ts';
import type { OfferedRpm, PackageSet } from './package-set.ts';
import { findRoot } from './roots.ts';
import { compareEvr, overlaps } from './version.ts';

/**
 * The packages that `roots` need, roots included, sorted by name. Of each name there is one, in the newest version that
 * fits. What meets a dependency: something chosen already, else, of the packages that are not obsoleted by another and do not
 * conflict with what is chosen, as dnf has it: one that something chosen recommends, or else suggests; the one that
 * provides it in the highest version. Where dnf would leave it to the order of the metadata, one of that very name, else
 * the one with the shortest name, then the first by name. A dependency that only excluded packages meet counts as met. Throws EnvironmentError saying what needs the package that is not offered, FilelistsNeeded.
 */
export function resolve(packages: PackageSet, roots: string[], options: ResolveOptions): Pin[] {
  const limits = new Map<string, Dependency[]>();
  // Each round learns one more thing that a package has to provide, which was chosen too new.
  for (let round = 0; round < 100; round++) {
    const conflict = new Closure(packages, options, limits).run(roots);
    if (Array.isArray(conflict)) return conflict;
    limits.set(conflict.name, [...(limits.get(conflict.name) ?? []), conflict.dependency]);
  }
  throw new EnvironmentError(`the dependencies of ${roots.join(', ')} contradict each other`);
}

/** That the package of a name has to be one that meets a dependency. */
type Conflict = { name: string; dependency: Dependency };
type Need = { dependency: Dependency; by: string };

class Closure {
  private readonly packages: PackageSet;
  private readonly isExcluded: (name: string) => boolean;
  private readonly wantsNothing: boolean;
  private readonly limits: Map<string, Dependency[]>;
  private readonly chosen = new Map<string, OfferedRpm>();
  private readonly reasons = new Map<string, string>();
  private readonly needs: Need[] = [];
  /** Those with alternatives. */
  private readonly choices: Need[] = [];
  /** Those that hang on what else is chosen. */
  private readonly conditional: Need[] = [];

  constructor(packages: PackageSet, { exclude = [] }: ResolveOptions, limits: Map<string, Dependency[]>) {
    this.packages = packages;
    this.isExcluded = matcher(exclude);
    // For a glob, `*` ends at the slashes that names of files have.
    this.wantsNothing = exclude.includes('*');
    this.limits = limits;
  }

  run(roots: string[]): Pin[] | Conflict {
    for (const root of roots) {
      const found = findRoot(this.packages, root).filter((one) => this.isWithinLimits(one));
      if (found.some((one) => this.chosen.get(one.name) === one)) continue;
      const conflict = this.take({ dependency: { kind: 'simple', name: root }, by: '' }, found);
      if (conflict) return conflict;
    }
    for (;;) {
      for (let need = this.needs.shift(); need; need = this.needs.shift()) {
        const conflict = this.meet(need);
        if (conflict) return conflict;
      }
      // Alternatives come after all that leaves no choice, which may settle them.
      const choice = this.choices.shift();
      const conflict = choice && this.pick(choice);
      if (conflict) return conflict;
      if (choice) continue;
      // Only now it is known what was chosen; what these bring may make the condition of another one true.
      this.needs.push(...this.conditional.splice(0).flatMap((need) => this.decide(need)));
      if (this.needs.length === 0) break;
    }
    return [...this.chosen.values()]
      .map(({ name, evr, architecture, archive, path, size, sha256 }) => {
        return { name, version: evr, architecture, archive, path, size, sha256 };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private meet({ dependency, by }: Need): Conflict | undefined {
    switch (dependency.kind) {
      case 'and':
        this.needs.unshift(...dependency.parts.map((part) => ({ dependency: part, by })));
        return undefined;
      case 'if':
      case 'unless':
        // Its condition may become true later.
        this.conditional.push({ dependency, by });
        return undefined;
    }
    if (this.isExcluded(nameOf(dependency)) || this.isMet(dependency)) return undefined;
    if (dependency.kind === 'or') {
      this.choices.push({ dependency, by });
      return undefined;
    }
    return this.take({ dependency, by }, this.candidates(dependency));
  }

  /** Settles for the first alternative that is possible, unless one of them has been chosen for another reason. */
  private pick({ dependency, by }: Need): Conflict | undefined {
    if (dependency.kind !== 'or' || this.isMet(dependency)) return undefined;
    const possible = dependency.parts.find((part) => this.isPossible(part));
    if (!possible) return this.take({ dependency, by }, this.candidates(dependency));
    this.needs.push({ dependency: possible, by });
    return undefined;
  }

  /** What is left of a conditional dependency now: the part that its condition calls for, or itself for a later time. */
  private decide({ dependency, by }: Need): Need[] {
    if (dependency.kind !== 'if' && dependency.kind !== 'unless') return [{ dependency, by }];
    const { kind, what, condition, otherwise } = dependency;
    const holds = this.isMet(condition) === (kind === 'if');
    const part = holds ? what : otherwise;
    if (part === undefined || this.isMet(part)) {
      this.conditional.push({ dependency, by });
      return [];
    }
    return [{ dependency: part, by }];
  }

  /** Chooses one of the packages that would do. */
  private take({ dependency, by }: Need, candidates: OfferedRpm[]): Conflict | undefined {
    const wanted = by === '' ? candidates : candidates.filter(({ name }) => !this.isExcluded(name));
    if (wanted.length === 0 && candidates.length > 0) return undefined;
    const free = wanted.filter(({ name }) => !this.chosen.has(name));
    const [best] = this.rank(free, nameOf(dependency));
    if (best) {
      this.choose(best, by);
      return undefined;
    }
    const [taken] = wanted;
    if (taken) return { name: taken.name, dependency };
    throw this.unmet({ dependency, by });
  }

  private rank(candidates: OfferedRpm[], wanted: string): OfferedRpm[] {
    const isObsolete = (one: OfferedRpm) =>
      candidates.some((other) => other.name !== one.name && hits(other.obsoletes, one));
    const inForce = candidates.filter((one) => !isObsolete(one));
    const peaceful = inForce.filter((one) => !this.conflicts(one));
    const left = newestOfEach([peaceful, inForce, candidates].find((list) => list.length > 0) ?? []);
    if (left.length < 2) return left;
    const likings = new Map(left.map((one) => [one, this.liking(one)]));
    const versions = new Map(left.map((one) => [one, this.packages.versionProvided(one, wanted)]));
    return left.sort(
      (a, b) =>
        (likings.get(b) ?? 0) - (likings.get(a) ?? 0) ||
        compareEvr(versions.get(b) ?? '', versions.get(a) ?? '') ||
        Number(b.name === wanted) - Number(a.name === wanted) ||
        a.name.length - b.name.length ||
        (a.name < b.name ? -1 : 1),
    );
  }

  /** 2 for what a chosen package recommends, 1 for what one suggests. */
  private liking(one: OfferedRpm): number {
    const isIn = (texts: string[]) =>
      texts.some((text) => {
        const dependency = text.startsWith('/') ? undefined : parseDependency(text);
        return dependency !== undefined && this.meeting(dependency).includes(one);
      });
    const chosen = [...this.chosen.values()];
    if (chosen.some(({ recommends }) => isIn(recommends))) return 2;
    return chosen.some(({ suggests }) => isIn(suggests)) ? 1 : 0;
  }

  private conflicts(one: OfferedRpm): boolean {
    for (const other of this.chosen.values()) {
      if (hits(other.conflicts, one) || hits(one.conflicts, other)) return true;
    }
    return false;
  }

  /** All packages that meet a dependency by themselves, and what is known of their names. */
  private candidates(dependency: Dependency): OfferedRpm[] {
    return this.meeting(dependency).filter((one) => this.isWithinLimits(one));
  }

  private isWithinLimits(one: OfferedRpm): boolean {
    return (this.limits.get(one.name) ?? []).every((limit) => this.meeting(limit).includes(one));
  }

  /** All packages each of which meets a dependency. */
  private meeting(dependency: Dependency): OfferedRpm[] {
    switch (dependency.kind) {
      case 'simple':
        return this.packages.meeting(dependency);
      case 'if':
      case 'unless':
        return this.meeting(dependency.what);
      case 'or':
        return dependency.parts.flatMap((part) => this.meeting(part));
      case 'and':
      case 'with':
      case 'without': {
        const [first = [], ...others] = dependency.parts.map((part) => this.meeting(part));
        const wanted = dependency.kind !== 'without';
        return first.filter((one) => others.every((list) => list.includes(one) === wanted));
      }
    }
  }

  /** Whether a dependency could be met without another version of what is chosen already. */
  private isPossible(dependency: Dependency): boolean {
    switch (dependency.kind) {
      case 'and':
        return dependency.parts.every((part) => this.isPossible(part));
      case 'or':
        return dependency.parts.some((part) => this.isPossible(part));
      case 'if':
      case 'unless':
        return this.isPossible(dependency.what);
      default:
        return this.isMet(dependency) || this.candidates(dependency).some(({ name }) => !this.chosen.has(name));
    }
  }

  private isMet(dependency: Dependency): boolean {
    switch (dependency.kind) {
      case 'and':
        return dependency.parts.every((part) => this.isMet(part));
      case 'or':
        return dependency.parts.some((part) => this.isMet(part));
      case 'if':
      case 'unless': {
        const { kind, what, condition, otherwise } = dependency;
        if (this.isMet(condition) === (kind === 'if')) return this.isMet(what);
        return otherwise === undefined || this.isMet(otherwise);
      }
      default:
        return this.meeting(dependency).some((one) => this.chosen.get(one.name) === one);
    }
  }

  private choose(found: OfferedRpm, by: string): void {
    this.chosen.set(found.name, found);
    this.reasons.set(found.name, by);
    if (this.wantsNothing) return;
    for (const text of found.requires) {
      // What rpm itself has to be able to do is no package.
      if (text.startsWith('rpmlib(')) continue;
      const dependency = parseDependency(text);
      if (!dependency) {
        throw new EnvironmentError(`${found.name}-${found.evr} requires "${text}", which is no dependency of RPM`);
      }
      this.needs.push({ dependency, by: found.name });
    }
  }

  private unmet({ dependency, by }: Need): EnvironmentError {
    const chain: string[] = [];
    for (let name = by; name !== ''; name = this.reasons.get(name) ?? '') chain.unshift(name);
    const needed = chain.length > 0 ? `, which is needed by ${chain.join(' -> ')}` : '';
    const what = `${formatDependency(dependency)}${needed}`;
    const remedy = 'Check the package lists and repositories of this distribution in the matrix file.';
    const offered = by === '' ? [] : this.meeting(dependency);
    if (offered.length > 0) {
      const message = `the dependencies contradict each other: of ${what}, there is only ${list(offered)}, and something else needs another version`;
      return new EnvironmentError(message, { remedy });
    }
    const others = dependency.kind === 'simple' ? this.meeting({ kind: 'simple', name: dependency.name }) : [];
    const near = others.length > 0 ? `; there is only ${list(others)}` : '';
    return new EnvironmentError(`no repository offers ${what}${near}`, { remedy });
  }
}

function list(packages: OfferedRpm[]): string {
  const names = packages.map(({ name, evr, architecture }) => `${name}-${evr}.${architecture}`);
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
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

function nameOf(dependency: Dependency): string {
  return dependency.kind === 'simple' ? dependency.name : '';
}

/** Whether one of these dependencies (of `Conflicts` or `Obsoletes`) is on a package by its name. */
function hits(dependencies: string[], { name, evr }: OfferedRpm): boolean {
  return dependencies.some((text) => {
    const simple = parseDependency(text) as Simple | undefined;
    return simple?.kind === 'simple' && simple.name === name && overlaps(simple, { sense: '=', evr });
  });
}

// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../../errors.ts';
import { matcher } from '../../matrix/releases.ts';
import type { ResolveOptions } from '../offers.ts';
import type { Pin } from '../pin.ts';
import { conflicts, rank } from './choice.ts';
import { type Dependency, formatDependency, parseDependency } from './dependency.ts';
import type { OfferedRpm, PackageSet } from './package-set.ts';
import { findRoot } from './roots.ts';

/**
 * The packages that `roots` need, roots included, sorted by name. Of each name there is one, in the newest version that
 * fits. As in dnf's solver, what leaves no choice is taken first, see `rank` for the rest, and no choice is kept that another
 * package, which is there for another reason, makes needless, or whose own dependencies cannot be met while there is another.
 * A dependency that only excluded packages meet counts as met.
 * Throws EnvironmentError saying what needs the package that is not offered, FilelistsNeeded.
 */
export function resolve(packages: PackageSet, roots: string[], options: ResolveOptions): Pin[] {
  const lessons: Lessons = { limits: new Map(), preferred: new Map(), unfit: new Set() };
  // Where nothing else would do in the end, what was missing first is what is to be said.
  let missing: EnvironmentError | undefined;
  for (let round = 0; round < 200; round++) {
    const lesson = new Closure(packages, options, lessons).run(roots);
    if (Array.isArray(lesson)) return lesson;
    switch (lesson.kind) {
      case 'preferred':
        lessons.preferred.set(formatDependency(lesson.dependency), lesson.name);
        break;
      case 'limit':
        lessons.limits.set(lesson.name, [...(lessons.limits.get(lesson.name) ?? []), lesson.dependency]);
        break;
      case 'missing':
        missing ??= lesson.error;
        if (!lesson.unfit) throw missing;
        lessons.unfit.add(lesson.unfit);
    }
  }
  throw missing ?? new EnvironmentError(`the dependencies of ${roots.join(', ')} contradict each other`);
}

/**
 * That the package of a name, which was chosen too new, has to meet a dependency; that it is the one to be chosen for it; that
 * something is missing, and which package had better not be chosen then (none when it is one that was asked for).
 */
type Lesson =
  | { kind: 'limit' | 'preferred'; name: string; dependency: Dependency }
  | { kind: 'missing'; error: EnvironmentError; unfit?: OfferedRpm };
type Lessons = { limits: Map<string, Dependency[]>; preferred: Map<string, string>; unfit: Set<OfferedRpm> };
type Need = { dependency: Dependency; by: string };

class Closure {
  private readonly packages: PackageSet;
  private readonly isExcluded: (name: string) => boolean;
  private readonly wantsNothing: boolean;
  private readonly lessons: Lessons;
  private readonly chosen = new Map<string, OfferedRpm>();
  private readonly reasons = new Map<string, string>();
  private readonly needs: Need[] = [];
  /** Those that several packages would meet, and how they were met. */
  private readonly choices: Need[] = [];
  private readonly made: { dependency: Dependency; by: Dependency | OfferedRpm }[] = [];
  /** Those that hang on what else is chosen. */
  private readonly conditional: Need[] = [];

  constructor(packages: PackageSet, { exclude = [] }: ResolveOptions, lessons: Lessons) {
    this.packages = packages;
    this.isExcluded = matcher(exclude);
    // For a glob, `*` ends at the slashes that names of files have.
    this.wantsNothing = exclude.includes('*');
    this.lessons = lessons;
  }

  run(roots: string[]): Pin[] | Lesson {
    for (const root of roots) {
      const found = findRoot(this.packages, root).filter((one) => this.isWithinLimits(one));
      if (found.some((one) => this.chosen.get(one.name) === one)) continue;
      const lesson = this.take({ dependency: { kind: 'simple', name: root }, by: '' }, found);
      if (lesson) return lesson;
    }
    for (let step = this.next(); step; step = this.next()) {
      const lesson = step();
      if (lesson) return lesson;
    }
    const needless = this.needless();
    if (needless) return needless;
    return [...this.chosen.values()]
      .map(({ name, evr, architecture, archive, path, size, sha256 }) => {
        return { name, version: evr, architecture, archive, path, size, sha256 };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What to do next: what leaves no choice and what conditions ask for then, which may settle choices; then one choice. */
  private next(): (() => Lesson | undefined) | undefined {
    if (this.needs.length === 0) this.needs.push(...this.decide(true));
    const need = this.needs.shift();
    if (need) return () => this.meet(need);
    const choice = this.choices.shift();
    if (choice) return () => this.pick(choice);
    // All is chosen: a condition that is not true now is not going to be, unless what this brings makes it so.
    this.needs.push(...this.decide(false));
    return this.needs.length > 0 ? () => undefined : undefined;
  }

  private meet({ dependency, by }: Need): Lesson | undefined {
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
    const candidates = this.candidates(dependency);
    if (dependency.kind !== 'or' && new Set(candidates.map(({ name }) => name)).size < 2) {
      return this.take({ dependency, by }, candidates);
    }
    this.choices.push({ dependency, by });
    return undefined;
  }

  /** Chooses, unless what was chosen for another reason will do: the first alternative that is possible, or a package. */
  private pick({ dependency, by }: Need): Lesson | undefined {
    if (this.isMet(dependency)) return undefined;
    const preferred = this.lessons.preferred.get(formatDependency(dependency));
    const hasPreferred = (part: Dependency) => this.candidates(part).some(({ name }) => name === preferred);
    const possible =
      dependency.kind === 'or' &&
      (dependency.parts.find(hasPreferred) ??
        dependency.parts.find((part) => this.isPossible(part, true)) ??
        dependency.parts.find((part) => this.isPossible(part)));
    if (!possible) return this.take({ dependency, by }, this.candidates(dependency));
    this.made.push({ dependency, by: possible });
    this.needs.push({ dependency: possible, by });
    return undefined;
  }

  /** A choice that was made in vain, as a package that came later for another reason meets the dependency too. */
  private needless(): Lesson | undefined {
    for (const { dependency, by } of this.made) {
      if (this.lessons.preferred.has(formatDependency(dependency))) continue;
      const isOwn = (one: OfferedRpm) => ('kind' in by ? this.meeting(by).includes(one) : by === one);
      const other = this.meeting(dependency).find((one) => this.chosen.get(one.name) === one && !isOwn(one));
      if (other) return { kind: 'preferred', name: other.name, dependency };
    }
    return undefined;
  }

  /**
   * What conditional dependencies call for now. While there is more to be chosen (`early`) only conditions that are true
   * count. Those that call for nothing, or for what is there, are kept for a later time.
   */
  private decide(early: boolean): Need[] {
    return this.conditional.splice(0).flatMap((need) => {
      const { dependency, by } = need;
      if (dependency.kind !== 'if' && dependency.kind !== 'unless') return [need];
      const { kind, what, condition, otherwise } = dependency;
      const isTrue = this.isMet(condition);
      const part = isTrue === (kind === 'if') ? what : otherwise;
      if (part !== undefined && (isTrue || !early) && !this.isMet(part)) return [{ dependency: part, by }];
      this.conditional.push(need);
      return [];
    });
  }

  /** Chooses one of the packages that would do. */
  private take({ dependency, by }: Need, candidates: OfferedRpm[]): Lesson | undefined {
    const wanted = by === '' ? candidates : candidates.filter(({ name }) => !this.isExcluded(name));
    if (wanted.length === 0 && candidates.length > 0) return undefined;
    const free = wanted.filter(({ name }) => !this.chosen.has(name));
    const preferred = this.lessons.preferred.get(formatDependency(dependency));
    const ranked = rank(free, {
      packages: this.packages,
      wanted: nameOf(dependency),
      chosen: [...this.chosen.values()],
      isOne: (text, one) => this.isOne(text, one),
    });
    const best = ranked.find(({ name }) => name === preferred) ?? ranked[0];
    if (best) {
      if (by !== '' && ranked.length > 1) this.made.push({ dependency, by: best });
      this.choose(best, by);
      return undefined;
    }
    const [taken] = wanted;
    if (taken) return { kind: 'limit', name: taken.name, dependency };
    const error = this.unmet({ dependency, by });
    const unfit = this.reasons.get(by) ? this.chosen.get(by) : undefined;
    return { kind: 'missing', error, ...(unfit ? { unfit } : {}) };
  }

  /** Whether a package meets a dependency as it is written; files that would have to be looked up do not count. */
  private isOne(text: string, one: OfferedRpm): boolean {
    const dependency = text.startsWith('/') ? undefined : parseDependency(text);
    return dependency !== undefined && this.meeting(dependency).includes(one);
  }

  /** All packages that meet a dependency by themselves, and what is known of their names. */
  private candidates(dependency: Dependency): OfferedRpm[] {
    return this.meeting(dependency).filter((one) => this.isWithinLimits(one));
  }

  private isWithinLimits(one: OfferedRpm): boolean {
    if (this.lessons.unfit.has(one)) return false;
    return (this.lessons.limits.get(one.name) ?? []).every((limit) => this.meeting(limit).includes(one));
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

  /** Whether a dependency could be met without another version of what is chosen already; and in `peace` with that. */
  private isPossible(dependency: Dependency, peace = false): boolean {
    switch (dependency.kind) {
      case 'and':
        return dependency.parts.every((part) => this.isPossible(part, peace));
      case 'or':
        return dependency.parts.some((part) => this.isPossible(part, peace));
      case 'if':
      case 'unless':
        return this.isPossible(dependency.what, peace);
      default: {
        const chosen = [...this.chosen.values()];
        const isFree = (one: OfferedRpm) => !this.chosen.has(one.name) && !(peace && conflicts(one, chosen));
        return this.isMet(dependency) || this.candidates(dependency).some(isFree);
      }
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

function nameOf(dependency: Dependency): string {
  return dependency.kind === 'simple' ? dependency.name : '';
}

// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../../errors.ts';
import { matcher } from '../../matrix/releases.ts';
import type { ResolveOptions } from '../offers.ts';
import type { Pin } from '../pin.ts';
import { type Alternative, type Constraint, parseDepends } from './depends.ts';
import type { OfferedPackage, PackageIndex } from './package-index.ts';
import { compareVersions, satisfies } from './version.ts';

/**
 * The packages that `roots` need (`Pre-Depends` and `Depends`, nothing recommended), roots included, sorted by name.
 * Always the newest version that fits from all suites; of alternatives one that is chosen already, else the first that
 * is offered. Throws EnvironmentError saying what needs the package that is not offered.
 */
export function resolve(index: PackageIndex, roots: string[], options: ResolveOptions): Pin[] {
  const limits = new Map<string, Constraint[]>();
  // Each round learns one more constraint on a package that was chosen too new or too old.
  for (let round = 0; round < 100; round++) {
    const conflict = new Closure(index, options, limits).run(roots);
    if (Array.isArray(conflict)) return conflict;
    limits.set(conflict.name, [...(limits.get(conflict.name) ?? []), conflict.constraint]);
  }
  throw new EnvironmentError(`the dependencies of ${roots.join(', ')} contradict each other`);
}

type Conflict = { name: string; constraint: Constraint };
type Need = { group: Alternative[]; by: string };

const priorities = ['required', 'important', 'standard', 'optional', 'extra'];

class Closure {
  private readonly index: PackageIndex;
  private readonly architecture: string;
  private readonly isExcluded: (name: string) => boolean;
  private readonly limits: Map<string, Constraint[]>;
  private readonly chosen = new Map<string, OfferedPackage>();
  /** Names that chosen packages provide, with the version they provide them as. */
  private readonly provided = new Map<string, string[]>();
  private readonly reasons = new Map<string, string>();

  constructor(index: PackageIndex, options: ResolveOptions, limits: Map<string, Constraint[]>) {
    this.index = index;
    this.architecture = options.architecture;
    this.isExcluded = matcher(options.exclude ?? []);
    this.limits = limits;
  }

  run(roots: string[]): Pin[] | Conflict {
    const needs: Need[] = roots.map((name) => ({ group: [{ name }], by: '' }));
    for (let need = needs.shift(); need; need = needs.shift()) {
      const { group, by } = need;
      if (group.some((alternative) => this.isMet(alternative))) continue;
      if (by !== '' && group.some(({ name }) => this.isExcluded(name))) continue;
      const answer = this.answer(group);
      if (answer === undefined) throw this.unmet(need);
      if ('constraint' in answer) return answer;
      this.choose(answer, by);
      for (const next of parseDepends(answer.depends, this.architecture)) needs.push({ group: next, by: answer.name });
    }
    return [...this.chosen.values()]
      .map(({ name, version, architecture, archive, path, size, sha256 }) => {
        return { name, version, architecture, archive, path, size, sha256 };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private isMet({ name, constraint }: Alternative): boolean {
    const versions = [this.chosen.get(name)?.version, ...(this.provided.get(name) ?? [])];
    return versions.some((version) => version !== undefined && fits(version, constraint));
  }

  /** What meets the first alternative that can be met: a package, or the insight that one has to be chosen otherwise. */
  private answer(group: Alternative[]): OfferedPackage | Conflict | undefined {
    for (const alternative of group) {
      const newest = this.newest(alternative);
      const { name, constraint } = alternative;
      if (newest && constraint && this.chosen.has(name)) return { name, constraint };
      const found = newest ?? this.provider(alternative);
      if (found && !this.chosen.has(found.name)) return found;
    }
    return undefined;
  }

  private newest({ name, constraint }: Alternative): OfferedPackage | undefined {
    const constraints = [...(this.limits.get(name) ?? []), ...(constraint ? [constraint] : [])];
    return this.index
      .packages(name)
      .filter(({ version }) => constraints.every((one) => fits(version, one)))
      .sort((a, b) => compareVersions(b.version, a.version) || (a.archive < b.archive ? -1 : 1))[0];
  }

  /** A package that provides the name: by priority as apt does, then by name. */
  private provider({ name, constraint }: Alternative): OfferedPackage | undefined {
    return this.index
      .providers(name)
      .filter(({ version }) => (constraint ? version !== '' && fits(version, constraint) : true))
      .map(({ provider, providerVersion }) =>
        this.newest({ name: provider, constraint: { relation: '=', version: providerVersion } }),
      )
      .filter((found) => found !== undefined)
      .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1) || compareVersions(b.version, a.version))[0];
  }

  private choose(found: OfferedPackage, by: string): void {
    this.chosen.set(found.name, found);
    this.reasons.set(found.name, by);
    for (const { name, constraint } of parseDepends(found.provides, this.architecture).flat()) {
      this.provided.set(name, [...(this.provided.get(name) ?? []), constraint?.version ?? '']);
    }
  }

  private unmet({ group, by }: Need): EnvironmentError {
    const wanted = group.map(({ name, constraint }) => {
      return constraint ? `${name} (${constraint.relation} ${constraint.version})` : name;
    });
    const chain: string[] = [];
    for (let name = by; name !== ''; name = this.reasons.get(name) ?? '') chain.unshift(name);
    const needed = chain.length > 0 ? `, which is needed by ${chain.join(' -> ')}` : '';
    return new EnvironmentError(`no suite offers ${wanted.join(' | ')}${needed}`, {
      remedy: 'Check the package lists and suites of this distribution in the matrix file.',
    });
  }
}

/** A name that is provided without a version (`''`) meets no constraint, as deb-control(5) says. */
function fits(version: string, constraint: Constraint | undefined): boolean {
  if (!constraint) return true;
  return version !== '' && satisfies(version, constraint.relation, constraint.version);
}

function rank({ priority }: OfferedPackage): number {
  const index = priorities.indexOf(priority);
  return index < 0 ? priorities.length : index;
}

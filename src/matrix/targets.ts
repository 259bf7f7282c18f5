// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { compareReleases, isGlob, matcher, selectReleases } from './releases.ts';
import { nearest } from './suggest.ts';
import type { Distribution, Matrix, Target } from './types.ts';

/** How a target is called: `debian-12/6.1.0-56-amd64`. */
export function labelOf({ id, kernel }: Pick<Target, 'id' | 'kernel'>): string {
  return `${id}/${kernel}`;
}

/** The order of targets everywhere: by distribution, then by kernel release, the newest last. */
export function compareTargets(a: Pick<Target, 'id' | 'kernel'>, b: Pick<Target, 'id' | 'kernel'>): number {
  return compareReleases(a.id, b.id) || compareReleases(a.kernel, b.kernel);
}

export type SelectOptions = {
  /** Kernel releases that a distribution offers right now, excluded flavours left out. Asked only when locks do not do. */
  releases: (distribution: Distribution) => Promise<string[]>;
  /** Where a distribution was asked for its releases: addresses. */
  asked?: (distribution: Distribution) => Promise<string[]>;
  /**
   * Called for a distribution whose releases cannot be had, and whether the user named it; its targets are left out unless
   * this throws. Without it the error is thrown.
   */
  onUnavailable?: (distribution: Distribution, error: unknown, named: boolean) => void;
  /** Choose among what is offered even where there are locks, as for locking anew. */
  ignoreLocks?: boolean;
};

/**
 * The targets that patterns name, by distribution and release: an id (`debian-12`) stands for its default kernels, as
 * locked or else as offered; `debian-12/6.1.*` for every release offered or locked that matches. Both parts may be globs.
 * Without patterns: all distributions of the default set. Throws InputError with the nearest names for a pattern that
 * matches nothing, and whatever `releases` throws for a distribution that the user named.
 */
export async function selectTargets(matrix: Matrix, patterns: string[], options: SelectOptions): Promise<Target[]> {
  const targets = new Map<string, Target>();
  const add = (distribution: Distribution, kernels: string[], marks: { named: boolean; pinned: boolean }) => {
    for (const kernel of kernels) {
      const key = labelOf({ id: distribution.id, kernel });
      const known = targets.get(key);
      const pinned = marks.pinned || known?.pinned === true;
      targets.set(key, { id: distribution.id, kernel, arch: 'x86_64', distribution, named: marks.named, pinned });
    }
  };
  /** Undefined when it cannot be known. */
  const known = async (distribution: Distribution, release: string | undefined, named: boolean) => {
    try {
      if (release === undefined) return await defaultKernels(matrix, distribution, options);
      return await matchingKernels(matrix, distribution, release, options);
    } catch (error) {
      if (!options.onUnavailable) throw error;
      options.onUnavailable(distribution, error, named);
      return undefined;
    }
  };
  if (patterns.length === 0) {
    const distributions = matrix.distributions.filter((distribution) => distribution.default);
    const kernels = await Promise.all(distributions.map((distribution) => known(distribution, undefined, false)));
    distributions.forEach((distribution, index) => {
      add(distribution, kernels[index] ?? [], { named: false, pinned: false });
    });
  }
  for (const pattern of patterns) {
    const slash = pattern.indexOf('/');
    const idPattern = slash < 0 ? pattern : pattern.slice(0, slash);
    const release = slash < 0 ? undefined : pattern.slice(slash + 1);
    const isNamed = matcher([idPattern]);
    const distributions = matrix.distributions.filter(({ id }) => isNamed(id));
    if (distributions.length === 0) throw unknownTarget(pattern, idPattern, matrix);
    const kernels = await Promise.all(distributions.map((distribution) => known(distribution, release, true)));
    if (kernels.every((list) => list?.length === 0))
      throw await unknownRelease(pattern, distributions, matrix, options);
    distributions.forEach((distribution, index) => {
      add(distribution, kernels[index] ?? [], { named: true, pinned: release !== undefined && !isGlob(release) });
    });
  }
  return [...targets.values()].sort(compareTargets);
}

async function defaultKernels(matrix: Matrix, distribution: Distribution, options: SelectOptions): Promise<string[]> {
  const selectors = distribution.kernels.default;
  const locked = options.ignoreLocks ? [] : selectReleases(selectors, matrix.locked.get(distribution.id) ?? []);
  if (locked.length > 0) return locked;
  const offered = await options.releases(distribution);
  const selected = selectReleases(selectors, offered);
  if (selected.length > 0) return selected;
  throw new InputError(`no kernel release that ${distribution.id} offers matches ${selectors.join(', ')}`, {
    where: `${distribution.id}.yml`,
    remedy: `Offered: ${offered.join(', ') || 'none'}.`,
  });
}

async function matchingKernels(
  matrix: Matrix,
  distribution: Distribution,
  pattern: string,
  options: SelectOptions,
): Promise<string[]> {
  const locked = matrix.locked.get(distribution.id) ?? [];
  if (!options.ignoreLocks && locked.includes(pattern)) return [pattern];
  const known = [...new Set([...(await options.releases(distribution)), ...(options.ignoreLocks ? [] : locked)])];
  return known.filter(matcher([pattern])).sort(compareReleases);
}

function unknownTarget(pattern: string, idPattern: string, matrix: Matrix): InputError {
  const ids = matrix.distributions.map(({ id }) => id);
  const near = nearest(idPattern, ids);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return new InputError(`unknown target "${pattern}"`, { remedy: `${hint}Known: ${ids.join(', ')}.` });
}

async function unknownRelease(
  pattern: string,
  distributions: Distribution[],
  matrix: Matrix,
  options: SelectOptions,
): Promise<InputError> {
  const known: string[] = [];
  const asked: string[] = [];
  for (const distribution of distributions) {
    asked.push(...((await options.asked?.(distribution)) ?? []));
    const releases = [...(await options.releases(distribution)), ...(matrix.locked.get(distribution.id) ?? [])];
    known.push(...releases.map((kernel) => labelOf({ id: distribution.id, kernel })));
  }
  const near = nearest(pattern, [...new Set(known)]);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  const where = asked.length > 0 ? `; asked:${asked.map((url) => `\n    ${url}`).join('')}` : '';
  return new InputError(`no kernel release matches "${pattern}"${where}`, {
    remedy: `${hint}\`ovnfast plan\` lists what is offered.`,
  });
}

// SPDX-License-Identifier: Apache-2.0
import { compareReleases, matcher } from '../matrix/releases.ts';
import type { Distribution } from '../matrix/types.ts';

/** What is between a beginning and an end, of the names that have both. */
export function betweenEnds(names: string[], prefix: string, suffix: string): string[] {
  return names
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => name.slice(prefix.length, name.length - suffix.length));
}

/**
 * The kernel releases that are offered for a distribution, oldest first. One counts only when every package that the
 * matrix names with `{kernel}` is there, so that it can be both built for and booted; excluded flavours do not count.
 * `offered` returns the releases for which there is a package of a name that begins and ends so.
 */
export function commonReleases(
  { packages, kernels }: Distribution,
  offered: (prefix: string, suffix: string) => string[],
): string[] {
  const templates = [...packages.headers, ...packages.image].filter((name) => name.includes('{kernel}'));
  const sets = templates.map((template) => {
    const [prefix = '', suffix = ''] = template.split('{kernel}');
    return new Set(offered(prefix, suffix));
  });
  const [first, ...others] = sets;
  const isExcluded = matcher(kernels.exclude);
  return [...(first ?? [])]
    .filter((release) => /^\d+\.\d+\.\d/.test(release) && others.every((set) => set.has(release)))
    .filter((release) => !isExcluded(release))
    .sort(compareReleases);
}

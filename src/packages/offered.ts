// SPDX-License-Identifier: Apache-2.0
import { compareReleases, matcher } from '../matrix/releases.ts';
import type { Distribution } from '../matrix/types.ts';
import type { PackageIndex } from './package-index.ts';

/**
 * The kernel releases that an index offers for a distribution, oldest first. One counts only when every package that the
 * matrix names with `{kernel}` is there, so that it can be both built for and booted; excluded flavours do not count.
 */
export function offeredReleases(index: PackageIndex, { packages, kernels }: Distribution): string[] {
  const templates = [...packages.headers, ...packages.image].filter((name) => name.includes('{kernel}'));
  const sets = templates.map((template) => {
    const [prefix = '', suffix = ''] = template.split('{kernel}');
    const names = index.names(prefix).filter((name) => name.endsWith(suffix));
    return new Set(names.map((name) => name.slice(prefix.length, name.length - suffix.length)));
  });
  const [first, ...others] = sets;
  const isExcluded = matcher(kernels.exclude);
  return [...(first ?? [])]
    .filter((release) => /^\d+\.\d+\.\d/.test(release) && others.every((set) => set.has(release)))
    .filter((release) => !isExcluded(release))
    .sort(compareReleases);
}

// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from '../../matrix/types.ts';
import { betweenEnds, commonReleases } from '../offered.ts';
import type { OfferedRpm, PackageSet } from './package-set.ts';

/**
 * The packages that a root can mean, as for `dnf install`: one of that name; of that name, version, release and
 * architecture (`kernel-devel-3.10.0-1160.el7.x86_64`, the last ones may be left out); one whose `<name>-uname-r` is
 * the rest (`kernel-devel-uname-r = 5.14.0-1.el9.x86_64`); one that provides it.
 */
export function findRoot(packages: PackageSet, root: string): OfferedRpm[] {
  const named = packages.packages(root);
  if (named.length > 0) return named;
  for (let dash = root.lastIndexOf('-'); dash > 0; dash = root.lastIndexOf('-', dash - 1)) {
    const rest = root.slice(dash + 1);
    const found = packages
      .packages(root.slice(0, dash))
      .filter((one) => spellings(one).includes(rest) || releaseOf(packages, one) === rest);
    if (found.length > 0) return found;
  }
  return packages.meeting({ kind: 'simple', name: root });
}

/** What may follow the name of a package that is told by its version. */
function spellings({ evr, architecture }: OfferedRpm): string[] {
  const withoutEpoch = evr.replace(/^\d+:/, '');
  const version = withoutEpoch.slice(0, withoutEpoch.lastIndexOf('-'));
  return [...new Set([evr, withoutEpoch])].flatMap((one) => [`${one}.${architecture}`, one]).concat(version);
}

/**
 * The kernel releases that every package named with `{kernel}` is offered for, oldest first. A package of the kernel says
 * its release by what it provides (`kernel-devel-uname-r = RELEASE`, or `kernel-devel-RELEASE` as the kernel's own
 * spec file has it) or else by version, release and architecture.
 */
export function offeredReleases(packages: PackageSet, distribution: Distribution): string[] {
  return commonReleases(distribution, (prefix, suffix) => {
    const named = betweenEnds(packages.names(prefix), prefix, suffix);
    if (!prefix.endsWith('-') || suffix !== '') return named;
    return [...named, ...packages.packages(prefix.slice(0, -1)).map((one) => releaseOf(packages, one))];
  });
}

function releaseOf(packages: PackageSet, one: OfferedRpm): string {
  return kernelRelease(one, (prefix) =>
    packages
      .provided(prefix)
      .filter(({ provider }) => provider === one)
      .map(({ name, provision }) => ({ name, ...(provision.evr ? { evr: provision.evr } : {}) })),
  );
}

/**
 * The release of the kernel that a package is of: the version of its `<name>-uname-r`, else the end of a name that it provides
 * (`<name>-6.1.0`), else its own version, release and architecture. `provides` returns what it provides whose name starts so.
 */
export function kernelRelease(
  { name, evr, architecture }: Pick<OfferedRpm, 'name' | 'evr' | 'architecture'>,
  provides: (prefix: string) => { name: string; evr?: string }[],
): string {
  const ending = ({ name: provided }: { name: string }) => provided.slice(name.length + 1);
  const said = provides(`${name}-uname-r`).find((one) => ending(one) === 'uname-r')?.evr;
  if (said) return said;
  const inName = provides(`${name}-`).find((one) => /^\d/.test(ending(one)));
  return inName ? ending(inName) : `${evr.replace(/^\d+:/, '')}.${architecture}`;
}

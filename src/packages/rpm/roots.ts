// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from '../../matrix/types.ts';
import { commonReleases } from '../offered.ts';
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
    const named = packages
      .names(prefix)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(prefix.length, name.length - suffix.length));
    if (!prefix.endsWith('-') || suffix !== '') return named;
    return [...named, ...packages.packages(prefix.slice(0, -1)).map((one) => releaseOf(packages, one))];
  });
}

function releaseOf(packages: PackageSet, one: OfferedRpm): string {
  const own = (prefix: string) => packages.provided(prefix).filter(({ provider }) => provider === one);
  const [said] = own(`${one.name}-uname-r\t`);
  if (said?.provision.evr) return said.provision.evr;
  const inName = own(`${one.name}-`).find(({ name }) => /^\d/.test(name.slice(one.name.length + 1)));
  if (inName) return inName.name.slice(one.name.length + 1);
  return `${one.evr.replace(/^\d+:/, '')}.${one.architecture}`;
}

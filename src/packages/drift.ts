// SPDX-License-Identifier: Apache-2.0
import type { Lock } from './lock.ts';
import type { Offers } from './offers.ts';
import type { Pin } from './pin.ts';

/** How one package of a lock differs from what a lock made now would pin. */
export type PackageDrift = {
  name: string;
  /**
   * `version`: another version would be taken; `rebuilt`: the same version with other content; `gained`, `lost`: the closure
   * has one more or one less; `gone`: the index no longer lists what is pinned, and offers nothing else in its place.
   */
  change: 'version' | 'rebuilt' | 'gained' | 'lost' | 'gone';
  /** Version that is pinned. */
  locked?: string;
  /** Version that is offered. */
  offered?: string;
  /** The pinned one has left the index: it can only be had from the cache or a snapshot. */
  left: boolean;
  /** Which sysroots it is in. */
  sysroots: string[];
};

/**
 * Compares a lock with one that would be made now; `fresh` is left out when none can be made, and then only packages that
 * have left the index are told. Sorted by name; nothing when they pin the same.
 */
export async function compareLocks(locked: Lock, fresh: Lock | undefined, offers: Offers): Promise<PackageDrift[]> {
  const drift: PackageDrift[] = [];
  const before = byName(locked);
  const after = fresh ? byName(fresh) : before;
  for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(name), after.get(name)];
    const left = old !== undefined && !(await offers.has(old));
    const sysroots = new Set([...sysrootsOf(locked, name), ...(fresh ? sysrootsOf(fresh, name) : [])]);
    const change = changeOf(old, now) ?? movedBetween(locked, fresh, name) ?? (left ? 'gone' : undefined);
    if (change === undefined) continue;
    drift.push({
      name,
      change,
      ...(old ? { locked: old.version } : {}),
      ...(now && fresh ? { offered: now.version } : {}),
      left,
      sysroots: [...sysroots],
    });
  }
  return drift;
}

function changeOf(old: Pin | undefined, now: Pin | undefined): PackageDrift['change'] | undefined {
  if (!old) return 'gained';
  if (!now) return 'lost';
  if (old.version !== now.version) return 'version';
  return old.sha256 === now.sha256 ? undefined : 'rebuilt';
}

/** The same package, but one sysroot has it now and another has not. */
function movedBetween(locked: Lock, fresh: Lock | undefined, name: string): PackageDrift['change'] | undefined {
  if (!fresh) return undefined;
  const [old, now] = [sysrootsOf(locked, name), sysrootsOf(fresh, name)];
  if (now.some((sysroot) => !old.includes(sysroot))) return 'gained';
  return old.some((sysroot) => !now.includes(sysroot)) ? 'lost' : undefined;
}

function byName({ packages }: Lock): Map<string, Pin> {
  return new Map(packages.map((pin) => [pin.name, pin]));
}

function sysrootsOf({ sysroots }: Lock, name: string): string[] {
  return Object.keys(sysroots).filter((sysroot) => sysroots[sysroot]?.includes(name));
}

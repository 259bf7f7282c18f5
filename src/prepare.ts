// SPDX-License-Identifier: Apache-2.0

import type { Programs } from './host/decompress.ts';
import type { Archive } from './matrix/types.ts';
import type { EffectiveLock, Obtainer } from './packages/obtain.ts';
import type { Pin } from './packages/pin.ts';
import type { FetchedPackage, FetchOptions, Store } from './packages/store.ts';
import type { RunListener } from './report/events.ts';
import { composeSysroot, type Sysroot } from './sysroot/compose.ts';

export type PrepareOptions<Name extends string> = {
  /** Which sysroots. */
  names: Name[];
  /** What progress is reported for. */
  label: string;
  cache: string;
  /** Reads compressions that this Node cannot. */
  programs?: Programs;
  emit: RunListener;
  signal: AbortSignal;
};

export type Prepared<Name extends string> = {
  /** The lock really used. */
  effective: EffectiveLock;
  sysroots: Record<Name, Sysroot>;
  /** How many packages each base address delivered just now. */
  mirrors: { url: string; packages: number }[];
};

/** Packages that are named by their digests, and where they can be had. */
export type Pinned = {
  archives: Archive[];
  /** For the snapshot archive, by archive name. */
  timestamps: Record<string, string>;
  sysroots: Record<string, Pin[]>;
};

/** Fetches what a lock pins for some of its sysroots and composes them. Throws what fetching and unpacking throw. */
export async function prepareSysroots<Name extends string>(
  obtainer: Obtainer,
  locked: EffectiveLock,
  options: PrepareOptions<Name>,
): Promise<Prepared<Name>> {
  const { names, label, emit, signal } = options;
  const obtained = await obtainer.obtain(locked, { sysroots: names, signal, onProgress: fetchProgress(options) });
  for (const { message } of obtained.effective.warnings) emit({ type: 'warning', target: label, message });
  return {
    effective: obtained.effective,
    sysroots: await composeAll(obtained.sysroots, options),
    mirrors: [...obtained.mirrors].map(([url, packages]) => ({ url, packages })),
  };
}

/** The same of packages that no index has to be asked for, and in whose place no others will do. */
export async function preparePinned<Name extends string>(
  store: Store,
  { archives, timestamps, sysroots }: Pinned,
  options: PrepareOptions<Name>,
): Promise<Record<Name, Sysroot>> {
  const pins = new Map(options.names.flatMap((name) => sysroots[name] ?? []).map((pin) => [pin.sha256, pin]));
  const fetched = await store.fetch([...pins.values()], archives, {
    signal: options.signal,
    timestamps,
    onProgress: fetchProgress(options),
  });
  const packages = Object.entries(sysroots).map(([name, list]): [string, FetchedPackage[]] => [
    name,
    list.flatMap(({ sha256 }) => fetched.get(sha256) ?? []),
  ]);
  return await composeAll(new Map(packages), options);
}

type Progress = Pick<PrepareOptions<string>, 'label' | 'emit'>;

/** Tells how far packages are on their way. */
export function fetchProgress({ label, emit }: Progress): NonNullable<FetchOptions['onProgress']> {
  return ({ bytes, totalBytes }) => {
    emit({ type: 'stage', target: label, stage: 'fetch' });
    emit({ type: 'progress', target: label, done: bytes, total: totalBytes, unit: 'bytes' });
  };
}

async function composeAll<Name extends string>(
  packages: Map<string, FetchedPackage[]>,
  { names, label, cache, programs = {}, emit, signal }: PrepareOptions<Name>,
): Promise<Record<Name, Sysroot>> {
  const made = await Promise.all(
    names.map(async (name) => {
      const sysroot = await composeSysroot({
        cache,
        packages: packages.get(name) ?? [],
        signal,
        programs,
        onProgress: ({ done, total }) => {
          emit({ type: 'stage', target: label, stage: 'unpack' });
          emit({ type: 'progress', target: label, done, total, unit: 'bytes' });
        },
      });
      return [name, sysroot] as const;
    }),
  );
  return Object.fromEntries(made) as Record<Name, Sysroot>;
}

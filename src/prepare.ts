// SPDX-License-Identifier: Apache-2.0

import type { Programs } from './host/decompress.ts';
import type { EffectiveLock, Obtainer } from './packages/obtain.ts';
import type { RunListener } from './report/events.ts';
import { composeSysroot, type Sysroot } from './sysroot/compose.ts';

export type PrepareOptions<Name extends string> = {
  /** Which sysroots of the lock. */
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

/** Fetches what a lock pins for some of its sysroots and composes them. Throws what fetching and unpacking throw. */
export async function prepareSysroots<Name extends string>(
  obtainer: Obtainer,
  locked: EffectiveLock,
  { names, label, cache, programs = {}, emit, signal }: PrepareOptions<Name>,
): Promise<Prepared<Name>> {
  const obtained = await obtainer.obtain(locked, {
    sysroots: names,
    signal,
    onProgress: ({ bytes, totalBytes }) => {
      emit({ type: 'stage', target: label, stage: 'fetch' });
      emit({ type: 'progress', target: label, done: bytes, total: totalBytes, unit: 'bytes' });
    },
  });
  for (const { message } of obtained.effective.warnings) emit({ type: 'warning', target: label, message });
  const made = await Promise.all(
    names.map(async (name) => {
      const sysroot = await composeSysroot({
        cache,
        packages: obtained.sysroots.get(name) ?? [],
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
  return {
    effective: obtained.effective,
    sysroots: Object.fromEntries(made) as Record<Name, Sysroot>,
    mirrors: [...obtained.mirrors].map(([url, packages]) => ({ url, packages })),
  };
}

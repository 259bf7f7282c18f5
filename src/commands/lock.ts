// SPDX-License-Identifier: Apache-2.0

import { type Lock, lockDigest, readLock, writeLock } from '../packages/lock.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { runLockCheck } from './lock-check.ts';
import { type LockSubject, lockSubjects } from './lock-subjects.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type LockFlags = FetchFlags & { target?: string[]; tools?: boolean; json?: boolean; check?: boolean };

type Written = LockSubject['names'] & {
  file: string;
  packages: number;
  bytes: number;
  changed: boolean;
};

/**
 * `ovnfast lock`: pins what the archives offer now. Without `--target` every target of the default set, and the toolchains
 * of their distributions; with `--tools` the shared sysroots too, or alone when no target is named.
 */
export async function runLock(edge: Edge, flags: LockFlags): Promise<number> {
  if (flags.check) return await runLockCheck(edge, flags);
  const { signal } = edge;
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  const { matrix, obtainer } = workshop;
  const written: Written[] = [];
  const withTargets = flags.target !== undefined || !flags.tools;
  const targets = withTargets ? await workshop.selectTargets(flags.target ?? [], { ignoreLocks: true }) : undefined;
  for (const { subject, file, label, names } of lockSubjects(matrix, targets, flags.tools ?? false)) {
    view.emit({ type: 'stage', target: label, stage: 'lock' });
    const { lock, warnings } = await obtainer.resolve(subject, signal);
    for (const { message } of warnings) view.emit({ type: 'warning', target: label, message });
    written.push({ ...names, ...(await write(file, lock)) });
    view.emit({ type: 'ready', target: label });
  }
  view.close();
  if (flags.json) {
    edge.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
    return 0;
  }
  for (const { file, packages, bytes, changed } of written) {
    edge.stdout.write(
      `${changed ? 'changed ' : 'the same'}  ${packages} packages, ${Math.round(bytes / 1e6)} MB  ${file}\n`,
    );
  }
  return 0;
}

async function write(file: string, lock: Lock): Promise<Pick<Written, 'file' | 'packages' | 'bytes' | 'changed'>> {
  const before = await readLock(file).catch(() => undefined);
  await writeLock(file, lock);
  const bytes = lock.packages.reduce((sum, { size }) => sum + size, 0);
  const changed = before === undefined || lockDigest(before) !== lockDigest(lock);
  return { file, packages: lock.packages.length, bytes, changed };
}

// SPDX-License-Identifier: Apache-2.0
import { lockPath } from '../matrix/matrix.ts';
import { type Lock, lockDigest, lockTarget, lockTool, readLock, writeLock } from '../packages/lock.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { watchOnStderr } from './listener.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type LockFlags = FetchFlags & { target?: string[]; tools?: boolean; json?: boolean };
type Written = { file: string; id: string; kernel?: string; packages: number; bytes: number; changed: boolean };

/**
 * `ovnfast lock`: pins what the signed indexes offer now. Without `--target` every target of the default set; with
 * `--tools` the shared sysroots too, or alone when no target is named.
 */
export async function runLock(edge: Edge, flags: LockFlags): Promise<number> {
  const { signal } = edge;
  using view = watchOnStderr(edge);
  await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
  const { matrix, obtainer } = workshop;
  const written: Written[] = [];
  const write = async (directory: string, name: string, lock: Lock): Promise<void> => {
    const file = lockPath(matrix.directory, directory, name);
    const before = await readLock(file).catch(() => undefined);
    await writeLock(file, lock);
    const bytes = lock.packages.reduce((sum, { size }) => sum + size, 0);
    const changed = before === undefined || lockDigest(before) !== lockDigest(lock);
    written.push({ file, id: directory, kernel: name, packages: lock.packages.length, bytes, changed });
  };
  if (flags.target || !flags.tools) {
    for (const target of await workshop.selectTargets(flags.target ?? [], { ignoreLocks: true })) {
      const index = await obtainer.index(target.distribution, signal);
      for (const { message } of index.warnings) edge.stderr.write(`warning: ${message}\n`);
      await write(target.id, target.kernel, lockTarget(target, index));
    }
  }
  if (flags.tools) {
    for (const tool of matrix.tools) {
      await write('tools', tool.name, lockTool(tool, await obtainer.index(tool.distribution, signal)));
    }
  }
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

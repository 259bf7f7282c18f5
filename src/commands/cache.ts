// SPDX-License-Identifier: Apache-2.0
import { cacheUsage, type KindUsage, pruneCache } from '../packages/cache.ts';
import { byteSize } from '../report/text.ts';
import type { Edge } from './edge.ts';

/** `ovnfast cache`: where the cache is, and what it holds by kind. */
export async function runCache({ cache, stdout, signal }: Edge, { json }: { json?: boolean }): Promise<number> {
  const { directory, kinds, bytes } = await cacheUsage(cache, signal);
  if (json) {
    stdout.write(`${JSON.stringify({ directory, bytes, kinds: Object.fromEntries(kinds) }, null, 2)}\n`);
    return 0;
  }
  stdout.write(`${directory}\n`);
  writeKinds(kinds, stdout);
  stdout.write(`  ${'together'.padEnd(12)} ${byteSize(bytes).padStart(9)}\n`);
  return 0;
}

/** `ovnfast cache prune` */
export async function runCachePrune(
  { cache, stdout, stderr, signal }: Edge,
  { olderThan, all = false }: { olderThan: number; all?: boolean },
): Promise<number> {
  const { removed, users, failed } = await pruneCache(cache, { olderThanDays: olderThan, all, signal });
  if (removed.size > 0) {
    stdout.write('removed\n');
    writeKinds(removed, stdout);
  } else {
    stdout.write('nothing to remove\n');
  }
  if (users.length > 0) {
    const processes = users.map(({ pid }) => pid).join(', ');
    stderr.write(
      `In use by process ${processes}: only what dead processes left was removed. Try again when it has ended.\n`,
    );
  }
  for (const { path, reason } of failed) stderr.write(`${path} could not be removed: ${reason}\n`);
  return failed.length > 0 ? 3 : 0;
}

function writeKinds(kinds: Map<string, KindUsage>, stdout: NodeJS.WriteStream): void {
  for (const [kind, { entries, bytes }] of kinds) {
    stdout.write(
      `  ${kind.padEnd(12)} ${byteSize(bytes).padStart(9)}  ${entries} ${entries === 1 ? 'entry' : 'entries'}\n`,
    );
  }
}

// SPDX-License-Identifier: Apache-2.0
import { utimes } from 'node:fs/promises';

/**
 * Notes on an entry of the cache (a file or directory right below its kind) that it is in use, so that pruning by age
 * keeps it. Returns false when there is no such entry.
 */
export async function markUsed(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    // A cache that this user may read but not write is of use all the same.
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return true;
    throw error;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { relative, resolve } from 'node:path';
import { type RenderedFile, writeRendered } from '../render/write.ts';
import type { Edge } from './edge.ts';

/**
 * Writes what was rendered into `out` and says of each file what has become of it. `family`: all the names that such a
 * rendering may use. Throws as `writeRendered`.
 */
export async function writeAndTell(
  { workingDirectory, stdout }: Edge,
  files: RenderedFile[],
  { out, ...options }: { out: string; family: string[]; force: boolean },
): Promise<void> {
  for (const { path, change } of await writeRendered(resolve(workingDirectory, out), files, options)) {
    const shown = relative(workingDirectory, path);
    stdout.write(`${change.padEnd('the same'.length)}  ${shown.startsWith('..') ? path : shown}\n`);
  }
}

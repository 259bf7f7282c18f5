// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { BuildPlaces } from './diagnostics.ts';

/** fixdep's lists are far below that; what is larger, a module has made by itself. */
const MAXIMUM_BYTES = 4 * 2 ** 20;
const MAXIMUM_HEADERS = 50_000;

/**
 * The files outside the module that its objects were compiled from, all levels deep: what kbuild noted in `.NAME.o.cmd`
 * (scripts/basic/fixdep.c) below `directory`, where the module was built. Absolute paths as inside the sandbox, sorted.
 */
export async function readIncluded(directory: string, places: BuildPlaces): Promise<string[]> {
  const included = new Set<string>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !/^\..+\.o\.cmd$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).size > MAXIMUM_BYTES) continue;
    for (const file of parseDependencies(await readFile(path, 'utf8'))) {
      if (included.size >= MAXIMUM_HEADERS) break;
      included.add(placeOf(file, places));
    }
  }
  return [...included].filter((path) => !path.startsWith(`${places.module}/`)).sort();
}

/** The files that `deps_NAME.o := \` lists; configuration symbols stand there as `$(wildcard ...)`. */
function parseDependencies(text: string): string[] {
  const list = /^deps_\S+ := \\\n((?:.*\\\n)*)/m.exec(text)?.[1] ?? '';
  return list
    .split('\n')
    .map((line) => line.replace(/\\$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('$('));
}

function placeOf(file: string, { workingDirectory, moved }: BuildPlaces): string {
  const path = posix.resolve(workingDirectory, file);
  return moved && path.startsWith(`${moved.from}/`) ? `${moved.to}${path.slice(moved.from.length)}` : path;
}

// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { BuildPlaces } from './diagnostics.ts';

/** fixdep's lists are far below that; what is larger, a module has made by itself. */
const MAXIMUM_BYTES = 4 * 2 ** 20;
const MAXIMUM_NAMES = 50_000;
/** How a configuration option stands among the files. */
const OPTION = /^\$\(wildcard include\/config\/([\w/]+?)(?:\.h)?\)$/;

/** What the objects of a module were compiled from, besides its own sources; both sorted. */
export type Included = {
  /** Absolute paths as inside the sandbox, of all levels. */
  headers: string[];
  /** Options of the kernel's configuration that these headers or the module look at, without `CONFIG_`. */
  options: string[];
};

/** Reads what kbuild noted in `.NAME.o.cmd` (scripts/basic/fixdep.c) below `directory`, where the module was built. */
export async function readIncluded(directory: string, places: BuildPlaces): Promise<Included> {
  const headers = new Set<string>();
  const options = new Set<string>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !/^\..+\.o\.cmd$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).size > MAXIMUM_BYTES) continue;
    for (const dependency of parseDependencies(await readFile(path, 'utf8'))) {
      if (headers.size + options.size >= MAXIMUM_NAMES) break;
      const [, option] = OPTION.exec(dependency) ?? [];
      if (option === undefined) headers.add(placeOf(dependency, places));
      // Before 5.14 a file `smp.h`, and a directory for each underscore.
      else options.add(option.replaceAll('/', '_').toUpperCase());
    }
  }
  const isForeign = (path: string) => !path.startsWith(`${places.module}/`);
  return { headers: [...headers].filter(isForeign).sort(), options: [...options].sort() };
}

/** What `deps_NAME.o := \` lists, a line each. */
function parseDependencies(text: string): string[] {
  const list = /^deps_\S+ := \\\n((?:.*\\\n)*)/m.exec(text)?.[1] ?? '';
  return list
    .split('\n')
    .map((line) => line.replace(/\\$/, '').trim())
    .filter((line) => line !== '');
}

function placeOf(file: string, { workingDirectory, moved }: BuildPlaces): string {
  const path = posix.resolve(workingDirectory, file);
  return moved && path.startsWith(`${moved.from}/`) ? `${moved.to}${path.slice(moved.from.length)}` : path;
}

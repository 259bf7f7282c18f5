// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { findModuleDirectory, makesModules, realDirectory } from '../kbuild/source.ts';

/** What a directory of sources becomes: kernel modules, one set for each kernel, or eBPF objects, one set for all. */
export type SubjectKind = 'module' | 'programs';

const SOURCE = '.bpf.c';

/** The sources of eBPF programs among names of files, each with the name of its object, in the order of their names. */
export function programSources(names: string[]): { source: string; object: string }[] {
  return names
    .filter((name) => name.endsWith(SOURCE) && name !== SOURCE)
    .sort()
    .map((source) => ({ source, object: source.replace(/c$/, 'o') }));
}

/**
 * The real path of a directory, and what it holds the sources of: eBPF programs where there are files `*.bpf.c` and neither
 * Kbuild nor Makefile speaks of modules (obj-m), else a module.
 * Throws InputError when the directory is missing or holds neither.
 */
export async function findSource(from: string): Promise<{ kind: SubjectKind; root: string }> {
  const root = await realDirectory(from);
  const names = await readdir(root).catch(() => []);
  if (programSources(names).length > 0 && !(await makesModules(root))) return { kind: 'programs', root };
  return { kind: 'module', root: await findModuleDirectory(from) };
}

// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { TemporaryDirectory } from '../host/files.ts';
import { findHeaders } from '../kbuild/headers.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { insideRoot } from '../sysroot/inside.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { type FileDiff, parseUnified } from './unified.ts';

/** The headers of one kernel release. */
export type HeaderTree = { sysroot: Sysroot; kernel: string };

export type HeaderDiff = {
  /** Kernel headers that the module includes. */
  included: number;
  /** Those of them that differ, as below the headers directory: `include/linux/skbuff.h`. */
  files: FileDiff[];
  /** There were more differences than are kept. */
  clipped: boolean;
};

export type DiffOptions = {
  sandbox: Sandbox;
  /** Has a `diff`. */
  tools: Sysroot;
  cache: string;
  signal: AbortSignal;
};

/** Header packages unpack below one of these, each into directories named by the release. */
const SOURCES = ['/usr/src/kernels', '/usr/src'];
const MAXIMUM_FILE = 8 * 2 ** 20;
const MAXIMUM_DIFF = 64 * 2 ** 20;
const DIFF_SECONDS = 120;

/**
 * What differs between two releases in the headers that a module includes: `included` are paths in the older one's sysroot.
 * A header that the newer one lacks counts as emptied. Throws EnvironmentError when a release has no headers or `diff` fails.
 */
export async function diffHeaders(
  included: string[],
  before: HeaderTree,
  after: HeaderTree,
  { sandbox, tools, cache, signal }: DiffOptions,
): Promise<HeaderDiff> {
  const [older, newer] = await Promise.all([directoriesOf(before), directoriesOf(after)]);
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'headers-');
  await Promise.all(['a', 'b'].map((name) => mkdir(join(work.path, name))));
  let count = 0;
  for (const path of included) {
    signal.throwIfAborted();
    const home = older.find((directory) => path.startsWith(`${directory}/`));
    if (home === undefined) continue;
    count++;
    const name = path.slice(home.length + 1);
    await stage(await findFile(before.sysroot, [path]), join(work.path, 'a', name));
    const places = newer.map((directory) => `${directory}/${name}`);
    await stage(await findFile(after.sysroot, places), join(work.path, 'b', name));
  }
  const { code, stdout, stderr } = await sandbox.run(tools, ['diff', '-r', '-u', '-N', '-p', 'a', 'b'], {
    binds: [{ from: work.path, to: '/headers' }],
    workingDirectory: '/headers',
    timeoutSeconds: DIFF_SECONDS,
    signal,
    keepBytes: MAXIMUM_DIFF,
  });
  if (code !== 0 && code !== 1) throw new EnvironmentError(`the headers cannot be compared: ${stderr.trim()}`);
  const files = parseUnified(stdout, (words) => words.replace(/\t.*$/, '').replace(/^b\//, ''));
  return { included: count, files, clipped: Buffer.byteLength(stdout) >= MAXIMUM_DIFF };
}

/** The directories that hold headers of the release, that of its configuration first: Debian and Ubuntu have two. */
async function directoriesOf({ sysroot, kernel }: HeaderTree): Promise<string[]> {
  const { directory } = await findHeaders(sysroot, kernel);
  const found = [directory];
  for (const source of SOURCES) {
    const names = await readdir(insideRoot(sysroot.root, source)).catch(() => []);
    for (const name of names) if (!found.includes(`${source}/${name}`)) found.push(`${source}/${name}`);
  }
  return found.filter((path) => !SOURCES.includes(path));
}

/** The first of some paths in a sysroot at which there is a file. */
async function findFile({ root }: Sysroot, paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    const place = insideRoot(root, path);
    const found = await stat(place).catch(() => undefined);
    if (found?.isFile() && found.size <= MAXIMUM_FILE) return place;
  }
  return undefined;
}

async function stage(from: string | undefined, to: string): Promise<void> {
  if (from === undefined) return;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

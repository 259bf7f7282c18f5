// SPDX-License-Identifier: Apache-2.0
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../src/host/paths.ts';
import { filesBelow } from '../unit/packages/fixtures.ts';
import { MirrorServer } from '../unit/packages/mirror-server.ts';
import type { TestDistributions } from './make.ts';

/** Both distributions on the loopback interface, below `/testubuntu` and `/testos`. */
export async function serve({ directory }: TestDistributions): Promise<MirrorServer> {
  const mirror = await MirrorServer.start();
  for (const name of ['testubuntu', 'testos']) await overlay(mirror.files, `/${name}`, join(directory, name));
  return mirror;
}

/** Puts all files of a directory below a path of a mirror. */
export async function overlay(files: Map<string, Buffer>, base: string, directory: string): Promise<void> {
  for (const path of await filesBelow(directory)) files.set(`${base}/${path}`, await readFile(join(directory, path)));
}

/** The same repositories, and something in them changed. */
export async function serveChanged(
  original: MirrorServer,
  change: (files: Map<string, Buffer>) => void | Promise<void>,
): Promise<MirrorServer> {
  const mirror = await MirrorServer.start();
  for (const [path, content] of original.files) mirror.files.set(path, content);
  await change(mirror.files);
  return mirror;
}

/** Writes a matrix directory of the test distributions: their own files and keys, and what of the project's the tools need. */
export async function writeMatrix(to: string, { directory }: TestDistributions): Promise<void> {
  const matrix = join(projectRoot(), 'matrix');
  for (const path of ['tools.yml', 'debian-12.yml', 'keys', 'locks/debian-12', 'locks/tools']) {
    await cp(join(matrix, path), join(to, path), { recursive: true });
  }
  await cp(join(directory, 'keys'), join(to, 'keys'), { recursive: true });
  await cp(fileURLToPath(new URL('matrix', import.meta.url)), to, { recursive: true });
}

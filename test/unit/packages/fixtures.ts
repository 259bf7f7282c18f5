// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import type { Archive } from '../../../src/matrix/types.ts';
import type { Pin } from '../../../src/packages/pin.ts';
import { Store, type StoreOptions } from '../../../src/packages/store.ts';
import type { Limits } from '../../../src/packages/transport.ts';
import { MirrorServer } from './mirror-server.ts';

/** Bounds that a loaded machine does not reach by itself. */
export const quick: Partial<Limits> = {
  connectMs: 10_000,
  stallMs: 10_000,
  requestMs: 20_000,
  attempts: 3,
  backoffMs: 5,
};

/** For mirrors that hang. */
export const impatient: Partial<Limits> = { ...quick, stallMs: 500 };

export const scratch = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');

/** A scratch directory that holds these files, by relative name. */
export async function scratchWith(files: Record<string, string>): Promise<TemporaryDirectory> {
  const directory = await scratch();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory.path, name)), { recursive: true });
    await writeFile(join(directory.path, name), content);
  }
  return directory;
}

export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** What a promise fails with. */
export const failure = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: Error) => error,
  );

/** A scratch directory with a cache below, a mirror, and as many stores on that cache as are opened: all end together. */
export async function workplace() {
  const directory = await scratch();
  const mirror = await MirrorServer.start();
  const cache = join(directory.path, 'cache');
  const stores: Store[] = [];
  return {
    ...{ directory: directory.path, mirror, cache },
    openStore(options: StoreOptions = {}): Store {
      const store = new Store(cache, { limits: quick, ...options });
      stores.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.close();
      await mirror[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Bytes that differ for each seed and do not repeat. */
export function bytes(length: number, seed: string): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

export function pinOf(name: string, content: Buffer): Pin {
  return {
    ...{ name, version: '1.0', architecture: 'amd64', archive: 'debian', path: `pool/${name}_1.0_amd64.deb` },
    ...{ size: content.length, sha256: sha256(content) },
  };
}

export function archiveAt(mirrors: string[], more: Partial<Archive> = {}): Archive {
  return {
    ...{ family: 'debian', name: 'debian', suites: ['test'], components: ['main'], architecture: 'amd64', keys: [] },
    mirrors,
    ...more,
  };
}

/** Every file below a directory, relative and sorted. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import {
  type Compression,
  CorruptData,
  compressionAt,
  decompress,
  isBuiltIn,
  limited,
  type Programs,
} from '../../host/decompress.ts';
import { temporaryName, writeAtomic } from '../../host/files.ts';
import type { Archive } from '../../matrix/types.ts';
import { markUsed } from '../cache-entry.ts';
import { download } from '../download.ts';
import { SortedLines } from '../sorted-lines.ts';
import type { Store } from '../store.ts';
import { readFilelists } from './filelists.ts';
import { type Modules, readModules } from './modules.ts';
import { readPrimary } from './primary.ts';
import type { MetadataFile } from './repomd.ts';
import { RpmTable, tableFormat } from './table.ts';
import { XmlFault } from './xml.ts';

/** A file of the metadata of a repository (its path below the archive), and what brings and reads it. */
export type MetadataJob = {
  file: MetadataFile;
  archive: Archive;
  repository: string;
  store: Store;
  /** For zstd where Node.js has none. */
  programs: () => Promise<Programs>;
  signal: AbortSignal;
};

const readers = { primary: readPrimary, filelists: readFilelists };

/** Modules are held in memory; those of CentOS 8 have 6 MB. */
const maximumModules = 128 << 20;

/**
 * The table of a primary.xml or filelists.xml: from the cache by its digest, else downloaded, checked, read and kept. Throws as
 * `download`, EnvironmentError for a file that is damaged or no such metadata.
 */
export async function loadTable(kind: keyof typeof readers, job: MetadataJob): Promise<RpmTable> {
  const cached = join(job.store.cache, 'indexes', `${job.file.sha256}.${kind}.${tableFormat}.table`);
  if (await markUsed(cached)) return new RpmTable(cached);
  await read(kind, job, cached, async (content) => {
    const fresh = temporaryName(cached);
    try {
      await writeTable(kind, content, fresh);
      await rename(fresh, cached);
    } finally {
      await rm(fresh, { force: true });
    }
  });
  return new RpmTable(cached);
}

/** Reads a primary.xml or filelists.xml and writes its table to `to`. Throws XmlFault. */
export async function writeTable(
  kind: keyof typeof readers,
  content: AsyncIterable<Uint8Array>,
  to: string,
): Promise<void> {
  using lines = new SortedLines(`${to}.unsorted`);
  await readers[kind](content, lines);
  await lines.writeTo(to);
}

/** What a repository says of its modules, as `loadTable`. */
export async function loadModules(job: MetadataJob): Promise<Modules> {
  const cached = join(job.store.cache, 'indexes', `${job.file.sha256}.modules.${tableFormat}.json`);
  const known = (await markUsed(cached)) ? await readFile(cached, 'utf8') : undefined;
  if (known !== undefined) return JSON.parse(known);
  return await read('modules', job, cached, async (content) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      if (size > maximumModules) throw new XmlFault(`is longer than ${maximumModules} bytes`);
      chunks.push(chunk);
    }
    let modules: Modules;
    try {
      modules = readModules(Buffer.concat(chunks).toString('utf8'));
    } catch (cause) {
      throw new XmlFault((cause as Error).message);
    }
    await writeAtomic(cached, JSON.stringify(modules));
    return modules;
  });
}

/** Brings a file, and hands its content to `use`, decompressed as far as the index says that it goes. */
async function read<T>(
  kind: string,
  { file, archive, repository, store, programs, signal }: MetadataJob,
  cached: string,
  use: (content: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const { href, sha256, size, openSize } = file;
  const destination = temporaryName(cached);
  const what = `the ${kind} metadata of ${repository}`;
  try {
    const { transport, mirrors } = await store.open();
    const wanted = { what, paths: [`${repository}/${href}`], size, sha256 };
    await download(transport, mirrors, { file: wanted, archive, destination, signal });
    const compression = await compressionOf(destination);
    const needed = isBuiltIn(compression) ? {} : await programs();
    // One at a time, so that reading several does not add up in memory.
    return await store.parsing(async () => {
      signal.throwIfAborted();
      const source = createReadStream(destination, { highWaterMark: 1 << 16 });
      const fault = `it holds more than the ${openSize} bytes that the index says`;
      return await use(limited(decompress(source, compression, needed), openSize, fault));
    });
  } catch (error) {
    if (!(error instanceof XmlFault) && !(error instanceof CorruptData)) throw error;
    // What the index names came whole: the repository itself is at fault, or its index is forged.
    throw new EnvironmentError(`${what} cannot be used: ${error.message}`, {
      where: `${repository}/${href}`,
      remedy: 'Name another mirror with --mirror or OVNFAST_MIRROR.',
      cause: error,
    });
  } finally {
    await rm(destination, { force: true });
  }
}

async function compressionOf(path: string): Promise<Compression> {
  const file = await open(path);
  try {
    return await compressionAt(file);
  } finally {
    await file.close();
  }
}

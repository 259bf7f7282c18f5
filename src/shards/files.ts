// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnvironmentError, InputError } from '../errors.ts';
import { isFull } from '../host/files.ts';

/** What no log and no module is larger than: a sparse file costs nobody anything until it is copied. */
const MAXIMUM_BYTES = 2 ** 30;

/** Written anew from all shards. */
const OWN_FILES = ['report.json', 'junit.xml', 'summary.md', 'report.html'];

/** A file that a report names. */
export type WantedFile = {
  /** The real path of the directory that the report lies in. */
  from: string;
  /** Within that directory, and within the one it is brought to. */
  path: string;
  mode: number;
  /** What the report says of it. */
  expected?: { sha256: string; size: number };
  /** It may be missing. */
  optional?: boolean;
};

/**
 * Opens a file of a directory that somebody else has filled, for reading; undefined when there is none. Throws InputError for
 * what is no plain file, for one that is too large, and for a path in which anything is a link: none of these can come of a
 * run, and a link could lead anywhere.
 */
export async function openPlain(directory: string, path: string): Promise<FileHandle | undefined> {
  const where = join(directory, path);
  if (path.includes('\0') || normalize(path) !== path || /^(\.\.)?(\/|$)/.test(path) || path.endsWith('/')) {
    throw new InputError(`"${path}" is no plain path of a file below it`, { where: directory });
  }
  let file: FileHandle;
  try {
    const real = await realpath(where);
    if (real !== where) throw new InputError('is a link, or lies behind one', { where });
    // Without waiting for the other end of a pipe, and without following what has become a link meanwhile.
    file = await open(where, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new InputError(`cannot be read (${code})`, { where, cause: error });
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new InputError('is no plain file', { where });
    if (found.size > MAXIMUM_BYTES) {
      throw new InputError(`is larger than ${MAXIMUM_BYTES / 2 ** 20} MiB, which nothing of a run is`, { where });
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Copies what reports name to the same places below `to`, each by its content and never as a link, and returns the optional
 * ones that are missing. Throws InputError for a file that is missing, that is not what its report says, or in whose place
 * another shard has put a different one; EnvironmentError when it cannot be written.
 */
export async function collectFiles(wanted: WantedFile[], to: string): Promise<WantedFile[]> {
  const placed = new Map<string, { digest: string; by: string }>();
  const missing: WantedFile[] = [];
  for (const one of wanted) {
    const { from, path, mode, expected } = one;
    const where = join(from, path);
    if (OWN_FILES.includes(path)) {
      throw new InputError('is where the merged report goes, so it is no file of a target', { where });
    }
    await using file = await openPlain(from, path);
    if (!file) {
      if (!one.optional) {
        throw new InputError('is named by the report, but is not there', {
          where,
          remedy: 'Bring the whole output directory of each shard, not its reports alone.',
        });
      }
      missing.push(one);
      continue;
    }
    const before = placed.get(path);
    const { digest, size } = await copy(file, before ? undefined : { path: join(to, path), mode });
    if (before && before.digest !== digest) {
      throw new InputError(`is not the file that ${before.by} has in the same place`, {
        where,
        remedy: 'Merge shards of one run only, each target and suite once.',
      });
    }
    if (expected && (expected.sha256 !== digest || expected.size !== size)) {
      throw new InputError('is not the file that the report describes: size or SHA-256 differ', {
        where,
        remedy: 'Download the artifact again; if that is no help, run the shard again.',
      });
    }
    placed.set(path, { digest, by: from });
  }
  return missing;
}

/** SHA-256 and size of a file, which is written on the way if it is said where to. */
async function copy(
  file: FileHandle,
  to: { path: string; mode: number } | undefined,
): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const counted = async function* (content: AsyncIterable<Buffer>) {
    for await (const chunk of content) {
      hash.update(chunk);
      size += chunk.length;
      if (to) yield chunk;
    }
  };
  const content = file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 });
  if (!to) {
    for await (const _ of counted(content));
    return { digest: hash.digest('hex'), size };
  }
  try {
    await mkdir(dirname(to.path), { recursive: true });
    await pipeline(content, counted, createWriteStream(to.path, { flags: 'wx', mode: to.mode }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // One shard has a file where another has a directory.
    if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR') {
      throw new InputError('two shards have different things in one place', {
        where: to.path,
        remedy: 'Merge shards of one run only, each target and suite once.',
        cause: error,
      });
    }
    throw new EnvironmentError(`cannot be written: ${message}`, {
      where: to.path,
      remedy: isFull(error)
        ? 'Free some space, or choose another place with --out.'
        : 'Choose another place with --out.',
      cause: error,
    });
  }
  return { digest: hash.digest('hex'), size };
}

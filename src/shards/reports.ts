// SPDX-License-Identifier: Apache-2.0
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../errors.ts';
import { parseReport, type Report } from '../report/model.ts';
import { openPlain } from './files.ts';

/** The report of one shard and where its files are. */
export type ShardReport = {
  /** Real path. */
  directory: string;
  /** Last part of the path: how the shard's artifact is called, as artifacts are downloaded. */
  name: string;
  report: Report;
};

export type FoundReports = {
  reports: ShardReport[];
  /** Directories in the place of a shard in which there is no report. */
  without: string[];
};

const REPORT = 'report.json';
/** What a JavaScript string may hold is not much more. */
const MAXIMUM_BYTES = 2 ** 28;

/**
 * The reports in some places: each is the output directory of a run, or a directory of such directories, as artifacts are
 * downloaded. Throws InputError for a place that is missing, and for a report that cannot be read or is none.
 */
export async function findReports(places: string[]): Promise<FoundReports> {
  const found: FoundReports = { reports: [], without: [] };
  const seen = new Set<string>();
  const take = async (directory: string) => {
    if (seen.has(directory)) {
      throw new InputError('is named twice', { where: directory, remedy: 'Name each directory of a shard once.' });
    }
    seen.add(directory);
    const report = await readReport(directory);
    if (report) found.reports.push({ directory, name: basename(directory), report });
    else found.without.push(directory);
  };
  for (const place of places) {
    const directory = await realpath(place).catch((cause: NodeJS.ErrnoException) => {
      throw new InputError(`there is no such directory (${cause.code})`, { where: place, cause });
    });
    if (!(await stat(directory)).isDirectory()) {
      throw new InputError('is no directory', { where: place, remedy: 'Name the directory that report.json is in.' });
    }
    const entries = await list(directory);
    // Of links there is no telling where they lead.
    const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
    const isRun = entries.some(({ name }) => name === REPORT);
    const holds = await Promise.all(below.map(async (path) => (await list(path)).some(({ name }) => name === REPORT)));
    if (isRun || !holds.includes(true)) await take(directory);
    else for (const path of below.sort()) await take(path);
  }
  return found;
}

async function list(directory: string): Promise<Dirent[]> {
  return await readdir(directory, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`cannot be read (${cause.code})`, { where: directory, cause });
  });
}

async function readReport(directory: string): Promise<Report | undefined> {
  await using file = await openPlain(directory, REPORT);
  if (!file) return undefined;
  const where = join(directory, REPORT);
  if ((await file.stat()).size > MAXIMUM_BYTES) {
    throw new InputError(`larger than ${MAXIMUM_BYTES / 2 ** 20} MiB, which no report is`, { where });
  }
  return parseReport(await file.readFile('utf8'), where);
}

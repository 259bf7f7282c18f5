// SPDX-License-Identifier: Apache-2.0
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { isFull, makeDirectory, temporaryName } from '../host/files.ts';
import { buildsOf } from './builds.ts';
import { reportPage } from './html/page.ts';
import { junitXml } from './junit.ts';
import { type LogText, readLog } from './logs.ts';
import { type Report, validateReport } from './model.ts';
import { summaryMarkdown } from './summary/summary.ts';

/** How much of all logs together the page holds, and of one at most, in bytes. */
const pageLogBudget = 12_000_000;
const pageLogLimit = 500_000;

export type ReportFiles = { json: string; junit: string; summary: string; html: string };

/**
 * Writes `report.json`, `junit.xml`, `summary.md` and `report.html` into `outDirectory`, where the logs that the report names
 * already are, and returns their paths. All are written beside their places first and then put there, report.json
 * last, so that a full disk leaves the old ones. Throws EnvironmentError when the directory cannot be written, InputError
 * when the report contradicts itself.
 */
export async function writeReport(report: Report, outDirectory: string): Promise<ReportFiles> {
  const checked = validateReport(report, 'the report of this run');
  const files: ReportFiles = {
    html: join(outDirectory, 'report.html'),
    summary: join(outDirectory, 'summary.md'),
    junit: join(outDirectory, 'junit.xml'),
    json: join(outDirectory, 'report.json'),
  };
  const staged: { temporary: string; path: string }[] = [];
  try {
    const contents: Record<keyof ReportFiles, string> = {
      html: reportPage(checked, await readLogs(checked, outDirectory)),
      summary: summaryMarkdown(checked),
      junit: junitXml(checked),
      json: `${JSON.stringify(checked, null, 2)}\n`,
    };
    await makeDirectory(outDirectory);
    for (const name of ['html', 'summary', 'junit', 'json'] as const) {
      const path = files[name];
      const temporary = temporaryName(path);
      staged.push({ temporary, path });
      await writeFile(temporary, contents[name]);
    }
    for (const { temporary, path } of staged) await rename(temporary, path);
  } catch (error) {
    await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })));
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new EnvironmentError(`the report cannot be written: ${message}`, {
      where: outDirectory,
      remedy: isFull(error)
        ? 'Free some space, or choose another place with --out.'
        : 'Choose a directory that can be written with --out.',
      cause: error,
    });
  }
  return files;
}

async function readLogs(report: Report, outDirectory: string): Promise<Map<string, LogText>> {
  const paths = new Set(
    report.targets.flatMap((target) => [
      ...buildsOf(target).flatMap(({ log }) => (log === undefined ? [] : [log])),
      ...target.suites.map((suite) => suite.console),
    ]),
  );
  const limit = Math.min(pageLogLimit, Math.floor(pageLogBudget / Math.max(1, paths.size)));
  const logs = new Map<string, LogText>();
  for (const path of paths) {
    const text = await readLog(join(outDirectory, path), limit);
    if (text) logs.set(path, text);
  }
  return logs;
}

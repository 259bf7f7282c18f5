// SPDX-License-Identifier: Apache-2.0
import { appendFile, stat } from 'node:fs/promises';
import * as core from '@actions/core';
import type { Report } from '../report/model.ts';
import { type SummaryOptions, summaryMarkdown } from '../report/summary/summary.ts';
import { harmless } from './commands.ts';

/** Of one step; of a larger file GitHub shows nothing at all. */
const STEP_LIMIT = 1024 * 1024;
/** More is read by nobody, and slow in the browser. */
const LIMIT = 900_000;
/** The least that a summary makes sense in. */
const LEAST = 40_000;

/**
 * Appends the report to the job summary, `file` being what the runner has named in GITHUB_STEP_SUMMARY; does nothing without one.
 * Stays under GitHub's limit together with what is in there. A summary that cannot be written is told as a warning: everything is
 * in the report, too.
 */
export async function writeSummary(
  report: Report,
  { file, ...options }: Omit<SummaryOptions, 'limit'> & { file: string | undefined },
): Promise<void> {
  if (!file) return;
  try {
    const room = STEP_LIMIT - (await stat(file)).size;
    if (room < LEAST) {
      core.warning('no job summary: this step has written so much into it that GitHub would take no more');
      return;
    }
    await appendFile(file, summaryMarkdown(report, { ...options, limit: Math.min(room, LIMIT) }));
  } catch (error) {
    core.warning(harmless(`the job summary cannot be written: ${(error as Error).message}`));
  }
}

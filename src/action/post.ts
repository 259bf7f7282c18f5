// SPDX-License-Identifier: Apache-2.0
import * as core from '@actions/core';
import { saveCache } from './cache.ts';
import { harmless } from './commands.ts';
import { type RunnerChange, restoreRunner } from './runner.ts';

const warn = (message: string) => core.warning(harmless(message));
const note = (message: string) => core.info(harmless(message));

/**
 * The end of the job, also of one that failed or was cancelled: the machine is left as it was, what can be used again is saved.
 * Nothing that goes wrong here fails the job, whose verdict is there.
 */
export async function finishAction(process: NodeJS.Process, signal: AbortSignal): Promise<void> {
  const { env: environment } = process;
  try {
    const changes = JSON.parse(core.getState('runner') || '[]') as RunnerChange[];
    await restoreRunner(changes, { signal, warn, note });
    await saveCache(core.getState('cache'), { environment, signal, warn, note });
  } catch (error) {
    warn(`not all is cleaned up and saved: ${error instanceof Error ? error.message : String(error)}`);
  }
}

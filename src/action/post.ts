// SPDX-License-Identifier: Apache-2.0
import * as core from '@actions/core';
import { type RunnerChange, restoreRunner } from './runner.ts';

/**
 * The end of the job, also of one that failed or was cancelled: the machine is left as it was. Nothing that goes wrong here fails
 * the job: what it was about has been decided.
 */
export async function finishAction(): Promise<void> {
  try {
    const changes = JSON.parse(core.getState('runner') || '[]') as RunnerChange[];
    const { signal } = new AbortController();
    await restoreRunner(changes, { signal, warn: core.warning, note: core.info });
  } catch (error) {
    core.warning(`clean-up: ${error instanceof Error ? error.message : String(error)}`);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import * as core from '@actions/core';
import { harmless } from './action/commands.ts';
import { runAction } from './action/main.ts';
import { sharedAbortController } from './host/abort.ts';

const interruption = sharedAbortController();
let interruptedBy: NodeJS.Signals | undefined;

// A job that is cancelled: SIGINT, 7.5 s later SIGTERM, 2.5 s later the end, whatever we do (ProcessInvoker.cs of the runner).
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The second: what is not cleaned up by now will not be in time. Sandboxes die with us.
    if (interruptedBy) process.exit(128 + constants.signals[name]);
    interruptedBy = name;
    interruption.abort(new Error(`cancelled (${name}), cleaned up`));
  });
}

const faults = await runAction(process, interruption.signal).catch((error: unknown) => {
  const reason = interruption.signal.aborted ? interruption.signal.reason : error;
  return [reason instanceof Error ? reason.message : String(reason)];
});
for (const fault of faults) core.setFailed(harmless(fault));
// Connections that libraries keep open are nobody's reason to wait.
process.exit(interruptedBy ? 128 + constants.signals[interruptedBy] : process.exitCode);

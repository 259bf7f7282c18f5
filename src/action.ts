// SPDX-License-Identifier: Apache-2.0
import * as core from '@actions/core';
import { harmless } from './action/commands.ts';
import { runAction } from './action/main.ts';
import { interruptible, signalStatus } from './host/abort.ts';

// A job that is cancelled: SIGINT, 7.5 s later SIGTERM, 2.5 s later the end, whatever we do (ProcessInvoker.cs of the runner).
const interruption = interruptible(['SIGINT', 'SIGTERM'], (name) => `cancelled (${name}), cleaned up`);

const faults = await runAction(process, interruption.signal).catch((error: unknown) => {
  const reason = interruption.signal.aborted ? interruption.signal.reason : error;
  return [reason instanceof Error ? reason.message : String(reason)];
});
for (const fault of faults) core.setFailed(harmless(fault));
// Connections that libraries keep open are nobody's reason to wait.
process.exit(interruption.by ? signalStatus(interruption.by) : process.exitCode);

#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { commandLine } from './commands/program.ts';
import { ExplainedError } from './errors.ts';
import { sharedAbortController } from './host/abort.ts';

const interruption = sharedAbortController();
let interruptedBy: NodeJS.Signals | undefined;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Asked a second time: whoever asks does not want to wait for the clean-up. Sandboxes die with us.
    if (interruptedBy) process.exit(128 + constants.signals[name]);
    interruptedBy = name;
    interruption.abort(new Error(`interrupted by ${name}`));
  });
}

// `ovnfast plan | head` is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = await commandLine(process, interruption.signal);
} catch (error) {
  if (interruptedBy) {
    process.stderr.write(`ovnfast: ${interruptedBy === 'SIGINT' ? 'interrupted' : 'terminated'}, cleaned up\n`);
    process.exitCode = 128 + constants.signals[interruptedBy];
  } else {
    process.stderr.write(`ovnfast: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.argv.includes('--debug')) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    else if (!(error instanceof ExplainedError)) {
      process.stderr.write('  This is a defect of ovnfast. Run again with --debug and report what it prints.\n');
    }
    process.exitCode = error instanceof ExplainedError ? error.exitCode : 3;
  }
}

#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { commandLine } from './commands/program.ts';
import { ExplainedError } from './errors.ts';
import { interruptible, signalStatus } from './host/abort.ts';

const interruption = interruptible(['SIGINT', 'SIGTERM', 'SIGHUP'], (name) => `interrupted by ${name}`);

// `ovnfast plan | head` is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = await commandLine(process, interruption.signal);
} catch (error) {
  if (interruption.by) {
    process.stderr.write(`ovnfast: ${interruption.by === 'SIGINT' ? 'interrupted' : 'terminated'}, cleaned up\n`);
    process.exitCode = signalStatus(interruption.by);
  } else {
    process.stderr.write(`ovnfast: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.argv.includes('--debug')) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    else if (!(error instanceof ExplainedError)) {
      process.stderr.write('  This is a defect of ovnfast. Run again with --debug and report what it prints.\n');
    }
    process.exitCode = error instanceof ExplainedError ? error.exitCode : 3;
  }
}

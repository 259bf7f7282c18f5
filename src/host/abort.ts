// SPDX-License-Identifier: Apache-2.0
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';

/** An abort controller that any number of downloads, builds and machines listen to, which Node would take for a leak. */
export function sharedAbortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** What ends the work of a program. `by` is the signal that did, once there was one. */
export type Interruption = { signal: AbortSignal; by?: NodeJS.Signals };

/** Lets signals end the work of this program, with a reason for each. */
export function interruptible(names: NodeJS.Signals[], reason: (name: NodeJS.Signals) => string): Interruption {
  const controller = sharedAbortController();
  const interruption: Interruption = { signal: controller.signal };
  for (const name of names) {
    process.on(name, () => {
      // Asked a second time: whoever asks does not want to wait for the clean-up. Sandboxes die with us.
      if (interruption.by) process.exit(signalStatus(name));
      interruption.by = name;
      controller.abort(new Error(reason(name)));
    });
  }
  return interruption;
}

/** The exit status that shells have for a program that a signal ended. */
export function signalStatus(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}

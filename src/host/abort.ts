// SPDX-License-Identifier: Apache-2.0
import { setMaxListeners } from 'node:events';

/** An abort controller that any number of downloads, builds and machines listen to, which Node would take for a leak. */
export function sharedAbortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

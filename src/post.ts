// SPDX-License-Identifier: Apache-2.0
import { finishAction } from './action/post.ts';
import { sharedAbortController } from './host/abort.ts';

const interruption = sharedAbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => interruption.abort(new Error(`cancelled (${name})`)));
}

await finishAction(process, interruption.signal);
// Connections that libraries keep open are nobody's reason to wait.
process.exit();

// SPDX-License-Identifier: Apache-2.0
import { parentPort, workerData } from 'node:worker_threads';
import { attest } from '@actions/attest';
import type { Provenance } from './provenance.ts';

// The thread that asks Sigstore: its libraries read the environment of their process and cannot be interrupted.
const { subject, predicateType, predicate } = workerData as Provenance;

/** What the worker says, once. */
export type Reply = { bundle: object } | { failure: { code?: string; message: string } };

const say = (reply: Reply) => parentPort?.postMessage(reply);

try {
  // GitHub is told of it by our own client, which tries again and explains.
  const { bundle } = await attest({ subjects: subject, predicateType, predicate, token: '', skipWrite: true });
  say({ bundle });
} catch (error) {
  const { code, message, cause } = error as Error & { code?: string };
  const reason = cause instanceof Error && !message.includes(cause.message) ? ` (${cause.message})` : '';
  say({ failure: { ...(code === undefined ? {} : { code }), message: `${message}${reason}` } });
}

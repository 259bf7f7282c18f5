// SPDX-License-Identifier: Apache-2.0
import type { BuildTreeJob } from './tree.ts';
import type { UnpackJob } from './unpack.ts';

/** What is done off the main thread. */
export type Job = { kind: 'unpack'; job: UnpackJob } | { kind: 'tree'; job: BuildTreeJob };

/** What the worker says: bytes read so far, then one last message. Errors cross the threads as plain data. */
export type Reply = { read: number } | { done: true } | { failure: { name: string; message: string; code?: string } };

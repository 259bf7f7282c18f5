// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads';
import type { Job, Reply } from './job.ts';
import { buildTree } from './tree.ts';
import { unpackPackage } from './unpack.ts';

// The thread that unpacks and composes: file operations are synchronous here, which is several times faster than
// asynchronous ones for tens of thousands of small files, and the main thread stays free to draw.
const REPORT_BYTES = 2 ** 20;

const say = (reply: Reply) => parentPort?.postMessage(reply);

parentPort?.on('message', async ({ kind, job }: Job) => {
  try {
    let reported = 0;
    if (kind === 'unpack') {
      await unpackPackage(job, (bytes) => {
        if (bytes - reported < REPORT_BYTES) return;
        reported = bytes;
        say({ read: bytes });
      });
    } else buildTree(job);
    say({ done: true });
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    say({ failure: { name, message, ...(code === undefined ? {} : { code }) } });
  }
});

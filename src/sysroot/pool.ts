// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../host/paths.ts';
import type { Job, Reply } from './job.ts';

type Waiting = {
  job: Job;
  signal: AbortSignal;
  onRead: (bytes: number) => void;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/** An error of the worker, with the name and code it had there. */
export class WorkerFailure extends Error {
  readonly code: string | undefined;

  constructor({ name, message, code }: { name: string; message: string; code?: string }) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

// More threads would only compete for the disk, and each has a decompressor's dictionary in memory.
const MAXIMUM_WORKERS = 3;
// A small nursery: the chunks that stream through are freed soon, instead of piling up to a hundred megabytes.
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 256 };
const IDLE_MILLISECONDS = 500;

const waiting: Waiting[] = [];
const idle: Worker[] = [];
let running = 0;

/**
 * Does a job in a thread of its own, roots first, else in the order asked for, as many at a time as there are processors.
 * Aborting ends the thread; the promise then rejects with the signal's reason once the thread is really gone,
 * so that what it wrote can be removed. Rejects with WorkerFailure when the job fails.
 */
export function runJob(job: Job, signal: AbortSignal, onRead: (bytes: number) => void = () => {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = { job, signal, onRead, resolve, reject };
    // Composing a root is short, and a compiler waits for it: before the packages of others.
    if (job.kind === 'tree') waiting.unshift(entry);
    else waiting.push(entry);
    startNext();
  });
}

function startNext(): void {
  while (running < Math.min(MAXIMUM_WORKERS, availableParallelism())) {
    const next = waiting.shift();
    if (!next) return;
    if (next.signal.aborted) {
      next.reject(next.signal.reason);
      continue;
    }
    running += 1;
    void work(idle.pop() ?? startWorker(), next).finally(() => {
      running -= 1;
      startNext();
    });
  }
}

function startWorker(): Worker {
  return new Worker(workerFile('sysroot-worker', import.meta.url), {
    env: {},
    execArgv: [],
    name: 'sysroot',
    resourceLimits: LIMITS,
  });
}

async function work(worker: Worker, { job, signal, onRead, resolve, reject }: Waiting): Promise<void> {
  let abort = () => {};
  const outcome = await new Promise<{ reusable: boolean; settle: () => void }>((finish) => {
    abort = () => finish({ reusable: false, settle: () => reject(signal.reason) });
    const failed = (error: unknown) => finish({ reusable: false, settle: () => reject(error) });
    signal.addEventListener('abort', abort, { once: true });
    worker.ref();
    worker.on('message', (reply: Reply) => {
      if ('read' in reply) onRead(reply.read);
      else if ('done' in reply) finish({ reusable: true, settle: resolve });
      else finish({ reusable: true, settle: () => reject(new WorkerFailure(reply.failure)) });
    });
    worker.on('error', failed);
    worker.on('exit', (code) => failed(new Error(`the unpacking thread ended with status ${code}`)));
    worker.postMessage(job);
    if (signal.aborted) abort();
  });
  signal.removeEventListener('abort', abort);
  // Not all at once: a worker has listeners of its own among them.
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
  if (outcome.reusable) rest(worker);
  else await worker.terminate();
  outcome.settle();
}

/** Keeps a thread for the next job for a moment; an idle thread neither holds the process nor its memory for long. */
function rest(worker: Worker): void {
  worker.unref();
  idle.push(worker);
  const timer = setTimeout(() => {
    const index = idle.indexOf(worker);
    if (index < 0) return;
    idle.splice(index, 1);
    void worker.terminate();
  }, IDLE_MILLISECONDS);
  timer.unref();
}

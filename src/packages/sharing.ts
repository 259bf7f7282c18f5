// SPDX-License-Identifier: Apache-2.0

/** Lets a limited number of tasks run at the same time, first come first served. */
export class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(places: number) {
    this.free = places;
  }

  /** Runs `task` once there is a place. Throws the signal's reason when that comes first. */
  async enter<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

/** Work that several callers wait for: it is aborted only once every one of them has given up. */
export class Shared<T> {
  private readonly controller = new AbortController();
  private readonly result: Promise<T>;
  private waiters = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.result = work(this.controller.signal);
    this.result.catch(() => {});
  }

  /** Waits for the result. When `signal` aborts, throws its reason, after the work has ended if this was the last waiter. */
  async join(signal: AbortSignal): Promise<T> {
    this.waiters++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        this.waiters--;
        if (this.waiters > 0) return reject(signal.reason);
        this.controller.abort(signal.reason);
        this.result.then(() => reject(signal.reason), reject);
      };
    });
    left.catch(() => {});
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}

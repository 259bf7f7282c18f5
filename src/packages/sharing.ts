// SPDX-License-Identifier: Apache-2.0

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

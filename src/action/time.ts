// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../errors.ts';
import { sharedAbortController } from '../host/abort.ts';
import { labelOf } from '../matrix/targets.ts';
import type { RunListener } from '../report/events.ts';
import type { Course } from '../run.ts';

export type TimeLimitOptions = {
  /** Left out: no limit. */
  minutes?: number | undefined;
  /** Aborted when a person does not want to wait any longer. */
  cancelled: AbortSignal;
  /** Where the work is, all of it or what is done for one target; '' when nothing is known. */
  lastSeen: (target?: string) => string;
};

/** How long the work may take. Its clock stops when its scope ends. */
export class TimeLimit implements Disposable {
  private readonly work = sharedAbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly options: TimeLimitOptions;
  /** What the work is interrupted with when its time is over; undefined as long as it is not. */
  reached: EnvironmentError | undefined;

  constructor(options: TimeLimitOptions) {
    const { minutes, cancelled } = options;
    this.options = options;
    if (cancelled.aborted) this.work.abort(cancelled.reason);
    else cancelled.addEventListener('abort', this.cancel, { once: true });
    if (minutes === undefined) return;
    this.timer = setTimeout(() => {
      const seen = options.lastSeen();
      const remedy = 'Raise timeout-minutes, or name fewer targets and suites.';
      this.reached ??= new EnvironmentError(this.fault(), {
        remedy: seen ? `Last seen: ${seen}.\n  ${remedy}` : remedy,
      });
      this.work.abort(this.reached);
    }, minutes * 60_000);
  }

  /** Aborted when the time is over, or the job cancelled. */
  get signal(): AbortSignal {
    return this.work.signal;
  }

  /**
   * All targets at once, as without a limit; when the time is over what has come to its end stays, and the others are errors that
   * say where they were.
   */
  course(emit: RunListener): Course {
    return async (targets, runOne) => {
      const settled = await Promise.allSettled(targets.map(runOne));
      return settled.map((result, index) => {
        if (result.status === 'fulfilled') return result.value;
        const target = targets[index];
        if (!this.reached || !target) throw result.reason;
        const { id, kernel, arch, distribution } = target;
        const seen = this.options.lastSeen(labelOf(target));
        const reason = `${this.fault()}${seen ? `; last seen: ${seen}` : ''}`;
        emit({ type: 'finished', target: labelOf(target), status: 'error', reason });
        return { id, kernel, arch, title: distribution.title, status: 'error', reason, suites: [] };
      });
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.options.cancelled.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = (): void => this.work.abort(this.options.cancelled.reason);

  private fault(): string {
    return `not done within ${this.options.minutes} min (timeout-minutes)`;
  }
}

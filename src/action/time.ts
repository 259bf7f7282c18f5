// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../errors.ts';
import { sharedAbortController } from '../host/abort.ts';
import { labelOf } from '../matrix/targets.ts';
import type { RunListener } from '../report/events.ts';
import { type ReportBuild, type ReportTarget, targetStatus } from '../report/model.ts';
import type { Course } from '../run.ts';

export type TimeLimitOptions = {
  /** Left out: no limit. */
  minutes?: number | undefined;
  /** Aborted when a person does not want to wait any longer. */
  cancelled: AbortSignal;
  /** Where the work is, all of it or what is done for one target; '' when nothing is known. */
  lastSeen: (target?: string) => string;
};

/** What a target has come to before its end. */
type Halfway = Pick<ReportTarget, 'build' | 'builds' | 'suites'>;

/** How long the work may take. Its clock stops when its scope ends. */
export class TimeLimit implements Disposable {
  private readonly work = sharedAbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly options: TimeLimitOptions;
  private readonly results = new Map<string, Halfway>();
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

  /** Listens to the work, and tells it on. */
  watch(emit: RunListener): RunListener {
    return (event) => {
      if (event.type === 'built') {
        const { build } = event;
        const result = this.resultOf(event.target);
        if (isBrought(build)) result.builds = [...(result.builds ?? []), build];
        else result.build = build;
      }
      if (event.type === 'tested') this.resultOf(event.target).suites.push(event.suite);
      emit(event);
    };
  }

  /**
   * All targets at once, as without a limit; when the time is over what has come to its end stays, and the others are errors that
   * say where they were, if nothing of them has failed before.
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
        const partial = this.resultOf(labelOf(target));
        const status = targetStatus(partial) === 'fail' ? 'fail' : 'error';
        emit({ type: 'finished', target: labelOf(target), status, reason });
        return { id, kernel, arch, title: distribution.title, status, reason, ...partial };
      });
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.options.cancelled.removeEventListener('abort', this.cancel);
  }

  private resultOf(target: string): Halfway {
    const known = this.results.get(target) ?? { suites: [] };
    this.results.set(target, known);
    return known;
  }

  private readonly cancel = (): void => this.work.abort(this.options.cancelled.reason);

  private fault(): string {
    return `not done within ${this.options.minutes} min (timeout-minutes)`;
  }
}

/** Whether it is of a module that a suite brought along. */
function isBrought(build: ReportBuild): build is ReportBuild & { subject: string } {
  return build.subject !== undefined;
}

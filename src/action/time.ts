// SPDX-License-Identifier: Apache-2.0
import { EnvironmentError } from '../errors.ts';

/**
 * Interrupts the work after so many minutes, with what was last seen, which is asked then. Undefined is no limit. The clock
 * stops when the scope of what is returned ends.
 */
export function limitTime(
  interruption: AbortController,
  minutes: number | undefined,
  lastSeen: () => string,
): Disposable {
  if (minutes === undefined) return { [Symbol.dispose]: () => {} };
  const timer = setTimeout(() => {
    const seen = lastSeen();
    interruption.abort(
      new EnvironmentError(`not done within ${minutes} min (timeout-minutes), ended`, {
        remedy: `${seen ? `Last seen: ${seen}.\n  ` : ''}Raise timeout-minutes, or name fewer targets and suites.`,
      }),
    );
  }, minutes * 60_000);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

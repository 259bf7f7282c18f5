// SPDX-License-Identifier: Apache-2.0

export type ErrorDetails = {
  /** Where it happened: `file:line:column`, an address, a path. */
  where?: string;
  /** What the user can do about it, as a sentence. */
  remedy?: string;
  cause?: unknown;
};

/** An error that a person can act on: what happened, where, and what to do. Its message is all that is shown without `--debug`. */
abstract class ExplainedError extends Error {
  abstract readonly exitCode: number;

  constructor(what: string, { where, remedy, cause }: ErrorDetails = {}) {
    super([where === undefined ? what : `${where}: ${what}`, ...(remedy === undefined ? [] : [remedy])].join('\n  '), {
      cause,
    });
  }
}

/** Bad usage or bad input: exit status 2. */
export class InputError extends ExplainedError {
  override readonly name = 'InputError';
  readonly exitCode = 2;
}

/** The environment or a mirror failed, the input may be fine: exit status 3. */
export class EnvironmentError extends ExplainedError {
  override readonly name = 'EnvironmentError';
  readonly exitCode = 3;
}

export { ExplainedError };

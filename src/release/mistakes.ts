// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';

const SHOWN = 50;

/** Everything that is wrong with the input, to be told at once. */
export class Mistakes {
  private readonly messages = new Set<string>();

  /** Notes a mistake. The same one is told once. */
  add(what: string, { remedy }: { remedy?: string } = {}): void {
    this.messages.add(new InputError(what, remedy === undefined ? {} : { remedy }).message);
  }

  /** What `work` returns; undefined when it throws an InputError, which is noted. Other errors pass. */
  async catch<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.messages.add(error.message);
      return undefined;
    }
  }

  /** Throws one InputError with all that was noted, if anything was. */
  throwAny(): void {
    const all = [...this.messages];
    const [first] = all;
    if (first === undefined) return;
    if (all.length === 1) throw new InputError(first);
    const shown = all.slice(0, SHOWN).map((message) => `\n- ${message}`);
    const more = all.length > SHOWN ? `\n- and ${all.length - SHOWN} more` : '';
    throw new InputError(`${all.length} mistakes, nothing was written:${shown.join('')}${more}`);
  }
}

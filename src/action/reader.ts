// SPDX-License-Identifier: Apache-2.0
import type { Edge } from '../commands/edge.ts';
import type { Mistakes } from '../release/mistakes.ts';
import { oneLine } from '../report/text.ts';

type Environment = Edge['environment'];

/** Of a value, in a message. */
const SHOWN = 100;

/** The value of an input, as @actions/core reads it: without blanks around it, '' when it is not there. */
export function inputOf(environment: Environment, name: string): string {
  return (environment[`INPUT_${name.toUpperCase()}`] ?? '').trim();
}

/** What somebody wrote, as it can stand in a message. */
export function shown(text: string): string {
  const line = oneLine(text);
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** Reads inputs as @actions/core does, but notes what is wrong in place of stopping there. */
export class Reader {
  private readonly environment: Environment;
  private readonly mistakes: Mistakes;

  constructor(environment: Environment, mistakes: Mistakes) {
    this.environment = environment;
    this.mistakes = mistakes;
  }

  text(name: string): string {
    return inputOf(this.environment, name);
  }

  /** One per line or separated by commas. */
  list(name: string): string[] {
    return this.text(name)
      .split(/[\n,]/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  /** As YAML 1.2 writes booleans; empty is the default. */
  flag(name: string, byDefault: boolean): boolean {
    const text = this.text(name);
    if (text === '') return byDefault;
    if (/^(true|True|TRUE)$/.test(text)) return true;
    if (/^(false|False|FALSE)$/.test(text)) return false;
    this.wrong(name, text, 'is neither true nor false', `Write true or false; empty is ${byDefault}.`);
    return byDefault;
  }

  whole(name: string, unit: string, { from, to }: { from: number; to: number }): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= from && number <= to) return number;
    this.wrong(name, text, `is no number of ${unit}`, `It is a whole number from ${from} to ${to}, or left out.`);
    return undefined;
  }

  number(name: string, unit: string, { to }: { to: number }): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const number = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (number <= to) return number;
    this.wrong(name, text, `is no number of ${unit}`, `It is a number from 0 to ${to}, such as 1 or 0.5.`);
    return undefined;
  }

  choice<Name extends string>(name: string, names: readonly Name[], byDefault: Name): Name {
    const text = this.text(name);
    if (text === '') return byDefault;
    const found = names.find((one) => one === text);
    if (found === undefined) this.wrong(name, text, 'is unknown', `It is one of ${names.join(', ')}.`);
    return found ?? byDefault;
  }

  /** Addresses of http or https. */
  addresses(name: string): string[] {
    return this.list(name).filter((text) => {
      const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
      if (url?.username === '' && url.password === '') return true;
      if (!url) this.wrong(name, text, 'is no address', 'It begins with http:// or https://.');
      // It would not be sent, but be in the report.
      else {
        this.mistakes.add(`input ${name}: ${url.host} is given with a user or a password, which no mirror is sent`, {
          remedy: 'Leave them out; a mirror that asks for them cannot be used.',
        });
      }
      return false;
    });
  }

  private wrong(name: string, text: string, fault: string, remedy: string): void {
    this.mistakes.add(`input ${name}: "${shown(text)}" ${fault}`, { remedy });
  }
}

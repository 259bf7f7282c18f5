// SPDX-License-Identifier: Apache-2.0
import { visible } from './text.ts';

/** Text that is markup already. Only the `markup` template makes one, so a string can never pass for it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Value = Markup | string | number | false | undefined | Value[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function render(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === false || value === undefined) return '';
  return visible(String(value)).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/**
 * A tagged template for HTML and XML that escapes whatever is put into it, as content or inside a quoted attribute, and
 * makes control characters visible (most are not allowed in XML at all). Markup and lists of it go in as they are;
 * `false` and `undefined` are nothing.
 */
export function markup(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(strings.reduce((text, string, index) => `${text}${render(values[index - 1])}${string}`));
}

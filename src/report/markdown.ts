// SPDX-License-Identifier: Apache-2.0
import { oneLine } from './text.ts';

/** Text as text: every character that Markdown or HTML could take for itself is an entity, which neither takes for syntax. */
export function inline(text: string): string {
  return oneLine(text)
    .replace(/[!-'*:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(www)\./gi, '$1&#46;');
}

/** The same in a fixed-width face. An element and not backquotes, for those cannot hold a backquote or a table's bar. */
export function code(text: string): string {
  return `<code>${inline(text)}</code>`;
}

// SPDX-License-Identifier: Apache-2.0
import { visible } from '../report/text.ts';

/** Colours as GitHub's log shows them. */
const COLOUR = '\\u001b\\[[\\d;]*m';
/** `::name::` at the start of a line; the runner looks behind white space. */
const COMMAND = new RegExp(`^((?:[^\\S\\n]|${COLOUR})*):(?=:)`, 'gm');
/** The older form, `##[name]` anywhere in a line. */
const OLD_COMMAND = new RegExp(`##((?:${COLOUR})*)\\[`, 'g');
const BETWEEN_COLOURS = new RegExp(`(${COLOUR})`);

/**
 * Text that is only read: no line of it is a workflow command, be it for the runner (its ActionCommand.cs) or for GitHub's view of
 * the log, which takes `##[group]` for one whether commands are stopped or not. Control characters are made visible.
 */
export function harmless(text: string): string {
  return harmlessColoured(visible(text));
}

/** The same of text with colours of ours in it, which stay. */
export function harmlessColoured(text: string): string {
  const parts = text.split(BETWEEN_COLOURS).map((part, index) => (index % 2 === 1 ? part : visible(part)));
  return parts.join('').replace(COMMAND, '$1: ').replace(OLD_COMMAND, '##$1 [');
}

/** A workflow command without properties, on a line of its own, escaped as `@actions/core` does. */
export function commandLine(name: string, text = ''): string {
  return `::${name}::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}\n`;
}

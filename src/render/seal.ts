// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { digestBytes } from '../host/digest.ts';

/** What rendered a file. */
export type Origin = {
  /** Of ovnfast. */
  version: string;
  /** The command, as a user types it: `ovnfast render offload --values FILE`. */
  command: string;
};

/** Whether a file is as it was rendered, was rendered and changed since, or was never rendered. */
export type Authorship = 'rendered' | 'changed' | 'foreign';

const HEAD = /^((?:#![^\n]*\n)?)# Rendered by ovnfast [^\n]*\n# [^\n]* sha256:([0-9a-f]{64})\n/;

/** The command that renders from a values file; the file only by its last name, and only where that is a plain one. */
export function originOf(version: string, subcommand: string, values: string | undefined): Origin {
  const name = values === undefined ? undefined : basename(values);
  const plain = name !== undefined && /^[A-Za-z0-9._-]{1,100}$/.test(name) ? name : 'FILE';
  return { version, command: `ovnfast render ${subcommand}${name === undefined ? '' : ` --values ${plain}`}` };
}

/**
 * Puts a comment at the top of a text (below its `#!` line) that says what rendered it, and has a digest of the text, by which a
 * change is noticed that was made by hand.
 */
export function seal(text: string, { version, command }: Origin): string {
  const [shebang = ''] = /^#![^\n]*\n/.exec(text) ?? [];
  const body = text.slice(shebang.length);
  return [
    shebang,
    `# Rendered by ovnfast ${version}: ${command}\n`,
    `# To change it, change the values and render again. The rest is sha256:${digestBytes(body)}\n`,
    body,
  ].join('');
}

/** Who wrote a text, by what `seal` left in it. */
export function authorshipOf(text: string): Authorship {
  const match = HEAD.exec(text);
  if (!match) return 'foreign';
  return digestBytes(text.slice(match[0].length)) === match[2] ? 'rendered' : 'changed';
}

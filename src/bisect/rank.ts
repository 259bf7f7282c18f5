// SPDX-License-Identifier: Apache-2.0
import type { Diagnostic } from '../kbuild/diagnostics.ts';
import type { FileDiff, Hunk } from './unified.ts';

export type RankedHunk = {
  file: string;
  hunk: Hunk;
  /** How much it has to do with what the compiler said, above 0; 0: nothing that can be told. */
  score: number;
  /** The lines of the hunk, by position, that have. */
  focus: number[];
};

/** A line that was changed says more than one beside it. */
const CHANGED = 4;
const POINTED_AT = 4;
/** Lines around a place that the compiler pointed at. */
const NEAR = 3;
const MAXIMUM_NAMES = 50;
/** Words of C, and of compilers, in messages that name nothing of a kernel's. */
const COMMON = new Set(
  [
    'auto bool break case char const continue default do double else enum error extern float for from function goto if',
    'inline int long option register restrict return short signed sizeof static struct switch typedef undefined union',
    'unsigned void volatile warning while',
  ]
    .join(' ')
    .split(' '),
);

/** Names in quotes in errors, and in the notes that belong to them. */
export function namesIn(diagnostics: Diagnostic[]): string[] {
  const names = new Set<string>();
  for (const { message } of relevant(diagnostics)) {
    for (const [, quoted = ''] of message.matchAll(/['"‘“]([^'"’”]{2,200})['"’”]/g)) {
      for (const [name] of quoted.matchAll(/[A-Za-z_]\w{2,}/g)) if (!COMMON.has(name)) names.add(name);
    }
    if (names.size >= MAXIMUM_NAMES) break;
  }
  return [...names];
}

/**
 * All hunks, those first that change what the errors name or that the compiler pointed at, else in the order of the files.
 * A name counts the more the fewer hunks have it: `class_create` says what is wrong, `module` does not.
 */
export function rankHunks(files: FileDiff[], diagnostics: Diagnostic[]): RankedHunk[] {
  const all = files.flatMap(({ file, hunks }) =>
    hunks.map((hunk) => ({ file, hunk, score: 0, focus: [] as number[] })),
  );
  const places = relevant(diagnostics).filter(({ file }) => file.startsWith('/'));
  for (const one of all) {
    const pointed = places
      .filter(({ file }) => file.endsWith(`/${one.file}`))
      .map(({ line }) => positionOf(one.hunk, line));
    const found = pointed.filter((position) => position !== undefined);
    if (found.length > 0) Object.assign(one, { score: POINTED_AT, focus: found });
  }
  for (const name of namesIn(diagnostics)) {
    const pattern = new RegExp(`\\b${name}\\b`);
    const having = all.flatMap((one) => {
      const at = one.hunk.lines.flatMap((line, position) => (pattern.test(line) ? [position] : []));
      return at.length > 0 ? [{ one, at }] : [];
    });
    for (const { one, at } of having) {
      const isChanged = at.some((position) => /^[+-]/.test(one.hunk.lines[position] ?? ''));
      one.score += (isChanged ? CHANGED : 1) / having.length;
      one.focus.push(...at);
    }
  }
  // Stable: equals stay in the order of the files.
  return all.sort((a, b) => b.score - a.score);
}

/** Errors, and the notes that belong to them. */
function relevant(diagnostics: Diagnostic[]): Diagnostic[] {
  let isError = false;
  return diagnostics.filter(({ severity }) => {
    if (severity !== 'note') isError = severity === 'error';
    return isError;
  });
}

/** Where in a hunk a line of the newer file is, or the nearest one when it lies just outside. */
function positionOf({ line, lines }: Hunk, wanted: number | undefined): number | undefined {
  if (wanted === undefined) return undefined;
  const newer = lines.flatMap((text, position) => (/^[-\\]/.test(text) ? [] : [position]));
  if (wanted < line - NEAR || wanted >= line + newer.length + NEAR) return undefined;
  return newer[Math.min(Math.max(0, wanted - line), newer.length - 1)] ?? 0;
}

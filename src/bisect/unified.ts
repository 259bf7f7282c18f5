// SPDX-License-Identifier: Apache-2.0

/** A piece of a unified diff. */
export type Hunk = {
  /** The `@@` line. */
  head: string;
  /** Its first line on the newer side. */
  line: number;
  /** Each with its mark: blank, `-`, `+`, `\`. */
  lines: string[];
};

export type FileDiff = { file: string; hunks: Hunk[] };

const HEAD = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Reads what `diff -u -r` printed. `nameOf` makes a file's name of the words of its `+++` line. Hunks are read by the
 * counts in their heads, so that no text in a file passes for a head.
 */
export function parseUnified(text: string, nameOf: (words: string) => string): FileDiff[] {
  const files: FileDiff[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at++] ?? '';
    if (line.startsWith('+++ ')) files.push({ file: nameOf(line.slice('+++ '.length)), hunks: [] });
    const counts = HEAD.exec(line);
    if (!counts) continue;
    let [older, newer] = [Number(counts[1] ?? 1), Number(counts[3] ?? 1)];
    const hunk: Hunk = { head: line, line: Number(counts[2]), lines: [] };
    while (at < lines.length && (older > 0 || newer > 0 || lines[at]?.startsWith('\\'))) {
      const content = lines[at++] ?? '';
      const mark = content[0] ?? ' ';
      if (mark !== '+' && mark !== '\\') older--;
      if (mark !== '-' && mark !== '\\') newer--;
      hunk.lines.push(content);
    }
    files.at(-1)?.hunks.push(hunk);
  }
  return files;
}

/** The diff of one file, or of some of its hunks, between two trees that are called `before` and `after`. */
export function renderUnified({ file, hunks }: FileDiff, before: string, after: string): string[] {
  return [`--- ${before}/${file}`, `+++ ${after}/${file}`, ...hunks.flatMap(({ head, lines }) => [head, ...lines])];
}

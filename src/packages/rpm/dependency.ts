// SPDX-License-Identifier: Apache-2.0
import type { Range, Sense } from './version.ts';

/** A name, or a file by its path, in some versions. */
export type Simple = { kind: 'simple'; name: string } & Range;

/** What a package wants: https://rpm.org/docs/latest/manual/boolean_dependencies.html for all but the simple ones. */
export type Dependency =
  | Simple
  | { kind: 'and' | 'or' | 'with' | 'without'; parts: Dependency[] }
  | { kind: 'if' | 'unless'; what: Dependency; condition: Dependency; otherwise?: Dependency };

/** Longest and deepest boolean dependency that is read. */
const maximumLength = 16 << 10;
const maximumDepth = 16;

/** Reads `name`, `name >= 1.0-1` or a boolean dependency in parentheses. Returns undefined for what is none of these. */
export function parseDependency(text: string): Dependency | undefined {
  return text.startsWith('(') ? new Reader(text).whole() : parseSimple(text.split(' '));
}

function parseSimple([name, sense, evr, ...rest]: string[]): Simple | undefined {
  if (!name || rest.length > 0) return undefined;
  if (sense === undefined) return { kind: 'simple', name };
  if (!evr || !/^(?:[<>]=?|=)$/.test(sense)) return undefined;
  return { kind: 'simple', name, sense: sense as Sense, evr };
}

const operators = new Set(['and', 'or', 'with', 'without', 'if', 'unless', 'else']);

/** Reads a boolean dependency, word by word. */
class Reader {
  private readonly words: string[];
  private at = 0;

  constructor(text: string) {
    this.words = text.length > maximumLength ? [] : splitWords(text);
  }

  whole(): Dependency | undefined {
    const read = this.group(0);
    return this.at === this.words.length ? read : undefined;
  }

  private group(depth: number): Dependency | undefined {
    if (this.words[this.at++] !== '(' || depth > maximumDepth) return undefined;
    const first = this.operand(depth);
    if (!first) return undefined;
    const kind = this.words[this.at];
    let read: Dependency | undefined = first;
    if (kind === 'if' || kind === 'unless') read = this.conditional(kind, first, depth);
    else if (kind === 'and' || kind === 'or' || kind === 'with' || kind === 'without') {
      const parts = [first];
      while (this.words[this.at] === kind) {
        this.at++;
        const part = this.operand(depth);
        if (!part) return undefined;
        parts.push(part);
      }
      read = { kind, parts };
    }
    return this.words[this.at++] === ')' ? read : undefined;
  }

  private conditional(kind: 'if' | 'unless', what: Dependency, depth: number): Dependency | undefined {
    this.at++;
    const condition = this.operand(depth);
    if (!condition) return undefined;
    if (this.words[this.at] !== 'else') return { kind, what, condition };
    this.at++;
    const otherwise = this.operand(depth);
    return otherwise && { kind, what, condition, otherwise };
  }

  private operand(depth: number): Dependency | undefined {
    if (this.words[this.at] === '(') return this.group(depth + 1);
    const start = this.at;
    while (this.at < this.words.length && !this.ends(this.words[this.at] ?? '')) this.at++;
    return parseSimple(this.words.slice(start, this.at));
  }

  private ends(word: string): boolean {
    return word === '(' || word === ')' || operators.has(word);
  }
}

/** Parentheses are words of their own unless they belong to a name: `(libfoo.so.1()(64bit) if bar)`. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const part of text.split(/\s+/).filter(Boolean)) {
    let rest = part;
    while (rest.startsWith('(')) {
      words.push('(');
      rest = rest.slice(1);
    }
    const trailing = rest.length - rest.replace(/\)+$/, '').length;
    const closing = Math.max(0, Math.min(trailing, count(rest, ')') - count(rest, '(')));
    const name = rest.slice(0, rest.length - closing);
    if (name !== '') words.push(name);
    words.push(...')'.repeat(closing));
  }
  return words;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

/** As it is written in a package. */
export function formatDependency(dependency: Dependency): string {
  switch (dependency.kind) {
    case 'simple': {
      const { name, sense, evr } = dependency;
      return sense === undefined ? name : `${name} ${sense} ${evr}`;
    }
    case 'if':
    case 'unless': {
      const { kind, what, condition, otherwise } = dependency;
      const last = otherwise ? ` else ${formatDependency(otherwise)}` : '';
      return `(${formatDependency(what)} ${kind} ${formatDependency(condition)}${last})`;
    }
    default:
      return `(${dependency.parts.map(formatDependency).join(` ${dependency.kind} `)})`;
  }
}

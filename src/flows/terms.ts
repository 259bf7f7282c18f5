// SPDX-License-Identifier: Apache-2.0
// What Open vSwitch builds its flows of (lib/odp-util.c, 2.13 to 3.7): terms with commas between them. A term is a word
// (`drop`), a value (`0x23/0x3f`), a field (`src=10.0.0.0/255.0.0.0`), or a name and terms in parentheses (`eth(src=...)`);
// options of Geneve are terms in braces.

/** One term. `text` is what was read; of a name with parentheses or braces, `terms` are those inside. */
export type Term = {
  /** `src`, `eth`; empty for a value that stands alone and for braces. */
  name: string;
  value?: string;
  /** What stands behind the slash of a value. */
  mask?: string;
  terms?: Term[];
  text: string;
};

/** What is wrong with a text, and at which of its characters, counted from 0. */
export class Fault extends Error {
  readonly at: number;

  constructor(what: string, at: number) {
    super(what);
    this.at = at;
  }
}

/** Deeper than any action goes: clone(sample(check_pkt_len(set(tunnel(geneve({...})))))). */
const MAXIMUM_DEPTH = 24;
const CLOSING: Record<string, string> = { '(': ')', '{': '}' };
const NAME_ENDS = /[(){},=]/g;
const VALUE_ENDS = /[(){},]/g;

/** Reads a text from left to right, each character a bounded number of times. All its methods throw Fault. */
export class Reader {
  readonly text: string;
  at: number;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** Whether `word` stands here; then it is passed. */
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  /** All up to the next of `ends` (a global expression without repetition), which is not passed. */
  until(ends: RegExp): string {
    ends.lastIndex = this.at;
    const end = ends.exec(this.text)?.index ?? this.text.length;
    const found = this.text.slice(this.at, end);
    this.at = end;
    return found;
  }

  /** One term; what ends it is not passed. */
  term(depth = 0): Term {
    const start = this.at;
    const name = this.until(NAME_ENDS);
    const next = this.text[this.at];
    if (next === '(' || next === '{') return this.nested(name, start, depth);
    if (next === '=') {
      this.at++;
      const term = { name, ...split(this.until(VALUE_ENDS)) };
      if (name === '') throw new Fault('a value without a name', start);
      return this.ended || ',)}'.includes(this.text[this.at] ?? '')
        ? { ...term, text: this.text.slice(start, this.at) }
        : this.unexpected();
    }
    if (name === '') return this.unexpected();
    return { name: '', ...split(name), text: name };
  }

  private nested(name: string, start: number, depth: number): Term {
    if (depth >= MAXIMUM_DEPTH) throw new Fault(`more than ${MAXIMUM_DEPTH} parentheses inside each other`, this.at);
    const opened = this.at;
    const closing = CLOSING[this.text[opened] ?? ''] ?? '';
    this.at++;
    const terms: Term[] = [];
    while (!this.take(closing)) {
      if (this.ended) throw new Fault(`the line ends before the "${closing}" that closes "${name}"`, opened);
      terms.push(this.term(depth + 1));
      // Of `geneve({...}{...})` nothing stands between the options.
      if (!this.take(',') && !this.ended && !')}{'.includes(this.text[this.at] ?? '')) this.unexpected();
    }
    return { name, terms, text: this.text.slice(start, this.at) };
  }

  /** Throws: nothing that may stand here does. */
  unexpected(): never {
    const found = this.text[this.at];
    throw new Fault(found === undefined ? 'the line ends too soon' : `unexpected ${JSON.stringify(found)}`, this.at);
  }
}

function split(text: string): { value: string; mask?: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { value: text } : { value: text.slice(0, slash), mask: text.slice(slash + 1) };
}

/** The term of that name among `terms`. */
export function termOf(terms: Term[] | undefined, name: string): Term | undefined {
  return terms?.find((term) => term.name === name);
}

/** The first value in the parentheses of the term of that name: `0x1` of `recirc_id(0x1)`. */
export function firstOf(terms: Term[] | undefined, name: string): Term | undefined {
  return termOf(terms, name)?.terms?.[0];
}

/** Whether a term says nothing of the packet: a mask of zeros (`0/0`, `0.0.0.0/0.0.0.0`, `::/::`), or only such terms. */
export function isWildcard({ mask, terms }: Term): boolean {
  if (terms) return terms.every(isWildcard);
  return mask !== undefined && /^(0x)?[0:.]+$/.test(mask);
}

/** A number as Open vSwitch writes it, in decimal or after `0x`; undefined for what is none. */
export function numberOf(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^(0x[0-9a-f]{1,32}|\d{1,20})$/i.test(text)) return undefined;
  return BigInt(text);
}

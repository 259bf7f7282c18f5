// SPDX-License-Identifier: Apache-2.0

/** What an expression of a workflow may speak of: `inputs`, `matrix`, `needs`, `steps`, ... */
export type Contexts = Record<string, unknown>;

const TOKEN = /\s*(\|\||&&|==|!=|[!(),.]|'(?:[^']|'')*'|[\w-]+)/y;

/**
 * A value of a workflow with its expressions worked out, as far as our workflows use them: a text that is one expression has
 * its value, in any other they become text. Throws for what is not known, so that nothing is passed over.
 */
export function evaluate(value: unknown, contexts: Contexts): unknown {
  if (typeof value !== 'string') return value;
  const whole = /^\$\{\{((?:[^}]|\}(?!\}))*)\}\}$/.exec(value.trim());
  if (whole) return evaluateExpression(whole[1] ?? '', contexts);
  return value.replace(/\$\{\{((?:[^}]|\}(?!\}))*)\}\}/g, (_, text: string) =>
    asText(evaluateExpression(text, contexts)),
  );
}

/** A value as it comes into an input or the environment. */
export function asText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** The value of what stands between `${{` and `}}`, or in an `if`. */
export function evaluateExpression(text: string, contexts: Contexts): unknown {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`not an expression that is known: ${text}`);
    tokens.push(token);
  }
  const take = (...wanted: string[]) => (wanted.includes(tokens[0] ?? '') ? tokens.shift() : undefined);
  const demand = (wanted: string) => take(wanted) ?? fail(`"${wanted}" expected`);
  const fail = (what: string): never => {
    throw new Error(`${what}: ${text}`);
  };
  const either = (): unknown => {
    let left = both();
    while (take('||')) {
      const right = both();
      left = left || right;
    }
    return left;
  };
  const both = (): unknown => {
    let left = compared();
    while (take('&&')) {
      const right = compared();
      left = left && right;
    }
    return left;
  };
  const compared = (): unknown => {
    const left = single();
    const operator = take('==', '!=');
    if (!operator) return left;
    return (asText(left) === asText(single())) === (operator === '==');
  };
  const single = (): unknown => {
    if (take('!')) return !single();
    if (take('(')) {
      const value = either();
      demand(')');
      return value;
    }
    const word = tokens.shift() ?? fail('something is missing');
    if (word.startsWith("'")) return word.slice(1, -1).replaceAll("''", "'");
    if (/^\d+$/.test(word)) return Number(word);
    if (word === 'true' || word === 'false') return word === 'true';
    return take('(') ? called(word) : member(word);
  };
  const member = (word: string): unknown => {
    if (!(word in contexts)) fail(`no context ${word}`);
    let value = contexts[word];
    while (take('.')) {
      const name = tokens.shift() ?? fail('a name is missing');
      value = (value as Record<string, unknown> | undefined)?.[name];
    }
    return value;
  };
  const called = (name: string): unknown => {
    const given: unknown[] = [];
    while (!take(')')) {
      given.push(either());
      take(',');
    }
    if (name === 'join') return (given[0] as unknown[]).join(asText(given[1] ?? ','));
    if (name === 'fromJSON') return JSON.parse(asText(given[0]));
    // Nobody cancels.
    if (name === 'cancelled') return false;
    return fail(`no function ${name}`);
  };
  const value = either();
  return tokens.length > 0 ? fail(`"${tokens[0]}" is too much`) : value;
}

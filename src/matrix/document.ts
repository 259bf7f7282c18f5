// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../errors.ts';
import { didYouMean } from './suggest.ts';

/** A value read from a YAML file, and where its parts stand. */
export type Document<T> = {
  value: T;
  /** `file:line:column` of the value at a path of keys and indexes, or of the nearest thing around it. */
  where(path: PropertyKey[]): string;
};

/**
 * Reads a YAML file and checks it against a schema. Throws InputError with `file:line:column` for what is no YAML or does
 * not fit, with the nearest key for a mistyped one, and for a file that cannot be read.
 */
export async function readDocument<S extends z.ZodType>(path: string, schema: S): Promise<Document<z.output<S>>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`cannot be read (${cause.code ?? cause.message})`, { where: path, cause });
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const [fault] = document.errors;
  if (fault) throw new InputError(fault.message, { where: position(fault.pos[0]), cause: fault });
  const where = (keys: PropertyKey[]) => position(offsetOf(document.contents, keys));
  const result = schema.safeParse(document.toJS());
  if (result.success) return { value: result.data, where };
  const issue = result.error.issues[0];
  if (!issue) throw result.error;
  throw explain(issue, schema, document.contents, position);
}

function explain(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  contents: unknown,
  position: (offset: number) => string,
): InputError {
  const name = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = knownKeys(schema, issue.path);
    return new InputError(`unknown key "${key}"${name === '' ? '' : ` in ${name}`}${didYouMean(key, known)}`, {
      where: position(offsetOf(contents, [...issue.path, key], true)),
      remedy: `Known keys: ${known.join(', ')}.`,
    });
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined && !exists(contents, issue.path);
  const what = missing ? `"${name}" is missing` : `${name === '' ? 'the file' : `"${name}"`}: ${issue.message}`;
  return new InputError(what, { where: position(offsetOf(contents, issue.path)) });
}

/** Where the node at `path` starts; for a missing one the nearest around it. With `ofKey`, where its key starts. */
function offsetOf(contents: unknown, path: PropertyKey[], ofKey = false): number {
  let node: unknown = contents;
  let offset = startOf(node) ?? 0;
  path.forEach((key, depth) => {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      const target = ofKey && depth === path.length - 1 ? pair?.key : (pair?.value ?? pair?.key);
      offset = startOf(target) ?? offset;
      node = isPair(pair) ? pair.value : undefined;
    } else {
      node = isNode(node) && 'items' in node ? (node.items as unknown[])[Number(key)] : undefined;
      offset = startOf(node) ?? offset;
    }
  });
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

function exists(contents: unknown, path: PropertyKey[]): boolean {
  let node: unknown = contents;
  for (const key of path) node = isMap(node) ? node.get(key, true) : undefined;
  return node !== undefined;
}

/** The keys that a schema of nested objects and arrays knows at a path. */
function knownKeys(schema: z.ZodType, path: PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const key of path) {
    const { shape, element } = unwrap(current);
    current = shape?.[String(key)] ?? element;
  }
  return Object.keys(unwrap(current).shape ?? {});
}

type Unwrapped = { shape?: Record<string, unknown>; element?: unknown };

function unwrap(schema: unknown): Unwrapped {
  let current = schema as
    | { unwrap?: () => unknown; shape?: unknown; element?: unknown; valueType?: unknown }
    | undefined;
  while (current && !current.shape && !current.element && current.unwrap) current = current.unwrap() as typeof current;
  return { ...(current as Unwrapped), element: current?.element ?? current?.valueType };
}

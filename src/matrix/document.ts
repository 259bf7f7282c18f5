// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { z } from 'zod';
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
  const read = contentOf(document, path);
  const result = schema.safeParse(read);
  if (result.success) return { value: result.data, where };
  const { issues } = result.error;
  // A mistyped key is also a missing one, and the better thing to say.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (!issue) throw result.error;
  throw explain(issue, optionFor(schema, read), document.contents, position);
}

function contentOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases of aliases, which would take all memory.
    throw new InputError((cause as Error).message, { where: path, cause });
  }
}

/** Of a union whose options are told apart by a field, the one that a value means. */
function optionFor(schema: z.ZodType, value: unknown): z.ZodType {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const field = schema.def.discriminator;
  const tag = (value as Record<string, unknown> | null)?.[field];
  const options = schema.options as z.ZodObject[];
  return options.find(({ shape }) => (shape[field] as z.ZodType | undefined)?.safeParse(tag).success) ?? schema;
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
  const missing = name !== '' && nodesAt(contents, issue.path).length <= issue.path.length;
  const what = missing ? `"${name}" is missing` : `${name === '' ? 'the file' : `"${name}"`}: ${issue.message}`;
  return new InputError(what, { where: position(offsetOf(contents, issue.path)) });
}

/** Where the node at `path` starts; for a missing one the nearest around it. With `ofKey`, where its key starts. */
function offsetOf(contents: unknown, path: PropertyKey[], ofKey = false): number {
  const nodes = nodesAt(contents, ofKey ? path.slice(0, -1) : path);
  const last = nodes.at(-1);
  const key = ofKey && isMap(last) ? pairOf(last, path.at(-1) ?? '')?.key : undefined;
  return startOf(key) ?? nodes.map(startOf).findLast((start) => start !== undefined) ?? 0;
}

/** The nodes on the way to `path`, from the top; fewer when it is not all there. */
function nodesAt(contents: unknown, path: PropertyKey[]): unknown[] {
  const nodes: unknown[] = isNode(contents) ? [contents] : [];
  for (const key of path) {
    const node = nodes.at(-1);
    const pair = isMap(node) ? pairOf(node, key) : undefined;
    const next = isSeq(node) ? node.items[Number(key)] : (pair?.value ?? pair?.key);
    if (next === undefined || nodes.length === 0) break;
    nodes.push(next);
  }
  return nodes;
}

function pairOf(map: YAMLMap, key: PropertyKey): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** The keys that a schema of nested objects, arrays and records knows at a path. */
function knownKeys(schema: z.ZodType, path: PropertyKey[]): string[] {
  let current = unwrap(schema);
  for (const key of path) current = unwrap(current?.shape?.[String(key)] ?? current?.element ?? current?.valueType);
  return Object.keys(current?.shape ?? {});
}

type Composite = { shape?: Record<string, unknown>; element?: unknown; valueType?: unknown; unwrap?: () => unknown };

function unwrap(schema: unknown): Composite | undefined {
  let current = schema as Composite | undefined;
  // Defaults and options wrap what they apply to; arrays and objects may have an `unwrap` of another meaning.
  while (current && !current.shape && !current.element && current.unwrap) current = current.unwrap() as Composite;
  return current;
}

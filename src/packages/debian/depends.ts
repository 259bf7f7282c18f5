// SPDX-License-Identifier: Apache-2.0
import type { Relation } from './version.ts';

export type Constraint = { relation: Relation; version: string };

/** One way to meet a dependency: a package, and which versions of it will do. */
export type Alternative = { name: string; constraint?: Constraint };

const relations: Record<string, Relation> = {
  '<<': '<<',
  '<=': '<=',
  '=': '=',
  '>=': '>=',
  '>>': '>>',
  '<': '<=',
  '>': '>=',
};

/**
 * Parses a `Depends`, `Pre-Depends` or `Provides` field of a binary package (deb-control(5)): every element has to be
 * met by one of its alternatives. `foreign` architectures (`gcc:i386`) are left out, as they are not offered here.
 */
export function parseDepends(field: string, architecture: string): Alternative[][] {
  return field
    .split(',')
    .map((group) => group.split('|').flatMap((part) => parseAlternative(part.trim(), architecture)))
    .filter((group) => group.length > 0);
}

function parseAlternative(text: string, architecture: string): Alternative[] {
  const match = /^([^\s:([]+)(?::([a-z0-9-]+))?\s*(?:\(\s*([<>=]+)\s*([^\s)]+)\s*\))?/.exec(text);
  if (!match?.[1]) return [];
  const [, name, qualifier = 'any', sign, version] = match;
  if (qualifier !== 'any' && qualifier !== 'native' && qualifier !== architecture) return [];
  const relation = relations[sign ?? ''];
  return [relation === undefined || version === undefined ? { name } : { name, constraint: { relation, version } }];
}

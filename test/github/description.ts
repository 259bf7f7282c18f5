// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Document } from 'openapi-backend';

type Tree = { [key: string]: Tree | Tree[] | string };

/**
 * GitHub's own OpenAPI description, no more of it than some paths and what those refer to: the whole has a thousand paths, and
 * compiling validators for all takes minutes.
 */
export async function describeGitHub(paths: RegExp): Promise<Document> {
  const directory = dirname(createRequire(import.meta.url).resolve('@octokit/openapi'));
  const whole = JSON.parse(await readFile(join(directory, 'generated/api.github.com.json'), 'utf8'));
  const kept = Object.entries(whole.paths as Record<string, Tree>).filter(([path]) => paths.test(path));
  const components: Record<string, Record<string, unknown>> = {};
  const keep = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { $ref } = value as { $ref?: unknown };
    const [, , kind = '', name = ''] = typeof $ref === 'string' ? $ref.split('/') : [];
    if (kind !== '' && components[kind]?.[name] === undefined) {
      const found = whole.components[kind][name];
      components[kind] = { ...components[kind], [name]: found };
      keep(found);
    }
    for (const inner of Object.values(value)) keep(inner);
  };
  for (const [, item] of kept) {
    for (const operation of Object.values(item)) {
      // Uploads are at another host, which here is the same.
      if (typeof operation === 'object') delete (operation as Tree).servers;
    }
    keep(item);
  }
  return { openapi: whole.openapi, info: whole.info, paths: Object.fromEntries(kept), components } as Document;
}

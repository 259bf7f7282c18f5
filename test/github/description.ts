// SPDX-License-Identifier: Apache-2.0
//
// Makes releases.json, GitHub's own description of its releases and of attestations:
//
//     npm pack @octokit/openapi@23.0.2 && tar -xf octokit-openapi-23.0.2.tgz
//     node test/github/description.ts package/generated/api.github.com.json > test/github/releases.json
//
// The whole has a thousand paths and 385 MB in all its variants, so what the tests need of it is checked in.
import { readFile } from 'node:fs/promises';
import process from 'node:process';

type Tree = { [key: string]: Tree | Tree[] | string };

const OPERATIONS =
  /^\/repos\/\{owner\}\/\{repo\}\/(attestations|releases(\/tags\/\{tag\}|\/assets\/\{asset_id\}|\/\{release_id\}(\/assets)?)?)$/;

/** Of an OpenAPI description no more than some paths and what those refer to. */
async function pruned(file: string, paths: RegExp): Promise<object> {
  const whole = JSON.parse(await readFile(file, 'utf8'));
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
  const info = { ...whole.info, 'x-source': '@octokit/openapi 23.0.2, (c) Octokit contributors, MIT' };
  return { openapi: whole.openapi, info, paths: Object.fromEntries(kept), components };
}

const [file = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await pruned(file, OPERATIONS), null, 2)}\n`);

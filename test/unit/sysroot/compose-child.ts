// SPDX-License-Identifier: Apache-2.0
// Another process that composes a root, to run beside others like it: prints the digest, and how many files it found.
import { readdirSync } from 'node:fs';
import { composeSysroot } from '../../../src/sysroot/compose.ts';

const { cache, packages } = JSON.parse(process.argv[2] ?? '');
const { root, digest } = await composeSysroot({ cache, packages, signal: new AbortController().signal });
const found = readdirSync(root, { recursive: true }).filter((name) => /^d\d\/f/.test(`${name}`));
process.stdout.write(`${digest} ${found.length}`);

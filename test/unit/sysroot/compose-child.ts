// SPDX-License-Identifier: Apache-2.0
// Another process that composes a root, to run beside others like it: prints the digest, and how many files it found.
// Told to abort, it does so midway, prints why it ended, and has to end by itself.
import { readdirSync } from 'node:fs';
import { composeSysroot } from '../../../src/sysroot/compose.ts';

const { cache, packages, abort } = JSON.parse(process.argv[2] ?? '');
const stop = new AbortController();
const onProgress = () => {
  if (abort) stop.abort(new Error('stopped midway'));
};
try {
  const { root, digest } = await composeSysroot({ cache, packages, signal: stop.signal, onProgress });
  const found = readdirSync(root, { recursive: true }).filter((name) => /^d\d\/f/.test(`${name}`));
  process.stdout.write(`${digest} ${found.length}`);
} catch (error) {
  process.stdout.write((error as Error).message);
}

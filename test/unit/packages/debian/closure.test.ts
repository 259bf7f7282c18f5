// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolve } from '../../../../src/packages/debian/closure.ts';
import { openIndex } from '../../../../src/packages/debian/package-index.ts';
import type { ResolveOptions } from '../../../../src/packages/offers.ts';
import { Store } from '../../../../src/packages/store.ts';
import { archiveAt, quick, scratch } from '../fixtures.ts';
import { MirrorServer } from '../mirror-server.ts';
import { makeKey, publish, type Stanza, writeKey } from '../repository.ts';

const key = await makeKey();

/** Resolves against an index of these packages, and returns `name version` of each. */
async function closure(stanzas: Stanza[], roots: string[], options: Partial<ResolveOptions> = {}): Promise<string[]> {
  await using directory = await scratch();
  await using mirror = await MirrorServer.start();
  await publish(mirror, stanzas, { key, withoutPool: true });
  const keys = [await writeKey(join(directory.path, 'archive.asc'), key)];
  const store = new Store(directory.path, { limits: quick });
  const archives = [archiveAt([`${mirror.url}/debian`], { keys })];
  using index = await openIndex(archives, store, new AbortController().signal);
  await store.close();
  return resolve(index, roots, { architecture: 'amd64', ...options }).map(({ name, version }) => `${name} ${version}`);
}

test('depends and pre-depends, of dependencies too, sorted and each once', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'lib-b, lib-a (>= 1.0)', 'Pre-Depends': 'libc', Recommends: 'docs', Suggests: 'more' },
    { name: 'lib-a', Depends: 'libc, tool' },
    { name: 'lib-b', Depends: 'lib-a' },
    { name: 'libc' },
    { name: 'docs' },
  ];
  expect(await closure(stanzas, ['tool'])).toEqual(['lib-a 1.0', 'lib-b 1.0', 'libc 1.0', 'tool 1.0']);
});

test('the newest version that fits, by version and not by order', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'lib (<< 2.0)' },
    { name: 'lib', version: '1.9' },
    { name: 'lib', version: '1.10' },
    { name: 'lib', version: '2.0~rc1' },
    { name: 'lib', version: '2.0' },
  ];
  expect(await closure(stanzas, ['tool'])).toEqual(['lib 2.0~rc1', 'tool 1.0']);
  expect(await closure(stanzas, ['lib'])).toEqual(['lib 2.0']);
});

test('a package that was chosen too new for a later dependency is chosen again', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'lib, plugin' },
    { name: 'plugin', Depends: 'lib (= 1.0)' },
    { name: 'lib', version: '1.0' },
    { name: 'lib', version: '2.0', Depends: 'new-thing' },
    { name: 'new-thing' },
  ];
  expect(await closure(stanzas, ['tool'])).toEqual(['lib 1.0', 'plugin 1.0', 'tool 1.0']);
});

test('of alternatives the first that is offered', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'absent | old (>= 2.0) | good | better' },
    { name: 'old' },
    { name: 'good' },
    { name: 'better' },
  ];
  expect(await closure(stanzas, ['tool'])).toEqual(['good 1.0', 'tool 1.0']);
});

test('of alternatives one that is there already', async () => {
  const stanzas = [{ name: 'tool', Depends: 'second, first | second' }, { name: 'first' }, { name: 'second' }];
  expect(await closure(stanzas, ['tool'])).toEqual(['second 1.0', 'tool 1.0']);
});

test('a name that others provide: the one that is chosen already, else by priority, else by name', async () => {
  const provider = (name: string, more = {}) => ({ name, Provides: 'awk', ...more });
  const tool = { name: 'tool', Depends: 'awk' };
  const two = [tool, provider('gawk', { Priority: 'optional' }), provider('mawk', { Priority: 'required' })];
  expect(await closure(two, ['tool'])).toEqual(['mawk 1.0', 'tool 1.0']);
  expect(await closure(two, ['gawk', 'tool'])).toEqual(['gawk 1.0', 'tool 1.0']);
  expect(await closure([tool, provider('b'), provider('a')], ['tool'])).toEqual(['a 1.0', 'tool 1.0']);
});

test('a provided name meets a version only when it is provided with one', async () => {
  const versioned = [
    { name: 'tool', Depends: 'lib (>= 2.0)' },
    { name: 'plain', Provides: 'lib' },
    { name: 'low', Provides: 'lib (= 1.0)' },
    { name: 'right', Provides: 'other, lib (= 2.0), third' },
  ];
  expect(await closure(versioned, ['tool'])).toEqual(['right 1.0', 'tool 1.0']);
});

test('qualifiers of architectures', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'perl:any, make:native, lib:amd64, gcc:i386 | cc' },
    ...['perl', 'make', 'lib', 'gcc', 'cc'].map((name) => ({ name })),
  ];
  expect(await closure(stanzas, ['tool'])).toEqual(['cc 1.0', 'lib 1.0', 'make 1.0', 'perl 1.0', 'tool 1.0']);
});

test('what is excluded counts as met, with all that it would bring, but is taken when asked for', async () => {
  const stanzas = [
    { name: 'headers', Depends: 'image-6.1 (= 9) | image-6.1-unsigned (= 9), debconf (>= 0.5) | debconf-2.0, lib' },
    { name: 'image-6.1', Depends: 'initramfs' },
    { name: 'initramfs' },
    { name: 'debconf' },
    { name: 'lib' },
  ];
  const exclude = ['image-*', 'debconf'];
  expect(await closure(stanzas, ['headers'], { exclude })).toEqual(['headers 1.0', 'lib 1.0']);
  expect(await closure(stanzas, ['image-6.1'], { exclude: ['*'] })).toEqual(['image-6.1 1.0']);
});

test('what is not offered is said with the way to it', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'lib' },
    { name: 'lib', Depends: 'base (>= 2.0) | other' },
    { name: 'base', version: '1.5' },
  ];
  await expect(closure(stanzas, ['tool'])).rejects.toThrow(
    'no suite offers base (>= 2.0) | other, which is needed by tool -> lib',
  );
  await expect(closure(stanzas, ['absent'])).rejects.toThrow('no suite offers absent\n');
});

test('dependencies that contradict each other end in an error', async () => {
  const stanzas = [
    { name: 'tool', Depends: 'a, b' },
    { name: 'a', Depends: 'lib (= 1.0)' },
    { name: 'b', Depends: 'lib (= 2.0)' },
    { name: 'lib', version: '1.0' },
    { name: 'lib', version: '2.0' },
  ];
  await expect(closure(stanzas, ['tool'])).rejects.toThrow('lib');
});

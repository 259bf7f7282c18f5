// SPDX-License-Identifier: Apache-2.0
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { insideRoot, placeIn } from '../../../src/sysroot/inside.ts';
import { scratch } from './archives.ts';

test('links are followed as with the root as /, and never out of it', async () => {
  await using directory = await scratch();
  const root = join(directory.path, 'root');
  await mkdir(join(root, 'usr/lib'), { recursive: true });
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/passwd'), 'inside');
  await symlink('usr/lib', join(root, 'lib'));
  await symlink('/etc/passwd', join(root, 'usr/lib/absolute'));
  await symlink('../../../../../../etc/passwd', join(root, 'usr/lib/climbing'));
  await symlink('absolute', join(root, 'usr/lib/twice'));
  await symlink('circle', join(root, 'circle'));

  const passwd = join(root, 'etc/passwd');
  for (const path of ['lib/absolute', '/usr/lib/absolute', 'lib/climbing', 'lib/twice', '../../etc/passwd']) {
    expect(insideRoot(root, path), path).toBe(passwd);
  }
  expect(insideRoot(root, 'lib/not/there')).toBe(join(root, 'usr/lib/not/there'));
  expect(insideRoot(root, '/')).toBe(root);
  expect(() => insideRoot(root, 'circle/x')).toThrow('leads in circles');
});

test('what is grafted on a sysroot is found where it is, the last of two at a place', async () => {
  await using directory = await scratch();
  const at = (name: string) => join(directory.path, name);
  for (const name of ['root/usr', 'one/inner', 'two']) await mkdir(at(name), { recursive: true });
  await symlink('/inner', at('one/link'));
  const grafts = [
    { from: at('one'), to: '/kernel/tree' },
    { from: at('two'), to: '/kernel/tree/inner' },
  ];
  const sysroot = { root: at('root'), digest: '', grafts };
  expect(placeIn(sysroot, '/kernel/tree')).toBe(at('one'));
  expect(placeIn(sysroot, '/kernel/tree/file')).toBe(at('one/file'));
  expect(placeIn(sysroot, '/kernel/tree/inner/file')).toBe(at('two/file'));
  // Links in it are followed within it.
  expect(placeIn(sysroot, '/kernel/tree/link')).toBe(at('one/inner'));
  expect(placeIn(sysroot, '/kernel/trees')).toBe(at('root/kernel/trees'));
  expect(placeIn({ root: at('root'), digest: '' }, '/kernel/tree')).toBe(at('root/kernel/tree'));
});

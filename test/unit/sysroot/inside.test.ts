// SPDX-License-Identifier: Apache-2.0
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { insideRoot } from '../../../src/sysroot/inside.ts';
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

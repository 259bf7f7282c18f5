// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { readIncluded } from '../../../src/kbuild/included.ts';

const cmd = (...dependencies: string[]) => `savedcmd_/build/module/a.o := gcc -o a.o a.c

source_/build/module/a.o := /build/module/a.c

deps_/build/module/a.o := \\
${dependencies.map((path) => `  ${path} \\\n`).join('')}
/build/module/a.o: $(deps_/build/module/a.o)

$(deps_/build/module/a.o):
`;

test('the headers and options of all objects are told once, headers as paths in the sysroot', async () => {
  await using directory = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  await mkdir(join(directory.path, 'sub'));
  const common = '/usr/src/linux-headers-6.1-common/include/linux/types.h';
  const first = cmd(
    '$(wildcard include/config/FOO)',
    common,
    './include/generated/autoconf.h',
    '/build/headers/include/other.h',
    '/build/module/own.h',
    '/build/module/../module/own2.h',
  );
  await writeFile(join(directory.path, '.a.o.cmd'), first);
  await writeFile(
    join(directory.path, 'sub', '.b.o.cmd'),
    cmd(common, 'include/linux/kconfig.h', '$(wildcard include/config/have/jump/label.h)'),
  );
  await writeFile(join(directory.path, '.a.ko.cmd'), cmd('/not/an/object.h'));
  await writeFile(join(directory.path, '.empty.o.cmd'), '');
  const places = {
    module: '/build/module',
    workingDirectory: '/build/headers',
    moved: { from: '/build/headers', to: '/usr/src/linux-headers-6.1-amd64' },
  };
  expect(await readIncluded(directory.path, places)).toEqual({
    headers: [
      '/usr/src/linux-headers-6.1-amd64/include/generated/autoconf.h',
      '/usr/src/linux-headers-6.1-amd64/include/linux/kconfig.h',
      '/usr/src/linux-headers-6.1-amd64/include/other.h',
      common,
    ],
    options: ['FOO', 'HAVE_JUMP_LABEL'],
  });
});

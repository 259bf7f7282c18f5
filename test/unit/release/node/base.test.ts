// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../../src/errors.ts';
import type { TemporaryDirectory } from '../../../../src/host/files.ts';
import { readImageBase } from '../../../../src/release/node/base.ts';
import { ar, file, gzip, scratch, tar } from '../../sysroot/archives.ts';

let place: TemporaryDirectory;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place[Symbol.asyncDispose]());

type Fake = { name: string; control?: string[]; files: string[] };
const BUSYBOX: Fake = {
  name: 'busybox-static',
  control: [
    'Source: busybox (1:1.35.0-4+deb12u1)',
    'Built-Using: glibc (= 2.36-9+deb12u14), gcc-12 (= 12.2.0-14),',
    ' linux (>= 6)',
  ],
  files: ['bin/busybox', 'usr/share/doc/busybox-static/copyright', 'bin/other'],
};
const FILES: Fake = {
  name: 'base-files',
  files: [
    ...['usr/lib/os-release', 'usr/share/common-licenses/GPL-2', 'usr/share/common-licenses/LGPL-2.1'],
    ...['usr/share/doc/base-files/copyright', 'etc/passwd'],
  ],
};

/** Reads a base of packages that are made here. */
async function read(fakes: Fake[], { archive = 'debian', change = (deb: Buffer) => deb } = {}) {
  const paths = new Map<string, string>();
  const pins = [];
  for (const { name, control = [], files } of fakes) {
    const text = [`Package: ${name}`, 'Version: 1:2.0-3+b1', ...control].join('\n');
    const deb = change(
      ar([
        ['debian-binary', Buffer.from('2.0\n')],
        ['control.tar.gz', gzip(await tar([file('./control', `${text}\n`)]))],
        ['data.tar.gz', gzip(await tar(files.map((path) => file(`./${path}`))))],
      ]),
    );
    const sha256 = createHash('sha256').update(deb).digest('hex');
    paths.set(sha256, join(place.path, name));
    await writeFile(join(place.path, name), deb);
    pins.push({
      ...{ name, version: '1:2.0-3+b1', architecture: 'amd64', archive, path: `pool/${name}.deb`, size: deb.length },
      sha256,
    });
  }
  const archives = [
    {
      ...{ family: 'debian' as const, name: archive, architecture: 'amd64', suites: ['stable'], components: ['main'] },
      mirrors: ['http://mirror.example/debian'],
    },
  ];
  return await readImageBase({ archives, sysroots: { 'node-image': pins } }, paths);
}

test('is the wanted files of the packages, and the sources of each as its control file names them', async () => {
  const { tree, packages } = await read([BUSYBOX, FILES]);
  const found = (path: string) => tree.find((one) => one.path === path);
  const content = (path: string) => {
    const one = found(path);
    return one && 'content' in one ? one.content.toString() : undefined;
  };
  expect([found('bin/busybox')?.mode, content('bin/busybox')]).toEqual([0o755, 'content of ./bin/busybox\n']);
  expect(found('bin/sh')).toMatchObject({ link: 'busybox' });
  expect(found('bin/other')).toBeUndefined();
  // Not that of the package.
  expect(content('etc/passwd')).toMatch(/^root:x:0:0:/);
  expect(content('var/lib/dpkg/status.d/base-files')).toBe('Package: base-files\nVersion: 1:2.0-3+b1\n');
  const snapshot = 'https://snapshot.debian.org/package';
  expect(packages.map(({ name, url, sources }) => [name, url, sources])).toEqual([
    [
      'base-files',
      'http://mirror.example/debian/pool/base-files.deb',
      [expect.objectContaining({ name: 'base-files', url: `${snapshot}/base-files/1%3A2.0-3%2Bb1/` })],
    ],
    [
      'busybox-static',
      'http://mirror.example/debian/pool/busybox-static.deb',
      [
        expect.objectContaining({
          ...{ name: 'busybox', version: '1:1.35.0-4+deb12u1' },
          ...{ purl: 'pkg:deb/debian/busybox@1:1.35.0-4+deb12u1?arch=source' },
          url: `${snapshot}/busybox/1%3A1.35.0-4%2Bdeb12u1/`,
        }),
        expect.objectContaining({ name: 'glibc', version: '2.36-9+deb12u14' }),
        expect.objectContaining({ name: 'gcc-12', version: '12.2.0-14' }),
      ],
    ],
  ]);
  // Of another distribution nobody keeps them there.
  const ubuntu = await read([BUSYBOX, FILES], { archive: 'ubuntu' });
  expect(ubuntu.packages.flatMap(({ sources }) => sources.map(({ url }) => url))).toEqual(Array(4).fill(undefined));
});

test('of other packages than those is refused, with what to do', async () => {
  const more = { name: 'mawk', files: [] };
  await expect(read([BUSYBOX, FILES, more])).rejects.toThrow(
    /has the package mawk, which has no place in the image\n.*`exclude:`/,
  );
  await expect(read([FILES])).rejects.toThrow(/has no package busybox-static, which the image needs/);
  await expect(read([FILES])).rejects.toThrow(InputError);
});

test('of a package that is cut short, or not laid out as expected, is no image', async () => {
  const cut = read([BUSYBOX, FILES], { change: (deb) => deb.subarray(0, deb.length - 20) });
  await expect(cut).rejects.toThrow(/busybox-static|base-files of the image cannot be read: data\.tar.* cut short/);
  await expect(cut).rejects.toThrow(EnvironmentError);
  const moved = { ...BUSYBOX, files: ['usr/bin/busybox'] };
  await expect(read([moved, FILES])).rejects.toThrow(/busybox-static of the image .* holds no bin\/busybox/);
});

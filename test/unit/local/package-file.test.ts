// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { type PackageFile, readPackageFile } from '../../../src/local/package-file.ts';
import { failure, sha256, workplace } from '../packages/fixtures.ts';
import { ar, debOf, file, gzip, tar } from '../sysroot/archives.ts';
import { makeDeb, makeRpm } from './fake-package.ts';

const { signal } = new AbortController();

async function read(content: Buffer, name = 'given'): Promise<PackageFile> {
  await using place = await workplace();
  const path = join(place.directory, name);
  await writeFile(path, content);
  return await readPackageFile(path, { store: place.openStore(), programs: async () => ({}), signal });
}

test('a .deb says what it is, and is in the store by its content', async () => {
  await using place = await workplace();
  const deb = await makeDeb({
    Package: 'linux-headers-6.1.0-1-amd64',
    Depends: 'linux-headers-6.1.0-1-common (= 6.1.1-1),\n gcc-12,\n\tlinux-kbuild-6.1',
    Description: 'headers\n of a kernel\n .\n more',
  });
  const named = join(place.directory, 'a name with spaces.deb');
  await writeFile(named, deb);
  const one = await readPackageFile(named, { store: place.openStore(), programs: async () => ({}), signal });
  expect(one).toMatchObject({
    ...{ family: 'debian', named, sha256: sha256(deb), size: deb.length },
    ...{ name: 'linux-headers-6.1.0-1-amd64', version: '6.1.1-1', architecture: 'amd64' },
  });
  expect(one.control.get('Depends')).toBe('linux-headers-6.1.0-1-common (= 6.1.1-1), gcc-12, linux-kbuild-6.1');
  expect(await readFile(one.path)).toEqual(deb);
  expect(await readdir(join(place.cache, 'blobs/sha256'))).toEqual([sha256(deb)]);
});

test('an .rpm says what it is', async () => {
  const provides: [string, string][] = [
    ['kernel-devel-uname-r', '3.10.0-1160.el7.x86_64'],
    ['installonlypkg(kernel)', ''],
  ];
  const one = await read(makeRpm({ name: 'kernel-devel', provides, requires: ['/bin/sh', 'perl'] }));
  expect(one).toMatchObject({
    ...{ family: 'rpm', name: 'kernel-devel', version: '3.10.0-1160.el7', architecture: 'x86_64' },
    provides: [
      { name: 'kernel-devel', sense: 'EQ', version: '3.10.0-1160.el7' },
      { name: 'kernel-devel-uname-r', sense: 'EQ', version: '3.10.0-1160.el7.x86_64' },
      { name: 'installonlypkg(kernel)' },
    ],
    requires: [{ name: '/bin/sh' }, { name: 'perl' }],
  });
});

const controlOf = (content: Buffer) =>
  ar([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzip(content)],
    ['data.tar', Buffer.alloc(1024)],
  ]);

describe('what is no sound package is an input error that names the file', () => {
  test.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
    ['a text', () => Buffer.from('#!/bin/sh\nexit\n'), /given: not a package: neither \.deb nor \.rpm\n/],
    ['nothing', () => Buffer.alloc(0), /not a package/],
    ['another ar archive', () => ar([['x.o', Buffer.alloc(20)]]), /not a Debian package/],
    [
      'a .deb cut in its data',
      async () => (await makeDeb({ Package: 'x' })).subarray(0, -10),
      /data\.tar is cut short/,
    ],
    ['a .deb cut in its control', async () => (await makeDeb({ Package: 'x' })).subarray(0, 150), /cut short/],
    [
      'a .deb without control',
      () =>
        ar([
          ['debian-binary', Buffer.from('2.0\n')],
          ['data.tar', Buffer.alloc(1024)],
        ]),
      /no control\.tar/,
    ],
    ['a .deb with nothing in its control', () => debOf(Buffer.alloc(1024)), /holds no control/],
    ['a .deb without a name', () => makeDeb({}), /no name and version/],
    ['a .deb of a name that is none', () => makeDeb({ Package: '../x' }), /no name and version/],
    [
      'a field twice',
      async () => controlOf(await tar([file('control', 'Package: a\nPackage: b\n')])),
      /has Package twice/,
    ],
    [
      'a control file that is none',
      async () => controlOf(await tar([file('control', 'no fields\n')])),
      /control file is none/,
    ],
    [
      'a bomb',
      async () => controlOf(await tar([file('control', Buffer.alloc(50 * 2 ** 20))])),
      /more than 1048576 bytes/,
    ],
    ['an .rpm cut in its header', () => makeRpm({ name: 'kernel' }).subarray(0, 200), /not a sound RPM package/],
    ['an .rpm of nothing but its lead', () => makeRpm({ name: 'kernel' }).subarray(0, 20), /not a sound RPM package/],
  ])('%s', async (_, content, message) => {
    const error = await failure(read(await content()));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/\/given: /);
    expect(error.message).not.toMatch(/blobs/);
  });

  test('a directory, and what is not there', async () => {
    await using place = await workplace();
    const options = { store: place.openStore(), programs: async () => ({}), signal };
    await mkdir(join(place.directory, 'x.rpm'));
    await expect(readPackageFile(join(place.directory, 'x.rpm'), options)).rejects.toThrow(
      /x\.rpm: a package is a file/,
    );
    await expect(readPackageFile('/nowhere.rpm', options)).rejects.toThrow(/nowhere\.rpm: .*\(ENOENT\)/);
  });
});

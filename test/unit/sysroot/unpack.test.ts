// SPDX-License-Identifier: Apache-2.0
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import {
  ar,
  compose,
  composeOf,
  debOf,
  directory,
  endOfTar,
  file,
  gzip,
  hardLink,
  leftovers,
  link,
  listing,
  type Member,
  packageOf,
  padded,
  permissions,
  rawHeader,
  scratch,
  tar,
} from './archives.ts';

/** A tar of `usr/share/x/file` as dpkg writes it, in xz. */
const XZ_TAR = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AKFdABcLyyeJ8uv7sv6J4fnJCB0cKoHE/3QelcaiST7oLNzELhjZU+bZeFlZWnpUEyG+NE4NMvCPuwc3ejyAb0b3vqk+p0Au5E8FJULNfG+HYZ/ufLioAokOzdoGLLzyhxKhqbDisKS01hRkPs/S2dhyyR6EUD0MEoOUW8H6U/qGRdl3VI0Q7euj9rR5hy+GcAfVUxJmGhv17P+SsAGnnIXEBgsAAAAAAIMRIkCYtXMeAAG9AYBQAABNZYTZscRn+wIAAAAABFla',
  'base64',
);

const plain = await tar([directory('./'), directory('./usr'), file('./usr/share/x/file')]);

test.each([
  ['data.tar', plain],
  ['data.tar.gz', gzip(plain)],
  ['data.tar.zst', zlib.zstdCompressSync(plain)],
  ['data.tar.xz', XZ_TAR],
])('unpacks %s', async (name, data) => {
  await using where = await scratch();
  const { root } = await compose(where.path, [await packageOf(where.path, debOf(data, name))]);
  expect((await listing(root))['usr/share/x/file']).toMatch('usr/share/x/file\n');
  expect(await leftovers(where.path)).toEqual([]);
});

test('keeps contents, links, modes and times; drops set-id bits and what only people read', async () => {
  await using where = await scratch();
  const deep = `usr/lib/${'deep/'.repeat(40)}${'n'.repeat(200)}`;
  const { root } = await composeOf(where.path, [
    [
      directory('./usr/'),
      { ...file('./usr/bin/tool', 'x'.repeat(100_000)), mode: 0o4755 },
      { ...directory('./var/spool/'), mode: 0o2000 },
      { ...file('./etc/shadow'), mode: 0o200 },
      hardLink('./usr/bin/again', './usr/bin/tool'),
      link('./usr/bin/absolute', '/etc/passwd'),
      link('./usr/bin/climbing', '../../../../etc/passwd'),
      file(`./${deep}`),
      link('./usr/long', 't'.repeat(300)),
      file('./usr/share/doc/tool/README'),
      link('./usr/share/doc/tool/x', '/etc/passwd'),
      hardLink('./usr/share/tool.txt', './usr/share/doc/tool/README'),
      file('./etc/Főtanúsítvány'),
    ],
  ]);
  const found = await listing(root);
  expect(found['usr/bin/tool']).toHaveLength(100_000);
  expect(found['usr/bin/absolute']).toBe('-> /etc/passwd');
  expect(found['usr/bin/climbing']).toBe('-> ../../../../etc/passwd');
  expect(found['usr/long']).toBe(`-> ${'t'.repeat(300)}`);
  expect(found).toHaveProperty([deep]);
  expect(found).toHaveProperty(['etc/Főtanúsítvány']);
  expect(Object.keys(found).filter((name) => /share\/(doc|tool)/.test(name))).toEqual([]);
  expect(await permissions(join(root, 'usr/bin/tool'))).toBe('755');
  expect(await permissions(join(root, 'var/spool'))).toBe('700');
  expect(await permissions(join(root, 'etc/shadow'))).toBe('600');
  const [tool, again] = await Promise.all(['tool', 'again'].map((name) => stat(join(root, 'usr/bin', name))));
  expect(tool?.ino).toBe(again?.ino);
  expect(tool?.mtimeMs).toBe(1_600_000_000_000);
});

const escapes: [string, Member[], string][] = [
  ['an absolute name', [file('/etc/passwd')], 'the name is absolute'],
  ['a climbing name', [file('./usr/../../../etc/passwd')], 'the name leaves the root'],
  ['a file through a link out of the root', [link('./out', '/tmp'), file('./out/x')], 'writes through out'],
  ['a file through a climbing link', [link('./usr/out', '../..'), file('./usr/out/x')], 'writes through usr/out'],
  ['a directory on a link', [link('./out', '/tmp'), directory('./out')], 'something else'],
  ['a directory below a link', [link('./out', '/tmp'), directory('./out/x')], 'writes through out'],
  ['a link in the place of a merged directory', [link('./lib', '/tmp'), file('./lib/x')], 'instead of usr/lib'],
  ['a link in the place of usr', [link('./usr', '/tmp'), file('./lib/x')], 'writes through usr'],
  ['a file through a file', [file('./a'), file('./a/b')], 'writes through a'],
  ['a file twice', [file('./a'), file('./a')], 'twice'],
  ['a file over a link', [link('./a', '/etc/passwd'), file('./a')], 'twice'],
  ['a link over a directory', [directory('./a'), link('./a', '/tmp')], 'twice'],
  ['a hard link to outside', [hardLink('./a', '/etc/passwd')], 'absolute'],
  ['a climbing hard link', [hardLink('./a', '../../etc/passwd')], 'leaves the root'],
  ['a hard link to nothing', [hardLink('./a', './b')], 'hard link'],
  ['a hard link to a link', [link('./b', '/etc/passwd'), hardLink('./a', './b')], 'hard link'],
  ['a hard link to a directory', [directory('./b'), hardLink('./a', './b')], 'hard link'],
  ['a hard link through a link', [link('./b', '/etc'), hardLink('./a', './b/passwd')], 'hard link'],
  ['a device', [{ name: './a', type: 'block-device' }], 'a block-device has no place'],
  ['a character device', [{ name: './a', type: 'character-device' }], 'a character-device has no place'],
  ['a fifo', [{ name: './a', type: 'fifo' }], 'a fifo has no place'],
  ['a name with a newline', [file('./a\nb')], 'control characters'],
  ['a link to a name with a newline', [link('./a', 'b\nc')], 'control characters'],
  ['a link to nothing', [link('./a', '')], 'empty'],
  ['a name that is too long', [file(`./${'x'.repeat(256)}`)], 'too long'],
  ['documentation that climbs', [file('./usr/share/doc/../../../../x')], 'leaves the root'],
  ['a device among documentation', [{ name: './usr/share/doc/a', type: 'fifo' }], 'a fifo has no place'],
];

test.each(escapes)('refuses %s, naming package and member, and leaves nothing', async (_, members, why) => {
  await using where = await scratch();
  const attempt = composeOf(where.path, [members]);
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  const last = members.at(-1)?.name;
  await expect(attempt).rejects.toThrow(/package sample 1\.0-1 cannot be unpacked: member "/);
  if (why !== 'instead of usr/lib') await expect(attempt).rejects.toThrow(JSON.stringify(last));
  expect(await leftovers(where.path)).toEqual([]);
});

const header = (name: string, type: string, size = 0) => rawHeader(name, type, size);
const pax = (record: string) => Buffer.concat([header('pax', 'x', record.length), padded(record)]);

test.each([
  ['a sparse file', Buffer.concat([header('a', 'S'), endOfTar]), 'unknown type'],
  ['a sparse file in pax', Buffer.concat([pax('22 GNU.sparse.major=1\n'), header('a', '0'), endOfTar]), 'sparse'],
  ['a type that nobody knows', Buffer.concat([header('a', 'Z'), endOfTar]), 'unknown type'],
  [
    'a link with content',
    Buffer.concat([rawHeader('a', '2', 3, [[157, 'b']]), padded('abc'), endOfTar]),
    'with content',
  ],
  ['a pax name that climbs', Buffer.concat([pax('16 path=../../x\n'), header('a', '0'), endOfTar]), 'leaves the root'],
  ['a pax name with NUL', Buffer.concat([pax('13 path=a\0b\n'), header('a', '0'), endOfTar]), 'control characters'],
  ['a name that is no UTF-8', Buffer.concat([header('\xff\xfe', '0'), endOfTar]), 'not UTF-8'],
  ['a pax size that is no number', Buffer.concat([pax('10 size=x\n'), header('a', '0'), endOfTar]), 'sample 1.0-1'],
  ['a negative pax size', Buffer.concat([pax('11 size=-9\n'), header('a', '0'), endOfTar]), 'sample 1.0-1'],
  ['a wrong checksum', Buffer.concat([header('a', '0').fill('x', 0, 1), endOfTar]), 'Invalid tar header'],
  ['no tar at all', Buffer.alloc(2048, 'x'), 'Invalid tar header'],
  ['a tar that is cut in a file', Buffer.concat([header('a', '0', 9000), Buffer.alloc(1000)]), 'Unexpected end'],
  ['a tar that is cut in a header', plain.subarray(0, 700), 'Unexpected end'],
  ['a tar that is cut between members', plain.subarray(0, 1024), 'end marker'],
  ['an empty tar', Buffer.alloc(0), 'end marker'],
])('refuses %s', async (_, data, why) => {
  await using where = await scratch();
  const attempt = compose(where.path, [await packageOf(where.path, debOf(data))]);
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  expect(await leftovers(where.path)).toEqual([]);
});

const binary: [string, Buffer] = ['debian-binary', Buffer.from('2.0\n')];

test.each([
  ['is empty', Buffer.alloc(0), 'neither a Debian nor an RPM package'],
  ['is something else', Buffer.from('<html>Not found</html>'), 'neither a Debian'],
  ['has no version', ar([['data.tar', plain]]), 'not a Debian package'],
  [
    'has a version of the future',
    ar([
      ['debian-binary', Buffer.from('3.0\n')],
      ['data.tar', plain],
    ]),
    'of format 2',
  ],
  ['has no data', ar([binary]), 'holds no data.tar'],
  ['has data that nobody can read', ar([binary, ['data.tar.br', plain]]), 'data.tar.br has a compression'],
  [
    'has too many members',
    ar([binary, ...Array.from({ length: 20 }, (): typeof binary => ['_x', plain])]),
    'no data.tar',
  ],
  ['has a damaged header', Buffer.concat([ar([binary]), Buffer.alloc(60, 'x')]), 'damaged ar header at byte 72'],
  ['is cut short', debOf(plain).subarray(0, -100), 'data.tar is cut short'],
  ['is cut in a header', debOf(plain).subarray(0, 90), 'damaged ar header'],
  ['has gzip that is cut short', debOf(gzip(plain).subarray(0, -20), 'data.tar.gz'), 'cannot be unpacked'],
  ['has xz that is cut short', debOf(XZ_TAR.subarray(0, -20), 'data.tar.xz'), 'damaged or cut short'],
  [
    'has zstd that is damaged',
    debOf(Buffer.from(zlib.zstdCompressSync(plain)).fill(0xff, 12, 30), 'data.tar.zst'),
    'cannot be',
  ],
  ['says gzip and is xz', debOf(XZ_TAR, 'data.tar.gz'), 'incorrect header check'],
])('refuses a package that %s', async (_, deb, why) => {
  await using where = await scratch();
  const attempt = compose(where.path, [await packageOf(where.path, deb)]);
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  expect(await leftovers(where.path)).toEqual([]);
});

test('refuses a bomb by size, number and names, before it is on the disk', async () => {
  await using where = await scratch();
  const many = Array.from({ length: 50 }, (_, index) => file(`./f${index}`, ''));
  const limits = { maximumMembers: 49, maximumBytes: 1_000_000, maximumNameBytes: 10_000 };
  await expect(composeOf(where.path, [many], { limits })).rejects.toThrow(
    'member "./f49": the package has more than 49',
  );

  const long = Array.from({ length: 45 }, (_, index) => file(`./${'d'.repeat(240)}/${index}`, ''));
  await expect(composeOf(where.path, [long], { limits })).rejects.toThrow('longer than 10000 bytes altogether');

  const zeros = gzip(await tar([file('./small'), file('./zeros', Buffer.alloc(2_000_000))]));
  expect(zeros.length).toBeLessThan(20_000);
  const bomb = await packageOf(where.path, debOf(zeros, 'data.tar.gz'));
  await expect(compose(where.path, [bomb], { limits })).rejects.toThrow(
    'member "./zeros": the package holds more than 1000000',
  );

  // What is left out counts as well, and so does what a header only claims.
  const claims = debOf(Buffer.concat([rawHeader('./usr/share/doc/x', '0', 8_000_000_000), endOfTar]));
  await expect(compose(where.path, [await packageOf(where.path, claims)])).rejects.toThrow('holds more than');
});

test('refuses bytes that are not those that were pinned, also when only what nobody reads differs', async () => {
  await using where = await scratch();
  const item = await packageOf(where.path, debOf(plain));
  await writeFile(item.path, ar([binary, ['data.tar', plain], ['_more', Buffer.from('x')]]));
  const attempt = compose(where.path, [item]);
  await expect(attempt).rejects.toThrow(EnvironmentError);
  await expect(attempt).rejects.toThrow(`${item.path}: package sample 1.0-1 has the SHA-256`);
  expect(await leftovers(where.path)).toEqual([]);
});

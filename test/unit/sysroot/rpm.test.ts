// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { readCpio } from '../../../src/sysroot/cpio.ts';
import { unpackPackage } from '../../../src/sysroot/unpack.ts';
import { newc, type PackedFile, type PackedRpm, rpmOf, rpmParts, trailer } from '../packages/rpm/rpm-file.ts';
import {
  compose,
  file as debFile,
  debOf,
  leftovers,
  listing,
  packageOf,
  permissions,
  scratch,
  tar,
} from './archives.ts';

const DIRECTORY = 0o040755;
const LINK = 0o120777;
const file = (path: string, more: Partial<PackedFile> = {}): PackedFile => {
  return { path, content: `content of ${path}\n`, ...more };
};
const link = (path: string, target: string): PackedFile => ({ path, target, mode: LINK });
const directory = (path: string, mode = DIRECTORY): PackedFile => ({ path, mode });

async function unpack(where: string, rpm: PackedRpm | Buffer, more: Parameters<typeof compose>[2] = {}) {
  return await compose(where, [await packageOf(where, Buffer.isBuffer(rpm) ? rpm : rpmOf(rpm))], more);
}

const files = [directory('/usr/bin'), file('/usr/bin/tool', { mode: 0o100755 }), link('/usr/bin/again', 'tool')];
/** The cpio archive of an empty package, in xz without the SHA-256 sums that the library cannot check. */
const EMPTY_XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AB7AB5dABgN3QRjnJMkS1DMxsAeUpAYqAKvHtgUm7lJQdeoAAAAAKJ2ygtQAK/WAAE6fEVWnFwftvN9AQAAAAAEWVo=',
  'base64',
);

test.each<[string, PackedRpm]>([
  ['gzip', { files }],
  ['zstd', { files, compress: (bytes) => zlib.zstdCompressSync(bytes), compressor: 'zstd' }],
  ['nothing', { files, compress: (bytes) => bytes, without: [1125] }],
  ['gzip that the header does not mention', { files, without: [1125] }],
  ['gzip, with checksums', { files, magic: '070702' }],
  ['gzip, stripped', { files, magic: '07070X' }],
  ['gzip, of a packager that knows no inodes', { files, without: [1095, 1096] }],
])('unpacks a payload in %s', async (_, rpm) => {
  await using where = await scratch();
  const { root } = await unpack(where.path, rpm);
  expect(await listing(join(root, 'usr/bin'))).toEqual({ again: '-> tool', tool: 'content of /usr/bin/tool\n' });
  expect(await permissions(join(root, 'usr/bin/tool'))).toBe('755');
  expect((await stat(join(root, 'usr/bin/tool'))).mtimeMs).toBe(1_600_000_000_000);
  expect(await leftovers(where.path)).toEqual([]);
});

test('keeps what matters of files; drops set-id bits, documentation and what is made at run time', async () => {
  await using where = await scratch();
  const { root } = await unpack(where.path, {
    files: [
      directory('/'),
      directory('/proc', 0o040555),
      file('/usr/bin/su', { mode: 0o104755 }),
      file('/etc/shadow', { mode: 0o100000 }),
      file('/etc/Főtanúsítvány'),
      file('/usr/share/doc/tool/README'),
      file('/var/log/lastlog', { flags: 64, in: false, size: 1000 }),
      link('/usr/bin/climbing', '../../../../etc/passwd'),
      file('/large', { content: Buffer.alloc(1_000_001, 'large ') }),
      file('/empty', { content: '' }),
    ],
  });
  const found = await listing(root);
  expect(await permissions(join(root, 'usr/bin/su'))).toBe('755');
  expect(await permissions(join(root, 'etc/shadow'))).toBe('400');
  expect(found['usr/bin/climbing']).toBe('-> ../../../../etc/passwd');
  expect(found).toHaveProperty(['etc/Főtanúsítvány']);
  expect(found.large).toBe('large '.repeat(166_667).slice(0, 1_000_001));
  expect(found).toMatchObject({ empty: '', proc: '/' });
  expect(Object.keys(found).filter((name) => /share\/doc|lastlog/.test(name))).toEqual([]);
});

/** As the `filesystem` packages of EL have it: links where others have directories, and a mode that nobody could write. */
test('merges /usr with the links of the filesystem package, which are unpacked in any order', async () => {
  await using where = await scratch();
  const filesystem = {
    files: [
      directory('/', 0o040555),
      link('/bin', 'usr/bin'),
      link('/lib', 'usr/lib'),
      link('/lib64', 'usr/lib64'),
      link('/sbin', 'usr/sbin'),
      directory('/usr/lib64', 0o040555),
      directory('/usr/lib/debug'),
      link('/usr/lib/debug/bin', 'usr/bin'),
      link('/usr/tmp', '../var/tmp'),
      directory('/usr/share/locale/de'),
      directory('/var/empty', 0o040555),
    ],
  };
  const others = { files: [file('/lib64/ld-linux-x86-64.so.2'), file('/usr/bin/ld.bfd'), file('/bin/bash')] };
  for (const order of [
    [filesystem, others],
    [others, filesystem],
  ]) {
    const { root } = await compose(
      where.path,
      await Promise.all(order.map((rpm) => packageOf(where.path, rpmOf(rpm)))),
    );
    const found = await listing(root);
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) expect(found[name]).toBe(`-> usr/${name}`);
    expect(found['usr/lib64/ld-linux-x86-64.so.2']).toMatch('content of');
    expect(found['usr/lib/debug/bin']).toBe('-> usr/bin');
    // What scriptlets would have made.
    expect(found['usr/bin/ld']).toBe('-> /usr/bin/ld.bfd');
    expect(found['usr/bin/sh']).toBe('-> /usr/bin/bash');
  }
});

test('packages of both families make one root', async () => {
  await using where = await scratch();
  const deb = await packageOf(where.path, debOf(await tar([debFile('./usr/bin/from-deb')])));
  const { root } = await compose(where.path, [deb, await packageOf(where.path, rpmOf({ files }))]);
  expect(Object.keys(await listing(join(root, 'usr/bin')))).toEqual(['again', 'from-deb', 'tool']);
});

const linked = (more: Partial<PackedFile>[]) =>
  ['/usr/a', '/usr/b', '/usr/c'].map((path, index) => file(path, { content: 'shared', inode: 7, ...more[index] }));
const none = { in: { content: '' } };

test.each<[string, PackedFile[], PackedRpm['magic']]>([
  ['the last of them has the content', linked([none, none]), '070701'],
  ['the first of them has the content', linked([{}, none, none]), '070701'],
  ['they are stripped', linked([none, none]), '07070X'],
  ['there is no content', linked([{ content: '' }, { content: '' }, { content: '' }]), '070701'],
])('hard links are links again where %s', async (_, packed, magic) => {
  await using where = await scratch();
  const { root } = await unpack(where.path, { files: packed, ...(magic ? { magic } : {}) });
  const found = await Promise.all(['a', 'b', 'c'].map((name) => stat(join(root, 'usr', name))));
  expect(new Set(found.map(({ ino }) => ino)).size).toBe(1);
  expect(found[0]?.size).toBe(Buffer.byteLength(`${packed[2]?.content}`));
});

const escapes: [string, PackedFile[], string][] = [
  ['an absolute name', [file('/etc/x', { in: { name: '/etc/x' } })], 'the name is absolute'],
  ['a climbing name', [file('/etc/x', { in: { name: './../etc/x' } })], 'the name leaves the root'],
  ['a climbing name in the header too', [file('/usr/../../etc/x')], 'the name leaves the root'],
  ['a name with a newline', [file('/a\nb')], 'control characters'],
  ['a name that is too long', [file(`/${'x'.repeat(256)}`)], 'too long'],
  ['another name than the header', [file('/a', { in: { name: './b' } })], 'not among the files of the header'],
  ['a file twice', [file('/a'), file('/b', { in: { name: './a' } })], 'is in the payload twice'],
  ['a file twice in the header', [file('/a'), file('/a')], 'the header has "/a" twice'],
  ['a file through a link', [link('/out', '/tmp'), file('/out/x')], 'writes through out'],
  ['a file through a climbing link', [link('/usr/out', '../..'), file('/usr/out/x')], 'writes through usr/out'],
  ['a directory on a link', [link('/out', '/tmp'), directory('/out/../out')], 'leaves the root'],
  ['a link in the place of a merged directory', [link('/lib', '/tmp'), file('/lib/x')], 'instead of usr/lib'],
  ['a file over a merged one', [file('/lib/x'), file('/usr/lib/x')], 'twice'],
  ['a character device', [{ path: '/dev/null', mode: 0o020666 }], 'a character-device has no place'],
  ['a block device', [{ path: '/dev/sda', mode: 0o060660 }], 'a block-device has no place'],
  ['a fifo', [{ path: '/run/pipe', mode: 0o010600 }], 'a fifo has no place'],
  ['a socket', [{ path: '/run/socket', mode: 0o140600 }], 'a socket has no place'],
  ['a file of no kind', [{ path: '/run/x', mode: 0o644 }], 'a file of unknown kind has no place'],
  [
    'a device that the header calls a file',
    [file('/a', { in: { mode: 0o020666 } })],
    'is a character-device in the payload',
  ],
  [
    'a link that the header calls a file',
    [file('/a', { in: { mode: LINK } })],
    'is a symlink in the payload and a file',
  ],
  ['a link to elsewhere', [{ ...link('/a', 'b'), in: { content: 'c' } }], 'leads to "c", not "b"'],
  ['a link to nothing', [link('/a', '')], 'empty'],
  ['a link to a name with a newline', [link('/a', 'b\nc')], 'control characters'],
  ['a link that is too long', [link('/a', 'x'.repeat(5000))], 'the target of the link is too long'],
  ['a directory with content', [{ ...directory('/a'), in: { content: 'x' } }], 'a directory with content'],
  ['less than promised', [file('/a', { size: 100, content: 'x' })], 'promises 100 bytes, and the payload has 1'],
  ['more than promised', [file('/a', { size: 1, content: 'xyz' })], 'promises 1 bytes, and the payload has 3'],
  ['what is made at run time', [file('/a', { flags: 64 })], 'is one that is made at run time'],
  ['a hard link whose content comes twice', linked([{}, {}, none]), 'content comes twice'],
];

test.each(escapes)('refuses %s, naming package and member, and leaves nothing', async (_, packed, why) => {
  await using where = await scratch();
  const attempt = unpack(where.path, { files: packed });
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  await expect(attempt).rejects.toThrow('package sample 1.0-1 cannot be unpacked: ');
  expect(await leftovers(where.path)).toEqual([]);
});

test.each<[string, PackedFile[], string]>([
  [
    'a file',
    [file('/a'), file('/b', { in: false, content: 'x'.repeat(300) })],
    '"/b" of 300 bytes, which the payload lacks',
  ],
  ['all files', [file('/a', { in: false })], 'which the payload lacks'],
  [
    'the content of hard links',
    linked([none, none, none]),
    'member "./usr/a": a hard link whose content the payload lacks',
  ],
])('refuses a header that promises %s which the payload lacks', async (_, packed, why) => {
  await using where = await scratch();
  const attempt = unpack(where.path, { files: packed });
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  expect(await leftovers(where.path)).toEqual([]);
});

const one = newc('./usr/a', 0o100644, Buffer.from('abc'));
const raw = (text: string) => Buffer.from(text, 'latin1');
const changed = (at: number, text: string) =>
  Buffer.concat([one.subarray(0, at), raw(text), one.subarray(at + text.length), trailer]);
const a = file('/usr/a', { content: 'abc' });

test.each<[string, Buffer, string]>([
  ['no cpio at all', Buffer.alloc(2048, 'x'), 'damaged cpio header at byte 0'],
  ['nothing', Buffer.alloc(0), 'ends at byte 0, without a trailer'],
  ['another form', changed(0, '070707'), 'damaged cpio header at byte 0'],
  ['a size that is no number', changed(6 + 6 * 8, 'zzzzzzzz'), 'damaged cpio header'],
  ['a negative size', changed(6 + 6 * 8, '-0000003'), 'damaged cpio header'],
  ['a size that nobody can have', changed(6 + 6 * 8, 'ffffffff'), 'has 4294967295'],
  ['no name', changed(6 + 11 * 8, '00000000'), 'damaged cpio header'],
  ['a name without end', changed(6 + 11 * 8, '00000003'), 'damaged cpio header'],
  ['a name longer than any', changed(6 + 11 * 8, '7fffffff'), 'damaged cpio header'],
  ['a name with NUL', Buffer.concat([newc('./a\0b', 0o100644, raw('abc')), trailer]), 'damaged cpio header'],
  ['a name that is no UTF-8', changed(110, './\xff\xfe/x'), 'not UTF-8'],
  ['no trailer', one, 'without a trailer'],
  ['half a header', Buffer.concat([one, trailer.subarray(0, 50)]), 'cut short'],
  ['half a content', one.subarray(0, one.length - 3), 'cut short'],
  ['something behind the trailer', Buffer.concat([one, trailer, raw('more')]), 'something follows'],
  ['zeros without end', Buffer.concat([one, trailer, Buffer.alloc(70_000)]), 'something follows'],
  ['another number than the header has files', raw('07070X00000009\0\0'), 'not among the files of the header'],
  ['a number that is none', raw('07070Xzzzzzzzz\0\0'), 'damaged cpio header at byte 0'],
])('refuses a payload with %s', async (_, cpio, why) => {
  await using where = await scratch();
  const attempt = unpack(where.path, { files: [a], cpio });
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  expect(await leftovers(where.path)).toEqual([]);
});

test('zeros behind the trailer are padding, and what is cut anywhere is refused', async () => {
  await using where = await scratch();
  const cpio = Buffer.concat([one, trailer]);
  const { root } = await unpack(where.path, { files: [a], cpio: Buffer.concat([cpio, Buffer.alloc(512)]) });
  expect((await listing(root))['usr/a']).toBe('abc');
  // The last bytes of the trailer are padding of its name.
  for (let length = 0; length < cpio.length - 4; length += 5) {
    await expect(unpack(where.path, { files: [a], cpio: cpio.subarray(0, length) }), `${length}`).rejects.toThrow();
  }
});

test('whoever delivers the archive is told that no more is wanted, whatever the end', async () => {
  const nothing = () => ({ size: 3, data: () => {}, end: () => {} });
  for (const cpio of [Buffer.concat([one, trailer]), one, Buffer.alloc(200, 'x')]) {
    let open = true;
    const content = async function* () {
      try {
        yield cpio.subarray(0, 117);
        yield cpio.subarray(117);
      } finally {
        open = false;
      }
    };
    await readCpio(content(), nothing).catch(() => {});
    expect(open).toBe(false);
  }
});

test('refuses a wrong checksum, of contents alone', async () => {
  await using where = await scratch();
  const wrong = [file('/a', { in: { checksum: 1 } })];
  await expect(unpack(where.path, { files: wrong, magic: '070702' })).rejects.toThrow('"./a": its checksum differs');
  await unpack(where.path, { files: [{ ...link('/a', 'b'), in: { checksum: 0 } }], magic: '070702' });
});

test.each<[string, PackedRpm, string]>([
  ['of another form', { tags: [[1124, 'string', 'drpm']] }, 'a payload of the form "drpm", not cpio'],
  ['in bzip2', { compressor: 'bzip2' }, 'compressed with "bzip2", which is not supported (gzip, xz, zstd are)'],
  ['in lzma', { compressor: 'lzma' }, 'compressed with "lzma", which is not supported'],
  ['in xz by its header and gzip in truth', { compressor: 'xz' }, 'should be xz, but is gzip'],
  ['in gzip by its header and plain in truth', { compress: (bytes) => bytes }, 'should be gzip, but is something else'],
  ['that is cut short', { compress: (bytes) => zlib.gzipSync(bytes).subarray(0, -20) }, 'cannot be unpacked'],
  ['of a source package', { without: [1044] }, 'is a source package'],
  ['with lists that do not fit', { tags: [[1030, 'int16', [1]]] }, 'tag 1030 has 1 values for 3 files'],
])('refuses a payload %s', async (_, rpm, why) => {
  await using where = await scratch();
  const attempt = unpack(where.path, { files, ...rpm });
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(why);
  expect(await leftovers(where.path)).toEqual([]);
});

test('an empty package in xz is unpacked, and one that is damaged is refused', async () => {
  await using where = await scratch();
  await unpack(where.path, { compress: () => EMPTY_XZ, compressor: 'xz' });
  const flipped = Buffer.from(EMPTY_XZ).fill(0x55, 40, 50);
  const attempt = unpack(where.path, { compress: () => flipped, compressor: 'xz' });
  await expect(attempt).rejects.toThrow('xz data is damaged or cut short');
});

test('refuses a bomb by size, number and names, before it is on the disk', async () => {
  await using where = await scratch();
  const limits = { maximumMembers: 49, maximumBytes: 1_000_000, maximumNameBytes: 10_000 };
  const many = Array.from({ length: 50 }, (_, index) => file(`/f${index}`));
  await expect(unpack(where.path, { files: many }, { limits })).rejects.toThrow(
    '"./f49": the package has more than 49',
  );
  const long = Array.from({ length: 45 }, (_, index) => file(`/${'d'.repeat(240)}/${index}`));
  await expect(unpack(where.path, { files: long }, { limits })).rejects.toThrow('longer than 10000 bytes altogether');
  const zeros = [file('/zeros', { content: Buffer.alloc(2_000_000) })];
  await expect(unpack(where.path, { files: zeros }, { limits })).rejects.toThrow('holds more than 1000000 bytes');
});

test('refuses bytes that are not those that were pinned, also when only the signature differs', async () => {
  await using where = await scratch();
  const item = await packageOf(where.path, rpmOf({ files }));
  await writeFile(item.path, rpmOf({ files, signature: [[1002, 'binary', Buffer.alloc(9)]] }));
  const attempt = compose(where.path, [item]);
  await expect(attempt).rejects.toThrow(EnvironmentError);
  await expect(attempt).rejects.toThrow(`${item.path}: package sample 1.0-1 has the SHA-256`);
  expect(await leftovers(where.path)).toEqual([]);
});

test('any flipped bit of an archive is told as damage, or harmless, and nothing is written elsewhere', async () => {
  await using where = await scratch();
  const { payload, ...parts } = rpmParts({ files, compress: (bytes) => bytes, without: [1125] });
  const head = Buffer.concat(Object.values(parts));
  const path = join(where.path, 'flipped.rpm');
  let refused = 0;
  for (let at = 0; at < payload.length; at += 2) {
    const flipped = Buffer.from(payload);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 7)), at);
    const bytes = Buffer.concat([head, flipped]);
    await writeFile(path, bytes);
    const directory = join(where.path, `${at}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await unpackPackage({ path, sha256, directory }).catch((error: Error) => {
      expect(error.name, `byte ${at}: ${error.stack}`).toBe('CorruptData');
      refused++;
    });
    const found = await readdir(directory, { recursive: true });
    expect(
      found.filter((name) => !/^(root|root\/usr|root\/usr\/bin(\/(tool|again))?|contents\.json)$/.test(name)),
    ).toEqual([]);
    await rm(directory, { recursive: true });
  }
  expect(refused).toBeGreaterThan(70);
  expect(refused).toBeLessThan(payload.length / 2);
});

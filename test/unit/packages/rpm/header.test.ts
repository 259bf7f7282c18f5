// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../../../../src/errors.ts';
import { rpmFiles } from '../../../../src/packages/rpm/files.ts';
import { nevra, readRpm } from '../../../../src/packages/rpm/header.ts';
import { Header } from '../../../../src/packages/rpm/header-blob.ts';
import { scratch } from '../../sysroot/archives.ts';
import { entry, headerOf, type PackedRpm, rpmOf, rpmParts, type Tag } from './rpm-file.ts';

const file = { path: '/usr/bin/tool', content: 'x' };

async function read(bytes: Buffer) {
  await using where = await scratch();
  const path = join(where.path, 'sample.rpm');
  await writeFile(path, bytes);
  return await readRpm(path);
}

test('reads what a package says of itself, and where its parts lie', async () => {
  const parts = rpmParts({ files: [file], signature: [[268, 'binary', Buffer.from('header')]] });
  const rpm = await read(Buffer.concat(Object.values(parts)));
  expect(nevra(rpm)).toBe('sample-1.0-1.el8.x86_64');
  const main = parts.lead.length + parts.signature.length;
  expect(rpm).toMatchObject({
    epoch: 2,
    sourceRpm: 'sample-1.0-1.el8.src.rpm',
    provides: [
      { name: 'sample', flags: 8, version: '2:1.0-1.el8' },
      { name: 'sample(x86-64)', flags: 8, version: '2:1.0-1.el8' },
    ],
    requires: [
      { name: '/bin/sh', flags: 0, version: '' },
      { name: 'glibc', flags: 12, version: '2.17' },
    ],
    main: { offset: main, length: parts.main.length },
    payload: {
      offset: main + parts.main.length,
      length: parts.payload.length,
      format: 'cpio',
      compressor: 'gzip',
      digest: { algorithm: 'sha256', value: createHash('sha256').update(parts.payload).digest('hex') },
    },
    signatures: { header: [Buffer.from('header')], headerAndPayload: [] },
  });
  expect(rpmFiles(rpm.header)).toEqual([
    {
      path: '/usr/bin/tool',
      mode: 0o100644,
      size: 1,
      mtime: 1_600_000_000,
      target: '',
      ghost: false,
      inode: '1:1000',
    },
  ]);
});

test('what older and other packages leave out is left out; a weak payload digest counts as none', async () => {
  const { epoch, payload, ...rpm } = await read(rpmOf({ without: [1003, 1125, 5092, 5093] }));
  expect({ epoch, compressor: payload.compressor, digest: payload.digest }).toEqual({});
  expect(rpmFiles(rpm.header)).toEqual([]);
  expect((await read(rpmOf({ tags: [[5093, 'int32', [1]]] }))).payload.digest).toBeUndefined();
  expect((await read(rpmOf({ without: [1044] }))).architecture).toBe('src');
});

const damaged: [string, PackedRpm | Buffer, string | RegExp][] = [
  ['is empty', Buffer.alloc(0), 'no lead'],
  ['is a page of a web server', Buffer.from('<html>Not found</html>'.repeat(20)), 'no lead'],
  ['is of rpm 3', Buffer.concat([rpmParts().lead.fill(0, 78, 80), Buffer.alloc(200)]), 'older than rpm 4'],
  [
    'ends in its main header',
    rpmOf().subarray(0, 300),
    /^.*it is cut short: \d+ of \d+ bytes of the main header are there/,
  ],
  ['has no name', { without: [1000] }, 'its name is missing'],
  ['has a name with a path in it', { tags: [[1000, 'string', '../../x']] }, 'its name is missing or impossible'],
  ['has a version with a line break', { tags: [[1001, 'string', '1\n2']] }, 'its version is missing or impossible'],
  ['has no release', { without: [1002] }, 'its release is missing'],
  ['has two epochs', { tags: [[1003, 'int32', [1, 2]]] }, 'tag 1003 of the main header holds more than one number'],
  [
    'has an epoch that is a text',
    { tags: [[1003, 'string', '1']] },
    'tag 1003 of the main header is no list of numbers',
  ],
  ['has a name that is a number', { tags: [[1000, 'int32', [1]]] }, 'tag 1000 of the main header is no string'],
  ['has fewer flags than requires', { tags: [[1048, 'int32', [0]]] }, 'lists of different lengths'],
  [
    'has a tag twice',
    {
      tags: [
        [1000, 'string', 'a'],
        [1000, 'string', 'b'],
      ],
    },
    'tag 1000 of the main header is there twice',
  ],
  [
    'has a signature that is no binary',
    { signature: [[268, 'string', 'x']] },
    'tag 268 of the signature header is not binary',
  ],
  [
    'has another SHA-256',
    { signature: [[273, 'string', '0'.repeat(64)]] },
    'the main header is damaged: its SHA256 differs',
  ],
  [
    'has another SHA-1',
    { signature: [[269, 'string', '0'.repeat(40)]] },
    'the main header is damaged: its SHA1 differs',
  ],
  ['is shorter than it says', { signature: [[1000, 'int32', [100_000]]] }, 'of 100000 bytes of header and payload'],
  ['is longer than it says', { signature: [[270, 'int64', [100]]] }, 'bytes follow the payload'],
  ['has more tags in its signature header than rpm takes', { signature: manyTags(40) }, 'promises 41 tags'],
];

function manyTags(count: number): Tag[] {
  return Array.from({ length: count }, (_, index) => [2000 + index, 'int32', [1]]);
}

test.each(damaged)('a file that %s is refused by name', async (_, rpm, why) => {
  const attempt = read(Buffer.isBuffer(rpm) ? rpm : rpmOf(rpm));
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(/sample\.rpm: not a sound RPM package: /);
  await expect(attempt).rejects.toThrow(why);
});

test('a missing file is told as such', async () => {
  await expect(readRpm('/not/there.rpm')).rejects.toThrow('/not/there.rpm: cannot be read (ENOENT)');
});

/** A main header of entries written by hand, as one region. */
function blob(entries: Buffer[], values: Buffer, change: (bytes: Buffer) => void = () => {}): Buffer {
  const tags = entries.length + 1;
  const intro = Buffer.from('8eade801000000000000000000000000', 'hex');
  intro.writeUInt32BE(tags, 8);
  intro.writeUInt32BE(values.length + 16, 12);
  const bytes = Buffer.concat([
    intro,
    entry(63, 7, values.length, 16),
    ...entries,
    values,
    entry(63, 7, -tags * 16, 16),
  ]);
  change(bytes);
  return bytes;
}

const text = Buffer.from('one\0two\0');

test.each<[string, Buffer, string]>([
  ['its magic number', blob([], text, (bytes) => bytes.writeUInt8(0, 0)), 'has no main header'],
  ['its reserved bytes', blob([], text, (bytes) => bytes.writeUInt8(1, 4)), 'has no main header'],
  ['no tags', Buffer.from('8eade801000000000000000000000000', 'hex'), 'promises 0 tags'],
  ['tags without end', blob([], text, (bytes) => bytes.writeUInt32BE(0xffffffff, 8)), 'promises 4294967295 tags'],
  ['data without end', blob([], text, (bytes) => bytes.writeUInt32BE(0x7fffffff, 12)), '2147483647 bytes'],
  ['less than it promises', blob([], text).subarray(0, -1), 'cut short in the main header'],
  ['a region that begins elsewhere', blob([], text, (bytes) => bytes.writeUInt32BE(4, 16 + 8)), 'one immutable region'],
  ['a region of another kind', blob([], text, (bytes) => bytes.writeUInt32BE(62, 16)), 'one immutable region'],
  ['a trailer of another kind', blob([], text, (bytes) => bytes.writeUInt32BE(62, 40)), 'one immutable region'],
  [
    'a region of fewer tags',
    blob([entry(1000, 6, 0, 1)], text, (b) => b.writeInt32BE(-16, b.length - 8)),
    'one immutable',
  ],
  ['a tag of a region inside', blob([entry(63, 7, 0, 4)], text), 'tag 63 of the main header is not one of a package'],
  ['a type that is none', blob([entry(1000, 0, 0, 1)], text), 'is of no known type'],
  ['a type of the future', blob([entry(1000, 10, 0, 1)], text), 'is of no known type'],
  ['a value behind the data', blob([entry(1000, 6, 24, 1)], text), 'out of bounds'],
  ['a value before the data', blob([entry(1000, 6, -8, 1)], text), 'out of bounds'],
  ['numbers over the end', blob([entry(1000, 4, 20, 2)], text), 'out of bounds'],
  ['more numbers than bytes', blob([entry(1000, 4, 0, 0x40000000)], text), 'out of bounds'],
  ['no values', blob([entry(1000, 8, 0, 0)], text), 'out of bounds'],
  ['a number at an odd place', blob([entry(1000, 4, 2, 1)], text), 'not aligned'],
  ['two strings for one', blob([entry(1000, 6, 0, 2)], text), 'more than one string'],
  ['a string without end', blob([entry(1000, 6, 0, 1)], Buffer.from('endless!')), 'reach over its end'],
  ['strings that are too few', blob([entry(1000, 8, 4, 24)], text), 'has no end'],
  [
    'values that overlap',
    blob([entry(1000, 6, 0, 1), entry(1001, 6, 2, 1)], text),
    'tag 1001 of the main header overlaps',
  ],
  ['values in another order', blob([entry(1000, 6, 4, 1), entry(1001, 6, 0, 1)], text), 'overlaps'],
  ['a value in the trailer of the region', blob([entry(1000, 7, 0, 24)], text), 'reach over its end'],
])('a header with %s is refused', (_, bytes, why) => {
  expect(() => new Header(bytes, 'main')).toThrow(why);
});

test('a list of more values than anybody needs is refused before it fills the memory', () => {
  const endless = headerOf([[1117, 'strings', Array.from({ length: 300_001 }, () => '')]], 63);
  expect(() => new Header(endless, 'main')).toThrow('holds more than 300000 values');
});

const whole: PackedRpm = { files: [file], signature: [[1002, 'binary', Buffer.alloc(20, 7)]] };

test('a file that is cut short anywhere in its headers is refused, and so is one of the right size with any bit flipped, or it is read', async () => {
  await using where = await scratch();
  const path = join(where.path, 'sample.rpm');
  const { lead, signature, main, payload } = rpmParts(whole);
  const headers = Buffer.concat([lead, signature, main]);
  let refused = 0;
  const attempt = async (bytes: Buffer) => {
    await writeFile(path, bytes);
    try {
      rpmFiles((await readRpm(path)).header);
    } catch (error) {
      // Nothing but what is meant for people, or the list of files, which is asked for by who unpacks.
      expect(['InputError', 'MalformedRpm']).toContain((error as Error).name);
      refused++;
    }
  };
  for (let length = 0; length < headers.length; length += 3) await attempt(headers.subarray(0, length));
  expect(refused).toBe(Math.ceil(headers.length / 3));
  for (let at = 96; at < headers.length; at++) {
    const flipped = Buffer.concat([headers, payload]);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
    await attempt(flipped);
  }
  expect(refused).toBeGreaterThan(headers.length / 3 + 400);
});

test.each<[string, PackedRpm, string]>([
  ['of another length', { tags: [[1030, 'int16', [1, 2]]] }, 'tag 1030 has 2 values for 1 files'],
  ['without a list of sizes', { without: [1028] }, 'tag 1028 has 0 values for 1 files'],
  ['in no directory', { tags: [[1116, 'int32', [7]]] }, 'file 0 of the header has no directory'],
  ['in a relative directory', { tags: [[1118, 'strings', ['usr/bin/']]] }, 'file 0 of the header has no directory'],
  ['in the old form', { tags: [[1027, 'strings', ['/x']]] }, 'older than rpm 4'],
])('files %s are refused', async (_, rpm, why) => {
  const { header } = await read(rpmOf({ files: [file], ...rpm }));
  expect(() => rpmFiles(header)).toThrow(why);
});

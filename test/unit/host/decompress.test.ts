// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import {
  type Compression,
  decompress,
  decompressFile,
  detectCompression,
  type Program,
} from '../../../src/host/decompress.ts';
import { scratch } from '../sysroot/archives.ts';

const { signal } = new AbortController();
const content = Buffer.from('hello\n');
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAFaGVsbG8KAAAApWCX8ZT2/eAAAR4GwS+kHR+2830BAAAAAARZWg==',
  'base64',
);
const XZ_WITH_X86_FILTER = Buffer.from(
  '/Td6WFoAAAFpIt42AgEEACEBHACHbtrl4AARAAxdADQZSe6N6U9+ISGwAAA7fIrfAAEkEsUl1yKQQpkNAQAAAAABWVo=',
  'base64',
);
const encoded: [Compression, Buffer][] = [
  ['xz', XZ],
  ['gzip', zlib.gzipSync(content)],
  ['zstd', zlib.zstdCompressSync(content)],
  ['none', content],
];

/** The bytes in pieces, as a file would come. */
async function* pieces(bytes: Buffer, size = 7) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A program of this test in the place of a decompressor. */
const program = (code: string): Program => ({ command: process.execPath, args: ['-e', code] });

test.each(encoded)('%s is told by its magic number and read in pieces', async (compression, bytes) => {
  expect(detectCompression(bytes.subarray(0, 8))).toBe(compression);
  expect(await all(decompress(pieces(bytes), compression))).toEqual(content);
});

test.each(encoded.slice(0, 3))('%s that is cut short anywhere is an error', async (compression, bytes) => {
  for (let length = 0; length < bytes.length; length++) {
    await expect(all(decompress(pieces(bytes.subarray(0, length)), compression)), `${length} bytes`).rejects.toThrow();
  }
});

test.each(encoded.slice(0, 2))('%s with a flipped bit is an error or harmless', async (compression, bytes) => {
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] as number) ^ 0x10;
    const result = await all(decompress(pieces(flipped), compression)).catch(() => content);
    // A header field that says nothing about the content (a time, a name) may differ.
    expect(result, `byte ${at}`).toEqual(content);
  }
});

test('two streams that are read at the same time do not disturb each other, nor one that was left', async () => {
  for await (const _ of decompress(pieces(XZ), 'xz')) break;
  const [one, two] = await Promise.all([all(decompress(pieces(XZ), 'xz')), all(decompress(pieces(XZ), 'xz'))]);
  expect([one, two]).toEqual([content, content]);
});

test('an error of the source arrives as itself', async () => {
  const failing = async function* () {
    yield XZ.subarray(0, 10);
    throw new TypeError('the disk is on fire');
  };
  for (const compression of ['xz', 'gzip', 'zstd'] as const) {
    const head = encoded.find(([name]) => name === compression)?.[1] as Buffer;
    const source = async function* () {
      yield head.subarray(0, 10);
      yield* failing();
    };
    await expect(all(decompress(compression === 'xz' ? failing() : source(), compression))).rejects.toThrow(
      /disk is on fire/,
    );
  }
});

test('xz that the built-in decoder does not know is said to be that, and left to the program when there is one', async () => {
  await expect(all(decompress(pieces(XZ_WITH_X86_FILTER), 'xz'))).rejects.toThrow('only the xz program can read');
  const xz = program('process.stdin.resume().on("end", () => process.stdout.write("from the program"))');
  const result = await all(decompress(pieces(XZ_WITH_X86_FILTER), 'xz', { xz }));
  expect(result.toString()).toBe('from the program');
});

test('a program streams both ways, its failure is told in its own words, and it may stop reading', async () => {
  const large = randomBytes(3_000_000);
  const gunzip = program('process.stdin.pipe(require("zlib").createGunzip()).pipe(process.stdout)');
  expect((await all(decompress(pieces(zlib.gzipSync(large), 50_000), 'xz', { xz: gunzip }))).equals(large)).toBe(true);

  const failing = program('process.stderr.write("xz: damaged"); process.exitCode = 1');
  await expect(all(decompress(pieces(large, 50_000), 'xz', { xz: failing }))).rejects.toThrow('xz: damaged');
  await expect(all(decompress(pieces(large), 'xz', { xz: { command: '/nowhere/xz', args: [] } }))).rejects.toThrow(
    'ENOENT',
  );
});

test('a part of a file is unpacked, atomically, and what follows it does not matter', async () => {
  await using directory = await scratch();
  const from = join(directory.path, 'image');
  const to = join(directory.path, 'out', 'vmlinux');
  for (const [compression, bytes] of encoded.slice(0, 3)) {
    await writeFile(from, Buffer.concat([Buffer.from('head'), bytes, Buffer.from([1, 2, 3, 4])]));
    await decompressFile(from, to, { signal, offset: 4, length: bytes.length });
    expect(await readFile(to), compression).toEqual(content);
  }
  expect(await readdir(join(directory.path, 'out'))).toEqual(['vmlinux']);
});

test('damaged and endless files leave the old content and nothing beside it', async () => {
  await using directory = await scratch();
  const from = join(directory.path, 'x.ko.xz');
  const to = join(directory.path, 'x.ko');
  await writeFile(to, 'old');
  await writeFile(from, XZ.subarray(0, 40));
  await expect(decompressFile(from, to, { signal })).rejects.toThrow(`${from}: xz data is damaged or cut short`);
  await writeFile(from, zlib.gzipSync(Buffer.alloc(5_000_000)));
  await expect(decompressFile(from, to, { signal, maximumBytes: 4_000_000 })).rejects.toThrow(
    'more than 4000000 bytes',
  );
  await expect(decompressFile(from, to, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow();
  expect(await readFile(to, 'utf8')).toBe('old');
  expect((await readdir(directory.path)).sort()).toEqual(['x.ko', 'x.ko.xz']);
});

// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { secureBootVariables, signatureList, storeVariables } from '../../../src/machine/variables.ts';
import { makeIdentity } from '../release/certificate.ts';

const certificate = new X509Certificate(makeIdentity().certificate);
const STORE_AT = 72;
const STORE_BYTES = 0x1000;
const VENDOR = '8be4df61-93ca-11d2-aa0d-00e098032b8c';

/**
 * An image as OVMF_VARS.fd is one: the heads of the volume and of the store as they are in Debian's, and nothing but
 * 0xff behind.
 */
function emptyImage(): Buffer {
  const image = Buffer.alloc(0x2000, 0xff);
  const volume = `${'00'.repeat(16)}8d2bf1ff96768b4ca9852747075b4f5000400800000000005f465648fffe04004800afb800000002`;
  Buffer.from(volume, 'hex').copy(image);
  Buffer.from(`782cf3aa7b949a43a1802e144ec3779200100000${'5afe'}000000000000`, 'hex').copy(image, STORE_AT);
  return image;
}

type Record = { name: string; vendor: string; attributes: number; content: Buffer };

/** As the firmware does: from the head of the store on, until there is no variable any more. */
function readVariables(image: Buffer): Record[] {
  const found: Record[] = [];
  for (let at = STORE_AT + 28; image.readUInt16LE(at) === 0x55aa; ) {
    const [nameBytes, bytes] = [image.readUInt32LE(at + 36), image.readUInt32LE(at + 40)];
    expect(image[at + 2]).toBe(0x3f);
    // Neither counter nor time stamp nor key.
    expect(image.subarray(at + 8, at + 36).every((byte) => byte === 0)).toBe(true);
    const name = at + 60;
    found.push({
      name: image.subarray(name, name + nameBytes).toString('utf16le'),
      vendor: image.toString('hex', at + 44, at + 60),
      attributes: image.readUInt32LE(at + 4),
      content: image.subarray(name + nameBytes, name + nameBytes + bytes),
    });
    at = name + nameBytes + bytes;
    at += (4 - ((at - STORE_AT) % 4)) % 4;
  }
  return found;
}

describe('a store of variables', () => {
  test('holds what turns Secure Boot on, each variable with the certificate', () => {
    const read = readVariables(storeVariables(emptyImage(), secureBootVariables(certificate)));
    expect(read.map(({ name, vendor }) => [name, vendor])).toEqual([
      ['PK\0', '61dfe48bca93d211aa0d00e098032b8c'],
      ['KEK\0', '61dfe48bca93d211aa0d00e098032b8c'],
      ['db\0', 'cbb219d73a3d9645a3bcdad00e67656f'],
    ]);
    for (const { content, attributes } of read) {
      expect(attributes).toBe(0x27);
      expect(content.subarray(44).equals(certificate.raw)).toBe(true);
    }
  });

  test('is otherwise the image that it was made of, which is left as it was', () => {
    const empty = emptyImage();
    const image = storeVariables(empty, secureBootVariables(certificate));
    expect(empty.equals(emptyImage())).toBe(true);
    expect(image.length).toBe(empty.length);
    expect(image.subarray(0, STORE_AT + 28).equals(empty.subarray(0, STORE_AT + 28))).toBe(true);
    expect(image.subarray(STORE_AT + STORE_BYTES).equals(empty.subarray(STORE_AT + STORE_BYTES))).toBe(true);
  });

  test('has room for so many, and no more', () => {
    const bytes = STORE_BYTES - 28 - 60 - 4;
    const variable = (length: number) => ({ name: 'a', vendor: VENDOR, content: Buffer.alloc(length, 7) });
    expect(readVariables(storeVariables(emptyImage(), [variable(bytes - 1)]))[0]?.content.length).toBe(bytes - 1);
    expect(() => storeVariables(emptyImage(), [variable(bytes + 1)])).toThrow(
      new RangeError('the store of variables has no room for a'),
    );
  });

  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['something short', emptyImage().subarray(0, 90)],
    ['zeros', Buffer.alloc(0x2000)],
    [
      'another kind of volume',
      Buffer.concat([emptyImage().subarray(0, 16), Buffer.alloc(16), emptyImage().subarray(32)]),
    ],
    [
      'a store that is not formatted',
      Buffer.concat([emptyImage().subarray(0, 92), Buffer.of(0xff), emptyImage().subarray(93)]),
    ],
  ])('is not made of %s', (_, image) => {
    expect(() => storeVariables(image, [])).toThrow(/not a store of authenticated variables/);
  });

  test('is not made of one that has variables', () => {
    const image = storeVariables(emptyImage(), secureBootVariables(certificate));
    expect(() => storeVariables(image, [])).toThrow(/not empty/);
  });
});

test('a list of certificates says its own size, and that of its one entry', () => {
  const list = signatureList(Buffer.from('certificate'));
  expect(list.toString('hex', 0, 16)).toBe('a159c0a5e494a74a87b5ab155c2bf072');
  expect([16, 20, 24].map((at) => list.readUInt32LE(at))).toEqual([28 + 16 + 11, 0, 16 + 11]);
  expect(list.subarray(44).toString()).toBe('certificate');
  expect(list.length).toBe(55);
});

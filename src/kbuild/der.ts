// SPDX-License-Identifier: Apache-2.0

/** One element of DER (X.690): its tag, its content, and all of its bytes. */
export type Der = { tag: number; value: Buffer; bytes: Buffer };

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
/** `[0]` with other elements in it, and with bytes. */
export const CONTEXT_0 = 0xa0;
export const CONTEXT_0_PRIMITIVE = 0x80;

/** The content of the first element of that tag in `parent`. */
export function child(parent: Der | undefined, tag: number): Buffer | undefined {
  return children(parent?.value).find((element) => element.tag === tag)?.value;
}

/** The DER elements in a buffer, one level deep; reading stops at the first that does not fit. */
export function children(data: Buffer = Buffer.alloc(0)): Der[] {
  const found: Der[] = [];
  for (let at = 0; at + 2 <= data.length; ) {
    const start = at;
    const tag = data[at] ?? 0;
    let length = data[at + 1] ?? 0;
    at += 2;
    if (length >= 0x80) {
      const bytes = length - 0x80;
      if (bytes < 1 || bytes > 4 || at + bytes > data.length) break;
      length = data.readUIntBE(at, bytes);
      at += bytes;
    }
    if (at + length > data.length) break;
    found.push({ tag, value: data.subarray(at, at + length), bytes: data.subarray(start, at + length) });
    at += length;
  }
  return found;
}

/** An element of that tag with these contents, one after the other. */
export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 + length.length), length, content]);
}

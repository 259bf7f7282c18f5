// SPDX-License-Identifier: Apache-2.0

/** An RPM file, or a part of it, that is not what it has to be. The message says what, not where. */
export class MalformedRpm extends Error {
  override readonly name = 'MalformedRpm';
}

/** Bytes before the index: magic and version, four zeros, number of index entries, bytes of data. */
export const INTRO_BYTES = 16;
const ENTRY_BYTES = 16;
const MAGIC = Buffer.from([0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0]);
/** rpm's own bounds are 65535 tags and 256 MiB, and 32 tags in the signature header (hdrblobVerifyLengths). */
const MAXIMUM_TAGS = { signature: 32, main: 0xffff };
const MAXIMUM_DATA_BYTES = 64 * 2 ** 20;
/** Of one list: as many as the files that may be unpacked. */
const MAXIMUM_VALUES = 300_000;
/** Smaller numbers are for regions (rpmtag.h: HEADER_I18NTABLE). */
const FIRST_TAG = 100;
/** rpmtag.h: HEADER_IMMUTABLE and HEADER_SIGNATURES, and HEADER_IMAGE of very old files. */
const REGIONS = { main: [63], signature: [62, 61] };

/** rpmtag.h: rpmTagType. */
const TYPES = { char: 1, int8: 2, int16: 3, int32: 4, int64: 5, string: 6, binary: 7, strings: 8, i18n: 9 };
const WIDTHS: Record<number, number> = {
  [TYPES.char]: 1,
  [TYPES.int8]: 1,
  [TYPES.int16]: 2,
  [TYPES.int32]: 4,
  [TYPES.int64]: 8,
  [TYPES.binary]: 1,
};

type HeaderKind = 'signature' | 'main';
type Entry = { type: number; offset: number; count: number; end: number };

/** Bytes of a header from what its first 16 bytes say. Throws MalformedRpm for another magic number or impossible sizes. */
export function headerLength(intro: Buffer, kind: HeaderKind): number {
  if (intro.length < INTRO_BYTES) throw new MalformedRpm(`is cut short in the ${kind} header`);
  if (!intro.subarray(0, MAGIC.length).equals(MAGIC)) throw new MalformedRpm(`has no ${kind} header`);
  const tags = intro.readUInt32BE(8);
  const data = intro.readUInt32BE(12);
  if (tags === 0 || tags > MAXIMUM_TAGS[kind] || data > MAXIMUM_DATA_BYTES) {
    throw new MalformedRpm(`promises ${tags} tags and ${data} bytes in the ${kind} header, which cannot be`);
  }
  return INTRO_BYTES + tags * ENTRY_BYTES + data;
}

/**
 * One header of an RPM file: values by tag number. What is checked is what rpm checks before it uses one
 * (hdrblobVerifyRegion and hdrblobVerifyInfo in rpm's lib/header.c): every value lies within the data, none overlaps
 * another, and the main header is one region, so that what a signature covers is what is read here.
 */
export class Header {
  private readonly entries = new Map<number, Entry>();
  private readonly data: Buffer;
  private readonly kind: HeaderKind;

  /** Takes all bytes of a header, see `headerLength`. Throws MalformedRpm. */
  constructor(bytes: Buffer, kind: HeaderKind) {
    this.kind = kind;
    if (bytes.length < INTRO_BYTES || bytes.length !== headerLength(bytes, kind)) {
      throw new MalformedRpm(`is cut short in the ${kind} header`);
    }
    const tags = bytes.readUInt32BE(8);
    const index = bytes.subarray(INTRO_BYTES, INTRO_BYTES + tags * ENTRY_BYTES);
    this.data = bytes.subarray(INTRO_BYTES + tags * ENTRY_BYTES);
    const isRegion = REGIONS[kind].includes(index.readUInt32BE(0));
    if (kind === 'main') this.checkRegion(index, tags);
    let free = 0;
    for (let at = isRegion ? ENTRY_BYTES : 0; at < index.length; at += ENTRY_BYTES) {
      const tag = index.readUInt32BE(at);
      const [type, offset, count] = [4, 8, 12].map((field) => index.readUInt32BE(at + field)) as [
        number,
        number,
        number,
      ];
      const end = this.endOf(tag, type, offset, count);
      if (offset < free) throw this.damaged(tag, 'overlaps another');
      if (this.entries.has(tag)) throw this.damaged(tag, 'is there twice');
      free = end;
      this.entries.set(tag, { type, offset, count, end });
    }
    const room = kind === 'main' ? this.data.length - ENTRY_BYTES : this.data.length;
    if (free > room) throw new MalformedRpm(`the values of the ${kind} header reach over its end`);
  }

  has(tag: number): boolean {
    return this.entries.has(tag);
  }

  /** Undefined when the tag is not there. Throws MalformedRpm when it is of another type, as all of these do. */
  string(tag: number): string | undefined {
    const entry = this.entries.get(tag);
    if (entry && ![TYPES.string, TYPES.i18n].includes(entry.type)) throw this.damaged(tag, 'is no string');
    return entry && this.text(entry.offset);
  }

  strings(tag: number): string[] | undefined {
    const entry = this.entries.get(tag);
    if (!entry) return undefined;
    if (![TYPES.strings, TYPES.string].includes(entry.type)) throw this.damaged(tag, 'is no list of strings');
    const found: string[] = [];
    for (let at = entry.offset; found.length < entry.count; at = this.data.indexOf(0, at) + 1)
      found.push(this.text(at));
    return found;
  }

  /** Whole numbers of 16, 32 or 64 bits, never negative. */
  numbers(tag: number): number[] | undefined {
    const entry = this.entries.get(tag);
    if (!entry) return undefined;
    const width = WIDTHS[entry.type] ?? 0;
    if (![TYPES.int16, TYPES.int32, TYPES.int64].includes(entry.type)) throw this.damaged(tag, 'is no list of numbers');
    return Array.from({ length: entry.count }, (_, index) => {
      const at = entry.offset + index * width;
      const value = width === 8 ? Number(this.data.readBigUInt64BE(at)) : this.data.readUIntBE(at, width);
      if (!Number.isSafeInteger(value)) throw this.damaged(tag, 'holds a number that cannot be');
      return value;
    });
  }

  number(tag: number): number | undefined {
    const values = this.numbers(tag);
    if (values && values.length !== 1) throw this.damaged(tag, 'holds more than one number');
    return values?.[0];
  }

  binary(tag: number): Buffer | undefined {
    const entry = this.entries.get(tag);
    if (entry && entry.type !== TYPES.binary) throw this.damaged(tag, 'is not binary');
    return entry && this.data.subarray(entry.offset, entry.end);
  }

  /** The signed bytes are those of the region, so it has to be all of the header (rpm: exact_size). */
  private checkRegion(index: Buffer, tags: number): void {
    const at = this.data.length - ENTRY_BYTES;
    const fields = (buffer: Buffer, start: number) => [0, 4, 8, 12].map((field) => buffer.readInt32BE(start + field));
    const expected = (offset: number) => [REGIONS.main[0], TYPES.binary, offset, ENTRY_BYTES].join();
    const fits =
      at >= 0 &&
      fields(index, 0).join() === expected(at) &&
      fields(this.data, at).join() === expected(-tags * ENTRY_BYTES);
    if (!fits) throw new MalformedRpm('the main header is not one immutable region');
  }

  private endOf(tag: number, type: number, offset: number, count: number): number {
    if (tag < FIRST_TAG) throw this.damaged(tag, 'is not one of a package');
    if (count === 0 || count > this.data.length || offset >= this.data.length)
      throw this.damaged(tag, 'is out of bounds');
    if (type !== TYPES.binary && count > MAXIMUM_VALUES)
      throw this.damaged(tag, `holds more than ${MAXIMUM_VALUES} values`);
    const width = WIDTHS[type];
    let end = offset;
    if (width !== undefined) {
      if (offset % width !== 0) throw this.damaged(tag, 'is not aligned');
      end += count * width;
    } else {
      if (![TYPES.string, TYPES.strings, TYPES.i18n].includes(type)) throw this.damaged(tag, 'is of no known type');
      if (type === TYPES.string && count !== 1) throw this.damaged(tag, 'is more than one string');
      for (let strings = 0; strings < count; strings++) {
        const zero = this.data.indexOf(0, end);
        if (zero < 0) throw this.damaged(tag, 'has no end');
        end = zero + 1;
      }
    }
    if (end > this.data.length) throw this.damaged(tag, 'is out of bounds');
    return end;
  }

  private text(offset: number): string {
    return this.data.toString('utf8', offset, this.data.indexOf(0, offset));
  }

  private damaged(tag: number, what: string): MalformedRpm {
    return new MalformedRpm(`tag ${tag} of the ${this.kind} header ${what}`);
  }
}

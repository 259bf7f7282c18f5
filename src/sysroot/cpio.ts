// SPDX-License-Identifier: Apache-2.0
import { CorruptData } from '../host/decompress.ts';

/** A member as it stands in the archive: with a name of its own, or only with its number in the header of the package. */
export type CpioHeader = { name: string; mode: number; size: number; checksum?: number } | { index: number };

/** Where the content of a member goes, and how many bytes it has. */
export type CpioSink = { size: number; data: (chunk: Uint8Array) => void; end: () => void };

const HEADER_BYTES = 110;
const STRIPPED_BYTES = 14;
const MAGIC_BYTES = 6;
const FIELD_BYTES = 8;
const FIELDS = { mode: 1, size: 6, nameSize: 11, checksum: 12 };
/** As rpm and Linux (PATH_MAX). */
const MAXIMUM_NAME_BYTES = 4096;
const TRAILER = 'TRAILER!!!';
const MAXIMUM_PADDING_BYTES = 2 ** 16;

/**
 * Reads a cpio archive of the "new ASCII" form (`070701`; `070702` with checksums) or of the one that rpm uses for packages
 * with files of 4 GiB and more (`07070X`, rpm's lib/cpio.c), up to and including its trailer. `member` is asked about each one,
 * in order. Throws CorruptData, with the byte where what cannot be understood begins.
 */
export async function readCpio(
  content: AsyncIterable<Uint8Array>,
  member: (header: CpioHeader) => CpioSink,
): Promise<void> {
  const reader = new Reader(content);
  try {
    await readMembers(reader, member);
  } finally {
    await reader.close();
  }
}

async function readMembers(reader: Reader, member: (header: CpioHeader) => CpioSink): Promise<void> {
  for (;;) {
    const header = await readHeader(reader);
    if (header === undefined) break;
    const sink = member(header);
    let sum = 0;
    const checked = 'checksum' in header;
    try {
      for (let left = sink.size; left > 0; ) {
        const chunk = await reader.some(left);
        if (checked) for (const byte of chunk) sum = (sum + byte) >>> 0;
        sink.data(chunk);
        left -= chunk.length;
      }
      if (checked && sum !== header.checksum) {
        throw new CorruptData(`member ${JSON.stringify(header.name)}: its checksum differs`);
      }
    } finally {
      sink.end();
    }
    await reader.align();
  }
  for (let padding = 0; ; ) {
    const chunk = await reader.some(MAXIMUM_PADDING_BYTES, true);
    if (chunk.length === 0) return;
    padding += chunk.length;
    if (padding > MAXIMUM_PADDING_BYTES || chunk.some((byte) => byte !== 0)) {
      throw new CorruptData('something follows the end of the cpio archive');
    }
  }
}

/** Undefined for the trailer. */
async function readHeader(reader: Reader): Promise<CpioHeader | undefined> {
  const at = reader.offset;
  const damaged = () => new CorruptData(`damaged cpio header at byte ${at}`);
  const magic = (await reader.exactly(MAGIC_BYTES)).toString('latin1');
  if (magic === '07070X') {
    const index = field(await reader.exactly(STRIPPED_BYTES - MAGIC_BYTES), 0);
    if (index === undefined) throw damaged();
    await reader.align();
    return { index };
  }
  if (magic !== '070701' && magic !== '070702') throw damaged();
  const fields = await reader.exactly(HEADER_BYTES - MAGIC_BYTES);
  const [mode, size, nameSize, checksum] = Object.values(FIELDS).map((number) => field(fields, number));
  if (mode === undefined || size === undefined || nameSize === undefined || checksum === undefined) throw damaged();
  if (nameSize < 2 || nameSize > MAXIMUM_NAME_BYTES) throw damaged();
  const bytes = await reader.exactly(nameSize);
  if (bytes.indexOf(0) !== nameSize - 1) throw damaged();
  const name = bytes.toString('utf8', 0, nameSize - 1);
  await reader.align();
  if (name === TRAILER) return undefined;
  return { name, mode, size, ...(magic === '070702' && isFile(mode) ? { checksum } : {}) };
}

/** Only these have a checksum. */
function isFile(mode: number): boolean {
  return (mode & 0o170000) === 0o100000;
}

function field(bytes: Buffer, number: number): number | undefined {
  const text = bytes.toString('latin1', number * FIELD_BYTES, (number + 1) * FIELD_BYTES);
  return /^[0-9a-fA-F]{8}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

class Reader {
  /** Bytes taken so far. */
  offset = 0;
  private readonly source: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();

  constructor(content: AsyncIterable<Uint8Array>) {
    this.source = content[Symbol.asyncIterator]();
  }

  /** The next bytes, at least one and at most `limit`; none only at the end, which is an error unless allowed. */
  async some(limit: number, mayEnd = false): Promise<Uint8Array> {
    while (this.rest.length === 0) {
      const { done, value } = await this.source.next();
      if (done && mayEnd) return this.rest;
      if (done)
        throw new CorruptData(`the cpio archive is cut short: it ends at byte ${this.offset}, without a trailer`);
      this.rest = value;
    }
    const chunk = this.rest.subarray(0, limit);
    this.rest = this.rest.subarray(chunk.length);
    this.offset += chunk.length;
    return chunk;
  }

  async exactly(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; ) {
      const chunk = await this.some(length - at);
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** To be called at the end, also after an error: a decompressor may be waiting at the other side. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  /** Headers and contents begin at multiples of four bytes. */
  async align(): Promise<void> {
    const odd = this.offset % 4;
    if (odd > 0) await this.exactly(4 - odd);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Packages written by hand, so that a test can get anything wrong in them that it wants to.
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';

const TYPES = { int16: 3, int32: 4, int64: 5, string: 6, binary: 7, strings: 8, i18n: 9 };
const ENTRY_BYTES = 16;

/** A tag as a test writes it. */
export type Tag = [tag: number, type: keyof typeof TYPES, value: string | string[] | number[] | Buffer];

/** A file of a package: what its header says, and by `in` what the payload has instead. */
export type PackedFile = {
  path: string;
  /** A plain file (0o100644) when omitted. */
  mode?: number;
  content?: string | Buffer;
  /** Of a symbolic link. */
  target?: string;
  flags?: number;
  inode?: number;
  /** What the header says when it is not the length of the content. */
  size?: number;
  /** Left out of the payload, or with other fields there. */
  in?: false | { name?: string; mode?: number; content?: string | Buffer; checksum?: number };
};

export type PackedRpm = {
  files?: PackedFile[];
  /** Added to the main header, or in place of a tag of the same number there. */
  tags?: Tag[];
  /** Tags that the main header does not have. */
  without?: number[];
  signature?: Tag[];
  /** In place of a cpio archive of `files`. */
  cpio?: Buffer;
  compress?: (cpio: Buffer) => Buffer;
  compressor?: string;
  magic?: '070701' | '070702' | '07070X';
};

const numbers = (values: number[], width: number) => {
  const bytes = Buffer.alloc(values.length * width);
  for (const [index, value] of values.entries()) {
    if (width === 8) bytes.writeBigUInt64BE(BigInt(value), index * 8);
    else bytes.writeUIntBE(value, index * width, width);
  }
  return bytes;
};

function encode(type: keyof typeof TYPES, value: Tag[2]): { bytes: Buffer; count: number; align: number } {
  if (Buffer.isBuffer(value)) return { bytes: value, count: value.length, align: 1 };
  if (typeof value === 'string') return { bytes: Buffer.from(`${value}\0`), count: 1, align: 1 };
  if (type === 'strings') {
    const texts = value as string[];
    return { bytes: Buffer.from(texts.map((text) => `${text}\0`).join('')), count: texts.length, align: 1 };
  }
  const align = { int16: 2, int32: 4, int64: 8 }[type as 'int16'] ?? 1;
  return { bytes: numbers(value as number[], align), count: value.length, align };
}

/** The 16 bytes of an index entry, or of the trailer of a region. */
export function entry(tag: number, type: number, offset: number, count: number): Buffer {
  const bytes = Buffer.alloc(ENTRY_BYTES);
  for (const [index, value] of [tag, type, offset, count].entries()) bytes.writeInt32BE(value, index * 4);
  return bytes;
}

/** A header of these tags, as one region (63: immutable, of the main header; 62: of the signature header). */
export function headerOf(tags: Tag[], region: 62 | 63): Buffer {
  const index: Buffer[] = [];
  let data = Buffer.alloc(0);
  for (const [tag, type, value] of tags) {
    const { bytes, count, align } = encode(type, value);
    const offset = Math.ceil(data.length / align) * align;
    index.push(entry(tag, TYPES[type], offset, count));
    data = Buffer.concat([data, Buffer.alloc(offset - data.length), bytes]);
  }
  index.unshift(entry(region, TYPES.binary, data.length, ENTRY_BYTES));
  data = Buffer.concat([data, entry(region, TYPES.binary, -index.length * ENTRY_BYTES, ENTRY_BYTES)]);
  const intro = Buffer.from('8eade801000000000000000000000000', 'hex');
  intro.writeUInt32BE(index.length, 8);
  intro.writeUInt32BE(data.length, 12);
  return Buffer.concat([intro, ...index, data]);
}

const isLink = ({ mode = 0 }: PackedFile) => (mode & 0o170000) === 0o120000;
const contentOf = (file: PackedFile) => Buffer.from(isLink(file) ? (file.target ?? '') : (file.content ?? ''));

export const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** A member of a cpio archive in the "new ASCII" form. */
export function newc(name: string, mode: number, content: Buffer, { magic = '070701', checksum = 0, size = -1 } = {}) {
  const length = size < 0 ? content.length : size;
  const fields = [1, mode, 0, 0, 1, 0, length, 0, 0, 0, 0, Buffer.byteLength(name) + 1, checksum];
  const text = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([padded(Buffer.from(`${magic}${text}${name}\0`)), padded(content)]);
}

export const trailer = newc('TRAILER!!!', 0, Buffer.alloc(0));

function cpioOf(files: PackedFile[], magic: string): Buffer {
  const members = files.map((file, index) => {
    if (file.in === false) return Buffer.alloc(0);
    const { name = `.${file.path}`, mode = file.mode ?? 0o100644, content, checksum } = file.in ?? {};
    const bytes = Buffer.from(content ?? contentOf(file));
    if (magic === '07070X') {
      return Buffer.concat([padded(Buffer.from(`07070X${index.toString(16).padStart(8, '0')}`)), padded(bytes)]);
    }
    const sum = bytes.reduce((total, byte) => total + byte, 0);
    return newc(name, mode, bytes, { magic, checksum: checksum ?? (magic === '070702' ? sum : 0) });
  });
  return Buffer.concat([...members, trailer]);
}

function fileTags(files: PackedFile[]): Tag[] {
  if (files.length === 0) return [];
  const directories = [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1)))];
  return [
    [1028, 'int32', files.map((file) => file.size ?? contentOf(file).length)],
    [1030, 'int16', files.map(({ mode }) => mode ?? 0o100644)],
    [1034, 'int32', files.map(() => 1_600_000_000)],
    [1036, 'strings', files.map((file) => (isLink(file) ? (file.target ?? '') : ''))],
    [1037, 'int32', files.map(({ flags }) => flags ?? 0)],
    [1095, 'int32', files.map(() => 1)],
    [1096, 'int32', files.map(({ inode }, index) => inode ?? index + 1000)],
    [1116, 'int32', files.map(({ path }) => directories.indexOf(path.slice(0, path.lastIndexOf('/') + 1)))],
    [1117, 'strings', files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))],
    [1118, 'strings', directories],
  ];
}

const lead = Buffer.alloc(96);
lead.write('edabeedb0300', 0, 'hex');
lead.writeUInt16BE(5, 78);

/** The parts of a package, to be put together after something was done to one of them. */
export function rpmParts(rpm: PackedRpm = {}): { lead: Buffer; signature: Buffer; main: Buffer; payload: Buffer } {
  const { files = [], magic = '070701', compress = (bytes) => zlib.gzipSync(bytes), compressor = 'gzip' } = rpm;
  const payload = compress(rpm.cpio ?? cpioOf(files, magic));
  const own: Tag[] = [
    [1000, 'string', 'sample'],
    [1001, 'string', '1.0'],
    [1002, 'string', '1.el8'],
    [1003, 'int32', [2]],
    [1022, 'string', 'x86_64'],
    [1044, 'string', 'sample-1.0-1.el8.src.rpm'],
    [1047, 'strings', ['sample', 'sample(x86-64)']],
    [1112, 'int32', [8, 8]],
    [1113, 'strings', ['2:1.0-1.el8', '2:1.0-1.el8']],
    [1048, 'int32', [0, 12]],
    [1049, 'strings', ['/bin/sh', 'glibc']],
    [1050, 'strings', ['', '2.17']],
    ...fileTags(files),
    [1124, 'string', 'cpio'],
    [1125, 'string', compressor],
    [5092, 'strings', [createHash('sha256').update(payload).digest('hex')]],
    [5093, 'int32', [8]],
  ];
  const replaced = new Set([...(rpm.without ?? []), ...(rpm.tags ?? []).map(([tag]) => tag)]);
  const main = headerOf([...own.filter(([tag]) => !replaced.has(tag)), ...(rpm.tags ?? [])], 63);
  const signature = headerOf(rpm.signature ?? [], 62);
  const alignment = Buffer.alloc((8 - (signature.length % 8)) % 8);
  return { lead: Buffer.from(lead), signature: Buffer.concat([signature, alignment]), main, payload };
}

export function rpmOf(rpm: PackedRpm = {}): Buffer {
  return Buffer.concat(Object.values(rpmParts(rpm)));
}

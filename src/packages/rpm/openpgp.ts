// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { enums, unarmor } from 'openpgp';
import { InputError } from '../../errors.ts';
import { SignatureError } from '../errors.ts';

const MAXIMUM_SIGNATURES = 16;
/** Packet tags of RFC 4880, 4.3. */
const SIGNATURE_PACKET = 2;
const KEY_PACKET = 6;
const KEY_VERSION = 4;
const KEY_BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----/gs;

/**
 * The keys of armoured files as one binary keyring. Keys of another version than 4 are left out: gpgv knows none of them, and
 * reads no further than the first. Throws InputError naming a file that holds no key.
 */
export async function readKeyring(paths: string[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const path of paths) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      throw new InputError(`the key cannot be read (${(cause as NodeJS.ErrnoException).code})`, { where: path, cause });
    }
    // Files of keys, such as Red Hat's, hold several blocks with text around them.
    const blocks = text.match(KEY_BLOCK) ?? [];
    if (blocks.length === 0) throw new InputError('not an armoured OpenPGP public key', { where: path });
    const before = parts.length;
    for (const block of blocks) parts.push(...keysOf((await dearmour(block, path, 'key')).data, path));
    if (parts.length === before)
      throw new InputError('holds no OpenPGP key of version 4, the only one that gpgv knows', { where: path });
  }
  return Buffer.concat(parts);
}

/** A detached signature as its packets. Throws SignatureError for what is none; `where` names what was signed. */
export async function withoutArmour(signature: Uint8Array, where: string): Promise<Uint8Array> {
  // A packet begins with a byte of which the highest bit is set.
  if (signature.length === 0 || (signature[0] ?? 0) >= 0x80) return signature;
  const { data, type } = await dearmour(Buffer.from(signature).toString('latin1'), where, 'signature');
  if (type !== enums.armor.signature) throw new SignatureError('what should be its signature is none', { where });
  return data;
}

async function dearmour(text: string, where: string, what: string) {
  try {
    const { data, type } = await unarmor(text);
    return { data: data as Uint8Array, type };
  } catch (cause) {
    const message = `the armour of the ${what} is damaged (${(cause as Error).message})`;
    throw what === 'key' ? new InputError(message, { where, cause }) : new SignatureError(message, { where, cause });
  }
}

/**
 * Takes signatures apart, and sees to it that gpgv gets nothing else: a whole signed message would bring its own data.
 * Throws SignatureError.
 */
export function signaturePackets(bytes: Uint8Array, where: string): Uint8Array[] {
  const packets = [...packetsOf(bytes)];
  if (packets.length > MAXIMUM_SIGNATURES || packets.some(({ tag }) => tag !== SIGNATURE_PACKET)) {
    throw new SignatureError('what should be its signature is damaged or something else', { where });
  }
  return packets.map(({ packet }) => packet);
}

/** Each with all that belongs to it: names, signatures, subkeys. */
function keysOf(bytes: Uint8Array, where: string): Uint8Array[] {
  const keys: Uint8Array[][] = [];
  for (const { tag, packet, version } of packetsOf(bytes)) {
    if (tag < 0) throw new InputError('the OpenPGP key is damaged', { where });
    if (tag === KEY_PACKET) keys.push(version === KEY_VERSION ? [packet] : []);
    else if (keys.at(-1)?.length) keys.at(-1)?.push(packet);
  }
  return keys.filter(({ length }) => length > 0).map((key) => Buffer.concat(key));
}

type Packet = { tag: number; packet: Uint8Array; version: number | undefined };

/** A packet that reaches over the end has the tag -1. `version` is the first byte of its content. */
function* packetsOf(bytes: Uint8Array): Generator<Packet> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const { tag, start, end } = packetAt(buffer, at);
    yield { tag: end > bytes.length ? -1 : tag, packet: bytes.subarray(at, end), version: bytes[start] };
    at = end;
  }
}

/** RFC 4880, 4.2: old and new headers; a length that goes on in parts has no place in a signature or key. */
function packetAt(bytes: Buffer, at: number): { tag: number; start: number; end: number } {
  const packet = (tag: number, start: number, length: number) => ({ tag, start, end: start + length });
  const nothing = packet(-1, bytes.length, 0);
  const head = bytes[at] ?? 0;
  const first = bytes[at + 1] ?? 0;
  if (head < 0x80) return nothing;
  if (head < 0xc0) {
    const size = [1, 2, 4][head & 3];
    if (size === undefined || at + 1 + size > bytes.length) return nothing;
    return packet((head >> 2) & 15, at + 1 + size, bytes.readUIntBE(at + 1, size));
  }
  const tag = head & 0x3f;
  if (first < 192) return packet(tag, at + 2, first);
  if (first < 224 && at + 3 <= bytes.length) {
    return packet(tag, at + 3, ((first - 192) << 8) + bytes.readUInt8(at + 2) + 192);
  }
  return first === 255 && at + 6 <= bytes.length ? packet(tag, at + 6, bytes.readUInt32BE(at + 2)) : nothing;
}

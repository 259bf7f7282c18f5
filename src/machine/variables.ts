// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';

/** A variable of UEFI firmware that is there before the first start. */
export type Variable = {
  name: string;
  /** GUID of who defined the name. */
  vendor: string;
  content: Buffer;
};

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const IMAGE_SECURITY_DATABASE = 'd719b2cb-3d3a-4596-a3bc-dad00e67656f';
const CERT_X509 = 'a5c059a1-94e4-4aa7-87b5-ab155c2bf072';
/** Of a firmware volume that holds variables: EFI_SYSTEM_NV_DATA_FV_GUID of the EDK2. */
const VARIABLE_VOLUME = 'fff12b8d-7696-4c8b-a985-2747075b4f50';
/** Of a store whose variables have a time stamp: gEfiAuthenticatedVariableGuid. */
const AUTHENTICATED_STORE = 'aaf32c78-947b-439a-a180-2e144ec37792';
/** Who put our entries into a list of certificates; nothing reads it. */
const OWNER = 'b2a5f0c4-6b0f-4c1e-9a3c-0b7d5e1f2a68';

// EFI_FIRMWARE_VOLUME_HEADER of the UEFI PI specification: 16 bytes of zeros, GUID, ..., HeaderLength at 48.
const VOLUME_GUID_AT = 16;
const VOLUME_HEADER_LENGTH_AT = 48;
const VOLUME_HEADER_BYTES = 72;
// VARIABLE_STORE_HEADER of MdeModulePkg/Include/Guid/VariableFormat.h: GUID, Size, Format, State, 6 bytes reserved.
const STORE_HEADER_BYTES = 28;
const STORE_SIZE_AT = 16;
const STORE_STATE_AT = 20;
/** VARIABLE_STORE_FORMATTED, VARIABLE_STORE_HEALTHY. */
const STORE_READY = 0xfe5a;
// AUTHENTICATED_VARIABLE_HEADER of the same file.
const VARIABLE_HEADER_BYTES = 60;
const VARIABLE_START = 0x55aa;
/** VAR_ADDED. */
const VARIABLE_ADDED = 0x3f;
/**
 * Kept, seen before and after the boot services end, and written only with a signature: what the specification asks of
 * PK, KEK and db.
 */
const ATTRIBUTES = 0x1 | 0x2 | 0x4 | 0x20;
const ERASED = 0xff;

/**
 * What makes Secure Boot be on, with one certificate to trust: a platform key, which ends the set-up mode, a key
 * exchange key, and `db`, whose certificates are believed. UEFI 2.10, section 32.4.
 */
export function secureBootVariables(certificate: X509Certificate): Variable[] {
  const content = signatureList(certificate.raw);
  return [
    { name: 'PK', vendor: GLOBAL, content },
    { name: 'KEK', vendor: GLOBAL, content },
    { name: 'db', vendor: IMAGE_SECURITY_DATABASE, content },
  ];
}

/** An EFI_SIGNATURE_LIST with one certificate in DER: UEFI 2.10, section 32.4.1. */
export function signatureList(certificate: Buffer): Buffer {
  const header = Buffer.alloc(28);
  guidBytes(CERT_X509).copy(header);
  const entry = Buffer.concat([guidBytes(OWNER), certificate]);
  header.writeUInt32LE(header.length + entry.length, 16);
  header.writeUInt32LE(entry.length, 24);
  return Buffer.concat([header, entry]);
}

/**
 * A flash image of variables like `empty`, which the EDK2's firmware comes with (OVMF_VARS.fd), that holds these.
 * Throws TypeError for an image of another format or one that has variables already, RangeError when there is no room
 * for all.
 */
export function storeVariables(empty: Buffer, variables: Variable[]): Buffer {
  const image = Buffer.from(empty);
  const start = image.length > VOLUME_HEADER_BYTES ? image.readUInt16LE(VOLUME_HEADER_LENGTH_AT) : 0;
  const store = image.subarray(start);
  if (
    store.length < STORE_HEADER_BYTES ||
    !image.subarray(VOLUME_GUID_AT, VOLUME_GUID_AT + 16).equals(guidBytes(VARIABLE_VOLUME)) ||
    !store.subarray(0, 16).equals(guidBytes(AUTHENTICATED_STORE)) ||
    store.readUInt16LE(STORE_STATE_AT) !== STORE_READY
  ) {
    throw new TypeError('not a store of authenticated variables as the EDK2 writes it');
  }
  const room = store.subarray(STORE_HEADER_BYTES, store.readUInt32LE(STORE_SIZE_AT));
  if (!room.every((byte) => byte === ERASED)) throw new TypeError('the store of variables is not empty');
  let at = 0;
  for (const variable of variables) {
    const bytes = record(variable);
    if (at + bytes.length > room.length)
      throw new RangeError(`the store of variables has no room for ${variable.name}`);
    bytes.copy(room, at);
    // HEADER_ALIGN: each begins at a multiple of four bytes.
    at += Math.ceil(bytes.length / 4) * 4;
  }
  return image;
}

function record({ name, vendor, content }: Variable): Buffer {
  const text = Buffer.from(`${name}\0`, 'utf16le');
  const header = Buffer.alloc(VARIABLE_HEADER_BYTES);
  header.writeUInt16LE(VARIABLE_START, 0);
  header[2] = VARIABLE_ADDED;
  header.writeUInt32LE(ATTRIBUTES, 4);
  // Then MonotonicCount (8 bytes), TimeStamp (16) and PubKeyIndex (4): of a variable that nobody ever signed.
  header.writeUInt32LE(text.length, 36);
  header.writeUInt32LE(content.length, 40);
  guidBytes(vendor).copy(header, 44);
  return Buffer.concat([header, text, content]);
}

/** A GUID as firmware keeps it: its first three numbers little-endian. */
function guidBytes(guid: string): Buffer {
  const [one = '', two = '', three = '', ...rest] = guid.split('-');
  const reversed = [one, two, three].map((part) => Buffer.from(part, 'hex').reverse());
  return Buffer.concat([...reversed, Buffer.from(rest.join(''), 'hex')]);
}

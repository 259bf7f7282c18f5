// SPDX-License-Identifier: Apache-2.0
import { digestValue } from '../host/digest.ts';

/** A UUID that is the same for the same value: version 8 of RFC 9562, its bits those of a SHA-256. */
export function uuidOf(value: unknown): string {
  const hex = digestValue(value);
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

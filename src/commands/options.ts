// SPDX-License-Identifier: Apache-2.0

/** Parser of an option that may be given several times: all of its values, in their order. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

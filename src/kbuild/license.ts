// SPDX-License-Identifier: Apache-2.0

/** include/linux/license.h */
const GPL_COMPATIBLE = new Set([
  'GPL',
  'GPL v2',
  'GPL and additional rights',
  'Dual BSD/GPL',
  'Dual MIT/GPL',
  'Dual MPL/GPL',
]);

/** Whether the kernel lets a module or an eBPF program of that license have what is for GPL code only. */
export function isGplCompatible(license: string): boolean {
  return GPL_COMPATIBLE.has(license);
}

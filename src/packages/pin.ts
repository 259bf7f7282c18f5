// SPDX-License-Identifier: Apache-2.0

/** One package, named by content: what a lock consists of. */
export type Pin = {
  name: string;
  version: string;
  architecture: string;
  /** Name of the archive that offers it. */
  archive: string;
  /** Below the archive's base address: `pool/main/...`. */
  path: string;
  /** Bytes. */
  size: number;
  sha256: string;
};

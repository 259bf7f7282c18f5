// SPDX-License-Identifier: Apache-2.0

/** What the name of a package looks like, in either family. */
export const PACKAGE_NAME = /^[A-Za-z0-9][\w+.-]*$/;

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

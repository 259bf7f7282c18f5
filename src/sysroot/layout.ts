// SPDX-License-Identifier: Apache-2.0
import type { Compression } from '../host/decompress.ts';
import type { TreeWriter } from './tree-writer.ts';

/** Where the files of a package lie in it, in bytes, and how they are told from each other. */
export type PackageLayout = {
  compression: Compression;
  offset: number;
  length: number;
  fileSize: number;
  /** Whether the xz program, where there is one, is worth starting for it. */
  xzProgram: boolean;
  /** Takes all of the decompressed content. Throws CorruptData naming the member. */
  unpack: (content: AsyncIterable<Uint8Array>, tree: TreeWriter) => Promise<void>;
};

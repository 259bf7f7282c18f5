// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { CorruptData, decompress, type Programs, readRange } from '../host/decompress.ts';
import { readAt } from '../host/files.ts';
import { isDeb, readDebLayout } from './deb.ts';
import type { PackageLayout } from './layout.ts';
import { isRpm, readRpmLayout } from './rpm.ts';
import { LIMITS, TreeWriter, type UnpackLimits } from './tree-writer.ts';

export type UnpackJob = {
  /** The .deb or .rpm and the digest that it must have. */
  path: string;
  sha256: string;
  /** A directory that does not exist yet; gets `root/` and `contents.json`. */
  directory: string;
  limits?: UnpackLimits;
  programs?: Programs;
};

/** The bytes on disk are not those that were pinned. */
export class WrongDigest extends Error {
  override readonly name = 'WrongDigest';
}

/** So much tells which kind of package it is. */
export const MAGIC_BYTES = 8;

/**
 * Unpacks a .deb or .rpm without following any link and without leaving `directory`. Memory does not grow with the package.
 * The whole stream is read even where files are left out, and the digest is checked again on the way.
 * `onRead` gets the number of bytes of the package read so far. Throws CorruptData (naming the member) or WrongDigest;
 * `directory` is then half-written and the caller's to remove.
 */
export async function unpackPackage(job: UnpackJob, onRead: (bytes: number) => void = () => {}): Promise<void> {
  const file = await open(job.path);
  try {
    const hash = createHash('sha256');
    const layout = await readLayout(file);
    const end = layout.offset + layout.length;
    for await (const _ of hashed(file, hash, 0, layout.offset));
    const tree = new TreeWriter(join(job.directory, 'root'), job.limits ?? LIMITS);
    const data = hashed(file, hash, layout.offset, layout.length, (bytes) => onRead(layout.offset + bytes));
    const { xz, ...others } = job.programs ?? {};
    const programs = xz && layout.xzProgram ? { xz, ...others } : others;
    await layout.unpack(decompress(data, layout.compression, programs), tree);
    // A decompressor stops at the end of its stream; what follows in the member still belongs to the digest.
    for await (const _ of data);
    for await (const _ of hashed(file, hash, end, layout.fileSize - end));
    const digest = hash.digest('hex');
    if (digest !== job.sha256) throw new WrongDigest(`has the SHA-256 ${digest} instead of ${job.sha256}`);
    writeFileSync(join(job.directory, 'contents.json'), JSON.stringify(tree.contents));
  } finally {
    await file.close();
  }
}

async function readLayout(file: FileHandle): Promise<PackageLayout> {
  const head = await readAt(file, 0, MAGIC_BYTES);
  if (isRpm(head)) return await readRpmLayout(file);
  if (isDeb(head)) return await readDebLayout(file);
  throw new CorruptData('neither a Debian nor an RPM package');
}

async function* hashed(file: FileHandle, hash: Hash, offset: number, length: number, onRead?: (bytes: number) => void) {
  let bytes = 0;
  for await (const chunk of readRange(file, offset, length)) {
    hash.update(chunk);
    bytes += chunk.length;
    onRead?.(bytes);
    yield chunk;
  }
}

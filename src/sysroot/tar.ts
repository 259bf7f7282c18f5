// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { CorruptData, limited } from '../host/decompress.ts';
import type { TreeWriter } from './tree-writer.ts';

type Entry = AsyncIterable<unknown> & { header: Header };

const END_MARKER_BYTES = 1024;

/** Unpacks a tar archive into `tree`. Throws CorruptData naming the member. */
export async function readTar(content: AsyncIterable<Uint8Array>, tree: TreeWriter): Promise<void> {
  let trailingZeros = 0;
  const watched = async function* () {
    for await (const chunk of content) {
      let zeros = 0;
      while (zeros < Math.min(chunk.length, END_MARKER_BYTES) && chunk[chunk.length - 1 - zeros] === 0) zeros++;
      trailingZeros = zeros === chunk.length ? trailingZeros + zeros : zeros;
      yield chunk;
    }
  };
  await readEntries(watched(), (entry) => addMember(entry, tree));
  // A stream that was cut between two members looks whole to a tar reader.
  if (trailingZeros < END_MARKER_BYTES) throw new CorruptData('the tar archive is cut short: it has no end marker');
}

/**
 * The content of one file of a small tar archive, by its name below the top. All of it is read. Throws CorruptData when there
 * is none of that name, or the archive holds more than `maximumBytes`.
 */
export async function readTarFile(
  content: AsyncIterable<Uint8Array>,
  name: string,
  maximumBytes: number,
): Promise<Buffer> {
  const fault = `its tar archive of ${name} holds more than ${maximumBytes} bytes`;
  let found: Buffer | undefined;
  await readEntries(limited(content, maximumBytes, fault), async (entry) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    if (entry.header.name.replace(/^\.\//, '') === name) found ??= Buffer.concat(chunks);
  });
  if (found) return found;
  throw new CorruptData(`its tar archive holds no ${name}`);
}

/** Hands the members of an archive to `take`, in order; each has to be read whole. Throws CorruptData for what is no tar. */
async function readEntries(content: AsyncIterable<Uint8Array>, take: (entry: Entry) => Promise<void>): Promise<void> {
  const archive = extract();
  const feed = Readable.from(content, { objectMode: false });
  feed.on('error', (error) => archive.destroy(error));
  feed.pipe(archive);
  try {
    for await (const entry of archive) await take(entry);
  } catch (error) {
    throw isTarError(error) ? new CorruptData((error as Error).message, { cause: error }) : error;
  } finally {
    feed.destroy();
  }
}

function isTarError(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error && !('code' in error);
}

async function addMember(entry: Entry, tree: TreeWriter): Promise<void> {
  const { header } = entry;
  try {
    if (Object.keys(header.pax ?? {}).some((key) => key.startsWith('GNU.sparse'))) {
      throw new CorruptData('a sparse file has no place in a package');
    }
    const write = tree.add(header);
    try {
      for await (const chunk of entry) write?.data(chunk as Uint8Array);
    } finally {
      write?.close();
    }
  } catch (error) {
    if (!(error instanceof CorruptData)) throw error;
    throw new CorruptData(`member ${JSON.stringify(header.name)}: ${error.message}`, { cause: error });
  }
}

// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** A log as far as it is shown: its beginning, and its end when there is something between that was left out. */
export type LogText = {
  head: string[];
  omitted: { lines: number; bytes: number } | undefined;
  tail: string[];
};

/**
 * Reads a log of any size, keeping about `limit` bytes: all of a small one, else a fifth from the beginning and the rest
 * from the end, both cut at line ends. Undefined when there is no such file.
 */
export async function readLog(path: string, limit: number): Promise<LogText | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = await file.stat();
    const read = async (from: number, length: number) => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await file.read(buffer, 0, length, from);
      return buffer.subarray(0, bytesRead);
    };
    if (size <= limit) return { head: lines(await read(0, size)), omitted: undefined, tail: [] };
    let head = await read(0, Math.floor(limit / 5));
    head = head.subarray(0, head.lastIndexOf(10) + 1 || head.length);
    const wanted = Math.floor((limit * 4) / 5);
    let tail = await read(size - wanted, wanted);
    const lineStart = tail.indexOf(10) + 1;
    if (lineStart < tail.length) tail = tail.subarray(lineStart);
    const omitted = { lines: 0, bytes: size - head.length - tail.length };
    for await (const chunk of createReadStream(path, { start: head.length, end: size - tail.length - 1 })) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) omitted.lines += 1;
    }
    return { head: lines(head), omitted, tail: lines(tail) };
  } finally {
    await file.close();
  }
}

function lines(buffer: Buffer): string[] {
  const text = buffer.toString('utf8');
  return text === '' ? [] : text.replace(/\r*\n$/, '').split(/\r*\n/);
}

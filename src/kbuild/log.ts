// SPDX-License-Identifier: Apache-2.0
import type { OutputListener } from '../host/process.ts';

const MAXIMUM_BYTES = 16 * 2 ** 20;

/** What a build says, both streams in the order of arrival; the beginning is kept when it is too much, for the first error is there. */
export class BuildLog {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private omitted = 0;
  private readonly listener: OutputListener | undefined;

  constructor(listener?: OutputListener) {
    this.listener = listener;
  }

  readonly add: OutputListener = (chunk, stream) => {
    const room = MAXIMUM_BYTES - this.bytes;
    if (room > 0) this.chunks.push(chunk.subarray(0, room));
    this.bytes += Math.min(chunk.length, room);
    this.omitted += Math.max(0, chunk.length - room);
    this.listener?.(chunk, stream);
  };

  get text(): string {
    const kept = Buffer.concat(this.chunks).toString('utf8');
    return this.omitted > 0 ? `${kept}\n(${this.omitted} more bytes of output are left out)\n` : kept;
  }
}

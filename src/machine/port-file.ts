// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { EnvironmentError } from '../errors.ts';

const PIECE_BYTES = 1 << 16;

/**
 * A file that QEMU writes what a serial port says to, read while it grows. Through a socket the guest would have to wait
 * whenever we are slow to read, and a guest whose clock is counted must not notice how busy its host is.
 */
export class PortFile implements Disposable {
  /** What QEMU is given to open anew. */
  readonly descriptor: number;
  private offset = 0;

  /** Makes the file anew. Throws EnvironmentError when it cannot be made. */
  constructor(path: string) {
    try {
      this.descriptor = openSync(path, 'w+');
    } catch (error) {
      throw new EnvironmentError(`the log cannot be written (${(error as NodeJS.ErrnoException).code})`, {
        where: path,
        remedy: 'Make room, or choose another output directory with --out.',
        cause: error,
      });
    }
  }

  /** What has come since the last time. */
  read(): Buffer {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const bytes = readSync(this.descriptor, piece, 0, PIECE_BYTES, this.offset);
      if (bytes === 0) return Buffer.concat(pieces);
      this.offset += bytes;
      pieces.push(piece.subarray(0, bytes));
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}

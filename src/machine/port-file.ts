// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { EnvironmentError } from '../errors.ts';

const PIECE_BYTES = 1 << 16;

/** What to say when a log of a machine, at `path`, could not be written. */
export function unwritableLog(path: string, cause: NodeJS.ErrnoException): EnvironmentError {
  return new EnvironmentError(`the log cannot be written (${cause.code})`, {
    where: path,
    remedy: 'Make room, or choose another output directory with --out.',
    cause,
  });
}

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
      throw unwritableLog(path, error as NodeJS.ErrnoException);
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

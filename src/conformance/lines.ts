// SPDX-License-Identifier: Apache-2.0
import { StringDecoder } from 'node:string_decoder';

/**
 * A longer line is cut: nobody reads it, and a guest must not be able to fill our memory with one. A flow of the datapath, which
 * is read to its end, takes a few hundred characters, with a long list of ports some thousand.
 */
const MAXIMUM_LINE = 16_000;

/** Cuts what a serial port says into lines. Whatever the bytes are, a line is text without its line end, of a bounded length. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private readonly onLine: (line: string) => void;
  private line = '';
  private cut = false;

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.add(this.decoder.write(chunk));
  }

  /** Hands out a last line that has no end. */
  end(): void {
    this.add(this.decoder.end());
    if (this.line !== '') this.flush();
  }

  private add(text: string): void {
    const parts = text.split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) this.flush();
      const room = MAXIMUM_LINE - this.line.length;
      if (part.length > room) this.cut = true;
      this.line += part.slice(0, room);
    }
  }

  private flush(): void {
    const line = this.line.replace(/\r+$/, '');
    this.onLine(this.cut ? `${line} [...]` : line);
    this.line = '';
    this.cut = false;
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { SortedLines } from '../sorted-lines.ts';
import { addFile, evrText } from './primary.ts';
import { readXml, XmlFault } from './xml.ts';

/**
 * Reads filelists.xml into lines for a table: one for each file of each package, in the form of those of primary.xml.
 * Throws XmlFault for what is not well-formed or no such file.
 */
export async function readFilelists(chunks: AsyncIterable<Uint8Array>, lines: SortedLines): Promise<void> {
  let root: string | undefined;
  let name = '';
  let architecture = '';
  let evr = '';
  let isFile = false;
  await readXml(chunks, {
    open(element, attributes) {
      root ??= element;
      isFile = element === 'file';
      if (element === 'package') {
        name = attributes.name ?? '';
        architecture = attributes.arch ?? '';
      }
      if (element === 'version') evr = evrText(attributes.epoch, attributes.ver ?? '', attributes.rel);
    },
    text(text) {
      if (isFile && architecture !== 'src') addFile(lines, text, `\t${name}\t${architecture}\t${evr}\t`);
    },
    close() {
      isFile = false;
    },
  });
  if (root !== 'filelists') throw new XmlFault(`is no filelists.xml: its outermost element is <${root}>`);
}

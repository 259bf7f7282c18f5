// SPDX-License-Identifier: Apache-2.0
import { SaxesParser } from 'saxes';

/** What a document does to its reader, in order. Names come without their namespace prefix. */
export type XmlHandlers = {
  open(name: string, attributes: Record<string, string>): void;
  /** Text between two tags, whole. */
  text(text: string): void;
  close(name: string): void;
};

/** A document that is not well-formed, or not one that repository metadata would be. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
}

/** The metadata of repositories is six deep. */
const maximumDepth = 16;
/** Longest text or tag. A description of a package has a few thousand characters. */
const maximumLength = 1 << 20;

/**
 * Reads an XML document as a stream, in memory that does not grow with it. There are no entities but the five of XML, no
 * document type and no encoding but UTF-8. Throws XmlFault with line and column, or what a handler throws.
 */
export async function readXml(chunks: AsyncIterable<Uint8Array>, handlers: XmlHandlers): Promise<void> {
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const fail = (message: string) => {
    throw new XmlFault(`${message} (line ${parser.line}, column ${parser.column})`);
  };
  let depth = 0;
  let unanswered = 0;
  parser.on('error', ({ message }) => fail(`not well-formed XML: ${message.replace(/^\d+:\d+: /, '')}`));
  parser.on('doctype', () => fail('a document type is not taken'));
  parser.on('opentag', ({ name, attributes }) => {
    unanswered = 0;
    if (++depth > maximumDepth) fail(`more than ${maximumDepth} elements inside each other`);
    handlers.open(localName(name), attributes);
  });
  const onText = (text: string) => {
    unanswered = 0;
    handlers.text(text);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', ({ name }) => {
    unanswered = 0;
    depth--;
    handlers.close(localName(name));
  });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      return fail('not UTF-8') ?? '';
    }
  };
  for await (const chunk of chunks) {
    // The parser gathers a text or tag until its end: what goes on for too long has to be noticed here.
    unanswered += chunk.length;
    parser.write(decode(chunk));
    if (unanswered > maximumLength) fail(`a text or tag of more than ${maximumLength} bytes`);
  }
  parser.write(decode());
  parser.close();
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

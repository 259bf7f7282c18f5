// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readXml, XmlFault } from '../../../../src/packages/rpm/xml.ts';

async function* pieces(content: Buffer, size: number) {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** What a reader gets of a document that arrives in pieces of `size` bytes. */
async function read(text: string | Buffer, size = 1000): Promise<string[]> {
  const events: string[] = [];
  await readXml(pieces(Buffer.from(text), size), {
    open: (name, attributes) => events.push(`<${name} ${JSON.stringify(attributes)}`),
    text: (content) => events.push(content),
    close: (name) => events.push(`>${name}`),
  });
  return events;
}

test.each([1, 2, 3, 7, 1000])('elements, attributes and text, in pieces of %i bytes', async (size) => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<a xmlns="x" xmlns:rpm="y"><!-- <b/> --><rpm:entry name="l&amp;b&#x2F;&#233;" flags='GE'/>1 &lt; 2 é€😀<![CDATA[[&]]]></a>`;
  const events = await read(text, size);
  const texts = events.filter((event) => !/^[<>]/.test(event)).join('');
  expect(events.filter((event) => /^[<>]/.test(event))).toEqual([
    '<a {"xmlns":"x","xmlns:rpm":"y"}',
    '<entry {"name":"l&b/é","flags":"GE"}',
    '>entry',
    '>a',
  ]);
  expect(texts.trim()).toBe('1 < 2 é€😀[&]');
});

test.each([
  ['an entity of its own', '<!DOCTYPE a [<!ENTITY x "boom">]><a>&x;</a>', /document type/],
  ['an entity of another file', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /document type/],
  [
    'entities of entities',
    `<!DOCTYPE a [<!ENTITY a "lol">${'abcdefg'.replace(/./g, (c, i) => `<!ENTITY ${String.fromCharCode(c.charCodeAt(0) + 1)} "${`&${'abcdefg'[i]};`.repeat(10)}">`)}]><a>&h;</a>`,
    /document type/,
  ],
  ['an unknown entity', '<a>&nbsp;</a>', /undefined entity/],
  ['text without an element', 'hello', /./],
  ['nothing at all', '', /./],
  ['half a document', '<a><b>', /unclosed/],
  ['tags that do not match', '<a></b>', /./],
  ['two attributes of one name', '<a b="1" b="2"/>', /./],
  ['a second document', '<a/><a/>', /./],
  ['a control character', '<a>&#0;</a>', /./],
  ['a separator of our tables', '<a>&#x1f;</a>', /./],
  ['a login page', '<html><head><meta charset="utf-8"></head><p>Log in & go on</html>', /./],
  ['deep elements', '<a>'.repeat(100_000), /inside each other/],
])('%s is refused', async (_, text, message) => {
  const error = await read(text).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(XmlFault);
  expect((error as Error).message).toMatch(message);
});

test('the fault is found', async () => {
  await expect(read('<a>\n  <b>\n</a>')).rejects.toThrow(/unexpected close tag.*\(line 3, column \d+\)/);
});

test.each([
  ['text', `<a>${'x'.repeat(5 << 20)}</a>`],
  ['attribute', `<a b="${'x'.repeat(5 << 20)}"/>`],
  ['comment', `<a><!--${'x'.repeat(5 << 20)}--></a>`],
  ['name', `<${'x'.repeat(5 << 20)}/>`],
  ['entity', `<a>&${'x'.repeat(5 << 20)};</a>`],
])('an endless %s is not gathered', async (_, text) => {
  await expect(read(text, 1 << 16)).rejects.toThrow(/of more than 1048576 bytes/);
});

test('what is not UTF-8', async () => {
  await expect(read(Buffer.from('<a>\xff\xfe</a>', 'latin1'))).rejects.toThrow('not UTF-8');
  await expect(read(Buffer.from('<a>é', 'latin1'))).rejects.toThrow(XmlFault);
});

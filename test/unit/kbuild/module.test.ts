// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { parseModule, readModule } from '../../../src/kbuild/module.ts';
import { extendedVersions, makeElf, modinfo, note, type SectionSpec, symbolSections, versions } from './module-file.ts';

const GLOBAL = 1;
const WEAK = 2;
const UNDEFINED = 0;

const INFO = modinfo(
  'license=GPL',
  'parm=port:the port',
  'parmtype=port:ushort',
  'parm=name:one: with a colon',
  'alias=a',
  'alias=b',
  '__proto__=polluted',
  'depends=nf_conntrack,udp_tunnel',
  'name=sample',
  'srcversion=ABCDEF',
  'vermagic=6.1.0-1-amd64 SMP mod_unload modversions ',
  'no equals sign',
);
const SYMBOLS = symbolSections([
  { name: '', binding: 0, section: UNDEFINED },
  { name: 'printk', binding: GLOBAL, section: UNDEFINED },
  { name: 'maybe_there', binding: WEAK, section: UNDEFINED },
  { name: 'own_function', binding: GLOBAL, section: 1 },
  { name: 'kfree', binding: GLOBAL, section: UNDEFINED },
]);
const VERSIONS = versions({ module_layout: 0x0badcafe, printk: 0x92997ed8, kfree: 0x37a0cba });
const BUILD_ID = { name: '.note.gnu.build-id', content: note('GNU', 3, Buffer.from('00112233', 'hex')) };
const SAMPLE = [INFO, ...SYMBOLS, VERSIONS, BUILD_ID, { name: '.BTF', content: Buffer.from('x') }];

// Made with: openssl cms -sign -binary -noattr -nocerts -nosmimecap (-keyid for the second).
const BY_ISSUER =
  'MIIBmQYJKoZIhvcNAQcCoIIBijCCAYYCAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBMYIBYzCCAV8CAQEwOjAyMRAwDgYDVQQKDAdFeGFtcGxlMR4wHAYDVQQDDBVFeGFtcGxlIG1vZHVsZSBzaWduZXICBBI0q80wCwYJYIZIAWUDBAIBMA0GCSqGSIb3DQEBAQUABIIBAEMRO0J+s+O4CSvjEP79OedtnQjTvIgWXbkmy3kW2shJyDnifVvbUf+gAIpIsaB9iDjfccjqWyJFqNlzZ/AvOpGnEj/10FIfskH6PtQunokDkE/X/5PQjCekACWRAl3pcSJid4FtJEKobuj+nwybmlA342b9iddDR3tTMiDyi3uMJZRpwahdVTlobGa1tPzV3pjO1+vOoBMXGNW0EcAGXCxk2XwSmd4YQeEGI8mg/c8sXWmjk7IHMUvdaeGVoLJtVe+s5JjPHtxh0yTWpusIz0Tvo4yvoWyDpx5vUVcgMERxeHHvCYl2al6Dzo0PJlhDQ3ep/91ISxE/kjngVeZyCS0=';
const BY_KEY =
  'MIIBcwYJKoZIhvcNAQcCoIIBZDCCAWACAQMxDTALBglghkgBZQMEAgMwCwYJKoZIhvcNAQcBMYIBPTCCATkCAQOAFL58f6+nbl7LNSpoVW/zTA/UF0w5MAsGCWCGSAFlAwQCAzANBgkqhkiG9w0BAQEFAASCAQCJPq/6ZNc8t2HE976hnSo/Rj37JIR32u+tTk3798rDtXx0SLGecb5Yj7+0ejJyTHWxXulM1hmj4ROOd8yhSbBVjy3woSW1axvxkwTnoXwHqzBVgqmKUYuILZ0DavD16Kfl58nd9LUJr9weBAtZ0R2J+vT8sQQL22bBjiO9+UwnGxp0E8YgvB7H59eeRxqJEKj0z8h8rqZprL7cnKY+QXf5Fw27srYFgGFGMobECMSXSO9fx1x5LvT9BbCfOgA5bM7lVyP/u6Wp/c9B3w3v2vfRPOAFywt7Xy7qUiy9pyvbl4vF3keDnKDVsAMxxByvXOU5tOZbGOvldv7Qrx2XPxYh';

const scratch = mkdtempSync(join(tmpdir(), 'ovnfast-module-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function save(name: string, content: Buffer): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

function parse(sections: SectionSpec[], after: Buffer = Buffer.alloc(0)) {
  const content = Buffer.concat([makeElf(sections), after]);
  return parseModule({ content, sha256: '', size: content.length }, 'sample.ko');
}

/** What scripts/sign-file appends. */
function signed(signature: Buffer, trailer: number[] = [0, 0, 2, 0, 0, 0, 0, 0]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(signature.length);
  return Buffer.concat([signature, Buffer.from(trailer), length, Buffer.from('~Module signature appended~\n')]);
}

describe('a module', () => {
  test('shows its fields, imports, parameters and notes', async () => {
    const module = await readModule(save('sample.ko', makeElf(SAMPLE)));
    expect(module).toMatchObject({
      name: 'sample',
      vermagic: '6.1.0-1-amd64 SMP mod_unload modversions',
      srcversion: 'ABCDEF',
      depends: ['nf_conntrack', 'udp_tunnel'],
      signed: false,
      btf: true,
      versioned: true,
      buildId: '00112233',
      parameters: [
        { name: 'port', type: 'ushort', description: 'the port' },
        { name: 'name', description: 'one: with a colon' },
      ],
    });
    expect(module.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(module.info).slice(0, 4)).toEqual(['license', 'parm', 'parmtype', 'alias']);
    expect(module.info.alias).toEqual(['a', 'b']);
    expect(Object.getOwnPropertyDescriptor(module.info, '__proto__')?.value).toEqual(['polluted']);
    expect(module.imports).toEqual([
      { symbol: 'kfree', crc: '0x037a0cba' },
      { symbol: 'maybe_there', weak: true },
      { symbol: 'module_layout', crc: '0x0badcafe' },
      { symbol: 'printk', crc: '0x92997ed8' },
    ]);
  });

  test('may carry its symbol versions in the form of 6.14 and later', () => {
    const long = 'a_symbol_with_a_name_that_is_longer_than_the_fifty_six_bytes_of_the_old_form';
    const symbols = symbolSections([{ name: long, binding: GLOBAL, section: UNDEFINED }]);
    const { imports, versioned } = parse([INFO, ...symbols, ...extendedVersions({ [long]: 0x1234, printk: 1 })]);
    expect(imports).toEqual([{ symbol: long, crc: '0x00001234' }]);
    expect(versioned).toBe(true);
  });

  test('without symbol versions has imports without CRC', () => {
    const { imports, versioned } = parse([INFO, ...SYMBOLS]);
    expect(imports.map(({ crc }) => crc)).toEqual([undefined, undefined, undefined]);
    expect(versioned).toBe(false);
  });

  test('of an old kernel takes its name from struct module, else from the file', () => {
    const own = Buffer.alloc(128);
    own.write('old_name', 24);
    expect(parse([modinfo('license=GPL'), { name: '.gnu.linkonce.this_module', content: own }]).name).toBe('old_name');
    expect(parse([modinfo('license=GPL')]).name).toBe('sample');
  });

  test('is read from a gzip file too', async () => {
    const plain = await readModule(save('plain.ko', makeElf(SAMPLE)));
    const packed = await readModule(save('packed.ko.gz', gzipSync(makeElf(SAMPLE))));
    expect({ ...packed, path: '', sha256: '', size: 0 }).toEqual({ ...plain, path: '', sha256: '', size: 0 });
    expect(packed.sha256).not.toBe(plain.sha256);
  });
});

describe('a signature', () => {
  test('names its signer by issuer and serial number', () => {
    const module = parse(SAMPLE, signed(Buffer.from(BY_ISSUER, 'base64')));
    expect(module.signed).toBe(true);
    expect(module.signature).toEqual({
      format: 'PKCS#7',
      signer: 'Example module signer',
      key: '1234abcd',
      hash: 'sha256',
    });
    expect(module.name).toBe('sample');
  });

  test('names its signer by key identifier', () => {
    const { signature } = parse(SAMPLE, signed(Buffer.from(BY_KEY, 'base64')));
    expect(signature).toMatchObject({ format: 'PKCS#7', hash: 'sha512' });
    expect(signature?.key).toMatch(/^[0-9a-f]{40}$/);
  });

  test('of kernels before 4.3 carries the names beside it', () => {
    const after = Buffer.concat([
      Buffer.from('CentOS kernel'),
      Buffer.from('beef', 'hex'),
      signed(Buffer.alloc(9), [1, 4, 1, 13, 2, 0, 0, 0]),
    ]);
    expect(parse(SAMPLE, after).signature).toEqual({
      format: 'X.509',
      signer: 'CentOS kernel',
      key: 'beef',
      hash: 'sha256',
    });
  });

  test('that is damaged is still one', () => {
    for (const bytes of [[0x30], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x80], Array(50).fill(0x30)]) {
      expect(parse(SAMPLE, signed(Buffer.from(bytes))).signature).toEqual({ format: 'PKCS#7' });
    }
    const beyond = signed(Buffer.alloc(4));
    beyond.writeUInt32BE(0xfffffff0, beyond.length - 32);
    expect(parse(SAMPLE, beyond).signed).toBe(true);
  });
});

describe('a file that is no module', () => {
  const rejected = async (name: string, content: Buffer, message: RegExp) => {
    const path = save(name, content);
    const error: unknown = await readModule(path).catch((reason) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(path);
  };

  test.each<[string, Buffer, RegExp]>([
    ['empty', Buffer.alloc(0), /not an ELF file/],
    ['text', Buffer.from('#!/bin/sh\n'.repeat(20)), /not an ELF file/],
    ['32-bit', Buffer.concat([Buffer.from('7f454c46010101', 'hex'), Buffer.alloc(100)]), /not a 64-bit/],
    ['program', makeElf([INFO], { type: 3 }), /not a kernel module/],
    ['object file', makeElf([]), /no \.modinfo/],
    ['cut short', makeElf(SAMPLE).subarray(0, -70), /cut short or damaged/],
    ['damaged gzip', gzipSync(makeElf(SAMPLE)).subarray(0, 90), /.+/],
  ])('%s', (name, content, message) => rejected(name, content, message));

  test('a bomb is stopped at the limit', () =>
    rejected('bomb.ko.gz', gzipSync(Buffer.alloc(140 * 2 ** 20)), /larger than 128 MiB/));

  test('a directory and a missing file are said to be that', async () => {
    await expect(readModule(scratch)).rejects.toThrow(InputError);
    await expect(readModule(join(scratch, 'absent.ko'))).rejects.toThrow(/ENOENT/);
  });

  test('a name without end or far too long is refused', () => {
    const endless = symbolSections([{ name: 'x'.repeat(5000), binding: GLOBAL, section: UNDEFINED }]);
    expect(() => parse([INFO, ...endless])).toThrow(/longer than/);
  });

  test('tables that are too large to be true are refused', () => {
    const info = { name: '.modinfo', content: Buffer.alloc(5 * 2 ** 20, 'a=b\0') };
    expect(() => parse([info])).toThrow(/modinfo is too large/);
    const crcs = { name: '__versions', content: Buffer.alloc(5 * 2 ** 20) };
    expect(() => parse([INFO, crcs])).toThrow(/versions is too large/);
    const many = Array.from({ length: 70_000 }, (_, index) => ({
      name: `s${index}`,
      binding: GLOBAL,
      section: UNDEFINED,
    }));
    expect(() => parse([INFO, ...symbolSections(many)])).toThrow(/more than 65536 symbols/);
  });

  test('more sections or notes than there are bytes for cost nothing', () => {
    const content = makeElf(SAMPLE);
    content.writeUInt16LE(0, 60);
    content.writeBigUInt64LE(0xffff_ffff_ffffn, Number(content.readBigUInt64LE(40)) + 32);
    expect(() => parseModule({ content, sha256: '', size: 0 }, 'x')).toThrow(InputError);
    const huge = Buffer.alloc(12, 0xff);
    expect(parse([INFO, { name: '.note.gnu.build-id', content: huge }]).buildId).toBeUndefined();
  });
});

test('no damage to a file makes anything but a module or an InputError of it', () => {
  const original = Buffer.concat([makeElf(SAMPLE), signed(Buffer.from(BY_ISSUER, 'base64'))]);
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  let rejectedCount = 0;
  for (let round = 0; round < 4000; round++) {
    const content = Buffer.from(original.subarray(0, random(4) ? original.length : random(original.length)));
    for (let change = random(6); change >= 0 && content.length > 0; change--) {
      content[random(content.length)] = random(3) ? random(256) : 0xff;
    }
    try {
      parseModule({ content, sha256: '', size: content.length }, 'damaged.ko');
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      rejectedCount++;
    }
  }
  expect(rejectedCount).toBeGreaterThan(500);
});

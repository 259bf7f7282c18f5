// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { der, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, SET } from '../../../src/kbuild/der.ts';

const oid = (hex: string) => der(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));
const text = (tag: number, value: string) => der(tag, Buffer.from(value));
const [UTF8_STRING, UTC_TIME, BIT_STRING, VERSION] = [0x0c, 0x17, 0x03, 0xa0] as const;

export type Identity = { key: string; certificate: string; privateKey: KeyObject };

/** A key and a certificate of its own, both in PEM. */
export function makeIdentity({
  kind = 'rsa' as 'rsa' | 'ec',
  bits = 2048,
  name = 'A signer',
  serial = '00f1e2d3c4',
} = {}): Identity {
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const algorithm =
    kind === 'rsa' ? der(SEQUENCE, oid('2a864886f70d01010b'), Buffer.of(5, 0)) : der(SEQUENCE, oid('2a8648ce3d040302'));
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, oid('550403'), text(UTF8_STRING, name))));
  const content = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.of(2))),
    der(INTEGER, Buffer.from(serial, 'hex')),
    algorithm,
    subject,
    der(SEQUENCE, text(UTC_TIME, '200101000000Z'), text(UTC_TIME, '491231235959Z')),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(BIT_STRING, Buffer.of(0), sign('sha256', content, privateKey));
  const body = der(SEQUENCE, content, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    privateKey,
  };
}

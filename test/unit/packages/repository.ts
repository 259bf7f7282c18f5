// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { createCleartextMessage, generateKey, type PrivateKey, readPrivateKey, sign } from 'openpgp';
import { bytes, sha256 } from './fixtures.ts';
import type { MirrorServer } from './mirror-server.ts';

export type Key = { privateKey: PrivateKey; publicKey: string };

export async function makeKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: 'Archive' }], type: 'ecc' });
  return { privateKey: await readPrivateKey({ armoredKey: privateKey }), publicKey };
}

export async function writeKey(path: string, key: Key): Promise<string> {
  await writeFile(path, key.publicKey);
  return path;
}

/** A package of a fixture repository: name, version, and any further fields. */
export type Stanza = { name: string; version?: string } & Record<string, string>;

/** The content of a fixture package; different for each version, none of it a real archive. */
export const debOf = ({ name, version = '1.0' }: Stanza) => bytes(500, `${name} ${version}`);

export function packagesFile(stanzas: Stanza[]): string {
  return stanzas
    .map((stanza) => {
      const { name, version = '1.0', ...more } = stanza;
      const content = debOf(stanza);
      const fields = {
        ...{ Package: name, Version: version, Architecture: 'amd64', Description: `about ${name}` },
        ...{ Filename: `pool/${name}_${version.replace(':', '%3a')}_amd64.deb`, Size: String(content.length) },
        ...{ SHA256: sha256(content), ...more },
      };
      return `${Object.entries(fields)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join('')}\n`;
    })
    .join('');
}

export type PublishOptions = {
  key: Key;
  suite?: string;
  /** Fields of the Release file in place of, or beside, the usual ones; an empty one is left out. */
  release?: Record<string, string>;
  /** Below which path of the server. */
  base?: string;
  /** The index file, in place of one made of the stanzas. */
  index?: { name: string; content: Buffer };
  /** Without the files of packages. */
  withoutPool?: boolean;
};

/** Puts a suite on a mirror as an archive has it: InRelease, index by hash and by name, packages. */
export async function publish(mirror: MirrorServer, stanzas: Stanza[], options: PublishOptions): Promise<void> {
  const { key, suite = 'test', base = '/debian' } = options;
  const { name, content } = options.index ?? { name: 'Packages.gz', content: gzipSync(packagesFile(stanzas)) };
  const digest = sha256(content);
  const path = `main/binary-amd64/${name}`;
  const fields = {
    ...{ Origin: 'Test', Suite: 'oldstable', Codename: suite, Date: 'Sat, 03 Jan 2026 10:00:00 UTC' },
    ...{ 'Acquire-By-Hash': 'yes', ...options.release },
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== '');
  const text = `${lines.map(([field, value]) => `${field}: ${value}\n`).join('')}SHA256:\n ${digest} ${content.length} ${path}\n`;
  const directory = `${base}/dists/${suite}`;
  mirror.files.set(`${directory}/InRelease`, Buffer.from(await clearSign(text, key)));
  mirror.files.set(`${directory}/${path}`, content);
  mirror.files.set(`${directory}/main/binary-amd64/by-hash/SHA256/${digest}`, content);
  if (options.withoutPool) return;
  for (const stanza of stanzas) {
    const { name, version = '1.0' } = stanza;
    mirror.files.set(`${base}/pool/${name}_${version.replace(':', '%3a')}_amd64.deb`, debOf(stanza));
  }
}

export async function clearSign(text: string, key: Key): Promise<string> {
  const message = await createCleartextMessage({ text });
  return sign({ message, signingKeys: key.privateKey });
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { type ComposeOptions, composeSysroot, type SysrootPackage } from '../../../src/sysroot/compose.ts';

export const scratch = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');

/** A member of a tar archive as a test writes it: a name, and what differs from a plain file. */
export type Member = Partial<Header> & { name: string; content?: string | Buffer };

export const file = (name: string, content: string | Buffer = `content of ${name}\n`): Member => ({ name, content });
export const link = (name: string, linkname: string): Member => ({ name, linkname, type: 'symlink' });
export const hardLink = (name: string, linkname: string): Member => ({ name, linkname, type: 'link' });
export const directory = (name: string): Member => ({ name, type: 'directory' });

export async function tar(members: Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of members) {
    archive.entry({ mtime: new Date(1_600_000_000_000), ...header }, content ?? '');
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One tar header by hand, for what no writer of archives would write; `at` overwrites bytes before the checksum. */
export function rawHeader(name: string, type: string, size = 0, at: [offset: number, text: string][] = []): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'latin1');
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  for (const [offset, text] of at) block.write(text, offset, 'latin1');
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

export const endOfTar = Buffer.alloc(1024);

export function padded(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export function ar(members: [name: string, content: Buffer][]): Buffer {
  const parts: Buffer[] = [Buffer.from('!<arch>\n')];
  for (const [name, content] of members) {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}0     0     100644  ${String(content.length).padEnd(10)}\`\n`;
    parts.push(Buffer.from(header), content, Buffer.alloc(content.length % 2, '\n'));
  }
  return Buffer.concat(parts);
}

export const gzip = (bytes: Buffer) => zlib.gzipSync(bytes, { level: 1 });

export function debOf(data: Buffer, name = 'data.tar'): Buffer {
  return ar([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzip(endOfTar)],
    [name, data],
  ]);
}

/** Puts a package into a file, as the store would. */
export async function packageOf(where: string, deb: Buffer, name = 'sample'): Promise<SysrootPackage> {
  const sha256 = createHash('sha256').update(deb).digest('hex');
  const path = join(where, `${sha256.slice(0, 12)}.deb`);
  await writeFile(path, deb);
  return { pin: { name, version: '1.0-1', sha256 }, path };
}

/** Composes a root of packages with these members, in a cache below `where`. */
export async function composeOf(where: string, packages: Member[][], more: Partial<ComposeOptions> = {}) {
  const items: SysrootPackage[] = [];
  for (const members of packages) items.push(await packageOf(where, debOf(await tar(members))));
  return compose(where, items, more);
}

export function compose(where: string, packages: SysrootPackage[], more: Partial<ComposeOptions> = {}) {
  return composeSysroot({ cache: join(where, 'cache'), packages, signal: new AbortController().signal, ...more });
}

/** What a directory holds: path -> content of a file, `-> target` of a link, `/` for a directory; permissions where asked. */
export async function listing(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isSymbolicLink()) found[name] = `-> ${await readlink(path)}`;
    else if (entry.isDirectory()) found[name] = '/';
    else found[name] = await readFile(path, 'latin1');
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const permissions = async (path: string) => ((await lstat(path)).mode & 0o7777).toString(8);

/** Names of everything in the cache that is not a finished package or sysroot. */
export async function leftovers(where: string): Promise<string[]> {
  const names: string[] = [];
  for (const kind of ['unpacked', 'sysroots']) {
    names.push(...(await readdir(join(where, 'cache', kind)).catch(() => [])).filter((name) => name.includes('.')));
  }
  return names;
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { type CpioEntry, cpioArchive, parentEntries, treeEntries } from '../../../src/machine/cpio.ts';

type Member = {
  path: string;
  mode: number;
  inode: number;
  links: number;
  mtime: number;
  owner: number;
  content: Buffer;
};

/** Reads "newc" as the kernel's documentation describes it; knows nothing of the writer. */
function readArchive(archive: Buffer): { members: Member[]; rest: Buffer } {
  const members: Member[] = [];
  let at = 0;
  const align = () => {
    at = (at + 3) & ~3;
  };
  for (;;) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [size, nameSize] = [field(6), field(11)];
    const member = { mode: field(1), inode: field(0), links: field(4), mtime: field(5), owner: field(2) + field(3) };
    const nameAt = at + 110;
    expect(archive[nameAt + nameSize - 1]).toBe(0);
    const path = archive.toString('utf8', nameAt, nameAt + nameSize - 1);
    at = nameAt + nameSize;
    align();
    const content = archive.subarray(at, at + size);
    at += size;
    align();
    if (path === 'TRAILER!!!') return { members, rest: archive.subarray(at) };
    members.push({ path, ...member, content });
  }
}

async function archiveOf(entries: CpioEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of cpioArchive(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const entries: CpioEntry[] = [
  { kind: 'directory', path: 'a', mode: 0o755 },
  { kind: 'file', path: 'a/b', mode: 0o644, content: Buffer.from('hello') },
  { kind: 'file', path: 'a/empty', mode: 0o755, content: Buffer.alloc(0) },
  { kind: 'link', path: 'a/ü', target: '../c' },
];

describe('cpioArchive', () => {
  test('writes what a reader of the format finds again', async () => {
    const { members, rest } = readArchive(await archiveOf(entries));
    expect(members.map(({ path, mode, content }) => [path, mode.toString(8), content.toString()])).toEqual([
      ['a', '40755', ''],
      ['a/b', '100644', 'hello'],
      ['a/empty', '100755', ''],
      ['a/ü', '120777', '../c'],
    ]);
    expect(members.map(({ inode }) => inode)).toEqual([1, 2, 3, 4]);
    for (const { mtime, owner, path, links } of members) {
      expect([mtime, owner, links]).toEqual([0, 0, path === 'a' ? 2 : 1]);
    }
    expect(rest.every((byte) => byte === 0)).toBe(true);
  });

  test('is the same whatever the order, and stays the same', async () => {
    const archive = await archiveOf(entries);
    expect(await archiveOf([...entries].reverse())).toEqual(archive);
    expect(archive.length % 512).toBe(0);
    expect(createHash('sha256').update(archive).digest('hex')).toBe(
      '7ede19cfbc83fa712d8a244bc31d2634372818785875fc48a31450b0de88957d',
    );
  });

  test('archives can be put one after the other', async () => {
    const first = await archiveOf(entries);
    const both = Buffer.concat([first, await archiveOf(entries.slice(0, 1))]);
    const { rest } = readArchive(both);
    const next = rest.findIndex((byte) => byte !== 0);
    expect(next % 4).toBe(0);
    expect(readArchive(rest.subarray(next)).members).toHaveLength(1);
  });

  test('puts a directory before what is in it, also where a name sorts between', async () => {
    const { members } = readArchive(
      await archiveOf([
        { kind: 'file', path: 'a/b', mode: 0o644, content: Buffer.from('') },
        { kind: 'file', path: 'a-b', mode: 0o644, content: Buffer.from('') },
        { kind: 'directory', path: 'a', mode: 0o755 },
      ]),
    );
    const paths = members.map(({ path }) => path);
    expect(paths.indexOf('a')).toBeLessThan(paths.indexOf('a/b'));
  });
});

describe('treeEntries', () => {
  test('takes files, links and modes, but no set-user-id bit, and skips what it is told to', async () => {
    await using directory = await TemporaryDirectory.create(tmpdir());
    await mkdir(join(directory.path, 'bin'));
    await mkdir(join(directory.path, 'skipped/deep'), { recursive: true });
    await writeFile(join(directory.path, 'bin/su'), 'x'.repeat(3_000_000));
    await chmod(join(directory.path, 'bin/su'), 0o4755);
    await symlink('/bin/su', join(directory.path, 'link'));
    const found = await treeEntries(directory.path, { to: 'guest', skip: (path) => path === 'skipped' });
    const { members } = readArchive(await archiveOf(found));
    expect(members.map(({ path, mode, content }) => [path, mode.toString(8), content.length])).toEqual([
      ['guest/bin', '40755', 0],
      ['guest/bin/su', '100755', 3_000_000],
      ['guest/link', '120777', 7],
    ]);
  });

  test('a file that shrinks meanwhile is an error, not a damaged archive', async () => {
    await using directory = await TemporaryDirectory.create(tmpdir());
    const file = join(directory.path, 'file');
    await writeFile(file, 'x'.repeat(100));
    const found = await treeEntries(directory.path);
    await truncate(file, 50);
    await expect(archiveOf(found)).rejects.toThrow(/file: became shorter while it was read: 50 of 100 bytes/);
  });
});

test('parentEntries names every directory above a path', () => {
  expect(parentEntries('a/b/c').map(({ path }) => path)).toEqual(['a', 'a/b']);
  expect(parentEntries('a')).toEqual([]);
});

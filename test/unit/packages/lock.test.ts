// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import type { Target } from '../../../src/matrix/types.ts';
import { kernelPart, type Lock, lockDigest, pinsOf, readLock, writeLock } from '../../../src/packages/lock.ts';
import type { Pin } from '../../../src/packages/pin.ts';
import { bytes, filesBelow, pinOf, scratch } from './fixtures.ts';

const lock: Lock = {
  schema: 'ovnfast.lock/1',
  id: 'debian-12',
  kernel: '6.1.0-56-amd64',
  indexes: [
    {
      ...{ archive: 'debian', suite: 'bookworm', component: 'main', date: '2026-01-03T10:00:00Z' },
      ...{ sha256: '0'.repeat(64), signedBy: 'F'.repeat(40), expired: '2026-01-10T10:00:00Z' },
    },
  ],
  sysroots: { headers: ['gcc', 'make'], image: ['linux-image'] },
  packages: ['gcc', 'linux-image', 'make'].map((name) => pinOf(name, bytes(100, name))),
};

describe('a lock file', () => {
  test('reads back as it was written, with one package per line', async () => {
    await using directory = await scratch();
    const path = join(directory.path, 'locks', 'debian-12', '6.1.0-56-amd64.json');
    await writeLock(path, lock);
    expect(await readLock(path)).toEqual(lock);
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines.filter((line) => line.includes('"sha256"')).length).toBe(lock.packages.length + lock.indexes.length);
    expect(lines.find((line) => line.includes('"name":"gcc"'))).toMatch(/^ {4}\{.*\},$/);
    expect(await filesBelow(directory.path)).toEqual(['locks/debian-12/6.1.0-56-amd64.json']);
  });

  test('that is not there is no error', async () => {
    await using directory = await scratch();
    expect(await readLock(join(directory.path, 'none.json'))).toBeUndefined();
  });

  const change = (change: (copy: Lock) => unknown) => {
    const copy = structuredClone(lock);
    change(copy);
    return JSON.stringify(copy);
  };
  const first = (copy: Lock) => copy.packages[0] ?? expect.fail();

  test.each([
    ['cut off', JSON.stringify(lock).slice(0, -20), /is not JSON/],
    ['of another format', change((copy) => Object.assign(copy, { schema: 'ovnfast.lock/2' })), /at schema/],
    [
      'with a digest that is none',
      change((copy) => Object.assign(first(copy), { sha256: 'abc' })),
      /at packages\.0\.sha256: a SHA-256/,
    ],
    ['with a size that is none', change((copy) => Object.assign(first(copy), { size: -1 })), /at packages\.0\.size/],
    [
      'that leaves the archive',
      change((copy) => Object.assign(first(copy), { path: 'pool/../../etc/passwd' })),
      /at packages\.0\.path/,
    ],
    [
      'with an absolute path',
      change((copy) => Object.assign(first(copy), { path: '/etc/passwd' })),
      /at packages\.0\.path/,
    ],
    ['with an unknown field', change((copy) => Object.assign(copy, { extra: 1 })), /extra/],
    [
      'that lacks a package',
      change((copy) => copy.packages.pop()),
      /at sysroots\.headers: make is not among the packages/,
    ],
  ])('%s is an input error that says where', async (_, text, message) => {
    await using directory = await scratch();
    const path = join(directory.path, 'lock.json');
    await writeFile(path, text);
    const error = await readLock(path).catch((error: Error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message.startsWith(`${path}: `)).toBe(true);
  });
});

test('the packages of one sysroot', () => {
  expect(pinsOf(lock, 'headers').map(({ name }) => name)).toEqual(['gcc', 'make']);
  expect(() => pinsOf(lock, 'guest')).toThrow('no sysroot guest');
});

describe('the own part of a kernel in a lock', () => {
  const own = (kernel: string, template: string, pins: Pin[]) => {
    const packages = { headers: [template, 'make'], image: [], exclude: [] };
    const target = { kernel, distribution: { packages } } as unknown as Target;
    const names = pins.map(({ name }) => name);
    return kernelPart(
      target,
      { ...lock, kernel, sysroots: { headers: names, image: ['vmlinuz'] }, packages: pins },
      'interface',
    );
  };
  const make = pinOf('make', bytes(10, 'make'));
  const vmlinuz = pinOf('vmlinuz', bytes(10, 'vmlinuz'));

  test('is known by its name', () => {
    const part = own('6.1.0-9', 'linux-headers-{kernel}', [
      ...['linux-headers-6.1.0-9', 'linux-headers-6.1.0-9-common'].map((name) => pinOf(name, bytes(10, name))),
      ...[make, vmlinuz],
    ]);
    expect(part.sysroots).toEqual({ interface: ['linux-headers-6.1.0-9'] });
    expect(part.packages.map(({ name }) => name)).toEqual(['linux-headers-6.1.0-9']);
  });

  test.each([
    ['version', '3.10.0-1160.el7', '3.10.0-1160.el7'],
    ['version and architecture', '4.18.0-348.el8.x86_64', '4.18.0-348.el8'],
    ['version after an epoch', '4.18.0-348.el8.x86_64', '0:4.18.0-348.el8'],
    ['provides', '6.1.0-56-amd64', '6.1.192-1.tos9'],
  ])(
    'or, where packages are called the same for all kernels and have the release in their %s, by that',
    (_, kernel, version) => {
      const devel = { ...pinOf('kernel-devel', bytes(10, 'devel')), version, architecture: 'x86_64' };
      const others = ['kernel-headers', 'kernel-devel-matched'].map((name) => pinOf(name, bytes(10, name)));
      const part = own(kernel, 'kernel-devel-{kernel}', [devel, ...others, make, vmlinuz]);
      expect(part.sysroots.interface).toEqual(['kernel-devel']);
    },
  );
});

test('the digest is of what is pinned, not of where it was found', () => {
  expect(lockDigest({ ...lock, indexes: [] })).toBe(lockDigest(lock));
  expect(lockDigest({ ...lock, packages: lock.packages.map((pin) => ({ ...pin, sha256: 'f'.repeat(64) })) })).not.toBe(
    lockDigest(lock),
  );
  expect(lockDigest({ ...lock, sysroots: { ...lock.sysroots, image: [] } })).not.toBe(lockDigest(lock));
});

// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProgramBuild } from '../../../src/bpf/build.ts';
import { InputError } from '../../../src/errors.ts';
import type { BuildResult } from '../../../src/kbuild/build.ts';
import {
  inputOf,
  type Manifest,
  makeManifest,
  makeProgramManifest,
  type ProgramManifest,
  readManifest,
  writeManifest,
} from '../../../src/manifest/manifest.ts';
import type { EffectiveLock } from '../../../src/packages/obtain.ts';
import { archiveAt, bytes, pinOf, scratch } from '../packages/fixtures.ts';

const pin = (name: string, archive = 'debian') => ({ ...pinOf(name, bytes(100, name)), archive });
const archives = [
  archiveAt(['http://mirror.example/debian'], {
    keys: ['/somewhere/key.asc'],
    snapshot: 'https://snapshot.example/debian',
  }),
  archiveAt(['http://mirror.example/security'], { name: 'security' }),
];
const effective = {
  target: { distribution: { archives } },
  lock: {
    ...{ schema: 'ovnfast.lock/1', id: 'debian-12', kernel: '6.1.0-9-amd64' },
    indexes: [
      ...[{ archive: 'debian', suite: 'a', component: 'main', date: '2026-01-03T10:00:00Z', sha256: '0'.repeat(64) }],
      ...[{ archive: 'debian', suite: 'b', component: 'main', date: '2026-01-02T10:00:00Z', sha256: '0'.repeat(64) }],
    ],
    sysroots: { headers: ['gcc', 'make'], image: ['linux-image'] },
    packages: ['gcc', 'linux-image', 'make'].map((name) => pin(name)),
  },
} as unknown as EffectiveLock;

const built = {
  status: 'pass',
  modules: [{ path: '/somewhere/out/sample.ko', name: 'sample', sha256: 'a'.repeat(64), size: 10, srcversion: 'AB' }],
  source: 'b'.repeat(64),
  commands: [{ argv: ['make', 'modules'], environment: { LC_ALL: 'C' } }],
} as unknown as BuildResult;

const manifest: Manifest = makeManifest({
  version: '1.2.3',
  target: { id: 'debian-12', kernel: '6.1.0-9-amd64', arch: 'x86_64' },
  portable: false,
  built,
  inputs: {
    target: inputOf(effective, ['headers', 'image']),
    sandbox: { archives: [], sysroots: { sandbox: [] } },
  },
});

const sandbox = { archives: [], sysroots: { sandbox: [] } };
const programs: ProgramManifest = makeProgramManifest({
  version: '1.2.3',
  built: {
    status: 'pass',
    programs: [{ path: '/somewhere/out/sample.bpf.o', name: 'sample', sha256: 'a'.repeat(64), size: 10 }],
    executables: [{ path: '/somewhere/out/loader', sha256: 'c'.repeat(64), size: 0 }],
    source: 'b'.repeat(64),
    commands: [{ argv: ['clang-14'], environment: {} }],
  } as unknown as ProgramBuild,
  inputs: { bpf: { ...inputOf(effective, ['image']), sysroots: { bpf: [pin('clang-14')] } }, sandbox },
});

describe('a manifest', () => {
  test('of eBPF programs names no target, and what goes with the objects', async () => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    await writeManifest(path, programs);
    expect(await readManifest(path)).toEqual(programs);
    expect(programs).not.toHaveProperty('target');
    expect(programs.module.name).toBe('sample');
    expect(programs.results.map(({ file }) => file)).toEqual(['sample.bpf.o', 'loader']);
  });

  test('reads back as it was written, a package per line, and names nothing of this machine', async () => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    await writeManifest(path, manifest);
    expect(await readManifest(path)).toEqual(manifest);
    const text = await readFile(path, 'utf8');
    expect(JSON.parse(text)).toEqual(manifest);
    expect(text.split('\n').find((line) => line.includes('"name":"gcc"'))).toMatch(/^ +\{.*\},$/);
    expect(text).not.toContain('/somewhere');
  });

  test('has of a lock the packages of the sysroots that were used, and the archives that have them', () => {
    const { archives, sysroots } = inputOf(effective, ['image']);
    expect(Object.keys(sysroots)).toEqual(['image']);
    expect(sysroots.image?.map(({ name }) => name)).toEqual(['linux-image']);
    expect(archives.map(({ name }) => name)).toEqual(['debian']);
    expect(archives[0]).toMatchObject({
      mirrors: ['http://mirror.example/debian'],
      snapshot: 'https://snapshot.example/debian',
      timestamp: '20260103T220000Z',
    });
  });
});

describe('a file that is no manifest', () => {
  const line = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

  test.each<[string, string, string, RegExp]>([
    ['a mistyped field', '"size":10', '"seize":10', /unknown key "seize".*did you mean "size"/],
    ['a digest that is none', `"sha256":"${'a'.repeat(64)}"`, '"sha256":"aa"', /a SHA-256 of 64 hexadecimal digits/],
    ['a path that leads out', '"kernel":"6.1.0-9-amd64"', '"kernel":"../../etc"', /a name without slashes/],
    ['a path of dots', '"id":"debian-12"', '"id":".."', /a name without slashes/],
    ['a module that is no .ko', '"file":"sample.ko"', '"file":"sample"', /ends in \.ko/],
    ['an archive that is not there', '"archive":"debian"', '"archive":"fedora"', /no archive "fedora"/],
    ['a package path that climbs', 'pool/gcc', '../gcc', /a path below the archive/],
    ['a mirror that is no address', '"http://mirror.example/debian"', '"file:///etc"', /an http or https address/],
    ['another schema', 'ovnfast.manifest/1', 'ovnfast.manifest/9', /ovnfast\.manifest\/1/],
  ])('%s is told by line and column', async (_, before, after, message) => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    await writeManifest(path, manifest);
    const text = (await readFile(path, 'utf8')).replace(before, after);
    expect(text).toContain(after);
    await writeFile(path, text);
    const error = await readManifest(path).catch((error: Error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(new RegExp(`^${path}:${line(text, after)}:\\d+: `));
  });

  test.each([
    ['that lacks a sysroot', '"image": ', '"picture": ', /the sysroot "image" is missing/],
    ['that is cut short', '"inputs"', '"inputs', /^.*manifest\.json:\d+:\d+: /],
  ])('%s', async (_, before, after, message) => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    await writeManifest(path, manifest);
    await writeFile(path, (await readFile(path, 'utf8')).replace(before, after));
    await expect(readManifest(path)).rejects.toThrow(message);
  });

  test.each([
    ['a path that leads out', '"file":"loader"', '"file":"../loader"', /a name without slashes/],
    ['the schema of another', 'manifest.programs/1', 'manifest/1', /target/],
    ['no sysroot of the compiler', '"bpf": [', '"bfp": [', /the sysroot "bpf" is missing/],
  ])('of eBPF programs with %s is refused', async (_, before, after, message) => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    await writeManifest(path, programs);
    const text = (await readFile(path, 'utf8')).replace(before, after);
    expect(text).toContain(after);
    await writeFile(path, text);
    await expect(readManifest(path)).rejects.toThrow(InputError);
    await expect(readManifest(path)).rejects.toThrow(message);
  });

  test('that would grow in memory is refused', async () => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    const levels = [...'bcdefghi'].map(
      (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`)}]`,
    );
    await writeFile(path, ['a: &a [x, x, x, x, x, x, x, x, x]', ...levels].join('\n'));
    const error = await readManifest(path).catch((error: Error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/alias/);
  });

  test('of a size that no manifest has is not read', async () => {
    await using directory = await scratch();
    const path = join(directory.path, 'manifest.json');
    await writeFile(path, Buffer.alloc(9 * 2 ** 20, ' '));
    await expect(readManifest(path)).rejects.toThrow(/larger than 8 MiB/);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { lockPath } from '../../../src/matrix/matrix.ts';
import type { Distribution, Target, ToolSysroot } from '../../../src/matrix/types.ts';
import { NotDeliveredError } from '../../../src/packages/errors.ts';
import { type Lock, lockTarget, lockTool, writeLock } from '../../../src/packages/lock.ts';
import { Obtainer } from '../../../src/packages/obtain.ts';
import type { Store } from '../../../src/packages/store.ts';
import { archiveAt, sha256, workplace } from './fixtures.ts';
import { debOf, makeKey, publish, type Stanza, writeKey } from './repository.ts';

const key = await makeKey();
const { signal } = new AbortController();
const kernelStanzas = (kernel: string): Stanza[] => [
  { name: `linux-headers-${kernel}`, Depends: `linux-image-${kernel}, gcc` },
  { name: `linux-image-${kernel}`, Depends: 'initramfs-tools' },
];
const common: Stanza[] = [
  { name: 'gcc', Depends: 'libc6' },
  { name: 'libc6' },
  { name: 'bubblewrap', Depends: 'libc6' },
];
const before = [...kernelStanzas('6.1.0-9-amd64'), ...common];
/** A week later: a newer kernel has come, a newer gcc, and the old ones have gone. */
const after = [...kernelStanzas('6.1.0-10-amd64'), ...common.slice(1), { name: 'gcc', version: '2.0' }];

async function publishing(published = before) {
  const place = await workplace();
  const { directory, mirror } = place;
  await publish(mirror, published, { key });
  const keys = [await writeKey(join(directory, 'archive.asc'), key)];
  const distribution: Distribution = {
    ...{ id: 'debian-12', title: 'Debian 12', family: 'debian', architecture: 'amd64', default: true },
    archives: [archiveAt([`${mirror.url}/debian`], { keys })],
    kernels: { default: ['newest 1'], exclude: ['*-rt-amd64'] },
    packages: {
      headers: ['linux-headers-{kernel}'],
      image: ['linux-image-{kernel}'],
      toolchain: [],
      exclude: ['linux-image-*'],
    },
  };
  const target: Target = {
    ...{ id: 'debian-12', kernel: '6.1.0-9-amd64', arch: 'x86_64', distribution, named: false, pinned: false },
  };
  const tool: ToolSysroot = {
    ...{ name: 'sandbox', group: 'tools', title: 'Sandbox', distribution, packages: ['bubblewrap'], exclude: [] },
  };
  const matrixDirectory = join(directory, 'matrix');
  /** As a new process would start: nothing remembered but what is in the cache. */
  const obtainer = (options: { frozen?: boolean; store?: Store } = {}) => {
    const store = options.store ?? place.openStore();
    const gpgv = () => expect.fail('the Debian family does without gpgv');
    return new Obtainer({ store, matrixDirectory, frozen: options.frozen ?? false, gpgv });
  };
  const path = lockPath(matrixDirectory, target.id, target.kernel);
  const lockNow = async () => {
    using one = obtainer();
    const index = await one.offers(distribution, signal);
    await writeLock(path, await lockTarget(target, index));
    await writeLock(lockPath(matrixDirectory, 'tools', tool.name), await lockTool(tool, index));
  };
  return {
    ...place,
    ...{ distribution, target, tool, path, obtainer, lockNow },
    /** The mirror forgets everything and offers this. */
    async becomes(stanzas: Stanza[]) {
      mirror.files.clear();
      mirror.requests.length = 0;
      await publish(mirror, stanzas, { key });
    },
  };
}

const failure = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: Error) => error,
  );

describe('a locked target', () => {
  test('gets the packages of each sysroot, from the mirror, without the index', async () => {
    await using place = await publishing();
    await place.lockNow();
    place.mirror.requests.length = 0;
    using obtainer = place.obtainer();
    const effective = await obtainer.targetLock(place.target, signal);
    expect(place.mirror.requests).toEqual([]);
    expect([effective.origin, effective.warnings]).toEqual(['locked', []]);
    const { sysroots, mirrors } = await obtainer.obtain(effective, { signal });
    const names = [...sysroots].map(([sysroot, packages]) => [sysroot, packages.map(({ pin }) => pin.name)]);
    expect(names).toEqual([
      ['headers', ['gcc', 'libc6', 'linux-headers-6.1.0-9-amd64']],
      ['image', ['linux-image-6.1.0-9-amd64']],
    ]);
    const gcc = sysroots.get('headers')?.[0];
    expect(sha256(await readFile(gcc?.path ?? ''))).toBe(sha256(debOf({ name: 'gcc' })));
    expect([...mirrors]).toEqual([[`${place.mirror.url}/debian`, 4]]);
    expect(place.mirror.requests.every(({ path }) => path.startsWith('/debian/pool/'))).toBe(true);
  });

  test('fetches no more than the sysroots that are asked for', async () => {
    await using place = await publishing();
    await place.lockNow();
    using obtainer = place.obtainer();
    const effective = await obtainer.targetLock(place.target, signal);
    const { sysroots } = await obtainer.obtain(effective, { signal, sysroots: ['image'] });
    expect([...sysroots.keys()]).toEqual(['image']);
    expect(place.mirror.requests.some(({ path }) => path.includes('gcc'))).toBe(false);
  });

  test('needs no mirror once its packages are in the store', async () => {
    await using place = await publishing();
    await place.lockNow();
    {
      using obtainer = place.obtainer();
      await obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal });
    }
    await place.mirror[Symbol.asyncDispose]();
    using obtainer = place.obtainer({ frozen: true });
    const { mirrors } = await obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal });
    expect([...mirrors]).toEqual([]);
  });

  test('whose lock is broken is an input error, not resolved anew', async () => {
    await using place = await publishing();
    await place.lockNow();
    await writeLock(place.path, { ...(JSON.parse(await readFile(place.path, 'utf8')) ?? {}), id: 5 });
    using obtainer = place.obtainer();
    expect(await failure(obtainer.targetLock(place.target, signal))).toBeInstanceOf(InputError);
  });
});

describe('what is the own of a kernel', () => {
  test.each([
    ['locked', 'interface', 'linux-headers-6.1.0-9-amd64'],
    ['unlocked', 'interface', 'linux-headers-6.1.0-9-amd64'],
    ['locked', 'image', 'linux-image-6.1.0-9-amd64'],
    ['unlocked', 'image', 'linux-image-6.1.0-9-amd64'],
  ] as const)('%s, comes without the compiler: %s', async (origin, part, name) => {
    await using place = await publishing();
    if (origin === 'locked') await place.lockNow();
    place.mirror.requests.length = 0;
    using obtainer = place.obtainer();
    const effective = await obtainer.kernelLock(place.target, part, signal);
    expect(effective.origin).toBe(origin);
    expect(place.mirror.requests.some(({ path }) => path.includes('/dists/'))).toBe(origin === 'unlocked');
    const { sysroots } = await obtainer.obtain(effective, { signal });
    expect([...sysroots].map(([sysroot, packages]) => [sysroot, packages.map(({ pin }) => pin.name)])).toEqual([
      [part, [name]],
    ]);
    expect(place.mirror.requests.filter(({ path }) => path.includes('/pool/'))).toHaveLength(1);
    // The lock of the whole target is another one.
    expect(Object.keys((await obtainer.targetLock(place.target, signal)).lock.sysroots)).toEqual(['headers', 'image']);
  });

  test('is resolved again when it has left the mirrors', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes(after);
    using obtainer = place.obtainer();
    const { effective } = await obtainer.obtain(await obtainer.kernelLock(place.target, 'interface', signal), {
      signal,
    });
    expect([effective.origin, effective.lock.kernel]).toEqual(['replaced', '6.1.0-10-amd64']);
    expect(effective.lock.sysroots).toEqual({ interface: ['linux-headers-6.1.0-10-amd64'] });
  });
});

describe('a lock older than the mirror', () => {
  test('is resolved again, loudly, with the newest kernel in place of one that is gone', async () => {
    await using place = await publishing();
    await place.lockNow();
    const lockFile = await readFile(place.path, 'utf8');
    await place.becomes(after);
    using obtainer = place.obtainer();
    const { effective, sysroots } = await obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal });
    expect([effective.origin, effective.lock.kernel]).toEqual(['replaced', '6.1.0-10-amd64']);
    expect('target' in effective && effective.target.kernel).toBe('6.1.0-10-amd64');
    expect(sysroots.get('headers')?.map(({ pin }) => `${pin.name} ${pin.version}`)).toContain('gcc 2.0');
    expect(effective.warnings.map(({ kind }) => kind)).toEqual(['resolved-again']);
    const message = effective.warnings[0]?.message ?? '';
    expect(message).toContain('debian-12/6.1.0-9-amd64: packages of its lock have left the mirrors');
    expect(message).toContain('with kernel 6.1.0-10-amd64 in place of 6.1.0-9-amd64');
    expect(message).toContain('ovnfast lock --target debian-12');
    expect(message).toContain('answers 404');
    // The lock file is the user's: only `ovnfast lock` changes it.
    expect(await readFile(place.path, 'utf8')).toBe(lockFile);
  });

  test('is replaced without a network the next time, and that is said again', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes(after);
    {
      using obtainer = place.obtainer();
      await obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal });
    }
    await place.mirror[Symbol.asyncDispose]();
    using obtainer = place.obtainer();
    const asked = await obtainer.targetLock(place.target, signal);
    const { effective } = await obtainer.obtain(asked, { signal });
    expect([effective.origin, effective.lock.kernel]).toEqual(['replaced', '6.1.0-10-amd64']);
    expect(effective.warnings.map(({ kind }) => kind)).toEqual(['resolved-again']);
    expect(effective.digest).toBe(asked.digest);
  });

  test('keeps its kernel while that is offered', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes([...after, ...kernelStanzas('6.1.0-9-amd64')]);
    using obtainer = place.obtainer();
    const { effective } = await obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal });
    expect([effective.origin, effective.lock.kernel]).toEqual(['replaced', '6.1.0-9-amd64']);
  });

  test('is an error with what is offered when the user named this very release', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes(after);
    using obtainer = place.obtainer();
    const effective = await obtainer.targetLock({ ...place.target, named: true, pinned: true }, signal);
    const error = await failure(obtainer.obtain(effective, { signal }));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain('6.1.0-9-amd64 is not offered');
    expect(error.message).toContain('Offered now: 6.1.0-10-amd64');
    expect(error.message).toMatch(/127\.0\.0\.1:\d+\/debian\/pool\/\S+\.deb answers 404/);
  });

  test('is an error with the command to run when frozen', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes(after);
    using obtainer = place.obtainer({ frozen: true });
    const error = await failure(obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal }));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain(`${place.path}: `);
    expect(error.message).toContain("Run: ovnfast lock --target 'debian-12/6.1.0-9-amd64'");
    expect(error.message).toContain('answers 404');
  });

  test('of a shared sysroot is resolved again too', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes([{ name: 'bubblewrap', version: '2.0' }]);
    using obtainer = place.obtainer();
    const { effective } = await obtainer.obtain(await obtainer.toolLock(place.tool, signal), { signal });
    expect(effective.lock.packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['bubblewrap 2.0']);
    expect(effective.warnings[0]?.message).toContain('ovnfast lock --tools');
  });

  test('is not resolved again for want of a network', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.mirror[Symbol.asyncDispose]();
    using obtainer = place.obtainer();
    const error = await failure(obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal }));
    expect(error).toBeInstanceOf(NotDeliveredError);
    expect(error.message).toContain('Check the network');
  });
});

describe('a target without a lock', () => {
  test('is resolved, with a warning, and the same the next time without a network', async () => {
    await using place = await publishing();
    let digest: string;
    {
      using obtainer = place.obtainer();
      const effective = await obtainer.targetLock(place.target, signal);
      expect([effective.origin, effective.warnings.map(({ kind }) => kind)]).toEqual(['unlocked', ['not-locked']]);
      await obtainer.obtain(effective, { signal });
      digest = effective.digest;
    }
    await place.mirror[Symbol.asyncDispose]();
    using obtainer = place.obtainer();
    const effective = await obtainer.targetLock(place.target, signal);
    expect([effective.origin, effective.digest]).toEqual(['unlocked', digest]);
  });

  test('is resolved anew when its matrix file names other packages', async () => {
    await using place = await publishing();
    using obtainer = place.obtainer();
    const names = async (headers: string[]) => {
      const { packages } = place.distribution;
      const distribution = { ...place.distribution, packages: { ...packages, headers } };
      const effective = await obtainer.targetLock({ ...place.target, distribution }, signal);
      await obtainer.obtain(effective, { signal });
      return effective.lock.sysroots.headers;
    };
    const before = await names(['linux-headers-{kernel}']);
    expect(await names(['linux-headers-{kernel}', 'bubblewrap'])).toEqual(['bubblewrap', ...(before ?? [])]);
  });

  test('is an error with the command to run when frozen', async () => {
    await using place = await publishing();
    using obtainer = place.obtainer({ frozen: true });
    const error = await failure(obtainer.targetLock(place.target, signal));
    expect(error.message).toContain('has no lock');
    expect(error.message).toContain("Run: ovnfast lock --target 'debian-12/6.1.0-9-amd64'");
  });
});

describe('what a run would take', () => {
  const told = ({ lock, origin }: { lock: Lock; origin: string }) => {
    return [origin, lock.kernel, lock.packages.find(({ name }) => name === 'gcc')?.version];
  };

  test('is the lock file, without asking anybody', async () => {
    await using place = await publishing();
    await place.lockNow();
    place.mirror.requests.length = 0;
    using obtainer = place.obtainer();
    expect(told(await obtainer.foresee({ target: place.target }, signal))).toEqual(['locked', '6.1.0-9-amd64', '1.0']);
    expect(place.mirror.requests).toEqual([]);
  });

  test('is what replaced it, once a run has had to', async () => {
    await using place = await publishing();
    await place.lockNow();
    await place.becomes(after);
    using obtainer = place.obtainer();
    expect(told(await obtainer.foresee({ target: place.target }, signal))).toEqual(['locked', '6.1.0-9-amd64', '1.0']);
    await obtainer.obtain(await obtainer.targetLock(place.target, signal), { signal });
    expect(told(await obtainer.foresee({ target: place.target }, signal))).toEqual([
      'replaced',
      '6.1.0-10-amd64',
      '2.0',
    ]);
  });

  test('is what is offered now where there is no lock; no package is fetched and no lock written', async () => {
    await using place = await publishing();
    using obtainer = place.obtainer();
    expect(told(await obtainer.foresee({ target: place.target }, signal))).toEqual([
      'unlocked',
      '6.1.0-9-amd64',
      '1.0',
    ]);
    expect(place.mirror.requests.filter(({ path }) => path.includes('/pool/'))).toEqual([]);
    expect(await readdir(join(place.cache, 'locks')).catch(() => [])).toEqual([]);
    const { lock } = await obtainer.foresee({ target: place.target }, signal);
    expect(await obtainer.store.missing(lock.packages)).toEqual(lock.packages);
    await obtainer.store.fetch(lock.packages.slice(0, 1), place.distribution.archives, { signal });
    expect(await obtainer.store.missing(lock.packages)).toEqual(lock.packages.slice(1));
  });
});

test('releases are those with both headers and an image, oldest first, without excluded flavours', async () => {
  await using place = await publishing([
    ...kernelStanzas('6.1.0-10-amd64'),
    ...kernelStanzas('6.1.0-9-amd64'),
    ...kernelStanzas('6.1.0-10-rt-amd64'),
    ...kernelStanzas('6.1-amd64'),
    ...kernelStanzas('6.12.115+deb13.1-amd64'),
    ...kernelStanzas('6.12.115+deb13-amd64'),
    { name: 'linux-headers-6.1.0-11-amd64' },
    { name: 'linux-image-6.1.0-12-amd64' },
    { name: 'linux-headers-amd64' },
    { name: 'linux-image-amd64' },
  ]);
  using obtainer = place.obtainer();
  expect(await obtainer.releases(place.distribution, signal)).toEqual([
    '6.1.0-9-amd64',
    '6.1.0-10-amd64',
    '6.12.115+deb13-amd64',
    '6.12.115+deb13.1-amd64',
  ]);
});

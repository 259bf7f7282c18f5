// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { openPackages, type Use } from '../../../src/local/packages.ts';
import { lockInterface, lockPackages } from '../../../src/local/packages-lock.ts';
import { lockPath } from '../../../src/matrix/matrix.ts';
import type { Distribution, Matrix } from '../../../src/matrix/types.ts';
import { NotDeliveredError } from '../../../src/packages/errors.ts';
import { writeLock } from '../../../src/packages/lock.ts';
import { Obtainer } from '../../../src/packages/obtain.ts';
import type { RunGpgv } from '../../../src/packages/rpm/gpgv.ts';
import { archiveAt, failure, pinOf, sha256, workplace } from '../packages/fixtures.ts';
import { makeKey, publish, writeKey } from '../packages/repository.ts';
import { makeDeb, makeRpm } from './fake-package.ts';

const key = await makeKey();
const { signal } = new AbortController();
const KERNEL = '6.1.0-9-amd64';
const both: Use = { builds: true, boots: true };
const gpgv = () => expect.fail('nothing here has a signature');

const headers = await makeDeb({ Package: `linux-headers-${KERNEL}`, Depends: 'linux-headers-6.1.0-9-common, gcc' });
const common = await makeDeb({ Package: 'linux-headers-6.1.0-9-common', Architecture: 'all' });
const image = await makeDeb({ Package: `linux-image-${KERNEL}`, Depends: 'initramfs-tools' });

/** An archive that offers a compiler, and nothing of the kernel; a distribution of each family. */
async function workshop(mirrors?: string[]) {
  const place = await workplace();
  const { directory, mirror } = place;
  const stanzas = [{ name: 'gcc', Depends: 'libc6' }, { name: 'libc6' }];
  await publish(mirror, stanzas, { key });
  const keys = [await writeKey(join(directory, 'archive.asc'), key)];
  const shared = { default: true, kernels: { default: ['newest 1'], exclude: [] } };
  const debian: Distribution = {
    ...{ ...shared, id: 'debian-12', title: 'Debian 12', family: 'debian', architecture: 'amd64' },
    archives: [archiveAt(mirrors ?? [`${mirror.url}/debian`], { keys })],
    packages: { headers: ['linux-headers-{kernel}'], image: ['linux-image-{kernel}'], toolchain: [], exclude: [] },
  };
  const centos: Distribution = {
    ...{ ...shared, id: 'centos-7', title: 'CentOS 7', family: 'rpm', architecture: 'x86_64' },
    archives: [archiveAt([], { keys, family: 'rpm' })],
    packages: { headers: ['kernel-devel-{kernel}'], image: ['kernel-{kernel}'], toolchain: [], exclude: [] },
  };
  const matrix: Matrix = {
    ...{ directory: join(directory, 'matrix'), distributions: [centos, debian], tools: [], toolchains: [] },
    locked: new Map(),
  };
  const store = place.openStore();
  const options = { matrix, store, programs: async () => ({}), gpgv, use: both, signal };
  return {
    ...place,
    ...{ matrix, options },
    async open(files: Record<string, Buffer>, patterns: string[], use = both, judge: RunGpgv = gpgv) {
      for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
      const paths = Object.keys(files).map((name) => join(directory, name));
      return await openPackages(paths, patterns, { ...options, use, gpgv: judge });
    },
    async lock(target: Awaited<ReturnType<typeof openPackages>>['target'], frozen = false) {
      using obtainer = new Obtainer({ store, matrixDirectory: matrix.directory, frozen, gpgv });
      return await lockPackages(target, { matrix, obtainer, frozen, signal });
    },
    /** A lock of another release, as it is checked in. */
    async lockSibling(kernel: string) {
      const names = [
        'gcc',
        'libc6',
        `linux-headers-${kernel}`,
        'linux-headers-6.1.0-1-common',
        `linux-image-${kernel}`,
      ];
      await writeLock(lockPath(matrix.directory, 'debian-12', kernel), {
        ...{ schema: 'ovnfast.lock/1', id: 'debian-12', kernel, indexes: [] },
        sysroots: { headers: names.slice(0, 4), image: names.slice(4) },
        packages: names.map((name) => pinOf(name, Buffer.from(name))),
      });
      matrix.locked.set('debian-12', [kernel]);
    },
  };
}

describe('the target', () => {
  test('has the release that the packages are of, and counts by their content', async () => {
    await using place = await workshop();
    const { target, notes, warnings } = await place.open({ a: headers, b: common, c: image }, ['debian-12']);
    expect(target).toMatchObject({ id: 'debian-12', kernel: KERNEL, named: true, pinned: true });
    expect(notes.join()).toMatch(/taken as given.*linux-headers-6\.1\.0-9-amd64 6\.1\.1-1, .*common/);
    expect(warnings).toEqual([]);
    const other = await makeDeb({ Package: `linux-headers-${KERNEL}`, Description: 'another build' });
    const again = await place.open({ a: other, b: common, c: image }, [`debian-12/${KERNEL}`]);
    expect(again.target.content).not.toBe(target.content);
    expect((await place.open({ a: headers, again: headers, b: common, c: image }, ['debian-12'])).target.content).toBe(
      target.content,
    );
  });

  test.each<[string, [string, string][], string]>([
    [
      'by kernel-devel-uname-r',
      [['kernel-devel-uname-r', '3.10.0-1160.el7.x86_64.debug']],
      '3.10.0-1160.el7.x86_64.debug',
    ],
    ['by the name that the kernel itself provides', [['kernel-devel-6.1.0-56-amd64', '']], '6.1.0-56-amd64'],
    ['by its version', [['kernel-devel(x86-64)', '1']], '3.10.0-1160.el7.x86_64'],
  ])('of an .rpm has its release %s', async (_, provides, kernel) => {
    await using place = await workshop();
    const { target, notes, warnings } = await place.open({ a: makeRpm({ name: 'kernel-devel', provides }) }, [
      'centos-7',
    ]);
    expect(target.kernel).toBe(kernel);
    expect([notes.length, warnings.length]).toEqual([0, 1]);
    expect(warnings[0]).toMatch(
      /^kernel-devel 3\.10\.0-1160\.el7 is not signed by a key of centos-7, so it is taken at your word: /,
    );
  });

  test.each([
    ['by an unknown key is taken with a warning', 'ERRSIG 24C6A8A7F4A80EB5 1 8 00 1449655309 9 -', undefined],
    ['of a file that was changed since is refused', 'BADSIG 24C6A8A7F4A80EB5 CentOS', /a\.rpm: .*changed/],
  ])('of an .rpm with a signature %s', async (_, said, refusal) => {
    await using place = await workshop();
    const packet = Buffer.from([0x88, 1, 0]);
    const files = { 'a.rpm': makeRpm({ name: 'kernel-devel', signature: packet }) };
    const stdout = `[GNUPG:] NEWSIG\n[GNUPG:] ${said}\n`;
    const judge: RunGpgv = async () => ({ stdout, stderr: '', code: 1, killedBy: null, timedOut: false });
    const opened = place.open(files, ['centos-7'], both, judge);
    if (refusal) {
      const error = await failure(opened);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(refusal);
    } else {
      expect((await opened).warnings).toEqual([expect.stringMatching(/taken at your word.*24C6A8A7F4A80EB5/)]);
    }
  });

  test.each<[string, () => Promise<Record<string, Buffer>> | Record<string, Buffer>, string[], RegExp]>([
    ['no target', () => ({ a: headers }), [], /--kernel-package goes with --target\n.*centos-7, debian-12/],
    [
      'an unknown one',
      () => ({ a: headers }),
      ['debain-12'],
      /one distribution, not "debain-12", did you mean "debian-12"/,
    ],
    ['several', () => ({ a: headers }), ['*'], /one distribution, not "\*"/],
    ['two patterns', () => ({ a: headers }), ['debian-12', 'centos-7'], /not "debian-12", "centos-7"/],
    [
      'another release',
      () => ({ a: headers }),
      ['debian-12/6.1.0-8-amd64'],
      /of kernel 6\.1\.0-9-amd64, not 6\.1\.0-8-amd64/,
    ],
    [
      'another family',
      () => ({ a: makeRpm({ name: 'kernel-devel' }) }),
      ['debian-12'],
      /a: a \.rpm package, and debian-12 has \.deb/,
    ],
    [
      'another architecture',
      async () => ({ a: await makeDeb({ Package: 'linux-headers-6.1.0-9-arm64', Architecture: 'arm64' }) }),
      ['debian-12'],
      /a: a package for arm64, and debian-12 is for amd64/,
    ],
    [
      'of RPM too',
      () => ({ a: makeRpm({ name: 'kernel', architecture: 'aarch64' }) }),
      ['centos-7'],
      /a package for aarch64/,
    ],
    [
      'headers and image of different releases',
      async () => ({ a: headers, b: await makeDeb({ Package: 'linux-image-6.1.0-8-amd64' }) }),
      ['debian-12'],
      /a, .*b: the packages are of different kernels: 6\.1\.0-9-amd64 and 6\.1\.0-8-amd64/,
    ],
    [
      'nothing of a kernel',
      () => ({ a: common }),
      ['debian-12'],
      /none .* of a kernel release: linux-headers-6\.1\.0-9-common\n.*linux-headers-RELEASE/,
    ],
    [
      'a package twice',
      async () => ({ a: headers, b: await makeDeb({ Package: `linux-headers-${KERNEL}`, Version: '2' }) }),
      ['debian-12'],
      /b: linux-headers-6\.1\.0-9-amd64 is given twice, as 6\.1\.1-1 and 2/,
    ],
  ])('is not made of %s', async (_, files, patterns, message) => {
    await using place = await workshop();
    const error = await failure(place.open(await files(), patterns));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });
});

describe('the lock', () => {
  const names = (lock: { sysroots: Record<string, string[]> }) => lock.sysroots;

  test('takes the packages that are given, and the rest from the archives; the second time without asking', async () => {
    await using place = await workshop();
    const { target } = await place.open({ a: headers, b: common, c: image }, ['debian-12']);
    const { lock, digest } = await place.lock(target);
    expect(names(lock)).toEqual({
      headers: ['gcc', 'libc6', 'linux-headers-6.1.0-9-amd64', 'linux-headers-6.1.0-9-common'],
      image: ['linux-image-6.1.0-9-amd64'],
    });
    const own = lock.packages.filter(({ archive }) => archive === 'local');
    expect(own.map(({ sha256: one }) => one).sort()).toEqual([headers, common, image].map(sha256).sort());
    expect(own.every(({ path }) => !path.includes(place.directory))).toBe(true);
    using obtainer = new Obtainer({ store: place.options.store, matrixDirectory: '', frozen: false, gpgv });
    const { sysroots } = await obtainer.obtain(await place.lock(target), { signal });
    expect([...sysroots.keys()]).toEqual(['headers', 'image']);
    place.mirror.files.clear();
    place.mirror.requests.length = 0;
    expect((await place.lock(target)).digest).toBe(digest);
    expect(place.mirror.requests).toEqual([]);
  });

  test('takes those that are given where an archive has others of the same name', async () => {
    await using place = await workshop();
    const offered = [
      { name: 'gcc', Depends: 'libc6' },
      { name: 'libc6' },
      { name: `linux-image-${KERNEL}`, version: '99' },
    ];
    await publish(place.mirror, offered, { key });
    const { target } = await place.open({ a: headers, b: common, c: image }, ['debian-12']);
    const { lock } = await place.lock(target);
    expect(lock.packages.find(({ name }) => name === `linux-image-${KERNEL}`)?.sha256).toBe(sha256(image));
  });

  test('needs an image only for what is to be booted, and headers for what is to be built', async () => {
    await using place = await workshop();
    const built = await place.open({ a: headers, b: common }, ['debian-12'], { builds: true, boots: false });
    expect(names((await place.lock(built.target)).lock).image).toEqual([]);
    const booted = await place.open({ c: image }, ['debian-12'], { builds: false, boots: true });
    expect(names((await place.lock(booted.target)).lock)).toEqual({ headers: [], image: [`linux-image-${KERNEL}`] });
    for (const files of [{ a: headers, b: common }, { c: image }, { a: headers, c: image }]) {
      const { target } = await place.open(files as Record<string, Buffer>, ['debian-12']);
      const error = await failure(place.lock(target));
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(/debian-12\/6\.1\.0-9-amd64: no suite offers linux-\S+.*\n.*--kernel-package/);
    }
  });

  test('is that of another release where no archive can be asked, and says so', async () => {
    await using place = await workshop(['http://127.0.0.1:9/debian']);
    const { target } = await place.open({ a: headers, b: common, c: image }, ['debian-12']);
    expect(await failure(place.lock(target))).toBeInstanceOf(NotDeliveredError);
    await place.lockSibling('6.1.0-1-amd64');
    for (const frozen of [false, true]) {
      const { lock, warnings } = await place.lock(target, frozen);
      expect(names(lock)).toEqual({
        headers: ['gcc', 'libc6', 'linux-headers-6.1.0-9-amd64', 'linux-headers-6.1.0-9-common'],
        image: ['linux-image-6.1.0-9-amd64'],
      });
      expect(lock.packages.map(({ name }) => name)).toEqual([...Object.values(lock.sysroots).flat()].sort());
      expect(warnings.map(({ message }) => message).join()).toMatch(
        frozen ? /^$/ : /locked for 6\.1\.0-1-amd64, as no archive could be asked/,
      );
    }
    const partial = await place.open({ a: headers, c: image }, ['debian-12']);
    await expect(place.lock(partial.target)).rejects.toThrow(
      /linux-headers-6\.1\.0-9-amd64 needs linux-headers-6\.1\.0-9-common\n/,
    );
    const headless = await place.open({ c: image }, ['debian-12']);
    await expect(place.lock(headless.target)).rejects.toThrow(/no package given is linux-headers-6\.1\.0-9-amd64\n/);
  });

  test('frozen, without a lock of any release, is refused', async () => {
    await using place = await workshop();
    const { target } = await place.open({ a: headers, b: common, c: image }, ['debian-12']);
    await expect(place.lock(target, true)).rejects.toThrow(/--frozen forbids.*\n.*ovnfast lock --target debian-12/);
  });

  test('of its interface alone asks nobody', async () => {
    await using place = await workshop([]);
    const { target } = await place.open({ a: headers, b: common }, ['debian-12']);
    expect(lockInterface(target).lock.packages).toMatchObject([
      { name: `linux-headers-${KERNEL}`, sha256: sha256(headers) },
    ]);
    const { target: headless } = await place.open({ c: image }, ['debian-12']);
    expect(() => lockInterface(headless)).toThrow(/no package given is linux-headers-6\.1\.0-9-amd64/);
  });
});

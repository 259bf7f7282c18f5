// SPDX-License-Identifier: Apache-2.0

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestFile } from '../../src/host/digest.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { loadMatrix } from '../../src/matrix/matrix.ts';
import { selectReleases } from '../../src/matrix/releases.ts';
import { openIndex } from '../../src/packages/debian/package-index.ts';
import { SignatureError } from '../../src/packages/errors.ts';
import { lockTarget, pinsOf } from '../../src/packages/lock.ts';
import { Obtainer } from '../../src/packages/obtain.ts';
import { Store } from '../../src/packages/store.ts';

// Against the mirrors that this host is configured with, or the public ones.

const { signal } = new AbortController();
/** The Debian family does without. */
const gpgv = () => expect.fail('gpgv was asked for');
const matrix = await loadMatrix(join(projectRoot(), 'matrix'));

async function workplace() {
  const directory = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  const store = new Store(directory.path, { apt: '/etc/apt' });
  const obtainer = new Obtainer({ store, matrixDirectory: matrix.directory, frozen: false, gpgv });
  return {
    ...{ store, obtainer },
    async [Symbol.asyncDispose]() {
      obtainer[Symbol.dispose]();
      await store.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test('the signed index of every default distribution offers its default kernels, and can be locked', async () => {
  await using place = await workplace();
  for (const distribution of matrix.distributions.filter((one) => one.default)) {
    const index = await place.obtainer.offers(distribution, signal);
    const { id, kernels } = distribution;
    expect(index.references.map(({ suite }) => suite)).toEqual(distribution.archives.flatMap(({ suites }) => suites));
    const selected = selectReleases(kernels.default, await place.obtainer.releases(distribution, signal));
    expect(selected.length, id).toBeGreaterThan(0);
    for (const kernel of selected) {
      const target = { id, kernel, arch: 'x86_64' as const, distribution, named: true, pinned: true };
      const lock = await lockTarget(target, index);
      const names = pinsOf(lock, 'headers').map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([`linux-headers-${kernel}`, 'make', 'libc6', 'bash']));
      expect(names.filter((name) => /^gcc-\d+(-x86-64-linux-gnu)?$/.test(name)).length).toBeGreaterThan(0);
      expect(names.filter((name) => /^linux-image|^systemd|^perl/.test(name))).toEqual([]);
    }
  }
});

test('an index is refused when another key than its own is trusted', async () => {
  await using place = await workplace();
  const distribution = matrix.distributions.find(({ id }) => id === 'debian-11');
  const archives = (distribution?.archives ?? []).map((archive) => ({
    ...archive,
    keys: [join(matrix.directory, 'keys', 'debian-archive-trixie-security-automatic.asc')],
  }));
  await expect(openIndex(archives, place.store, signal)).rejects.toThrow(SignatureError);
});

test('a locked sysroot is fetched, checked, and there without a network the next time', async () => {
  await using place = await workplace();
  const tool = matrix.tools.find(({ name }) => name === 'lint') ?? expect.fail();
  const effective = await place.obtainer.toolLock(tool, signal);
  const obtained = await place.obtainer.obtain(effective, { signal });
  const packages = obtained.sysroots.get('lint') ?? [];
  expect(packages.map(({ pin }) => pin.name)).toContain('shellcheck');
  for (const { pin, path } of packages) expect(await digestFile(path)).toBe(pin.sha256);
  const offline = new Store(place.store.cache);
  const again = new Obtainer({ store: offline, matrixDirectory: matrix.directory, frozen: true, gpgv });
  const { mirrors } = await again.obtain(obtained.effective, { signal });
  expect([...mirrors]).toEqual([]);
});

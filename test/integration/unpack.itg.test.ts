// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { composeSysroot, type Sysroot, type SysrootPackage } from '../../src/sysroot/compose.ts';
import type { Sandbox } from '../../src/sysroot/sandbox.ts';
import { openTools } from './tools.ts';
import { differences, merged, treeOf } from './trees.ts';

const { signal } = new AbortController();

let sandbox: Sandbox;
let sandboxRoot: Sysroot;
let guest: Sysroot;
let packages: SysrootPackage[];

beforeAll(async () => {
  await using opened = await openTools(signal);
  const { obtainer, tools } = opened;
  sandbox = await tools.sandbox();
  sandboxRoot = await tools.sysroot('sandbox');
  guest = await tools.sysroot('guest');
  const found = await Promise.all(
    ['sandbox', 'guest', 'machine'].map(async (name) => {
      const { sysroots } = await obtainer.obtain(await tools.lock(name), { signal });
      return sysroots.get(name) ?? [];
    }),
  );
  packages = [...new Map(found.flat().map((item) => [item.pin.sha256, item])).values()];
});

test('every package of the tools unpacks to what other programs make of it', async () => {
  expect(packages.length).toBeGreaterThan(100);
  await using mine = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  const cache = join(mine.path, 'cache');
  const other = join(mine.path, 'other');
  const blobs = dirname(packages[0]?.path ?? '');
  await mkdir(other);
  // ar, xz and tar of busybox, which have nothing in common with ours.
  const script = `
    for blob in "$@"; do
      mkdir -p "/other/$blob" || exit
      busybox ar -p "/blobs/$blob" data.tar.xz | busybox xz -dc | busybox tar -xf - -C "/other/$blob" -o || exit
    done`;
  const { code, stderr } = await sandbox.run(
    guest,
    ['bash', '-o', 'pipefail', '-c', script, 'bash', ...packages.map(({ path }) => basename(path))],
    {
      binds: [
        { from: blobs, to: '/blobs' },
        { from: other, to: '/other', writable: true },
      ],
      timeoutSeconds: 600,
      signal,
    },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

  await composeSysroot({ cache, packages, signal, programs: sandbox.programs });
  let files = 0;
  for (const { pin, path } of packages) {
    const unpacked = (await readdir(join(cache, 'unpacked'))).find((name) => name.startsWith(pin.sha256)) ?? '';
    const ours = await treeOf(join(cache, 'unpacked', unpacked, 'root'));
    const theirs = await treeOf(join(other, basename(path)), merged);
    expect(differences(ours, theirs), pin.name).toEqual({});
    files += theirs.size;
  }
  expect(files).toBeGreaterThan(2000);
});

test('an abort ends the decompressor in the sandbox, too', async () => {
  await using mine = await TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');
  const large = packages.reduce((a, b) => (lstatSync(a.path).size > lstatSync(b.path).size ? a : b));
  // An option without effect, to know the process by.
  const word = `--suffix=.${basename(mine.path)}`;
  const running = async () => {
    const lines = await Promise.all(
      (await readdir('/proc')).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    return lines.filter((line) => line.split('\0').includes(word)).length;
  };
  const stop = new AbortController();
  const programs = { xz: sandbox.command(sandboxRoot, ['xz', '-dc', word]) };
  let most = 0;
  const attempt = composeSysroot({
    ...{ cache: mine.path, packages: [large], signal: stop.signal, programs },
    onProgress: () => {
      void running().then((count) => {
        most = Math.max(most, count);
        stop.abort(new Error('Ctrl-C'));
      });
    },
  });
  await expect(attempt).rejects.toThrow('Ctrl-C');
  expect(most).toBeGreaterThan(0);
  await expect.poll(running, { timeout: 20_000 }).toBe(0);
  expect(await readdir(join(mine.path, 'unpacked'))).toEqual([]);
});

// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestTree, digestValue } from '../../src/host/digest.ts';
import { temporaryName } from '../../src/host/files.ts';
import { markUsed } from '../../src/packages/cache-entry.ts';
import type { EffectiveLock } from '../../src/packages/obtain.ts';
import type { Workshop } from '../../src/workshop.ts';

/** The kernels inside: real ones of Debian. Nothing of the others' compilers is needed, so these are taken from `newer` alone. */
const KERNELS = { older: 'debian-11', newer: 'debian-12' };
/** What EL's packages hold and the locks of targets do not, taken from the sysroot that makes packages. */
const MORE = [
  ...['gawk', 'libcrypt1', 'libreadline8', 'libsigsegv2', 'perl-base'],
  ...['libc6-dev', 'libelf-dev', 'linux-libc-dev', 'zlib1g-dev'],
];
const MINUTES = 60;
const makers = fileURLToPath(new URL('makers', import.meta.url));

export type TestDistributions = {
  /**
   * Holds `testubuntu` and `testos`, each as below a mirror's base address; `bad/NAME`, what differs where `testos` is not
   * to be trusted; `puzzles`, a repository; and `keys`.
   */
  directory: string;
  /** Kernel releases. */
  older: string;
  newer: string;
};

/**
 * Makes the test distributions of real packages, with the real tools, in the sandbox; or finds them in the cache, where they
 * stay as long as neither the packages nor the makers change. Throws what fetching throws, and Error when a maker fails.
 */
export async function makeDistributions(workshop: Workshop, signal: AbortSignal): Promise<TestDistributions> {
  const { obtainer, tools, cache } = workshop;
  const targets = await workshop.selectTargets(Object.values(KERNELS));
  const [older, newer] = await Promise.all(targets.map((target) => obtainer.targetLock(target, signal)));
  if (!older || !newer) throw new Error(`no ${Object.values(KERNELS).join(' and ')}`);
  const releases = { older: older.lock.kernel ?? '', newer: newer.lock.kernel ?? '' };
  const packaging = await tools.lock('packaging');
  const digest = digestValue([older.digest, newer.digest, packaging.digest, await digestTree(makers)]);
  const directory = join(cache, 'test-distributions', digest);
  if (await markUsed(directory)) return { directory, ...releases };

  const isKernel = (name: string) => name.startsWith('linux-');
  const files = await Promise.all([
    packageFiles(workshop, older, isKernel, signal),
    packageFiles(workshop, newer, () => true, signal),
    packageFiles(workshop, packaging, (name) => MORE.includes(name), signal),
  ]);
  const [sandbox, sysroot] = await Promise.all([tools.sandbox(), tools.sysroot('packaging')]);
  const work = temporaryName(directory);
  await mkdir(join(work, 'out'), { recursive: true });
  const run = async (script: string, args: string[], input = '') => {
    const { code, stdout, stderr } = await sandbox.run(sysroot, [`/makers/${script}`, ...args], {
      binds: [
        { from: work, to: '/work', writable: true },
        { from: makers, to: '/makers' },
        { from: join(cache, 'blobs/sha256'), to: '/blobs' },
      ],
      environment: { GNUPGHOME: '/work/gnupg' },
      workingDirectory: '/work',
      input,
      timeoutSeconds: 10 * MINUTES,
      signal,
    });
    if (code !== 0) throw new Error(`${script} failed: ${stdout.slice(-2000)}${stderr.slice(-4000)}`);
  };
  try {
    const list = files.flat().map(({ name, sha256 }) => `${name} /blobs/${sha256}\n`);
    await run('keys.sh', ['/work/out/keys']);
    await run('unpack.sh', ['/work/material'], list.join(''));
    await Promise.all(
      ['apt.sh', 'rpm.sh', 'puzzles.sh'].map((script) => run(script, [releases.older, releases.newer])),
    );
    await rename(join(work, 'out'), directory).catch(async (error: NodeJS.ErrnoException) => {
      // Somebody else was faster.
      if (error.code !== 'ENOTEMPTY' || !(await markUsed(directory))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { directory, ...releases };
}

/** Names and digests of packages of a lock, which are in the store then. */
async function packageFiles(
  { obtainer }: Workshop,
  locked: EffectiveLock,
  wanted: (name: string) => boolean,
  signal: AbortSignal,
): Promise<{ name: string; sha256: string }[]> {
  const { sysroots } = await obtainer.obtain(locked, { signal });
  const unique = new Map([...sysroots.values()].flat().map(({ pin }) => [pin.name, pin]));
  return [...unique.values()].filter(({ name }) => wanted(name));
}

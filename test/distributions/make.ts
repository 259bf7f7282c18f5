// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestTree, digestValue } from '../../src/host/digest.ts';
import { temporaryName } from '../../src/host/files.ts';
import { markUsed } from '../../src/packages/cache-entry.ts';
import type { Workshop } from '../../src/workshop.ts';

/** Whose kernels are inside. All else is taken from `newer`. */
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
  const kernels = await Promise.all(targets.map((target) => obtainer.targetLock(target, signal)));
  const locks = [...kernels, await tools.lock('packaging')];
  const [older = '', newer = ''] = kernels.map(({ lock }) => lock.kernel);
  const digest = digestValue([locks.map((lock) => lock.digest), await digestTree(makers)]);
  const directory = join(cache, 'test-distributions', digest);
  if (await markUsed(directory)) return { directory, older, newer };

  const obtained = await Promise.all(locks.map((lock) => obtainer.obtain(lock, { signal })));
  // When a lock has aged, another one is in its place from now on, of another kernel perhaps.
  const isAged = obtained.some(({ effective }, index) => effective.digest !== locks[index]?.digest);
  if (isAged) return await makeDistributions(workshop, signal);
  const wanted = [(name: string) => name.startsWith('linux-'), () => true, (name: string) => MORE.includes(name)];
  const files = obtained.flatMap(({ sysroots }, index) => {
    const pins = [...sysroots.values()].flat().map(({ pin }) => pin);
    return [...new Set(pins)].filter(({ name }) => wanted[index]?.(name));
  });
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
    const list = files.map(({ name, sha256 }) => `${name} /blobs/${sha256}\n`);
    await run('keys.sh', ['/work/out/keys']);
    await run('unpack.sh', ['/work/material'], list.join(''));
    // Each to its end, as they share the directory.
    const made = await Promise.allSettled(
      ['apt.sh', 'rpm.sh', 'puzzles.sh'].map((script) => run(script, [older, newer])),
    );
    for (const one of made) if (one.status === 'rejected') throw one.reason;
    await rename(join(work, 'out'), directory).catch(async (error: NodeJS.ErrnoException) => {
      // Somebody else was faster.
      if (error.code !== 'ENOTEMPTY' || !(await markUsed(directory))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { directory, older, newer };
}

// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Suite } from '../conformance/suite.ts';
import { InputError } from '../errors.ts';
import { projectRoot } from '../host/paths.ts';
import { misSigned } from '../kbuild/mis-signed.ts';
import { readModule } from '../kbuild/module.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import type { Sandbox } from '../sysroot/sandbox.ts';
import { type CpioEntry, parentEntries, treeEntries } from './cpio.ts';
import { guestRootPart } from './guest-root.ts';
import { kernelModulesPart } from './kernel-modules.ts';
import { concatenate, writeArchive } from './parts.ts';

export type InitramfsOptions = {
  sandbox: Pick<Sandbox, 'run' | 'programs'>;
  guest: Sysroot;
  image: Sysroot;
  kernel: string;
  /** Absent for a machine that runs no tests. */
  suite?: Suite;
  /** Names or patterns of the kernel's own modules that are wanted at hand. */
  kernelModules: string[];
  /** Paths of the modules under test; the first is the one that tests load by default. */
  modules: string[];
  /** Paths of eBPF objects under test and of what goes with them; those that can be executed are so in the guest. */
  products?: string[];
  /** Paths of programs that the tests find under their names. */
  programs?: string[];
  /** What the guest's init is told: a line `key value` each. */
  settings: Record<string, string | number>;
  /** Of a machine with Secure Boot, which that certificate's signatures are for: tests find what it must refuse. */
  certificate?: X509Certificate;
  cache: string;
  signal: AbortSignal;
};

const MAXIMUM_SUITE_BYTES = 64 * 2 ** 20;
const GUEST = 'ovnfast';

/**
 * Composes the guest's file system at `path`: root and kernel modules from the cache, what is tested anew.
 * Throws InputError for a suite that is too large or modules of the same name, EnvironmentError when it cannot be written.
 */
export async function composeInitramfs(path: string, options: InitramfsOptions): Promise<void> {
  const { guest, modules, cache, signal } = options;
  const wanted = [...options.kernelModules, ...(await dependenciesOf(modules))];
  const kernelModules = await kernelModulesPart({ ...options, wanted });
  const root = await guestRootPart(guest, cache, signal);
  const tests = `${path}.tests`;
  try {
    await writeArchive(tests, await testEntries(options, kernelModules.absent), signal);
    await concatenate(path, [root, kernelModules.path, tests], signal);
  } finally {
    await rm(tests, { force: true });
  }
}

/** The kernel's modules that the modules under test need, those among them left out. */
async function dependenciesOf(modules: string[]): Promise<string[]> {
  const read = await Promise.all(modules.map((module) => readModule(module)));
  const own = read.map(({ name }) => name);
  return read.flatMap(({ depends }) => depends).filter((name) => !own.includes(name.replaceAll('-', '_')));
}

async function testEntries(options: InitramfsOptions, absent: string[]): Promise<CpioEntry[]> {
  const { suite, modules, products = [], certificate } = options;
  const settings = {
    ...options.settings,
    ...(certificate ? { secure_boot: 1 } : {}),
    absent: absent.join(' '),
    modules: modules.map((m) => basename(m)).join(' '),
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} ${String(value).replaceAll('\n', ' ')}\n`);
  const entries = new Map<string, CpioEntry>();
  const add = (entry: CpioEntry) => {
    for (const parent of parentEntries(entry.path)) entries.set(parent.path, parent);
    entries.set(entry.path, entry);
  };
  for (const entry of await treeEntries(join(projectRoot(), 'conformance/guest'), { to: GUEST })) add(entry);
  add({ kind: 'file', path: `${GUEST}/machine`, mode: 0o644, content: Buffer.from(lines.join('')) });
  add({ kind: 'directory', path: `${GUEST}/module`, mode: 0o755 });
  for (const from of [...modules, ...products]) {
    const path = `${GUEST}/module/${basename(from)}`;
    if (entries.has(path)) throw new InputError(`two files under test are called ${basename(from)}`, { where: from });
    const { mode, size } = await stat(from);
    add({ kind: 'file', path, mode: (mode & 0o100) !== 0 ? 0o755 : 0o644, content: { from, size } });
  }
  for (const from of options.programs ?? []) {
    add({
      kind: 'file',
      path: `${GUEST}/bin/${basename(from)}`,
      mode: 0o755,
      content: { from, size: (await stat(from)).size },
    });
  }
  if (certificate && modules[0] !== undefined) {
    for (const [name, content] of Object.entries(misSigned(await readFile(modules[0]), certificate))) {
      add({ kind: 'file', path: `${GUEST}/secure-boot/${name}`, mode: 0o644, content });
    }
  }
  if (suite) for (const entry of await suiteEntries(suite)) add(entry);
  return [...entries.values()];
}

async function suiteEntries({ directory, name }: Suite): Promise<CpioEntry[]> {
  const skip = (path: string) => ['.git', 'node_modules'].includes(basename(path));
  const entries = await treeEntries(directory, { to: `${GUEST}/suite/${name}`, skip });
  let bytes = 0;
  for (const entry of entries) {
    if (entry.kind === 'file') bytes += Buffer.isBuffer(entry.content) ? entry.content.length : entry.content.size;
  }
  if (bytes > MAXIMUM_SUITE_BYTES) {
    throw new InputError(`the suite is larger than ${MAXIMUM_SUITE_BYTES / 2 ** 20} MiB`, { where: directory });
  }
  return entries;
}

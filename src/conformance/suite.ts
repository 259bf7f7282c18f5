// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { isFile } from '../host/files.ts';
import { readDocument } from '../matrix/document.ts';
import { didYouMean } from '../matrix/suggest.ts';
import type { KnownWarning } from './kernel-log.ts';
import { type Chart, MEASUREMENT_NAME, UNIT } from './measurement.ts';

/** Shared sysroots that a machine can have as its user space: the small one, and the one with OVN. */
export type GuestName = 'guest' | 'guest-ovn';

/** A directory of executable scripts that speak KTAP. */
export type Suite = {
  name: string;
  directory: string;
  description?: string;
  /** What it is for, if its suite.yml says so, and where it does (file, line, column). */
  module?: { name: string; where: string };
  /** File names of the scripts, in the order in which they run. */
  scripts: string[];
  /** The scripts' names without `.sh`: what results are called. */
  tests: string[];
  /** Kernel modules (names or `xt_*` patterns) that the tests want at hand; a kernel may lack some. */
  kernelModules: string[];
  /** What each script may take, by the guest's clock. */
  timeoutSeconds: number;
  /** Of the machine. */
  memoryMiB: number;
  /** The shared sysroot that is its user space. */
  guest: GuestName;
  /** Warnings of the kernel that fail no test. */
  knownWarnings: KnownWarning[];
  /** `counted`: the guest's time is the count of the instructions it executed, the same on every machine and in every run. */
  clock: 'real' | 'counted';
  /** C files in the directory that become programs of the guest, each named as its file without `.c`. */
  programs: string[];
  /** What the scripts may measure, and how it is shown. */
  charts: Chart[];
};

const DEFAULT_TIMEOUT_SECONDS = 120;
const DEFAULT_MEMORY_MIB = 512;
const MANIFEST = 'suite.yml';
const GUEST = 'guest';

// What is at hand without a suite.yml: what tests of networking use on a kernel of any age.
const DEFAULT_KERNEL_MODULES = [
  ...['veth', 'dummy', 'bridge', 'br_netfilter', 'tun', 'macvlan', 'ipvlan', '8021q', 'vrf', 'vcan'],
  ...['vxlan', 'geneve', 'ip_gre', 'ip6_gre', 'ipip', 'sit', 'ip6_tunnel', 'ip_tunnel', 'udp_tunnel', 'ip6_udp_tunnel'],
  ...['nf_tables', 'nft_*', 'nf_flow_table', 'nf_flow_table_*', 'nf_log*', 'nf_reject_*', 'nf_tproxy_*', 'nf_socket_*'],
  ...['nf_conntrack', 'nf_conntrack_*', 'nf_nat', 'nf_nat_*', 'nf_defrag_*', 'nfnetlink', 'nfnetlink_*', 'nf_dup_*'],
  ...['ip_tables', 'iptable_*', 'ip6_tables', 'ip6table_*', 'x_tables', 'xt_*', 'ipt_*', 'ip6t_*', 'ip_set*'],
  ...['sch_netem', 'sch_ingress', 'sch_tbf', 'sch_prio', 'cls_*', 'act_*', 'ifb', 'openvswitch', 'vport_*', 'overlay'],
];

const moduleName = z
  .string()
  .regex(/^[A-Za-z0-9_*-]{1,64}$/, 'is not the name of a kernel module (letters, digits, "_", "-", "*" for any)');

const program = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}\.c$/, 'is not the name of a C file in the directory of the suite');
const word = z.string().regex(MEASUREMENT_NAME, 'is no name (letters, digits, "._+-")');
// What stands beside them has these names.
const measured = word.refine((name) => !['source', 'unit'].includes(name), 'is taken for something else');
const label = z.string().trim().min(1).max(200);
const figures = z.record(z.string().regex(/^\d+(\.\d+)?$/, 'is no number'), z.number().nonnegative());

const manifest = z.strictObject({
  description: z.string().exactOptional(),
  module: word.exactOptional(),
  clock: z.enum(['real', 'counted']).default('real'),
  guest: z.enum(['small', 'ovn']).default('small'),
  programs: z.array(program).max(100).default([]),
  measurements: z
    .record(
      measured,
      z.strictObject({ title: label, x: label, better: z.enum(['lower', 'higher']), baseline: word.exactOptional() }),
    )
    .default({}),
  published: z
    .object({ source: label })
    .catchall(z.object({ unit: z.string().regex(UNIT, 'is no unit') }).catchall(figures))
    .exactOptional(),
  'known-warnings': z
    .array(z.strictObject({ text: z.string().min(20, 'is too short to name one warning').max(500), why: label }))
    .max(20)
    .default([]),
  'kernel-modules': z.array(moduleName).max(1000).default(DEFAULT_KERNEL_MODULES),
  timeout: z.number().int().min(1).max(7200).default(DEFAULT_TIMEOUT_SECONDS),
  memory: z.number().int().min(64).max(65536).default(DEFAULT_MEMORY_MIB),
});

/**
 * Reads a suite: one of `suitesRoot` by its name, or any directory by its path.
 * Throws InputError when it is missing (with the suites there are), holds no executable script, or its suite.yml is
 * wrong (with line and column).
 */
export async function loadSuite(nameOrDirectory: string, suitesRoot: string): Promise<Suite> {
  const directory = await findSuite(nameOrDirectory, suitesRoot);
  const scripts = await findScripts(directory);
  const name = basename(directory);
  const tests = scripts.map((script) => script.replace(/\.sh$/, ''));
  for (const [index, test] of tests.entries()) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(test)) {
      throw new InputError('a test may be named with letters, digits and "._+-" only', {
        where: join(directory, scripts[index] ?? ''),
      });
    }
    if (tests.indexOf(test) !== index) {
      throw new InputError(`two tests are called ${test}`, { where: directory, remedy: 'Rename one of the scripts.' });
    }
  }
  const { description, module, ...settings } = await readManifest(directory);
  return {
    name,
    directory,
    ...(description === undefined ? {} : { description }),
    ...(module === undefined ? {} : { module }),
    scripts,
    tests,
    kernelModules: settings['kernel-modules'],
    timeoutSeconds: settings.timeout,
    memoryMiB: settings.memory,
    knownWarnings: settings['known-warnings'],
    guest: settings.guest === 'ovn' ? 'guest-ovn' : 'guest',
    clock: settings.clock,
    programs: settings.programs,
    charts: chartsOf(settings),
  };
}

/** The names of the suites in a directory of suites. */
export async function listSuites(suitesRoot: string): Promise<string[]> {
  const entries = await readdir(suitesRoot, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name === GUEST || !entry.isDirectory()) continue;
    if ((await executables(join(suitesRoot, entry.name))).length > 0) found.push(entry.name);
  }
  return found.sort();
}

/**
 * The suite that goes with what is called `subject`: the one of that name, else the one whose suite.yml names it as its
 * module. `kube_ovn_fastpath` is called `fastpath`, too. Throws InputError for a wrong suite.yml.
 */
export async function suiteFor(subject: string, suitesRoot: string): Promise<string | undefined> {
  const suites = await listSuites(suitesRoot);
  const own = suites.find((name) => isCalled(subject, name));
  if (own !== undefined) return own;
  for (const suite of suites) {
    const { module } = await readManifest(join(suitesRoot, suite));
    if (module && isCalled(subject, module.name)) return suite;
  }
  return undefined;
}

/** Whether what has one name can be called by the other, as `kube_ovn_fastpath` is called `fastpath`. */
export function isCalled(subject: string, name: string): boolean {
  return subject === name || subject.endsWith(`_${name}`);
}

/**
 * The shared sysroots of the machines that suites run in: QEMU, its firmware for Secure Boot, and each guest that a
 * suite asks for.
 */
export function machineSysroots(suites: Pick<Suite, 'guest'>[], secureBoot = false): string[] {
  if (suites.length === 0) return [];
  return ['machine', ...(secureBoot ? ['firmware'] : []), ...new Set(suites.map(({ guest }) => guest))];
}

async function findSuite(nameOrDirectory: string, suitesRoot: string): Promise<string> {
  const isPath = isAbsolute(nameOrDirectory) || nameOrDirectory.includes('/') || nameOrDirectory.startsWith('.');
  const places = [...(isPath ? [] : [join(suitesRoot, nameOrDirectory)]), resolve(nameOrDirectory)];
  for (const place of places) {
    if ((await stat(place).catch(() => undefined))?.isDirectory()) {
      if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(basename(place))) {
        throw new InputError('the directory of a suite may be named with letters, digits and "._+-" only', {
          where: place,
        });
      }
      return place;
    }
  }
  const known = await listSuites(suitesRoot);
  throw new InputError(`no suite "${nameOrDirectory}"${didYouMean(nameOrDirectory, known)}`, {
    remedy: `Suites: ${known.join(', ') || 'none'}; or the path of a directory of executable scripts.`,
  });
}

async function findScripts(directory: string): Promise<string[]> {
  const scripts = await executables(directory);
  if (scripts.length > 0) return scripts;
  const entries = await readdir(directory);
  const shell = entries.find((entry) => entry.endsWith('.sh'));
  throw new InputError('the suite holds no test: no executable file', {
    where: directory,
    remedy: shell
      ? `Make its scripts executable: chmod +x ${join(directory, shell)}`
      : 'A test is an executable script that writes KTAP.',
  });
}

async function executables(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(directory)) {
    const status = await stat(join(directory, name)).catch(() => undefined);
    if (status?.isFile() && (status.mode & 0o111) !== 0) found.push(name);
  }
  // As the guest's shell sorts them: by bytes.
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

type Manifest = Omit<z.output<typeof manifest>, 'module'> & Pick<Suite, 'module'>;

async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, MANIFEST);
  if (!(await stat(path).catch(() => undefined))) {
    const { module: _, ...defaults } = manifest.parse({});
    return defaults;
  }
  const { value, where } = await readDocument(path, manifest);
  for (const [index, name] of value.programs.entries()) {
    const place = { where: where(['programs', index]) };
    if (value.programs.indexOf(name) !== index) throw new InputError(`"${name}" is named twice`, place);
    if (!(await isFile(join(directory, name)))) throw new InputError(`there is no file "${name}" in the suite`, place);
  }
  const known = Object.keys(value.measurements);
  for (const name of publishedNames(value)) {
    if (known.includes(name)) continue;
    throw new InputError(`"${name}" is published, but not among the measurements${didYouMean(name, known)}`, {
      where: where(['published', name]),
    });
  }
  const { module: name, ...rest } = value;
  return { ...rest, ...(name === undefined ? {} : { module: { name, where: where(['module']) } }) };
}

function publishedNames({ published }: Pick<Manifest, 'published'>): string[] {
  return Object.keys(published ?? {}).filter((key) => key !== 'source');
}

function chartsOf({ measurements, published }: Manifest): Chart[] {
  return Object.entries(measurements).map(([name, chart]) => {
    const found = published?.[name];
    if (published === undefined || found === undefined) return { name, ...chart };
    const { unit, ...series } = found;
    const figures = Object.entries(series).flatMap(([series, values]) =>
      Object.entries(values).map(([x, value]) => ({ series, x: Number(x), value })),
    );
    return { name, ...chart, published: { source: published.source, unit, figures } };
  });
}

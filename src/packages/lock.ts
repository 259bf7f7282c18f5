// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EnvironmentError, InputError } from '../errors.ts';
import { digestValue } from '../host/digest.ts';
import { writeAtomic } from '../host/files.ts';
import type { Target, ToolSysroot } from '../matrix/types.ts';
import type { IndexReference, Offers } from './offers.ts';
import { PACKAGE_NAME, type Pin } from './pin.ts';

export type Lock = {
  schema: 'ovnfast.lock/1';
  /** Distribution id of a target, name of a shared sysroot. */
  id: string;
  /** Kernel release, of a target. */
  kernel?: string;
  /** Where the packages were found. */
  indexes: IndexReference[];
  /** Package names by sysroot. */
  sysroots: Record<string, string[]>;
  /** Every package once, sorted by name. */
  packages: Pin[];
};

/** Locks a target: the closure of its `headers`, and the packages of its `image` without theirs. Throws EnvironmentError. */
export async function lockTarget(target: Target, offers: Offers): Promise<Lock> {
  const { architecture, packages } = target.distribution;
  requireOffered(target, offers);
  return makeLock({ id: target.id, kernel: target.kernel }, offers, {
    headers: await offers.resolve(namesFor(target, packages.headers), { architecture, exclude: packages.exclude }),
    image: await offers.resolve(namesFor(target, packages.image), { architecture, exclude: ['*'] }),
  });
}

/**
 * A sysroot of what is a kernel's own, without the compiler that its headers want: `interface` are the packages of
 * `headers` that are named by its release, which hold its Module.symvers and configuration; `image` is as ever.
 */
export type KernelPart = 'interface' | 'image';

/**
 * Locks a target of which some packages come from elsewhere: `headers` and `image` where they are wanted; an image that is
 * not wanted but offered is taken too, as type information of modules is made with it. Throws EnvironmentError naming the
 * package that is wanted and not offered.
 */
export async function lockParts(
  target: Target,
  offers: Offers,
  wanted: { headers: boolean; image: boolean },
): Promise<Lock> {
  const { architecture, packages } = target.distribution;
  const { exclude } = packages;
  const headers = wanted.headers
    ? await offers.resolve(namesFor(target, packages.headers), { architecture, exclude })
    : [];
  const optional = (error: unknown) => {
    if (wanted.image || !(error instanceof EnvironmentError)) throw error;
    return [];
  };
  const image = offers.resolve(namesFor(target, packages.image), { architecture, exclude: ['*'] }).catch(optional);
  return makeLock({ id: target.id, kernel: target.kernel }, offers, { headers, image: await image });
}

/** Locks no more of a target than one part of its kernel. Throws EnvironmentError. */
export async function lockKernel(target: Target, offers: Offers, part: KernelPart): Promise<Lock> {
  const { architecture, packages } = target.distribution;
  requireOffered(target, offers);
  const roots = part === 'image' ? packages.image : packages.headers.filter(isOfKernel);
  const pins = await offers.resolve(namesFor(target, roots), { architecture, exclude: ['*'] });
  return makeLock({ id: target.id, kernel: target.kernel }, offers, { [part]: pins });
}

/** What `lockKernel` would pin, taken from the lock of the whole target. */
export function kernelPart(target: Target, lock: Lock, part: KernelPart): Lock {
  const templates = target.distribution.packages.headers.filter(isOfKernel);
  // Of the RPM family a package has its release in the version, or in what it provides; the lock has the one of this kernel.
  const names = new Set([...namesFor(target, templates), ...templates.map((name) => name.replace(/-\{kernel\}$/, ''))]);
  const packages =
    part === 'image' ? pinsOf(lock, 'image') : pinsOf(lock, 'headers').filter(({ name }) => names.has(name));
  return { ...lock, sysroots: { [part]: packages.map(({ name }) => name) }, packages };
}

const isOfKernel = (name: string) => name.includes('{kernel}');

function namesFor({ kernel }: Target, templates: string[]): string[] {
  return templates.map((name) => name.replaceAll('{kernel}', kernel));
}

function requireOffered({ id, kernel, distribution }: Target, offers: Offers): void {
  const offered = offers.releases(distribution);
  if (offered.includes(kernel)) return;
  throw new EnvironmentError(`kernel release ${kernel} is not offered for ${id} any more`, {
    remedy: `Offered now: ${offered.join(', ') || 'none'}.`,
  });
}

/** Locks a sysroot that all targets share. Throws EnvironmentError. */
export async function lockTool(tool: ToolSysroot, offers: Offers): Promise<Lock> {
  const { architecture } = tool.distribution;
  return makeLock({ id: tool.name }, offers, {
    [tool.name]: await offers.resolve(tool.packages, { architecture, exclude: tool.exclude }),
  });
}

function makeLock(head: { id: string; kernel?: string }, offers: Offers, sysroots: Record<string, Pin[]>): Lock {
  const packages = new Map<string, Pin>();
  for (const pin of Object.values(sysroots).flat()) {
    const other = packages.get(pin.name) ?? pin;
    if (other.version !== pin.version) {
      throw new InputError(`the sysroots of ${head.id} need ${pin.name} in both ${other.version} and ${pin.version}`);
    }
    packages.set(pin.name, pin);
  }
  return {
    schema: 'ovnfast.lock/1',
    ...head,
    indexes: offers.references,
    sysroots: Object.fromEntries(Object.entries(sysroots).map(([name, pins]) => [name, pins.map(({ name }) => name)])),
    packages: [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The packages of one sysroot of a lock. Throws when the lock has no such sysroot. */
export function pinsOf(lock: Lock, sysroot: string): Pin[] {
  const names = lock.sysroots[sysroot];
  if (!names) throw new Error(`lock of ${lock.id} has no sysroot ${sysroot}`);
  const wanted = new Set(names);
  return lock.packages.filter(({ name }) => wanted.has(name));
}

/**
 * Where to look in a snapshot archive, by archive name (`20260101T000000Z`): half a day after the index was made, when its
 * packages had surely arrived.
 */
export function snapshotTimes(lock: Lock): Record<string, string> {
  const latest: Record<string, number> = {};
  for (const { archive, date } of lock.indexes) latest[archive] = Math.max(latest[archive] ?? 0, Date.parse(date));
  const entries = Object.entries(latest).filter(([, time]) => Number.isFinite(time));
  return Object.fromEntries(
    entries.map(([archive, time]) => [
      archive,
      new Date(time + 12 * 3600_000).toISOString().replace(/[-:]|\.\d+/g, ''),
    ]),
  );
}

/** Identifies what a lock pins, whatever index it was found in: equal digests mean equal sysroots. */
export function lockDigest({ id, kernel, sysroots, packages }: Lock): string {
  return digestValue([id, kernel ?? '', sysroots, packages.map(({ name, sha256 }) => [name, sha256])]);
}

/** Of schemas. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits is expected');
/** One package as locks and manifests write it. */
export const pinSchema = z.strictObject({
  name: z.string().regex(PACKAGE_NAME),
  version: z.string().min(1),
  architecture: z.string(),
  archive: z.string(),
  path: z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[^/\s][^\s]*$/, 'a path below the archive is expected'),
  size: z.int().positive(),
  sha256,
}) satisfies z.ZodType<Pin>;
const lockSchema = z
  .strictObject({
    schema: z.literal('ovnfast.lock/1'),
    id: z.string(),
    kernel: z.string().exactOptional(),
    indexes: z.array(
      z.strictObject({
        archive: z.string(),
        suite: z.string(),
        component: z.string(),
        date: z.string(),
        sha256,
        signedBy: z.string().exactOptional(),
        expired: z.string().exactOptional(),
      }),
    ),
    sysroots: z.record(z.string(), z.array(z.string())),
    packages: z.array(pinSchema),
  })
  .superRefine(({ sysroots, packages }, context) => {
    const known = new Set(packages.map(({ name }) => name));
    for (const [sysroot, names] of Object.entries(sysroots)) {
      for (const name of names) {
        if (known.has(name)) continue;
        const message = `${name} is not among the packages`;
        context.addIssue({ code: 'custom', message, path: ['sysroots', sysroot] });
      }
    }
  });

/** Reads a lock file; undefined when there is none. Throws InputError naming the file and what does not fit. */
export async function readLock(path: string): Promise<Lock | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new InputError(`the lock cannot be read (${code})`, { where: path, cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`the lock is not JSON (${(cause as Error).message})`, { where: path, cause });
  }
  const result = lockSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError(
    `the lock does not fit at ${issue?.path.map(String).join('.') || 'its top'}: ${issue?.message}`,
    {
      where: path,
      remedy: 'Make it anew with `ovnfast lock`.',
    },
  );
}

/** Writes a lock file, atomically: one package, index or name per line and in a stable order, so that changes read well. */
export async function writeLock(path: string, lock: Lock): Promise<void> {
  const { indexes, sysroots, packages, ...head } = lock;
  const rows = (values: unknown[], indent: string) =>
    values.map((value) => `${indent}${JSON.stringify(value)}`).join(',\n');
  const lines = [
    ...Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    `  "indexes": [\n${rows(indexes, '    ')}\n  ]`,
    `  "sysroots": {\n${Object.entries(sysroots)
      .map(([name, names]) => `    ${JSON.stringify(name)}: [\n${rows(names, '      ')}\n    ]`)
      .join(',\n')}\n  }`,
    `  "packages": [\n${rows(packages, '    ')}\n  ]`,
  ];
  await writeAtomic(path, `{\n${lines.join(',\n')}\n}\n`);
}

// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import type { ProgramBuild } from '../bpf/build.ts';
import { InputError } from '../errors.ts';
import { writeAtomic } from '../host/files.ts';
import type { BuildResult } from '../kbuild/build.ts';
import { readDocument } from '../matrix/document.ts';
import { type Lock, pinSchema, pinsOf, sha256, snapshotTimes } from '../packages/lock.ts';
import type { EffectiveLock } from '../packages/obtain.ts';
import { distributionOf } from '../packages/subject.ts';

/** Beside the modules of a build. */
export const MANIFEST = 'manifest.json';

const MAXIMUM_BYTES = 8 * 2 ** 20;

/** They become parts of paths. */
const word = z.string().regex(/^(?!\.{1,2}$)[\w.+~:-]+$/, 'a name without slashes and blanks is expected');
const address = z.url({ protocol: /^https?$/, error: 'an http or https address is expected' });

const archiveSchema = z.strictObject({
  family: z.enum(['debian', 'rpm']),
  name: z.string().min(1),
  architecture: z.string().min(1),
  suites: z.array(z.string().min(1)).min(1),
  components: z.array(z.string().min(1)),
  /** Public ones; those of the machine that built are nobody's business. */
  mirrors: z.array(address),
  snapshot: address.exactOptional(),
  /** When the snapshot archive had all packages: `20260101T000000Z`. */
  timestamp: z
    .string()
    .regex(/^\d{8}T\d{6}Z$/, 'a time like 20260101T000000Z is expected')
    .exactOptional(),
});

const inputSchema = z
  .strictObject({
    archives: z.array(archiveSchema),
    /** Packages by sysroot, in the order in which they are laid over each other. */
    sysroots: z.record(word, z.array(pinSchema)),
  })
  .superRefine(({ archives, sysroots }, context) => {
    const known = new Set(archives.map(({ name }) => name));
    for (const [sysroot, packages] of Object.entries(sysroots)) {
      for (const [index, { archive }] of packages.entries()) {
        if (known.has(archive)) continue;
        const message = `there is no archive "${archive}" among those above`;
        context.addIssue({ code: 'custom', message, path: ['sysroots', sysroot, index, 'archive'] });
      }
    }
  });

const needs = (input: { sysroots: Record<string, unknown> }, names: string[], context: z.RefinementCtx) => {
  for (const name of names) {
    if (name in input.sysroots) continue;
    context.addIssue({ code: 'custom', message: `the sysroot "${name}" is missing`, path: ['sysroots'] });
  }
};

/** What every manifest has. */
const common = {
  tool: z.strictObject({ name: z.literal('ovnfast'), version: z.string().min(1) }),
  module: z.strictObject({ name: z.string().min(1), source: sha256 }),
  /** What was run in the sandbox. It is read, compared and shown, and never run: the tool knows its own commands. */
  commands: z.array(
    z.strictObject({ argv: z.array(z.string()).min(1), environment: z.record(z.string(), z.string()) }),
  ),
};
const sandbox = inputSchema.superRefine((input, context) => needs(input, ['sandbox'], context));

const moduleManifest = z.strictObject({
  schema: z.literal('ovnfast.manifest/1'),
  ...common,
  target: z.strictObject({ id: word, kernel: word, arch: z.literal('x86_64') }),
  /** It was built to serve several kernel releases, so without type information of one of them. */
  portable: z.boolean(),
  results: z
    .array(
      z.strictObject({
        file: word.regex(/\.ko$/, 'a file name that ends in .ko is expected'),
        sha256,
        size: z.int().positive(),
        srcversion: z.string().exactOptional(),
      }),
    )
    .min(1, 'at least one module is expected'),
  /** What it was built with, and what that ran in. */
  inputs: z.strictObject({
    target: inputSchema.superRefine((input, context) => needs(input, ['headers', 'image'], context)),
    sandbox,
  }),
});

const programManifest = z.strictObject({
  schema: z.literal('ovnfast.manifest.programs/1'),
  ...common,
  /** The objects, and the executable files that go with them. */
  results: z
    .array(z.strictObject({ file: word, sha256, size: z.int().nonnegative() }))
    .min(1, 'at least one object is expected'),
  /** They were built for no kernel, so with nothing of any. */
  inputs: z.strictObject({
    bpf: inputSchema.superRefine((input, context) => needs(input, ['bpf'], context)),
    sandbox,
  }),
});

const manifestSchema = z.discriminatedUnion('schema', [moduleManifest, programManifest]);

/** All that went into a build, and what came out: enough to do it again elsewhere, and to tell whether it is the same. */
export type Manifest = ModuleManifest | ProgramManifest;
export type ModuleManifest = z.infer<typeof moduleManifest>;
export type ProgramManifest = z.infer<typeof programManifest>;
export type ManifestInput = z.infer<typeof inputSchema>;

export type ManifestOptions = {
  version: string;
  target: ModuleManifest['target'];
  portable: boolean;
  built: BuildResult;
  /** What the target's sysroots and the sandbox were made of. */
  inputs: ModuleManifest['inputs'];
};

/** The manifest of a build that passed. It names neither the machine nor the time: the same build gives the same bytes. */
export function makeManifest({ version, target, portable, built, inputs }: ManifestOptions): ModuleManifest {
  return {
    schema: 'ovnfast.manifest/1',
    tool: { name: 'ovnfast', version },
    module: { name: built.modules[0]?.name ?? '', source: built.source },
    target,
    portable,
    commands: built.commands,
    results: built.modules.map(({ path, sha256, size, srcversion }) => ({
      file: basename(path),
      sha256,
      size,
      ...(srcversion === undefined ? {} : { srcversion }),
    })),
    inputs,
  };
}

export type ProgramManifestOptions = {
  version: string;
  built: ProgramBuild;
  /** What the compiler and the sandbox were made of. */
  inputs: ProgramManifest['inputs'];
};

/** The same of eBPF programs; all targets of a run have the same one. */
export function makeProgramManifest({ version, built, inputs }: ProgramManifestOptions): ProgramManifest {
  return {
    schema: 'ovnfast.manifest.programs/1',
    tool: { name: 'ovnfast', version },
    module: { name: built.programs.map(({ name }) => name).join(', '), source: built.source },
    commands: built.commands,
    results: [...built.programs, ...built.executables].map(({ path, sha256, size }) => ({
      file: basename(path),
      sha256,
      size,
    })),
    inputs,
  };
}

/** What a lock pins for some of its sysroots, and where that can be had. */
export function inputOf(effective: EffectiveLock, names: string[]): ManifestInput {
  const { lock } = effective;
  const sysroots = Object.fromEntries(names.map((name) => [name, pinsOf(lock, name)]));
  const { archives } = distributionOf(effective);
  const used = new Set(Object.values(sysroots).flatMap((pins) => pins.map(({ archive }) => archive)));
  return {
    archives: archives
      .filter(({ name }) => used.has(name))
      .map(({ family, name, architecture, suites, components, mirrors, snapshot }) => ({
        ...{ family, name, architecture, suites, components, mirrors },
        ...(snapshot === undefined ? {} : { snapshot, ...timestampOf(lock, name) }),
      })),
    sysroots,
  };
}

function timestampOf(lock: Lock, archive: string): { timestamp?: string } {
  const timestamp = snapshotTimes(lock)[archive];
  return timestamp === undefined ? {} : { timestamp };
}

/** Reads a manifest. Throws InputError with `file:line:column` for what does not fit. */
export async function readManifest(path: string): Promise<Manifest> {
  const found = await stat(path).catch(() => undefined);
  if (found && found.size > MAXIMUM_BYTES) {
    throw new InputError(`larger than ${MAXIMUM_BYTES / 2 ** 20} MiB, which no manifest is`, { where: path });
  }
  // JSON is YAML, and this reader says where a mistake is.
  return (await readDocument(path, manifestSchema)).value;
}

/** Writes a manifest, atomically. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeAtomic(path, `${layOut(manifest, '')}\n`);
}

/** JSON with one line for each value that has no other objects in it, so that a package is a line. */
function layOut(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null || Object.values(value).every(isPlain)) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((one) => inner + layOut(one, inner)).join(',\n')}\n${indent}]`;
  const rows = Object.entries(value).map(([key, one]) => `${inner}${JSON.stringify(key)}: ${layOut(one, inner)}`);
  return `{\n${rows.join(',\n')}\n${indent}}`;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null || (Array.isArray(value) && value.every(isScalar));
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

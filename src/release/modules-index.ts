// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { digestValue } from '../host/digest.ts';
import type { ModuleFile } from '../kbuild/module.ts';
import { splitSignature } from '../kbuild/signature.ts';
import { sha256 } from '../packages/lock.ts';
import type { Artifact, ReleasedProof, ReleaseIdentity } from './artifacts.ts';

const name = z.string().regex(/^[\w.+-]+$/);
const common = { file: name, sha256, size: z.int().nonnegative(), manifest: name };
const kernel = { id: z.string().min(1), kernel: z.string().min(1), arch: z.string().min(1) };

const moduleFile = z.strictObject({
  kind: z.literal('module'),
  ...common,
  /** What modprobe and /proc/modules call it. */
  module: z.string().min(1),
  arch: z.string().min(1),
  /** The kernel release that it was built with the headers of. */
  builtFor: z.strictObject({ id: z.string(), kernel: z.string() }),
  vermagic: z.string(),
  srcversion: z.string().exactOptional(),
  /** Modules that have to be loaded before. */
  depends: z.array(z.string()),
  group: z.string(),
  /** The file without its signature, which is the one of the manifest. */
  unsigned: z.strictObject({ sha256, size: z.int().positive() }).exactOptional(),
  signature: z
    .strictObject({ hash: z.string(), signer: z.string().exactOptional(), serial: z.string().exactOptional() })
    .exactOptional(),
});

const otherFile = z.strictObject({ kind: z.enum(['program', 'executable']), ...common });

const indexSchema = z.strictObject({
  schema: z.literal('ovnfast.modules/1'),
  tag: z.string(),
  version: z.string(),
  repository: z.string().exactOptional(),
  commit: z.string().exactOptional(),
  files: z.array(z.discriminatedUnion('kind', [moduleFile, otherFile])),
  /**
   * What a kernel has to offer for the modules of a group, which any of such kernels loads: the words of its vermagic (with
   * the release where there are no symbol versions), and the CRC of each symbol as in its Module.symvers.
   */
  groups: z.array(
    z.strictObject({
      group: z.string(),
      module: z.string(),
      arch: z.string(),
      vermagic: z.string(),
      /** Symbol versions were compared: without them only the very release fits. */
      versioned: z.boolean(),
      symbols: z.record(z.string(), z.string()),
      files: z.array(name).min(1),
    }),
  ),
  /** Which files serve which kernel release, and by what that is known; the newest release of a distribution last. */
  kernels: z.array(
    z.strictObject({
      ...kernel,
      title: z.string().exactOptional(),
      files: z.array(name).min(1),
      /** `suites`: they ran on that kernel with these files; `build`: it compiled, no more; `versions`: symbol versions agree. */
      basis: z.enum(['suites', 'build', 'versions']),
      status: z.enum(['pass', 'fail', 'error', 'skip']),
      suites: z.array(
        z.strictObject({
          name: z.string(),
          status: z.string(),
          passed: z.int(),
          tests: z.int(),
          accelerator: z.string(),
        }),
      ),
    }),
  ),
});

/** `modules.json`: which file of a release serves which kernel release. */
export type ModulesIndex = z.infer<typeof indexSchema>;
export type IndexedKernel = ModulesIndex['kernels'][number];

/** The index of a release. `others` are kernels that nothing ran on. */
export function makeIndex(
  { tag, version, repository, commit }: ReleaseIdentity,
  artifacts: Artifact[],
  proofs: ReleasedProof[],
  others: IndexedKernel[],
): ModulesIndex {
  const groups = new Map<string, ModulesIndex['groups'][number]>();
  for (const { name: file, product } of artifacts) {
    if (product.kind !== 'module') continue;
    const group = groupOf(product.module, archOf(product.manifest));
    const known = groups.get(group.group);
    groups.set(group.group, { ...group, files: [...(known?.files ?? []), file] });
  }
  return indexSchema.parse({
    schema: 'ovnfast.modules/1',
    ...{ tag, version },
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
    files: artifacts.map(fileOf),
    groups: [...groups.values()],
    kernels: [
      ...proofs.map(({ id, kernel, arch, title, status, suites, artifacts: own }) => ({
        ...{ id, kernel, arch },
        ...(title === undefined ? {} : { title }),
        files: own.map(({ name }) => name),
        basis: suites.length > 0 ? ('suites' as const) : ('build' as const),
        status,
        suites,
      })),
      ...others,
    ],
  } satisfies ModulesIndex);
}

/** Reads an index that came from elsewhere. Throws a ZodError for what is none. */
export function parseIndex(value: unknown): ModulesIndex {
  return indexSchema.parse(value);
}

function fileOf(artifact: Artifact): ModulesIndex['files'][number] {
  const { name: file, sha256, content, manifest, product, unsigned } = artifact;
  const base = { file, sha256, size: content.length, manifest };
  if (product.kind !== 'module') return { kind: product.kind, ...base };
  const { module } = product;
  const { signature } = splitSignature(content);
  const target = 'target' in product.manifest ? product.manifest.target : { id: '', kernel: '' };
  return {
    kind: 'module',
    ...base,
    module: module.name,
    arch: archOf(product.manifest),
    builtFor: { id: target.id, kernel: target.kernel },
    vermagic: module.vermagic,
    ...(module.srcversion === undefined ? {} : { srcversion: module.srcversion }),
    depends: module.depends,
    group: groupOf(module, archOf(product.manifest)).group,
    ...(unsigned ? { unsigned } : {}),
    ...(signature
      ? {
          signature: {
            hash: signature.hash ?? '',
            ...(signature.signer ? { signer: signature.signer } : {}),
            ...(signature.key ? { serial: signature.key } : {}),
          },
        }
      : {}),
  };
}

function archOf(manifest: Artifact['product']['manifest']): string {
  return 'target' in manifest ? manifest.target.arch : 'any';
}

/** Modules of one group are loaded by the same kernels: they want the same of it. */
function groupOf(module: ModuleFile, arch: string): Omit<ModulesIndex['groups'][number], 'files'> {
  const versioned = module.versioned;
  const wanted = {
    module: module.name,
    arch,
    vermagic: versioned ? module.vermagic.replace(/^\S+ ?/, '') : module.vermagic,
    versioned,
    symbols: Object.fromEntries(module.imports.flatMap(({ symbol, crc }) => (crc ? [[symbol, crc]] : []))),
  };
  return { group: digestValue([wanted, btfRelease(module)]).slice(0, 16), ...wanted };
}

/** Some kernels refuse type information of another release, so that a module with it is of a group of its own. */
function btfRelease({ btf, portableBtf, vermagic }: ModuleFile): string | undefined {
  return btf && !portableBtf ? vermagic.split(' ', 1)[0] : undefined;
}

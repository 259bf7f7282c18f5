// SPDX-License-Identifier: Apache-2.0
import { access, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import { type Document, readDocument } from './document.ts';
import { compareReleases, selectorFault } from './releases.ts';
import { didYouMean } from './suggest.ts';
import { type Archive, type Distribution, type Matrix, TOOLCHAIN, type ToolSysroot } from './types.ts';

const word = z.string().regex(/^[^\s/]+$/, 'a name without spaces and slashes is expected');
const words = z.array(word).min(1, 'at least one is needed');
/** A toolchain goes with no kernel release. */
const kernelless = z
  .array(z.string().regex(/^[^\s/{}]+$/, 'a name without spaces, slashes and braces is expected'))
  .default([]);
const globs = z.array(z.string().min(1)).default([]);
const address = z
  .url({ protocol: /^https?$/, message: 'an http or https address is expected' })
  .transform((url) => url.replace(/\/+$/, ''));
const selector = z.string().superRefine((text, context) => {
  const message = selectorFault(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Below a base address; neither absolute nor climbing. */
const repository = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\s]+$/, 'a path like 9/BaseOS/x86_64/os is expected');
const archiveBase = {
  name: word,
  keys: words,
  mirrors: z.array(address).default([]),
  snapshot: address.optional(),
};
const someOf = <S extends z.ZodType>(schema: S) => z.array(schema).min(1, 'at least one is needed');
const distributionBase = {
  id: word,
  title: z.string(),
  architecture: word,
  default: z.boolean().default(true),
  kernels: z.strictObject({ default: someOf(selector), exclude: globs }),
  packages: z.strictObject({ headers: words, image: words, toolchain: kernelless, exclude: globs }),
};
const distributionSchema = z.discriminatedUnion('family', [
  z.strictObject({
    ...distributionBase,
    family: z.literal('debian'),
    archives: someOf(z.strictObject({ ...archiveBase, suites: words, components: words })),
  }),
  z.strictObject({
    ...distributionBase,
    family: z.literal('rpm'),
    archives: someOf(z.strictObject({ ...archiveBase, repositories: someOf(repository) })),
  }),
]);

const toolsSchema = z.strictObject({
  distribution: word,
  sysroots: z.record(
    word,
    z.strictObject({ title: z.string(), extends: word.exactOptional(), packages: words, exclude: globs }),
  ),
});

/**
 * Reads the matrix directory: a YAML file per distribution, `tools.yml`, `keys/` and the names in `locks/`.
 * Throws InputError with `file:line:column`.
 */
export async function loadMatrix(directory: string): Promise<Matrix> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.yml')).sort();
  if (names.length === 0) throw new InputError('no matrix files (*.yml) here', { where: directory });
  const keys = (await readdir(join(directory, 'keys')).catch(() => [])).filter((name) => name.endsWith('.asc'));
  const distributions: Distribution[] = [];
  const locked = new Map<string, string[]>();
  for (const name of names.filter((name) => name !== 'tools.yml')) {
    const distribution = await loadDistribution(join(directory, name), join(directory, 'keys'), keys);
    distributions.push(distribution);
    locked.set(distribution.id, await lockedReleases(directory, distribution.id));
  }
  distributions.sort((a, b) => compareReleases(a.id, b.id));
  const tools = names.includes('tools.yml') ? await loadTools(join(directory, 'tools.yml'), distributions) : [];
  return { directory, distributions, tools, toolchains: toolchainsOf(distributions), locked };
}

/** Where the lock of a target (id, kernel release) or of a sysroot that goes with no kernel (its group and name) is. */
export function lockPath(matrixDirectory: string, id: string, name: string): string {
  return join(matrixDirectory, 'locks', id, `${name}.json`);
}

async function lockedReleases(directory: string, id: string): Promise<string[]> {
  const names = await readdir(join(directory, 'locks', id)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter((name) => name !== TOOLCHAIN)
    .sort(compareReleases);
}

async function loadDistribution(path: string, keyDirectory: string, keys: string[]): Promise<Distribution> {
  const document = await readDocument(path, distributionSchema);
  const { value, where } = document;
  if (`${value.id}.yml` !== basename(path)) {
    throw new InputError(`"id" is ${value.id}, so the file has to be ${value.id}.yml`, { where: where(['id']) });
  }
  for (const list of ['headers', 'image'] as const) checkTemplates(document, list);
  const archives = await Promise.all(
    value.archives.map(async ({ snapshot, ...archive }, index): Promise<Archive> => {
      for (const [at, key] of archive.keys.entries()) {
        const found = await access(join(keyDirectory, key)).then(
          () => true,
          () => false,
        );
        if (found) continue;
        throw new InputError(`there is no key ${key} in ${keyDirectory}${didYouMean(key, keys)}`, {
          where: where(['archives', index, 'keys', at]),
        });
      }
      const { name, mirrors } = archive;
      return {
        family: value.family,
        name,
        mirrors,
        ...('repositories' in archive
          ? { suites: archive.repositories, components: [] }
          : { suites: archive.suites, components: archive.components }),
        architecture: value.architecture,
        keys: archive.keys.map((key) => join(keyDirectory, key)),
        ...(snapshot === undefined ? {} : { snapshot }),
      };
    }),
  );
  return { ...value, archives };
}

/** Without `{kernel}` in both lists there would be no way to tell which kernel releases are offered. */
function checkTemplates({ value, where }: Document<z.output<typeof distributionSchema>>, list: 'headers' | 'image') {
  for (const [index, name] of value.packages[list].entries()) {
    const [braces] = /\{[^}]*\}?/.exec(name.replaceAll('{kernel}', '')) ?? [];
    if (braces === undefined) continue;
    throw new InputError(`"${braces}" in a package name, only {kernel} is known`, {
      where: where(['packages', list, index]),
    });
  }
  if (value.packages[list].some((name) => name.includes('{kernel}'))) return;
  throw new InputError(`"packages.${list}" names no package with {kernel}`, { where: where(['packages', list]) });
}

async function loadTools(path: string, distributions: Distribution[]): Promise<ToolSysroot[]> {
  const { value, where } = await readDocument(path, toolsSchema);
  const distribution = distributions.find(({ id }) => id === value.distribution);
  if (!distribution) {
    const ids = distributions.map(({ id }) => id);
    throw new InputError(`there is no distribution ${value.distribution}${didYouMean(value.distribution, ids)}`, {
      where: where(['distribution']),
    });
  }
  return Object.entries(value.sysroots).map(([name, { extends: base, title, packages, exclude }]) => {
    const whole = { name, group: 'tools', distribution, title };
    if (base === undefined) return { ...whole, packages, exclude };
    const based = value.sysroots[base];
    const place = { where: where(['sysroots', name, 'extends']) };
    if (!based) {
      throw new InputError(`there is no sysroot ${base}${didYouMean(base, Object.keys(value.sysroots))}`, place);
    }
    if (based.extends !== undefined) throw new InputError(`${base} extends another one itself`, place);
    return { ...whole, packages: [...based.packages, ...packages], exclude: [...based.exclude, ...exclude] };
  });
}

function toolchainsOf(distributions: Distribution[]): ToolSysroot[] {
  return distributions
    .filter(({ packages }) => packages.toolchain.length > 0)
    .map((distribution) => {
      const { id, title, packages } = distribution;
      const { toolchain, exclude } = packages;
      return { name: TOOLCHAIN, group: id, title: `Toolchain of ${title}`, distribution, packages: toolchain, exclude };
    });
}

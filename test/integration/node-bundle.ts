// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestBytes } from '../../src/host/digest.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { readModule } from '../../src/kbuild/module.ts';
import { type ModulesIndex, parseIndex } from '../../src/release/modules-index.ts';
import { makeFits } from '../../src/release/node/fits.ts';
import type { PreparedTarget, Workshop } from '../../src/workshop.ts';

const hello = join(projectRoot(), 'test/fixtures/modules/hello');

/** Builds a module named `hello` whose main.c has some text replaced; the path of the file. */
export async function buildHello(
  workshop: Workshop,
  prepared: PreparedTarget<'headers' | 'image'>,
  directory: string,
  replacements: Record<string, string>,
): Promise<string> {
  const source = join(directory, 'source');
  await cp(hello, source, { recursive: true });
  let text = await readFile(join(source, 'main.c'), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`main.c has no ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(join(source, 'main.c'), text);
  const built = await workshop.build(source, prepared, { outDirectory: directory, jobs: 2 });
  const [module] = built.modules;
  if (!module) throw new Error(`the module was not built: ${built.reason}`);
  return module.path;
}

export type BundleOptions = {
  version: string;
  /** Path of the module. */
  module: string;
  /** The kernel that the index lists. */
  kernel: string;
  /** eBPF objects and their loader. */
  programs?: { name: string; content: Buffer }[];
  /** Changes the index that the module gives. */
  change?: (index: ModulesIndex) => void;
};

/** Lays out an install bundle with one module in a directory, as `ovnfast release` does. */
export async function layOut(
  directory: string,
  { version, module, kernel, programs = [], change }: BundleOptions,
): Promise<string> {
  const { name, vermagic, depends, versioned, imports } = await readModule(module);
  const content = await readFile(module);
  const id = 'debian-12';
  const file = `${name}-${version}-${id}-${kernel}-x86_64.ko`;
  const index = parseIndex({
    schema: 'ovnfast.modules/1',
    ...{ tag: `v${version}`, version },
    files: [
      {
        ...{
          kind: 'module',
          file,
          sha256: digestBytes(content),
          size: content.length,
          manifest: `${file}.manifest.json`,
        },
        ...{ module: name, arch: 'x86_64', builtFor: { id, kernel }, vermagic, depends, group: 'first' },
      },
      ...programs.map(({ name, content }) => ({
        ...{ kind: name.endsWith('.o') ? 'program' : 'executable', file: name, sha256: digestBytes(content) },
        ...{ size: content.length, manifest: 'programs.manifest.json' },
      })),
    ],
    groups: [
      {
        ...{ group: 'first', module: name, arch: 'x86_64', versioned, files: [file] },
        vermagic: vermagic.replace(/^\S+ /, ''),
        symbols: Object.fromEntries(imports.flatMap(({ symbol, crc }) => (crc ? [[symbol, crc]] : []))),
      },
    ],
    kernels: [{ ...{ id, kernel, arch: 'x86_64', files: [file], basis: 'suites', status: 'pass', suites: [] } }],
  });
  change?.(index);
  const sums: string[] = [];
  const place = async (path: string, bytes: string | Buffer) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), bytes);
    sums.push(`${digestBytes(Buffer.from(bytes))}  ${path}\n`);
  };
  const installer = join(projectRoot(), 'src/release/node/ovnfast-node');
  await place('bin/ovnfast-node', await readFile(installer));
  await chmod(join(directory, 'bin/ovnfast-node'), 0o755);
  await place('share/fits', makeFits(index));
  await place(`modules/${file}`, content);
  for (const { name, content } of programs) await place(`modules/${name}`, content);
  await writeFile(join(directory, 'share/SHA256SUMS'), sums.sort().join(''));
  return directory;
}

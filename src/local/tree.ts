// SPDX-License-Identifier: Apache-2.0
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import { parseConfig } from '../kbuild/headers.ts';
import { type CompilerVersion, compilerOfTree } from './compiler.ts';

/** A kernel build tree that a user has: configured, and prepared for modules. All paths are real and absolute. */
export type KernelTree = {
  directory: string;
  /** Where the sources are when the tree is the output directory of `make O=`. */
  source?: string;
  release: string;
  config: Map<string, string>;
  /** What it was built with, as far as it says. */
  compiler?: CompilerVersion;
};

const PREPARE = 'Run `make modules_prepare` in it, or `make` for a kernel that can be booted too.';
const RELEASE = /^\d+\.\d+[A-Za-z0-9._+~-]*$/;
/** The machine a kernel is for, by what its configuration sets. */
const OTHER_MACHINES = ['ARM64', 'ARM', 'RISCV', 'PPC64', 'S390', 'MIPS', 'LOONGARCH', 'X86_32'];
const MAXIMUM_TEXT_BYTES = 64 * 2 ** 20;

/**
 * Reads a kernel build tree: one that was built in place, the output directory of `make O=`, or the headers of a
 * distribution. Throws InputError that says what it lacks and how to make it.
 */
export async function readKernelTree(named: string): Promise<KernelTree> {
  const directory = await realpath(named).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(`the kernel tree cannot be read (${cause.code})`, { where: named, cause });
  });
  const fault = (what: string, remedy: string) => new InputError(what, { where: named, remedy });
  if (!(await stat(directory)).isDirectory()) {
    throw fault('a kernel tree is a directory', 'Name the directory that holds .config and Module.symvers.');
  }
  const configText = await textOf(join(directory, '.config'));
  if (configText === undefined) {
    throw (await exists(join(directory, 'Kconfig')))
      ? fault('the kernel tree is not configured: it has no .config', 'Configure and build it first.')
      : fault('no kernel build tree: it has no .config', 'Name the directory in which a kernel was built (its O=).');
  }
  const config = parseConfig(configText);
  const machine = OTHER_MACHINES.find((name) => config.get(name) === 'y');
  if (config.get('X86_64') !== 'y' || machine !== undefined) {
    throw fault(
      `the kernel tree is not for x86-64 (${machine ?? 'no CONFIG_X86_64'})`,
      'Other machines are not known.',
    );
  }
  if (config.get('MODULES') !== 'y') throw fault('this kernel takes no modules', 'Set CONFIG_MODULES and build it.');
  if (config.get('CC_IS_CLANG') === 'y') {
    throw fault('the kernel tree was built by clang', 'Only gcc is at hand: build the kernel with gcc.');
  }
  const lacking = await firstMissing(directory, requiredFiles(config));
  if (lacking !== undefined) throw fault(`the kernel tree is not prepared: it has no ${lacking}`, PREPARE);
  const release = await releaseOf(directory);
  if (release === undefined) throw fault('the kernel tree does not say which release it is of', PREPARE);
  if (!(await exists(join(directory, 'Module.symvers')))) {
    throw fault(
      'the kernel tree has no Module.symvers, so that no symbol of the kernel would be found',
      'Build the kernel whole with `make` (modules_prepare does not make it), or copy Module.symvers from where it was built.',
    );
  }
  const source = await findSource(directory, named);
  const compiler = compilerOfTree(config, await textOf(join(directory, 'include/generated/compile.h')));
  return {
    ...{ directory, release, config },
    ...(source === undefined ? {} : { source }),
    ...(compiler === undefined ? {} : { compiler }),
  };
}

/** What a build of a module reads or runs; objtool where the kernel has its modules checked by it. */
function requiredFiles(config: Map<string, string>): string[] {
  const objtool = config.has('OBJTOOL') || config.has('STACK_VALIDATION');
  return [
    'include/generated/autoconf.h',
    'include/config/auto.conf',
    'scripts/basic/fixdep',
    'scripts/mod/modpost',
    ...(objtool ? ['tools/objtool/objtool'] : []),
  ];
}

async function firstMissing(directory: string, names: string[]): Promise<string | undefined> {
  for (const name of names) if (!(await exists(join(directory, name)))) return name;
  return undefined;
}

/** As vermagic has it. A distribution may build with a release of its own, of which kernel.release knows nothing. */
async function releaseOf(directory: string): Promise<string | undefined> {
  const generated = await textOf(join(directory, 'include/generated/utsrelease.h'));
  const [, defined] = /^#define UTS_RELEASE "([^"]*)"/m.exec(generated ?? '') ?? [];
  const plain = (await textOf(join(directory, 'include/config/kernel.release')))?.trim();
  return [defined, plain].find((release) => release !== undefined && RELEASE.test(release));
}

/**
 * The source directory of an output directory, from the Makefile that kbuild (or a distribution) has written there. A
 * tree that was copied from elsewhere may have it beside itself. Undefined for a tree that was built in place.
 */
async function findSource(directory: string, named: string): Promise<string | undefined> {
  const makefile = (await textOf(join(directory, 'Makefile'))) ?? '';
  // 4.20 and later include the Makefile of the sources, older ones have make change to their directory.
  const [, included, changed] =
    /^(?:include\s+([^\s$]+)\/Makefile|MAKEARGS\s*:=\s*-C\s+(\S+))\s*$/m.exec(makefile) ?? [];
  const said = included ?? changed;
  if (said === undefined) {
    if (isTopMakefile(makefile)) return undefined;
    const remedy = 'It needs the Makefile of the sources, or the one that `make O=` writes.';
    throw new InputError('the kernel tree has no Makefile that tells where its sources are', { where: named, remedy });
  }
  const place = resolve(directory, said);
  const beside = join(dirname(directory), basename(place));
  for (const candidate of [place, beside]) {
    if (isTopMakefile((await textOf(join(candidate, 'Makefile'))) ?? '')) return await realpath(candidate);
  }
  throw new InputError(`the sources of the kernel tree are not at ${place}`, {
    where: join(named, 'Makefile'),
    remedy: `Put them there, or beside the tree as ${beside}.`,
  });
}

/** Whether a Makefile is that of a kernel's sources. */
function isTopMakefile(text: string): boolean {
  return /^VERSION\s*=/m.test(text) && !/^MAKEARGS\s*:=/m.test(text);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** A text file; undefined when there is none, or none that could be one. */
async function textOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > MAXIMUM_TEXT_BYTES) return undefined;
  return await readFile(path, 'utf8');
}

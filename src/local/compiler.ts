// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import { lockPath } from '../matrix/matrix.ts';
import { didYouMean } from '../matrix/suggest.ts';
import type { Matrix, ToolSysroot } from '../matrix/types.ts';
import { type Lock, readLock } from '../packages/lock.ts';

/** Of gcc: `10.2.1`. */
export type CompilerVersion = [major: number, minor: number, patch: number];

export type ToolchainChoice = {
  toolchain: ToolSysroot;
  /** Why it was chosen, for people. */
  reason: string;
  /** The next best, should it not be had; none for one that the user named. */
  others: ToolSysroot[];
};

type Known = { toolchain: ToolSysroot; version: CompilerVersion };

/** The gcc that a kernel tree was configured with or built by, from its configuration or its compile.h. */
export function compilerOfTree(
  config: Map<string, string>,
  compileHeader: string | undefined,
): CompilerVersion | undefined {
  // From 4.18 on: MMmmpp.
  const number = Number(config.get('GCC_VERSION') ?? 0);
  if (number > 0) return [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100];
  const [, built] = /^#define LINUX_COMPILER "([^"]*)"/m.exec(compileHeader ?? '') ?? [];
  for (const text of [config.get('CC_VERSION_TEXT'), built]) {
    // "gcc (Debian 10.2.1-6) 10.2.1 20210110", "gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) ".
    const found = /gcc version (\d+\.\d+\.\d+)/.exec(text ?? '') ?? /gcc.*\)\s+(\d+\.\d+\.\d+)/.exec(text ?? '');
    if (found?.[1] !== undefined) return parseVersion(found[1]);
  }
  return undefined;
}

/**
 * The toolchain to build with: the one named, else the one whose gcc is nearest to that of the tree. The same major
 * version is nearest, then the newest of those before it, then the oldest of those after it: a compiler that is too new
 * refuses old sources more often than one that is too old lacks an option. Throws InputError for an unknown name.
 */
export async function chooseToolchain(
  matrix: Matrix,
  named: string | undefined,
  compiler: CompilerVersion | undefined,
): Promise<ToolchainChoice> {
  if (named !== undefined)
    return { toolchain: findToolchain(matrix, named), reason: 'asked for with --toolchain', others: [] };
  const known = await knownToolchains(matrix);
  const [oldest] = known;
  if (!oldest) {
    const ids = matrix.toolchains.map(({ group }) => group).join(', ');
    throw new InputError('no toolchain is locked, so that none can be chosen', {
      remedy: `Name one with --toolchain: ${ids || 'no distribution of the matrix has one'}.`,
    });
  }
  const ranked = rank(known, compiler);
  const [chosen = oldest] = ranked;
  const others = ranked.slice(1).map(({ toolchain }) => toolchain);
  const version = `gcc ${chosen.version.join('.')}`;
  if (compiler === undefined) {
    const reason = `${version}, the oldest known: the tree does not say what it was built with`;
    return { toolchain: chosen.toolchain, reason, others };
  }
  const same = chosen.version[0] === compiler[0];
  const nearest = same ? '' : `, the nearest known${compare(chosen.version, compiler) > 0 ? ', though newer' : ''}`;
  const reason = `${version}${nearest}; the tree was built with gcc ${compiler.join('.')}`;
  return { toolchain: chosen.toolchain, reason, others };
}

/**
 * What to try when a build fails in the kernel's own files because its compiler is too new for them, or too old for how they
 * are configured: a sentence, or undefined when the compiler is like the tree's own.
 */
export async function suggestToolchain(
  matrix: Matrix,
  used: { toolchain: ToolSysroot; lock: Lock },
  compiler: CompilerVersion | undefined,
): Promise<string | undefined> {
  const version = gccOf(used.lock);
  if (version === undefined || compiler?.[0] === version[0]) return undefined;
  const [nearest] = rank(await knownToolchains(matrix), compiler);
  const relation =
    compiler === undefined ? 'may be too new' : `is ${compare(version, compiler) > 0 ? 'newer' : 'older'} than`;
  const than = compiler === undefined ? 'for the tree' : `the gcc ${compiler.join('.')} that built the tree`;
  const isNearest = nearest === undefined || nearest.toolchain.group === used.toolchain.group;
  const advice = isNearest ? 'none nearer to it is known' : `try --toolchain ${nearest.toolchain.group}`;
  return `gcc ${version.join('.')} of ${used.toolchain.group} ${relation} ${than}: ${advice}`;
}

/** Toolchains from the nearest to the farthest, of those from the oldest to the newest. */
function rank(known: Known[], compiler: CompilerVersion | undefined): Known[] {
  if (compiler === undefined) return known;
  const isSame = ({ version }: Known) => version[0] === compiler[0];
  const isBefore = (one: Known) => !isSame(one) && compare(one.version, compiler) < 0;
  const isAfter = (one: Known) => !isSame(one) && !isBefore(one);
  return [...known.filter(isSame).reverse(), ...known.filter(isBefore).reverse(), ...known.filter(isAfter)];
}

/** Toolchains that are locked, from the oldest gcc to the newest. */
async function knownToolchains({ directory, toolchains }: Matrix): Promise<Known[]> {
  const known: Known[] = [];
  for (const toolchain of toolchains) {
    const lock = await readLock(lockPath(directory, toolchain.group, toolchain.name));
    const version = lock && gccOf(lock);
    if (version) known.push({ toolchain, version });
  }
  return known.sort((a, b) => compare(a.version, b.version));
}

/** Debian's package `gcc` has an epoch, and stands for `gcc-12`, which may have been updated since. */
function gccOf({ packages }: Lock): CompilerVersion | undefined {
  const versionOf = (wanted: string) => packages.find(({ name }) => name === wanted)?.version.replace(/^\d+:/, '');
  const version = versionOf('gcc');
  if (version === undefined) return undefined;
  return parseVersion(versionOf(`gcc-${parseVersion(version)[0]}`) ?? version);
}

function findToolchain({ toolchains }: Matrix, named: string): ToolSysroot {
  const found = toolchains.find(({ group }) => group === named);
  if (found) return found;
  const ids = toolchains.map(({ group }) => group);
  throw new InputError(`unknown toolchain "${named}"${didYouMean(named, ids)}`, {
    remedy: `Known: ${ids.join(', ') || 'none'}.`,
  });
}

function parseVersion(text: string): CompilerVersion {
  const [, major, minor, patch] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0), Number(patch ?? 0)];
}

function compare(a: CompilerVersion, b: CompilerVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { TemporaryDirectory } from './host/files.ts';
import { suggestToolchain } from './local/compiler.ts';
import { headersSysroot, imageSysroot, openTree, type TreeTarget, type TreeWish } from './local/target.ts';
import { type Matrix, TOOLCHAIN, type ToolSysroot } from './matrix/types.ts';
import { NotDeliveredError } from './packages/errors.ts';
import type { EffectiveLock, Obtainer } from './packages/obtain.ts';
import { type Prepared, type PrepareOptions, prepareSysroots } from './prepare.ts';
import type { Sysroot } from './sysroot/compose.ts';
import type { Tools } from './tools.ts';

type Parts = { matrix: Matrix; obtainer: Obtainer; tools: Tools; cache: string; signal: AbortSignal };
type FetchSettings = Omit<PrepareOptions<string>, 'names'>;

export type PreparedTree<Name extends string> = Prepared<Name> & {
  kernel: string;
  /** What to try when the build fails in the kernel's own files. */
  hint?: string;
};

/** Shared sysroots that are there anyway, whose libraries may serve a tree's own programs. */
const WITH_LIBRARIES = ['sandbox', 'guest'];

/** Kernel trees of the user: opened as targets, and prepared with the toolchain of a distribution. */
export class Trees implements AsyncDisposable {
  private readonly parts: Parts;
  private readonly scratch: TemporaryDirectory[] = [];

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Throws as `openTree`. */
  async open(wish: TreeWish, boots: boolean): Promise<{ target: TreeTarget; note: string }> {
    const { matrix, tools } = this.parts;
    return await openTree(wish, { matrix, boots, programs: async () => (await tools.sandbox()).programs });
  }

  /** What pins the toolchain that a tree is built with. Throws as `Obtainer.toolLock`. */
  async lock({ tree }: TreeTarget): Promise<EffectiveLock> {
    return await this.parts.obtainer.toolLock(tree.toolchain, this.parts.signal);
  }

  /** The sysroots `headers` and `image`: only the toolchain is fetched, and only to build with. Throws as `fitPrograms`. */
  async prepare<Name extends string>(
    { kernel, tree }: TreeTarget,
    names: Name[],
    locked: EffectiveLock,
    settings: FetchSettings,
  ): Promise<PreparedTree<Name>> {
    const { matrix, cache } = this.parts;
    const sysroots: Record<string, Sysroot> = { image: imageSysroot(tree) };
    const needed = names.some((name) => name === 'headers') ? [TOOLCHAIN] : [];
    const { effective, mirrors, ...made } = await this.fetch(tree, locked, { ...settings, names: needed });
    const toolchain = made.sysroots[TOOLCHAIN];
    if (toolchain) {
      const scratch = await TemporaryDirectory.create(join(cache, 'work'), 'tree-');
      this.scratch.push(scratch);
      const others = this.libraries(tree.toolchain, settings);
      sysroots.headers = await headersSysroot(tree, toolchain, { others, scratch: scratch.path });
    }
    const used = 'tool' in effective ? effective.tool : tree.toolchain;
    const hint = await suggestToolchain(matrix, { toolchain: used, lock: effective.lock }, tree.compiler);
    return {
      ...{ effective, mirrors, kernel, sysroots: sysroots as Record<Name, Sysroot> },
      ...(hint === undefined ? {} : { hint }),
    };
  }

  /** The toolchain, or the next best where no mirror has one that the user did not ask for by name. */
  private async fetch(
    { toolchain, otherToolchains }: TreeTarget['tree'],
    locked: EffectiveLock,
    options: PrepareOptions<string>,
  ): Promise<Prepared<string>> {
    const { obtainer, signal } = this.parts;
    const locks = [async () => locked, ...otherToolchains.map((tool) => () => obtainer.toolLock(tool, signal))];
    for (const [index, lock] of locks.entries()) {
      try {
        return await prepareSysroots<string>(obtainer, await lock(), options);
      } catch (error) {
        const next = otherToolchains[index];
        if (!next || !(error instanceof NotDeliveredError)) throw error;
        const message = `${next.group} is to build in place of ${toolchain.group}, which cannot be had: ${error.message}`;
        options.emit({ type: 'warning', target: options.label, message });
      }
    }
    throw new Error('no toolchain was tried');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const directory of this.scratch) await directory[Symbol.asyncDispose]();
  }

  /** Sysroots to take libraries from, in the order to try them: what is there anyway, then other toolchains, newest first. */
  private libraries(own: ToolSysroot, settings: FetchSettings): (() => Promise<Sysroot>)[] {
    const { matrix, obtainer, tools, signal } = this.parts;
    const others = matrix.toolchains.filter((one) => one !== own && one.distribution.default).reverse();
    return [
      ...WITH_LIBRARIES.map((name) => () => tools.sysroot(name)),
      ...others.map((tool) => async () => {
        const locked = await obtainer.toolLock(tool, signal);
        const options = { ...settings, label: `${tool.group}/${tool.name}`, names: [TOOLCHAIN] as const };
        return (await prepareSysroots(obtainer, locked, { ...options, names: [...options.names] })).sysroots[TOOLCHAIN];
      }),
    ];
  }
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { digestTree } from './host/digest.ts';
import { loadMatrix } from './matrix/matrix.ts';
import { type SelectOptions, selectTargets } from './matrix/targets.ts';
import type { Matrix, Target } from './matrix/types.ts';
import { Obtainer } from './packages/obtain.ts';
import { Store } from './packages/store.ts';
import type { ProxySettings } from './packages/transport.ts';
import type { RunListener } from './report/events.ts';
import { Tools } from './tools.ts';

export type WorkshopOptions = {
  /** Where `matrix/` and `conformance/` are. */
  root: string;
  cache: string;
  /** Base addresses of mirrors, asked first. */
  mirrors: string[];
  proxy: ProxySettings;
  /** Make it an error when a lock cannot be satisfied, instead of resolving anew. */
  frozen: boolean;
  emit: RunListener;
  signal: AbortSignal;
};

/** The matrix, the store and the shared sysroots: what every command works with. Closed when its scope ends. */
export class Workshop implements AsyncDisposable {
  readonly matrix: Matrix;
  readonly store: Store;
  readonly obtainer: Obtainer;
  readonly tools: Tools;
  private readonly options: WorkshopOptions;

  private constructor(options: WorkshopOptions, matrix: Matrix) {
    const { cache, mirrors, proxy, frozen } = options;
    this.options = options;
    this.matrix = matrix;
    this.store = new Store(cache, { mirrors, proxy, apt: '/etc/apt' });
    this.obtainer = new Obtainer({ store: this.store, matrixDirectory: matrix.directory, frozen });
    this.tools = new Tools({ ...options, matrix, obtainer: this.obtainer });
  }

  /** Throws InputError for a mistake in the matrix files. */
  static async open(options: WorkshopOptions): Promise<Workshop> {
    return new Workshop(options, await loadMatrix(join(options.root, 'matrix')));
  }

  /** The targets that patterns name, see `selectTargets`; a distribution nobody named and nobody serves is left out with a warning. */
  selectTargets(
    patterns: string[],
    { ignoreLocks = false }: Pick<SelectOptions, 'ignoreLocks'> = {},
  ): Promise<Target[]> {
    const { emit, signal } = this.options;
    return selectTargets(this.matrix, patterns, {
      ignoreLocks,
      releases: (distribution) => this.obtainer.releases(distribution, signal),
      onUnavailable: (distribution, error) => {
        signal.throwIfAborted();
        emit({ type: 'warning', target: distribution.id, message: `skipped: ${(error as Error).message}` });
      },
    });
  }

  /** Digest of the tool itself: another version may judge in another way, so what an older one kept does not count. */
  async ownDigest(): Promise<string> {
    const { root } = this.options;
    const bundled = !import.meta.url.includes('/src/');
    return await digestTree(join(root, bundled ? 'dist' : 'src'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.obtainer[Symbol.dispose]();
    await this.store.close();
  }
}

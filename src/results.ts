// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TemporaryDirectory, temporaryName, writeAtomic } from './host/files.ts';
import { isSealed, seal } from './host/seal.ts';
import { MANIFEST, readManifest } from './manifest/manifest.ts';
import { markUsed } from './packages/cache-entry.ts';
import type { Supply } from './packages/supply.ts';
import { passSchema, type ReportTarget } from './report/model.ts';

type Result = Pick<ReportTarget, 'status' | 'suites'> & Partial<ReportTarget>;

/**
 * Passes of earlier runs, by the digest of all that went into them: `<cache>/results/<key>/` holds `target.json` and
 * the files of the target's output directory. Only passes are kept: a failure is worth running again.
 */
export class Results {
  private readonly directory: string;
  private readonly supply: Supply | undefined;

  constructor(cache: string, supply?: Supply) {
    this.directory = join(cache, 'results');
    this.supply = supply;
  }

  /**
   * Brings the files of an earlier pass to `output` and returns its report, or undefined when there is none, or when it is not
   * what was kept.
   */
  async recall(key: string, output: string): Promise<Result | undefined> {
    const entry = join(this.directory, key);
    if (!(await isSealed(entry, key))) {
      await this.supply?.('results');
      if (!this.supply || !(await isSealed(entry, key))) return undefined;
    }
    let target: Result;
    try {
      const kept = passSchema.safeParse(JSON.parse(await readFile(join(entry, 'target.json'), 'utf8')));
      if (!kept.success) return undefined;
      target = kept.data;
      const fresh = temporaryName(output);
      await mkdir(dirname(output), { recursive: true });
      try {
        await cp(join(entry, 'files'), fresh, { recursive: true });
        await rm(output, { recursive: true, force: true });
        await rename(fresh, output);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    } catch (error) {
      // Not there, or pruned by another run while we copied.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
    await markUsed(entry);
    return {
      ...target,
      cached: true,
      ...(target.build ? { build: { ...target.build, cached: true } } : {}),
      ...(target.builds ? { builds: target.builds.map((build) => ({ ...build, cached: true })) } : {}),
      suites: target.suites.map((suite) => ({ ...suite, cached: true })),
    };
  }

  /** Modules that were built earlier for a distribution from sources of that digest, whatever for and with: one of them. */
  async builtFrom(source: string, id: string): Promise<{ kernel: string; modules: string[] } | undefined> {
    for (const name of await readdir(this.directory).catch(() => [])) {
      const top = join(this.directory, name, 'files');
      const below = await readdir(top, { withFileTypes: true }).catch(() => []);
      // What suites brought along has directories of its own.
      for (const files of [top, ...below.filter((one) => one.isDirectory()).map((one) => join(top, one.name))]) {
        const path = join(files, MANIFEST);
        // Most are of something else, and that is quickly seen.
        const text = await readFile(path, 'utf8').catch(() => '');
        if (!text.includes(source)) continue;
        const manifest = await readManifest(path).catch(() => undefined);
        if (!manifest || !('target' in manifest)) continue;
        const { module, target, results } = manifest;
        if (module.source !== source || target.id !== id) continue;
        return { kernel: target.kernel, modules: results.map(({ file }) => join(files, file)) };
      }
    }
    return undefined;
  }

  /** Keeps a pass: its report, and the files in `output`. */
  async remember(key: string, output: string, target: Result): Promise<void> {
    await using entry = await TemporaryDirectory.create(this.directory, 'new-');
    await cp(output, join(entry.path, 'files'), { recursive: true });
    await writeAtomic(join(entry.path, 'target.json'), `${JSON.stringify(target)}\n`);
    await seal(entry.path, key);
    const place = join(this.directory, key);
    // What is damaged would be in the way for ever.
    if (!(await isSealed(place, key))) await rm(place, { recursive: true, force: true });
    try {
      await rename(entry.path, place);
    } catch (error) {
      // Another run was first with the same content, or --fresh ran again what is there already.
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

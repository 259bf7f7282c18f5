// SPDX-License-Identifier: Apache-2.0
// What a build costs more than a bare make with the same compiler and headers, per target:
//   node test/bench/build.ts [--target PATTERN]... [--module DIR] [--rounds N]
// Both run in the sandbox, in turns, so that a busy machine hurts both. `best` is what an idle machine would show.
import { cp, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { cacheDirectory, projectRoot } from '../../src/host/paths.ts';
import { type BuildResult, buildModule } from '../../src/kbuild/build.ts';
import { findHeaders } from '../../src/kbuild/headers.ts';
import { isBuildProduct } from '../../src/kbuild/source.ts';
import { openTools } from '../integration/tools.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [] },
    module: { type: 'string', default: join(projectRoot(), 'kmod/fastpath') },
    rounds: { type: 'string', default: '7' },
  },
});
const jobs = 2;
const timeoutSeconds = 600;
const { signal } = new AbortController();
const cache = cacheDirectory(process.env);

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
const best = (numbers: number[]) => Math.min(...numbers);
const column = (text: string | number, width = 13) =>
  `${typeof text === 'number' ? text.toFixed(2) : text}`.padStart(width);

await using workshop = await openTools(signal);
await using scratch = await TemporaryDirectory.create(join(cache, 'work'), 'bench-');
const sandbox = await workshop.tools.sandbox();
const titles = ['make best', 'ours best', 'ratio', 'make median', 'ours median', 'ratio'];
console.log(`${'kernel'.padEnd(26)}${titles.map((title) => column(title)).join('')}  BTF`);
for (const target of await workshop.selectTargets(values.target)) {
  const { kernel, sysroots } = await workshop.prepare(target, ['headers', 'image']);
  const { directory } = await findHeaders(sysroots.headers, kernel);
  const bare = async () => {
    const result = await sandbox.run(
      sysroots.headers,
      ['make', '-C', directory, 'M=/build/module', `-j${jobs}`, 'modules'],
      { binds: [{ from: join(scratch.path, 'bare'), to: '/build', writable: true }], timeoutSeconds, signal },
    );
    if (result.code !== 0) throw new Error(result.stderr);
  };
  let last: BuildResult | undefined;
  const ours = async () => {
    last = await buildModule({
      sandbox,
      sysroot: sysroots.headers,
      image: sysroots.image,
      kernel,
      moduleDirectory: values.module,
      cache,
      outDirectory: join(scratch.path, 'out'),
      jobs,
      timeoutSeconds,
      signal,
      programs: sandbox.programs,
    });
    if (last.status !== 'pass') throw new Error(last.reason);
  };
  const times = { bare: [] as number[], ours: [] as number[] };
  // The first round only warms up: headers come from the disk, the kernel's types into the cache.
  for (let round = 0; round <= Number(values.rounds); round++) {
    await rm(join(scratch.path, 'bare'), { recursive: true, force: true });
    await mkdir(join(scratch.path, 'bare'));
    await cp(values.module, join(scratch.path, 'bare/module'), {
      recursive: true,
      filter: (path) => path === values.module || !isBuildProduct(basename(path)),
    });
    const first = await seconds(bare);
    const second = await seconds(ours);
    if (round === 0) continue;
    times.bare.push(first);
    times.ours.push(second);
  }
  const figures = [best, median].flatMap((pick) => {
    const [make, our] = [pick(times.bare), pick(times.ours)];
    return [make, our, our / make];
  });
  const btf = last?.btf.present ? 'yes' : `no: ${last?.btf.reason}`;
  console.log(`${target.kernel.padEnd(26)}${figures.map((figure) => column(figure)).join('')}  ${btf}`);
}
console.log(`peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);

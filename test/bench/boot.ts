// SPDX-License-Identifier: Apache-2.0
// From the start of a machine to its first test, per target, and what the machine takes:
//   node test/bench/boot.ts [--target PATTERN]... [--rounds N] [--accel auto|kvm|tcg]
// `processor` is QEMU's own time until then: what an idle machine would show, however busy this one is.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSuite } from '../../src/conformance/suite.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { cacheDirectory } from '../../src/host/paths.ts';
import type { AcceleratorWish } from '../../src/machine/accelerator.ts';
import { bootSuite } from '../../src/machine/boot.ts';
import { openTools } from '../integration/tools.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '3' },
    accel: { type: 'string', default: 'tcg' },
  },
});
const ticksPerSecond = 100;
const { signal } = new AbortController();
const cache = cacheDirectory(process.env);

/** Processor seconds and resident MiB of the QEMU below this process. */
async function usage(): Promise<{ seconds: number; mebibytes: number }> {
  const processes = new Map<number, { parent: number; name: string; ticks: number; mebibytes: number }>();
  for (const id of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => undefined);
    const [, name, rest] = /^\d+ \((.*)\) (.*)/s.exec(stat ?? '') ?? [];
    if (name === undefined || rest === undefined) continue;
    const fields = rest.split(' ').map(Number);
    const [parent = 0, user = 0, system = 0, pages = 0] = [fields[1], fields[11], fields[12], fields[21]];
    processes.set(Number(id), { parent, name, ticks: user + system, mebibytes: pages / 256 });
  }
  const isOurs = (id: number): boolean => id === process.pid || (id > 1 && isOurs(processes.get(id)?.parent ?? 0));
  const [, qemu] = [...processes].find(([id, { name }]) => name.startsWith('qemu-') && isOurs(id)) ?? [];
  return { seconds: (qemu?.ticks ?? Number.NaN) / ticksPerSecond, mebibytes: qemu?.mebibytes ?? Number.NaN };
}

const column = (text: string | number, width = 12) =>
  `${typeof text === 'number' ? text.toFixed(2) : text}`.padStart(width);
const best = (numbers: number[]) => Math.min(...numbers);
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

await using workshop = await openTools(signal);
await using scratch = await TemporaryDirectory.create(join(cache, 'work'), 'bench-');
const directory = join(scratch.path, 'one');
await mkdir(directory);
await writeFile(join(directory, 'one.sh'), '#!/bin/bash\necho "ok 1 one"\nsleep 1\n', { mode: 0o755 });
const suite = await loadSuite(directory, scratch.path);
const sandbox = await workshop.tools.sandbox();
const [machine, guest] = await Promise.all([workshop.tools.sysroot('machine'), workshop.tools.sysroot('guest')]);
const titles = ['best s', 'median s', 'processor s', 'QEMU MiB', 'accelerator'];
console.log(`${'kernel'.padEnd(26)}${titles.map((title) => column(title)).join('')}`);
for (const target of await workshop.selectTargets(values.target)) {
  const { kernel, sysroots } = await workshop.prepare(target, ['image']);
  const boots: number[] = [];
  const processor: number[] = [];
  let mebibytes = 0;
  let accelerator = '';
  for (let round = 0; round < Number(values.rounds); round++) {
    let used: ReturnType<typeof usage> | undefined;
    const result = await bootSuite({
      sandbox,
      machine,
      guest,
      image: sysroots.image,
      kernel,
      suite,
      modules: [],
      accelerator: values.accel as AcceleratorWish,
      cache,
      outDirectory: join(scratch.path, 'out'),
      signal,
      onEvent: (event) => {
        if (event.type === 'first-test') used = usage();
      },
    });
    if (result.status !== 'pass') throw new Error(`${kernel}: ${result.reason}`);
    const { seconds = Number.NaN, mebibytes: size = Number.NaN } = (await used) ?? {};
    boots.push(result.bootSeconds);
    processor.push(seconds);
    mebibytes = Math.max(mebibytes, size);
    accelerator = result.accelerator;
  }
  const numbers = [best(boots), median(boots), best(processor), mebibytes.toFixed(0)];
  console.log(`${kernel.padEnd(26)}${[...numbers, accelerator].map((value) => column(value)).join('')}`);
}

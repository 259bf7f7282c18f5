// SPDX-License-Identifier: Apache-2.0
// Times unpacking, composing and the sandbox on the packages of every default target and shared sysroot: `node test/bench/sysroot.ts`.
// Processor seconds are printed beside wall seconds, because the machine may be busy with something else.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runProcess } from '../../src/host/process.ts';
import { composeSysroot, type SysrootPackage } from '../../src/sysroot/compose.ts';
import { openTools } from '../integration/tools.ts';

const { signal } = new AbortController();
await using workshop = await openTools(signal);
const { obtainer, tools } = workshop;
const sandbox = await tools.sandbox();
const guest = await tools.sysroot('guest');

const wanted: [label: string, packages: SysrootPackage[]][] = [];
for (const name of ['machine', 'guest']) {
  const { sysroots } = await obtainer.obtain(await tools.lock(name), { signal });
  for (const [sysroot, packages] of sysroots) wanted.push([sysroot, packages]);
}
for (const target of await workshop.selectTargets([])) {
  const { sysroots } = await obtainer.obtain(await obtainer.targetLock(target, signal), { signal });
  for (const [sysroot, packages] of sysroots) wanted.push([`${target.id} ${sysroot}`, packages]);
}

/** Bytes and number of the files of a tree. */
async function contents(root: string): Promise<{ bytes: number; files: number }> {
  let bytes = 0;
  let files = 0;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    if (!entry.isDirectory()) files += 1;
  }
  return { bytes, files };
}

async function unpackAll(how: string, programs: typeof sandbox.programs): Promise<void> {
  const cache = await mkdtemp(join(tmpdir(), 'ovnfast-bench-'));
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0).padStart(5);
  try {
    for (const [label, packages] of wanted) {
      let size = 0;
      let unpacked = performance.now();
      const started = unpacked;
      const processor = process.cpuUsage();
      const { root } = await composeSysroot({
        ...{ cache, packages, signal, programs },
        onProgress: ({ done, total }) => {
          size = total;
          if (done === total) unpacked = performance.now();
        },
      });
      const composed = performance.now();
      const { user, system } = process.cpuUsage(processor);
      const { bytes, files } = await contents(root);
      const seconds = (unpacked - started) / 1000;
      console.log(
        `${how} ${label.padEnd(18)} ${megabytes(size)} MB of packages, ${megabytes(bytes)} MB in ${String(files).padStart(5)} files:`,
        `unpacked in ${seconds.toFixed(1)} s (${(size / 1e6 / seconds).toFixed(1)} MB/s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s of content),`,
        `composed in ${((composed - unpacked) / 1000).toFixed(2)} s, processor ${((user + system) / 1e6).toFixed(1)} s,`,
        `peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
      );
    }
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function start(label: string, run: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < 50; index++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(`${label}: median ${times[25]?.toFixed(1)} ms, best ${times[0]?.toFixed(1)} ms`);
}

await start('a program by itself', () => runProcess('/bin/true', [], { timeoutSeconds: 60, signal }));
await start('a program in the sandbox', () => sandbox.run(guest, ['true'], { timeoutSeconds: 60, signal }));
await unpackAll('native xz', sandbox.programs);
await unpackAll('wasm xz  ', {});

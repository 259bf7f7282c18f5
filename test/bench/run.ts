// SPDX-License-Identifier: Apache-2.0
// Times the main job as a user meets it: `node test/bench/run.ts`, run by hand.
// Prints wall seconds and peak memory of the tool's own process for an empty cache, for --fresh, and for a run with nothing changed,
// then boot and suite seconds of each target.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { projectRoot } from '../../src/host/paths.ts';
import { type Report, validateReport } from '../../src/report/model.ts';

const scratch = await mkdtemp(join(tmpdir(), 'ovnfast-bench-'));
const out = join(scratch, 'out');
const environment = { ...process.env, OVNFAST_CACHE: join(scratch, 'cache') };

/** Peak resident memory in MiB of one process, as the kernel keeps it. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

async function time(label: string, args: string[]): Promise<Report> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(projectRoot(), 'dist/cli.js'), 'run', '--out', out, ...args], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const poll = setInterval(async () => {
    if (child.pid) peak = Math.max(peak, await peakMemory(child.pid));
  }, 100);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(poll);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${label.padEnd(16)} ${seconds.toFixed(1).padStart(7)} s   peak ${peak.toFixed(0)} MiB   exit ${code}`);
  return validateReport(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
}

try {
  await time('cold cache', []);
  const report = await time('--fresh', ['--fresh']);
  await time('nothing changed', []);
  for (const target of report.targets) {
    const suites = target.suites.map((suite) => {
      const passed = suite.tests.filter((test) => test.status === 'pass').length;
      return `${suite.name} ${passed}/${suite.tests.length}, boot to first test ${suite.bootSeconds.toFixed(1)} s, whole ${suite.seconds.toFixed(1)} s (${suite.accelerator})`;
    });
    console.log(`${target.id}/${target.kernel}: build ${target.build?.seconds.toFixed(1)} s; ${suites.join('; ')}`);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

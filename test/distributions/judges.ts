// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import type { Workshop } from '../../src/workshop.ts';

const judges = fileURLToPath(new URL('judges', import.meta.url));

/**
 * What `apt-get install` of each set of packages would fetch on a system that has none, from sources (lines of a sources.list)
 * below /judged, which is the directory `judged`: `name version`, sorted.
 */
export function askApt(workshop: Workshop, judged: string, sources: string[], sets: string[][]): Promise<string[][]> {
  return ask(workshop, judged, sources, 'ask-apt.sh', sets);
}

/** What `dnf install` of each set of packages would fetch on a system that has none, from repositories: paths below `judged`, sorted. */
export function askDnf(
  workshop: Workshop,
  judged: string,
  repositories: string[],
  sets: string[][],
): Promise<string[][]> {
  return ask(workshop, judged, repositories, 'ask-dnf.py', sets);
}

async function ask(
  { tools }: Workshop,
  judged: string,
  sources: string[],
  script: string,
  sets: string[][],
): Promise<string[][]> {
  const [sandbox, sysroot] = await Promise.all([tools.sandbox(), tools.sysroot('packaging')]);
  const argv = [`/judges/${script}`, ...sets.map((packages) => packages.join(' '))];
  const { code, stdout, stderr } = await sandbox.run(sysroot, argv, {
    binds: [
      { from: judged, to: '/judged' },
      { from: judges, to: '/judges' },
    ],
    input: sources.map((line) => `${line}\n`).join(''),
    timeoutSeconds: 300,
    signal: new AbortController().signal,
  });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stdout}${stderr}`);
  return stdout
    .split(/\n\n/)
    .slice(0, sets.length)
    .map((lines) => lines.split('\n').filter(Boolean).sort());
}

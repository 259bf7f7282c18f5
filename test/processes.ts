// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Living processes that have to do with a path: it is in their command line or environment, they work in it, or it is mounted
 * where they are, as in a sandbox, which inherits neither. Returns their command lines.
 */
export async function processesOf(path: string): Promise<string[]> {
  const found: string[] = [];
  const mine = await readFile('/proc/self/mountinfo', 'utf8');
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const line = await read('cmdline');
    const mounts = await read('mountinfo');
    const traces = [line, await read('environ'), await readlink(`/proc/${pid}/cwd`).catch(() => '')];
    if (mounts !== mine) traces.push(mounts);
    if (traces.some((text) => text.includes(path))) found.push(line.replaceAll('\0', ' ').trim() || `process ${pid}`);
  }
  return found;
}

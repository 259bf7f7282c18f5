// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../src/host/paths.ts';
import { runProcess } from '../../../src/host/process.ts';

const directory = join(projectRoot(), 'kmod/bypass');
const loader = join(directory, 'ovnfast-bypass');

interface Kernel {
  release: string;
  /** What `uname -v` says. */
  version?: string;
  /** Of /proc/version_signature, which only Ubuntu has. */
  signature?: string;
}

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'ovnfast-bypass-'));
  await writeFile(
    join(scratch, 'uname'),
    '#!/bin/sh\ncase $1 in -r) echo "$RELEASE" ;; -v) echo "$VERSION" ;; esac\n',
    { mode: 0o755 },
  );
});
afterAll(() => rm(scratch, { recursive: true }));

/** The loader on another kernel, or so it is told: where nothing is loaded and no BPF file system is. */
async function onKernel({ release, version = '#1 SMP', signature }: Kernel, ...args: string[]) {
  const signatureFile = join(scratch, 'signature');
  await writeFile(signatureFile, signature ?? '');
  return await runProcess('/bin/sh', [loader, ...args], {
    timeoutSeconds: 30,
    signal: new AbortController().signal,
    environment: {
      PATH: `${scratch}:${process.env.PATH}`,
      RELEASE: release,
      VERSION: version,
      OVNFAST_BPFFS: join(scratch, 'bpf'),
      OVNFAST_SIGNATURE: signatureFile,
    },
  });
}

/** What it says of the kernel: the version it takes it for, and the beginnings of its warnings. */
async function judged(kernel: Kernel) {
  const { code, stdout } = await onKernel(kernel, 'status', '--json');
  expect(code).toBe(1);
  const { loaded, upstream, warnings } = JSON.parse(stdout);
  expect(loaded).toBe(false);
  return { upstream, warnings: warnings as string[] };
}

const has = (warnings: string[], text: string) => warnings.some((warning) => warning.includes(text));

test('the loader has the counters of the programs, in their order', async () => {
  const header = await readFile(join(directory, 'bypass.h'), 'utf8');
  const listed = /^counters='([^']*)'/m.exec(await readFile(loader, 'utf8'))?.[1]?.split(/\s+/);
  const body = /enum counter \{([^}]*)\}/.exec(header)?.[1] ?? '';
  const defined = [...body.matchAll(/^\tCOUNT_(\w+),$/gm)].map(([, name]) => name?.toLowerCase());
  expect(defined.length).toBeGreaterThan(10);
  expect(listed).toEqual(defined);
});

describe('the version of kernel.org', () => {
  test.each<[string, Kernel, string]>([
    [
      'Debian',
      { release: '6.1.0-56-amd64', version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)' },
      '6.1.192',
    ],
    ['Ubuntu', { release: '5.4.0-216-generic', signature: 'Ubuntu 5.4.0-216.236-generic 5.4.291\n' }, '5.4.291'],
    ['any other', { release: '5.4.286' }, '5.4.286'],
    ['RHEL', { release: '4.18.0-147.5.1.el8.x86_64' }, '4.18.0'],
  ])('of %s', async (_, kernel, version) => {
    expect((await judged(kernel)).upstream).toBe(version);
  });
});

describe('bugs of kernels', () => {
  const debian = (release: string, version: string) => ({
    release,
    version: `#1 SMP Debian ${version}-1 (2026-01-01)`,
  });
  const ubuntu = (build: number) => ({
    release: `6.8.0-${build}-generic`,
    signature: `Ubuntu 6.8.0-${build}.${build}-generic 6.8.12\n`,
  });

  test.each<[string, Kernel, boolean]>([
    ['before the fix of its branch', { release: '5.4.48' }, true],
    ['from it on', { release: '5.4.49' }, false],
    ['of a branch without a fix', { release: '5.6.19' }, true],
    ['from the version with the fix on', { release: '5.8.0' }, false],
    ['of RHEL 8.1', { release: '4.18.0-147.5.1.el8.x86_64' }, true],
    ['of RHEL 8.3', { release: '4.18.0-240.el8.x86_64' }, true],
    ['of a later RHEL 8, which is not known', { release: '4.18.0-553.el8_10.x86_64' }, false],
  ])('a kernel %s that crashes when a process peeks', async (_, kernel, affected) => {
    expect(has((await judged(kernel)).warnings, 'MSG_PEEK')).toBe(affected);
  });

  test.each<[string, Kernel, boolean]>([
    ['RHEL 8.3', { release: '4.18.0-240.el8.x86_64' }, true],
    ['5.4.291', { release: '5.4.291' }, true],
    ['Debian 5.10.79', debian('5.10.0-9-amd64', '5.10.79'), true],
    ['Debian 5.10.80', debian('5.10.0-10-amd64', '5.10.80'), false],
    ['5.15.2', { release: '5.15.2' }, true],
    ['5.15.3', { release: '5.15.3' }, false],
    ['5.16', { release: '5.16.0' }, false],
    ['of a later RHEL 8, which is not known', { release: '4.18.0-553.el8_10.x86_64' }, false],
  ])('%s loses what a connection still holds when it ends, and is refused', async (_, kernel, affected) => {
    const { code, stderr } = await onKernel(kernel, 'load');
    expect(code).not.toBe(0);
    expect(stderr.includes('has bugs that forbid it')).toBe(affected);
  });

  test.each<[string, Kernel, boolean]>([
    ['Debian 5.10.79', debian('5.10.0-9-amd64', '5.10.79'), true],
    ['Debian 5.10.80', debian('5.10.0-10-amd64', '5.10.80'), false],
    ['5.15.2', { release: '5.15.2' }, true],
    ['5.16', { release: '5.16.0' }, false],
    ['RHEL 8.3', { release: '4.18.0-240.el8.x86_64' }, true],
  ])('%s: unread bytes at a reset', async (_, kernel, affected) => {
    expect(has((await judged(kernel)).warnings, 'is lost when a connection is reset')).toBe(affected);
  });

  test.each<[string, Kernel, boolean]>([
    ['Ubuntu 6.8.0-129', ubuntu(129), true],
    ['Ubuntu 6.8.0-130', ubuntu(130), false],
    ['6.8.12 of another', { release: '6.8.12' }, true],
    ['6.12.75', { release: '6.12.75' }, false],
    ['7.2', { release: '7.2.0' }, false],
  ])('%s: FIONREAD', async (_, kernel, affected) => {
    expect(has((await judged(kernel)).warnings, 'FIONREAD')).toBe(affected);
  });

  test('of kernels whose fixes are not known it says so', async () => {
    const { warnings } = await judged({ release: '5.14.0-427.13.1.el9_4.x86_64' });
    expect(has(warnings, 'is not known')).toBe(true);
    expect(has(warnings, 'FIONREAD')).toBe(false);
    expect(has(warnings, 'splice()')).toBe(true);
  });

  test('before 4.18 there is nothing to load', async () => {
    const kernel = { release: '3.10.0-1127.el7.x86_64' };
    expect((await judged(kernel)).warnings).toEqual([expect.stringContaining('Linux 4.18 or later')]);
    const { code, stderr } = await onKernel(kernel, 'load');
    expect([code, stderr]).toEqual([3, expect.stringContaining('has no SOCKMAP')]);
  });
});

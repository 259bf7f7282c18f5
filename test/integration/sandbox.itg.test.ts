// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { EnvironmentError } from '../../src/errors.ts';
import { digestTree } from '../../src/host/digest.ts';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { runProcess } from '../../src/host/process.ts';
import { composeSysroot, type Sysroot } from '../../src/sysroot/compose.ts';
import type { Sandbox, SandboxOptions } from '../../src/sysroot/sandbox.ts';
import { openTools } from './tools.ts';

const { signal } = new AbortController();
const scratch = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-test-');

let sandbox: Sandbox;
let tools: Sysroot;
let guest: Sysroot;

beforeAll(async () => {
  await using opened = await openTools(signal);
  tools = await opened.tools.sysroot('sandbox');
  sandbox = await opened.tools.sandbox();
  guest = await opened.tools.sysroot('guest');
});

const run = (argv: string[], options: Partial<SandboxOptions> = {}) =>
  sandbox.run(guest, argv, { timeoutSeconds: 60, signal, ...options });
const bash = (script: string, options: Partial<SandboxOptions> = {}) => run(['bash', '-c', script], options);

/** Ids of processes of this machine with `word` among their arguments. */
async function processesWith(word: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.split('\0').includes(word)) found.push(pid);
  }
  return found;
}

/** A number of seconds that no other process sleeps. */
const ownSeconds = () => `${100_000 + randomInt(1e9)}`;

async function goneSoon(word: string): Promise<void> {
  await expect.poll(() => processesWith(word), { timeout: 20_000 }).toEqual([]);
}

test('user, host name, environment and directory are the same everywhere', async () => {
  const { stdout, stderr } = await bash('id -u; id -g; uname -n; pwd; env -u _ -u SHLVL -u OLDPWD | sort', {
    environment: { KBUILD_BUILD_USER: 'someone', LANG: 'C' },
  });
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([
    ...['0', '0', 'ovnfast', '/', 'HOME=/tmp', 'KBUILD_BUILD_USER=someone', 'LANG=C', 'LOGNAME=root'],
    ...['PATH=/usr/sbin:/usr/bin', 'PWD=/', 'TZ=UTC', 'USER=root', ''],
  ]);
});

test('there is no network but a loopback of its own, and no capability to get one', async () => {
  const server = createServer((socket) => socket.end('reached')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    const outside = await fetchText(port);
    expect(outside).toBe('reached');
    const inside = await bash(`
      ip -o link | cut -d' ' -f2
      (exec 5<>/dev/tcp/127.0.0.1/${port}) 2>&1 | grep -o 'Connection refused' | head -1
      timeout 5 bash -c 'exec 5<>/dev/tcp/192.0.2.1/80' 2>&1 | grep -o 'Network is unreachable' | head -1
      ip link add dummy0 type dummy 2>&1 | grep -o 'Operation not permitted'
      grep -h -E '^Cap(Eff|Bnd)' /proc/self/status | tr -s '\\t' ' '
    `);
    expect(inside.stdout.trim().split('\n')).toEqual([
      ...['lo:', 'Connection refused', 'Network is unreachable', 'Operation not permitted'],
      ...['CapEff: 0000000000000000', 'CapBnd: 0000000000000000'],
    ]);
  } finally {
    server.close();
  }
});

async function fetchText(port: number): Promise<string> {
  const { connect } = await import('node:net');
  return await text(connect(port, '127.0.0.1'));
}

test('the root cannot be changed in any way, and the store stays as it was', async () => {
  // A root of its own: were the sandbox broken, this would break the root.
  await using mine = await scratch();
  await using opened = await openTools(signal);
  const { sysroots } = await opened.obtainer.obtain(await opened.tools.lock('guest'), { signal });
  const sysroot = await composeSysroot({ cache: mine.path, packages: sysroots.get('guest') ?? [], signal });
  const before = await digestTree(mine.path);
  const script = `
    try() { if "$@" 2>/dev/null; then echo "worked: $*"; fi; }
    for f in /new /usr/new /etc/new /usr/bin/bash /root/x /var/x; do try touch $f; done
    for f in /usr/bin/bash /etc/passwd; do
      try chmod 777 $f; try rm -f $f; try mv $f $f.old; try ln $f /usr/lib/x; try ln $f /etc/x; try truncate -s 0 $f
    done
    try mkdir /usr/lib/y; try mount -t tmpfs none /usr; try mount -o remount,rw /usr; try umount /usr
    touch /tmp/a /run/b /dev/shm/c && echo writable`;
  const { stdout } = await sandbox.run(sysroot, ['bash', '-c', script], { timeoutSeconds: 60, signal });
  expect(stdout).toBe('writable\n');
  expect(await digestTree(mine.path)).toBe(before);
});

test('nothing of /proc that acts on the machine can be written, by root neither', async () => {
  const { stdout } = await bash(`
    find /proc -path '/proc/[0-9]*' -prune -o ! -type l -writable -print
    (echo broken > /proc/sys/kernel/domainname) 2>/dev/null || echo refused
    unshare --user --map-root-user --pid --fork --mount-proc true 2>/dev/null || echo refused
    unshare --user --map-root-user --mount mount -t tmpfs none /usr 2>/dev/null || echo refused
  `);
  expect(stdout).toBe('refused\nrefused\nrefused\n');
});

test('/tmp is private and new for each run', async () => {
  await using mine = await scratch();
  const { stdout } = await bash(`ls -A /tmp; ls ${mine.path} 2>/dev/null; echo x > /tmp/left; stat -c %a /tmp`);
  expect(stdout).toBe('1777\n');
  expect((await bash('ls -A /tmp')).stdout).toBe('');
  expect(existsSync('/tmp/left')).toBe(false);
});

test('binds are read-only unless said otherwise, and their places are made', async () => {
  await using mine = await scratch();
  await writeFile(join(mine.path, 'given'), 'given\n');
  await mkdir(join(mine.path, 'out'));
  const { stdout, code } = await bash(
    'cat /in/deep/given; touch /in/deep/x 2>/dev/null || echo refused; pwd; echo made > made',
    {
      binds: [
        { from: mine.path, to: '/in/deep' },
        { from: join(mine.path, 'out'), to: '/build', writable: true },
      ],
      workingDirectory: '/build',
    },
  );
  expect({ stdout, code }).toEqual({ stdout: 'given\nrefused\n/build\n', code: 0 });
  expect(await readFile(join(mine.path, 'out/made'), 'utf8')).toBe('made\n');
  const missing = bash('true', { binds: [{ from: '/not/there', to: '/x' }] });
  await expect(missing).rejects.toThrow(EnvironmentError);
  await expect(missing).rejects.toThrow('/not/there');
});

const device = ['/dev/kvm', '/dev/fuse', '/dev/net/tun', '/dev/loop-control', '/dev/kmsg', '/dev/hwrng'].find((path) =>
  existsSync(path),
);
test.skipIf(device === undefined)('a device is there when asked for, and only then', async () => {
  const script = `test -c ${device} && echo there`;
  expect((await bash(script)).stdout).toBe('');
  expect((await bash(script, { devices: [device as string] })).stdout).toBe('there\n');
});

test('other processes are neither seen nor reached', async () => {
  const seconds = ownSeconds();
  const bystander = spawn('sleep', [seconds]);
  try {
    // Only the bystander is aimed at: were the sandbox broken, a signal for all would reach the whole machine.
    const { stdout } = await bash(`kill -9 ${bystander.pid} 2>/dev/null || echo missed; ls /proc | grep -c "^[0-9]"`);
    expect(stdout).toMatch(/^missed\n[234]\n$/);
    expect(await processesWith(seconds)).toHaveLength(1);
  } finally {
    bystander.kill('SIGKILL');
  }
});

test('a failing program is a value, with what it said; a program that is not there too', async () => {
  expect(await bash('echo out; echo err >&2; exit 7')).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  const missing = await run(['no-such-program']);
  expect(missing.code).not.toBe(0);
  expect(missing.stderr).toContain('no-such-program');
});

test('a time-out and an abort end the program with everything it started', async () => {
  const seconds = ownSeconds();
  const script = `setsid sleep ${seconds} & nohup sleep ${seconds} >/dev/null 2>&1 & sleep ${seconds}`;
  expect(await bash(script, { timeoutSeconds: 2 })).toMatchObject({ timedOut: true });
  await goneSoon(seconds);

  const stop = new AbortController();
  const running = bash(script, { signal: stop.signal });
  await expect.poll(() => processesWith(seconds).then((found) => found.length), { timeout: 20_000 }).toBeGreaterThan(2);
  stop.abort(new Error('Ctrl-C'));
  await expect(running).rejects.toThrow('Ctrl-C');
  await goneSoon(seconds);
});

test('an abort at any moment of the start leaves nothing', async () => {
  const seconds = ownSeconds();
  for (let round = 0; round < 25; round++) {
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const stop = AbortSignal.timeout(round * 2 + index);
        await expect(run(['sleep', seconds], { signal: stop })).rejects.toThrow('timeout');
      }),
    );
  }
  await goneSoon(seconds);
}, 120_000);

test('nothing is left when we are killed', async () => {
  const seconds = ownSeconds();
  const program = fileURLToPath(new URL('./sandbox-child.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [program, JSON.stringify({ tools, sysroot: guest, argv: ['sleep', seconds] })],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await expect.poll(() => processesWith(seconds).then((found) => found.length), { timeout: 30_000 }).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await goneSoon(seconds);
});

test('descriptors 3 and 4 reach the program', async () => {
  const { command, args } = sandbox.command(guest, ['bash', '-c', 'read -r line <&3; echo "heard $line" >&4']);
  let heard: Promise<string> | undefined;
  const result = await runProcess(command, args, {
    timeoutSeconds: 60,
    signal,
    extraDescriptors: ['pipe', 'pipe'],
    onSpawn: ({ stdio }) => {
      (stdio[3] as Writable).end('hello\n');
      heard = text(stdio[4] as Readable);
    },
  });
  expect(result.stderr).toBe('');
  expect(await heard).toBe('heard hello\n');
});

test('an ordinary user can do the same', async () => {
  await using mine = await scratch();
  await chmod(mine.path, 0o755);
  await using opened = await openTools(signal, { cache: mine.path });
  const sysroot = await opened.tools.sysroot('sandbox');
  const { command, args } = sandbox.command(sysroot, ['bwrap', '--version']);
  // The sandbox itself has to be one that this user can read.
  const own = args.map((arg) => arg.replaceAll(tools.root, sysroot.root));
  const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(command.replace(tools.root, sysroot.root), own, { env: {}, cwd: '/', ...ids });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect({ stdout, stderr }).toEqual({ stdout: 'bubblewrap 0.8.0\n', stderr: '' });
});

/** Runs `sandbox-child.ts` where no further user namespace can be made, as root there or as an ordinary user. */
async function withoutUserNamespaces(user: 'root' | 'nobody') {
  const program = fileURLToPath(new URL('./sandbox-child.ts', import.meta.url));
  const job = JSON.stringify({ tools, sysroot: tools, argv: ['bwrap', '--version'] });
  const { command, args } = sandbox.command(tools, []);
  const loader = args.slice(0, args.indexOf('--unshare-ipc'));
  const outer = [
    '--unshare-user',
    '--unshare-pid',
    '--die-with-parent',
    '--cap-add',
    'ALL',
    '--dev-bind',
    '/',
    '/',
    '--proc',
    '/proc',
  ];
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
  const ids = user === 'root' ? ['--uid', '0', '--gid', '0'] : ['--uid', '1000', '--gid', '1000'];
  const shell = ['--', '/bin/sh', '-c', script, 'sh', process.execPath, program, job];
  return await runProcess(command, [...loader, ...outer, ...ids, ...shell], { timeoutSeconds: 60, signal });
}

test('root needs no user namespaces', async () => {
  const { stdout, stderr, code } = await withoutUserNamespaces('root');
  expect({ stdout, stderr, code }).toEqual({ stdout: 'root\nbubblewrap 0.8.0\n', stderr: '', code: 0 });
});

test('with neither root nor user namespaces the error names both remedies', async () => {
  const { stderr, code } = await withoutUserNamespaces('nobody');
  expect(code).toBe(3);
  expect(stderr).toMatch(/does not let us make a sandbox \(user namespace: bwrap: .+\)/);
  expect(stderr).toContain('run as root (sudo)');
  expect(stderr).toContain('allow user namespaces: sysctl');
});

// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EnvironmentError } from '../../../src/errors.ts';
import { runProcess } from '../../../src/host/process.ts';
import {
  compose,
  composeOf,
  debOf,
  directory,
  file,
  gzip,
  hardLink,
  leftovers,
  link,
  listing,
  packageOf,
  scratch,
  tar,
} from './archives.ts';

test('merges /usr, whatever the packages say, and furnishes what maintainer scripts would have made', async () => {
  await using where = await scratch();
  const { root } = await composeOf(where.path, [
    [link('./lib', 'usr/lib'), link('./lib64', '/usr/lib64'), directory('./usr/lib64/')],
    [file('./lib/x86_64-linux-gnu/libc.so.6'), link('./lib64/ld.so', '/lib/x86_64-linux-gnu/ld.so')],
    [file('./bin/dash'), file('./usr/bin/mawk'), file('./usr/sbin/iptables-legacy'), file('./etc/hosts', 'own\n')],
  ]);
  const found = await listing(root);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) expect(found[name]).toBe(`-> usr/${name}`);
  expect(found).not.toHaveProperty('lib32');
  expect(found).toMatchObject({
    'usr/lib/x86_64-linux-gnu/libc.so.6': 'content of ./lib/x86_64-linux-gnu/libc.so.6\n',
    'usr/lib64/ld.so': '-> /lib/x86_64-linux-gnu/ld.so',
    'usr/bin/sh': '-> /usr/bin/dash',
    'usr/bin/awk': '-> /usr/bin/mawk',
    'usr/sbin/iptables': '-> /usr/sbin/iptables-legacy',
    'var/run': '-> /run',
    'etc/hosts': 'own\n',
    proc: '/',
    tmp: '/',
  });
  expect(found['etc/passwd']).toContain('root:x:0:0:');
  expect(found).not.toHaveProperty('usr/bin/cc');
});

test('a later package wins over an earlier one, and the order counts for the digest', async () => {
  await using where = await scratch();
  const one = [file('./a', 'one'), file('./only-one', '1'), link('./l', 'one'), file('./f', 'one')];
  const two = [file('./a', 'two'), file('./only-two', '2'), file('./l', 'two'), link('./f', 'two')];
  const forward = await composeOf(where.path, [one, two]);
  const backward = await composeOf(where.path, [two, one]);
  expect(await listing(forward.root)).toMatchObject({
    a: 'two',
    l: 'two',
    f: '-> two',
    'only-one': '1',
    'only-two': '2',
  });
  expect(await listing(backward.root)).toMatchObject({ a: 'one', l: '-> one', f: 'one' });
  expect(forward.digest).not.toBe(backward.digest);
  expect(await composeOf(where.path, [one, two])).toEqual(forward);
});

test('a directory stays a directory, and a path through a link of another package goes where it leads, inside', async () => {
  await using where = await scratch();
  const { root } = await composeOf(where.path, [
    [
      directory('./usr/share/kept'),
      file('./usr/share/kept/a'),
      link('./var/lock', '/run/lock'),
      link('./up', '../../..'),
    ],
    [link('./usr/share/kept', 'elsewhere'), directory('./var/lock'), file('./var/lock/b'), file('./up/c')],
    [link('./one', 'two'), link('./two', 'one')],
    [file('./one/d')],
  ]);
  const found = await listing(root);
  expect(found['usr/share/kept']).toBe('/');
  expect(found['var/lock']).toBe('-> /run/lock');
  expect(found).toMatchObject({
    'run/lock/b': 'content of ./var/lock/b\n',
    c: 'content of ./up/c\n',
    up: '-> ../../..',
  });
  expect(found['one/d'] ?? found['two/d']).toBe('content of ./one/d\n');
});

test('a link of one package cannot lead the file of another out of the root', async () => {
  await using where = await scratch();
  const outside = join(where.path, 'outside');
  await mkdir(outside);
  const { root } = await composeOf(where.path, [
    [link('./evil', outside), link('./climb', `${'../'.repeat(30)}${outside.slice(1)}`)],
    [file('./evil/x'), file('./climb/y'), directory('./evil/z')],
  ]);
  expect(await readdir(outside)).toEqual([]);
  expect(await listing(root)).toHaveProperty([`${outside.slice(1)}/x`]);
});

test('files are shared with the unpacked package, and packages among roots', async () => {
  await using where = await scratch();
  const shared = [file('./a', 'x'.repeat(1000)), hardLink('./b', './a')];
  const one = await composeOf(where.path, [shared, [file('./one')]]);
  const two = await composeOf(where.path, [shared, [file('./two')]]);
  const { ino, nlink } = await stat(join(one.root, 'a'));
  expect((await stat(join(two.root, 'b'))).ino).toBe(ino);
  expect(nlink).toBe(6);
  expect(await readdir(join(where.path, 'cache/unpacked'))).toHaveLength(3);
});

test('the same roots made at the same time, in one process, are one', async () => {
  await using where = await scratch();
  const packages = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => packageOf(where.path, debOf(await tar([file(`./${name}`)])), name)),
  );
  const roots = await Promise.all(Array.from({ length: 6 }, () => compose(where.path, packages)));
  expect(new Set(roots.map(({ root }) => root)).size).toBe(1);
  expect(await listing(roots[0]?.root ?? '')).toHaveProperty('c');
  expect(await leftovers(where.path)).toEqual([]);
});

test('several processes that make the same root at the same time do not disturb each other', async () => {
  await using where = await scratch();
  const content = Buffer.alloc(3_000_000, 'some content ');
  const members = Array.from({ length: 300 }, (_, index) =>
    file(`./d${index % 7}/f${index}`, content.subarray(index * 100, index * 133)),
  );
  const item = await packageOf(
    where.path,
    debOf(gzip(await tar([...members, file('./large', content)])), 'data.tar.gz'),
  );
  const program = fileURLToPath(new URL('./compose-child.ts', import.meta.url));
  const job = JSON.stringify({ cache: join(where.path, 'cache'), packages: [item] });
  const started = { timeoutSeconds: 60, signal: new AbortController().signal };
  const results = await Promise.all([1, 2, 3].map(() => runProcess(process.execPath, [program, job], started)));
  for (const { stdout, stderr, code } of results) {
    expect({ stdout, stderr, code }).toEqual({
      stdout: expect.stringMatching(/^[0-9a-f]{64} 300$/),
      stderr: '',
      code: 0,
    });
  }
  expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
  expect(await leftovers(where.path)).toEqual([]);
});

test('aborting midway leaves nothing, does not disturb who else wants the package, and can be taken up again', async () => {
  await using where = await scratch();
  const noise = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => (i * 2654435761) >>> 24));
  const members = Array.from({ length: 12 }, (_, index) => file(`./f${index}`, noise));
  const item = await packageOf(where.path, debOf(gzip(await tar(members)), 'data.tar.gz'));
  const stop = new AbortController();
  let seen = 0;
  let other: ReturnType<typeof compose> | undefined;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    // What is said after that is on its way already.
    if (stop.signal.aborted) return;
    seen = done / total;
    // Not begun together with it: either of the two could then be the one that unpacks.
    other = compose(where.path, [item]);
    stop.abort(new Error('Ctrl-C'));
  };
  const aborted = compose(where.path, [item], { signal: stop.signal, onProgress });
  await expect(aborted).rejects.toThrow('Ctrl-C');
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThan(1);
  const { root } = (await other) ?? expect.fail();
  expect((await stat(join(root, 'f11'))).size).toBe(2_000_000);
  expect(await leftovers(where.path)).toEqual([]);

  await expect(compose(where.path, [item], { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
    'before',
  );
});

test('a process whose unpacking was aborted ends by itself', async () => {
  await using where = await scratch();
  const members = Array.from({ length: 12 }, (_, index) => file(`./f${index}`, Buffer.alloc(3_000_000, index)));
  const item = await packageOf(where.path, debOf(await tar(members)));
  const program = fileURLToPath(new URL('./compose-child.ts', import.meta.url));
  const job = JSON.stringify({ cache: join(where.path, 'cache'), packages: [item], abort: true });
  const { signal } = new AbortController();
  const result = await runProcess(process.execPath, [program, job], { timeoutSeconds: 20, signal });
  expect(result).toMatchObject({ stdout: 'stopped midway', stderr: '', code: 0, timedOut: false });
  expect(await leftovers(where.path)).toEqual([]);
});

test('one bad package is the one that is named, and ends the others', async () => {
  await using where = await scratch();
  // The largest is the first to be unpacked. The other takes for ever, unless it is ended.
  const large = Buffer.alloc(17 * 2 ** 20);
  const bad = await packageOf(where.path, debOf(await tar([file('../x'), file('./large', large)])), 'bad');
  const endless = await packageOf(where.path, debOf(large.subarray(2 ** 20), 'data.tar.xz'), 'endless');
  const slowly =
    'process.stdin.on("data", () => { process.stdin.pause(); setTimeout(() => process.stdin.resume(), 500) })';
  const programs = { xz: { command: process.execPath, args: ['-e', slowly] } };
  const attempt = compose(where.path, [endless, bad], { programs });
  await expect(attempt).rejects.toThrow('package bad 1.0-1 cannot be unpacked: member "../x"');
  expect(await readdir(join(where.path, 'cache/unpacked'))).toEqual([]);
});

test('progress counts the bytes of what has to be unpacked, and only that', async () => {
  await using where = await scratch();
  const [old, fresh] = [
    await packageOf(where.path, debOf(await tar([file('./old')]))),
    await packageOf(where.path, debOf(await tar([file('./new')]))),
  ];
  await compose(where.path, [old]);
  const seen: { done: number; total: number }[] = [];
  await compose(where.path, [old, fresh], { onProgress: (progress) => seen.push(progress) });
  const { size } = await stat(fresh.path);
  expect(seen.at(-1)).toEqual({ done: size, total: size });
  seen.length = 0;
  await compose(where.path, [old, fresh], { onProgress: (progress) => seen.push(progress) });
  expect(seen).toEqual([]);
});

test('what a killed run left is removed after a day, what another run is writing now is not', async () => {
  await using where = await scratch();
  const unpacked = join(where.path, 'cache/unpacked');
  for (const name of ['old.1.aa.tmp', 'new.1.aa.tmp']) {
    await mkdir(join(unpacked, name, 'root'), { recursive: true });
    await writeFile(join(unpacked, name, 'root/x'), '');
  }
  const dayBeforeYesterday = new Date(Date.now() - 2 * 24 * 3600 * 1000);
  await utimes(join(unpacked, 'old.1.aa.tmp'), dayBeforeYesterday, dayBeforeYesterday);
  await composeOf(where.path, [[file('./a')]]);
  expect(await leftovers(where.path)).toEqual(['new.1.aa.tmp']);
});

test('a cache that cannot be written is said to be that, with the remedy', async () => {
  await using where = await scratch();
  const item = await packageOf(where.path, debOf(await tar([file('./a')])));
  await writeFile(join(where.path, 'cache'), 'a file');
  const attempt = compose(where.path, [item]);
  await expect(attempt).rejects.toThrow(EnvironmentError);
  await expect(attempt).rejects.toThrow(/cache.*\n.*OVNFAST_CACHE/s);
});

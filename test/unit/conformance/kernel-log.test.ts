// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { type Finding, isKnownWarning, KernelLog } from '../../../src/conformance/kernel-log.ts';

function watch(text: string) {
  const findings: Finding[] = [];
  const markers: string[] = [];
  const log = new KernelLog({
    onFinding: (finding) => findings.push(finding),
    onMarker: (what, name) => markers.push(`${what} ${name}`),
  });
  for (const line of text.split('\n')) log.line(line);
  log.end();
  return { findings, markers };
}

const time = (text: string) => `[   12.345678] ${text}`;

// Texts of real kernels, 3.10 to 7.x.
const warning = `[    9.000001] ovnfast: test start 020-unload
[    9.100001] ------------[ cut here ]------------
[    9.100002] WARNING: CPU: 0 PID: 211 at net/netfilter/core.c:468 __nf_unregister_net_hook+0x1d2/0x1e0
[    9.100003] Modules linked in: fastpath(OE-) veth nf_tables
[    9.100004] CPU: 0 PID: 211 Comm: rmmod Tainted: G           OE      6.1.0-56-amd64 #1  Debian 6.1.192-2
[    9.100005] RIP: 0010:__nf_unregister_net_hook+0x1d2/0x1e0
[    9.100006] Call Trace:
[    9.100007]  <TASK>
[    9.100008]  nf_unregister_net_hook+0x4c/0x60
[    9.100009]  </TASK>
[    9.100010] ---[ end trace 0000000000000000 ]---
[    9.200001] an innocent line
[    9.300001] ovnfast: test end 020-unload`;

const oops = `[    4.000001] ovnfast: test start 010-load
[    5.100001] BUG: kernel NULL pointer dereference, address: 0000000000000010
[    5.100002] #PF: supervisor read access in kernel mode
[    5.100003] Oops: 0000 [#1] PREEMPT SMP NOPTI
[    5.100004] CPU: 0 PID: 190 Comm: insmod Tainted: G           OE      6.1.0-56-amd64 #1
[    5.100005] RIP: 0010:hook+0x1/0x10 [fastpath]
[    5.100006] ---[ end trace 0000000000000000 ]---
[    5.100007] RIP: 0010:hook+0x1/0x10 [fastpath]
[    5.100008] Kernel panic - not syncing: Fatal exception in interrupt
[    5.100009] Kernel Offset: disabled
[    5.100010] ---[ end Kernel panic - not syncing: Fatal exception in interrupt ]---`;

const lockdep = `[    4.000001] ovnfast: test start 010-load
[    5.100001] ======================================================
[    5.100002] WARNING: possible circular locking dependency detected
[    5.100003] 6.1.0-debug #1 Tainted: G           OE
[    5.100004] ------------------------------------------------------
[    5.100005] insmod/123 is trying to acquire lock:
[    6.000001] ovnfast: test end 010-load
[    7.000001] ovnfast: test start 020-next`;

describe('reports', () => {
  test('a warning belongs to the test that ran, whole and without what follows', () => {
    const { findings, markers } = watch(warning);
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    expect(finding?.kind).toBe('warning');
    expect(finding?.test).toBe('020-unload');
    expect(finding?.title).toBe(
      'WARNING: CPU: 0 PID: 211 at net/netfilter/core.c:468 __nf_unregister_net_hook+0x1d2/0x1e0',
    );
    expect(finding?.lines).toHaveLength(10);
    expect(finding?.lines.at(-1)).toBe('[    9.100010] ---[ end trace 0000000000000000 ]---');
    expect(markers).toEqual(['start 020-unload', 'end 020-unload']);
  });

  test('an oops and the panic that follows are two', () => {
    const { findings } = watch(oops);
    expect(findings.map(({ kind, title }) => [kind, title])).toEqual([
      ['oops', 'BUG: kernel NULL pointer dereference, address: 0000000000000010'],
      ['panic', 'Kernel panic - not syncing: Fatal exception in interrupt'],
    ]);
    expect(findings.map(({ lines }) => lines.length)).toEqual([6, 3]);
  });

  test('a report without an end stops at the next marker and belongs to the test before it', () => {
    const { findings } = watch(lockdep);
    expect(findings.map(({ kind, test, lines }) => [kind, test, lines.length])).toEqual([['lockdep', '010-load', 4]]);
  });

  test('after the end of a test, until the next begins, it is still that test', () => {
    const { findings } = watch(
      `${warning}\n${time('unregister_netdevice: waiting for lo to become free. Usage count = 2')}`,
    );
    expect(findings[1]).toMatchObject({ kind: 'leak', test: '020-unload' });
  });

  test('before the first test it is no one', () => {
    expect(watch(time('WARNING: CPU: 0 PID: 1 at arch/x86/kernel/x.c:1 f+0x1/0x2')).findings[0]?.test).toBeUndefined();
  });
});

describe('signs', () => {
  test.each([
    ['panic', 'Kernel panic - not syncing: sysrq triggered crash'],
    ['oops', 'BUG: unable to handle page fault for address: ffffffffc0a1b000'],
    ['oops', 'BUG: unable to handle kernel paging request at ffffffffa0000000'],
    ['oops', 'general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP'],
    ['oops', 'kernel BUG at mm/slub.c:379!'],
    ['oops', 'invalid opcode: 0000 [#1] SMP'],
    ['oops', 'Oops: general protection fault, probably for non-canonical address 0x1: 0000 [#1] SMP NOPTI'],
    ['oops', 'divide error: 0000 [#1] SMP'],
    ['bug', 'BUG: scheduling while atomic: insmod/123/0x00000002'],
    ['bug', 'BUG: sleeping function called from invalid context at mm/slab.h:393'],
    ['lockdep', 'INFO: possible recursive locking detected'],
    ['lockdep', 'WARNING: suspicious RCU usage'],
    ['lockdep', 'WARNING: inconsistent lock state'],
    ['sanitizer', 'BUG: KASAN: slab-use-after-free in hook+0x12/0x40 [fastpath]'],
    ['sanitizer', 'UBSAN: array-index-out-of-bounds in net/x.c:12:3'],
    ['sanitizer', 'BUG: KFENCE: use-after-free read in hook+0x1/0x2'],
    ['lockup', 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [insmod:123]'],
    ['lockup', 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 0'],
    ['lockup', 'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!'],
    ['rcu-stall', 'rcu: INFO: rcu_preempt self-detected stall on CPU'],
    ['rcu-stall', 'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:'],
    ['rcu-stall', 'INFO: rcu_sched self-detected stall on CPU { 0}  (t=21000 jiffies g=2 c=1 q=3)'],
    ['hung-task', 'INFO: task rmmod:211 blocked for more than 120 seconds.'],
    ['leak', 'kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'],
    ['leak', 'unregister_netdevice: waiting for veth0 to become free. Usage count = 1'],
    ['leak', 'kmem_cache_destroy fastpath: Slab cache still has objects'],
    ['leak', 'BUG fastpath (Tainted: G OE): Objects remaining in fastpath on __kmem_cache_shutdown()'],
    ['memory', 'refcount_t: underflow; use-after-free.'],
    ['memory', 'list_del corruption. prev->next should be ffff888, but was dead000'],
    ['memory', 'BUG kmalloc-64 (Tainted: G    B   OE): Poison overwritten'],
    ['memory', 'BUG: Bad page state in process insmod  pfn:12345'],
    ['memory', 'memcpy: detected field-spanning write (size 8) of single field "a" at x.c:1 (size 4)'],
    ['out-of-memory', 'Out of memory: Killed process 123 (tail) total-vm:600000kB, anon-rss:400000kB'],
    ['out-of-memory', 'Out of memory: Kill process 123 (tail) score 900 or sacrifice child'],
    ['warning', 'WARNING: at net/netfilter/core.c:100 nf_unregister_hook+0x1/0x2()'],
  ])('%s: %s', (kind, line) => {
    expect(watch(time(line)).findings).toMatchObject([{ kind, title: line }]);
  });

  test('the line after "cut here" says what it is', () => {
    const cut = `${time('------------[ cut here ]------------')}\n`;
    expect(watch(cut + time('refcount_t: underflow; use-after-free.')).findings).toMatchObject([
      { kind: 'memory', title: 'refcount_t: underflow; use-after-free.' },
    ]);
    expect(watch(cut + time('kernel BUG at lib/list.c:1!')).findings).toMatchObject([{ kind: 'oops' }]);
    const said = `${time('as asked for')}\n${time('WARNING: CPU: 0 PID: 95 at x.c:31 f+0x53/0x1000 [x]')}`;
    expect(watch(`${cut}${said}`).findings).toMatchObject([
      { kind: 'warning', title: 'WARNING: CPU: 0 PID: 95 at x.c:31 f+0x53/0x1000 [x]: as asked for' },
    ]);
    expect(watch(`${cut}${cut}`).findings).toEqual([]);
  });

  test.each([
    'fastpath: loading out-of-tree module taints kernel.',
    'fastpath: module verification failed: signature and/or required key missing - tainting kernel',
    'clocksource: tsc-early: mask: 0xffffffffffffffff',
    'Warning: unable to open an initial console.',
    'traps: crashy[123] general protection fault ip:401000 sp:7ffd error:0 in crashy[401000+1000]',
    'Memory cgroup out of memory: Killed process 9 (tail)',
    'rcu: Hierarchical RCU implementation.',
    'BUGs are not found here',
    'random: crng init done',
  ])('no sign: %s', (line) => {
    expect(watch(time(line)).findings).toEqual([]);
  });

  test('what has no time is not the kernel speaking', () => {
    expect(watch('Kernel panic - not syncing: said a program\novnfast: test start x')).toEqual({
      findings: [],
      markers: [],
    });
  });
});

test('a log full of findings stays bounded', () => {
  const { findings } = watch(Array.from({ length: 500 }, () => warning).join('\n'));
  expect(findings).toHaveLength(50);
  const { findings: endless } = watch(Array.from({ length: 5000 }, () => time('WARNING: again')).join('\n'));
  expect(endless).toHaveLength(50);
  expect(Math.max(...endless.map(({ lines }) => lines.length))).toBe(80);
});

test('a known warning is one by kind and text', () => {
  const known = [{ text: 'of single field "&new_md->u.tun_info"', why: 'harmless' }];
  const title =
    'memcpy: detected field-spanning write (size 96) of single field "&new_md->u.tun_info" at x.h:1 (size 88)';
  expect(isKnownWarning({ kind: 'memory', title, lines: [] }, known)).toBe(true);
  expect(isKnownWarning({ kind: 'warning', title: `WARNING: ${title}`, lines: [] }, known)).toBe(true);
  expect(isKnownWarning({ kind: 'oops', title: `kernel BUG at x.h:1: ${title}`, lines: [] }, known)).toBe(false);
  expect(isKnownWarning({ kind: 'memory', title: title.replace('tun_info', 'other'), lines: [] }, known)).toBe(false);
  expect(isKnownWarning({ kind: 'memory', title, lines: [] }, [])).toBe(false);
});

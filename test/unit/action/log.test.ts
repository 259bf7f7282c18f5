// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, harmless, harmlessColoured } from '../../../src/action/commands.ts';
import { ActionLog } from '../../../src/action/log.ts';
import type { RunEvent } from '../../../src/report/events.ts';
import { readLog } from '../../action-log.ts';
import { sampleSuite, sampleTarget, sampleTest } from '../report/sample.ts';
import { hostileText } from './hostile.ts';

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'ovnfast-log-'));
});
afterAll(async () => {
  await rm(out, { recursive: true });
});

/** What a log printed of some events, each a second after the one before, and what the runner makes of it. */
function logged(events: RunEvent[]) {
  let printed = '';
  let time = Date.UTC(2026, 0, 2, 3, 4, 5);
  let tick = () => {};
  const clock = {
    now: () => time,
    every: (_: number, ticking: () => void) => {
      tick = ticking;
      return () => {};
    },
  };
  const log = new ActionLog({ output: { write: (text) => (printed += text) }, out, clock });
  for (const event of events) {
    log.emit(event);
    time += 1000;
    tick();
  }
  const lastSeen = log.lastSeen();
  log.close();
  log.close();
  log.emit({ type: 'note', message: 'too late' });
  return { printed, lastSeen, ...readLog(printed) };
}

/** Groups by their titles, and the lines outside of them. */
function foldedOf(text: string): { groups: Record<string, string[]>; outside: string[] } {
  const groups: Record<string, string[]> = {};
  const outside: string[] = [];
  let open: string[] | undefined;
  for (const line of text.trimEnd().split('\n')) {
    const title = /^##\[group\](.*)$/.exec(line)?.[1];
    if (title !== undefined) open = groups[title] = [];
    else if (line === '##[endgroup]') open = undefined;
    else (open ?? outside).push(line);
  }
  return { groups, outside };
}

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
const first = 'debian-11/5.10.0-41-amd64';
const second = 'debian-12/6.1.0-56-amd64';

describe('the log of a run', () => {
  const failing = sampleTest(1, {
    name: '020-pods: TCP too',
    status: 'fail',
    reason: 'the reply came back untranslated',
    evidence: ['::add-mask::x', 'client saw 10.0.0.2'],
    kernelLog: ['[   21.4] WARNING: CPU: 1'],
  });
  const tests = [
    sampleTest(0, { name: '010-lines: one', seconds: 1 }),
    sampleTest(0, { name: '010-lines: two', seconds: 2 }),
    failing,
    sampleTest(2, { name: '030-old', status: 'skip', reason: 'too old' }),
  ];
  const build = sampleTarget(0).build ?? { status: 'skip', seconds: 0, diagnostics: [] };
  const events: RunEvent[] = [
    { type: 'stage', target: first, stage: 'lock' },
    { type: 'stage', target: second, stage: 'lock' },
    { type: 'stage', target: second, stage: 'fetch' },
    { type: 'progress', target: second, done: 34_000_000, total: 34_000_000, unit: 'bytes' },
    {
      type: 'prepared',
      target: second,
      lock: { digest: 'a'.repeat(64), resolvedAnew: true },
      mirrors: [{ url: 'https://mirror.example/debian', packages: 64 }],
    },
    { type: 'stage', target: second, stage: 'build' },
    { type: 'prepared', target: first, mirrors: [] },
    { type: 'stage', target: first, stage: 'build' },
    { type: 'built', target: second, build },
    {
      type: 'built',
      target: first,
      build: {
        status: 'fail',
        seconds: 9.1,
        reason: 'make ended with status 2',
        log: 'build.log',
        diagnostics: [
          { file: 'fastpath.c', line: 214, column: 17, severity: 'error', message: 'implicit declaration' },
          { file: 'fastpath.c', line: 9, severity: 'warning', message: 'unused variable' },
        ],
      },
    },
    { type: 'finished', target: first, status: 'fail', reason: 'make ended with status 2' },
    { type: 'stage', target: second, stage: 'boot', detail: 'fastpath' },
    { type: 'stage', target: second, stage: 'test', detail: '010-lines' },
    ...tests.map((test): RunEvent => ({ type: 'test', target: second, suite: 'fastpath', test })),
    { type: 'warning', target: second, message: 'the signed index expired' },
    { type: 'tested', target: second, suite: sampleSuite('debian-12', { status: 'fail', tests }) },
  ];

  it('has a group for each phase of each target, with nothing of another in it, and the course of events outside', async () => {
    await writeFile(join(out, 'build.log'), `${'long\n'.repeat(10_000)}make: *** [x] Error 2\n##[endgroup]\n`);
    const { text, commands, stopped } = logged(events);
    const { groups, outside } = foldedOf(text.replaceAll(COLOUR, ''));
    expect(stopped).toBe(false);
    expect(Object.keys(groups)).toEqual([
      `✓ ${second}: prepared in 0:03`,
      `✓ ${first}: prepared in 0:06`,
      `✓ ${second}: build: pass in 14 s`,
      `✗ ${first}: build: FAIL in 9.1 s, 1 warning, make ended with status 2`,
      `✗ ${second}: fastpath: FAIL, 2 of 4 tests in 32 s`,
    ]);
    expect(Object.values(groups)).toEqual([
      [
        `lock    ${'a'.repeat(64)}, resolved anew`,
        'mirror  64 packages from https://mirror.example/debian',
        'time    lock 0:01, fetch 0:02 (34.0 MB, with what was in the cache)',
      ],
      ['mirror  none: every package was in the cache', 'time    lock 0:06'],
      [`debian-11/kube_ovn_fastpath.ko  41.3 kB  sha256 ${'1'.padStart(64, '0')}`, 'log: debian-11/build.log'],
      expect.arrayContaining([
        '  │ fastpath.c:214:17: error: implicit declaration',
        '  │ fastpath.c:9: warning: unused variable',
        'log: build.log, which ends with:',
        '  │ make: *** [x] Error 2',
        '  │ ## [endgroup]',
      ]),
      [
        'booted in 3.4 s (tcg: /dev/kvm is not there)',
        '✓ 010-lines  2 tests  3.0 s',
        '✗ 020-pods: TCP too: the reply came back untranslated',
        '  │ ::add-mask::x',
        '  │ client saw 10.0.0.2',
        '  kernel log:',
        '  │ [   21.4] WARNING: CPU: 1',
        '– 030-old: too old',
        'kernel log: debian-12/fastpath/console.log',
      ],
    ]);
    expect(outside).toEqual([
      `03:04:05  ${first}  lock`,
      `03:04:06  ${second}   lock`,
      `03:04:07  ${second}   fetch`,
      `03:04:10  ${second}   build`,
      `03:04:12  ${first}  build`,
      `03:04:15  ${first}  FAIL  make ended with status 2  in 0:10`,
      `03:04:16  ${second}   boot  fastpath`,
      `03:04:17  ${second}   test  010-lines`,
      `03:04:20  ${second}   ✗ FAIL  fastpath: 020-pods: TCP too: the reply came back untranslated`,
      `03:04:22  ${second}   warning  the signed index expired`,
      `did not end: ${second}: test  3 tests, 1 failed  030-old, for 0:07`,
    ]);
    // Where nothing was printed by a program, the log is without the words that stop commands.
    expect(commands.filter(({ name }) => name === 'stop-commands')).toHaveLength(2);
  });

  it('knows where each target is that has not ended', () => {
    expect(logged(events.slice(0, 3)).lastSeen).toBe(`${first}: lock, for 0:03; ${second}: fetch, for 0:01`);
    expect(logged([]).lastSeen).toBe('');
    expect(logged([{ type: 'note', message: 'hello' }]).printed).toBe('03:04:05  hello\n');
  });

  it('does without a log that is not there', async () => {
    const { text } = logged([
      { type: 'built', target: first, build: { status: 'fail', seconds: 1, log: 'none.log', diagnostics: [] } },
    ]);
    expect(foldedOf(text).groups).toEqual({ [`✗ ${first}: build: FAIL in 1.0 s`]: ['log: none.log'] });
  });

  it('is bounded where programs say very much', async () => {
    await mkdir(join(out, 'long'));
    await writeFile(join(out, 'long/build.log'), 'ü'.repeat(10_000_000));
    const evidence = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
    const test = sampleTest(0, { name: 'n'.repeat(1_000), status: 'fail', evidence, kernelLog: evidence });
    const { printed } = logged([
      { type: 'built', target: first, build: { status: 'fail', seconds: 1, log: 'long/build.log', diagnostics: [] } },
      {
        type: 'tested',
        target: first,
        suite: sampleSuite('x', { status: 'fail', reason: 'r'.repeat(9_000), tests: [test] }),
      },
    ]);
    expect(printed.length).toBeLessThan(40_000);
    expect(printed).toMatch(/… \d+ lines left out …/);
    expect(printed).toContain('line 19999');
  });
});

describe('text from outside', () => {
  const raw = (text: string) => readLog(`${text}\n`).commands.length;

  it('is what the runner would take for commands (else the properties below mean nothing)', () => {
    const found = fc.sample(hostileText, { numRuns: 1000, seed: 1 }).filter((text) => raw(text) > 0);
    expect(found.length).toBeGreaterThan(250);
  });

  it('is no command when it is harmless, coloured or not, and harmless text stays as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(raw(harmless(text))).toBe(0);
        expect(raw(harmlessColoured(text))).toBe(0);
        expect(raw(harmlessColoured(text).replaceAll(COLOUR, ''))).toBe(0);
        expect(harmless(harmless(text))).toBe(harmless(text));
      }),
      { numRuns: 2000 },
    );
    expect(harmless('  kube::ovn: ## x[1]\n\tfine')).toBe('  kube::ovn: ## x[1]\n\tfine');
  });

  it('stays in the one command that it is put into', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(readLog(commandLine('group', text)).commands).toEqual([
          { name: 'group', properties: {}, message: text },
        ]);
      }),
    );
  });

  it('makes no command in the log of a run, whether commands are stopped or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 14, maxLength: 14 }), async (texts) => {
        const at = (index: number) => texts[index] ?? '';
        await writeFile(join(out, 'hostile.log'), at(0));
        const test = { ...sampleTest(0, { name: at(1), reason: at(2), evidence: [at(3)], kernelLog: [at(4)] }) };
        const tests = [{ ...test, status: 'fail' as const }, { ...test, status: 'skip' as const }, test];
        const diagnostics = [{ file: at(5), line: 1, severity: 'error' as const, message: at(6) }];
        const build = { ...sampleTarget(0).build, status: 'fail' as const, seconds: 1, diagnostics };
        const target = at(7);
        const { printed } = logged([
          { type: 'stage', target, stage: 'fetch', detail: at(8) },
          { type: 'prepared', target, mirrors: [{ url: at(9), packages: 1 }] },
          { type: 'built', target, build: { ...build, sharedFrom: at(10), reason: at(11), log: 'hostile.log' } },
          ...tests.map((one): RunEvent => ({ type: 'test', target, suite: at(12), test: one })),
          { type: 'tested', target, suite: sampleSuite('x', { name: at(12), reason: at(13), console: at(0), tests }) },
          { type: 'tested', target, suite: sampleSuite('x', { acceleratorReason: at(1), tests: [] }) },
          { type: 'warning', target, message: at(2) },
          { type: 'note', message: at(3) },
          { type: 'ready', target: at(4) },
          { type: 'stage', target: at(5), stage: 'boot', detail: at(6) },
          { type: 'finished', target, status: 'error', reason: at(7) },
        ]);
        const named = (output: string) => readLog(output).commands.map(({ name }) => name);
        const groups = ['group', 'endgroup'];
        const stopped = ['group', 'stop-commands', 'endgroup'];
        expect(named(printed)).toEqual([...groups, ...stopped, ...stopped, ...groups]);
        // As if the runner knew of no stopping: what is printed is harmless by itself.
        // GitHub's view of the log shows titles, too.
        for (const { name, message } of readLog(printed).commands) if (name === 'group') expect(raw(message)).toBe(0);
        const unstopped = printed.replace(/^::stop-commands::.*\n/gm, '');
        expect(named(unstopped)).toEqual([...groups, ...groups, ...groups, ...groups]);
      }),
      { numRuns: 300 },
    );
  });
});

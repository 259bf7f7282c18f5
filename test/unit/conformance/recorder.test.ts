// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/conformance/kernel-log.ts';
import { SuiteRecorder } from '../../../src/conformance/recorder.ts';
import type { TestResult } from '../../../src/conformance/result.ts';
import { corigine, line } from '../flows/lines.ts';

type Step = string | Finding;

/** Plays what the guest says, one line per second, and what the kernel log shows in between. */
function record(tests: string[], steps: Step[], ended?: string) {
  let clock = 0;
  const live: string[] = [];
  const recorder = new SuiteRecorder(
    tests,
    {
      onScript: (name) => live.push(`script ${name}`),
      onTest: (test) => live.push(show(test)),
      onComplete: () => live.push('complete'),
    },
    () => clock,
    { charts: [{ name: 'lat', title: 'Latency', x: 'bytes', better: 'lower' }], kernel: '5.10.0-46-amd64' },
  );
  for (const step of steps) {
    clock++;
    if (typeof step === 'string') recorder.line(step);
    else recorder.find(step);
  }
  const result = recorder.finish(ended === undefined ? undefined : { reason: ended, lastLines: ['[ 9.0] the end'] });
  return { ...result, shown: result.tests.map(show), live };
}

function show({ name, status, reason }: TestResult): string {
  return `${status} ${name}${reason === undefined ? '' : `: ${reason}`}`;
}

const script = (name: string, lines: string[], end = `ok 1 ${name}`) => [
  `    # Subtest: ${name}`,
  ...lines.map((line) => `    ${line}`),
  end,
];
const warning: Finding = { kind: 'warning', title: 'WARNING: x', lines: ['[ 1.0] WARNING: x'], test: 'a' };

test('every result is a test, named by its script, with its evidence and time', () => {
  const lines = ['# 12 packets', 'ok 1 first', 'not ok 2 second # only 11', '1..2'];
  const { status, reason, shown, live, tests } = record(
    ['a'],
    ['KTAP version 1', '1..1', ...script('a', lines, 'not ok 1 a # exit status 1')],
  );
  expect(status).toBe('fail');
  expect(reason).toBeUndefined();
  expect(shown).toEqual(['pass a: first', 'fail a: second: only 11']);
  expect(live).toEqual(['script a', ...shown, 'complete']);
  expect(tests[0]).toEqual({ name: 'a: first', status: 'pass', seconds: 2, evidence: ['12 packets'] });
});

describe('the script as a whole', () => {
  test.each([
    ['says nothing', [], 'ok 1 a', 'fail a: reported no result'],
    ['says nothing and fails', [], 'not ok 1 a # exit status 2', 'fail a: exit status 2'],
    ['is skipped', ['1..0 # SKIP no IPv6'], 'ok 1 a', 'skip a: no IPv6'],
    ['fails without a reason', [], 'not ok 1 a', 'fail a: failed, without a reason'],
  ])('that %s', (_, lines, end, expected) => {
    expect(record(['a'], ['1..1', ...script('a', lines, end)]).shown).toEqual([expected]);
  });

  test.each([
    ['ends with an error after good results', ['ok 1 x'], 'not ok 1 a # exit status 3', 'fail a: exit status 3'],
    [
      'leaves something behind',
      ['ok 1 x'],
      'not ok 1 a # left network namespaces behind: n',
      'fail a: left network namespaces behind: n',
    ],
    ['says less than it planned', ['1..2', 'ok 1 x'], 'ok 1 a', 'fail a: the plan was 2 results, 1 came'],
    ['gives up', ['ok 1 x', 'Bail out! no more'], 'ok 1 a', 'fail a: bailed out: no more'],
  ])('that %s', (_, lines, end, expected) => {
    const { shown, status } = record(['a'], ['1..1', ...script('a', lines, end)]);
    expect(shown).toEqual(['pass a: x', expected]);
    expect(status).toBe('fail');
  });

  test('fails for what the kernel said meanwhile, also when it says it late', () => {
    const early = record(
      ['a', 'b'],
      ['1..2', '    # Subtest: a', '    ok 1 x', warning, 'ok 1 a', ...script('b', ['ok 1 y'], 'ok 2 b')],
    );
    const late = record(
      ['a', 'b'],
      ['1..2', ...script('a', ['ok 1 x']), ...script('b', ['ok 1 y'], 'ok 2 b'), warning],
    );
    for (const { shown, tests, status, live } of [early, late]) {
      expect(status).toBe('fail');
      expect(shown).toEqual(['pass a: x', 'fail a: WARNING: x', 'pass b: y']);
      expect(tests[1]?.kernelLog).toEqual(['[ 1.0] WARNING: x']);
      expect(live).toContain('fail a: WARNING: x');
    }
  });

  test('is not to blame for what the kernel said before the first test', () => {
    const { test: _, ...boot } = warning;
    expect(record(['a'], [boot, '1..1', ...script('a', ['ok 1 x'])]).status).toBe('pass');
  });
});

describe('nested results', () => {
  test('are named by the way to them', () => {
    const lines = ['    ok 1 deep', '    not ok 2 deeper # no', 'not ok 1 group', 'ok 2 alone'];
    expect(record(['a'], ['1..1', ...script('a', lines, 'not ok 1 a # exit status 1')]).shown).toEqual([
      'pass a: group / deep',
      'fail a: group / deeper: no',
      'pass a: alone',
    ]);
  });

  test('a group that fails while its parts pass has failed', () => {
    expect(record(['a'], ['1..1', ...script('a', ['    ok 1 deep', 'not ok 1 group # clean-up'])]).shown).toEqual([
      'pass a: group / deep',
      'fail a: group: clean-up',
    ]);
  });

  test('of a lost parent are kept', () => {
    expect(record(['a'], ['1..1', ...script('a', ['ok 1 x', '    ok 1 orphan'])]).shown).toEqual([
      'pass a: x',
      'pass a: orphan',
    ]);
  });
});

describe('a machine that ends too early', () => {
  test('in a test: that one has failed with its last words, the others too', () => {
    const steps = ['1..3', ...script('a', ['ok 1 x']), '    # Subtest: b', '    ok 1 y', '    # now it comes'];
    const { shown, status, reason, tests } = record(['a', 'b', 'c'], steps, 'Kernel panic - not syncing: z');
    expect(status).toBe('fail');
    expect(reason).toBe('Kernel panic - not syncing: z (in b)');
    expect(shown).toEqual([
      'pass a: x',
      'pass b: y',
      'fail b: Kernel panic - not syncing: z',
      'fail c: not run: Kernel panic - not syncing: z',
    ]);
    expect(tests[2]).toMatchObject({ evidence: ['now it comes'], kernelLog: ['[ 9.0] the end'] });
    expect(tests[3]?.kernelLog).toBeUndefined();
  });

  test('before the first test: nothing is known', () => {
    expect(record(['a'], ['KTAP version 1', '1..1'], 'the guest stopped early')).toMatchObject({
      status: 'error',
      reason: 'the guest stopped early; the last lines on the console:\n  [ 9.0] the end',
      tests: [],
    });
    expect(record(['a'], [])).toMatchObject({ status: 'error', reason: 'the guest ran no test' });
  });

  test('or not at all after the last: the last test has failed', () => {
    expect(record(['a'], ['1..1', ...script('a', ['ok 1 x'])], 'did not power off').shown).toEqual([
      'pass a: x',
      'fail a: did not power off',
    ]);
  });

  test('in order, but without all tests', () => {
    const { shown, status } = record(['a', 'b'], ['1..1', ...script('a', ['ok 1 x'])]);
    expect(status).toBe('fail');
    expect(shown).toEqual(['pass a: x', 'fail b: not run: the guest did not run it']);
  });
});

describe('what a script cannot do', () => {
  test('pass for another one, or twice, or one that the suite does not have', () => {
    const lines = ['# Subtest: b', 'ok 1 b', '# Subtest: z', 'ok 2 a'];
    const { shown } = record(
      ['a', 'b'],
      ['1..2', ...script('a', lines), ...script('b', ['not ok 1 y'], 'not ok 2 b # exit status 1')],
    );
    expect(shown).toEqual(['pass a: b', 'pass a: a', 'fail b: y']);
  });

  test('count what was skipped as passed', () => {
    expect(record(['a'], ['1..1', ...script('a', ['ok 1 x # SKIP no'])]).status).toBe('skip');
  });
});

describe('measurements', () => {
  const measured = (...lines: string[]) =>
    record(['a', 'b'], [...script('a', [...lines, 'ok 1 measured']), ...script('b', ['ok 1 x'], 'ok 2 b')]);

  test('are figures and no evidence', () => {
    const { status, tests, measurements } = measured('# measurement: lat stock 1 37.7 us', '# seen');
    expect(status).toBe('pass');
    expect(measurements).toEqual([{ name: 'lat', series: 'stock', x: 1, value: 37.7, unit: 'us' }]);
    expect(tests[0]?.evidence).toEqual(['seen']);
  });

  test('are left out when there are none', () => {
    expect(measured()).not.toHaveProperty('measurements');
  });

  test('that cannot be read fail their script alone, by the line itself', () => {
    const { shown, measurements } = measured('# measurement: lat stock one 37.7 us');
    expect(shown).toEqual([
      'pass a: measured',
      'fail a: no measurement: "lat stock one 37.7 us": "one" is no number above zero',
      'pass b: x',
    ]);
    expect(measurements).toBeUndefined();
  });

  test('of a script that says the same wrong thing for ever are told a few times', () => {
    const { shown } = measured(...Array.from({ length: 50 }, (_, x) => `# measurement: lat stock ${x} us`));
    expect(shown[1]?.match(/no measurement/g)).toHaveLength(3);
  });

  test('are kept when the machine ends meanwhile', () => {
    const { measurements } = record(['a'], ['    # Subtest: a', '    # measurement: lat stock 1 37.7 us'], 'it hung');
    expect(measurements).toHaveLength(1);
  });
});

describe('flows', () => {
  const seen = (...lines: string[]) =>
    record(['a', 'b'], [...script('a', [...lines, 'ok 1 seen']), ...script('b', ['ok 1 x'], 'ok 2 b')]);

  test('are flows and no evidence, judged for the kernel that runs', () => {
    const tracked = line({ state: 'dp:tc', keys: 'ct_state(0x2a/0x3e),recirc_id(0x5)' });
    const dump = [corigine[0], 'flow-dump from the main thread:', tracked].map((flow) => `# flow: one-node ${flow}`);
    const { status, tests, flows } = seen('# flow: one-node', ...dump, '# seen', '# flow: none');
    expect(status).toBe('pass');
    expect(tests[0]?.evidence).toEqual(['seen']);
    expect(flows?.map(({ name, flows: all }) => [name, all.map(({ verdict }) => verdict)])).toEqual([
      ['one-node', ['offloaded', 'missed']],
      ['none', []],
    ]);
    expect(flows?.[0]?.flows[0]).toMatchObject({
      packets: 941539,
      bytes: 62142230,
      dp: 'tc',
      actions: '54235e5753b8_h',
    });
  });

  test('are left out when there are none', () => {
    expect(seen()).not.toHaveProperty('flows');
  });

  test.each([
    [
      ['# flow: a in_port(1'],
      'a in_port(1": the line ends before the ")" that closes "in_port" (column 8 of the flow)',
    ],
    [['# flow: <b> in_port(1)'], '<b> in_port(1)": "<b>" is no name (letters, digits, "._+-")'],
    [['# flow: '], '": "" is no name (letters, digits, "._+-")'],
    [['# flow: a', '# flow: a'], 'a": the dump a was told before'],
    [['# flow: a', '# flow: b', `# flow: a ${line()}`], ': the dump a was told before'],
    [['# flow: a in_port(1), packets:1, bytes:1, used:1s, actions:2'], 'take the dump with -m'],
    [[`# flow: a ${line()} [...]`], 'neither an action nor a port'],
  ])('that cannot be read fail their script alone: %s', (lines, fault) => {
    const { shown } = seen(...lines);
    expect(shown).toHaveLength(3);
    expect(shown[1]).toMatch(/^fail a: no flow: "/);
    expect(shown[1]).toContain(fault);
  });

  test('of more than a table can hold are refused', () => {
    const { shown, flows } = seen(...Array.from({ length: 2002 }, () => `# flow: many ${line()}`));
    expect(flows?.[0]?.flows).toHaveLength(2000);
    expect(shown[1]).toMatch(/more than 2000 flows; no flow: /);
  });

  test('are kept when the machine ends meanwhile', () => {
    expect(record(['a'], ['    # Subtest: a', `    # flow: x ${line()}`], 'it hung').flows).toHaveLength(1);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { KtapParser, type KtapResult } from '../../../src/conformance/ktap.ts';
import { LineSplitter } from '../../../src/conformance/lines.ts';

function parse(text: string) {
  const seen: string[] = [];
  const parser = new KtapParser({
    onSubtest: (name, depth) => seen.push(`${depth} begins ${name}`),
    onResult: ({ name, status }, depth) => seen.push(`${depth} ${status} ${name}`),
  });
  for (const line of text.split('\n')) parser.line(line);
  return { ...parser.end(), seen };
}

function names(results: KtapResult[]): string[] {
  return results.map(({ name, status, reason }) => `${status} ${name}${reason ? `: ${reason}` : ''}`);
}

describe('results', () => {
  test.each([
    ['ok 1 name', 'pass name'],
    ['ok 1 - name', 'pass name'],
    ['ok 1 -name', 'pass -name'],
    ['ok name without a number', 'pass name without a number'],
    ['ok', 'pass (unnamed) 1'],
    ['not ok 1 name # because of this', 'fail name: because of this'],
    ['ok 1 name # SKIP no device', 'skip name: no device'],
    ['ok 1 name # skip: no device', 'skip name: no device'],
    ['ok 1 # SKIP no name', 'skip (unnamed) 1: no name'],
    ['not ok 1 name # SKIP says both', 'fail name: says both'],
    ['not ok 1 name # TODO later', 'skip name: expected to fail: later'],
    ['ok 1 name # TODO done already', 'pass name'],
    ['not ok 1 name # XFAIL known', 'skip name: expected to fail: known'],
    ['not ok 1 name # TIMEOUT 45 seconds', 'fail name: TIMEOUT 45 seconds'],
    ['ok 1 issue #12 is fixed', 'pass issue: 12 is fixed'],
    ['ok 1 issue \\#12 is fixed', 'pass issue #12 is fixed'],
    ['ok 1 name\t# SKIP tab', 'skip name: tab'],
  ])('%s', (line, expected) => {
    expect(names(parse(line).results)).toEqual([expected]);
  });

  test.each(['okay', 'not okay 1', 'OK 1 name', '# ok 1 name', 'nok 1', 'ok-ish', '1..x', '2..3'])(
    '%s is none',
    (line) => {
      expect(parse(line).results).toEqual([]);
    },
  );
});

describe('plans', () => {
  test.each([
    ['1..2\nok 1 a\nok 2 b', []],
    ['ok 1 a\nok 2 b\n1..2', []],
    ['1..3\nok 1 a', ['the plan was 3 results, 1 came']],
    ['ok 1 a\n1..0', ['the plan was 0 results, 1 came']],
    ['1..1\nok 1 a\n1..2', ['two plans: 1..1 and 1..2', 'the plan was 2 results, 1 came']],
    ['ok 1 a\nok 3 c', ['result 2 is missing: the next one is 3']],
    ['ok 1 a\nok 1 again', ['result 2 is missing: the next one is 1']],
    ['ok 1 a\nBail out! no disk', ['bailed out: no disk']],
    ['Bail out!', ['bailed out: no reason given']],
  ])('%j', (text, problems) => {
    expect(parse(text).problems).toEqual(problems);
  });

  test('a subtest that is skipped as a whole', () => {
    expect(names(parse('    1..0 # SKIP not on this kernel\nok 1 script').results)).toEqual([
      'skip script: not on this kernel',
    ]);
    expect(names(parse('    1..0\nnot ok 1 script # exit status 1').results)).toEqual(['fail script: exit status 1']);
  });
});

describe('subtests', () => {
  const nested = `KTAP version 1
1..2
    # Subtest: first
    KTAP version 1
    1..2
    # seen: 12 packets
    and a line that is no KTAP
    ok 1 a
    # Subtest: deeper
        1..1
        ok 1 deep
    ok 2 deeper
ok 1 first
    # Subtest: second
    not ok 1 b # why
    1..2
not ok 2 second # exit status 1`;

  test('nest, keep their evidence and are told live', () => {
    const { results, problems, seen } = parse(nested);
    expect(problems).toEqual([]);
    expect(names(results)).toEqual(['pass first', 'fail second: exit status 1']);
    expect(names(results[0]?.children ?? [])).toEqual(['pass a', 'pass deeper']);
    expect(results[0]?.children[0]?.evidence).toEqual(['seen: 12 packets', '    and a line that is no KTAP']);
    expect(names(results[0]?.children[1]?.children ?? [])).toEqual(['pass deep']);
    expect(results[1]?.problems).toEqual(['the plan was 2 results, 1 came']);
    expect(seen).toEqual([
      '1 begins first',
      '1 pass a',
      '1 begins deeper',
      '2 pass deep',
      '1 pass deeper',
      '0 pass first',
      '1 begins second',
      '1 fail b',
      '0 fail second',
    ]);
  });

  test('whose own result never comes are not lost', () => {
    const { results, open } = parse('    # Subtest: x\n    ok 1 a\n        ok 1 b\n    # the last words');
    expect(results).toEqual([]);
    expect(names(open.children)).toEqual(['pass a', 'pass b']);
    expect(open.evidence).toEqual(['the last words']);
  });

  test('of any indentation, also tabs and none in between', () => {
    const { results } = parse('\t\tok 1 deep\n  ok 1 middle\nok 1 top');
    expect(names(results)).toEqual(['pass top']);
    expect(names(results[0]?.children ?? [])).toEqual(['pass middle']);
    expect(names(results[0]?.children[0]?.children ?? [])).toEqual(['pass deep']);
  });
});

describe('hostile input', () => {
  test('many results, evidence, levels and names stay bounded', () => {
    const parser = new KtapParser();
    for (let i = 0; i < 30_000; i++) parser.line(`# line ${i}`);
    parser.line(`ok 1 ${'x'.repeat(5000)}`);
    for (let i = 2; i < 30_000; i++) parser.line(`ok ${i}`);
    for (let i = 0; i < 1000; i++) parser.line(`${' '.repeat(i)}ok 1 nested`);
    for (let i = 0; i < 1000; i++) parser.line(`1..${i + 50_000}`);
    const { results, problems } = parser.end();
    expect(results).toHaveLength(10_000);
    expect(results[0]?.name).toHaveLength(300);
    expect(results[0]?.evidence).toHaveLength(201);
    expect(results[0]?.evidence[60]).toBe('[... 29800 lines left out ...]');
    expect(results[0]?.evidence.at(-1)).toBe('line 29999');
    expect(problems).toContain('more than 10000 results');
    expect(problems.length).toBeLessThanOrEqual(21);
  });

  test('bytes that are no text, lines without end, numbers out of range', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    splitter.push(Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0d, 0x0d, 0x0a]));
    for (let i = 0; i < 100; i++) splitter.push(Buffer.alloc(100_000, 0x78));
    splitter.push(Buffer.from('\nok 1 ü'.normalize()).subarray(0, 7));
    splitter.push(Buffer.from([0xbc]));
    splitter.end();
    expect(lines.map(({ length }) => length)).toEqual([2, 1, 16_006, 6]);
    expect(lines[2]?.endsWith('x [...]')).toBe(true);
    expect(lines[3]).toBe('ok 1 ü');
    const parser = new KtapParser();
    for (const line of [...lines, 'ok 99999999999999999999999 big', '1..99999999999999999999999']) parser.line(line);
    expect(parser.end().results).toHaveLength(2);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { resultTable } from '../../../src/report/table.ts';
import { stringWidth } from '../../../src/report/terminal.ts';
import { hostile, mixedReport, sampleReport, sampleSuite, sampleTarget, sampleTest } from './sample.ts';

const terminal = (columns = 120, colour = false) => ({
  interactive: true,
  colour,
  size: () => ({ columns, rows: 40 }),
});

describe('the table of results', () => {
  it('has a row per target and below it each failure with its reason and the path of its log', () => {
    const lines = resultTable(mixedReport(), terminal(), 'out').split('\n');
    expect(lines[0]).toMatch(/^target +build +fastpath +tests +time$/);
    expect(lines[1]).toMatch(/^debian-11\/5\.10\.0-41-amd64 +✓ pass +✓ pass +25 of 25 +52 s +cached$/);
    expect(lines[2]).toMatch(/^debian-12\/6\.1\.0-56-amd64 +✓ pass +✗ FAIL +22 of 25 +55 s$/);
    expect(lines[3]).toMatch(/^debian-13\/\S+ +✗ FAIL +58 s$/);
    expect(lines[4]).toMatch(/^debian-14\/\S+ +✓ pass +! ERROR +1 min 01 s$/);
    const text = lines.join('\n');
    expect(text).toContain(
      '✗ FAIL  debian-12/6.1.0-56-amd64: fastpath: nat-gateway\n    the reply came back untranslated\n    log: out/debian-12/fastpath/console.log',
    );
    expect(text).toContain('    fastpath.c:214:17: implicit declaration');
    expect(text).toContain('    log: out/debian-13/build.log');
    expect(text).toContain('! ERROR  debian-14/7.1.3+deb14-amd64: fastpath\n    the machine printed nothing for 60 s');
    expect(text).toContain('warning  debian-11: the signed index expired');
    expect(text).toMatch(/✗ FAIL {2}1 of 4 targets passed in 1 min 58 s\n$/);
  });

  it('columns stay in line, and rows are no wider than the terminal', () => {
    const report = sampleReport([sampleTarget(0), sampleTarget(1, { id: `long-${'x'.repeat(90)}` })]);
    const [head = '', ...rows] = resultTable(report, terminal(70), 'out').split('\n').slice(0, 3);
    for (const row of rows) {
      expect(stringWidth(row)).toBeLessThanOrEqual(70);
      expect(row.indexOf('✓ pass')).toBe(head.indexOf('build'));
    }
  });

  it('says which targets took the file of another', () => {
    const taker = sampleTarget(1);
    if (taker.build) taker.build.sharedFrom = 'debian-11/5.10.0-41-amd64';
    const text = resultTable(sampleReport([sampleTarget(0), taker]), terminal(), 'out');
    const [, first, second] = text.split('\n');
    expect(text).toMatch(/2 of 2 targets passed in .*, with 1 build\n$/);
    expect(first).toMatch(/amd64 +✓ pass +✓ pass/);
    expect(second).toMatch(/amd64 +✓ shared +✓ pass/);
  });

  it('says why a skipped target was skipped, and that a run of nothing is no pass', () => {
    const skipped = sampleTarget(0, { status: 'skip', reason: 'no mirror serves it any more', suites: [] });
    delete skipped.build;
    const text = resultTable(sampleReport([skipped]), terminal(), 'out');
    expect(text).toContain('– skip  debian-11/5.10.0-41-amd64\n    no mirror serves it any more');
    expect(text).toMatch(/– skip {2}0 of 1 target passed/);
    expect(resultTable(sampleReport([]), terminal(), 'out')).toContain('no target was run');
  });

  it('lets no control character through, and colours only when asked', () => {
    const test = sampleTest(0, { name: hostile, status: 'fail', reason: hostile });
    const suite = sampleSuite('x', { name: hostile, status: 'fail', reason: hostile, tests: [test] });
    const report = sampleReport([sampleTarget(0, { id: hostile, suites: [suite] })], {
      warnings: [{ message: hostile }],
    });
    expect(resultTable(report, terminal(), hostile).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(resultTable(report, terminal(120, true), 'out')).toContain('\u001b[31m');
  });
});

// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { barChart, stackedBar } from '../../../src/report/bars.ts';
import type { Change } from '../../../src/report/baseline.ts';
import { figureTables } from '../../../src/report/figures.ts';
import type { Report, ReportMeasurement, ReportTarget } from '../../../src/report/model.ts';
import { bounded, boundedTable, sizeOf } from '../../../src/report/summary/blocks.ts';
import { type SummaryOptions, summaryMarkdown } from '../../../src/report/summary/summary.ts';
import { control, hostileReport } from './hostile-report.ts';
import {
  flowSuite,
  hostile,
  measuringSuite,
  mixedReport,
  sampleReport,
  sampleSuite,
  sampleTarget,
  sampleTest,
} from './sample.ts';

describe('job summary', () => {
  const render = (report: Report, options?: SummaryOptions) => {
    const text = summaryMarkdown(report, options);
    const tokens = new MarkdownIt({ html: true }).parse(text, {});
    return { text, tokens, flat: tokens.flatMap((token) => [token, ...(token.children ?? [])]) };
  };

  /** What is folded, and whether it is open. */
  const summaries = (text: string) =>
    [...text.matchAll(/^<details( open)?><summary>(.*)<\/summary>/gm)].map(([, open = '', summary = '']) =>
      `${open} ${summary.replaceAll('<br>', '|').replace(/<[^>]*>/g, '')}`.trim(),
    );

  it('is a table of all targets, then each problem folded with its evidence', () => {
    const { text, tokens } = render(mixedReport());
    expect(tokens.filter((token) => token.type === 'tr_open')).toHaveLength(5);
    // What people look for is at the top, whatever its place in the report.
    expect([...text.matchAll(/^\| <code>(\S+?)<\/code>/gm)].map(([, id]) => id?.replaceAll('&#45;', '-'))).toEqual([
      ...['debian-12', 'debian-13', 'debian-14', 'debian-11'],
    ]);
    expect(text).toMatch(/^## ❌ FAIL/);
    // Those that failed first, then what is not known, both in the order of the report; the first can be read without a click.
    expect(summaries(text)).toEqual([
      'open ❌ FAIL · debian-12/6.1.0-56-amd64 · fastpath · nat-gateway|the reply came back untranslated',
      'open ❌ FAIL · debian-12/6.1.0-56-amd64 · fastpath · load-unload-traffic|the kernel log has a WARNING',
      'open ❌ FAIL · debian-13/6.12.94+deb13-amd64 · build|make ended with status 2',
      '⚠️ ERROR · debian-14/7.1.3+deb14-amd64 · fastpath|the machine printed nothing for 60 s',
      'Where the time went: ░ build ▒ boot █ tests',
    ]);
    expect(tokens.filter((token) => token.type === 'fence').map((token) => token.content)).toContain(
      'gateway: 198.51.100.7 -> 10.0.0.2\nclient saw 10.0.0.2, wanted 198.51.100.7\nconntrack -L: 0 flow entries\n',
    );
  });

  it('lets hostile text be neither markup, link, picture nor the end of a code block', () => {
    const { text, tokens, flat } = render(hostileReport());
    expect(text).not.toMatch(control);
    for (const { type, content } of flat) {
      expect(type).not.toMatch(/^(link_open|image|code_inline|s_open|em_open)$/);
      // All the HTML there is, is our own.
      if (type.startsWith('html'))
        expect(content.replace(/<\/?(details( open)?|summary|code|br|sub)>/g, '')).not.toMatch(/<|javascript:alert/);
    }
    // One row for the target, one of figures and one of flows, below their headings, as many cells in it as in the heading.
    const cells = (kind: string) => tokens.filter((token) => token.type === kind).length;
    expect(cells('tr_open')).toBe(6);
    expect(cells('td_open')).toBe(cells('th_open'));
    // What GitHub would make a link of without any bracket.
    expect(text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '')).not.toMatch(/:\/\/|www\./);
    const fences = tokens.filter(({ type }) => type === 'fence').map(({ content }) => content);
    expect(fences.filter((content) => content.includes('@someone #1 $x$'))).toHaveLength(2);
    // A chart, and where the time went: names are cut there.
    expect(fences.filter((content) => content.includes('██'))).toHaveLength(2);
  });

  it('keeps a fence closed around any row of backquotes', () => {
    const evidence = ['`'.repeat(3), '`'.repeat(40), '~~~', '</details>'];
    const suites = [sampleSuite('x', { status: 'fail', tests: [sampleTest(0, { status: 'fail', evidence })] })];
    const { tokens } = render(sampleReport([sampleTarget(0, { suites })]));
    const [fence, times, ...others] = tokens.filter(({ type }) => type === 'fence').map(({ content }) => content);
    expect(fence).toBe(`${evidence.join('\n')}\n`);
    expect(times).toContain('░▒');
    expect(others).toEqual([]);
  });

  it('stays under what GitHub takes, whatever fails, and says what is missing', () => {
    const evidence = Array.from({ length: 3000 }, (_, index) => `ünïcode ${index}`);
    const tests = Array.from({ length: 400 }, (_, index) => sampleTest(index, { status: 'fail', evidence }));
    const { text } = render(sampleReport([sampleTarget(0, { suites: [sampleSuite('x', { status: 'fail', tests })] })]));
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toMatch(/… and \d+ more problems, in `report\.html`/);
    expect(text).toMatch(/lines left out, all are in report\.html/);
  });

  it('shows what was measured: at once of one target, folded of several, within bounds of very many', () => {
    const one = summaryMarkdown(sampleReport([sampleTarget(1, { suites: [measuringSuite('debian-12')] })]));
    expect(one).toContain('| message size in bytes | stock | bypass | change | published stock |');
    expect(one).toContain('| 1024 | 232 | 363.1 | +56.5 % ✅ | 846 | 1360 | +60.8 % |');
    expect(one).toContain('| 65536 | 4022 | 1967 | -51.1 % ❌ |');
    const targets = Array.from({ length: 400 }, (_, index) =>
      sampleTarget(index, { suites: [measuringSuite('debian-12')] }),
    );
    const many = summaryMarkdown(sampleReport(targets));
    expect(many.match(/<details>/g)?.length).toBeGreaterThan(50);
    expect(many).toMatch(/… and \d+ more suites, in `report.html`\./);
    expect(Buffer.byteLength(many)).toBeLessThan(400_000);
  });

  it('says so when nothing was run', () => {
    expect(render(sampleReport([])).text).toContain('No target was run.');
  });

  it('tells what failed on several kernels once, with what proves it on each, alike or not', () => {
    const suite = (reason: string, evidence: string[]) =>
      sampleSuite('x', { status: 'fail', tests: [sampleTest(0, { status: 'fail', reason, evidence }), sampleTest(1)] });
    const targets = (...suites: ReturnType<typeof suite>[]) =>
      sampleReport([...suites.map((one, index) => sampleTarget(index, { suites: [one] })), sampleTarget(3)]);
    const alike = summaryMarkdown(targets(suite('no reply', ['same']), suite('no reply', ['same'])));
    expect(summaries(alike)[0]).toBe('open ❌ FAIL · fastpath · four-lines on 2 of 3 kernels|no reply');
    expect(alike).toContain(
      '**On <code>debian-11/5.10.0-41-amd64</code>, <code>debian-12/6.1.0-56-amd64</code>**\n\nEvidence',
    );
    expect(alike.match(/^same$/gm)).toHaveLength(1);

    const long = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const different = summaryMarkdown(targets(suite('no reply', long), suite('late reply', long)));
    expect(summaries(different)[0]).toBe('open ❌ FAIL · fastpath · four-lines on 2 of 3 kernels');
    expect(different).toContain('**On <code>debian-12/6.1.0-56-amd64</code>**: late reply');
    // The first has more room than those after it.
    const [first = '', second = ''] = new MarkdownIt()
      .parse(different, {})
      .flatMap(({ type, content }) => (type === 'fence' ? content : []));
    expect([first.length, second.length].map((length) => Math.round(length / 1000))).toEqual([8, 2]);
  });

  it('leads to what else there is, with no more of an address than an address', () => {
    const links = [
      { text: 'Artifact [x](y)', url: 'https://github.example/a b/<c>(d)?e=">|`' },
      { text: 'Release', url: 'https://github.example/r' },
    ];
    const { tokens, text } = render(mixedReport(), { links });
    const found = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
    expect(found.map((link) => link.attrGet('href'))).toEqual([
      'https://github.example/a%20b/%3Cc%3E(d)?e=%22%3E%7C%60',
      'https://github.example/r',
    ]);
    expect(text.indexOf('Artifact')).toBeLessThan(text.indexOf('| Target |'));
  });

  it('says what has become of earlier figures', () => {
    const before = { name: 'tcp_lat', series: 'bypass', x: 64, value: 19.02, unit: 'us' };
    const same: Change = {
      target: 'debian-12/6.1',
      suite: 'bypass-bench',
      before,
      after: 19.02,
      percent: 0,
      verdict: 'same',
    };
    const none = summaryMarkdown(mixedReport(), { changes: [same], tolerance: 1 });
    expect(none).toContain('### Figures against the baseline\n\nNone of 1 figure worse by more than 1 %, or gone.');
    const { after: _, percent: __, ...gone } = same;
    const changes: Change[] = [
      { ...same, after: 18, percent: -5.4, verdict: 'better' },
      { ...gone, verdict: 'gone' },
      same,
      { ...same, after: 22.1, percent: 16.19, verdict: 'worse' },
    ];
    const { text, tokens } = render(mixedReport(), { changes, tolerance: 1 });
    expect(text).toContain('### Figures are worse than before\n\n2 of 4 figures worse by more than 1 %, or gone.');
    expect(text).toMatch(
      /\| 64 \| 19\.02 us \| {2}\| {2}\| ❌ gone \|\n.*\| 64 \| 19\.02 us \| 22\.1 us \| \+16\.2 % \| ❌ worse \|\n.* ✅ better \|\n/,
    );
    expect(tokens.filter(({ type }) => type === 'table_open')).toHaveLength(2);
  });

  type Shape = Record<'limit' | 'targets' | 'tests' | 'lines' | 'warnings' | 'suites' | 'changes', number> & {
    text: string;
  };

  /** A summary of a report that has so much of everything. */
  function summaryOf({ limit, targets, tests, lines, warnings, suites, changes, text }: Shape): string {
    const times = <Value>(length: number, make: (index: number) => Value) =>
      Array.from({ length }, (_, index) => make(index));
    const words = times(lines, (index) => `${index} ${text}`);
    const failed = times(tests, (index) =>
      sampleTest(index, { status: 'fail', reason: text, evidence: words, kernelLog: words }),
    );
    const suite = { status: 'fail' as const, tests: failed };
    const own = times(suites, (index) => sampleSuite('x', { ...suite, name: `${index} ${text}` }));
    if (suites > 1) own.push(measuringSuite('x', suite), flowSuite('x', suite));
    const before = { name: text, series: text, x: 1, value: 1, unit: text };
    const change: Change = { target: text, suite: text, before, after: 2, percent: 100, verdict: 'worse' };
    const report = sampleReport(
      times(targets, (index) => sampleTarget(index, { id: text, kernel: `${index} ${text}`, suites: own })),
      {
        ...{ module: text, reason: text, tool: { version: text } },
        warnings: times(warnings, () => ({ target: text, message: text, remedy: text })),
      },
    );
    return summaryMarkdown(report, {
      ...{ limit, tolerance: 1, changes: times(changes, () => change) },
      links: times(10, () => ({ text, url: `https://github.example/${'x'.repeat(2000)}` })),
    });
  }

  function checkWhole(summary: string, limit: number): void {
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(limit);
    const outside = summary.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    expect(outside.match(/^<details/gm)?.length ?? 0).toBe(outside.match(/^<\/details>$/gm)?.length ?? 0);
    expect(outside).not.toMatch(/^`{3}/m);
    expect(summary).toMatch(/<\/sub>\n$/);
  }

  const texts = ['x', hostile, 'ü`'.repeat(500), '<&>\n'.repeat(200), '\u202e'.repeat(1000)];

  it('never takes more than it may, and stays whole, whatever there is much of', () => {
    const size = fc.constantFrom(0, 1, 3, 15);
    const shape: fc.Arbitrary<Shape> = fc.record({
      limit: fc.integer({ min: 40_000, max: 900_000 }),
      ...{ targets: size, tests: size, lines: size, warnings: size, suites: fc.constantFrom(1, 2, 15), changes: size },
      text: fc.constantFrom(...texts),
    });
    fc.assert(
      fc.property(shape, (some) => checkWhole(summaryOf(some), some.limit)),
      { numRuns: 20 },
    );
  });

  it.each(texts.map((text) => [text.slice(0, 10), text]))(
    'stays whole in the least room with the most of all (%j)',
    (_, text) => {
      const limit = 40_000;
      const summary = summaryOf({
        limit,
        targets: 50,
        tests: 20,
        lines: 40,
        warnings: 300,
        suites: 15,
        changes: 60,
        text,
      });
      checkWhole(summary, limit);
      const parts = [
        '## ❌ FAIL',
        ' more targets, in',
        '5 more suites in',
        ' problems\n',
        ' more problems, in',
        ' more warnings, in',
      ];
      for (const part of parts) expect(summary).toContain(part);
      const shown = [
        '| Target |',
        '<details open>',
        '> [!WARNING]',
        '| Kernel | Figure |',
        '### Measurements',
        'Where the time went',
      ];
      if (text === 'x') for (const part of shown) expect(summary).toContain(part);
    },
  );

  it('stays whole when a single text would take all the room', () => {
    const one = { targets: 1, tests: 1, lines: 1, warnings: 1, suites: 2, changes: 1 };
    const summary = summaryOf({ limit: 40_000, ...one, text: 'ü'.repeat(100_000) });
    checkWhole(summary, 40_000);
    expect(summary).toContain('| Target |');
  });

  it('has what failed before what is not known, whatever their order', () => {
    const [passed, failed, , unknown] = mixedReport().targets;
    if (!passed || !failed || !unknown) throw new Error('no targets');
    expect(
      summaries(summaryMarkdown(sampleReport([unknown, passed, failed]))).map((line) => line.split(' ')[1]),
    ).toEqual([...['❌', '❌', '⚠️', 'the']]);
  });

  it('has room in a comment for several of the problems, with what proves them', () => {
    const evidence = Array.from({ length: 3000 }, (_, index) => `line ${index}`);
    const tests = Array.from({ length: 50 }, (_, index) => sampleTest(index, { status: 'fail', evidence }));
    const targets = Array.from({ length: 100 }, (_, index) =>
      sampleTarget(index, { suites: [measuringSuite('x', { status: 'fail', tests })] }),
    );
    const { text, tokens } = render(sampleReport(targets), { limit: 60_000 });
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(
      tokens.filter(({ type, content }) => type === 'fence' && content.includes('line 2999')).length,
    ).toBeGreaterThan(5);
    expect(text).toMatch(/… and \d+ more suites, in `report\.html`/);
    expect(text).toMatch(/… and \d+ more problems, in `report\.html`/);
  });
});

describe('blocks in bounds', () => {
  const more = (count: number) => `… and ${count} more thing${count === 1 ? '' : 's'}, in \`report.html\`.`;

  it('are the first that fit, and a word on the others; never more than there is room for', () => {
    const blocks = fc.array(
      fc.string({ maxLength: 60, unit: 'grapheme' }).map((text) => `b${text}`),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        blocks,
        fc.integer({ min: 0, max: 600 }),
        fc.option(fc.constant('title'), { nil: undefined }),
        (all, room, title) => {
          const found = bounded(all, (text) => text, {
            room,
            noun: 'thing',
            ...(title === undefined ? {} : { title }),
          });
          expect(sizeOf(found)).toBeLessThanOrEqual(room);
          if (found.length === 0) return;
          const shown = found.filter((block) => block.startsWith('b'));
          expect(shown).toEqual(all.slice(0, shown.length));
          expect(found).toEqual([
            ...(title === undefined ? [] : [title]),
            ...shown,
            ...(shown.length < all.length ? [more(all.length - shown.length)] : []),
          ]);
          // Nothing is left out that there is room for.
          const next = all[shown.length];
          if (next !== undefined) expect(sizeOf([...found, next])).toBeGreaterThan(room);
        },
      ),
    );
  });

  it('are rows of a table in the same way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 60 }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 600 }),
        (cells, room) => {
          const found = boundedTable(
            [['head'], ['---']],
            cells.map((cell) => [cell]),
            room,
            'thing',
          );
          expect(sizeOf(found)).toBeLessThanOrEqual(room);
          const [table = '', word] = found[0]?.startsWith('| head |\n| --- |') ? found : ['', found[0]];
          const shown = table.split('\n| ').length - 2;
          if (table !== '') expect(shown).toBeGreaterThan(0);
          const left = cells.length - Math.max(0, shown);
          if (found.length > 0) expect(word).toBe(left > 0 ? more(left) : undefined);
        },
      ),
    );
  });
});

describe('where the time went', () => {
  it('is a bar per target that was run, in proportion', () => {
    const seconds = (built: number, boot: number, all: number): ReportTarget => {
      const target = sampleTarget(0, { suites: [sampleSuite('x', { bootSeconds: boot, seconds: all })] });
      if (target.build) target.build.seconds = built;
      return target;
    };
    const report = sampleReport([seconds(20, 20, 60), seconds(10, 0, 10), { ...seconds(5, 5, 5), cached: true }]);
    const lines = /█ tests<\/summary>\n\n```text\n([\s\S]*?)\n```/.exec(summaryMarkdown(report))?.[1]?.split('\n');
    expect(lines).toEqual([
      `debian-11/5.10.0-41-amd64  1 min 20 s  ${'░'.repeat(10)}${'▒'.repeat(10)}${'█'.repeat(20)}`,
      `debian-11/5.10.0-41-amd64        20 s  ${'░'.repeat(5)}${'█'.repeat(5)}`,
    ]);
    expect(summaryMarkdown(sampleReport([{ ...sampleTarget(0), cached: true }]))).not.toContain('time went');
  });

  it('has the right length as a whole, however many parts there are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (values) => {
        const total = values.reduce((sum, value) => sum + value, 0);
        const drawn = stackedBar(
          values.map((value) => ({ value, shade: '█' })),
          total,
        );
        expect(drawn.length).toBe(total > 0 ? 40 : 0);
      }),
    );
  });
});

describe('charts of bars', () => {
  const chartOf = (measurements: ReportMeasurement[]) => {
    const [table] = figureTables(measuringSuite('x', { measurements }));
    if (!table) throw new Error('no table');
    return barChart(table, measurements);
  };
  const at = (series: string, x: number, value: number): ReportMeasurement => {
    return { name: 'tcp_lat', series, x, value, unit: 'us' };
  };

  it('begin at zero, the longest being the largest value, half characters and all', () => {
    expect(chartOf([at('bypass', 1, 10), at('stock', 1, 40), at('stock', 64, 0), at('bypass', 64, 10.5)])).toEqual([
      'by message size in bytes',
      ` 1  stock     40           ${'█'.repeat(40)}`,
      `    bypass    10  -75.0 %  ${'█'.repeat(10)}`,
      '64  stock      0',
      `    bypass  10.5           ${'█'.repeat(10)}▌`,
    ]);
  });

  it('have a scale for each place where values are far apart, which is said', () => {
    expect(chartOf([at('stock', 1, 1), at('bypass', 1, 0.5), at('stock', 64, 1000), at('bypass', 64, 1)])).toEqual([
      'by message size in bytes, each with a scale of its own',
      ` 1  stock      1           ${'█'.repeat(40)}`,
      `    bypass   0.5  -50.0 %  ${'█'.repeat(20)}`,
      `64  stock   1000           ${'█'.repeat(40)}`,
      '    bypass     1  -99.9 %  ▌',
    ]);
  });

  it('show some of very many places, the last among them, and can be drawn of nothing but zeros', () => {
    const chart = chartOf(Array.from({ length: 90 }, (_, index) => at('stock', index + 1, index + 1)));
    expect(chart).toHaveLength(20);
    expect(chart.at(-2)).toBe(`90  stock  90  ${'█'.repeat(40)}`);
    expect(chart.at(-1)).toBe('(18 of 90; the table has all)');
    expect(chartOf([at('stock', 1, 0)])).toEqual([
      'by message size in bytes, each with a scale of its own',
      '1  stock  0',
    ]);
  });
});

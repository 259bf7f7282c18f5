// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { reportPage } from '../../../src/report/html/page.ts';
import { junitXml } from '../../../src/report/junit.ts';
import { markup } from '../../../src/report/markup.ts';
import type { Report } from '../../../src/report/model.ts';
import { visible } from '../../../src/report/text.ts';
import { control, hostileReport } from './hostile-report.ts';
import { hostile, mixedReport, sampleReport, sampleSuite, sampleTarget, sampleTest } from './sample.ts';

describe('markup', () => {
  it('escapes all but markup, makes control characters visible, and takes nothing for nothing', () => {
    const inner = markup`<b title="${'"\'<&>'}">${'\u0000\u001b'}</b>`;
    expect(markup`${inner}${['<', 1, [inner.text.length]]}${false}${undefined}`.text).toBe(
      `<b title="&quot;&apos;&lt;&amp;&gt;">␀␛</b>&lt;1${inner.text.length}`,
    );
  });
});

describe('JUnit', () => {
  type Case = {
    '@name': string;
    '@classname': string;
    failure?: unknown;
    error?: unknown;
    skipped?: unknown;
    'system-out'?: unknown;
  };
  type Suite = {
    '@name': string;
    '@tests': string;
    '@failures': string;
    '@errors': string;
    '@skipped': string;
    testcase: Case[];
  };
  const parse = (report: Report) => {
    const xml = junitXml(report);
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml).not.toMatch(control);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      textNodeName: '#text',
      isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
      trimValues: false,
    });
    const root = parser.parse(xml).testsuites;
    return {
      root,
      suites: (root.testsuite ?? []) as Suite[],
      cases: ((root.testsuite ?? []) as Suite[]).flatMap((one) => one.testcase),
    };
  };

  it('counts what it holds', () => {
    const { root, suites, cases } = parse(mixedReport());
    expect(suites.map((suite) => suite['@name'])).toEqual([
      'debian-11/5.10.0-41-amd64: build',
      'debian-11/5.10.0-41-amd64: fastpath',
      'debian-12/6.1.0-56-amd64: build',
      'debian-12/6.1.0-56-amd64: fastpath',
      'debian-13/6.12.94+deb13-amd64: build',
      'debian-14/7.1.3+deb14-amd64: build',
      'debian-14/7.1.3+deb14-amd64: fastpath',
    ]);
    for (const [attribute, element] of [
      ['@failures', 'failure'],
      ['@errors', 'error'],
      ['@skipped', 'skipped'],
    ] as const) {
      const held = cases.filter((one) => element in one).length;
      expect(Number(root[attribute])).toBe(held);
      expect(suites.reduce((sum, suite) => sum + Number(suite[attribute]), 0)).toBe(held);
    }
    expect(Number(root['@tests'])).toBe(cases.length);
    expect([root['@failures'], root['@errors'], root['@skipped']]).toEqual(['3', '1', '1']);
  });

  it('has a case for what ended without a test: no machine, no mirror, a target with neither', () => {
    const { cases } = parse(mixedReport());
    expect(cases.at(-1)?.error).toMatchObject({ '@message': 'the machine printed nothing for 60 s' });
    const skipped = sampleTarget(0, { status: 'skip', reason: 'no mirror has it', suites: [] });
    delete skipped.build;
    expect(parse(sampleReport([skipped])).cases).toMatchObject([
      { '@name': 'target', skipped: { '@message': 'no mirror has it' } },
    ]);
    expect(parse(sampleReport([])).cases).toEqual([]);
  });

  it('gives hostile text back as it was, control characters made visible', () => {
    const failed = parse(hostileReport()).cases.find((one) => one.failure);
    expect(failed?.['@name']).toBe(visible(hostile).replace(/\s+/g, ' '));
    expect(failed?.failure).toHaveProperty('#text', expect.stringContaining(visible(hostile)));
  });

  it('bounds what one test said and tells how much is missing', () => {
    const evidence = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
    const suites = [sampleSuite('x', { status: 'fail', tests: [sampleTest(0, { status: 'fail', evidence })] })];
    const xml = junitXml(sampleReport([sampleTarget(0, { suites })]));
    expect(xml.length).toBeLessThan(25_000);
    expect(xml).toMatch(/… \d+ lines left out/);
    expect(xml).toContain('line 19999');
  });
});

describe('page', () => {
  const logs = new Map([
    [
      'debian-11/fastpath/console.log',
      {
        head: [
          hostile,
          '[    1.000000] ovnfast: test start 010-lines',
          '[    1.000001] WARNING: x',
          '[    1.000002] ---[ end trace 0 ]---',
          '[    1.000003] fine',
        ],
        omitted: { lines: 12, bytes: 3456 },
        tail: ['last'],
      },
    ],
  ]);
  const outside = (html: string) => html.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');

  it('holds no hostile markup, one script of its own, and neither handlers nor anything fetched', () => {
    const html = reportPage(hostileReport(), logs);
    expect(html).not.toMatch(control);
    expect(html.match(/<script/g)).toHaveLength(1);
    const tags = outside(html).match(/<[a-z][^>]*>/gi) ?? [];
    expect(tags.length).toBeGreaterThan(100);
    for (const tag of tags) {
      const bare = tag.replace(/"[^"]*"/g, '""');
      expect(bare).not.toMatch(/\s(on\w+|style|src|srcset|action)\s*=/i);
      for (const [, address = ''] of tag.matchAll(/\shref="([^"]*)"/g))
        expect(address).not.toMatch(/^(?!data:image\/svg)[a-z]+:|^\/\//i);
    }
    expect(html).not.toMatch(/<(img|iframe|object|embed|base|form)\b/i);
  });

  it('allows by its policy exactly the style and the script in it', () => {
    const html = reportPage(mixedReport(), logs);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&apos;', "'");
    for (const element of ['style', 'script']) {
      const text = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(html)?.[1] ?? '';
      expect(text.length).toBeGreaterThan(1000);
      expect(policy).toContain(`${element}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    }
    expect(policy).toContain("default-src 'none'");
  });

  it('gives every part an address of its own, and every link inside the page has its place', () => {
    const twice = sampleSuite('x', {
      tests: [
        sampleTest(0),
        sampleTest(0),
        sampleTest(0, { name: 'four lines!' }),
        sampleTest(0, { name: 'four lines?' }),
      ],
    });
    const report = sampleReport([
      sampleTarget(0, { suites: [twice, twice] }),
      sampleTarget(0),
      ...mixedReport().targets.slice(1),
    ]);
    const html = outside(reportPage(report, logs));
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('debian-12/fastpath/nat-gateway');
    expect(ids).toContain('debian-11/5.10.0-41-amd64/fastpath/four-lines');
    for (const [, hash = ''] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(hash);
  });

  it('tells whose compiler built for a kernel tree', () => {
    const target = sampleTarget(0, { id: 'local' });
    const page = () => reportPage(sampleReport([target]), logs);
    expect(page()).not.toContain('toolchain of');
    if (target.build) target.build.toolchain = 'debian-11';
    expect(page()).toContain('toolchain of debian-11');
  });

  it('tells what of a log was left out, and that a log is not there', () => {
    const html = reportPage(mixedReport(), logs);
    expect(html).toContain(
      '12 lines (3.5 kB) left out here; the whole log is <a href="debian-11/fastpath/console.log">',
    );
    expect(html).toContain('<li value="18">last</li>');
    expect(html).toContain('<code>debian-12/fastpath/console.log</code> is not there');
  });

  it('marks in a kernel log what the judgement rests on, and where tests begin', () => {
    const html = reportPage(mixedReport(), logs);
    expect(html).toContain('18 lines');
    expect(html).toContain('1 complaint<');
    for (const [mark, line] of [
      ['marker', '0] ovnfast: test start 010-lines'],
      ['bad', '1] WARNING: x'],
      ['part', '2] ---[ end trace 0 ]---'],
    ]) {
      expect(html).toContain(`<li class="${mark}">[    1.00000${line}</li>`);
    }
    expect(html).toContain('<li>[    1.000003] fine</li>');
  });

  it('stays readable in size: 4 targets of 25 tests without logs under 200 kB', () => {
    expect(reportPage(sampleReport([0, 1, 2, 3].map((index) => sampleTarget(index))), new Map()).length).toBeLessThan(
      200_000,
    );
  });
});

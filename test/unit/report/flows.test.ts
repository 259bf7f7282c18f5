// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { judgeFlows } from '../../../src/flows/judge.ts';
import { parseDump } from '../../../src/flows/parse.ts';
import { dumpTitle, flowState, flowSummary } from '../../../src/report/flows.ts';
import { judgementText } from '../../../src/report/flows-table.ts';
import { reportPage } from '../../../src/report/html/page.ts';
import { validateReport } from '../../../src/report/model.ts';
import { summaryMarkdown } from '../../../src/report/summary/summary.ts';
import { corigine, line } from '../flows/lines.ts';
import { flowSuite, hostile, hostileFlows, sampleReport, sampleTarget } from './sample.ts';

const terminal = (columns: number, colour = false) => ({
  interactive: colour,
  colour,
  size: () => ({ columns, rows: 40 }),
});
const judge = (lines: string[]) => judgeFlows(parseDump(lines.join('\n'), 'x').flows, {});
const report = (suite = flowSuite('debian-12')) => sampleReport([sampleTarget(1, { suites: [suite] })]);

describe('in report.json, flows', () => {
  test('are of one form', () => {
    expect(validateReport(JSON.parse(JSON.stringify(report())))).toEqual(report());
    const bad = JSON.parse(JSON.stringify(report()));
    bad.targets[0].suites[0].flows[0].flows[0].offloaded = 'maybe';
    bad.targets[0].suites[0].flows[0].flows[1].packets = -1;
    expect(() => validateReport(bad)).toThrow(InputError);
    expect(() => validateReport(bad)).toThrow(/flows\.0\.flows\.0\.offloaded: .*flows\.0\.flows\.1\.packets: /);
  });
});

describe('in the job summary, flows', () => {
  test('are a folded table per dump', () => {
    const text = summaryMarkdown(report());
    expect(text).toContain('### Flows of the datapath');
    expect(text).toContain('| match | packets | bytes | offloaded | dp | actions | why not |');
    expect(text).toMatch(
      /\| <code>in&#95;port\(sn0r0\).* \| 941539 \| 62142230 \| ✅ yes \| tc \| <code>sn0r1<\/code> \| {2}\|/,
    );
    expect(text).toMatch(/\| 0 \| 0 \| ⚠️ yes, 0 packets \| tc \|/);
    expect(text).toMatch(/\| ❌ NO \| ovs \| <code>hash.* \| no card does hash\(\) \|/);
    expect(text).toMatch(/\| no need \| ovs \| <code>drop<\/code> \| ARP is control traffic \|/);
    expect(text).toContain('one-node&#58; 1 of 3 flows that should be offloaded is not');
    expect(text).toContain('It held no flow.');
    expect(summaryMarkdown(sampleReport([sampleTarget(1)]))).not.toContain('Flows');
  });

  test('leave room for what went wrong', () => {
    const [dump] = flowSuite('x').flows ?? [];
    const flows = Array.from({ length: 100 }, () => ({
      name: 'many',
      flows: Array.from({ length: 100 }, () => dump?.flows ?? []).flat(),
    }));
    const text = summaryMarkdown(report(flowSuite('x', { flows })));
    expect(text).toMatch(/… and 350 more, in `report.html`\./);
    expect(text).toMatch(/… and \d+ more dumps, in `report.html`\./);
    expect(Buffer.byteLength(text)).toBeLessThan(300_000);
  });
});

describe('on the page, flows', () => {
  test('are a table per dump, with why not and what to do', () => {
    const html = reportPage(report(), new Map());
    expect(html).toContain(
      '<th scope="col">match</th><th scope="col">packets</th><th scope="col">bytes</th><th scope="col">offloaded</th><th scope="col">dp</th><th scope="col">actions</th><th scope="col">why not</th>',
    );
    expect(
      html.match(/<tr class="(pass|error|fail|skip)"><th scope="row"><code>in_port\(sn0r\d\),<wbr>eth/g),
    ).toHaveLength(4);
    expect(html).toContain(
      '<li>no card does hash(): <strong>Turn it off.</strong> <span class="meta">lib/tc.c</span></li>',
    );
    expect(html).toContain(
      'Flows, one-node: 1 of 3 flows that should be offloaded is not (4 in all); 1 counted no packet yet',
    );
    expect(html).toContain('The datapath held no flow.');
    expect(reportPage(sampleReport([sampleTarget(1)]), new Map())).not.toContain('class="dumps"');
  });

  test('are all escaped, and no more than anybody reads', () => {
    const html = reportPage(report(hostileFlows('x')), new Map());
    expect(html).not.toContain('<script>document');
    expect(html).not.toContain('<img src=x');
    const [flow] = flowSuite('x').flows?.[0]?.flows ?? [];
    const flows = [{ name: 'many', flows: Array.from({ length: 1000 }, () => flow ?? []).flat() }];
    expect(reportPage(report(flowSuite('x', { flows })), new Map())).toContain('and 700 more in report.json');
  });
});

describe('in a terminal, a judgement', () => {
  const mixed = [
    ...corigine,
    line({ packets: 0 }),
    line({ state: 'dp:ovs', actions: 'hash(l4(0)),recirc(0x7)' }),
    ...Array.from({ length: 5 }, () => line({ state: 'dp:tc' })),
    line({ state: 'dp:ovs', actions: 'drop' }),
    line({ state: 'offloaded:partial, dp:ovs' }),
  ];

  test('is a table, reasons with remedies, and a line that sums it up', () => {
    const text = judgementText(judge(mixed), terminal(120));
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^match .* actions .* packets +bytes +dp +offloaded$/);
    expect(lines[1]).toMatch(/^in_port\(sn0r0\),.*…? +hash\(l4\(0\)\),recirc\(0x7\) +10 +980 B +ovs +✗ NO$/);
    expect(text).toMatch(/✗ PARTLY\n/);
    expect(text).toMatch(/82386659 +116 GB +tc +✓ yes\n/);
    expect(text).toMatch(
      /\n✗ 1 flow: no card computes dp_hash.*\n {4}Turn the load balancer.*\n {4}\(Open vSwitch.*\n {4}line 4: in_port/,
    );
    expect(text).toMatch(/\n✗ 5 flows: tc has it in software only.*(\n {4}.*){5}\n {4}and 2 more\n/);
    expect(text).toMatch(/\n– 1 flow: its packets are dropped.*\n\n/);
    expect(text).toMatch(
      /\n✗ FAIL {2}7 of 10 flows that should be offloaded are not \(11 in all\); 1 counted no packet yet\n$/,
    );
    expect(lines.slice(0, 12).every((row) => [...row].length <= 120)).toBe(true);
  });

  test('has colours on a terminal only, and shows a great dump in part, what is missed first', () => {
    expect(judgementText(judge(mixed), terminal(80, true))).toContain('\u001b[31m');
    const many = [...Array.from({ length: 500 }, () => line()), line({ state: 'dp:tc' })];
    const text = judgementText(judge(many), terminal(80));
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')[1]).toContain('✗ NO');
    expect(text).toContain('and 461 more flows (--json shows all)');
  });

  test('says that a dump of offloaded flows alone hides the others', () => {
    expect(judgementText(judge(corigine), terminal(80))).toMatch(
      /\n✓ pass {2}all 2 flows .* are\n.*type=offloaded shows no others\.\n$/,
    );
    expect(judgementText(judge([...corigine, line({ actions: 'drop', state: 'dp:ovs' })]), terminal(80))).not.toContain(
      'type=offloaded',
    );
  });

  test('lets nothing of a dump act on the terminal', () => {
    const port = '\u001b[2J\u202e';
    const text = judgementText(judge([line({ state: 'dp:tc', port, actions: port })]), terminal(80));
    expect(text).not.toContain('\u001b');
    expect(text).toContain('␛[2J<U+202E>');
  });

  test('is of a dump without flows as well', () => {
    const text = judgementText(judge([]), terminal(80));
    expect(text).toMatch(/^✗ the dump: no flow of it should be offloaded, .*\n {4}Take the dump while TCP or UDP runs/);
    expect(text).toMatch(/✗ FAIL {2}no flow\n$/);
  });
});

test('a flow is in the card in vain when its packets take the way through software', () => {
  const icmp = 'ipv4(proto=1,frag=no),icmp(type=0/0,code=0/0)';
  const [flow] = judge([line({ ip: icmp, actions: 'ct(zone=1),recirc(0x1)' })]).flows;
  expect(flow && flowState(flow)).toBe('yes, unused');
});

test('a dump is summed up in one line', () => {
  const [dump] = flowSuite('x').flows ?? [];
  expect(dump && dumpTitle(dump)).toBe(
    'one-node: 1 of 3 flows that should be offloaded is not (4 in all); 1 counted no packet yet',
  );
  expect(flowSummary(judge(corigine.slice(1)))).toBe('the 1 flow that should be offloaded is');
  expect(flowSummary(judge(corigine))).toBe('all 2 flows that should be offloaded are');
  expect(hostile).toContain('<script>');
});

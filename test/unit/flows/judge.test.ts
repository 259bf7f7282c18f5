// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Judgement, judgeFlows, type Origin } from '../../../src/flows/judge.ts';
import { has, isKernelRelease, kernelFacts } from '../../../src/flows/kernel.ts';
import { parseDump } from '../../../src/flows/parse.ts';
import { corigine, line, type Parts } from './lines.ts';

function judge(lines: string[], origin: Origin = {}): Judgement {
  return judgeFlows(parseDump(lines.join('\n'), 'x').flows, origin);
}

/** What becomes of one flow among others that are offloaded, and why: `missed hash`. */
function verdict(parts: Parts, origin: Origin = {}, others: Parts[] = [{}]): string {
  const { flows } = judge([line(parts), ...others.map(line)], origin);
  return [flows[0]?.verdict, ...(flows[0]?.why ?? []).map(({ id }) => id)].join(' ');
}

const ovs = 'dp:ovs';
const tc = 'dp:tc';
const tracked = 'ct_state(0x22/0x23),recirc_id(0x5),dp_hash(0/0)';
const tcp = 'ipv4(src=0.0.0.0/0.0.0.0,dst=10.0.0.2,proto=6,frag=no),tcp(src=0/0,dst=0/0)';
const icmp = 'ipv4(src=0.0.0.0/0.0.0.0,dst=10.0.0.2,proto=1,frag=no),icmp(type=0/0,code=0/0)';
/** Shows that the kernel shares recirculation with tc. */
const sharing: Parts = { keys: 'ct_state(0/0),recirc_id(0x99),dp_hash(0/0)' };

describe('a dump passes when every flow that should be offloaded is', () => {
  test('as that of an Agilio card in the documentation of Kube-OVN', () => {
    const { passed, counts, problems } = judge(corigine);
    expect({ passed, counts, problems }).toEqual({
      passed: true,
      counts: { offloaded: 2, uncounted: 0, exempt: 0, missed: 0 },
      problems: [],
    });
  });

  test('and not when one is not', () => {
    expect(judge([...corigine, line({ state: tc })])).toMatchObject({
      passed: false,
      counts: { offloaded: 2, missed: 1 },
    });
    // The control: without what makes it an offloaded flow, the very same line is none.
    const plain = corigine.map((text) => text.replace('offloaded:yes, ', ''));
    expect(judge(plain)).toMatchObject({ passed: false, counts: { missed: 2 } });
  });

  test('and something proves it', () => {
    expect(judge([])).toMatchObject({ passed: false, problems: [{ id: 'nothing' }] });
    expect(judge([line({ state: ovs, actions: 'drop' })])).toMatchObject({
      passed: false,
      problems: [{ id: 'nothing' }],
    });
    expect(judge([line({ packets: 0 })])).toMatchObject({ passed: false, problems: [{ id: 'uncounted' }] });
    expect(judge([line({ packets: 0 }), line()])).toMatchObject({
      passed: true,
      counts: { offloaded: 1, uncounted: 1 },
    });
  });
});

describe('nobody expects to be offloaded', () => {
  test.each<[string, Parts]>([
    ['drop', { actions: 'drop' }],
    ['drop', { actions: '<empty>' }],
    ['control', { type: '0x0806', ip: 'arp(sip=10.0.0.1,tip=10.0.0.2,op=1/0xff)' }],
    ['control', { type: '0x88cc', ip: '' }],
    ['control', { type: '0x8100', ip: 'vlan(vid=5,pcp=0),encap(eth_type(0x0806),arp(op=1))' }],
    ['control', { type: '0x86dd', ip: 'ipv6(proto=58,frag=no),icmpv6(type=135,code=0),nd(target=fd00::2)' }],
    ['control', { actions: 'userspace(pid=1,controller(reason=1,dont_send=0))' }],
    ['control', { actions: 'userspace(pid=1,slow_path(bfd))' }],
    ['multicast', { eth: 'src=02:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff' }],
    ['multicast', { eth: 'src=02:00:00:00:00:01,dst=01:00:00:00:00:00/01:00:00:00:00:00' }],
    ['multicast', { ip: 'ipv4(dst=224.0.0.1,frag=no)' }],
    ['multicast', { type: '0x86dd', ip: 'ipv6(dst=ff02::1,frag=no)' }],
    ['software-port', { port: 'ovn0' }],
    ['software-port', { actions: 'set(eth(dst=02:00:00:00:00:09)),br-int' }],
    ['new-connections', { keys: 'ct_state(0x21/0x23),recirc_id(0x5)', actions: 'ct(commit,zone=1),sn0r1' }],
    ['new-connections', { keys: 'ct_state(+new+trk),recirc_id(0x5)', actions: 'ct(commit,zone=1),sn0r1' }],
    ['conntrack-protocol', { keys: tracked, ip: icmp }],
    ['conntrack-protocol', { ip: icmp, actions: 'ct(zone=1),recirc(0x5)' }],
  ])('%s: %o', (id, parts) => {
    expect(verdict({ ...parts, state: ovs })).toBe(`exempt ${id}`);
    expect(judge([line({ ...parts, state: ovs }), line()]).passed).toBe(true);
    // One that is all the same is as good as any, unless its packets cannot be the card's.
    const apart = ['new-connections', 'conntrack-protocol'].includes(id);
    expect(verdict(parts)).toBe(apart ? `exempt ${id}` : 'offloaded');
  });

  test.each<[string, Parts]>([
    ['a match that multicast is one of', { eth: 'src=02:00:00:00:00:01,dst=00:00:00:00:00:00/00:00:00:00:00:00' }],
    ['unicast with a mask', { eth: 'src=02:00:00:00:00:01,dst=02:00:00:00:00:00/01:00:00:00:00:00' }],
    ['IPv6 pings without conntrack', { type: '0x86dd', ip: 'ipv6(proto=58,frag=no),icmpv6(type=128,code=0)' }],
    ['pings without conntrack', { ip: icmp }],
    ['established connections', { keys: 'ct_state(0x22/0x23),recirc_id(0)', ip: tcp }],
    ['a protocol that is not told', { actions: 'ct(zone=1),recirc(0x5)', ip: 'ipv4(proto=0/0,frag=no)' }],
    ['a port with another name', { port: 'ovn0_h' }],
  ])('but %s', (_, parts) => {
    expect(verdict({ ...parts, state: tc })).toMatch(/^missed /);
  });

  test('what is from ports that the user names', () => {
    const origin = { softwarePorts: ['eth*', 'lo'] };
    expect(verdict({ state: ovs, port: 'eth7' }, origin)).toBe('exempt software-port');
    expect(verdict({ state: ovs, port: 'ovn0' }, origin)).toBe('missed refused');
  });
});

describe('is not offloaded, and should be', () => {
  test.each<[string, Parts]>([
    ['hash', { state: ovs, actions: 'hash(l4(0)),recirc(0x7)' }],
    ['hash', { state: ovs, keys: 'recirc_id(0x7),dp_hash(0x1/0xf)' }],
    ['hash', { state: ovs, actions: 'lb_output(1)' }],
    ['software-output', { state: ovs, actions: 'mirror0,sn0r1' }],
    ['fragments', { state: ovs, ip: 'ipv4(proto=17,frag=later)' }],
    ['fragments', { state: tc, type: '0x86dd', ip: 'ipv6(proto=17,frag=first)' }],
    ['upcall', { state: ovs, actions: 'userspace(pid=1,slow_path(action))' }],
    ['upcall', { state: ovs, actions: 'userspace(pid=1,slow_path(bfd,match))' }],
    ['upcall', { state: ovs, actions: 'userspace(pid=1,sFlow(vid=0,pcp=0,output=2),actions),sn0r1' }],
    ['key', { state: ovs, keys: 'ct_tuple4(src=10.0.0.1,dst=10.0.0.2,proto=6,tp_src=1,tp_dst=2),recirc_id(0)' }],
    ['key', { state: ovs, keys: 'skb_mark(0x5),recirc_id(0)' }],
    ['key', { state: ovs, type: '0x8847', ip: 'mpls(label=1/0xfffff,bos=0/1,label=2/0xfffff,bos=1/1)' }],
    ['key', { state: ovs, keys: 'ct_state(0x42/0x42),recirc_id(0)' }],
    ['key', { state: ovs, type: '0x894f', ip: 'nsh(spi=0x1,si=255)' }],
    ['action', { state: ovs, actions: 'check_pkt_len(size=1500,gt(sn0r1),le(sn0r2))' }],
    ['action', { state: ovs, actions: 'trunc(100),sn0r1' }],
    ['action', { state: ovs, actions: 'set(sctp(src=5)),sn0r1' }],
    ['action', { state: ovs, actions: 'clone(sn0r1),sn0r2' }],
    ['too-many-actions', { state: ovs, actions: Array.from({ length: 17 }, (_, port) => `sn0r${port}`).join(',') }],
    ['recirculation', { state: ovs, actions: 'ct(zone=1),recirc(0x5)', ip: tcp }],
    ['recirculation', { state: ovs, keys: tracked, ip: tcp }],
    [
      'tunnel',
      { state: ovs, keys: 'tunnel(tun_id=0x1,src=1.1.1.1,dst=2.2.2.2,flags(key)),recirc_id(0)', port: 'stt_sys_7471' },
    ],
    ['tunnel', { state: tc, actions: 'set(tunnel(tun_id=0x1,src=1.1.1.1,dst=2.2.2.2,flags(df|key))),6' }],
    ['conntrack-driver', { state: tc, actions: 'ct(zone=1),recirc(0x5)', ip: tcp }],
    ['driver', { state: tc }],
    ['driver', { state: tc, actions: 'set(tunnel(tun_id=0x1,src=1.1.1.1,dst=2.2.2.2,tp_dst=6081,flags(df|key))),6' }],
    [
      'tunnel-policy',
      {
        state: ovs,
        keys: 'tunnel(tun_id=0x1,src=1.1.1.1,dst=2.2.2.2,flags(key)),recirc_id(0)',
        port: 'genev_sys_6081',
      },
    ],
    ['refused', { state: ovs }],
    ['partial', { state: 'offloaded:partial, dp:ovs' }],
  ])('%s: %o', (id, parts) => {
    expect(verdict(parts)).toBe(`missed ${id}`);
    // The control: with nothing of all that, it is offloaded.
    expect(verdict({})).toBe('offloaded');
  });

  test('for several reasons at once', () => {
    const parts = { state: ovs, actions: 'hash(l4(0)),recirc(0x7)', keys: 'recirc_id(0),ct_tuple4(proto=6)' };
    expect(verdict(parts)).toBe('missed hash key');
  });

  test('because nothing is: Open vSwitch does not offload at all', () => {
    expect(verdict({ state: ovs }, {}, [{ state: ovs }])).toBe('missed off');
    expect(verdict({ state: ovs }, {}, [{ state: tc }])).toBe('missed refused');
  });

  test('because of recirculation, only where no flow shows that the kernel can', () => {
    const parts = { state: ovs, actions: 'ct(zone=1),recirc(0x5)', ip: tcp };
    expect(verdict(parts, {}, [{}])).toBe('missed recirculation');
    expect(verdict(parts, {}, [sharing])).toBe('missed refused');
    const [flow] = judge([line(parts), line()], { kernel: '5.3.0' }).flows;
    expect(flow?.why?.map(({ id, text }) => `${id}: ${text.slice(0, 30)}`)).toEqual([
      'conntrack-kernel: kernel 5.3.0 is too old: it ne',
      'recirculation: kernel 5.3.0 is too old: it ne',
    ]);
  });

  test('though it says so: what leads to it is not, or the kernel cannot know', () => {
    const child = { keys: tracked, ip: tcp };
    const parent = { actions: 'ct(zone=1),recirc(0x5)', ip: tcp };
    expect(verdict(child, {}, [parent])).toBe('offloaded');
    expect(verdict(child, {}, [{ ...parent, state: tc }])).toBe('missed unreached');
    expect(verdict(child, {}, [{ ...parent, state: tc }, parent])).toBe('offloaded');
    expect(verdict(child, {}, [])).toBe('offloaded');
    expect(verdict(child, {}, [{ ...parent, ip: icmp, state: tc }])).toBe('exempt conntrack-protocol');
    expect(verdict({}, { kernel: '4.9.0-19-amd64' })).toBe('missed no-flag');
    expect(verdict({}, { kernel: '4.19.0-27-amd64' })).toBe('offloaded');
  });
});

describe('conntrack', () => {
  const parts = { state: tc, keys: tracked, ip: tcp };
  test.each([
    ['5.4.0-216-generic', 'missed conntrack-kernel'],
    ['4.18.0-193.el8.x86_64', 'missed conntrack-kernel'],
    ['4.18.0-240.22.1.el8_3.x86_64', 'missed conntrack-driver'],
    ['5.7.0', 'missed conntrack-driver'],
    ['5.14.0-503.el9.x86_64', 'missed conntrack-driver'],
    [undefined, 'missed conntrack-driver'],
  ])('with kernel %s: %s', (kernel, expected) => {
    expect(verdict(parts, kernel === undefined ? {} : { kernel }, [sharing])).toBe(expected);
  });

  test('of replies and of what is invalid is in tc since 5.12', () => {
    const reply = { state: ovs, keys: 'ct_state(0x2a/0x3e),recirc_id(0x5),dp_hash(0/0)', ip: tcp };
    expect(verdict(reply, { kernel: '5.10.0-46-amd64' }, [sharing])).toBe('missed conntrack-kernel');
    expect(verdict(reply, { kernel: '6.1.0-56-amd64' }, [sharing])).toBe('missed refused');
    expect(verdict({ ...reply, keys: tracked }, { kernel: '5.10.0-46-amd64' }, [sharing])).toBe('missed refused');
  });

  test('is none of the business of a match on packets that were not tracked', () => {
    const untracked = corigine[0]?.replace('offloaded:yes, ', '') ?? '';
    expect(judge([untracked], { kernel: '5.4.0' }).flows[0]?.why?.map(({ id }) => id)).toEqual(['driver']);
  });
});

test('what a kernel has is told by its release, where that can tell', () => {
  const { conntrack, replyAndInvalid } = kernelFacts;
  expect(['5.6.19', '5.7', '5.10.0-46-amd64', '6.1'].map((kernel) => has(kernel, conntrack))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(['4.18.0-147.el8', '4.18.0-553.8.1.el8_10.x86_64'].map((kernel) => has(kernel, conntrack))).toEqual([
    false,
    true,
  ]);
  // Distributions bring things to old versions.
  expect(has('3.10.0-1160.el7.x86_64', conntrack)).toBeUndefined();
  expect(has('4.18.0-553.el8', replyAndInvalid)).toBeUndefined();
  expect(has(undefined, conntrack)).toBeUndefined();
  expect(['5.10', '6.12.117+deb13-amd64', 'six', '', '5', 'v5.10'].map(isKernelRelease)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('every reason says on what it stands, and what should be offloaded has a remedy', () => {
  const lines = ['drop', 'hash(l4(0))', 'trunc(1),2', 'ct,recirc(0x1)', '5', 'mirror0,5'].map((actions) =>
    line({ state: ovs, actions }),
  );
  const { flows, problems } = judge([...lines, line({ state: tc }), line({ state: 'offloaded:partial, dp:ovs' })], {
    kernel: '5.2',
  });
  const reasons = [...flows, { verdict: 'missed', why: problems }].flatMap(({ verdict: of, why = [] }) =>
    why.map((one) => ({ ...one, of })),
  );
  expect(reasons.length).toBeGreaterThan(8);
  for (const { text, source, remedy, of } of reasons) {
    expect(text).not.toBe('');
    expect(source).not.toBe('');
    if (of === 'missed') expect(remedy ?? '').not.toBe('');
  }
});

describe('flows that Open vSwitch 3.1 and OVN of Debian 12 made on software SmartNICs', () => {
  const judged = async (name: string) => {
    const text = await readFile(new URL(`../../fixtures/flows/${name}.txt`, import.meta.url), 'utf8');
    const { flows, counts } = judgeFlows(parseDump(text, name).flows, { kernel: '6.1.0-56-amd64' });
    return {
      counts,
      why: [...new Set(flows.map((flow) => [flow.verdict, ...(flow.why ?? []).map(({ id }) => id)].join(' ')))],
    };
  };

  test('between two nodes are offloaded', async () => {
    const { counts, why } = await judged('two-nodes');
    expect(counts).toEqual({ offloaded: 2, uncounted: 0, exempt: 0, missed: 0 });
    expect(why).toEqual(['offloaded']);
  });

  test('with an ACL are, on Ubuntu 22.04, but for pings and first packets, whose rules are in the card in vain', async () => {
    const { counts, why } = await judged('acl-ubuntu');
    expect(counts).toEqual({ offloaded: 6, uncounted: 0, exempt: 7, missed: 0 });
    expect(why.sort()).toEqual(['exempt conntrack-protocol', 'exempt new-connections', 'offloaded']);
  });

  test('with an ACL and pings alone prove nothing, though all say offloaded:yes', async () => {
    const { counts, why } = await judged('acl-ubuntu-ping');
    expect(counts).toEqual({ offloaded: 0, uncounted: 0, exempt: 8, missed: 0 });
    expect(why.sort()).toEqual(['exempt conntrack-protocol', 'exempt new-connections']);
  });

  test('with an ACL are not, because the kernel of Debian does not share recirculation', async () => {
    const { counts, why } = await judged('acl');
    expect(counts).toEqual({ offloaded: 0, uncounted: 0, exempt: 4, missed: 5 });
    expect(why.sort()).toEqual(['exempt conntrack-protocol', 'exempt new-connections', 'missed recirculation']);
  });

  test('with a load balancer are not, because of hash and dp_hash as well', async () => {
    const { counts, why } = await judged('load-balancer');
    expect(counts).toEqual({ offloaded: 0, uncounted: 0, exempt: 2, missed: 13 });
    expect(why.sort()).toEqual(['exempt new-connections', 'missed hash', 'missed recirculation']);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import { actionsText, allActions, type Flow, inPort, keysOf, matchText, recircId } from '../../../src/flows/flow.ts';
import { parseDump, parseFlow } from '../../../src/flows/parse.ts';
import { firstOf, termOf } from '../../../src/flows/terms.ts';
import { corigine, line } from './lines.ts';

function flowOf(text: string): Flow {
  const read = parseFlow(text);
  if ('fault' in read) throw new Error(`column ${read.column}: ${read.fault}`);
  return read.flow;
}

const names = (flow: Flow) => flow.match.map(({ name }) => name);
const counters = ', packets:1, bytes:98, used:1.000s, dp:ovs, actions:';

describe('a flow', () => {
  test('of an Agilio card, as Kube-OVN documents it, is read whole', () => {
    const [first, second] = corigine.map(flowOf);
    expect(first).toMatchObject({
      ufid: '91cc45de-e7e9-4935-8f82-1890430b0f66',
      packets: 941539,
      bytes: 62142230,
      used: 0.26,
      offloaded: 'yes',
      dp: 'tc',
      actions: [{ name: 'output', port: '54235e5753b8_h' }],
    });
    expect(second).toMatchObject({ packets: 82386659, bytes: 115944854173, actions: [{ port: '5b45c61b307e_h' }] });
    expect(first && names(first)).toEqual([
      ...['skb_priority', 'skb_mark', 'ct_state', 'ct_zone', 'ct_mark', 'ct_label', 'recirc_id', 'dp_hash', 'in_port'],
      ...['packet_type', 'eth', 'eth_type', 'ipv4'],
    ]);
    expect(first && inPort(first)).toBe('5b45c61b307e_h');
    expect(first && recircId(first)).toBe(0n);
    expect(first && firstOf(first.match, 'ct_state')).toMatchObject({ value: '0', mask: '0x23' });
    expect(first && matchText(first)).toBe(
      'in_port(5b45c61b307e_h),ct_state(0/0x23),ct_label(0/0x1),eth(src=00:00:00:c5:6d:4e,dst=00:00:00:e7:16:ce),eth_type(0x0800),ipv4(frag=no)',
    );
  });

  // Each in the form that format_odp_key_attr__ of lib/odp-util.c writes.
  test.each([
    [
      'tunnel(tun_id=0x5,src=172.31.4.150,dst=172.31.2.150,ttl=0/0,tp_src=0/0,tp_dst=6081,geneve({class=0x102,type=0x80,len=4,0x10002/0x7fffffff}),flags(-df+csum+key))',
    ],
    [
      'tunnel(tun_id=0x0,ipv6_src=fd00::1,ipv6_dst=fd00::2,tos=0/0,ttl=64,geneve({class=0x102/0,type=0x80/0,len=4,0x10002/0}{class=0xffff,type=0,len=8,0x0000000100000002}),flags(df|csum))',
    ],
    ['tunnel(tun_id=0x7,src=10.0.0.1,dst=10.0.0.2,vxlan(gbp(id=10,flags=0/0)),flags(0/0))'],
    ['tunnel(src=1.1.1.1,dst=2.2.2.2,erspan(ver=2,dir=1,hwid=0x7),flags(key))'],
    ['tunnel(tun_id=0x1,src=1.1.1.1,dst=2.2.2.2,gtpu(flags=0x30,msgtype=255),flags(key))'],
    ['ct_state(+new-est-rel-rpl-inv+trk)'],
    ['ct_state(est|trk)'],
    ['ct_tuple4(src=10.0.0.0/255.0.0.0,dst=0.0.0.0/0.0.0.0,proto=6,tp_src=0/0,tp_dst=80)'],
    ['ct_tuple6(src=fd00::/ffff::,dst=::/::,proto=17,src_port=0/0,dst_port=53)'],
    ['ct_label(0x00000000000000010000000000000002/0x000000000000000f000000000000000f)'],
    [
      'eth_type(0x8100),vlan(vid=10,pcp=0/0x0),encap(eth_type(0x0800),ipv4(src=0.0.0.0/0.0.0.0,dst=10.0.0.2,frag=no),udp(src=0/0,dst=53))',
    ],
    ['eth_type(0x88a8),vlan(vid=5,pcp=3),encap(eth_type(0x8100),vlan(vid=6,pcp=0,cfi=0),encap(eth_type(0x86dd)))'],
    ['eth_type(0/0x8100),vlan(),encap()'],
    [
      'eth_type(0x86dd),ipv6(src=::/::,dst=fd00::2,label=0/0,proto=58,tclass=0/0,hlimit=0/0,frag=no),icmpv6(type=135,code=0),nd(target=fd00::2,sll=02:00:00:00:00:01,tll=00:00:00:00:00:00)',
    ],
    ['nd_ext(nd_reserved=0x0,nd_options_type=1)'],
    [
      'eth_type(0x0806),arp(sip=10.0.0.1,tip=10.0.0.2,op=1/0xff,sha=02:00:00:00:00:01/00:00:00:00:00:00,tha=00:00:00:00:00:00)',
    ],
    ['eth_type(0x0800),ipv4(proto=6,frag=no),tcp(src=0/0xf000,dst=80),tcp_flags(syn|ack)'],
    ['tcp_flags(-fin+syn-rst/0x17)'],
    ['eth_type(0x8847),mpls(label=16/0xfffff,tc=0/0,ttl=64/0x0,bos=0/1,label=17/0xfffff,tc=0/0,ttl=64/0x0,bos=1/1)'],
    ['eth_type(0x894f),nsh(flags=0,ttl=63,mdtype=1,np=3,spi=0x123,si=255,c1=0x1,c2=0x0/0x00000000)'],
    ['sctp(src=1,dst=2),icmp(type=8,code=0/0)'],
    ['key29(0x01020304/0xffffffff)'],
    ['eth()'],
    ['<empty>'],
  ])('may have the key %s', (key) => {
    const flow = flowOf(`recirc_id(0x1f),in_port(3),${key}${counters}drop`);
    // Nothing is lost: the terms are the text again.
    expect(flow.match.map(({ text }) => text).join(',')).toBe(`recirc_id(0x1f),in_port(3),${key}`);
    expect(recircId(flow)).toBe(31n);
  });

  // Each in the form that format_odp_action of lib/odp-util.c writes.
  test.each([
    ['drop', ['drop']],
    ['5', ['output']],
    ['sn0r1,genev_sys_6081,vlan.7', ['output', 'output', 'output']],
    [
      'set(tunnel(tun_id=0x5,src=1.1.1.1,dst=2.2.2.2,tos=0x0,ttl=64,tp_dst=6081,geneve({class=0x102,type=0x80,len=4,0x20003}),flags(df|csum|key))),genev_sys_6081',
      ['set', 'output'],
    ],
    [
      'set(eth(src=00:00:31:00:22:00,dst=88:2a:5e:a9:30:af)),set(ipv4(ttl=62)),ct(zone=1,nat),recirc(0x2)',
      ['set', 'set', 'ct', 'recirc'],
    ],
    [
      'ct(commit,zone=5,mark=0x1/0xffffffff,label=0x1/0x1,helper=ftp,timeout=ovs_tp_0_tcp4,nat(src=10.0.0.1-10.0.0.9:1024-65535,persistent,random)),7',
      ['ct', 'output'],
    ],
    ['ct(force_commit,nat(dst=[fd00::1]-[fd00::9]:80)),ct_clear,ct,8', ['ct', 'ct_clear', 'ct', 'output']],
    ['push_vlan(vid=10,pcp=0),4,pop_vlan,5', ['push_vlan', 'output', 'pop_vlan', 'output']],
    ['push_vlan(tpid=0x88a8,vid=10,pcp=0,cfi=0)', ['push_vlan']],
    ['hash(l4(0)),recirc(0x3)', ['hash', 'recirc']],
    ['hash(Unknown hash algorithm(7)),lb_output(1)', ['hash', 'lb_output']],
    ['userspace(pid=4294149776,slow_path(action))', ['userspace']],
    [
      'userspace(pid=0,controller(reason=1,dont_send=0,continuation=0,recirc_id=5,rule_cookie=0x1f,controller_id=0,max_len=65535))',
      ['userspace'],
    ],
    ['userspace(pid=1,sFlow(vid=0,pcp=0,output=2),actions,tunnel_out_port=3),2', ['userspace', 'output']],
    ['userspace(pid=1,userdata(0102),tunnel_out_port=genev_sys_6081)', ['userspace']],
    [
      'sample(sample=50.0%,actions(userspace(pid=1,flow_sample(probability=1,collector_set_id=2,obs_domain_id=3,obs_point_id=4,output_port=5,ingress)),6)),7',
      ['sample', 'userspace', 'output', 'output'],
    ],
    ['clone(set(eth(dst=02:00:00:00:00:09)),3),4', ['clone', 'set', 'output', 'output']],
    ['check_pkt_len(size=1500,gt(userspace(pid=1,slow_path(action))),le(2))', ['check_pkt_len', 'userspace', 'output']],
    ['dec_ttl(le_1(userspace(pid=1,slow_path(action)))),2', ['dec_ttl', 'userspace', 'output']],
    ['trunc(100),3,meter(2),psample(group=1,cookie=0x0102)', ['trunc', 'output', 'meter', 'psample']],
    [
      'push_mpls(label=16,tc=0,ttl=64,bos=1,eth_type=0x8847),pop_mpls(eth_type=0x800),add_mpls(label=1,tc=0,ttl=1,bos=1,eth_type=0x8847)',
      ['push_mpls', 'pop_mpls', 'add_mpls'],
    ],
    [
      'push_nsh(flags=0,ttl=63,mdtype=2,np=3,spi=0x1,si=255,md2=0x01),pop_nsh(),push_eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02),pop_eth',
      ['push_nsh', 'pop_nsh', 'push_eth', 'pop_eth'],
    ],
    [
      'tnl_push(tnl_port(6),header(size=58,type=5,eth(dst=02:00:00:00:00:01,src=02:00:00:00:00:02,dl_type=0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=17,tos=0,ttl=64,frag=0x4000),udp(src=0,dst=6081,csum=0x0),geneve(oam,vni=0x7,options({class=0x102,type=0x80,len=4,0x1}))),out_port(1))',
      ['tnl_push'],
    ],
    [
      'tnl_push(tnl_port(6),header(size=46,type=3,gre((flags=0x2000,proto=0x6558),key=0x1)),out_port(1)),tnl_pop(4)',
      ['tnl_push', 'tnl_pop'],
    ],
    ['set(nsh(flags=0x00/0x01,si=254)),set(skb_mark(0x1)),action99(01 02)', ['set', 'set', 'action99']],
    ['<empty>,***4 leftover bytes*** (01020304)', ['<empty>', '***4 leftover bytes*** ']],
  ])('may have the actions %s', (actions, expected) => {
    const flow = flowOf(`recirc_id(0),in_port(3),eth(),eth_type(0x0800)${counters}${actions}`);
    expect(allActions(flow.actions).map(({ name }) => name)).toEqual(expected);
    expect(actionsText(flow)).toBe(actions);
  });

  test('tells its counters, and whether and where it is offloaded', () => {
    const flow = (attributes: string) =>
      flowOf(`in_port(1), packets:0, bytes:0, used:never, ${attributes}actions:drop`);
    expect(flow('')).toMatchObject({ packets: 0, bytes: 0, offloaded: 'no' });
    expect(flow('')).not.toHaveProperty('used');
    expect(flow('')).not.toHaveProperty('dp');
    expect(flow('flags:SFP., dp:ovs, ')).toMatchObject({ flags: 'SFP.', dp: 'ovs', offloaded: 'no' });
    expect(flow('offloaded:partial, dp:ovs, ')).toMatchObject({ offloaded: 'partial' });
    expect(flow('offloaded:yes, dp:dpdk, ')).toMatchObject({ offloaded: 'yes', dp: 'dpdk' });
    expect(flow('offloaded:no, dp:tc, ')).toMatchObject({ offloaded: 'no' });
    // Of a version to come.
    expect(flow('speed:fast, dp:tc, ')).toMatchObject({ dp: 'tc' });
    expect(flowOf('in_port(1), packets:1, bytes:2, used:-0.004s, dp:tc, actions:2').used).toBe(-0.004);
  });

  test('may end with what its datapath has to say', () => {
    const flow = flowOf(`in_port(1)${counters}push_vlan(vid=1,pcp=0),2, dp-extra-info:miniflow_bits(4,1)`);
    expect(flow).toMatchObject({ extra: 'miniflow_bits(4,1)', actions: [{ name: 'push_vlan' }, { port: '2' }] });
  });

  test.each([
    [`in_port(1${counters}drop`, 8, 'the line ends before the ")" that closes "in_port"'],
    [`in_port(1),ct11),packet_type(ns=0/0)${counters}drop`, 16, 'unexpected ")"'],
    [`in_port(1)x${counters}drop`, 11, 'unexpected "x"'],
    [`in_port(1),=5${counters}drop`, 12, 'a value without a name'],
    [`in_port(1),${'a('.repeat(40)}${')'.repeat(40)}${counters}drop`, 61, 'more than 24 parentheses inside each other'],
    ['ufid:xyz, in_port(1)', 6, 'not a flow identifier (ufid)'],
    ['in_port(1)', 11, 'the line ends before its actions'],
    ['in_port(1),eth(', 15, 'the line ends before the ")" that closes "eth"'],
    ['in_port(1), packets:1, bytes:1', 31, 'the line ends before its actions'],
    [', packets:1, bytes:1, used:never, actions:drop', 1, 'unexpected ","'],
    ['packets:1, bytes:1, used:never, actions:drop', 1, 'no key before the counters'],
    ['in_port(1), packets:x, bytes:1, used:never, actions:drop', 21, '"packets" is no number'],
    ['in_port(1), packets:1, packets:1, used:never, actions:drop', 24, '"packets" is told twice'],
    ['in_port(1), packets:1, used:never, actions:drop', 44, 'no "bytes:" before the actions'],
    ['in_port(1), packets:1, bytes:1, actions:drop', 41, 'no "used:" before the actions'],
    ['in_port(1), packets:1, bytes:1, used:soon, actions:drop', 38, '"used" is neither seconds nor "never"'],
    [
      'in_port(1), packets:1, bytes:1, used:1s, offloaded:maybe, actions:drop',
      52,
      '"offloaded" is neither yes nor partial nor no',
    ],
    [`in_port(1)${counters}`, 63, 'no action'],
    [`in_port(1)${counters}drop,`, 68, 'the line ends too soon'],
    [`in_port(1)${counters}2,3 [...]`, 65, 'neither an action nor a port: "3 [...]"'],
    [`in_port(1)${counters}set(eth(src=1)`, 66, 'the line ends before the ")" that closes "set"'],
  ])('%s is none', (text, column, fault) => {
    expect(parseFlow(text)).toEqual({ fault, column });
  });

  test('of any length and depth is read or refused in no time', () => {
    const start = performance.now();
    for (const unit of ['(', '{', ',', '=', 'a(', 'a=', '/', ')', ' ', 'a,', '0', 'packets:', '\u0000', '\u{1f600}']) {
      for (const before of ['', 'in_port(', 'in_port(1), packets:1, bytes:1, used:1s, actions:']) {
        const read = parseFlow(before + unit.repeat(60_000 / unit.length));
        if ('fault' in read) expect(read.column).toBeGreaterThan(0);
      }
    }
    expect(parseFlow(`in_port(1)${' '.repeat(70_000)}`)).toMatchObject({ fault: 'longer than 65536 characters' });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('a dump', () => {
  test('may hold headers, warnings, what kubectl says, and ends of line of any kind', () => {
    const text = [
      'Defaulted container "openvswitch" out of: openvswitch, hostpath-init (init)',
      '# ovs-appctl dpctl/dump-flows -m type=offloaded',
      '2023-03-01T12:00:00Z|00001|dpif_netlink|INFO|The kernel module does not support meters.',
      'flow-dump from the main thread:',
      corigine[0],
      '',
      'flow-dump from pmd on cpu core: 2',
      `  ${corigine[1]}  `,
      'command terminated with exit code 0',
    ].join('\r\n');
    const { flows, others } = parseDump(text, 'flows.txt');
    expect(flows.map(({ line: number, packets }) => [number, packets])).toEqual([
      [5, 941539],
      [8, 82386659],
    ]);
    expect(others).toBe(6);
  });

  test('without anything in it has no flow', () => {
    expect(parseDump('', 'x')).toEqual({ flows: [], others: 0 });
    expect(parseDump('\n\r\nflow-dump from the main thread:\n', 'x')).toEqual({ flows: [], others: 1 });
  });

  test.each([
    [
      `${line()}\n${line().replace('eth(', 'eth((')}\n`,
      /^f:2:\d+: this flow cannot be read: .*\n {2}Take the dump into a file/,
    ],
    [`${line().slice(0, 97)}\n${line().slice(97)}\n`, /^f:1:\d+: this flow cannot be read: the line ends before /],
    [
      'ovs-appctl: cannot connect to "/var/run/openvswitch/ovs-vswitchd.12.ctl" (No such file)',
      /^f:1:1: no flow, but "ovs-appctl: cannot connect/,
    ],
    ['\n{"flows": []}\n', /^f:2:1: no flow, but "\{\\"flows/],
    ['\u001b[31mred\u0000', /^f:1:1: no flow, but "\\u001b\[31mred\\u0000"\n {2}Give what/],
  ])('that is none is told with its place', (text, message) => {
    expect(() => parseDump(text, 'f')).toThrow(InputError);
    expect(() => parseDump(text, 'f')).toThrow(message);
  });

  test('of more flows than Open vSwitch holds is refused', () => {
    const short = 'in_port(1), packets:1, bytes:1, used:never, actions:2\n';
    expect(() => parseDump(short.repeat(4), 'f', 3)).toThrow(/^f:4:1: more than 3 flows/);
    expect(parseDump(short.repeat(3), 'f', 3).flows).toHaveLength(3);
  });
});

test('keys that match anything are told apart from those that do not', () => {
  const flow = flowOf(
    `skb_mark(0/0),ct_label(0/0),recirc_id(0),in_port(1),eth(src=00:00:00:00:00:00/00:00:00:00:00:00,dst=02:00:00:00:00:02),eth_type(0x86dd),ipv6(src=::/::,dst=fd00::2,label=0/0,frag=no),tcp(src=0/0,dst=0/0)${counters}2`,
  );
  expect(keysOf(flow).map(({ name }) => name)).toEqual(['recirc_id', 'in_port', 'eth', 'eth_type', 'ipv6']);
  expect(matchText(flow)).toBe('in_port(1),eth(dst=02:00:00:00:00:02),eth_type(0x86dd),ipv6(dst=fd00::2,frag=no)');
  expect(termOf(termOf(flow.match, 'eth')?.terms, 'dst')?.value).toBe('02:00:00:00:00:02');
});

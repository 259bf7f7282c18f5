// SPDX-License-Identifier: Apache-2.0

/** Two flows between two pods of one node with an Agilio card, as "Offload with Corigine" of Kube-OVN's documentation shows them. */
export const corigine = [
  'ufid:91cc45de-e7e9-4935-8f82-1890430b0f66, skb_priority(0/0),skb_mark(0/0),ct_state(0/0x23),ct_zone(0/0),ct_mark(0/0),ct_label(0/0x1),recirc_id(0),dp_hash(0/0),in_port(5b45c61b307e_h),packet_type(ns=0/0,id=0/0),eth(src=00:00:00:c5:6d:4e,dst=00:00:00:e7:16:ce),eth_type(0x0800),ipv4(src=0.0.0.0/0.0.0.0,dst=0.0.0.0/0.0.0.0,proto=0/0,tos=0/0,ttl=0/0,frag=no), packets:941539, bytes:62142230, used:0.260s, offloaded:yes, dp:tc, actions:54235e5753b8_h',
  'ufid:e00768d7-e652-4d79-8182-3291d852b791, skb_priority(0/0),skb_mark(0/0),ct_state(0/0x23),ct_zone(0/0),ct_mark(0/0),ct_label(0/0x1),recirc_id(0),dp_hash(0/0),in_port(54235e5753b8_h),packet_type(ns=0/0,id=0/0),eth(src=00:00:00:e7:16:ce,dst=00:00:00:c5:6d:4e),eth_type(0x0800),ipv4(src=0.0.0.0/0.0.0.0,dst=0.0.0.0/0.0.0.0,proto=0/0,tos=0/0,ttl=0/0,frag=no), packets:82386659, bytes:115944854173, used:0.260s, offloaded:yes, dp:tc, actions:5b45c61b307e_h',
];

/** What a flow is made of; all of it may be left out. */
export type Parts = {
  /** Keys that come before the others. */
  keys?: string;
  port?: string;
  eth?: string;
  type?: string;
  /** From the IP header on. */
  ip?: string;
  packets?: number;
  /** `offloaded:yes, dp:tc` by default; a flow of the kernel's datapath has `dp:ovs`. */
  state?: string;
  actions?: string;
};

let flows = 0;

/** A line of `ovs-appctl dpctl/dump-flows -m`: by default an offloaded flow of IPv4 from one representor to another. */
export function line(parts: Parts = {}): string {
  const { keys = 'ct_state(0/0),recirc_id(0),dp_hash(0/0)', port = 'sn0r0', type = '0x0800', packets = 10 } = parts;
  const {
    eth = 'src=02:00:00:00:00:01,dst=02:00:00:00:00:02',
    state = 'offloaded:yes, dp:tc',
    actions = 'sn0r1',
  } = parts;
  const { ip = 'ipv4(src=0.0.0.0/0.0.0.0,dst=0.0.0.0/0.0.0.0,proto=0/0,tos=0/0,ttl=0/0,frag=no)' } = parts;
  flows++;
  const ufid = `ufid:91cc45de-e7e9-4935-8f82-${flows.toString(16).padStart(12, '0')}`;
  const match = `skb_priority(0/0),skb_mark(0/0),${keys},in_port(${port}),packet_type(ns=0/0,id=0/0),eth(${eth}),eth_type(${type})`;
  const counters = `packets:${packets}, bytes:${packets * 98}, used:${packets > 0 ? '0.110s' : 'never'}`;
  return `${ufid}, ${match}${ip === '' ? '' : `,${ip}`}, ${counters}, ${state}, actions:${actions}`;
}

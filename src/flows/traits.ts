// SPDX-License-Identifier: Apache-2.0
// What a flow is, as far as it matters for its offload.
import { type Action, allActions, type Flow, inPort, keysOf, recircId } from './flow.ts';
import { firstOf, numberOf, type Term, termOf } from './terms.ts';

/** Bits of ct_state, from the kernel's include/uapi/linux/openvswitch.h. */
export const CT_STATE = {
  new: 0x01n,
  est: 0x02n,
  rel: 0x04n,
  rpl: 0x08n,
  inv: 0x10n,
  trk: 0x20n,
  snat: 0x40n,
  dnat: 0x80n,
};

const NUMBERS: Record<string, bigint> = CT_STATE;

/** What the flow wants of ct_state: the bits it looks at (`mask`), and those that must be set. */
export function ctState(flow: Flow): { set: bigint; mask: bigint } {
  const state = firstOf(flow.match, 'ct_state');
  const set = numberOf(state?.value);
  if (state === undefined) return { set: 0n, mask: 0n };
  if (set !== undefined) return { set, mask: state.mask === undefined ? 0xffn : (numberOf(state.mask) ?? 0n) };
  // Without -m: `-new+est`, or all of them: `est|trk`.
  const exact = !/^[+-]/.test(state.value ?? '');
  const words = state.value?.match(/[+-]?[a-z]+/g) ?? [];
  const bits = (chosen: string[]) => chosen.reduce((sum, word) => sum | (NUMBERS[word.replace(/^[+-]/, '')] ?? 0n), 0n);
  return { set: bits(words.filter((word) => !word.startsWith('-'))), mask: exact ? 0xffn : bits(words) };
}

/** Whether its packets go through conntrack, or have been through it. A match on packets that have not needs none of it. */
export function usesConntrack(flow: Flow): boolean {
  return (ctState(flow).set & CT_STATE.trk) !== 0n || allActions(flow.actions).some(({ name }) => name === 'ct');
}

/** Whether it is for packets that were recirculated, or recirculates them. */
export function recirculates(flow: Flow): boolean {
  return recircId(flow) !== 0n || recircTargets(flow).length > 0;
}

/** The recirculations that it leads to. */
export function recircTargets(flow: Flow): bigint[] {
  return allActions(flow.actions).flatMap(({ name, terms }) => {
    const target = name === 'recirc' ? numberOf(terms[0]?.value) : undefined;
    return target === undefined ? [] : [target];
  });
}

/** The ports it sends to. */
export function outputs(flow: Flow): string[] {
  return allActions(flow.actions).flatMap(({ port }) => (port === undefined ? [] : [port]));
}

/** The value of a field that must be met to the last bit: `exact(flow, 'ipv4', 'proto')`. Headers behind a VLAN tag are found as well. */
export function exact(flow: Flow, key: string, field?: string): string | undefined {
  const term = keyOf(flow, key);
  const found = field === undefined ? term?.terms?.[0] : termOf(term?.terms, field);
  return found?.mask === undefined ? found?.value : undefined;
}

/** A key that matches on anything, also behind a VLAN tag. */
export function keyOf(flow: Flow, key: string): Term | undefined {
  return search(keysOf(flow), key);
}

function search(terms: Term[], key: string): Term | undefined {
  // Of the keys inside `encap(...)` that of the innermost header says what a packet is.
  const inner = termOf(terms, 'encap')?.terms;
  return (inner && search(inner, key)) ?? termOf(terms, key);
}

/** The protocol above IP, when the flow is for one alone. */
export function protocol(flow: Flow): number | undefined {
  const number = numberOf(exact(flow, 'ipv4', 'proto') ?? exact(flow, 'ipv6', 'proto'));
  return number === undefined ? undefined : Number(number);
}

/** Whether it computes a hash of its packets, or matches on one. */
export function isHashed(flow: Flow): boolean {
  return (
    keyOf(flow, 'dp_hash') !== undefined ||
    allActions(flow.actions).some(({ name }) => ['hash', 'lb_output'].includes(name))
  );
}

/** Whether it is for broadcast or multicast alone, by the first byte of the link-layer destination or by the IP destination. */
export function isMulticast(flow: Flow): boolean {
  const destination = termOf(keyOf(flow, 'eth')?.terms, 'dst');
  const first = (text: string | undefined) => Number.parseInt(text?.slice(0, 2) ?? '', 16);
  if (
    destination &&
    (first(destination.value) & (destination.mask === undefined ? 255 : first(destination.mask)) & 1) === 1
  ) {
    return true;
  }
  const four = exact(flow, 'ipv4', 'dst') ?? '';
  return (Number.parseInt(four, 10) & 0xf0) === 0xe0 || /^ff[0-9a-f]{2}:/i.test(exact(flow, 'ipv6', 'dst') ?? '');
}

/** How it treats IP fragments, if it is for them. */
export function fragments(flow: Flow): string | undefined {
  const kind = exact(flow, 'ipv4', 'frag') ?? exact(flow, 'ipv6', 'frag');
  return kind === 'no' ? undefined : kind;
}

/** Tunnels by the names that Open vSwitch gives their devices (lib/dpif-netlink-rtnl.c, lib/netdev-vport.c), and by port. */
const TUNNEL_DEVICES: [RegExp, string][] = [
  [/^genev_sys_/, 'geneve'],
  [/^vxlan_sys_/, 'vxlan'],
  [/^gre_sys|^ip6gre_sys/, 'gre'],
  [/^stt_sys/, 'stt'],
  [/^lisp_sys/, 'lisp'],
  [/^erspan_sys|^ip6erspan_sys/, 'erspan'],
  [/^gtpu_sys/, 'gtpu'],
];
const TUNNEL_PORTS: Record<string, string> = { 6081: 'geneve', 4789: 'vxlan', 7471: 'stt', 2152: 'gtpu' };

/** The encapsulations that its packets come with or get; `unknown` where neither the device nor the port tells it. */
export function tunnels(flow: Flow): string[] {
  const found: string[] = [];
  const key = termOf(keysOf(flow), 'tunnel');
  if (key) found.push(tunnelOf(inPort(flow), key));
  const actions = allActions(flow.actions);
  for (const [index, action] of actions.entries()) {
    const set = action.name === 'set' ? termOf(action.terms, 'tunnel') : undefined;
    if (set) found.push(tunnelOf(actions.slice(index).find(({ port }) => port !== undefined)?.port, set));
  }
  return [...new Set(found)];
}

function tunnelOf(device: string | undefined, { terms }: Term): string {
  const byDevice = TUNNEL_DEVICES.find(([pattern]) => pattern.test(device ?? ''))?.[1];
  const byOptions = ['geneve', 'vxlan', 'erspan', 'gtpu'].find((name) => termOf(terms, name));
  return byDevice ?? byOptions ?? TUNNEL_PORTS[termOf(terms, 'tp_dst')?.value ?? ''] ?? 'unknown';
}

/** What an action that hands packets to ovs-vswitchd does it for: `controller`, `slow_path(bfd)`, `sFlow`. */
export function upcalls(flow: Flow): string[] {
  const whys = ['controller', 'slow_path', 'sFlow', 'flow_sample', 'ipfix'];
  return allActions(flow.actions).flatMap(({ name, terms }: Action) => {
    if (name !== 'userspace') return [];
    const why = terms.find((term) => whys.includes(term.name));
    if (why?.name === 'slow_path') return (why.terms ?? []).map(({ text }) => `slow_path(${text})`);
    return [why?.name ?? 'userspace'];
  });
}

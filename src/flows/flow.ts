// SPDX-License-Identifier: Apache-2.0
import { firstOf, isWildcard, numberOf, type Term } from './terms.ts';

/** How a flow is offloaded, as `offloaded:` says it. Open vSwitch leaves it out where it is not (`no`). */
export type Offloaded = 'yes' | 'partial' | 'no';

/** What a flow does with its packets. */
export type Action = {
  /** As Open vSwitch writes it: `set`, `ct`, `recirc`, `drop`; `output` where it writes a port alone. */
  name: string;
  /** Of `output`: the name of the port or its number. */
  port?: string;
  terms: Term[];
  /** Those inside: of `clone`, `sample`, `check_pkt_len` and `dec_ttl`. */
  actions: Action[];
  text: string;
};

/** A flow of the datapath: one line of `ovs-appctl dpctl/dump-flows -m`. */
export type Flow = {
  ufid?: string;
  /** In the order of the line, those that match anything (`skb_mark(0/0)`) among them. */
  match: Term[];
  packets: number;
  bytes: number;
  /** Seconds since the last packet; left out when there was none. */
  used?: number;
  /** TCP flags that were seen, as letters. */
  flags?: string;
  offloaded: Offloaded;
  /** Where it lives: `tc`, `ovs`, `dpdk`; left out by a dump without -m. */
  dp?: string;
  actions: Action[];
  /** What `dp-extra-info:` says. */
  extra?: string;
};

/** The actions and those inside them, from left to right. */
export function allActions(actions: Action[]): Action[] {
  return actions.flatMap((action) => [action, ...allActions(action.actions)]);
}

/** The port that the packets come from: its name or number. */
export function inPort(flow: Flow): string | undefined {
  return firstOf(flow.match, 'in_port')?.value;
}

/** The recirculation that the flow belongs to: `0x0` is for packets that come from a port. */
export function recircId(flow: Flow): bigint {
  return numberOf(firstOf(flow.match, 'recirc_id')?.value) ?? 0n;
}

/** The keys that the flow tells packets apart by, without those that match anything. */
export function keysOf(flow: Flow): Term[] {
  return flow.match.filter((term) => !isWildcard(term));
}

/**
 * The match for people: where the packets come from first; keys and fields that match anything are left out, and so is what
 * is the same for all packets that come from a port (`recirc_id(0)`, `eth()`).
 */
export function matchText(flow: Flow): string {
  const shown = keysOf(flow).filter(({ text }) => text !== 'recirc_id(0)' && text !== 'eth()');
  const isPort = ({ name }: Term) => name === 'in_port';
  return [...shown.filter(isPort), ...shown.filter((term) => !isPort(term))].map(shortText).join(',') || 'any';
}

function shortText(term: Term): string {
  if (!term.terms) return term.text;
  const inside = term.terms.filter((one) => !isWildcard(one)).map(shortText);
  const braces = term.name === '' && term.text.startsWith('{');
  const list = inside.join(term.name === 'geneve' ? '' : ',');
  return braces ? `{${list}}` : `${term.name}(${list})`;
}

/** The actions as Open vSwitch wrote them. */
export function actionsText(flow: Flow): string {
  return flow.actions.map(({ text }) => text).join(',');
}

// SPDX-License-Identifier: Apache-2.0
// Why nobody expects a flow to be offloaded.
import type { Flow } from './flow.ts';
import { type Reason, type Rule, type Surroundings, TC, when } from './reasons.ts';
import { numberOf } from './terms.ts';
import {
  CT_STATE,
  ctState,
  exact,
  isHashed,
  isMulticast,
  outputs,
  protocol,
  upcalls,
  usesConntrack,
} from './traits.ts';

const ACT_CT = 'Linux net/sched/act_ct.c, tcf_ct_flow_table_process_conn';

/** Of link-layer protocols that are no traffic of pods. */
const CONTROL_TYPES: Record<string, string> = {
  '0x0806': 'ARP',
  '0x8035': 'RARP',
  '0x8809': 'LACP',
  '0x88cc': 'LLDP',
  '0x8902': 'CFM',
};
const CONTROL_UPCALLS = ['controller', ...['cfm', 'bfd', 'lacp', 'stp', 'lldp'].map((name) => `slow_path(${name})`)];

/**
 * Reasons for which the packets of a flow go through software even where its rule is in the card: connections are made there,
 * and only some kinds are handed on.
 */
const inSoftware: Rule[] = [
  (flow) =>
    // A load balancer hashes those alone, and what it hashes for is a reason of its own.
    when((ctState(flow).set & CT_STATE.new) !== 0n && !isHashed(flow), {
      id: 'new-connections',
      text: 'it is for the first packets of connections: software tracks those, the card takes over when they are established',
      source: ACT_CT,
    }),
  (flow) => {
    const number = protocol(flow);
    const tracked = usesConntrack(flow) && number !== undefined && ![6, 17, 47].includes(number);
    return when(tracked, {
      id: 'conntrack-protocol',
      text: `conntrack in hardware is for TCP, UDP and GRE; this is IP protocol ${number}${number === 1 ? ' (ICMP)' : ''}`,
      source: ACT_CT,
    });
  },
];

/** Reasons for which nobody expects a flow to be offloaded; the first that holds is the one. */
const exemptions: Rule[] = [
  (flow) =>
    when(
      flow.actions.every(({ name }) => name === 'drop' || name === '<empty>'),
      {
        id: 'drop',
        text: 'its packets are dropped: nothing is forwarded that a card could forward',
        source: `${TC}: the empty list of actions`,
      },
    ),
  (flow) => {
    const type = CONTROL_TYPES[exact(flow, 'eth_type')?.toLowerCase() ?? ''];
    return when(type !== undefined, {
      id: 'control',
      text: `${type} is control traffic: a few packets that Open vSwitch itself may have to see`,
      source: 'IEEE 802 Numbers, EtherTypes',
    });
  },
  (flow) => {
    const type = numberOf(exact(flow, 'icmpv6', 'type'));
    return when(protocol(flow) === 58 && type !== undefined && type >= 133n && type <= 137n, {
      id: 'control',
      text: 'neighbour discovery of IPv6 is control traffic, as ARP is',
      source: 'RFC 4861',
    });
  },
  (flow) =>
    when(isMulticast(flow), {
      id: 'multicast',
      text: 'broadcast and multicast go to many ports, which cards leave to software',
      source: 'RFC 1112, section 6.4: the multicast bit of the destination',
    }),
  (flow) => {
    const whys = upcalls(flow);
    return when(whys.length > 0 && whys.every((why) => CONTROL_UPCALLS.includes(why)), {
      id: 'control',
      text: `ovs-vswitchd handles its packets: ${whys.join(', ')}`,
      source: 'Open vSwitch lib/odp-util.h, SLOW_PATH_REASONS',
    });
  },
  (flow, { isSoftware }) => {
    const from = exact(flow, 'in_port');
    const ports = outputs(flow);
    const port =
      from !== undefined && isSoftware(from) ? from : ports.length > 0 && ports.every(isSoftware) && ports[0];
    return when(typeof port === 'string', {
      id: 'software-port',
      text: `it is from or to ${port || ''}, which is no port of the card but of the host`,
      source: 'ports named by --software-port; Open vSwitch names the port of a bridge itself as the bridge',
    });
  },
];

/** Why nobody expects the flow to be offloaded; undefined when it should be. */
export function exemption(flow: Flow, around: Surroundings): Reason | undefined {
  return firstReason([...exemptions, ...inSoftware], flow, around);
}

/** Why the packets of a flow that is in the card go through software all the same; undefined when they need not. */
export function detour(flow: Flow, around: Surroundings): Reason | undefined {
  return firstReason(inSoftware, flow, around);
}

function firstReason(rules: Rule[], flow: Flow, around: Surroundings): Reason | undefined {
  for (const rule of rules) {
    const reason = rule(flow, around);
    if (reason) return reason;
  }
  return undefined;
}

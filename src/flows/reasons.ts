// SPDX-License-Identifier: Apache-2.0
// Why a flow is not offloaded. Each reason says on what it stands.
import { allActions, type Flow, keysOf } from './flow.ts';
import { has, type KernelFact, kernelFacts, sinceText } from './kernel.ts';
import { firstOf, isWildcard, numberOf, termOf } from './terms.ts';
import {
  CT_STATE,
  ctState,
  fragments,
  isHashed,
  keyOf,
  outputs,
  recirculates,
  tunnels,
  upcalls,
  usesConntrack,
} from './traits.ts';

/** One reason. */
export type Reason = {
  /** A word for programs, which stays: `hash`, `conntrack-kernel`. */
  id: string;
  text: string;
  /** What to do about it. */
  remedy?: string;
  /** Where what it says can be read. */
  source: string;
};

/** What is known beside the flow itself. */
export type Surroundings = {
  /** Release of the kernel that the dump comes from. */
  kernel?: string;
  /** Whether a port is none of the card's, by its name. */
  isSoftware: (port: string) => boolean;
  /** Of all flows: whether any is in tc, and any that recirculates. */
  anyInTc: boolean;
  anyRecirculationInTc: boolean;
};

/** Holds or not. */
export type Rule = (flow: Flow, around: Surroundings) => Reason | undefined;

/** Where Open vSwitch decides what it gives to tc. */
export const TC = 'Open vSwitch lib/netdev-offload-tc.c';

/** The reason, if it holds. */
export const when = (holds: boolean, reason: Reason): Reason | undefined => (holds ? reason : undefined);

/** Reasons that hold wherever the flow lives. */
const always: Rule[] = [
  (flow) =>
    when(isHashed(flow), {
      id: 'hash',
      text: 'no card computes dp_hash or does hash(): a load balancer of OVN, a select group or a bond chooses by it',
      remedy:
        'Turn the load balancer of OVN off (Kube-OVN: ENABLE_LB=false), and keep the uplink out of a bond of Open vSwitch.',
      source: `${TC}, test_key_and_mask; Kube-OVN, "Offload with Corigine"`,
    }),
  (flow, { kernel }) => {
    const fact = kernelFacts.conntrack;
    return when(usesConntrack(flow) && has(kernel, fact) === false, {
      ...kernelTooOld('conntrack-kernel', kernel, fact),
      remedy: `Boot ${sinceText(fact)}, or later.`,
    });
  },
  (flow, { isSoftware }) => {
    const software = outputs(flow).filter(isSoftware);
    return when(software.length > 0, {
      id: 'software-output',
      text: `it sends a copy to ${software.join(', ')}, which is no port of the card`,
      remedy: 'Turn mirroring off (Kube-OVN: ENABLE_MIRROR=false).',
      source: `${TC}: all outputs of a flow are one rule`,
    });
  },
  (flow) =>
    when(fragments(flow) !== undefined, {
      id: 'fragments',
      text: 'it is for IP fragments, in which only the first has ports; conntrack and cards leave them to software',
      remedy:
        'Give the pods an MTU that leaves room for the encapsulation (58 bytes for Geneve of OVN over IPv4), so that nothing is fragmented.',
      source: 'Linux net/sched/act_ct.c; Open vSwitch lib/netdev-offload-tc.c, is_ipv6_fragment_and_masked',
    }),
  (flow) => {
    const whys = upcalls(flow);
    return when(whys.length > 0, {
      id: 'upcall',
      text: `every packet goes to ovs-vswitchd: ${[...new Set(whys)].join(', ')}`,
      remedy: whys.some((why) => why.startsWith('slow_path'))
        ? 'Ask `ovs-appctl ofproto/trace` which action the datapath lacks; a newer kernel may have it.'
        : 'Turn sFlow, IPFIX and logging of ACLs off for this traffic.',
      source: `${TC}, netdev_tc_parse_nl_actions: no userspace()`,
    });
  },
];

const KEYS = ['ct_tuple4', 'ct_tuple6', 'nsh', 'nd', 'nd_ext', 'packet_type', 'skb_priority', 'skb_mark'];
const ACTIONS: Record<string, string> = {
  sample: '',
  psample: '',
  clone: '',
  trunc: '',
  tnl_push: ' (a tunnel of the userspace datapath)',
  tnl_pop: ' (a tunnel of the userspace datapath)',
  dec_ttl: '',
  push_nsh: '',
  pop_nsh: '',
  push_eth: '',
  pop_eth: '',
  add_mpls: '',
  check_pkt_len: ' (since Open vSwitch 3.0 it can, where the driver polices by size)',
  meter: ' (since Open vSwitch 3.0 it can, where the driver polices)',
};
const SETTABLE = ['eth', 'eth_type', 'ipv4', 'ipv6', 'tcp', 'udp', 'tunnel', 'mpls'];
/** TCA_ACT_MAX_NUM of lib/tc.h. */
const MAXIMUM_ACTIONS = 16;

/** Reasons for which Open vSwitch keeps a flow out of tc (`dp:ovs`). */
const keptFromTc: Rule[] = [
  (flow) => {
    const keys = KEYS.filter((key) => {
      const term = keyOf(flow, key);
      // An exact match on what every packet has is left out of the rule.
      return term !== undefined && !(term.terms ?? []).every((one) => isWildcard(one) || numberOf(one.value) === 0n);
    });
    const labels = (keyOf(flow, 'mpls')?.terms ?? []).filter(({ name }) => name === 'label').length;
    if (labels > 1) keys.push(`${labels} labels of MPLS`);
    return when(keys.length > 0, {
      id: 'key',
      text: `tc has no match on ${keys.join(', ')}`,
      remedy: 'Find the logical flow that needs it with `ovs-appctl ofproto/trace`, and do without.',
      source: `${TC}, test_key_and_mask`,
    });
  },
  (flow) => {
    const all = allActions(flow.actions);
    const names = [...new Set(all.flatMap(({ name }) => (name in ACTIONS || /^action\d/.test(name) ? [name] : [])))];
    const texts = names.map((name) => `${name}${ACTIONS[name] ?? ''}`);
    for (const { name, terms } of all) {
      const set = terms[0]?.name ?? '';
      if (name === 'set' && !SETTABLE.includes(set)) texts.push(`set(${set})`);
      if (name === 'ct' && termOf(terms, 'helper')) texts.push('ct(helper)');
    }
    return when(texts.length > 0, {
      id: 'action',
      text: `tc is not given the action ${texts.join(', ')}`,
      remedy:
        'Find the logical flow that needs it with `ovs-appctl ofproto/trace`, and do without; a newer Open vSwitch offloads more.',
      source: `${TC}, netdev_tc_parse_nl_actions`,
    });
  },
  (flow) =>
    when(allActions(flow.actions).length > MAXIMUM_ACTIONS, {
      id: 'too-many-actions',
      text: `a rule of tc has at most ${MAXIMUM_ACTIONS} actions`,
      remedy: 'Send to fewer ports at once: fewer mirrors, smaller broadcast domains.',
      source: 'Open vSwitch lib/tc.h, TCA_ACT_MAX_NUM',
    }),
  (flow, { kernel }) => {
    const { mask } = ctState(flow);
    const fact = kernelFacts.replyAndInvalid;
    const bits = (['rpl', 'inv', 'snat', 'dnat'] as const).filter((name) => (mask & CT_STATE[name]) !== 0n);
    const never = bits.filter((name) => name === 'snat' || name === 'dnat');
    if (never.length > 0) {
      const text = `tc has no match on ct_state ${never.join(', ')}`;
      return { id: 'key', text, source: `${TC}, parse_match_ct_state_to_flower` };
    }
    return when(bits.length > 0 && has(kernel, fact) === false, {
      ...kernelTooOld('conntrack-kernel', kernel, fact),
      remedy: `Boot ${sinceText(fact)}, or later.`,
    });
  },
  (flow, { kernel, anyRecirculationInTc }) => {
    const fact = kernelFacts.recirculation;
    if (!recirculates(flow) || anyRecirculationInTc || isHashed(flow)) return undefined;
    if (has(kernel, fact) === false)
      return { ...kernelTooOld('recirculation', kernel, fact), remedy: `Boot ${sinceText(fact)}.` };
    return {
      id: 'recirculation',
      text: `no flow that recirculates is in tc${usesConntrack(flow) ? ', and conntrack needs it' : ''}: the kernel does not share recirc_id with tc`,
      remedy:
        'Boot a kernel built with CONFIG_NET_TC_SKB_EXT=y (look for it in /boot/config-RELEASE; Debian 11 to 14 build without, Ubuntu with).',
      source: `Linux net/openvswitch/datapath.c, ovs_dp_change; ${TC}, "recirc_id sharing not supported"`,
    };
  },
];

/** Reasons for which what is in tc is not in the card, and what is neither has no better reason. */
const refused: Rule[] = [
  (flow) => {
    const kinds = tunnels(flow).filter((kind) => kind !== 'geneve' && kind !== 'vxlan' && kind !== 'gre');
    return when(kinds.length > 0, {
      id: 'tunnel',
      text: `its encapsulation is ${kinds.map((kind) => (kind === 'unknown' ? 'not known' : kind)).join(', ')}, and tc has tunnel keys for Geneve, VXLAN and GRE`,
      remedy: 'Use Geneve or VXLAN (Kube-OVN: TUNNEL_TYPE=geneve).',
      source: 'Linux net/sched/act_tunnel_key.c, cls_flower.c',
    });
  },
  (flow, { kernel }) =>
    when(flow.dp === 'tc' && usesConntrack(flow) && has(kernel, kernelFacts.conntrack) !== false, {
      id: 'conntrack-driver',
      text: `tc has it, the card has not: it goes through conntrack, which needs ${sinceText(kernelFacts.conntrack)}, and a driver that offloads connections`,
      remedy:
        'Look for the driver\'s word on "ct" in the log of ovs-vswitchd and in dmesg; give --kernel RELEASE to have the kernel judged.',
      source: kernelFacts.conntrack.source,
    }),
  (flow, { anyInTc }) =>
    when(flow.dp === 'ovs' && anyInTc && termOf(keysOf(flow), 'tunnel') !== undefined, {
      id: 'tunnel-policy',
      text: 'it comes out of a tunnel: under tc-policy=skip_sw the kernel refuses every rule of a tunnel device, whatever the driver',
      remedy:
        'ovs-vsctl remove Open_vSwitch . other_config tc-policy, and restart ovs-vswitchd; if there is none, see its log ("failed to offload flow").',
      source:
        'Linux net/sched/cls_api.c, tcf_block_offload_cmd: a device that is offloaded indirectly counts as one without offload',
    }),
  (flow, { anyInTc }) =>
    when(flow.dp === 'ovs' && !anyInTc, {
      id: 'off',
      text: 'no flow at all is in tc: Open vSwitch does not offload',
      remedy:
        'ovs-vsctl set Open_vSwitch . other_config:hw-offload=true (Kube-OVN: HW_OFFLOAD=true), and restart ovs-vswitchd.',
      source: 'ovs-vswitchd.conf.db(5), other_config:hw-offload',
    }),
];

/** The last resort: what was refused without a reason that a dump could show. */
function refusedAnyhow(flow: Flow): Reason {
  const port = firstOf(flow.match, 'in_port')?.value ?? 'PORT';
  if (flow.dp === 'tc') {
    return {
      id: 'driver',
      text: 'tc has it in software only: the driver refused the rule, or a port is none of the card (a veth)',
      remedy: `See \`tc -s filter show dev ${port} ingress\` (not_in_hw), \`ethtool -k ${port}\` (hw-tc-offload), and the driver's word in dmesg.`,
      source: `${TC}, parse_tc_flower_to_attrs`,
    };
  }
  return {
    id: 'refused',
    text: 'Open vSwitch kept it out of tc, or tc refused it: a driver that refuses under tc-policy=skip_sw, a port without tc, a full table',
    remedy:
      'ovs-appctl vlog/set netdev_offload_tc:dbg dpif_netlink:dbg tc:dbg, and read the log of ovs-vswitchd ("failed to offload flow").',
    source: 'Open vSwitch lib/dpif-netlink.c, parse_flow_put',
  };
}

function kernelTooOld(id: string, kernel: string | undefined, fact: KernelFact): Reason {
  return {
    id,
    text: `kernel ${kernel} is too old: it needs ${fact.what}, since ${sinceText(fact)}`,
    source: fact.source,
  };
}

/** Why a flow that should be offloaded is not. There is always a reason, if only where to look for it. */
export function whyNot(flow: Flow, around: Surroundings): Reason[] {
  if (flow.offloaded === 'partial') {
    return [
      {
        id: 'partial',
        text: 'the card only marks its packets, software does the actions',
        remedy: 'See the log of ovs-vswitchd for the action that the driver (rte_flow) refused.',
        source: 'Open vSwitch lib/dpctl.c, format_dpif_flow: offloaded, but in the datapath of software',
      },
    ];
  }
  const rules = [...always, ...(flow.dp === 'tc' ? [] : keptFromTc)];
  const found = collect(rules, flow, around);
  if (found.length > 0) return found;
  const [last = refusedAnyhow(flow)] = collect(refused, flow, around);
  return [last];
}

function collect(rules: Rule[], flow: Flow, around: Surroundings): Reason[] {
  return rules.flatMap((rule) => rule(flow, around) ?? []);
}

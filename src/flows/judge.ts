// SPDX-License-Identifier: Apache-2.0
import { matcher } from '../matrix/releases.ts';
import { detour, exemption } from './exemptions.ts';
import { actionsText, type Flow, matchText, type Offloaded, recircId } from './flow.ts';
import { has, kernelFacts } from './kernel.ts';
import { type Reason, type Surroundings, whyNot } from './reasons.ts';
import { recircTargets, recirculates } from './traits.ts';

/**
 * What a flow comes to. `uncounted`: offloaded, and no packet was counted, so that nothing shows that the card forwards it;
 * `exempt`: its packets go through software, as is to be expected; `missed`: not offloaded, and it should be.
 */
export type FlowVerdict = 'offloaded' | 'uncounted' | 'exempt' | 'missed';

/** A flow as reports show it. */
export type JudgedFlow = {
  ufid?: string;
  /** Line of the dump, where that is a file. */
  line?: number;
  /** Without what matches anything. */
  match: string;
  packets: number;
  bytes: number;
  /** Seconds since the last packet. */
  used?: number;
  offloaded: Offloaded;
  dp?: string;
  actions: string;
  verdict: FlowVerdict;
  why?: Reason[];
};

/** What is known of where a dump comes from. */
export type Origin = {
  kernel?: string;
  /** Names of ports, or globs, that are none of the card's; those of `SOFTWARE_PORTS` when left out. */
  softwarePorts?: string[];
};

/** What a dump comes to. */
export type Judgement = {
  /** Every flow that should be offloaded is, and the counters show that at least one forwards. */
  passed: boolean;
  flows: JudgedFlow[];
  /** How many of each. */
  counts: Record<FlowVerdict, number>;
  /** What is wrong with the dump as a whole. */
  problems: Reason[];
};

/** Kube-OVN's port of the node (ovn0) and of its mirror (mirror0), and those that bridges have themselves. */
export const SOFTWARE_PORTS = ['ovn0', 'mirror0', 'br-*', 'ovs-system'];

/** Judges the flows of one dump: which are offloaded, which need not be, and why the others are not. */
export function judgeFlows(
  flows: (Flow & { line?: number })[],
  { kernel, softwarePorts = SOFTWARE_PORTS }: Origin,
): Judgement {
  const around: Surroundings = {
    ...(kernel === undefined ? {} : { kernel }),
    isSoftware: matcher(softwarePorts),
    anyInTc: flows.some(({ dp }) => dp === 'tc'),
    anyRecirculationInTc: flows.some((flow) => flow.dp === 'tc' && recirculates(flow)),
  };
  const own = flows.map((flow) => judgeAlone(flow, around));
  const parents = parentsOf(flows);
  const judged = flows.map((flow, index) => {
    const before = parents.get(recircId(flow)) ?? [];
    return show(
      flow,
      unreached(
        own[index] ?? { verdict: 'missed' },
        before.flatMap((one) => own[one] ?? []),
      ),
    );
  });
  const counts = countVerdicts(judged);
  const problems = problemsOf(counts);
  return { passed: counts.missed === 0 && problems.length === 0, flows: judged, counts, problems };
}

/** How many flows come to what. */
export function countVerdicts(flows: Pick<JudgedFlow, 'verdict'>[]): Judgement['counts'] {
  const counts: Judgement['counts'] = { offloaded: 0, uncounted: 0, exempt: 0, missed: 0 };
  for (const { verdict } of flows) counts[verdict]++;
  return counts;
}

type Own = { verdict: FlowVerdict; why?: Reason[] };

function judgeAlone(flow: Flow, around: Surroundings): Own {
  const inCard = flow.offloaded === 'yes' && flow.dp !== 'ovs';
  if (inCard && flow.dp === 'tc' && has(around.kernel, kernelFacts.inHardware) === false) {
    const { what, linux, source } = kernelFacts.inHardware;
    const text = `offloaded:yes means nothing with kernel ${around.kernel}: it lacks ${what}, which came with Linux ${linux.join('.')}`;
    return {
      verdict: 'missed',
      why: [{ id: 'no-flag', text, remedy: 'Look at the counters of the card itself.', source }],
    };
  }
  if (inCard) {
    const why = detour(flow, around);
    if (why) return { verdict: 'exempt', why: [why] };
    return { verdict: flow.packets > 0 ? 'offloaded' : 'uncounted' };
  }
  const reason = exemption(flow, around);
  return reason ? { verdict: 'exempt', why: [reason] } : { verdict: 'missed', why: whyNot(flow, around) };
}

/** The flows, by their place, that lead to each recirculation. */
function parentsOf(flows: Flow[]): Map<bigint, number[]> {
  const parents = new Map<bigint, number[]>();
  for (const [index, flow] of flows.entries()) {
    for (const target of recircTargets(flow)) {
      const known = parents.get(target);
      if (known) known.push(index);
      else parents.set(target, [index]);
    }
  }
  return parents;
}

/** A flow that is offloaded is of no use when none of those that lead to it is: the card never gets that far. */
function unreached(own: Own, parents: Own[]): Own {
  const offloaded = ({ verdict }: Own) => verdict === 'offloaded' || verdict === 'uncounted';
  if (!offloaded(own) || parents.length === 0 || parents.some(offloaded)) return own;
  const exempt = parents.find(({ verdict }) => verdict === 'exempt');
  if (exempt && parents.every(({ verdict }) => verdict === 'exempt'))
    return { verdict: 'exempt', why: exempt.why ?? [] };
  return {
    verdict: 'missed',
    why: [
      {
        id: 'unreached',
        text: 'it is in the card, but none of the flows that recirculate to it is, so that no packet gets there in hardware',
        remedy: 'See why the flow with recirc() to it is not offloaded.',
        source: 'Open vSwitch lib/netdev-offload-tc.c: a recirc_id is a chain of tc, which rules reach by goto',
      },
    ],
  };
}

function show(flow: Flow & { line?: number }, { verdict, why }: Own): JudgedFlow {
  const { ufid, line, packets, bytes, used, offloaded, dp } = flow;
  return {
    ...(ufid === undefined ? {} : { ufid }),
    ...(line === undefined ? {} : { line }),
    match: matchText(flow),
    packets,
    bytes,
    ...(used === undefined ? {} : { used }),
    offloaded,
    ...(dp === undefined ? {} : { dp }),
    actions: actionsText(flow),
    verdict,
    ...(why === undefined ? {} : { why }),
  };
}

function problemsOf({ offloaded, uncounted, missed }: Judgement['counts']): Reason[] {
  if (offloaded + uncounted + missed === 0) {
    return [
      {
        id: 'nothing',
        text: 'no flow of it should be offloaded, so that it proves nothing',
        remedy: 'Take the dump while TCP or UDP runs between pods: flows are removed after 10 s without a packet.',
        source: 'ovs-vswitchd.conf.db(5), other_config:max-idle',
      },
    ];
  }
  if (offloaded + missed === 0) {
    return [
      {
        id: 'uncounted',
        text: 'no offloaded flow has counted a packet, so that nothing shows that the card forwards any',
        remedy:
          'Take the dump again while traffic runs; if packets stay 0, the driver reports no counters, and Open vSwitch will remove the flows as idle.',
        source: 'Open vSwitch lib/netdev-offload-tc.c, parse_tc_flower_to_stats',
      },
    ];
  }
  return [];
}

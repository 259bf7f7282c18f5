// SPDX-License-Identifier: Apache-2.0
import { countVerdicts, type FlowVerdict, type JudgedFlow, type Judgement } from '../flows/judge.ts';
import type { Reason } from '../flows/reasons.ts';
import type { ReportFlowDump, Status } from './model.ts';
import { counted } from './text.ts';

/** Flows that share a reason, for every way to show them. */
export type ReasonGroup = {
  reason: Reason;
  /** None for what is wrong with the dump as a whole. */
  verdict?: FlowVerdict;
  flows: JudgedFlow[];
};

/** The look that a verdict of a flow shares with statuses. */
export const FLOW_STATUS: Record<FlowVerdict, Status> = {
  missed: 'fail',
  uncounted: 'error',
  offloaded: 'pass',
  exempt: 'skip',
};

/** Whether and how a flow is offloaded, in a few words. */
export function flowState({ verdict, offloaded }: JudgedFlow): string {
  if (verdict === 'offloaded') return 'yes';
  if (verdict === 'uncounted') return 'yes, 0 packets';
  if (verdict === 'exempt') return offloaded === 'yes' ? 'yes, unused' : 'no need';
  if (offloaded === 'yes') return 'YES, IN VAIN';
  return offloaded === 'partial' ? 'PARTLY' : 'NO';
}

/** The reasons of a dump, each with its flows: first what is wrong with the whole, then of those missed, then the others. */
export function reasonGroups({ flows, problems }: Pick<Judgement, 'flows' | 'problems'>): ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>();
  for (const verdict of ['missed', 'exempt'] as const) {
    for (const flow of flows) {
      if (flow.verdict !== verdict) continue;
      for (const reason of flow.why ?? []) {
        // The remedy may name the port, and then is the first one's.
        const key = JSON.stringify([verdict, reason.id, reason.text]);
        const group = groups.get(key);
        if (group) group.flows.push(flow);
        else groups.set(key, { reason, verdict, flows: [flow] });
      }
    }
  }
  return [...problems.map((reason) => ({ reason, flows: [] })), ...groups.values()];
}

/** `2 of 5 flows that should be offloaded are not (12 in all)`. */
export function flowSummary({ counts, flows }: Pick<Judgement, 'counts' | 'flows'>): string {
  const { offloaded, uncounted, missed } = counts;
  const wanted = offloaded + uncounted + missed;
  const inAll = flows.length > wanted ? ` (${flows.length} in all)` : '';
  if (flows.length === 0) return 'no flow';
  if (wanted === 0) return `${counted(flows.length, 'flow')}, none of which should be offloaded`;
  const should = `${counted(wanted, 'flow')} that should be offloaded`;
  const silent = uncounted > 0 ? `; ${uncounted} counted no packet yet` : '';
  if (missed > 0) return `${missed} of ${should} ${missed === 1 ? 'is' : 'are'} not${inAll}${silent}`;
  return `${wanted === 1 ? 'the' : 'all'} ${should} ${wanted === 1 ? 'is' : 'are'}${inAll}${silent}`;
}

/** What a dump is about, on one line: `two-nodes: all 4 flows that should be offloaded are`. */
export function dumpTitle({ name, flows }: ReportFlowDump): string {
  return `${name}: ${flowSummary({ flows, counts: countVerdicts(flows) })}`;
}

/** Why a flow is not offloaded, on one line; empty where it is. */
export function whyText({ why = [] }: Pick<JudgedFlow, 'why'>): string {
  return why.map(({ text }) => text).join('; ');
}

// SPDX-License-Identifier: Apache-2.0
// Which flows the datapath held: `# flow: DUMP LINE`, one line per flow, each as `ovs-appctl dpctl/dump-flows -m` prints it.
import type { Flow } from '../flows/flow.ts';
import { type JudgedFlow, judgeFlows } from '../flows/judge.ts';
import { isFlow, parseFlow } from '../flows/parse.ts';
import { MEASUREMENT_NAME } from './measurement.ts';

/** The flows that a test saw at one time. */
export type FlowDump = { name: string; flows: JudgedFlow[] };

/** More are no table that anybody reads. */
const MAXIMUM_DUMPS = 200;
const MAXIMUM_FLOWS = 2000;
const MAXIMUM_EXCERPT = 200;

/** The dumps of a suite as they come. Each is told once, from its head (a line with its name alone) to the next head. */
export class FlowDumps {
  private readonly dumps = new Map<string, Flow[]>();
  private current: string | undefined;
  private count = 0;

  /** Takes what stands behind `# flow:`. Returns what is wrong with it, if anything; it is left out then. */
  add(text: string): string | undefined {
    const [, name = '', line = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
    const fault = this.open(name, line === '') ?? this.take(name, line);
    if (fault === undefined) return undefined;
    const shown = text.trim().slice(0, MAXIMUM_EXCERPT);
    return `no flow: "${shown}${shown.length < text.trim().length ? ' [...]' : ''}": ${fault}`;
  }

  /** The dumps, judged for the kernel that they come from. */
  judged(kernel: string | undefined): FlowDump[] {
    return [...this.dumps].map(([name, flows]) => ({
      name,
      flows: judgeFlows(flows, kernel === undefined ? {} : { kernel }).flows,
    }));
  }

  private open(name: string, isHead: boolean): string | undefined {
    if (!MEASUREMENT_NAME.test(name)) return `"${name}" is no name (letters, digits, "._+-")`;
    if (this.current === name && !isHead) return undefined;
    if (this.dumps.has(name)) return `the dump ${name} was told before`;
    if (this.dumps.size >= MAXIMUM_DUMPS) return `more than ${MAXIMUM_DUMPS} dumps`;
    this.current = name;
    this.dumps.set(name, []);
    return undefined;
  }

  private take(name: string, line: string): string | undefined {
    // Headers, warnings of Open vSwitch.
    if (line === '' || !isFlow(line)) return undefined;
    const read = parseFlow(line);
    if ('fault' in read) return `${read.fault} (column ${read.column} of the flow)`;
    if (read.flow.dp === undefined) return 'it does not say where it is (dp:); take the dump with -m';
    if (this.count >= MAXIMUM_FLOWS) return `more than ${MAXIMUM_FLOWS} flows`;
    this.count++;
    this.dumps.get(name)?.push(read.flow);
    return undefined;
  }
}

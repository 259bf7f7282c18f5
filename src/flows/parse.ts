// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../errors.ts';
import type { Action, Flow, Offloaded } from './flow.ts';
import { Fault, Reader, type Term } from './terms.ts';

/** Open vSwitch itself holds no more: other_config:flow-limit of ovs-vswitchd.conf.db(5) is 200000. */
const MAXIMUM_FLOWS = 200_000;
/** Keys, masks and actions are netlink attributes, each at most 64 KiB; as text they stay far below that. */
const MAXIMUM_LINE = 65_536;
const MAXIMUM_EXCERPT = 60;

/** What a dump holds. */
export type Dump = {
  flows: (Flow & { line: number })[];
  /** Lines that are no flows: headers, warnings, what `kubectl exec` says. Empty ones are not counted. */
  others: number;
};

/** Lines that a dump holds beside its flows, or that come with it from programs around it. */
const OTHER_LINES = [
  /^flow-dump from /,
  // A log line of Open vSwitch: 2023-03-01T12:00:00Z|00001|dpif|WARN|...
  /^\d{4}-\d\d-\d\dT[^|]*\|\d+\|/,
  /^Default(ed|ing) (container|debug)/,
  /^Unable to use a TTY/,
  /^If you don't see a command prompt/,
  // A command line that was copied with its output.
  /^[^ ]*[#$>] ?(sudo |kubectl |ovs-|$)/,
];
/** No other line has one of these, and every flow has. */
const LIKE_A_FLOW = /^ufid:|, ?packets:\d|\b(recirc_id|in_port|eth_type)\(/;

/**
 * Reads what `ovs-appctl dpctl/dump-flows -m` printed. `where` names the file for messages, `most` is how many flows it may hold.
 * Throws InputError with line and column for a flow that cannot be read, for a text that holds other things and no flow,
 * and for one that is too large. A text with nothing in it is a dump without flows.
 */
export function parseDump(text: string, where: string, most = MAXIMUM_FLOWS): Dump {
  const flows: Dump['flows'] = [];
  let others = 0;
  let unknown: { line: number; text: string } | undefined;
  let line = 0;
  for (let start = 0; start <= text.length; line++) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? text.length : end).replace(/\r+$/, '');
    start = end < 0 ? text.length + 1 : end + 1;
    if (content.trim() === '') continue;
    if (!isFlow(content)) {
      others++;
      if (!OTHER_LINES.some((pattern) => pattern.test(content))) unknown ??= { line: line + 1, text: content };
      continue;
    }
    const read = parseFlow(content);
    if ('fault' in read) {
      throw new InputError(`this flow cannot be read: ${read.fault}`, {
        where: `${where}:${line + 1}:${read.column}`,
        remedy:
          'Take the dump into a file: ovs-appctl dpctl/dump-flows -m > FILE; a terminal wraps and cuts its lines.',
      });
    }
    if (flows.length >= most) {
      throw new InputError(`more than ${most} flows`, {
        where: `${where}:${line + 1}:1`,
        remedy: 'Open vSwitch holds no more than that: give one dump at a time.',
      });
    }
    flows.push({ ...read.flow, line: line + 1 });
  }
  if (flows.length === 0 && unknown) {
    throw new InputError(`no flow, but ${JSON.stringify(unknown.text.slice(0, MAXIMUM_EXCERPT))}`, {
      where: `${where}:${unknown.line}:1`,
      remedy: 'Give what `ovs-appctl dpctl/dump-flows -m` prints.',
    });
  }
  return { flows, others };
}

/** Whether a line of a dump is for a flow, and not a header, a warning, or something else. */
export function isFlow(line: string): boolean {
  return LIKE_A_FLOW.test(line.slice(0, MAXIMUM_LINE));
}

/** Reads one line. `fault` says what is wrong with it, `column` where, counted from 1. Never throws. */
export function parseFlow(line: string): { flow: Flow } | { fault: string; column: number } {
  try {
    if (line.length > MAXIMUM_LINE) throw new Fault(`longer than ${MAXIMUM_LINE} characters`, MAXIMUM_LINE);
    return { flow: readFlow(new Reader(line.trimEnd(), line.length - line.trimStart().length)) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: error.message, column: error.at + 1 };
  }
}

const UFID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/y;
const ATTRIBUTE = /([a-z][a-z_-]{0,31}):/y;

function readFlow(reader: Reader): Flow {
  const ufid = readUfid(reader);
  const match: Term[] = [];
  // The keys end where the counters begin.
  do {
    skipBlanks(reader);
    if (standsAt(ATTRIBUTE, reader)) break;
    match.push(reader.term());
  } while (reader.take(',') || (!reader.ended && reader.unexpected()));
  if (match.length === 0) throw new Fault('no key before the counters', reader.at);
  const attributes = readAttributes(reader);
  const start = reader.at;
  const actions = readActions(reader);
  if (actions.length === 0) throw new Fault('no action', start);
  const extra = reader.ended ? undefined : reader.text.slice(reader.at);
  reader.at = reader.text.length;
  const { packets, bytes, used, flags, offloaded, dp } = attributes;
  return {
    ...(ufid === undefined ? {} : { ufid }),
    match,
    packets: counter(packets, 'packets', start),
    bytes: counter(bytes, 'bytes', start),
    ...seconds(used, start),
    ...(flags === undefined ? {} : { flags: flags.value }),
    offloaded: offloadedOf(offloaded),
    ...(dp === undefined ? {} : { dp: dp.value }),
    actions,
    ...(extra === undefined ? {} : { extra }),
  };
}

function readUfid(reader: Reader): string | undefined {
  if (!reader.take('ufid:')) return undefined;
  const [ufid] = standsAt(UFID, reader) ?? [];
  if (ufid === undefined) throw new Fault('not a flow identifier (ufid)', reader.at);
  reader.at += ufid.length;
  if (!reader.take(',')) reader.unexpected();
  return ufid;
}

type Attribute = { value: string; at: number };

/** `packets:1, bytes:2, ..., actions:`; the actions are not read. Those that are not known yet are passed over. */
function readAttributes(reader: Reader): Partial<Record<string, Attribute>> {
  const found: Partial<Record<string, Attribute>> = {};
  while (!reader.ended) {
    const [matched, name = ''] = standsAt(ATTRIBUTE, reader) ?? reader.unexpected();
    const at = reader.at;
    reader.at += matched.length;
    if (name === 'actions') return found;
    if (found[name]) throw new Fault(`"${name}" is told twice`, at);
    found[name] = { at: reader.at, value: reader.until(/,/g) };
    if (!reader.take(',')) break;
    skipBlanks(reader);
  }
  throw new Fault('the line ends before its actions', reader.at);
}

const EXTRA = ', dp-extra-info:';

function readActions(reader: Reader): Action[] {
  const actions: Action[] = [];
  if (reader.ended) return actions;
  do {
    const at = reader.at;
    actions.push(actionOf(reader.term(), at));
    if (reader.take(EXTRA)) break;
  } while (reader.take(',') || (!reader.ended && reader.unexpected()));
  return actions;
}

/** Words that are no ports. */
const WORDS = ['drop', 'ct', 'ct_clear', 'pop_vlan', 'pop_eth', '<empty>'];
const HOLDERS = ['clone', 'sample', 'check_pkt_len', 'dec_ttl'];
/** Where the actions of those stand: `sample(sample=1.0%,actions(...))`, `check_pkt_len(size=1500,gt(...),le(...))`. */
const INSIDE = ['actions', 'gt', 'le', 'le_1'];

function actionOf(term: Term, at: number): Action {
  const { name, value, terms = [], text } = term;
  if (name === '' && value !== undefined) {
    // A line that was cut, or one that Open vSwitch itself could not make sense of.
    if (/\s/.test(text)) throw new Fault(`neither an action nor a port: ${JSON.stringify(text)}`, at);
    return WORDS.includes(text)
      ? { name: text, terms, actions: [], text }
      : { name: 'output', port: text, terms, actions: [], text };
  }
  const inside =
    name === 'clone' ? terms : terms.flatMap((one) => (INSIDE.includes(one.name) ? (one.terms ?? []) : []));
  return { name, terms, actions: HOLDERS.includes(name) ? inside.map((one) => actionOf(one, at)) : [], text };
}

function counter(attribute: Attribute | undefined, name: string, end: number): number {
  if (!attribute) throw new Fault(`no "${name}:" before the actions`, end);
  if (!/^\d{1,20}$/.test(attribute.value)) throw new Fault(`"${name}" is no number`, attribute.at);
  return Number(attribute.value);
}

function seconds(attribute: Attribute | undefined, end: number): { used?: number } {
  if (!attribute) throw new Fault('no "used:" before the actions', end);
  if (attribute.value === 'never') return {};
  // Below zero where the clocks of a driver and of the daemon differ.
  const [, number] = /^(-?\d{1,12}(?:\.\d{1,6})?)s$/.exec(attribute.value) ?? [];
  if (number === undefined) throw new Fault('"used" is neither seconds nor "never"', attribute.at);
  return { used: Number(number) };
}

function offloadedOf(attribute: Attribute | undefined): Offloaded {
  const { value = 'no', at = 0 } = attribute ?? {};
  if (value === 'yes' || value === 'partial' || value === 'no') return value;
  throw new Fault('"offloaded" is neither yes nor partial nor no', at);
}

function standsAt(pattern: RegExp, reader: Reader): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  return pattern.exec(reader.text) ?? undefined;
}

function skipBlanks(reader: Reader): void {
  while (reader.take(' '));
}

// SPDX-License-Identifier: Apache-2.0

/** A workflow command, as a step prints it: `::error file=a.c,line=3::message`. */
export type WorkflowCommand = { name: string; properties: Record<string, string>; message: string };

/** What the runner makes of all that a step has printed. */
export type StepLog = {
  /** As a person sees it: commands are gone but for those that show, `##[error]` and the like, and what is masked is `***`. */
  text: string;
  /** All commands that took effect, in order. */
  commands: WorkflowCommand[];
  /** Those of them that GitHub shows beside the source, or above the log. */
  annotations: WorkflowCommand[];
  /** What the step asked to be masked. */
  masks: string[];
  /** A `stop-commands` that was not taken back: nothing after the step would be a command either. */
  stopped: boolean;
};

const ANNOTATIONS = ['error', 'warning', 'notice'];
const SHOWN = [...ANNOTATIONS, 'debug', 'group', 'endgroup'];
const KNOWN = [
  ...SHOWN,
  'set-env',
  'add-path',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'echo',
  'stop-commands',
  'save-state',
  'set-output',
];

/**
 * Reads what a step has printed as the runner does (its ActionCommand.cs and ActionCommandManager.cs): commands of both forms,
 * `::name key=value::text` at the start of a line and `##[name key=value]text` anywhere in it, unless they are stopped.
 */
export function readLog(output: string): StepLog {
  const lines: string[] = [];
  const commands: WorkflowCommand[] = [];
  const masks: string[] = [];
  let resume: string | undefined;
  const mask = (line: string) => masks.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  // As .NET reads lines: a carriage return alone ends one, too.
  for (const line of output.split(/\r\n|\r|\n/)) {
    const command = parse(line, resume === undefined ? KNOWN : [resume]);
    if (!command) {
      lines.push(mask(line));
      continue;
    }
    if (resume !== undefined) {
      resume = undefined;
      continue;
    }
    commands.push(command);
    if (command.name === 'stop-commands') resume = command.message;
    if (command.name === 'add-mask') masks.push(...command.message.split(/\r?\n/).filter((part) => part !== ''));
    if (SHOWN.includes(command.name)) lines.push(mask(`##[${command.name}]${command.message}`));
  }
  const annotations = commands.filter(({ name }) => ANNOTATIONS.includes(name));
  return { text: lines.join('\n'), commands, annotations, masks, stopped: resume !== undefined };
}

function parse(line: string, names: string[]): WorkflowCommand | undefined {
  // A line that is no command of the newer form may still be one of the older.
  return (
    command(/^\s*::((?:(?!::).)*)::(.*)$/s.exec(line), ',', names) ??
    command(/##\[([^\]]*)\](.*)$/s.exec(line), ';', names)
  );
}

function command(found: RegExpExecArray | null, separator: string, names: string[]): WorkflowCommand | undefined {
  const [, head, message] = found ?? [];
  if (head === undefined || message === undefined) return undefined;
  const [, name = '', rest = ''] = /^([^ ]*) ?(.*)$/s.exec(head) ?? [];
  const known = names.find((one) => one.toLowerCase() === name.toLowerCase());
  if (known === undefined) return undefined;
  const properties: Record<string, string> = {};
  for (const pair of rest.split(separator)) {
    const [, key, value] = /^\s*([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key && value) properties[key.trim()] = unescaped(value, { '%3A': ':', '%2C': ',' });
  }
  return { name: known, properties, message: unescaped(message) };
}

function unescaped(text: string, more: Record<string, string> = {}): string {
  const marks: Record<string, string> = { ...more, '%0D': '\r', '%0A': '\n', '%25': '%' };
  return text.replaceAll(/%(?:0D|0A|25|3A|2C)/g, (mark) => marks[mark] ?? mark);
}

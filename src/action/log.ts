// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RunEvent, Stage } from '../report/events.ts';
import { type Clock, LiveView, systemClock } from '../report/live.ts';
import type { Terminal } from '../report/terminal.ts';
import { byteSize, stopwatch } from '../report/text.ts';
import { commandLine, harmless, harmlessColoured } from './commands.ts';
import { type Block, buildBlock, preparedBlock, type Spent, suiteBlock } from './log-blocks.ts';

export type ActionLogOptions = {
  output: { write: (text: string) => unknown };
  /** The output directory of the run. */
  out: string;
  clock?: Clock;
};

/** What a target did before its build, in milliseconds. */
type Preparation = { stage: Stage; since: number; spent: Map<Stage, number>; fetched: number };

/**
 * A run as GitHub's log shows it best. Targets run side by side, and a group takes in every line up to its end, whoever wrote it:
 * so what happens is told outside of groups, a line per event, and what a phase of a target (preparation, build, each suite) came to
 * becomes a group when the phase is over, in one piece, with the verdict in its title. Folded, the log reads as the course of the
 * run; unfolded, each group is about one phase of one target.
 *
 * No line that comes from outside is a workflow command (see `harmless`); where a group holds what programs printed, commands are
 * stopped besides. Use: `using log = new ActionLog({ output: process.stdout, out })`, and hand `log.emit` to the run.
 */
export class ActionLog implements Disposable {
  /** For tables and the like that are to be printed here. */
  readonly terminal: Terminal = { interactive: false, colour: true, size: () => ({ columns: 120, rows: 24 }) };
  private readonly output: ActionLogOptions['output'];
  private readonly out: string;
  private readonly clock: Clock;
  private readonly view: LiveView;
  private readonly preparations = new Map<string, Preparation>();
  /** What no program can know, so that none makes commands work again. */
  private readonly token = randomUUID();
  private closed = false;

  constructor({ output, out, clock = systemClock }: ActionLogOptions) {
    this.output = output;
    this.out = out;
    this.clock = clock;
    this.view = new LiveView({ output: { write: (text) => this.print(text) }, terminal: this.terminal, clock });
  }

  /** Takes one event; bound, so that it can be handed on as a listener. */
  readonly emit = (event: RunEvent): void => {
    if (this.closed) return;
    switch (event.type) {
      case 'stage':
        this.changeStage(event.target, event.stage);
        break;
      case 'progress': {
        const preparation = this.preparations.get(event.target);
        if (preparation?.stage === 'fetch') preparation.fetched = event.done;
        break;
      }
      case 'prepared':
        this.group(preparedBlock(event, this.spent(event.target)));
        break;
      case 'built':
        this.group(buildBlock(event, (log) => join(this.out, log)));
        break;
      case 'tested':
        this.group(suiteBlock(event));
    }
    this.view.emit(event);
  };

  /** Prints text of ours, coloured or not, in which no line is a command whatever was put into it. Ends it with a newline. */
  print(text: string): void {
    this.output.write(`${harmlessColoured(text.replace(/\n$/, ''))}\n`);
  }

  /** Where each target is that has begun and not ended, or one of them, on one line; empty when none is. */
  lastSeen(target?: string): string {
    const lines = this.view.unfinished();
    if (target === undefined) return lines.join('; ');
    return lines.find((line) => line.startsWith(`${target}: `))?.slice(target.length + 2) ?? '';
  }

  /** Ends the log of the run, with a word on each target that did not come to its end. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const line of this.view.unfinished()) this.print(`did not end: ${line}`);
    this.view.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private changeStage(target: string, stage: Stage): void {
    const now = this.clock.now();
    const known = this.preparations.get(target);
    if (known?.stage === stage) return;
    if (known) known.spent.set(known.stage, (known.spent.get(known.stage) ?? 0) + now - known.since);
    const { spent = new Map<Stage, number>(), fetched = 0 } = known ?? {};
    this.preparations.set(target, { stage, since: now, spent, fetched });
  }

  private spent(target: string): Spent {
    const preparation = this.preparations.get(target);
    if (!preparation) return { stages: '', total: stopwatch(0) };
    const { stage, since, spent, fetched } = preparation;
    spent.set(stage, (spent.get(stage) ?? 0) + this.clock.now() - since);
    this.preparations.delete(target);
    const stages = [...spent].map(([one, time]) => {
      return `${one} ${stopwatch(time)}${one === 'fetch' ? ` (${byteSize(fetched)}, with what was in the cache)` : ''}`;
    });
    return { stages: stages.join(', '), total: stopwatch([...spent.values()].reduce((sum, time) => sum + time, 0)) };
  }

  /** In one write, so that nothing of another target comes between. */
  private group({ title, lines, quotes }: Block): void {
    const body = lines.map((line) => `${harmless(line)}\n`).join('');
    const [stop, resume] = quotes ? [commandLine('stop-commands', this.token), commandLine(this.token)] : ['', ''];
    this.output.write(`${commandLine('group', harmless(title))}${stop}${body}${resume}${commandLine('endgroup')}`);
  }
}

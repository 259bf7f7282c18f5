// SPDX-License-Identifier: Apache-2.0
import type { RunEvent, Stage } from './events.ts';
import { drawFrame, endText, type Row, stageText } from './frame.ts';
import type { Status } from './model.ts';
import { cell, type Paint, painter, statusLook, stringWidth, type Terminal } from './terminal.ts';
import { oneLine, stopwatch } from './text.ts';

export type Clock = {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Calls `tick` every so many milliseconds until the returned function is called. */
  every: (milliseconds: number, tick: () => void) => () => void;
};

/** The clock of the machine; its ticks do not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  every: (milliseconds, tick) => {
    const timer = setInterval(tick, milliseconds).unref();
    return () => clearInterval(timer);
  },
};

export type LiveViewOptions = {
  output: { write: (text: string) => unknown };
  terminal: Terminal;
  clock?: Clock;
};

const frameMilliseconds = 125;
const heartbeatMilliseconds = 30_000;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/**
 * Shows a run while it happens. On a terminal one line per target, redrawn in place; elsewhere a line with the time (UTC)
 * at each change of stage, and every 30 seconds for a stage that lasts. Failures, warnings and notes are printed once and stay.
 *
 * Use: `using view = new LiveView({ output: process.stderr, terminal: describeTerminal(process.stderr, process.env) })`, hand
 * `view.emit` to the stages, and `close()` it on every way out (also from `process.on('exit')`): that gives the cursor back.
 */
export class LiveView implements Disposable {
  private readonly output: LiveViewOptions['output'];
  private readonly terminal: Terminal;
  private readonly clock: Clock;
  private readonly paint: Paint;
  private readonly rows = new Map<string, Row>();
  private readonly stopTicking: () => void;
  private drawn: string[] = [];
  private cursorHidden = false;
  private ticks = 0;
  private closed = false;

  constructor({ output, terminal, clock = systemClock }: LiveViewOptions) {
    this.output = output;
    this.terminal = terminal;
    this.clock = clock;
    this.paint = painter(terminal.colour);
    this.stopTicking = terminal.interactive
      ? clock.every(frameMilliseconds, () => this.draw())
      : clock.every(1000, () => this.heartbeat());
  }

  /** Takes one event; bound, so that it can be handed on as a listener. */
  readonly emit = (event: RunEvent): void => {
    if (this.closed) return;
    switch (event.type) {
      case 'stage':
        this.changeStage(this.row(event.target), event.stage, event.detail);
        break;
      case 'progress': {
        const { done, total, unit } = event;
        this.row(event.target).progress = { done, unit, ...(total === undefined ? {} : { total }) };
        break;
      }
      case 'test': {
        const row = this.row(event.target);
        const { name, status, reason } = event.test;
        if (status === 'fail') row.failed += 1;
        else if (status === 'pass') row.passed += 1;
        row.detail = oneLine(name);
        if (status === 'fail') {
          this.say(row.label, 'fail', `${event.suite}: ${name}${reason ? `: ${reason}` : ''}`);
        }
        break;
      }
      case 'ready':
        if (!this.terminal.interactive) this.line(oneLine(event.target), 'ready');
        this.rows.delete(event.target);
        break;
      case 'finished':
        this.finish(this.row(event.target), event.status, event.reason ?? '', event.cached === true);
        break;
      case 'warning':
      case 'note':
        this.say(event.target ?? '', event.type, event.message);
    }
  };

  /** What has begun and not ended, where it is, and for how long: `debian-12/6.1.0-56-amd64: boot  tcg, for 1:30`. */
  unfinished(): string[] {
    const rows = [...this.rows.values()].filter((row) => !row.end && row.startedAt !== undefined);
    return rows.map((row) => `${row.label}: ${stageText(row)}, for ${stopwatch(this.clock.now() - row.stageAt)}`);
  }

  /** Stops, and gives the cursor back. What is on the screen stays where a target did not finish, so that one sees where it was. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.stopTicking();
    if (!this.cursorHidden) return;
    const done = [...this.rows.values()].every((row) => row.end);
    this.output.write(`${done ? this.eraser() : this.composed()}${showCursor}`);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private row(target: string): Row {
    let row = this.rows.get(target);
    if (!row) {
      row = {
        label: oneLine(target),
        stage: 'queued',
        startedAt: undefined,
        stageAt: this.clock.now(),
        saidAt: this.clock.now(),
        detail: '',
        progress: undefined,
        passed: 0,
        failed: 0,
        end: undefined,
      };
      this.rows.set(target, row);
    }
    return row;
  }

  private changeStage(row: Row, stage: Stage, detail = ''): void {
    const now = this.clock.now();
    const changed = row.stage !== stage || row.startedAt === undefined;
    row.detail = oneLine(detail);
    if (!changed) return;
    if (stage !== 'queued') row.startedAt ??= now;
    Object.assign(row, { stage, stageAt: now, saidAt: now, progress: undefined });
    if (!this.terminal.interactive && stage !== 'queued') this.line(row.label, stageText(row));
  }

  private finish(row: Row, status: Status, reason: string, cached: boolean): void {
    const now = this.clock.now();
    row.end = { status, at: now, reason: oneLine(reason), cached };
    if (this.terminal.interactive) return;
    const look = statusLook[status];
    const took = `in ${stopwatch(now - (row.startedAt ?? now))}`;
    this.line(
      row.label,
      `${this.paint(look.format, look.word)}  ${[endText(row), cached ? '' : took].filter(Boolean).join('  ')}`,
    );
  }

  /** A line that stays: above the live lines on a terminal, in its turn elsewhere. */
  private say(label: string, kind: 'fail' | 'warning' | 'note', message: string): void {
    const text = oneLine(message);
    const marked = {
      fail: () => `${this.paint(statusLook.fail.format, `${statusLook.fail.mark} FAIL`)}  ${text}`,
      warning: () => `${this.paint(['yellow', 'bold'], 'warning')}  ${text}`,
      note: () => text,
    }[kind]();
    const shown = oneLine(label);
    if (!this.terminal.interactive) this.line(shown, marked);
    else if (this.drawn.length === 0) this.output.write(`${shown ? `${shown}  ` : ''}${marked}\n`);
    else {
      const erase = this.eraser();
      this.drawn = [];
      this.output.write(`${erase}${shown ? `${shown}  ` : ''}${marked}\n${this.composed()}`);
    }
  }

  private line(label: string, text: string): void {
    const time = new Date(this.clock.now()).toISOString().slice(11, 19);
    const width = Math.max(0, ...[...this.rows.values()].map((row) => stringWidth(row.label)));
    this.output.write(`${time}  ${label ? `${cell(label, Math.max(width, stringWidth(label)))}  ` : ''}${text}\n`);
  }

  private heartbeat(): void {
    const now = this.clock.now();
    for (const row of this.rows.values()) {
      if (row.end || row.startedAt === undefined || now - row.saidAt < heartbeatMilliseconds) continue;
      row.saidAt = now;
      this.line(row.label, `${stageText(row)}  still running after ${stopwatch(now - row.stageAt)}`);
    }
  }

  private draw(): void {
    this.ticks += 1;
    if (this.rows.size > 0 || this.drawn.length > 0) this.output.write(this.composed());
  }

  /** Goes back over what is on the screen. A window made narrower has wrapped the old lines, so their rows are counted at its present width. */
  private upward(): string {
    const { columns } = this.terminal.size();
    const up = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
    return up > 0 ? `\r\u001b[${up}A` : '\r';
  }

  private eraser(): string {
    return `${this.upward()}\u001b[J`;
  }

  /** The control sequences and text of the next frame, in one piece: each line is overwritten, never blanked first, so nothing flickers. */
  private composed(): string {
    const lines = drawFrame([...this.rows.values()], this.terminal.size(), {
      now: this.clock.now(),
      tick: this.ticks,
      paint: this.paint,
    });
    const start = `${this.cursorHidden ? '' : hideCursor}${this.upward()}`;
    this.cursorHidden = true;
    this.drawn = lines;
    return `${start}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`;
  }
}

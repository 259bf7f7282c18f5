// SPDX-License-Identifier: Apache-2.0
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Clock, LiveView } from '../../../src/report/live.ts';
import { describeTerminal, stringWidth } from '../../../src/report/terminal.ts';

class FakeClock implements Clock {
  private time = Date.UTC(2026, 0, 2, 3, 4, 5);
  private readonly ticks = new Set<{ period: number; next: number; tick: () => void }>();
  now = () => this.time;

  every = (milliseconds: number, tick: () => void) => {
    const entry = { period: milliseconds, next: this.time + milliseconds, tick };
    this.ticks.add(entry);
    return () => {
      this.ticks.delete(entry);
    };
  };

  get running(): number {
    return this.ticks.size;
  }

  /** Lets time pass at once: everything that is due ticks one time. */
  leap(milliseconds: number): void {
    this.time += milliseconds;
    for (const entry of this.ticks) entry.tick();
  }

  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const due = [...this.ticks].filter(({ next }) => next <= end).toSorted((a, b) => a.next - b.next)[0];
      if (!due) break;
      this.time = due.next;
      due.next += due.period;
      due.tick();
    }
    this.time = end;
  }
}

/** Enough of a terminal to see what a person would: lines, cursor up, erase to the end of line or screen, cursor on and off. */
class Screen {
  lines: string[] = [''];
  row = 0;
  cursorShown = true;
  writes: string[] = [];
  columns: number;

  constructor(columns: number) {
    this.columns = columns;
  }

  write = (text: string) => {
    this.writes.push(text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the control sequences a terminal takes
    for (const [piece] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) this.take(piece);
  };

  private column = 0;
  private take(piece: string): void {
    const up = /^.\[(\d+)A$/.exec(piece);
    if (piece === '\n') {
      this.row += 1;
      this.column = 0;
      this.lines[this.row] ??= '';
    } else if (piece === '\r') this.column = 0;
    else if (up) {
      this.row -= Number(up[1]);
      if (this.row < 0) throw new Error('cursor left the screen');
    } else if (piece === '\u001b[K') this.lines[this.row] = (this.lines[this.row] ?? '').slice(0, this.column);
    else if (piece === '\u001b[J') {
      this.lines[this.row] = (this.lines[this.row] ?? '').slice(0, this.column);
      this.lines.length = this.row + 1;
    } else if (piece === '\u001b[?25l') this.cursorShown = false;
    else if (piece === '\u001b[?25h') this.cursorShown = true;
    else if (/^.\[[\d;]*m$/.test(piece)) return;
    else if (piece.startsWith('\u001b')) throw new Error(`unknown sequence ${JSON.stringify(piece)}`);
    else {
      if (stringWidth(piece) > this.columns) throw new Error(`wraps: ${piece}`);
      const line = this.lines[this.row] ?? '';
      this.lines[this.row] = line.slice(0, this.column) + piece + line.slice(this.column + piece.length);
      this.column += piece.length;
    }
  }

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }
}

function open({ columns = 100, rows = 24, interactive = true, colour = false } = {}) {
  const clock = new FakeClock();
  const screen = new Screen(columns);
  const window = { columns, rows };
  const view = new LiveView({ output: screen, terminal: { interactive, colour, size: () => window }, clock });
  return { clock, screen, window, view, emit: view.emit };
}

const passing = { name: 'four lines', status: 'pass', seconds: 1 } as const;

describe('on a terminal', () => {
  it('shows targets side by side with stage, amount and elapsed time, in place', () => {
    const { clock, screen, emit } = open();
    emit({ type: 'stage', target: 'debian-11/5.10', stage: 'queued' });
    emit({ type: 'stage', target: 'debian-12/6.1', stage: 'fetch' });
    emit({ type: 'progress', target: 'debian-12/6.1', unit: 'bytes', done: 34_200_000, total: 88_000_000 });
    clock.advance(65_000);
    const lines = screen.text.split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('debian-11/5.10  queued');
    expect(lines[1]).toMatch(/debian-12\/6\.1 {3}fetch .*━+╌+ 34\.2 MB of 88\.0 MB .* 1:05$/);
    expect(screen.cursorShown).toBe(false);
  });

  it('redraws at most ten times a second, however many events come, and writes each frame in one piece', () => {
    const { clock, screen, emit } = open();
    emit({ type: 'stage', target: 'a', stage: 'fetch' });
    for (let done = 0; done < 5000; done++) {
      emit({ type: 'progress', target: 'a', unit: 'bytes', done, total: 5000 });
      clock.advance(1);
    }
    expect(screen.writes.length).toBeGreaterThan(10);
    expect(screen.writes.length).toBeLessThanOrEqual(50);
    expect(screen.text.split('\n')).toHaveLength(1);
  });

  it('keeps failures, warnings and notes above the lines that move', () => {
    const { clock, screen, emit } = open();
    emit({ type: 'note', message: 'before anything is drawn' });
    emit({ type: 'stage', target: 'debian-12', stage: 'test' });
    clock.advance(1000);
    const test = { name: 'nat gateway', status: 'fail', reason: 'no translation', seconds: 2 } as const;
    emit({ type: 'test', target: 'debian-12', suite: 'fastpath', test });
    emit({ type: 'warning', target: 'debian-12', message: 'index expired' });
    clock.advance(1000);
    const lines = screen.text.split('\n');
    expect(lines[0]).toBe('before anything is drawn');
    expect(lines[1]).toBe('debian-12  ✗ FAIL  fastpath: nat gateway: no translation');
    expect(lines[2]).toBe('debian-12  warning  index expired');
    expect(lines[3]).toContain('1 test, 1 failed');
    expect(lines).toHaveLength(4);
  });

  it.each([200, 80, 40, 20, 5])('never writes a line wider than %i columns', (columns) => {
    const { clock, screen, emit } = open({ columns });
    emit({ type: 'stage', target: `debian-12/${'long'.repeat(20)}`, stage: 'test', detail: '文字列'.repeat(40) });
    emit({ type: 'stage', target: 'x', stage: 'queued' });
    emit({ type: 'progress', target: 'x', unit: 'tests', done: 12, total: 25 });
    clock.leap(4_000_000);
    for (const line of screen.lines) expect(stringWidth(line)).toBeLessThan(columns);
  });

  it('follows a window that gets narrower, counting the rows that the old frame now takes', () => {
    const { clock, screen, window, emit } = open({ columns: 100 });
    emit({ type: 'stage', target: 'debian-12', stage: 'build' });
    clock.advance(200);
    window.columns = 50;
    screen.columns = 50;
    // What the terminal does with the 99 columns already drawn: two rows of 50.
    const wide = screen.lines[0] ?? '';
    screen.lines = [wide.slice(0, 50), wide.slice(50), ''];
    screen.row = 2;
    clock.advance(125);
    expect(screen.text.split('\n')).toHaveLength(1);
    expect(stringWidth(screen.lines[0] ?? '')).toBeLessThan(50);
  });

  it('shows in a low window what runs and what went wrong, and counts the rest', () => {
    const { clock, screen, emit } = open({ rows: 8 });
    for (let n = 0; n < 30; n++) {
      const target = `target-${n}`;
      emit({ type: 'stage', target, stage: n < 28 ? 'build' : 'queued' });
      if (n < 25) emit({ type: 'finished', target, status: n === 3 ? 'fail' : 'pass' });
    }
    clock.advance(200);
    const lines = screen.text.split('\n');
    expect(lines.length).toBeLessThan(8);
    for (const n of [3, 25, 26, 27]) expect(screen.text).toContain(`target-${n} `);
    expect(lines.at(-1)).toMatch(/… and 25 more: 24 finished, 1 waiting or running/);
  });

  it('takes the line of what targets share away once it is there', () => {
    const { clock, screen, view, emit } = open();
    emit({ type: 'stage', target: 'machine', stage: 'fetch' });
    clock.advance(200);
    expect(screen.text).toContain('machine');
    emit({ type: 'ready', target: 'machine' });
    clock.advance(200);
    expect(screen.text).toBe('');
    emit({ type: 'stage', target: 'guest', stage: 'fetch' });
    clock.advance(200);
    expect(screen.text.split('\n')).toHaveLength(1);
    emit({ type: 'ready', target: 'guest' });
    clock.advance(200);
    view.close();
    expect(screen.text).toBe('');
    expect(screen.cursorShown).toBe(true);
  });

  it('takes nothing from the screen that is not its own when it closes, gives the cursor back and stops ticking', () => {
    const { clock, screen, view, emit } = open();
    emit({ type: 'stage', target: 'a', stage: 'build' });
    clock.advance(200);
    emit({ type: 'note', message: 'stays' });
    emit({ type: 'finished', target: 'a', status: 'pass' });
    view.close();
    view.close();
    expect(screen.text).toBe('stays');
    expect(screen.cursorShown).toBe(true);
    expect(clock.running).toBe(0);
    const written = screen.writes.length;
    emit({ type: 'note', message: 'too late' });
    clock.advance(10_000);
    expect(screen.writes).toHaveLength(written);
  });

  it('leaves the last state on the screen when it is closed in the middle of a run', () => {
    const { clock, screen, view, emit } = open();
    emit({ type: 'stage', target: 'debian-12', stage: 'boot' });
    clock.advance(3000);
    view.close();
    expect(screen.text).toMatch(/debian-12 {2}boot .*0:03/);
    expect(screen.cursorShown).toBe(true);
  });

  it('lets no control character of a name, reason or message reach the terminal', () => {
    const { clock, screen, emit } = open({ columns: 400 });
    const hostile = 'x\u001b]0;owned\u0007\u001b[2J\r\n\u0000\u202e\u009b31m';
    emit({ type: 'stage', target: hostile, stage: 'test', detail: hostile });
    clock.advance(200);
    emit({
      type: 'test',
      target: hostile,
      suite: hostile,
      test: { name: hostile, status: 'fail', reason: hostile, seconds: 1 },
    });
    emit({ type: 'warning', target: hostile, message: hostile });
    emit({ type: 'finished', target: hostile, status: 'error', reason: hostile });
    clock.advance(200);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what the view itself writes
    const ours = /\u001b\[(\?25[lh]|\d*[AKJ])|[\r\n]/g;
    expect(screen.writes.join('').replace(ours, '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe('elsewhere', () => {
  it('prints a line with the time at changes of stage and ends, and none for progress', () => {
    const { clock, screen, emit } = open({ interactive: false });
    emit({ type: 'stage', target: 'debian-11/5.10', stage: 'queued' });
    emit({ type: 'stage', target: 'debian-12/6.1', stage: 'fetch', detail: '12 packages' });
    clock.advance(2000);
    emit({ type: 'progress', target: 'debian-12/6.1', unit: 'bytes', done: 5 });
    emit({ type: 'stage', target: 'debian-12/6.1', stage: 'fetch', detail: 'other' });
    emit({ type: 'stage', target: 'debian-12/6.1', stage: 'test' });
    emit({ type: 'test', target: 'debian-12/6.1', suite: 'fastpath', test: passing });
    emit({ type: 'finished', target: 'debian-12/6.1', status: 'pass' });
    expect(screen.text.split('\n')).toEqual([
      '03:04:05  debian-12/6.1   fetch  12 packages',
      '03:04:07  debian-12/6.1   test',
      '03:04:07  debian-12/6.1   pass  1 of 1 test  in 0:02',
    ]);
    expect(screen.writes.join('')).not.toContain('\u001b');
  });

  it('says every 30 seconds that a long stage still runs, and nothing after its end', () => {
    const { clock, screen, emit } = open({ interactive: false });
    emit({ type: 'stage', target: 'debian-12', stage: 'build' });
    clock.advance(29_000);
    expect(screen.writes).toHaveLength(1);
    clock.advance(35_000);
    expect(screen.lines[1]).toBe('03:04:35  debian-12  build  still running after 0:30');
    expect(screen.lines[2]).toBe('03:05:05  debian-12  build  still running after 1:00');
    emit({ type: 'finished', target: 'debian-12', status: 'fail', reason: 'does not compile' });
    clock.advance(100_000);
    expect(screen.text.split('\n')).toHaveLength(4);
    expect(screen.lines[3]).toBe('03:05:09  debian-12  FAIL  does not compile  in 1:04');
  });
});

describe('colours', () => {
  it('are there when wanted and change no text', () => {
    const plain = open();
    const coloured = open({ colour: true });
    for (const { emit, clock } of [plain, coloured]) {
      emit({ type: 'stage', target: 'a', stage: 'build' });
      emit({ type: 'stage', target: 'b', stage: 'build' });
      emit({ type: 'finished', target: 'b', status: 'fail', reason: 'no' });
      clock.advance(200);
    }
    expect(coloured.screen.writes.join('')).toContain('\u001b[31m');
    expect(coloured.screen.text).toBe(plain.screen.text);
    expect(stripVTControlCharacters(coloured.screen.text)).toBe(coloured.screen.text);
  });

  const tty = { isTTY: true, columns: 90, rows: 30 };
  it.each([
    [tty, {}, true],
    [tty, { NO_COLOR: '1' }, false],
    [tty, { NO_COLOR: '' }, true],
    [tty, { TERM: 'dumb' }, false],
    [{}, {}, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [{}, { FORCE_COLOR: '' }, true],
    [tty, { FORCE_COLOR: '0' }, false],
    [{}, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
  ])('of %j with %j: %s', (stream, environment, colour) => {
    expect(describeTerminal(stream, environment).colour).toBe(colour);
  });

  it('a dumb terminal is not redrawn', () => {
    expect(describeTerminal(tty, { TERM: 'dumb' }).interactive).toBe(false);
    expect(describeTerminal(tty, { TERM: 'xterm' }).interactive).toBe(true);
    expect(describeTerminal({}, {}).size()).toEqual({ columns: 80, rows: 24 });
  });
});

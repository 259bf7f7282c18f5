// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { KernelLog } from '../conformance/kernel-log.ts';
import { LineSplitter } from '../conformance/lines.ts';
import type { Suite } from '../conformance/suite.ts';
import { Machine } from './machine.ts';
import { type MachineParts, prepareMachine } from './prepare.ts';

/** The person's terminal; absent when commands come from a file or a pipe. */
export type Terminal = { rows: number; columns: number; setRawMode: (raw: boolean) => void };

export type ShellOptions = MachineParts & {
  /** Its scripts are at hand in the guest, its settings hold. */
  suite?: Suite;
  kernelModules: string[];
  memoryMiB: number;
  /** The kernel log is written there, as `shell.console.log`. */
  outDirectory: string;
  input: Readable;
  output: Writable;
  terminal?: Terminal;
  /** Says what a person should know, one line at a time. */
  onMessage: (message: string) => void;
};

export type ShellResult = {
  /** Exit status of the shell in the guest; absent when the machine did not come to its end in order. */
  exitStatus?: number;
  /** Why it did not. */
  reason?: string;
  console: string;
};

const BOOT_SECONDS = 240;
/** Nobody leaves a shell open that long on purpose. */
const SESSION_SECONDS = 7 * 24 * 3600;
/** Said once the guest's terminal is set up: what is sent before would not be read as lines. */
const READY = /# ovnfast shell\r?\n/;
const GREETING_BYTES = 1000;
const EXIT = /ovnfast: shell exit (\d+)$/;
const CONTROL_A = 0x01;
const END_OF_FILE = Buffer.from([0x04]);

/**
 * An interactive shell in a machine: `exit` or Ctrl-A x leaves it. Without a terminal the commands of `input` are run
 * and their output is all that is written. The terminal is as it was afterwards, whatever happens.
 * Throws what `signal` was aborted with, and InputError and EnvironmentError as `prepareMachine` does.
 */
export async function openShell(options: ShellOptions): Promise<ShellResult> {
  const { terminal, outDirectory, signal, onMessage } = options;
  const size = terminal ? { rows: terminal.rows, columns: terminal.columns } : {};
  const settings = { mode: terminal ? 'shell' : 'commands', ...size, suite: options.suite?.name ?? '' };
  const { program, accelerator, work } = await prepareMachine({ ...options, settings });
  await using _work = work;
  await mkdir(outDirectory, { recursive: true });
  const console = join(outDirectory, 'shell.console.log');
  onMessage(`booting ${options.kernel} (${accelerator.name}: ${accelerator.reason}); kernel log: ${console}`);

  const session = new Session(options);
  let exitStatus: number | undefined;
  let panic: string | undefined;
  const log = new KernelLog({
    onFinding: ({ kind, title }) => {
      if (kind === 'panic') panic = title;
      else if (terminal) onMessage(`\r\nkernel: ${title}\r`);
    },
  });
  const consoleLines = new LineSplitter((line) => {
    const exit = EXIT.exec(line);
    if (exit) exitStatus = Number(exit[1]);
    log.line(line);
  });
  const machine = new Machine({
    program,
    console,
    timeoutSeconds: SESSION_SECONDS,
    signal,
    onConsole: (chunk) => consoleLines.push(chunk),
    onGuest: (chunk) => session.receive(chunk),
    onStart: (guest) => session.attach(guest),
  });
  session.onReady = () => {
    machine.expectWithin(SESSION_SECONDS, 'the session took too long');
    for (const line of terminal ? hints(options) : []) onMessage(`${line}\r`);
  };
  session.onLeave = () => machine.stop('left');
  machine.expectWithin(BOOT_SECONDS, `no shell within ${BOOT_SECONDS} s`);
  try {
    const end = await machine.run();
    log.end();
    if (exitStatus !== undefined) return { exitStatus, console };
    if (session.left) return { exitStatus: 0, console };
    const reason = panic ?? (end.kind === 'ended' ? 'the guest stopped by itself' : end.reason);
    return { reason, console };
  } finally {
    session.close();
  }
}

function hints({ modules, products = [], suite }: ShellOptions): string[] {
  return [
    ...products.map((product) => `eBPF: /ovnfast/module/${basename(product)}`),
    ...modules.map((module) => `module: /ovnfast/module/${basename(module)}`),
    ...(modules.length > 0 ? ['load it with: insmod $OVNFAST_MODULE'] : []),
    ...(suite ? [`tests: /ovnfast/suite/${suite.name}/`] : []),
    'leave with exit, or Ctrl-A x when nothing else works',
  ];
}

/** Carries bytes between a person (or a pipe) and the guest's second serial port. */
class Session {
  left = false;
  onReady: () => void = () => {};
  onLeave: () => void = () => {};
  private readonly input: Readable;
  private readonly output: Writable;
  private readonly terminal: Terminal | undefined;
  private guest: Duplex | undefined;
  private ready = false;
  private greeting = '';
  private escaped = false;

  constructor({ input, output, terminal }: Pick<ShellOptions, 'input' | 'output' | 'terminal'>) {
    this.input = input;
    this.output = output;
    this.terminal = terminal;
  }

  attach(guest: Duplex): void {
    this.guest = guest;
  }

  /** What the guest says: nothing of it is for the person until user space runs. */
  receive(chunk: Buffer): void {
    if (this.ready) {
      this.output.write(chunk);
      return;
    }
    this.greeting += chunk.toString('latin1');
    const greeted = READY.exec(this.greeting);
    if (!greeted) {
      this.greeting = this.greeting.slice(-GREETING_BYTES);
      return;
    }
    this.ready = true;
    this.onReady();
    const rest = this.greeting.slice(greeted.index + greeted[0].length);
    if (rest !== '') this.output.write(Buffer.from(rest, 'latin1'));
    this.begin();
  }

  close(): void {
    this.input.off('data', this.send);
    this.input.off('end', this.finish);
    this.input.pause();
    this.terminal?.setRawMode(false);
  }

  private begin(): void {
    this.terminal?.setRawMode(true);
    this.input.on('data', this.send);
    this.input.on('end', this.finish);
    this.input.resume();
  }

  private readonly send = (data: Buffer | string): void => {
    const chunk = typeof data === 'string' ? Buffer.from(data) : data;
    const plain = this.terminal ? this.withoutEscapes(chunk) : chunk;
    if (this.left) this.onLeave();
    else if (plain.length > 0 && this.guest && !this.guest.write(plain)) {
      this.input.pause();
      this.guest.once('drain', () => this.input.resume());
    }
  };

  /** The end of the commands is the end of the shell's input: the guest's terminal knows it by Ctrl-D at the start of a line. */
  private readonly finish = (): void => {
    this.guest?.write(Buffer.concat([Buffer.from('\n'), END_OF_FILE]));
  };

  /** Ctrl-A x leaves, Ctrl-A Ctrl-A is a Ctrl-A. */
  private withoutEscapes(chunk: Buffer): Buffer {
    const plain: number[] = [];
    for (const byte of chunk) {
      if (this.escaped) {
        this.escaped = false;
        if (byte === 0x78 || byte === 0x58) this.left = true;
        else plain.push(byte);
      } else if (byte === CONTROL_A) this.escaped = true;
      else plain.push(byte);
    }
    return Buffer.from(plain);
  }
}

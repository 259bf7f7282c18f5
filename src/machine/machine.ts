// SPDX-License-Identifier: Apache-2.0
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { EnvironmentError } from '../errors.ts';
import type { Program } from '../host/decompress.ts';
import { type ProcessResult, runProcess } from '../host/process.ts';
import { PortFile, unwritableLog } from './port-file.ts';
import { CONSOLE_DESCRIPTOR, GUEST_DESCRIPTOR } from './qemu.ts';

export type MachineOptions = {
  program: Program;
  /** Where what the first serial port says is written. */
  console: string;
  /** The same for the second; not written when omitted. */
  guest?: string;
  /** QEMU writes both by itself, see `PortFile`; nothing can be said to the guest. */
  files?: boolean;
  /** The whole life of the machine, in seconds. */
  timeoutSeconds: number;
  signal: AbortSignal;
  onConsole: (chunk: Buffer) => void;
  onGuest: (chunk: Buffer) => void;
  /** The second serial port, to write to. */
  onStart?: (guest: Duplex) => void;
};

/** `ended`: QEMU ended by itself; `failed`: with an error; `stopped`: by us, for that reason. */
export type MachineEnd = { kind: 'ended' } | { kind: 'failed'; reason: string } | { kind: 'stopped'; reason: string };

/** Said more than this, a log is no longer read by anybody, and the disk is somebody's. */
const MAXIMUM_LOG_BYTES = 64 * 2 ** 20;
const TOO_MUCH = `the guest said more than ${MAXIMUM_LOG_BYTES / 2 ** 20} MiB on a serial port`;
const LAST_WORDS = 5;
const POLL_MILLISECONDS = 50;

class Stopped extends Error {}

/** One QEMU from its start to its end. Whatever happens, it is gone afterwards and its logs are written. */
export class Machine {
  private readonly options: MachineOptions;
  private readonly stopping = new AbortController();
  private deadline: NodeJS.Timeout | undefined;
  private silence: NodeJS.Timeout | undefined;

  constructor(options: MachineOptions) {
    this.options = options;
  }

  /** From now on the machine is stopped for `reason` unless another expectation is set within the seconds. */
  expectWithin(seconds: number, reason: string): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.stop(reason), seconds * 1000);
  }

  /** From now on, until called again, the machine is stopped when it says nothing at all for so long. */
  expectNoise(seconds: number, reason: string): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.stop(reason), seconds * 1000);
  }

  expectNoNoise(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  stop(reason: string): void {
    this.stopping.abort(new Stopped(reason));
  }

  /**
   * Runs the machine to its end. Throws what `signal` was aborted with, EnvironmentError when QEMU cannot be
   * executed at all or the logs cannot be written.
   */
  async run(): Promise<MachineEnd> {
    const { program, signal, timeoutSeconds } = this.options;
    const either = AbortSignal.any([signal, this.stopping.signal]);
    if (this.options.files) return await this.runOnFiles(either);
    const logs = [new Log(this.options.console, this)];
    const guestLog = this.options.guest === undefined ? undefined : new Log(this.options.guest, this);
    if (guestLog) logs.push(guestLog);
    try {
      const result = await runProcess(program.command, program.args, {
        timeoutSeconds,
        signal: either,
        extraDescriptors: ['pipe', 'pipe'],
        onSpawn: (child) => {
          const consolePort = child.stdio[CONSOLE_DESCRIPTOR] as Duplex;
          const guestPort = child.stdio[GUEST_DESCRIPTOR] as unknown as Duplex;
          this.read(consolePort, logs[0], this.options.onConsole);
          this.read(guestPort, guestLog, this.options.onGuest);
          this.options.onStart?.(guestPort);
        },
      });
      return this.endOf(result);
    } catch (error) {
      return this.endBy(error);
    } finally {
      clearTimeout(this.deadline);
      clearTimeout(this.silence);
      await Promise.all(logs.map((log) => log.close()));
    }
  }

  private async runOnFiles(signal: AbortSignal): Promise<MachineEnd> {
    const { program, timeoutSeconds, console, guest = '/dev/null', onConsole, onGuest } = this.options;
    using consoleFile = new PortFile(console);
    using guestFile = new PortFile(guest);
    const [tellConsole, tellGuest] = [this.limited(onConsole), this.limited(onGuest)];
    // Read last and told first: what the kernel says during a test must not be heard before that the test began.
    const tell = () => {
      const said = consoleFile.read();
      tellGuest(guestFile.read());
      tellConsole(said);
    };
    const timer = setInterval(tell, POLL_MILLISECONDS);
    try {
      const extraDescriptors = [consoleFile.descriptor, guestFile.descriptor];
      const options = { timeoutSeconds, signal, extraDescriptors };
      return this.endOf(await runProcess(program.command, program.args, options));
    } catch (error) {
      return this.endBy(error);
    } finally {
      clearInterval(timer);
      clearTimeout(this.deadline);
      clearTimeout(this.silence);
      tell();
    }
  }

  /** A listener that ends the machine when it has said too much. */
  private limited(onData: (chunk: Buffer) => void): (chunk: Buffer) => void {
    let bytes = 0;
    return (chunk) => {
      if (chunk.length === 0) return;
      this.silence?.refresh();
      if (bytes < MAXIMUM_LOG_BYTES) onData(chunk);
      bytes += chunk.length;
      if (bytes >= MAXIMUM_LOG_BYTES) this.stop(TOO_MUCH);
    };
  }

  private endOf({ code, killedBy, timedOut, stdout, stderr }: ProcessResult): MachineEnd {
    if (timedOut) {
      return { kind: 'stopped', reason: `the machine was still running after ${this.options.timeoutSeconds} s` };
    }
    if (code === 0) return { kind: 'ended' };
    const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    const how = code === null ? `was ended by ${killedBy}` : `ended with status ${code}`;
    return { kind: 'failed', reason: [`QEMU ${how}`, ...said.slice(-LAST_WORDS)].join('\n') };
  }

  private endBy(error: unknown): MachineEnd {
    const { program, signal } = this.options;
    if (error instanceof Stopped && !signal.aborted) return { kind: 'stopped', reason: error.message };
    if (signal.aborted) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new EnvironmentError(`QEMU cannot be started (${code})`, { where: program.command, cause: error });
  }

  private read(port: Duplex, log: Log | undefined, onData: (chunk: Buffer) => void): void {
    // A port that breaks ends with the process, which says what happened.
    port.on('error', () => {});
    port.on('data', (chunk: Buffer) => {
      this.silence?.refresh();
      log?.write(chunk);
      onData(chunk);
    });
  }
}

/** A file that what a machine says is written to, up to a limit. */
class Log {
  private readonly stream: WriteStream;
  private readonly machine: Machine;
  private readonly path: string;
  private bytes = 0;
  private error: NodeJS.ErrnoException | undefined;

  constructor(path: string, machine: Machine) {
    this.path = path;
    this.machine = machine;
    this.stream = createWriteStream(path);
    this.stream.on('error', (error) => {
      this.error = error;
      machine.stop('its log cannot be written');
    });
  }

  write(chunk: Buffer): void {
    if (this.bytes >= MAXIMUM_LOG_BYTES) return;
    this.bytes += chunk.length;
    this.stream.write(chunk);
    if (this.bytes >= MAXIMUM_LOG_BYTES) {
      this.machine.stop(TOO_MUCH);
    }
  }

  /** Waits until all is written. Throws EnvironmentError when it could not be. */
  async close(): Promise<void> {
    if (!this.stream.closed) {
      await new Promise<void>((resolve) => {
        this.stream.once('close', () => resolve());
        this.stream.end();
      });
    }
    if (this.error) throw unwritableLog(this.path, this.error);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Finding, isKnownWarning, KernelLog } from '../conformance/kernel-log.ts';
import { LineSplitter } from '../conformance/lines.ts';
import { type Recorded, SuiteRecorder } from '../conformance/recorder.ts';
import { ENFORCEMENTS, type Enforcement, type SuiteResult, type TestResult } from '../conformance/result.ts';
import type { Suite } from '../conformance/suite.ts';
import { digestBytes } from '../host/digest.ts';
import { Machine, type MachineEnd } from './machine.ts';
import { type MachineParts, prepareMachine } from './prepare.ts';
import type { Accelerator } from './qemu.ts';
import type { SecureBoot } from './secure-boot.ts';

export type MachineEvent =
  | { type: 'booting'; accelerator: Accelerator; reason: string }
  | { type: 'first-test'; bootSeconds: number }
  | { type: 'script'; name: string; index: number; total: number }
  | { type: 'test'; test: TestResult };

/** In seconds of the host; for a machine whose processors are shared with others. */
export type Limits = {
  /** From the start to the kernel's first line. */
  kernel: number;
  /** From there until user space runs, and from there to the first test. */
  boot: number;
  /** Without a sound while booting. */
  silence: number;
  /** More than the guest itself allows each script, until the host thinks that the guest hangs. */
  overtime: number;
  /** From the last result to the end of the machine. */
  powerOff: number;
};

const LIMITS: Limits = { kernel: 60, boot: 180, silence: 60, overtime: 20, powerOff: 30 };
/** More until the kernel's first line where firmware starts it, which takes it 4 s on a processor of its own. */
const FIRMWARE_SECONDS = 90;
const FIRMWARE_FAULT = /X64 Exception Type/;
const ENFORCEMENT = /^# ovnfast signatures: (\w+)$/;
const UNENFORCED =
  'Secure Boot is on, and this kernel takes modules without a signature: it is built without CONFIG_MODULE_SIG';
/**
 * The seconds that a second of a counted clock may take here. Measured: 8 while the guest computes, on a processor of its
 * own; none while it sleeps. A guest whose clock runs ends a script that takes too long by itself, whatever this is: it
 * is for one that hangs with its clock.
 */
const COUNTED_SECOND = 25;
/** For all scripts together: longer than anybody waits, and no more milliseconds than a timer of Node can count. */
const MAXIMUM_SECONDS = 14 * 24 * 3600;
const LAST_LINES = 8;
/** W of the kernel's Documentation/admin-guide/tainted-kernels.rst. */
const TAINT_WARN = 1 << 9;

export type BootOptions = MachineParts & {
  suite: Suite;
  /** The logs are written there: `<suite>.console.log` and `<suite>.ktap`. */
  outDirectory: string;
  onEvent?: (event: MachineEvent) => void;
  limits?: Partial<Limits>;
};

/**
 * Boots a kernel and runs a suite in it. Whatever the guest does is in the result: status `error` when it never came to
 * the first test. Throws what `signal` was aborted with, and InputError and EnvironmentError as `prepareMachine` does or
 * when the logs cannot be written.
 */
export async function bootSuite(options: BootOptions): Promise<SuiteResult> {
  const { suite, outDirectory, signal, onEvent = () => {} } = options;
  const { kernelModules, memoryMiB, charts } = suite;
  const counted = suite.clock === 'counted';
  const settings = { mode: 'suite', suite: suite.name, timeout: suite.timeoutSeconds, ...forgiven(suite) };
  const { program, accelerator, work } = await prepareMachine({
    ...options,
    kernelModules,
    memoryMiB,
    counted,
    settings,
  });
  await using _work = work;
  onEvent({ type: 'booting', accelerator: accelerator.name, reason: accelerator.reason });

  await mkdir(outDirectory, { recursive: true });
  const console = join(outDirectory, `${suite.name}.console.log`);
  const ktap = join(outDirectory, `${suite.name}.ktap`);
  const watch = new Watch(options, { program, console, guest: ktap, signal });
  const { seconds, bootSeconds, ...result } = await watch.run();
  return {
    name: suite.name,
    ...result,
    accelerator: accelerator.name,
    acceleratorReason: accelerator.reason,
    ...(counted ? { clock: 'counted' } : {}),
    ...(options.secureBoot ? { secureBoot: secureBootOf(options.secureBoot, watch.enforcement) } : {}),
    ...(result.measurements ? { charts } : {}),
    bootSeconds,
    seconds,
    console,
    ktap,
  };
}

function secureBootOf({ certificate }: SecureBoot, enforcement: Enforcement | undefined) {
  const subject = certificate.subject?.replaceAll('\n', ', ') ?? '';
  const sha256 = digestBytes(certificate.raw);
  return { subject, sha256, ...(enforcement ? { enforcement } : {}) };
}

/** A warning taints the kernel, which says less of it than the log that is read here. */
function forgiven({ knownWarnings }: Suite): { forgiven?: number } {
  return knownWarnings.length > 0 ? { forgiven: TAINT_WARN } : {};
}

type Phase = 'kernel' | 'boot' | 'init' | 'tests' | 'complete';

/** Follows one machine: knows how far it is, expects the next thing in time, and says in the end what happened. */
class Watch {
  private readonly suite: Suite;
  private readonly onEvent: (event: MachineEvent) => void;
  private readonly limits: Limits;
  /** How long a script may take at most, by the host's clock. */
  private readonly scriptSeconds: number;
  private readonly machine: Machine;
  private readonly recorder: SuiteRecorder;
  private readonly log: KernelLog;
  private readonly started = performance.now();
  private readonly lastLines: string[] = [];
  private readonly findings: Finding[] = [];
  private readonly byFirmware: boolean;
  private phase: Phase = 'kernel';
  private bootSeconds = 0;
  private scripts = 0;
  /** Why the kernel takes only modules that are signed, when it said so. */
  enforcement: Enforcement | undefined;

  constructor(
    {
      suite,
      kernel: release,
      onEvent = () => {},
      limits,
      secureBoot,
    }: Pick<BootOptions, 'suite' | 'kernel' | 'onEvent' | 'limits' | 'secureBoot'>,
    how: Pick<ConstructorParameters<typeof Machine>[0], 'program' | 'console' | 'guest' | 'signal'>,
  ) {
    this.suite = suite;
    this.onEvent = onEvent;
    this.byFirmware = secureBoot !== undefined;
    const firmware = this.byFirmware ? { kernel: LIMITS.kernel + FIRMWARE_SECONDS } : {};
    this.limits = { ...LIMITS, ...firmware, ...limits };
    this.scriptSeconds = suite.timeoutSeconds * (suite.clock === 'counted' ? COUNTED_SECOND : 1) + this.limits.overtime;
    const consoleLines = new LineSplitter((line) => this.consoleLine(line));
    const guestLines = new LineSplitter((line) => this.guestLine(line));
    const { kernel, boot, powerOff } = this.limits;
    this.machine = new Machine({
      ...how,
      files: suite.clock === 'counted',
      timeoutSeconds: Math.min(kernel + 2 * boot + suite.tests.length * this.scriptSeconds + powerOff, MAXIMUM_SECONDS),
      onConsole: (chunk) => consoleLines.push(chunk),
      onGuest: (chunk) => guestLines.push(chunk),
    });
    this.log = new KernelLog({ onFinding: (finding) => this.find(finding) });
    this.recorder = new SuiteRecorder(
      suite.tests,
      {
        onScript: (name) => this.script(name),
        onTest: (test) => this.onEvent({ type: 'test', test }),
        onComplete: () => this.enter('complete', powerOff, 'the machine did not power off after the last test'),
      },
      () => this.elapsed(),
      { charts: suite.charts, kernel: release },
    );
  }

  async run(): Promise<Recorded & Pick<SuiteResult, 'seconds' | 'bootSeconds'>> {
    const { kernel } = this.limits;
    this.machine.expectWithin(kernel, `the kernel said nothing within ${kernel} s`);
    const end = await this.machine.run();
    this.log.end();
    const result = this.recorder.finish(this.ending(end));
    const seconds = this.elapsed();
    return { ...result, seconds, bootSeconds: this.bootSeconds || seconds };
  }

  private elapsed(): number {
    return (performance.now() - this.started) / 1000;
  }

  private enter(phase: Phase, seconds: number, reason: string): void {
    this.phase = phase;
    this.machine.expectWithin(seconds, reason);
  }

  private consoleLine(line: string): void {
    if (line.trim() !== '') {
      this.lastLines.push(line);
      if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
    }
    if (this.phase === 'kernel' && line.includes('Linux version ')) {
      const { boot, silence } = this.limits;
      this.enter('boot', boot, `the kernel did not start user space within ${boot} s`);
      this.machine.expectNoise(silence, `the kernel fell silent for ${silence} s while it booted`);
    }
    // Firmware that fails stands still.
    if (this.byFirmware && this.phase === 'kernel' && FIRMWARE_FAULT.test(line))
      this.machine.stop(`the firmware failed: ${line.trim()}`);
    this.log.line(line);
  }

  private guestLine(line: string): void {
    // Firmware speaks on both ports.
    if (this.phase === 'kernel' && this.byFirmware) return;
    if (this.phase === 'kernel' || this.phase === 'boot') {
      const { boot } = this.limits;
      this.enter('init', boot, `the guest did not begin the first test within ${boot} s`);
    }
    const enforcement = ENFORCEMENT.exec(line)?.[1];
    if (this.phase === 'init' && enforcement !== undefined) this.enforce(enforcement);
    this.recorder.line(line);
  }

  private enforce(how: string): void {
    this.enforcement = ENFORCEMENTS.find((one) => one === how);
    if (!this.enforcement) this.machine.stop(UNENFORCED);
  }

  private script(name: string): void {
    if (this.scripts === 0) {
      this.bootSeconds = this.elapsed();
      this.machine.expectNoNoise();
      this.onEvent({ type: 'first-test', bootSeconds: this.bootSeconds });
    }
    this.scripts++;
    this.onEvent({ type: 'script', name, index: this.scripts, total: this.suite.tests.length });
    const seconds = this.scriptSeconds;
    this.enter('tests', seconds, `the guest hung: no end of ${name} within ${seconds} s`);
  }

  private find(finding: Finding): void {
    if (isKnownWarning(finding, this.suite.knownWarnings)) return;
    this.findings.push(finding);
    this.recorder.find(finding);
  }

  /** A panic after an oops says little: the oops is what happened. */
  private causeOf(panic: Finding): string {
    const before = this.findings[this.findings.indexOf(panic) - 1];
    return before?.kind === 'oops' || before?.kind === 'memory' || before?.kind === 'lockup'
      ? `${before.title}; ${panic.title}`
      : panic.title;
  }

  private ending(end: MachineEnd): { reason: string; lastLines: string[] } | undefined {
    const reason = this.verdict(end);
    return reason === undefined ? undefined : { reason, lastLines: this.lastLines };
  }

  /** Why the machine ended when it should not have; undefined when it ended in order. */
  private verdict(end: MachineEnd): string | undefined {
    const panic = this.findings.findLast(({ kind }) => kind === 'panic');
    const memory = this.findings.find(({ kind }) => kind === 'out-of-memory');
    if (end.kind === 'ended' && this.phase === 'complete' && !panic) return undefined;
    if (end.kind === 'failed') return end.reason;
    const size = `${this.suite.memoryMiB} MiB`;
    if (memory && this.phase !== 'complete') return `the guest ran out of memory (${size}): ${memory.title}`;
    if (panic) return this.causeOf(panic);
    if (end.kind === 'stopped') return end.reason;
    return this.phase === 'kernel'
      ? `the machine (${size}) ended before the kernel came to run`
      : 'the guest stopped early';
  }
}

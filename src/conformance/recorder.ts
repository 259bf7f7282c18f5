// SPDX-License-Identifier: Apache-2.0
import { FlowDumps } from './flow-dumps.ts';
import type { Finding } from './kernel-log.ts';
import { KtapParser, type KtapResult } from './ktap.ts';
import { type Chart, Measurements } from './measurement.ts';
import type { SuiteResult, TestResult } from './result.ts';

export type RecorderListener = {
  /** A script begins. */
  onScript?: (name: string) => void;
  /** A result is there; one that comes late (a kernel that complains after the fact) may follow the next script's first. */
  onTest?: (test: TestResult) => void;
  /** All scripts have said their last word. */
  onComplete?: () => void;
};

/** What is known of one script of the suite. */
type Script = {
  name: string;
  startedAt: number;
  /** When the result before the next one came. */
  lastAt: number;
  endedAt?: number;
  tests: TestResult[];
  /** What is wrong with the script as a whole. */
  reasons: string[];
  evidence: string[];
  skipped?: string;
  findings: Finding[];
  /** Measurements and flows that could not be read. */
  faults: number;
  /** What the console showed last, when the machine ended in it. */
  lastLines: string[];
};

/** A script that measures in a loop says the same wrong thing over and over. */
const MAXIMUM_FAULTS = 3;
const EXIT_STATUS = /^exit status \d+$/;

/** What a suite comes to. */
export type Recorded = Pick<SuiteResult, 'status' | 'reason' | 'tests' | 'measurements' | 'flows'>;

/**
 * Brings together what the guest reports (KTAP lines, one subtest per script) and what the kernel log shows, and makes
 * a result per test of it. Every test of the suite gets one: what did not run has failed.
 */
export class SuiteRecorder {
  private readonly tests: string[];
  private readonly listener: RecorderListener;
  private readonly now: () => number;
  private readonly parser: KtapParser;
  private readonly scripts = new Map<string, Script>();
  private readonly seen = new Set<KtapResult>();
  private readonly measurements: Measurements;
  private readonly flows = new FlowDumps();
  private readonly kernel: string | undefined;
  private current: Script | undefined;
  private last: Script | undefined;

  /**
   * `tests`: the names that the suite promises; `now`: seconds; `charts`: what it may measure; `kernel`: the release that it
   * runs on, by which flows are judged.
   */
  constructor(
    tests: string[],
    listener: RecorderListener,
    now: () => number,
    { charts = [], kernel }: { charts?: Chart[]; kernel?: string } = {},
  ) {
    this.tests = tests;
    this.kernel = kernel;
    this.measurements = new Measurements(charts);
    this.listener = listener;
    this.now = now;
    this.parser = new KtapParser(
      {
        onSubtest: (name, depth) => depth === 1 && this.begin(name),
        onResult: (result, depth) => {
          if (depth === 1) this.add(result);
          if (depth === 0) this.close(result);
        },
        onMeasurement: (text) => this.take(text, this.measurements),
        onFlow: (text) => this.take(text, this.flows),
      },
      now,
    );
  }

  /** A line of the second serial port. */
  line(line: string): void {
    this.parser.line(line);
  }

  /** Something that the kernel log shows. Before the first test it is no test's fault and stays in the log. */
  find(finding: Finding): void {
    const script = finding.test === undefined ? undefined : this.scripts.get(finding.test);
    if (!script) return;
    script.findings.push(finding);
    if (script.endedAt !== undefined) this.announce(script);
  }

  /** The script that runs now. */
  get running(): string | undefined {
    return this.current?.name;
  }

  get complete(): boolean {
    return this.current === undefined && this.tests.every((test) => this.scripts.has(test));
  }

  /**
   * The results, when nothing more will come. `ended` says why the machine stopped before the tests were through, or how
   * it failed to stop afterwards, and what its console showed last; undefined when all is well.
   */
  finish(ended?: { reason: string; lastLines: string[] }): Recorded {
    const { open, problems } = this.parser.end();
    if (this.scripts.size === 0) {
      return { status: 'error', reason: ended ? withLines(ended) : 'the guest ran no test', tests: [] };
    }
    const cut = this.current;
    if (cut) {
      cut.endedAt = this.now();
      cut.evidence.push(...open.evidence);
      cut.reasons.push(ended?.reason ?? 'has no result');
      cut.lastLines = ended?.lastLines ?? [];
      this.addUnseen(cut, open.children);
    } else if (this.last) {
      // All that is wrong after the last test is the last test's doing until somebody shows otherwise.
      this.last.reasons.push(...(ended ? [ended.reason] : []), ...problems);
      this.last.lastLines = ended?.lastLines ?? [];
    }
    const notRun = ended?.reason ?? 'the guest did not run it';
    const tests = this.tests.flatMap((name): TestResult[] => {
      const script = this.scripts.get(name);
      if (!script) return [{ name, status: 'fail', reason: `not run: ${notRun}`, seconds: 0 }];
      const whole = wholeScript(script);
      return whole ? [...script.tests, whole] : script.tests;
    });
    const statuses = tests.map(({ status }) => status);
    const status = statuses.includes('fail') ? 'fail' : statuses.includes('pass') ? 'pass' : 'skip';
    const where = cut ? ` (in ${cut.name})` : '';
    const reason = ended === undefined || this.complete ? undefined : `${ended.reason}${where}`;
    const { all } = this.measurements;
    const flows = this.flows.judged(this.kernel);
    return {
      status,
      ...(reason === undefined ? {} : { reason }),
      tests,
      ...(all.length > 0 ? { measurements: all } : {}),
      ...(flows.length > 0 ? { flows } : {}),
    };
  }

  private begin(name: string): void {
    // Only what the suite promises counts: a script may print such a line as well.
    if (this.current || !this.tests.includes(name) || this.scripts.has(name)) return;
    const at = this.now();
    this.current = {
      name,
      startedAt: at,
      lastAt: at,
      tests: [],
      reasons: [],
      evidence: [],
      findings: [],
      faults: 0,
      lastLines: [],
    };
    this.scripts.set(name, this.current);
    this.listener.onScript?.(name);
  }

  /** A figure or a flow that cannot be read is missing in the report, so the script that told it has failed. */
  private take(text: string, where: Measurements | FlowDumps): void {
    const { current } = this;
    if (!current) return;
    const fault = where.add(text);
    if (fault === undefined) return;
    current.faults++;
    if (current.faults <= MAXIMUM_FAULTS) current.reasons.push(fault);
  }

  private add(result: KtapResult): void {
    if (!this.current) return;
    this.seen.add(result);
    this.addTo(this.current, result);
  }

  /** What was not told live: results deeper than a script's own whose parents are missing. */
  private addUnseen(script: Script, results: KtapResult[]): void {
    for (const result of results) if (!this.seen.has(result)) this.addTo(script, result);
  }

  private addTo(script: Script, result: KtapResult): void {
    const seconds = Math.max(0, result.at - script.lastAt);
    script.lastAt = Math.max(script.lastAt, result.at);
    for (const test of leaves(result, `${script.name}: `, seconds)) {
      script.tests.push(test);
      this.listener.onTest?.(test);
    }
  }

  private close(result: KtapResult): void {
    const script = this.current;
    if (!script || script.name !== result.name) return;
    this.addUnseen(script, result.children);
    const failed = script.tests.some(({ status }) => status === 'fail');
    script.reasons.push(...result.problems);
    script.evidence.push(...result.evidence);
    if (result.status === 'fail') {
      const { reason = '' } = result;
      // A script ends with an error when one of its tests failed: that is said already.
      if (!(failed && (reason === '' || EXIT_STATUS.test(reason))))
        script.reasons.push(reason || 'failed, without a reason');
    } else if (result.status === 'skip' && script.tests.length === 0) script.skipped = result.reason ?? '';
    if (script.tests.length === 0 && script.skipped === undefined && script.reasons.length === 0) {
      script.reasons.push('reported no result');
    }
    script.endedAt = this.now();
    this.current = undefined;
    this.last = script;
    this.announce(script);
    if (this.complete) this.listener.onComplete?.();
  }

  private announce(script: Script): void {
    const whole = wholeScript(script);
    if (whole) this.listener.onTest?.(whole);
  }
}

/** The result that stands for a script as a whole; undefined when there is nothing to say but its own results. */
function wholeScript(script: Script): TestResult | undefined {
  const { name, findings, evidence, skipped, lastLines } = script;
  const reasons = [...findings.map(({ title }) => title), ...script.reasons];
  const seconds = (script.endedAt ?? script.lastAt) - script.startedAt;
  const kernelLog = findings.length > 0 ? findings.flatMap(({ lines }) => lines) : lastLines;
  if (reasons.length === 0) {
    return skipped === undefined ? undefined : { name, status: 'skip', reason: skipped, seconds };
  }
  return {
    name,
    status: 'fail',
    reason: [...new Set(reasons)].join('; '),
    seconds,
    ...(evidence.length > 0 ? { evidence } : {}),
    ...(kernelLog.length > 0 ? { kernelLog } : {}),
  };
}

function withLines({ reason, lastLines }: { reason: string; lastLines: string[] }): string {
  if (lastLines.length === 0) return `${reason}; the console showed nothing`;
  return [`${reason}; the last lines on the console:`, ...lastLines.map((line) => `  ${line}`)].join('\n');
}

function leaves(result: KtapResult, prefix: string, seconds: number): TestResult[] {
  const name = prefix + result.name;
  const children = result.children.flatMap((child) => leaves(child, `${name} / `, 0));
  const unexplained = result.status === 'fail' && !children.some(({ status }) => status === 'fail');
  if (children.length > 0 && result.problems.length === 0 && !unexplained) return spread(children, seconds);
  const reason = [result.reason, ...result.problems].filter((part) => part).join('; ');
  const own: TestResult = {
    name,
    status: result.problems.length > 0 ? 'fail' : result.status,
    ...(reason ? { reason } : {}),
    seconds,
    ...(result.evidence.length > 0 ? { evidence: result.evidence } : {}),
  };
  return [...children, own];
}

/** Nobody said how long each took. */
function spread(tests: TestResult[], seconds: number): TestResult[] {
  return tests.map((test) => ({ ...test, seconds: seconds / tests.length }));
}

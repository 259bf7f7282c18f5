// SPDX-License-Identifier: Apache-2.0
// KTAP version 1 as in the kernel's Documentation/dev-tools/ktap.rst, read line by line.

export type KtapResult = {
  name: string;
  status: 'pass' | 'fail' | 'skip';
  /** What stands after `#`, without a directive's name. */
  reason?: string;
  /** Lines that are no results, in order, since the result before. */
  evidence: string[];
  /** The results of the subtests, in order; those of subtests of theirs are in them. */
  children: KtapResult[];
  /** What is wrong with the subtests as a whole: a plan that is not kept, a missing number, `Bail out!`. */
  problems: string[];
  /** When its line came, as the caller counts time. */
  at: number;
};

export type KtapListener = {
  /** `# Subtest: name` at the given depth: 1 for a script that the guest's init runs. */
  onSubtest?: (name: string, depth: number) => void;
  /** A result, as soon as its line is there. */
  onResult?: (result: KtapResult, depth: number) => void;
  /** What stands behind `# measurement:`, which is a figure and no evidence. */
  onMeasurement?: (text: string) => void;
  /** The same behind `# flow:`. */
  onFlow?: (text: string) => void;
};

type Verdict = Pick<KtapResult, 'name' | 'status' | 'reason'>;

type Level = {
  indent: number;
  results: KtapResult[];
  count: number;
  /** The number that the next result should have. */
  next: number;
  planned?: number;
  skipped?: string;
  problems: string[];
};

const TAB = ' '.repeat(8);
const MAXIMUM_RESULTS = 10_000;
const MAXIMUM_DEPTH = 16;
const MAXIMUM_NAME = 300;
const MAXIMUM_PROBLEMS = 20;
/** Of more evidence than both together, the middle is left out. */
const FIRST_EVIDENCE = 60;
const LAST_EVIDENCE = 140;
const MAXIMUM_EVIDENCE_LINE = 500;

const RESULT = /^(not )?ok(?=\s|$)(?:\s+(\d+))?(?:\s+-(?=\s|$))?\s*(.*)$/;
const PLAN = /^1\.\.(\d+)\s*(?:#\s*skip\b[:\s]*(.*))?$/i;
const VERSION = /^(?:K?TAP) version \d+$/i;
const SUBTEST = /^# Subtest:\s*(.*)$/;
const MEASUREMENT = /^# measurement:(.*)$/;
const FLOW = /^# flow:(.*)$/;
const BAIL_OUT = /^Bail out!\s*(.*)$/i;
const DIRECTIVE = /^(skip|todo|xfail|timeout|error)\b[:\s]*(.*)$/i;

/**
 * Reads KTAP without trusting it: lines that are none are evidence of the next result, indentation of any width nests,
 * and what is kept is bounded. Never throws.
 */
export class KtapParser {
  private readonly listener: KtapListener;
  private readonly now: () => number;
  private levels: Level[] = [newLevel(0)];
  private evidence: string[] = [];
  private leftOut = 0;

  constructor(listener: KtapListener = {}, now: () => number = () => 0) {
    this.listener = listener;
    this.now = now;
  }

  line(line: string): void {
    const text = line.trimStart();
    if (text === '') return;
    const indent = line.slice(0, line.length - text.length).replaceAll('\t', TAB).length;
    const subtest = SUBTEST.exec(text);
    if (subtest) {
      const depth = this.enter(indent);
      // What was said before a script began is not said by it.
      if (depth <= 1) this.takeEvidence();
      this.listener.onSubtest?.(subtest[1] ?? '', depth);
      return;
    }
    const measurement = MEASUREMENT.exec(text);
    if (measurement) {
      this.listener.onMeasurement?.(measurement[1] ?? '');
      return;
    }
    const flow = FLOW.exec(text);
    if (flow) {
      this.listener.onFlow?.(flow[1] ?? '');
      return;
    }
    if (VERSION.test(text.trimEnd())) {
      this.enter(indent);
      return;
    }
    const plan = PLAN.exec(text.trimEnd());
    if (plan) {
      this.plan(this.levels[this.enter(indent)], Number(plan[1]), plan[2]);
      return;
    }
    const bailOut = BAIL_OUT.exec(text);
    if (bailOut) {
      complain(this.levels[this.enter(indent)], `bailed out: ${bailOut[1] || 'no reason given'}`);
      return;
    }
    const result = RESULT.exec(text);
    if (result) this.result(indent, result);
    else this.keep(text.startsWith('#') ? text.replace(/^#\s?/, '') : line.trimEnd());
  }

  /** All results, what is wrong with them as a whole, and what was being collected for a result that never came. */
  end(): { results: KtapResult[]; problems: string[]; open: Pick<KtapResult, 'children' | 'problems' | 'evidence'> } {
    const open = { ...this.collapse(1), evidence: this.takeEvidence() };
    const top = this.levels[0] ?? newLevel(0);
    return { results: top.results, problems: closing(top), open };
  }

  /** Makes sure that there is a level of that indentation; returns its depth. */
  private enter(indent: number): number {
    const depth = this.levels.findIndex((level) => level.indent >= indent);
    if (depth >= 0) {
      // Between two levels: the deeper ones came before the line that they belong to.
      if (this.levels[depth]?.indent !== indent) this.levels.splice(depth, 0, newLevel(indent));
      return depth;
    }
    if (this.levels.length < MAXIMUM_DEPTH) this.levels.push(newLevel(indent));
    return this.levels.length - 1;
  }

  private plan(level: Level | undefined, planned: number, skipped: string | undefined): void {
    if (!level) return;
    if (level.planned !== undefined && level.planned !== planned) {
      complain(level, `two plans: 1..${level.planned} and 1..${planned}`);
    }
    level.planned = planned;
    if (planned === 0) level.skipped = skipped ?? '';
  }

  private result(indent: number, [, not, number, rest = '']: RegExpExecArray): void {
    const depth = this.enter(indent);
    const level = this.levels[depth];
    if (!level) return;
    const below = this.collapse(depth + 1);
    const { name, status, reason } = verdict(not === undefined, rest, below.skipped);
    const result: KtapResult = {
      name: name || `(unnamed) ${number ?? level.count + 1}`,
      status,
      ...(reason ? { reason } : {}),
      evidence: this.takeEvidence(),
      children: below.children,
      problems: below.problems,
      at: this.now(),
    };
    level.count++;
    if (number !== undefined) {
      if (Number(number) !== level.next) complain(level, `result ${level.next} is missing: the next one is ${number}`);
      level.next = Number(number);
    }
    level.next++;
    if (level.results.length < MAXIMUM_RESULTS) level.results.push(result);
    else complain(level, `more than ${MAXIMUM_RESULTS} results`);
    this.listener.onResult?.(result, depth);
  }

  /** Takes away the levels from `depth` on: their results are children of the result that comes now. */
  private collapse(depth: number): Pick<KtapResult, 'children' | 'problems'> & { skipped?: string } {
    const levels = this.levels.splice(depth);
    const skipped = levels[0]?.results.length === 0 ? levels[0].skipped : undefined;
    return {
      // Deeper ones are left over only when a parent's own result is missing; they come last, as they came.
      children: levels.flatMap((level) => level.results),
      problems: levels.flatMap(closing),
      ...(skipped === undefined ? {} : { skipped }),
    };
  }

  private keep(line: string): void {
    this.evidence.push(line.length > MAXIMUM_EVIDENCE_LINE ? `${line.slice(0, MAXIMUM_EVIDENCE_LINE)} [...]` : line);
    if (this.evidence.length > FIRST_EVIDENCE + LAST_EVIDENCE) {
      this.evidence.splice(FIRST_EVIDENCE, 1);
      this.leftOut++;
    }
  }

  private takeEvidence(): string[] {
    const evidence = this.evidence;
    if (this.leftOut > 0) evidence.splice(FIRST_EVIDENCE, 0, `[... ${this.leftOut} lines left out ...]`);
    this.evidence = [];
    this.leftOut = 0;
    return evidence;
  }
}

function newLevel(indent: number): Level {
  return { indent, results: [], count: 0, next: 1, problems: [] };
}

function closing(level: Level): string[] {
  const { planned, count, problems } = level;
  if (planned === undefined || planned === count) return problems;
  return [...problems, `the plan was ${planned} results, ${count} came`];
}

function complain(level: Level | undefined, problem: string): void {
  if (level && level.problems.length < MAXIMUM_PROBLEMS && !level.problems.includes(problem)) {
    level.problems.push(problem);
  }
}

function verdict(ok: boolean, rest: string, planSkipped: string | undefined): Verdict {
  const hash = /(?:^|\s)#\s*/.exec(rest);
  const name = (hash ? rest.slice(0, hash.index) : rest).trim().replaceAll('\\#', '#').slice(0, MAXIMUM_NAME);
  const comment = hash ? rest.slice(hash.index + hash[0].length).trim() : '';
  const [, directive = '', reason = ''] = DIRECTIVE.exec(comment) ?? [];
  switch (directive.toLowerCase()) {
    case 'skip':
      // `not ok # SKIP` is not KTAP; whoever writes it says both, and the failure is the one not to lose.
      return { name, status: ok ? 'skip' : 'fail', reason };
    case 'todo':
    case 'xfail':
      return ok ? { name, status: 'pass' } : { name, status: 'skip', reason: `expected to fail: ${reason}`.trim() };
    case 'timeout':
    case 'error':
      return { name, status: 'fail', reason: comment };
  }
  if (ok && planSkipped !== undefined) return { name, status: 'skip', reason: planSkipped };
  return { name, status: ok ? 'pass' : 'fail', reason: comment };
}

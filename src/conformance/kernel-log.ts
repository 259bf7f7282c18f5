// SPDX-License-Identifier: Apache-2.0

export type FindingKind =
  | 'panic'
  | 'oops'
  | 'bug'
  | 'warning'
  | 'lockdep'
  | 'rcu-stall'
  | 'lockup'
  | 'hung-task'
  | 'leak'
  | 'memory'
  | 'sanitizer'
  | 'out-of-memory';

/** Something that a kernel in order does not say. */
export type Finding = {
  kind: FindingKind;
  /** The line that says it, without its time. */
  title: string;
  /** That line, the ones it belongs to and their times. */
  lines: string[];
  /** The test that ran, or had just run; absent before the first. */
  test?: string;
};

/** A warning of some kernels that is known to mean nothing: a part of its title, and why. */
export type KnownWarning = { text: string; why: string };

/** Whether a finding is a mere warning, and a known one; what stops or corrupts a kernel never is. */
export function isKnownWarning({ kind, title }: Finding, known: KnownWarning[]): boolean {
  const isWarning = kind === 'warning' || /^memcpy: detected field-spanning write/.test(title);
  return isWarning && known.some(({ text }) => title.includes(text));
}

export type KernelLogListener = {
  onFinding: (finding: Finding) => void;
  /** A test starts or has ended, as the guest's init writes it into the kernel log. */
  onMarker?: (what: 'start' | 'end', test: string) => void;
};

const MAXIMUM_LINES = 80;
/** Lines in which a report says what it is about. */
const MAXIMUM_HEAD = 4;
/** A log full of findings says no more than the first ones. */
const MAXIMUM_FINDINGS = 50;

const TIME = /^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[[^\]]*\])? ?/;
const MARKER = /^ovnfast: test (start|end) (\S+)$/;
const CUT_HERE = /^-+\[ cut here \]-+$/;
const END_TRACE = /^---\[ end /;

// In this order: the first that fits says what it is. Sources: the kernel's own texts, 3.10 to 7.x.
const SIGNS: [FindingKind, RegExp][] = [
  ['panic', /^Kernel panic - not syncing/],
  [
    'lockdep',
    /^(WARNING|INFO|BUG): (possible |suspicious RCU usage|inconsistent lock|bad unlock|held lock|lock held|.*lock order)/,
  ],
  [
    'lockdep',
    /possible (circular|recursive|irq lock inversion) (lock|dependency)|inconsistent lock state|^BUG: MAX_LOCK/,
  ],
  ['sanitizer', /^(BUG: (KASAN|KMSAN|KCSAN|KFENCE)|UBSAN:)/],
  ['lockup', /BUG: soft lockup|hard LOCKUP|BUG: workqueue lockup/],
  ['rcu-stall', /^(rcu|INFO): .*(detected( expedited)? stalls?|self-detected stall|kthread starved)/],
  ['hung-task', /^INFO: task .+ blocked (for more than|in I\/O wait for) \d+ seconds/],
  [
    'oops',
    /^(BUG: unable to handle|BUG: kernel NULL pointer|BUG: stack guard|kernel BUG at |Oops[: -]|Unable to handle kernel)/,
  ],
  [
    'oops',
    /^(general protection fault|invalid opcode|divide error|double fault|stack segment|PANIC: double fault|traps: PANIC)[:, ]/,
  ],
  ['leak', /still has objects|Objects remaining in |BUG: memory leak|leaked? [a-z_]+ .*refcnt/],
  ['memory', /^(list_(add|del) corruption|BUG .*\): |refcount_t: |slab error|Slab corruption)/],
  ['memory', /^(BUG: Bad (page|rss)|swap_info_get: Bad|Bad page map|=+ BUG |kernel tried to execute NX)/],
  [
    'memory',
    /detected (buffer overflow|field-spanning write)|stack-protector: Kernel stack is corrupted|usercopy: Kernel memory/,
  ],
  ['leak', /^(kmemleak: \d+ new suspected|unreferenced object 0x|unregister_netdevice: waiting for )/],
  ['out-of-memory', /^(Out of memory[:. ]|Initramfs unpacking failed: write error)/],
  ['warning', /^WARNING: |^------------\[ cut here/],
  ['bug', /^BUG: |^BUG [a-z]|^INFO: (possible|inconsistent|suspicious)/],
];

/** Reads the kernel log line by line and says what is wrong in it, and during which test. */
export class KernelLog {
  private readonly listener: KernelLogListener;
  private open: Finding | undefined;
  private findings = 0;
  private test: string | undefined;

  constructor(listener: KernelLogListener) {
    this.listener = listener;
  }

  line(line: string): void {
    const text = line.replace(TIME, '');
    // What has no time is not the kernel's: the guest's programs may write to the console too.
    const fromKernel = text.length < line.length;
    const marker = fromKernel ? MARKER.exec(text) : null;
    if (marker) {
      this.end();
      const [, what, test = ''] = marker;
      this.test = test;
      this.listener.onMarker?.(what as 'start' | 'end', test);
      return;
    }
    const kind = fromKernel ? SIGNS.find(([, sign]) => sign.test(text))?.[0] : undefined;
    // What follows the first line of a report is part of it; only a panic is a fact of its own.
    if (kind !== undefined && (this.open === undefined || (kind === 'panic' && this.open.kind !== 'panic'))) {
      this.begin(kind, text, line);
    } else if (this.open) {
      this.open.lines.push(line);
      this.refine(this.open, kind, text);
      if (END_TRACE.test(text) || this.open.lines.length >= MAXIMUM_LINES) this.end();
    }
  }

  /** Hands out a report that is still open. */
  end(): void {
    const { open } = this;
    this.open = undefined;
    if (open === undefined || isEmpty(open)) return;
    this.findings++;
    if (this.findings <= MAXIMUM_FINDINGS) this.listener.onFinding(open);
  }

  private begin(kind: FindingKind, title: string, line: string): void {
    this.end();
    this.open = { kind, title, lines: [line], ...(this.test === undefined ? {} : { test: this.test }) };
  }

  /** `cut here` begins a report; what the kernel was told to say, if anything, comes before the line that says what it is. */
  private refine(open: Finding, kind: FindingKind | undefined, text: string): void {
    if (open.lines.length > MAXIMUM_HEAD || text === '') return;
    if (CUT_HERE.test(open.title)) {
      open.title = text;
      if (kind !== undefined) open.kind = kind;
    } else if (kind === 'warning' && open.kind === 'warning' && !open.title.startsWith('WARNING')) {
      open.title = `${text}: ${open.title}`;
    }
  }
}

function isEmpty({ title }: Finding): boolean {
  return CUT_HERE.test(title);
}

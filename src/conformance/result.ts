// SPDX-License-Identifier: Apache-2.0
import type { FlowDump } from './flow-dumps.ts';
import type { Chart, Measurement } from './measurement.ts';

/** What one test said in the guest, plus what the host saw in the kernel log while it ran. */
export type TestResult = {
  /** `script: result` for what a script reports, `script` for what was seen from outside of it. */
  name: string;
  status: 'pass' | 'fail' | 'skip';
  reason?: string;
  seconds: number;
  /** What the test printed before its verdict. */
  evidence?: string[];
  /** Kernel log lines that belong to a failure of this test. */
  kernelLog?: string[];
};

/**
 * Why a kernel takes only modules that are signed: it is locked down or demands it by itself, as Secure Boot is on, or
 * it was told to.
 */
export const ENFORCEMENTS = ['lockdown', 'sig_enforce', 'told'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

/** One suite on one booted kernel. `error`: the machine or the harness failed, so that nothing is known about the module. */
export type SuiteResult = {
  name: string;
  status: 'pass' | 'fail' | 'error' | 'skip';
  reason?: string;
  accelerator: 'kvm' | 'tcg';
  /** Why that accelerator. */
  acceleratorReason?: string;
  /** The guest's time was the count of its instructions; left out: time as it passes. */
  clock?: 'counted';
  /** The firmware had Secure Boot on and trusted that certificate; `enforcement` is there when the kernel came so far. */
  secureBoot?: { subject: string; sha256: string; enforcement?: Enforcement };
  /** From the start of the machine to the first test. */
  bootSeconds: number;
  seconds: number;
  /** Path of the kernel log (first serial port). */
  console: string;
  /** Path of what the guest said (second serial port). */
  ktap?: string;
  tests: TestResult[];
  /** What the tests measured, in the order in which they told it. */
  measurements?: Measurement[];
  /** How that is shown; there when anything was measured. */
  charts?: Chart[];
  /** The flows of the datapath that the tests saw. */
  flows?: FlowDump[];
};

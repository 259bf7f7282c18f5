// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { LimitFunction } from 'p-limit';
import type { Candidate } from './candidates.ts';
import type { Suite } from './conformance/suite.ts';
import type { AcceleratorWish } from './machine/accelerator.ts';
import type { SharedPrograms } from './programs.ts';
import type { RunListener } from './report/events.ts';
import type { Results } from './results.ts';
import type { SharedBuilds } from './sharing.ts';
import type { Workshop } from './workshop.ts';

/** A candidate in a run. */
export type Entry = Candidate & {
  /** The one that the run was given, whose files lie in the target's own directory; those of others in one of theirs below. */
  main: boolean;
  /** One build serves several releases. */
  sharing?: SharedBuilds;
};

/** What all targets of a run share. */
export type Job = {
  workshop: Workshop;
  /** What is tested, the main one first. */
  entries: Entry[];
  /** In the order in which they run. */
  suites: Suite[];
  /** Paths of the compiled programs of each. */
  programs: Map<Suite, string[]>;
  /** Digest of everything but the target's own packages that a result depends on. */
  digest: string;
  out: string;
  fresh: boolean;
  jobs: number;
  accelerator: AcceleratorWish;
  /** What the firmware of each machine trusts; left out: machines without Secure Boot. */
  trusted?: X509Certificate;
  results: Results;
  /** One slot per build or machine that may run at a time. */
  slots: LimitFunction;
  /** One build of eBPF programs serves all targets, of whatever distribution. */
  builtOnce: SharedPrograms;
  emit: RunListener;
  signal: AbortSignal;
};

/** Whether there is a module of it to build for each kernel that takes no other's. */
export function buildsModules({ kind, subject }: Candidate): boolean {
  return kind === 'module' && 'directory' in subject;
}

/** Where the files of a candidate go, below the directory of the target. */
export function directoryOf({ main, name }: Entry, output: string): string {
  return main ? output : join(output, name);
}

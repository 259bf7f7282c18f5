// SPDX-License-Identifier: Apache-2.0
import type { TestResult } from '../conformance/result.ts';
import type { ReportBuild, ReportSuite, ReportTarget, Status } from './model.ts';

/** What a target goes through, in order; `queued` waits for a free processor. */
export type Stage = 'queued' | 'lock' | 'fetch' | 'unpack' | 'build' | 'boot' | 'test';

/**
 * What `run` tells whoever watches. Stages never print; they report one of these.
 * `target` is the target's label (`debian-12/6.1.0-56-amd64` or a shared sysroot such as `tools`).
 */
export type RunEvent =
  | { type: 'stage'; target: string; stage: Stage; detail?: string }
  | { type: 'progress'; target: string; done: number; total?: number; unit: 'bytes' | 'packages' | 'files' | 'tests' }
  | { type: 'test'; target: string; suite: string; test: TestResult }
  /** Phases that are over, with what the report will say of them; paths are relative to the output directory. */
  | ({ type: 'prepared'; target: string } & Pick<ReportTarget, 'lock' | 'mirrors'>)
  | { type: 'built'; target: string; build: ReportBuild }
  | { type: 'tested'; target: string; suite: ReportSuite }
  | { type: 'warning'; target?: string; message: string }
  | { type: 'note'; target?: string; message: string }
  /** Something that targets share is there now; its line has done its service. */
  | { type: 'ready'; target: string }
  | { type: 'finished'; target: string; status: Status; reason?: string; cached?: boolean };

export type RunListener = (event: RunEvent) => void;

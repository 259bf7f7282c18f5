// SPDX-License-Identifier: Apache-2.0
import type { ProcessResult } from '../../host/process.ts';

/** One check: files outside of the sandbox. */
export type GpgvFiles = { signature: string; data: string; keyring: string };

/** Runs gpgv with `--status-fd 1`; wired up to the sandbox by whoever opens one. Throws what the sandbox throws. */
export type RunGpgv = (files: GpgvFiles, signal: AbortSignal) => Promise<ProcessResult>;

// SPDX-License-Identifier: Apache-2.0

import { basename } from 'node:path';
import { labelOf } from '../matrix/targets.ts';
import type { Distribution, Target, ToolSysroot } from '../matrix/types.ts';
import { type KernelPart, type Lock, lockKernel, lockTarget, lockTool } from './lock.ts';
import type { Offers } from './offers.ts';

/** A target, whole or one part of its kernel, or a shared sysroot. */
export type Subject = { target: Target; part?: KernelPart } | { tool: ToolSysroot };

/** Locks a subject. Throws as `lockTarget`. */
export async function resolveWith(subject: Subject, offers: Offers): Promise<Lock> {
  if ('tool' in subject) return lockTool(subject.tool, offers);
  return subject.part ? lockKernel(subject.target, offers, subject.part) : lockTarget(subject.target, offers);
}

/** What makes `ovnfast lock` write the lock of a subject. */
export function selection(subject: Subject): string {
  if ('target' in subject) return `--target '${nameOf(subject)}'`;
  const { group } = subject.tool;
  return group === 'tools' ? '--tools' : `--target ${group}`;
}

/** How a subject is called in messages and in file names of the cache. */
export function nameOf(subject: Subject): string {
  return 'target' in subject ? labelOf(subject.target) : `${subject.tool.group}/${subject.tool.name}`;
}

/** What of the matrix a lock is resolved from. */
export function ingredients(subject: Subject): unknown {
  const { archives, packages } = distributionOf(subject);
  return [
    'tool' in subject ? [subject.tool.packages, subject.tool.exclude] : packages,
    archives.map(({ name, suites, components, keys, mirrors }) => {
      return [name, suites, components, keys.map((key) => basename(key)), mirrors];
    }),
  ];
}

export function distributionOf(subject: Subject): Distribution {
  return 'target' in subject ? subject.target.distribution : subject.tool.distribution;
}

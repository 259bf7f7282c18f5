// SPDX-License-Identifier: Apache-2.0
import type { PackageDrift } from '../packages/drift.ts';
import { cell, type Paint, stringWidth } from './terminal.ts';
import { counted, oneLine, visible } from './text.ts';

/** What became of one lock. */
export type LockDrift = {
  /** Distribution id of a target or toolchain, `tools` of what all targets share. */
  id: string;
  /** Of a target. */
  kernel?: string;
  /** Of another lock: its name. */
  sysroot?: string;
  status: 'same' | 'changed' | 'unknown';
  /** Why it is not known, or what is not told package by package: that the kernel release has gone. */
  reason?: string;
  packages: PackageDrift[];
};

export type DriftReport = {
  locks: LockDrift[];
  /** Releases that the default selectors would take now and that have no lock, by distribution. */
  kernels: { id: string; newer: string[] }[];
};

/** A change that is known comes first, then what is not known. */
export function driftStatus({ locks, kernels }: DriftReport): LockDrift['status'] {
  if (kernels.length > 0 || locks.some(({ status }) => status === 'changed')) return 'changed';
  return locks.some(({ status }) => status === 'unknown') ? 'unknown' : 'same';
}

const looks: Record<PackageDrift['change'], Parameters<Paint>[0]> = {
  version: 'yellow',
  rebuilt: 'yellow',
  gained: 'cyan',
  lost: 'cyan',
  gone: ['red', 'bold'],
};

/** What changed since the locks were written, for people. Ends with a newline. */
export function driftText(report: DriftReport, paint: Paint): string {
  const lines = report.locks.flatMap((lock) => lockLines(lock, paint));
  for (const { id, newer } of report.kernels) {
    lines.push(`${paint('yellow', `${id}: newer kernel, not locked: ${newer.join(', ')}`)}`);
  }
  const ids = [...new Set([...changed(report).map(({ id }) => id), ...report.kernels.map(({ id }) => id)])];
  const commands = ids.map((id) => (id === 'tools' ? '--tools' : `--target ${id}`)).join(' ');
  const unknown = report.locks.filter(({ status }) => status === 'unknown').length;
  lines.push(
    '',
    `${counted(report.locks.length, 'lock')}: ${changed(report).length} changed, ${unknown} not known`,
    ...(commands ? [`To take it: ovnfast lock ${commands}`] : []),
  );
  return `${lines.join('\n')}\n`;
}

function changed({ locks }: DriftReport): LockDrift[] {
  return locks.filter(({ status }) => status === 'changed');
}

function lockLines({ id, kernel, sysroot, status, reason, packages }: LockDrift, paint: Paint): string[] {
  const name = paint('bold', `${id}/${kernel ?? sysroot}`);
  if (status === 'same') return [`${name}  ${paint('green', 'the same')}`];
  if (status === 'unknown') {
    const text = visible(reason ?? '').replaceAll('\n', '\n    ');
    return [`${name}  ${paint(['yellow', 'bold'], '! not known')}`, `    ${text}`];
  }
  const rows = packages.map((one) => [
    one.change,
    one.name,
    oneLine(one.locked ?? ''),
    oneLine(one.offered ?? ''),
    note(one),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => stringWidth(row[column] ?? ''))));
  const shown = rows.map(([change = '', packageName = '', locked = '', offered = '', words = ''], index) => {
    const look = looks[packages[index]?.change ?? 'version'];
    const arrow = locked && offered ? '->' : '  ';
    return [
      `    ${paint(look, cell(change, widths[0] ?? 0))}`,
      cell(packageName, widths[1] ?? 0),
      `${cell(locked, widths[2] ?? 0)} ${arrow} ${cell(offered, widths[3] ?? 0)}`,
      paint('gray', words),
    ]
      .join('  ')
      .trimEnd();
  });
  const count = packages.length > 0 ? counted(packages.length, 'package') : '';
  const gone = reason === undefined ? '' : paint(['red', 'bold'], oneLine(reason));
  return [`${name}  ${[gone, count].filter(Boolean).join(', ')}`, ...shown];
}

function note({ sysroots, left, change }: PackageDrift): string {
  return [sysroots.join(' and '), left && change !== 'gone' ? 'the pinned one has left the index' : '']
    .filter(Boolean)
    .join(', ');
}

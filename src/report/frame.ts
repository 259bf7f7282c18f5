// SPDX-License-Identifier: Apache-2.0
import type { RunEvent, Stage } from './events.ts';
import type { Status } from './model.ts';
import { cell, type Paint, shorten, statusLook, stringWidth } from './terminal.ts';
import { byteSize, counted, stopwatch } from './text.ts';

/** What is known about one target while it runs. Times in milliseconds since the epoch. */
export type Row = {
  label: string;
  stage: Stage;
  /** When it left the queue. */
  startedAt: number | undefined;
  stageAt: number;
  /** When a line about this row was last printed (plain output only). */
  saidAt: number;
  detail: string;
  progress: Omit<Extract<RunEvent, { type: 'progress' }>, 'type' | 'target'> | undefined;
  passed: number;
  failed: number;
  end: { status: Status; at: number; reason: string; cached: boolean } | undefined;
};

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const barWidth = 12;

/** Stage and how far it is: `fetch  34.2 MB of 88.0 MB`. */
export function stageText(row: Row): string {
  return [row.stage, detailText(row)].filter(Boolean).join('  ');
}

function detailText({ progress, detail, passed, failed, stage }: Row): string {
  const counts = [];
  if (progress) {
    const { done, total, unit } = progress;
    const show = unit === 'bytes' ? byteSize : String;
    counts.push(`${show(done)}${total === undefined ? '' : ` of ${show(total)}`}${unit === 'bytes' ? '' : ` ${unit}`}`);
  } else if (stage === 'test' && passed + failed > 0) counts.push(counted(passed + failed, 'test'));
  if (failed > 0) counts.push(`${failed} failed`);
  return [counts.join(', '), detail].filter(Boolean).join('  ');
}

/** How a finished target ended: `24 of 25 tests  the reason`. */
export function endText({ end, passed, failed }: Row): string {
  const tests = passed + failed > 0 ? `${passed} of ${counted(passed + failed, 'test')}` : '';
  return [end?.cached ? 'cached' : '', tests, end?.reason].filter(Boolean).join('  ');
}

/** The live lines: one per row as far as the window has room, none wider than it. */
export function drawFrame(
  rows: Row[],
  { columns, rows: height }: { columns: number; rows: number },
  { now, tick, paint }: { now: number; tick: number; paint: Paint },
): string[] {
  const width = Math.max(1, columns - 1);
  const shown = chooseRows(rows, Math.max(1, height - 2));
  const labelWidth = Math.min(Math.max(...shown.map((row) => stringWidth(row.label))), Math.floor(width * 0.4));
  const lines = shown.map((row) => rowLine(row, { width, labelWidth, now, tick, paint }));
  const hidden = rows.filter((row) => !shown.includes(row));
  if (hidden.length > 0) {
    const finished = hidden.filter((row) => row.end).length;
    const parts = [
      finished > 0 ? `${finished} finished` : '',
      finished < hidden.length ? `${hidden.length - finished} waiting or running` : '',
    ];
    lines.push(paint('gray', shorten(`… and ${hidden.length} more: ${parts.filter(Boolean).join(', ')}`, width)));
  }
  return lines;
}

type Layout = { width: number; labelWidth: number; now: number; tick: number; paint: Paint };

function rowLine(row: Row, { width, labelWidth, now, tick, paint }: Layout): string {
  const running = !row.end && row.startedAt !== undefined;
  const look = row.end && statusLook[row.end.status];
  const mark = look?.mark ?? (running ? (spinner[tick % spinner.length] ?? ' ') : '·');
  const format = look?.format ?? (running ? 'cyan' : 'gray');
  const word = look?.word ?? row.stage;
  const time = row.startedAt === undefined ? '' : stopwatch((row.end?.at ?? now) - row.startedAt);
  const room = width - 'm '.length - labelWidth - '  queued  '.length - (time && `  ${time}`).length;
  if (room < 0) return paint(format, shorten(`${mark} ${word} ${row.label}`, width));
  const bar = room > barWidth + 20 && !row.end ? progressBar(row.progress) : '';
  return [
    `${paint(format, mark)} ${cell(row.label, labelWidth)}  ${paint(format, cell(word, 6))}  `,
    bar && paint('cyan', bar),
    cell(row.end ? endText(row) : detailText(row), room - stringWidth(bar)),
    time && `  ${paint('gray', time)}`,
  ].join('');
}

function progressBar(progress: Row['progress']): string {
  if (!progress?.total) return '';
  const full = Math.round(barWidth * Math.min(1, progress.done / progress.total));
  return `${'━'.repeat(full)}${'╌'.repeat(barWidth - full)} `;
}

/** Where not all rows have room: those that run come first, then those that ended badly, then what waits, then what passed. */
function chooseRows(rows: Row[], room: number): Row[] {
  if (rows.length <= room) return rows;
  const rank = (row: Row) => {
    if (row.end) return row.end.status === 'pass' || row.end.status === 'skip' ? 3 : 1;
    return row.startedAt === undefined ? 2 : 0;
  };
  const kept = new Set(rows.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, room - 1)));
  return rows.filter((row) => kept.has(row));
}

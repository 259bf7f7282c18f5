// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { readLog } from '../../../src/report/logs.ts';
import { validateReport } from '../../../src/report/model.ts';
import { writeReport } from '../../../src/report/write.ts';
import { mixedReport, sampleReport, sampleTarget } from './sample.ts';

const directory = () => TemporaryDirectory.create(tmpdir(), 'ovnfast-report-');

describe('writeReport', () => {
  it('writes four files that tell the same, makes the directory, leaves nothing else', async () => {
    await using scratch = await directory();
    const out = join(scratch.path, 'a', 'out');
    const files = await writeReport(mixedReport(), out);
    expect((await readdir(out)).toSorted()).toEqual(['junit.xml', 'report.html', 'report.json', 'summary.md']);
    const report = validateReport(JSON.parse(await readFile(files.json, 'utf8')));
    expect(report).toEqual(mixedReport());
    for (const path of Object.values(files)) expect(await readFile(path, 'utf8')).toContain('nat-gateway');
  });

  it('puts logs into the page, bounded however large they are', async () => {
    await using scratch = await directory();
    const report = sampleReport([sampleTarget(0)]);
    await mkdir(join(scratch.path, 'debian-11/fastpath'), { recursive: true });
    await writeFile(join(scratch.path, 'debian-11/build.log'), 'compiled well\r\n');
    const line = `${'x'.repeat(99)}\n`;
    await writeFile(
      join(scratch.path, 'debian-11/fastpath/console.log'),
      `first line\n${line.repeat(50_000)}last line\n`,
    );
    const { html } = await writeReport(report, scratch.path);
    const page = await readFile(html, 'utf8');
    expect(page.length).toBeLessThan(1_500_000);
    for (const text of ['compiled well</li>', 'first line', 'last line', 'left out here']) expect(page).toContain(text);
  });

  it('refuses a report that contradicts itself and leaves the old one', async () => {
    await using scratch = await directory();
    const { json } = await writeReport(mixedReport(), scratch.path);
    await expect(writeReport({ ...mixedReport(), status: 'pass' }, scratch.path)).rejects.toThrow(InputError);
    expect(JSON.parse(await readFile(json, 'utf8')).status).toBe('fail');
  });

  it('names the place and what to do when it cannot be written, and leaves no half', async () => {
    await using scratch = await directory();
    const file = join(scratch.path, 'file');
    await writeFile(file, '');
    await expect(writeReport(mixedReport(), file)).rejects.toThrow(EnvironmentError);
    await expect(writeReport(mixedReport(), file)).rejects.toThrow(/file: the report cannot be written: .*\n.*--out/);
    // One of the four places is taken by a directory: the others are not touched, nothing temporary stays.
    const out = join(scratch.path, 'out');
    await mkdir(join(out, 'report.json', 'taken'), { recursive: true });
    await expect(writeReport(mixedReport(), out)).rejects.toThrow(EnvironmentError);
    expect((await readdir(out)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('readLog', () => {
  it('knows nothing of a file that is not there', async () => {
    await using scratch = await directory();
    expect(await readLog(join(scratch.path, 'none'), 100)).toBeUndefined();
  });

  it('reads small ones whole, with any line end', async () => {
    await using scratch = await directory();
    const path = join(scratch.path, 'log');
    await writeFile(path, 'a\r\nb\n\nc');
    expect(await readLog(path, 100)).toEqual({ head: ['a', 'b', '', 'c'], omitted: undefined, tail: [] });
    await writeFile(path, '');
    expect(await readLog(path, 100)).toEqual({ head: [], omitted: undefined, tail: [] });
  });

  it('leaves out whole lines in the middle of large ones, and counts them and their bytes right', async () => {
    await using scratch = await directory();
    const path = join(scratch.path, 'log');
    const lines = Array.from({ length: 10_000 }, (_, index) => `línea ${index}`);
    await writeFile(path, `${lines.join('\n')}\n`);
    const log = await readLog(path, 5000);
    if (!log?.omitted) throw new Error('nothing was left out');
    expect(log.head).toEqual(lines.slice(0, log.head.length));
    expect(log.tail).toEqual(lines.slice(-log.tail.length));
    expect(log.head.length + log.omitted.lines + log.tail.length).toBe(10_000);
    const shown = Buffer.byteLength([...log.head, ...log.tail].map((line) => `${line}\n`).join(''));
    expect(shown + log.omitted.bytes).toBe((await stat(path)).size);
    expect(shown).toBeLessThanOrEqual(5000);
  });

  it('bounds one endless line too', async () => {
    await using scratch = await directory();
    const path = join(scratch.path, 'log');
    await writeFile(path, 'x'.repeat(100_000));
    const log = await readLog(path, 1000);
    expect([...(log?.head ?? []), ...(log?.tail ?? [])].join('').length).toBeLessThanOrEqual(1000);
    expect(log?.omitted?.bytes).toBe(99_000);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AnnotationPlaces, annotate, annotationsOf } from '../../../src/action/annotations.ts';
import { harmless } from '../../../src/action/commands.ts';
import type { Change } from '../../../src/report/baseline.ts';
import type { Report, ReportBuild, ReportDiagnostic, ReportTarget } from '../../../src/report/model.ts';
import { readLog } from '../../action-log.ts';
import { mixedReport, sampleReport, sampleSuite, sampleTarget, sampleTest } from '../report/sample.ts';
import { hostileText } from './hostile.ts';

/** A file name that has in it all that means something in a command. */
const STRANGE = 'a,b=c%0A::error::d\n.c';
let directory: string;
let places: AnnotationPlaces;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovnfast-annotations-'));
  const files = {
    'workspace/kmod/mine/fastpath.c': '',
    'workspace/kmod/mine/include/a.h': '',
    [`workspace/kmod/mine/${STRANGE}`]: '',
    'workspace/kmod/other/other.c': '',
    'workspace/tests/load/010-lines.sh':
      '#!/bin/sh\n\ncheck "four lines" lines\ncheck "$1: TCP too" tcp\nTCP() { :; }\n',
    'workspace/tests/load/020-program': 'ELF',
    'elsewhere/outside.c': '',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const workspace = join(directory, 'workspace');
  places = {
    workspace,
    modules: { fastpath: join(workspace, 'kmod/mine'), other: join(workspace, 'kmod/other') },
    suites: ['fastpath', 'tests/load'],
  };
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A target whose build complained. */
function complaining(
  index: number,
  diagnostics: ReportDiagnostic[],
  changes: Partial<ReportTarget> = {},
): ReportTarget {
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  const build = { ...sampleTarget(index).build, status: failed ? 'fail' : 'pass', seconds: 1, diagnostics } as const;
  return sampleTarget(index, { build, ...(failed ? { suites: [] } : {}), ...changes });
}

/** A target on which tests of the suite `load` failed. */
function failing(index: number, tests: { name: string; reason?: string; evidence?: string[] }[]): ReportTarget {
  const all = tests.map((test) => ({ ...sampleTest(0), status: 'fail' as const, ...test }));
  return sampleTarget(index, { suites: [sampleSuite('x', { name: 'load', status: 'fail', tests: all })] });
}

const error = (file: string, message = 'wrong', more: Partial<ReportDiagnostic> = {}): ReportDiagnostic => {
  return { file, line: 214, column: 17, severity: 'error', message, ...more };
};

async function shown(targets: ReportTarget[], changes: Partial<Report> = {}) {
  return (await annotationsOf(sampleReport(targets, changes), places)).shown;
}

describe('complaints of a compiler', () => {
  it('stand at their line, once for all kernels that have them, with the notes that belong to them', async () => {
    const note: ReportDiagnostic = {
      file: '/usr/src/linux/net.h',
      line: 3,
      severity: 'note',
      message: 'declared here',
    };
    const warning = error('include/a.h', 'unused', { severity: 'warning' });
    const annotations = await shown([
      complaining(0, [error('fastpath.c'), note, warning]),
      complaining(1, [warning]),
      complaining(2, [error('fastpath.c'), note, warning]),
      complaining(3, [error('fastpath.c', 'wrong', { line: 215 }), warning]),
    ]);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'build error on debian-11, debian-13',
        message: 'wrong\n\non debian-11:\n/usr/src/linux/net.h:3: note: declared here',
        ...{ file: 'kmod/mine/fastpath.c', line: 214, column: 17 },
      },
      {
        ...{ level: 'error', title: 'build error on debian-14', message: 'wrong' },
        ...{ file: 'kmod/mine/fastpath.c', line: 215, column: 17 },
      },
      {
        ...{ level: 'warning', title: 'build warning on all 4 kernels', message: 'unused' },
        ...{ file: 'kmod/mine/include/a.h', line: 214, column: 17 },
      },
    ]);
  });

  it('are on both kernels, where there are two', async () => {
    // As gcc 10 and gcc 12 have it of one and the same call.
    const older = error('a.c', 'wrong', { column: 2 });
    const [annotation] = await shown([complaining(0, [error('a.c')]), complaining(1, [older])]);
    expect(annotation?.title).toBe('build error on both kernels');
  });

  it('have no file where that is not one of the workspace: then they say in words where it is', async () => {
    const files = ['/usr/src/linux/net.h', '../../../elsewhere/outside.c', 'gone.c', 'modpost', '.', 'include'];
    const annotations = await shown([
      complaining(
        0,
        files.map((file) => error(file)),
      ),
    ]);
    expect(annotations.map(({ file, message }) => [file, message])).toEqual(
      files.map((file) => [undefined, `${file}:214: wrong`]),
    );
    const unknown = await shown([complaining(0, [error('fastpath.c')])], { module: '__proto__' });
    expect(unknown).toMatchObject([{ message: 'fastpath.c:214: wrong' }]);
  });

  it('of another module are looked for in its directory; a file is enough of a place', async () => {
    const { build: _, ...target } = sampleTarget(0, { suites: [] });
    const diagnostics = [{ file: 'other.c', severity: 'error', message: 'wrong' } as const];
    const builds = [{ subject: 'other', status: 'fail', seconds: 1, diagnostics } as const];
    expect(await shown([{ ...target, status: 'fail', builds }])).toEqual([
      { level: 'error', title: 'build error of other on debian-11', message: 'wrong', file: 'kmod/other/other.c' },
    ]);
  });

  it('that are none leave the reason of the build', async () => {
    const build: ReportBuild = { status: 'fail', seconds: 1, reason: 'the compiler was killed', diagnostics: [] };
    expect(await shown([sampleTarget(1, { build, suites: [] })])).toEqual([
      { level: 'error', title: 'build on debian-12', message: 'the compiler was killed' },
    ]);
  });

  it('name kernels as long as there are few, with their release where there are several of one distribution', async () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      complaining(index, index < 7 ? [error('fastpath.c')] : [], { id: 'debian-12', kernel: `6.1.0-${index}` }),
    );
    expect((await shown(many))[0]?.title).toBe(
      'build error on debian-12/6.1.0-0, debian-12/6.1.0-1, debian-12/6.1.0-2, debian-12/6.1.0-3 and 3 more kernels',
    );
  });
});

describe('tests that failed', () => {
  it('stand at the line of the script that names them, with evidence, once for all kernels', async () => {
    const annotations = await shown([
      failing(0, [{ name: '010-lines: four lines', reason: 'there are five', evidence: ['one', 'two'] }]),
      failing(1, [{ name: '010-lines: four lines', reason: 'there are five', evidence: ['three'] }]),
      failing(2, [{ name: '010-lines: four lines', reason: 'there are six' }]),
      sampleTarget(3),
    ]);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'load: 010-lines: four lines on debian-11, debian-12, debian-13',
        message: [
          'on debian-11, debian-12: there are five',
          'on debian-13: there are six',
          '',
          'on debian-11:',
          'one',
          'two',
        ].join('\n'),
        ...{ file: 'tests/load/010-lines.sh', line: 3 },
      },
    ]);
  });

  it.each([
    ['010-lines: rules first: TCP too', 'tests/load/010-lines.sh', 4],
    ['010-lines: nobody says this', 'tests/load/010-lines.sh', 1],
    // Two lines have it.
    ['010-lines: TCP', 'tests/load/010-lines.sh', 1],
    ['010-lines', 'tests/load/010-lines.sh', 1],
    ['020-program: anything', 'tests/load/020-program', 1],
    ['030-gone: anything', undefined, undefined],
    ['../../kmod/mine/fastpath.c', undefined, undefined],
  ])('%s is found at %s:%s', async (name, file, line) => {
    const [annotation] = await shown([failing(0, [{ name, reason: 'why' }])]);
    expect([annotation?.file, annotation?.line]).toEqual([file, line]);
  });

  it('of a suite that came along have no file; a machine that failed has none either', async () => {
    const annotations = (await annotationsOf(mixedReport(), places)).shown;
    expect(annotations.map(({ level, title, file }) => [level, title, file])).toEqual([
      ['error', 'build error on debian-13', 'kmod/mine/fastpath.c'],
      ['error', 'fastpath: nat-gateway on debian-12', undefined],
      ['error', 'fastpath on debian-14', undefined],
      ['error', expect.stringMatching(/^fastpath: .* on debian-12$/), undefined],
      ['warning', 'build warning on debian-13', 'kmod/mine/fastpath.c'],
      ['warning', 'warning on debian-11', undefined],
    ]);
    expect(annotations[2]?.message).toBe('the machine printed nothing for 60 s');
    expect(annotations[5]?.message).toContain('The distribution has reached its end of life.');
  });

  it('are as bad as figures that have become worse', async () => {
    const before = { name: 'tcp_lat', series: 'bypass', x: 64, value: 19.02, unit: 'us' };
    const change: Change = { target: 'debian-12/6.1.0-56-amd64', suite: 'bypass-bench', before, verdict: 'same' };
    const changes: Change[] = [
      change,
      { ...change, after: 22.1, percent: 16.19, verdict: 'worse' },
      { ...change, verdict: 'gone' },
    ];
    const { shown } = await annotationsOf(sampleReport([sampleTarget(0), sampleTarget(1)]), { ...places, changes });
    expect(shown).toMatchObject([
      {
        title: 'bypass-bench: worse than the baseline on debian-12',
        message: 'tcp_lat bypass at 64: 19.02 us, now 22.1 us (+16.2 %)',
      },
      { message: 'tcp_lat bypass at 64: 19.02 us, now gone' },
    ]);
  });
});

describe('what GitHub is told', () => {
  /** What the runner makes of it. */
  async function told(report: Report, where = places) {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    await annotate(report, where).finally(() => vi.restoreAllMocks());
    return readLog(written.join(''));
  }

  it('are so many errors and warnings that the verdict has its place, of each kind, and how many more there are', async () => {
    const errors = Array.from({ length: 50 }, (_, index) => error('fastpath.c', `wrong ${index}`));
    const warnings = Array.from({ length: 9 }, (_, index) =>
      error('fastpath.c', `odd ${index}`, { severity: 'warning' }),
    );
    const tests = ['a', 'b', 'c'].map((name) => ({ name }));
    const report = sampleReport([complaining(0, [...errors, ...warnings]), failing(1, tests)]);
    const { annotations } = await told(report);
    const named = (name: string) => annotations.filter((one) => one.name === name);
    expect(named('error').map(({ properties }) => properties.title)).toEqual([
      ...['build error on debian-11', 'load: a on debian-12', 'build error on debian-11', 'load: b on debian-12'],
      ...['build error on debian-11', 'load: c on debian-12', ...Array(3).fill('build error on debian-11')],
    ]);
    expect(named('warning')).toHaveLength(8);
    expect(named('notice').map(({ message }) => message)).toEqual([
      '44 more errors and 1 more warning: see report.html, or the job summary',
    ]);
  });

  it('leaves room for all that the step ends with', async () => {
    const report = sampleReport([
      complaining(
        0,
        Array.from({ length: 50 }, (_, index) => error('a.c', `wrong ${index}`)),
      ),
    ]);
    const count = async (verdicts: number) => (await annotationsOf(report, { ...places, verdicts })).shown.length;
    expect([await count(1), await count(3), await count(30)]).toEqual([9, 7, 1]);
  });

  it('is nothing where nothing is wrong', async () => {
    expect((await told(sampleReport([sampleTarget(0)]))).commands).toEqual([]);
  });

  it('is bounded as GitHub has it', async () => {
    const evidence = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const long = 'x'.repeat(10_000);
    const { annotations } = await told(
      sampleReport([
        failing(0, [{ name: `010-lines: ${long}`, reason: long, evidence }]),
        ...Array.from({ length: 20 }, (_, index) => failing(index, [{ name: 'a', reason: `${index}` }])),
      ]),
    );
    expect(annotations).toHaveLength(2);
    for (const { message, properties } of annotations) {
      expect(message.length).toBeLessThan(4096);
      expect(properties.title?.length).toBeLessThan(256);
    }
    expect(annotations[0]?.message).toMatch(/… \d+ lines left out …[\s\S]*line 4999$/);
    expect(annotations[1]?.message).toContain('and 15 other reasons');
  });

  it('is one command per annotation, with the text and the place as they are, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 8, maxLength: 8 }), async (texts) => {
        const at = (index: number) => texts[index] ?? '';
        const report = sampleReport(
          [
            complaining(0, [
              error(STRANGE, at(0)),
              error(at(1), at(2)),
              error('fastpath.c', at(3), { severity: 'warning' }),
            ]),
            failing(1, [{ name: at(4), reason: at(5), evidence: [at(6)] }]),
            sampleTarget(2, { id: at(7), status: 'error', reason: at(0), suites: [] }),
          ],
          { warnings: [{ target: at(1), message: at(2), remedy: at(3) }] },
        );
        const { shown } = await annotationsOf(report, places);
        const { commands } = await told(report);
        expect([commands.shift()?.name, commands.pop()?.name]).toEqual(['group', 'endgroup']);
        expect(commands).toEqual(
          shown.map(({ level, title, message, file, line, column }) => ({
            name: level,
            properties: {
              title: harmless(title),
              ...(file === undefined ? {} : { file }),
              ...(line === undefined ? {} : { line: String(line) }),
              ...(column === undefined ? {} : { col: String(column) }),
            },
            message: harmless(message),
          })),
        );
        expect(commands[0]?.properties.file).toBe(`kmod/mine/${STRANGE}`);
        // The runner prints what an annotation says, where GitHub's view of the log would find groups.
        for (const { message } of commands) expect(readLog(`${message}\n`).commands).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Bisection } from '../../src/bisect/bisect.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { lockPath } from '../../src/matrix/matrix.ts';
import { type Lock, readLock, writeLock } from '../../src/packages/lock.ts';
import type { DriftReport } from '../../src/report/drift.ts';
import { validateReport } from '../../src/report/model.ts';
import type { Plan, PlannedDistribution } from '../../src/report/plan.ts';
import type { Shard } from '../../src/shards/shard.ts';
import { ovnfast } from '../command.ts';

const root = projectRoot();
let cwd: string;
/** Of Debian 12. */
let offer: PlannedDistribution;

beforeAll(async () => {
  const { stdout, stderr } = await ovnfast(['plan', '--json', '--target', 'debian-12'], { cwd: tmpdir() });
  const plan: Plan = JSON.parse(stdout || expect.fail(stderr));
  offer = plan.distributions[0] ?? expect.fail('no distribution');
});
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-trail-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const command = (...args: string[]) => ovnfast(args, { cwd });

/** The project's matrix with a distribution that nobody serves. */
async function matrixWithNowhere(): Promise<string> {
  const matrix = join(cwd, 'matrix');
  await cp(join(root, 'matrix'), matrix, { recursive: true });
  const nowhere = (await readFile(join(matrix, 'debian-12.yml'), 'utf8'))
    .replace('id: debian-12', 'id: nowhere-1')
    .replace(/archives:.*?\n\n/s, () =>
      [
        'archives:',
        '  - name: nowhere',
        '    suites: [void]',
        '    components: [main]',
        '    keys: [debian-archive-bookworm-stable.asc]',
        '    mirrors: ["http://127.0.0.1:9/nowhere"]',
        '',
        '',
      ].join('\n'),
    );
  await writeFile(join(matrix, 'nowhere-1.yml'), nowhere);
  return matrix;
}

test('a build that breaks is traced to the headers that changed', async () => {
  const kernels = offer.releases.filter(({ offered }) => offered).map(({ kernel }) => kernel);
  // What the archives offer changes; that 6.12 takes class_create() otherwise than 6.1 does not.
  const good = kernels.findLast((kernel) => kernel.startsWith('6.1.'));
  const [bad, later] = kernels.filter((kernel) => kernel.startsWith('6.12.'));
  if (!good || !bad) return expect.fail(`not offered: ${kernels.join(', ')}`);
  const module = join(root, 'test/fixtures/modules/outdated');
  const bounds = ['--good', good, '--bad', later ?? bad];
  const result = await command('bisect', '--module', module, '--target', 'debian-12', ...bounds, '--json');
  expect(result.code, result.stderr).toBe(1);
  const found: Bisection = JSON.parse(result.stdout);
  expect(found).toMatchObject({ id: 'debian-12', outcome: 'found', lastGood: good, firstBad: bad });
  expect(found.diagnostics.map(({ message }) => message).join('\n')).toContain("'class_create'");

  const { trail } = found;
  expect(trail?.included).toBeGreaterThan(100);
  expect(trail?.changed.length).toBeLessThan(trail?.included ?? 0);
  const [first] = trail?.hunks ?? [];
  expect(first?.file).toBe('include/linux/device/class.h');
  expect(first?.hunk.lines.join('\n')).toMatch(
    /^-#define class_create\(owner, name\)[\s\S]*^\+.*class_create\(const char \*name\);/m,
  );
  const whole = await readFile(join(cwd, 'out/headers.diff'), 'utf8');
  expect(whole).toContain(`--- ${good}/include/linux/device/class.h\n+++ ${bad}/include/linux/device/class.h\n`);
  // Of headers that the module does not include nothing is said.
  expect(whole).not.toContain('/include/linux/usb.h');
  expect(trail?.symbols.find(({ symbol }) => symbol === '__class_create')?.after).toBeUndefined();
  expect(trail?.symbols.map(({ symbol }) => symbol)).toContain('class_destroy');
  expect(trail?.options.length).toBeGreaterThan(0);

  const report = validateReport(JSON.parse(await readFile(join(cwd, 'out/report.json'), 'utf8')));
  expect(report.targets.map(({ kernel, status }) => [kernel, status])).toEqual(
    expect.arrayContaining([
      [good, 'pass'],
      [bad, 'fail'],
    ]),
  );
});

test('bisect: what is no row of releases is told before anything is built', async () => {
  const [older = '', newer = ''] = offer.releases.map(({ kernel }) => kernel);
  const wrong: [args: string[], message: string][] = [
    [['--target', 'debian-1[12]'], 'of one distribution, not of debian-11 and debian-12'],
    [['--target', 'debian-12', '--good', newer, '--bad', older], `nothing lies between ${newer} and ${older}`],
    [['--target', 'debian-12', '--good', `${older}x`], `Did you mean ${older}`],
  ];
  await Promise.all(
    wrong.map(async ([args, message], index) => {
      const { code, stderr } = await command('bisect', ...args, '--out', `out${index}`);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }),
  );
});

test('plan explains what it can, and names every address of what cannot be reached', async () => {
  const matrix = await matrixWithNowhere();
  const patterns = ['--matrix', matrix, '--target', 'nowhere-*', '--target', 'debian-12'];
  const [text, json, github, none] = await Promise.all([
    command('plan', ...patterns),
    command('plan', ...patterns, '--json'),
    command('plan', ...patterns, '--github'),
    command('plan', '--matrix', matrix, '--target', 'nowhere-*', '--github'),
  ]);
  expect(text.code, text.stderr).toBe(3);
  expect(text.stdout).toContain('http://127.0.0.1:9/nowhere/dists/void/InRelease cannot be reached (ECONNREFUSED)');
  expect(text.stdout).toContain('signed by    debian-archive-bookworm-stable.asc (nowhere)');
  expect(text.stdout).toMatch(/! not reached {2}nowhere-1\n$/);

  const plan: Plan = JSON.parse(json.stdout || expect.fail(json.stderr));
  const [reached, lost] = plan.distributions;
  expect([reached?.id, reached?.reason, lost?.id]).toEqual(['debian-12', undefined, 'nowhere-1']);
  expect(lost?.archives[0]?.mirrors).toContainEqual({
    url: 'http://127.0.0.1:9/nowhere',
    origin: 'public',
    guess: false,
  });
  expect(lost?.targets).toEqual([]);
  const [target] = reached?.targets ?? [];
  const lock = await readLock(lockPath(join(root, 'matrix'), 'debian-12', target?.kernel ?? ''));
  const [headers] = target?.sysroots ?? [];
  expect([target?.origin, headers?.name, headers?.packages]).toEqual([
    'locked',
    'headers',
    lock?.sysroots.headers?.length,
  ]);
  expect(plan.shared.sysroots.map(({ name }) => name)).toEqual(['sandbox', 'machine', 'guest']);
  expect([plan.suites, plan.others.includes('debian-11')]).toEqual([['fastpath'], true]);
  const origins = reached?.archives[0]?.mirrors.map(({ origin }) => origin) ?? [];
  expect(origins.at(-1)).toBe('snapshot');
  expect(origins).toContain('public');

  expect(github.code).toBe(0);
  // What was named and cannot be asked has a job that will say so.
  expect(JSON.parse(github.stdout).include.map((job: Shard) => [job.targets, job.suites])).toEqual([
    [[`debian-12/${target?.kernel}`], ['fastpath']],
    [['nowhere-1'], ['fastpath']],
  ]);
  expect([none.code, none.stdout]).toEqual([3, '']);
  expect(none.stderr).toContain('no target is known');
});

test('lock --check tells what changed upstream, and writes nothing', async () => {
  const matrix = await matrixWithNowhere();
  const [kernel = ''] = offer.targets.map((one) => one.kernel);
  const path = lockPath(matrix, 'debian-12', kernel);
  const fresh = await command('lock', '--matrix', matrix, '--target', 'debian-12');
  expect(fresh.code, fresh.stderr).toBe(0);
  const same = await command('lock', '--check', '--matrix', matrix, '--target', `debian-12/${kernel}`);
  expect([same.code, same.stdout]).toEqual([0, expect.stringContaining(`debian-12/${kernel}  the same\n`)]);

  const lock = (await readLock(path)) as Lock;
  const older = lock.packages.map((pin) =>
    pin.name === 'make' ? { ...pin, version: '4.0-1', sha256: '0'.repeat(64) } : pin,
  );
  await writeLock(path, { ...lock, packages: older });
  const before = await readFile(path, 'utf8');
  const now = lock.packages.find(({ name }) => name === 'make')?.version;
  const drift = { name: 'make', change: 'version', locked: '4.0-1', offered: now, left: true, sysroots: ['headers'] };
  const changed = await command('lock', '--check', '--json', '--matrix', matrix, '--target', `debian-12/${kernel}`);
  expect(changed.code, changed.stderr).toBe(1);
  const report: DriftReport = JSON.parse(changed.stdout);
  expect(report.locks.find((one) => one.kernel === kernel)).toMatchObject({ status: 'changed', packages: [drift] });
  expect(await readFile(path, 'utf8')).toBe(before);

  await writeLock(lockPath(matrix, 'nowhere-1', kernel), { ...lock, id: 'nowhere-1' });
  const lost = await command('lock', '--check', '--matrix', matrix, '--target', 'nowhere-1');
  expect([lost.code, lost.stdout]).toEqual([3, expect.stringContaining('! not known\n')]);
});

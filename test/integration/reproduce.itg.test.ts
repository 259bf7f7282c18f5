// SPDX-License-Identifier: Apache-2.0
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/host/paths.ts';
import { type ModuleManifest, readManifest } from '../../src/manifest/manifest.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import { ovnfast } from '../command.ts';
import { openTools } from './tools.ts';

const hello = join(projectRoot(), 'test/fixtures/modules/hello');

let cwd: string;
/** Of the first build. */
let place: string;
let manifest: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-reproduce-'));
  const { code, stdout, stderr } = await ovnfast(['build', '--target', 'debian-12', '--module', hello, '--fresh'], {
    cwd,
  });
  expect(stdout + stderr).toMatch(/1 of 1 target passed/);
  expect(code).toBe(0);
  const [kernel = ''] = await readdir(join(cwd, 'out/debian-12'));
  place = join(cwd, 'out/debian-12', kernel);
  manifest = join(place, 'manifest.json');
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** The sources of the module with one change, in a directory of their own. */
async function changed(name: string, before: string, after: string): Promise<string> {
  const directory = await mkdtemp(join(cwd, 'module-'));
  await cp(hello, directory, { recursive: true });
  const text = await readFile(join(directory, name), 'utf8');
  expect(text).toContain(before);
  await writeFile(join(directory, name), text.replace(before, after));
  return directory;
}

const manifestOf = () => manifest;
const reproduce = (...args: string[]) => ovnfast(['reproduce', manifest, '--module', hello, ...args], { cwd });

describe('the manifest of a build', () => {
  test('is the same to the byte for another build, elsewhere, and names nothing of this machine', async () => {
    const copy = await mkdtemp(join(cwd, 'elsewhere-'));
    await cp(hello, copy, { recursive: true });
    const args = ['build', '--target', 'debian-12', '--module', copy, '--fresh', '--out', 'again', '--jobs', '1'];
    expect((await ovnfast(args, { cwd })).code).toBe(0);
    const text = await readFile(manifest, 'utf8');
    expect(await readFile(manifest.replace('/out/', '/again/'), 'utf8')).toBe(text);
    for (const place of [cwd, hello, projectRoot(), process.env.OVNFAST_MIRROR || cwd])
      expect(text).not.toContain(place);
  });

  test('has every package of the compiler, the kernel and the sandbox, and what came out', async () => {
    const { inputs, results, target, commands } = (await readManifest(manifest)) as ModuleManifest;
    const names = (list: { name: string }[] = []) => list.map(({ name }) => name);
    expect(names(inputs.target.sysroots.headers)).toContain(`linux-headers-${target.kernel}`);
    expect(names(inputs.target.sysroots.headers)).toContain('make');
    expect(names(inputs.target.sysroots.image)).toEqual([expect.stringMatching(/^linux-image-/)]);
    expect(names(inputs.sandbox.sysroots.sandbox)).toContain('bubblewrap');
    expect(results.map(({ file }) => file)).toEqual(['hello.ko']);
    expect(commands.map(({ argv }) => argv[0])).toEqual(['make', expect.stringMatching(/strip$/)]);
  });
});

describe('reproduce', () => {
  test('says bit-identical when it is', async () => {
    const { code, stdout } = await reproduce('--out', 'rebuilt');
    expect(stdout).toMatch(/^source +the same/m);
    expect(stdout).toMatch(/^bit-identical {2}hello\.ko/m);
    expect(code).toBe(0);
    const rebuilt = join(place.replace('/out/', '/rebuilt/'));
    expect(await readFile(join(rebuilt, 'hello.ko'))).toEqual(await readFile(join(place, 'hello.ko')));
    expect(await readFile(join(rebuilt, 'manifest.json'), 'utf8')).toBe(await readFile(manifest, 'utf8'));
  });

  test('says of another source that it is one, and where the first difference is', async () => {
    const module = await changed('main.c', 'MOST_TIMES 100', 'MOST_TIMES 101');
    const { code, stdout } = await ovnfast(['reproduce', manifest, '--module', module], { cwd });
    expect(stdout).toMatch(/^source +NOT the same/m);
    expect(stdout).toMatch(/^DIFFERENT {2}hello\.ko/m);
    expect(stdout).toMatch(/^first +section \.(init\.)?text at byte 0x[0-9a-f]+, in \w+\+0x/m);
    expect(stdout).toMatch(/build id: [0-9a-f]{40} → [0-9a-f]{40}/);
    expect(code).toBe(1);
  });

  test('of a manifest alone knows only the digest, unless a file is named', async () => {
    const alone = join(cwd, 'alone.json');
    await cp(manifest, alone);
    const module = await changed('main.c', 'Greets in', 'Shouts in');
    const other = await ovnfast(['reproduce', alone, '--module', module], { cwd });
    expect(other.stdout).toMatch(/only the digest of the original is known/);
    expect(other.code).toBe(1);
    const args = ['reproduce', alone, '--module', hello, '--against', join(place, 'hello.ko'), '--json'];
    const { stdout, code } = await ovnfast(args, { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'identical', modules: [{ file: 'hello.ko', with: 'file' }] });
    expect(code).toBe(0);
  });

  test('of sources that do not build says so', async () => {
    const module = await changed('main.c', 'MODULE_LICENSE', '#error broken\nMODULE_LICENSE');
    const { code, stdout } = await ovnfast(['reproduce', manifest, '--module', module], { cwd });
    expect(stdout).toMatch(/^FAILED .*broken/m);
    expect(code).toBe(1);
  });

  test('does not write over what it compares with', async () => {
    const { code, stderr } = await reproduce('--out', 'out');
    expect(stderr).toMatch(/what is rebuilt would take the place/);
    expect(code).toBe(2);
  });

  test.each([
    ['that is no module', manifestOf, /not an ELF file/],
    ['that is not there', () => join(cwd, 'nothing.ko'), /cannot be read \(ENOENT\)/],
  ])('does not compare with a file %s', async (_, file, message) => {
    const { code, stderr } = await reproduce('--against', file());
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test('tells a broken manifest by line and column, and packages that nobody has by their addresses', async () => {
    const text = await readFile(manifest, 'utf8');
    const broken = join(cwd, 'broken.json');
    await writeFile(broken, text.replace('"results"', '"result"'));
    const bad = await ovnfast(['reproduce', broken, '--module', hello], { cwd });
    expect(bad.stderr).toMatch(/broken\.json:\d+:\d+: unknown key "result".*did you mean "results"/);
    expect(bad.code).toBe(2);
    const { inputs } = (await readManifest(manifest)) as ModuleManifest;
    const { sha256 = '' } = inputs.target.sysroots.headers?.[0] ?? {};
    await writeFile(broken, text.replaceAll(sha256, 'd'.repeat(64)));
    const environment = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
    const gone = await ovnfast(['reproduce', broken, '--module', hello], { cwd, environment });
    expect(gone.stderr).toMatch(/snapshot\.debian\.org\/archive\/debian\/\d{8}T\d{6}Z\/pool/);
    expect(gone.code).toBe(3);
  });
});

describe('one file for several releases', () => {
  let report: Report;
  /** Of the module's imports, by kernel release: what grep finds in Module.symvers. */
  const versions = new Map<string, string>();

  beforeAll(async () => {
    const { signal } = new AbortController();
    await using workshop = await openTools(signal);
    const targets = (await workshop.selectTargets(['debian-12/6.1.0-*'])).slice(-3);
    for (const { kernel, ...target } of targets) {
      const { sysroots } = await workshop.prepare(
        { kernel, ...target },
        ['interface'],
        await workshop.obtainer.kernelLock({ kernel, ...target }, 'interface', signal),
      );
      const text = await readFile(
        join(sysroots.interface.root, `usr/src/linux-headers-${kernel}/Module.symvers`),
        'utf8',
      );
      versions.set(kernel, text);
    }
    const patterns = targets.flatMap(({ kernel }) => ['--target', `debian-12/${kernel}`]);
    const args = ['run', '--share-builds', ...patterns, '--module', hello, '--suite', 'load', '--fresh', '--json'];
    const { stdout } = await ovnfast([...args, '--out', 'shared'], { cwd });
    report = validateReport(JSON.parse(stdout));
  });

  test('is taken exactly where the kernel has the same symbol versions, and loads on each', async () => {
    expect(report.targets.map(({ status }) => status)).toEqual(report.targets.map(() => 'pass'));
    const inspected = await ovnfast(
      [
        'inspect',
        join(cwd, 'shared', report.targets.at(-1)?.build?.module?.path ?? ''),
        '--json',
        '--target',
        'debian-12',
      ],
      { cwd },
    );
    const { imports } = JSON.parse(inspected.stdout) as { imports: { symbol: string }[] };
    const wanted = new Set(imports.map(({ symbol }) => symbol));
    const own = (kernel: string) =>
      (versions.get(kernel) ?? '').split('\n').filter((line) => wanted.has(line.split('\t')[1] ?? ''));
    const newestFirst = report.targets.toReversed();
    for (const [index, { kernel, build }] of newestFirst.entries()) {
      const same = newestFirst.slice(0, index).find((other) => own(other.kernel).join() === own(kernel).join());
      const first = same?.build?.sharedFrom ?? (same && `debian-12/${same.kernel}`);
      expect(build?.sharedFrom).toBe(first);
      expect(build?.module?.btf).toBe(false);
      const from = first ?? `debian-12/${kernel}`;
      expect(build?.module?.vermagic.split(' ')[0]).toBe(from.replace('debian-12/', ''));
    }
  });

  test('plan foretells it by the build that was', async () => {
    const patterns = [...versions.keys()].flatMap((kernel) => ['--target', `debian-12/${kernel}`]);
    const { stdout } = await ovnfast(['plan', '--share-builds', ...patterns, '--module', hello, '--json'], { cwd });
    const [plan] = JSON.parse(stdout).sharing;
    const builds = report.targets.filter(({ build }) => build?.sharedFrom === undefined).length;
    expect(plan.builds).toEqual({ least: builds, most: builds });
    expect(plan.groups.flat().sort()).toEqual([...versions.keys()].sort());
  });

  test('inspect --against says the same of the file', async () => {
    const newest = report.targets.at(-1);
    const file = join(cwd, 'shared', newest?.build?.module?.path ?? '');
    const { stdout } = await ovnfast(
      ['inspect', file, '--json', ...[...versions.keys()].flatMap((kernel) => ['--against', `debian-12/${kernel}`])],
      { cwd },
    );
    const fits = (JSON.parse(stdout).targets as { release: string; fits: boolean }[]).filter((one) => one.fits);
    const takers = report.targets.filter(
      (one) => one === newest || one.build?.sharedFrom === `debian-12/${newest?.kernel}`,
    );
    expect(fits.map(({ release }) => release).sort()).toEqual(takers.map(({ kernel }) => `debian-12/${kernel}`).sort());
  });
});

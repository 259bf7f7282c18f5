// SPDX-License-Identifier: Apache-2.0
import { access, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { projectRoot } from '../../src/host/paths.ts';
import { type Lock, readLock } from '../../src/packages/lock.ts';
import { type Report, validateReport } from '../../src/report/model.ts';
import { type CommandResult, ovnfast } from '../command.ts';
import { makeDistributions, type TestDistributions } from '../distributions/make.ts';
import { overlay, serve, serveChanged, writeMatrix } from '../distributions/serve.ts';
import { sha256 } from '../unit/packages/fixtures.ts';
import type { MirrorServer } from '../unit/packages/mirror-server.ts';
import { openTools } from './tools.ts';

// Distributions made on the spot and served on the loopback interface, from their signed metadata to a booted kernel.

const { signal } = new AbortController();
const fastpath = ['--module', join(projectRoot(), 'kmod/fastpath'), '--suite', 'load', '--fresh'];

let distributions: TestDistributions;
let mirror: MirrorServer;
let scratch: TemporaryDirectory;
let matrix: string;

beforeAll(async () => {
  await using workshop = await openTools(signal);
  distributions = await makeDistributions(workshop, signal);
  mirror = await serve(distributions);
});
afterAll(() => mirror?.[Symbol.asyncDispose]());
beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-distributions-');
  matrix = join(scratch.path, 'matrix');
  await writeMatrix(matrix, distributions);
});
afterEach(() => scratch[Symbol.asyncDispose]());

/** The command with our matrix and a mirror, in the scratch directory. */
function command(name: string, args: string[], { url } = mirror): Promise<CommandResult> {
  return ovnfast([name, '--matrix', matrix, '--mirror', url, ...args], { cwd: scratch.path });
}

async function readReport(): Promise<Report> {
  return validateReport(JSON.parse(await readFile(join(scratch.path, 'out/report.json'), 'utf8')));
}

const lockFile = (id: string) => join(matrix, 'locks', id, `${distributions.newer}.json`);

/** Discovers, locks, builds and boots; returns the lock. */
async function throughAll(id: string): Promise<Lock> {
  const { older, newer } = distributions;
  const plan = await command('plan', ['--target', id, '--json']);
  expect(plan.code, plan.stderr).toBe(0);
  const [offer] = JSON.parse(plan.stdout).distributions;
  expect(offer.releases.map(({ kernel }: { kernel: string }) => kernel)).toEqual([older, newer]);

  const locked = await command('lock', ['--target', id]);
  expect(locked.code, locked.stderr).toBe(0);

  const run = await command('run', ['--target', id, ...fastpath, '--frozen']);
  expect(run.stdout + run.stderr).toMatch(/1 of 1 targets? passed/);
  expect(run.code).toBe(0);
  const [target] = (await readReport()).targets;
  expect(target?.kernel).toBe(newer);
  expect(target?.build?.module?.vermagic).toMatch(new RegExp(`^${newer} `));
  expect(target?.suites.map(({ name, status }) => [name, status])).toEqual([['load', 'pass']]);
  const console = await readFile(join(scratch.path, 'out', target?.suites[0]?.console ?? ''), 'utf8');
  expect(console).toContain(`Linux version ${newer}`);
  return (await readLock(lockFile(id))) ?? expect.fail();
}

test('testubuntu-22.04, in the layout of Ubuntu: discovered, locked, built for, booted', async () => {
  const { packages, sysroots } = await throughAll('testubuntu-22.04');
  const { newer } = distributions;
  const abi = newer.replace(/-[^-]*$/, '');
  expect(sysroots.headers).toEqual(expect.arrayContaining([`linux-headers-${abi}`, `linux-headers-${newer}`, 'gcc']));
  expect(sysroots.image).toEqual([`linux-image-${newer}`, `linux-modules-${newer}`]);
  const pathOf = (wanted: string) => packages.find(({ name }) => name === wanted)?.path;
  // Of each the newest, in whatever suite it is.
  expect(pathOf('sed')).toMatch(/^pool\/test-security\/.*security2/);
  expect(pathOf('make')).toMatch(/^pool\/test-updates\/.*updates1/);
  expect(pathOf('bash')).toMatch(/^pool\/test\//);
});

test('testos-9, in the layout of an Enterprise Linux: discovered, verified, locked, built for, booted, reproduced', async () => {
  const { packages, sysroots, indexes } = await throughAll('testos-9');
  expect(sysroots.headers).toEqual(expect.arrayContaining(['kernel-devel', 'gcc', 'glibc', 'glibc-devel', 'dwarves']));
  expect(sysroots.headers).not.toContain('perl-interpreter');
  expect(sysroots.image).toEqual(['kernel-core', 'kernel-modules']);
  expect(indexes.map(({ suite }) => suite)).toEqual(
    ['BaseOS', 'AppStream', 'CRB'].map((name) => `9/${name}/x86_64/os`),
  );
  for (const { path } of packages)
    expect(path).toMatch(/^9\/(BaseOS|AppStream|CRB)\/x86_64\/os\/Packages\/[^/]+\.rpm$/);

  const { older, newer } = distributions;
  const place = join('out', 'testos-9', newer);
  const inspected = await command('inspect', [
    join(place, 'kube_ovn_fastpath.ko'),
    '--against',
    'testos-9/*',
    '--json',
  ]);
  expect(JSON.parse(inspected.stdout).targets).toMatchObject([
    { release: `testos-9/${older}`, fits: false },
    { release: `testos-9/${newer}`, fits: true },
  ]);
  const again = await command('reproduce', [join(place, 'manifest.json'), ...fastpath.slice(0, 2)]);
  expect(again.stdout).toMatch(/bit-identical +kube_ovn_fastpath\.ko/);
  expect(again.code).toBe(0);
});

const repository = '/testos/9/BaseOS/x86_64/os';

/** Puts another primary.xml in the place of BaseOS's, and a repomd.xml that vouches for it; returns its path. */
function replacePrimary(files: Map<string, Buffer>, edit: (xml: string) => string): string {
  const path = [...files.keys()].find((one) => one.startsWith(repository) && one.endsWith('-primary.xml.gz')) ?? '';
  const before = gunzipSync(files.get(path) ?? expect.fail());
  const after = Buffer.from(edit(before.toString()));
  const [packed, repacked] = [files.get(path) ?? before, gzipSync(after)];
  files.set(path, repacked);
  const repomd = files.get(`${repository}/repodata/repomd.xml`)?.toString() ?? '';
  // With the location, which has the digest in its name, left as it is.
  const vouching = repomd
    .replace(`<checksum type="sha256">${sha256(packed)}`, `<checksum type="sha256">${sha256(repacked)}`)
    .replace(sha256(before), sha256(after))
    .replace(`<size>${packed.length}<`, `<size>${repacked.length}<`)
    .replace(`<open-size>${before.length}<`, `<open-size>${after.length}<`);
  expect(vouching).not.toBe(repomd);
  files.set(`${repository}/repodata/repomd.xml`, Buffer.from(vouching));
  files.delete(`${repository}/repodata/repomd.xml.asc`);
  return path;
}

describe('testos-9, from a mirror that is not to be trusted, is not locked', () => {
  const repository = '/testos/9/BaseOS/x86_64/os';
  /** What `lock` says; and nothing was written. */
  async function refusal(change: (files: Map<string, Buffer>) => void | Promise<void>): Promise<string> {
    await using changed = await serveChanged(mirror, change);
    const { code, stdout, stderr } = await command('lock', ['--target', 'testos-9'], changed);
    expect(code, stdout + stderr).toBe(3);
    await expect(access(lockFile('testos-9'))).rejects.toThrow();
    return stderr;
  }

  test.each([
    ['nobody', 'unsigned', /package zlib-1\S+: it is not signed/],
    [
      'somebody else',
      'stranger',
      /package zlib-1\S+: the signature is by key [0-9A-F]{16}, which is not among the trusted/,
    ],
  ])('with a package that %s has signed', async (_, name, complaint) => {
    const said = await refusal(async (files) => {
      files.delete(`${repository}/repodata/repomd.xml.asc`);
      await overlay(files, '/testos', join(distributions.directory, 'bad', name));
    });
    expect(said).toMatch(complaint);
  });

  test('with a package of another digest than its metadata promises', async () => {
    const promised = sha256(Buffer.from('another'));
    const said = await refusal((files) => {
      const [, rpm = expect.fail()] = [...files].find(([path]) => path.includes('BaseOS') && /zlib-1/.test(path)) ?? [];
      replacePrimary(files, (xml) => xml.replace(sha256(rpm), promised));
    });
    expect(said).toMatch(/zlib/);
    expect(said).toContain(promised.slice(0, 12));
  });

  test('with a list of packages of another digest than repomd.xml promises', async () => {
    const said = await refusal((files) => {
      // One that no earlier run has seen, so that it has to be fetched.
      const path = replacePrimary(files, (xml) => `${xml}<!-- ${scratch.path} -->\n`);
      files.set(path, gzipSync('<metadata/>'));
    });
    expect(said).toMatch(/primary/);
  });

  test('with a repomd.xml other than the one that was signed', async () => {
    const said = await refusal((files) => {
      const path = `${repository}/repodata/repomd.xml`;
      files.set(path, Buffer.from(`${files.get(path)}<!-- -->\n`));
    });
    expect(said).toMatch(/repomd\.xml.*signature|signature.*repomd\.xml/);
  });
});

test('a kernel release that nobody has: who was asked, and the nearest ones', async () => {
  const { newer } = distributions;
  const { code, stderr } = await command('run', ['--target', `testos-9/${newer.replace('-', '-9')}`, ...fastpath]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/no kernel release matches/);
  expect(stderr).toContain(`${mirror.url}${repository}/repodata/repomd.xml`);
  expect(stderr).toContain(`testos-9/${newer}`);
});

describe('testos-9, with kernel packages that no mirror has any more', () => {
  /** A package of a kernel, below the mirror's address. */
  function pathOf(name: string, release: string): string {
    const [series = ''] = /^\d+\.\d+\./.exec(release) ?? [];
    return [...mirror.files.keys()].find((path) => path.includes(`/Packages/${name}-${series}`)) ?? expect.fail(name);
  }
  const given = (name: string, release: string) => [
    '--kernel-package',
    join(distributions.directory, pathOf(name, release)),
  ];

  test('builds and boots with files that the user has', async () => {
    const { older, newer } = distributions;
    await using without = await serveChanged(mirror, (files) => {
      const [, version] = /kernel-core-([^-]+)/.exec(pathOf('kernel-core', newer)) ?? [];
      const ofKernel = /<package type="rpm">\s*<name>kernel\b[\s\S]*?<\/package>\s*/g;
      replacePrimary(files, (xml) => xml.replace(ofKernel, (one) => (one.includes(`ver="${version}"`) ? '' : one)));
    });
    const plan = await command('plan', ['--target', 'testos-9', '--json'], without);
    const [offer] = JSON.parse(plan.stdout).distributions;
    expect(offer.releases.map(({ kernel }: { kernel: string }) => kernel)).toEqual([older]);

    const files = ['kernel-devel', 'kernel-core', 'kernel-modules'].flatMap((name) => given(name, newer));
    const run = await command('run', ['--target', 'testos-9', ...files, ...fastpath], without);
    expect(run.stdout + run.stderr).toMatch(/1 of 1 targets? passed/);
    expect((await readReport()).targets[0]?.build?.module?.vermagic).toMatch(new RegExp(`^${newer} `));
  });

  test('headers and image of different releases are no target', async () => {
    const { older, newer } = distributions;
    const files = [...given('kernel-devel', newer), ...given('kernel-core', older)];
    const { code, stderr } = await command('run', ['--target', 'testos-9', ...files, ...fastpath]);
    expect(code).toBe(2);
    expect(stderr).toContain(`of different kernels: ${newer} and ${older}`);
  });
});

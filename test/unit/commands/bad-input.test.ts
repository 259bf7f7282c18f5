// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appendSignature } from '../../../src/kbuild/signature.ts';
import { ovnfast } from '../../command.ts';
import { makeElf } from '../kbuild/module-file.ts';
import { FILES, writeFiles } from '../local/fake-tree.ts';
import { makeIdentity } from '../release/certificate.ts';
import { moduleFile } from '../release/outputs.ts';

// None of these may get as far as the network: the mirror is a port that nobody listens at.
const environment = { OVNFAST_MIRROR: 'http://127.0.0.1:9/debian' };
const { certificate } = makeIdentity();
let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'ovnfast-cli-'));
  await mkdir(join(cwd, 'module'));
  await writeFile(join(cwd, 'module/Kbuild'), 'obj-m := hello.o\n');
  await writeFile(join(cwd, 'module/hello.c'), '');
  await writeFile(join(cwd, 'module/hello.ko'), '');
  await writeFile(join(cwd, 'module/cut.bpf.o'), makeElf([], { machine: 247 }).subarray(0, 70));
  await writeFiles(join(cwd, 'tree'), FILES);
  const module = moduleFile('6.1.0-9-amd64');
  const signed = appendSignature(module, Buffer.from('a signature'));
  await writeFiles(cwd, {
    'a.ko': module,
    'b.ko': module,
    'other.ko': moduleFile('6.1.0-9-amd64', { name: 'other' }),
    'signed.ko': signed,
    'trusted.crt': certificate,
  });
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const run = (...args: string[]) =>
  ovnfast(args, { cwd, environment: { ...environment, OVNFAST_CACHE: join(cwd, 'cache') } });

describe('bad input ends in one clear message and exit status 2', () => {
  test.each([
    ['an unknown command', ['rn'], /Did you mean run/],
    ['an unknown option', ['run', '--traget', 'x'], /Did you mean --target/],
    ['a number of jobs that is none', ['run', '--jobs', 'many'], /whole number/],
    ['an accelerator that is none', ['run', '--accel', 'hvf'], /auto, kvm, tcg/],
    ['an unknown target', ['run', '--target', 'debain-12'], /unknown target "debain-12"\n {2}Did you mean debian-1/],
    ['an unknown suite', ['run', '--suite', 'fastpth'], /no suite "fastpth", did you mean "fastpath"\?/],
    [
      'a kernel tree that is none',
      ['build', '--kernel-dir', 'module'],
      /module: no kernel build tree: it has no \.config\n/,
    ],
    [
      'an unknown toolchain',
      ['build', '--kernel-dir', 'tree', '--toolchain', 'debian-1'],
      /unknown toolchain "debian-1"/,
    ],
    ['a kernel tree and a target', ['run', '--kernel-dir', 'x', '--target', 'y'], /do not go together\n/],
    ['an image without a tree', ['run', '--kernel-image', 'x'], /--kernel-image goes with --kernel-dir\n/],
    [
      'a tree and packages',
      ['run', '--kernel-dir', 'x', '--kernel-package', 'y'],
      /--kernel-package do not go together\n/,
    ],
    [
      'a package without a target',
      ['build', '--kernel-package', 'module/Kbuild'],
      /--kernel-package goes with --target\n/,
    ],
    [
      'a package that is none',
      ['build', '--target', 'debian-12', '--kernel-package', 'module/Kbuild'],
      /module\/Kbuild: not a package: neither \.deb nor \.rpm\n/,
    ],
    ['a module directory that is missing', ['run', '--module', 'missing'], /missing.*\(ENOENT\)/],
    ['a module file that is missing', ['verify', 'missing.ko'], /missing\.ko: .*\(ENOENT\)/],
    ['two files of one module', ['verify', 'a.ko', 'b.ko'], /two files are called sample\.ko\n/],
    [
      'modules without a signature where one is demanded',
      ['verify', '--secure-boot', 'trusted.crt', 'a.ko', 'other.ko'],
      /not signed: \S+\/a\.ko, \S+\/other\.ko\n {2}Sign with `ovnfast release --sign-key`/,
    ],
    [
      'a certificate that is none',
      ['verify', '--secure-boot', 'module/Kbuild', 'signed.ko'],
      /module\/Kbuild: not an X\.509 certificate/,
    ],
    ['Secure Boot and flows', ['verify', '--secure-boot', 'x', '--flows', 'y'], /--flows judges a dump alone/],
    [
      'Secure Boot in counted time',
      ['verify', '--secure-boot', 'trusted.crt', '--suite', 'bypass-bench', 'signed.ko'],
      /bypass-bench counts time.*\n.*without Secure Boot/,
    ],
    ['a damaged eBPF object', ['verify', 'module/cut.bpf.o'], /cut\.bpf\.o: .* lies outside the file/],
    [
      'an eBPF object and a kernel',
      ['inspect', 'module/cut.bpf.o', '--target', 'x'],
      /for that kernel's verifier to say\n.*ovnfast verify/,
    ],
    [
      'an eBPF object beside a module',
      ['verify', 'module/hello.ko', 'module/cut.bpf.o'],
      /hello\.ko: .* do not go together/,
    ],
    [
      'a module that nothing measures',
      ['bench', '--module', 'module'],
      /module-bench: module has no suite that measures it\n.*--suite; there is bypass-bench/,
    ],
    [
      'an earlier report that is missing',
      ['bench', '--module', 'bypass', '--baseline', 'old.json'],
      /old\.json: the earlier report cannot be read \(ENOENT\)/,
    ],
    [
      'an earlier report that is none',
      ['bench', '--module', 'bypass', '--baseline', 'module/Kbuild'],
      /module\/Kbuild: not a report: /,
    ],
    ['a number of shards without --github', ['plan', '--shards', '2'], /--shards and --artifact go with --github\n/],
    ['more jobs than GitHub takes', ['plan', '--github', '--shards', '257'], /at most 256 jobs/],
    [
      'a beginning of artifact names that is none',
      ['plan', '--github', '--artifact', 'a--b'],
      /"a--b" is no beginning/,
    ],
    ['reports that are missing', ['merge', 'missing'], /missing: there is no such directory \(ENOENT\)/],
    ['a plan that is none', ['merge', 'module', '--plan', 'module/Kbuild'], /module\/Kbuild:1:1: .*object/],
    ['a tolerance that is none', ['bench', '--tolerance', 'x'], /number of percent/],
    ['a file that is no module', ['inspect', 'module/Kbuild'], /module\/Kbuild: /],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await readdir(cwd)).not.toContain('out');
  });

  test('a module directory without Kbuild or Makefile', async () => {
    await rm(join(cwd, 'module/Kbuild'));
    await writeFile(join(cwd, 'module/makefile'), '');
    const { code, stderr } = await run('run', '--module', 'module');
    expect(stderr).toMatch(/module: no Kbuild or Makefile.*\n.*rename makefile/);
    expect(code).toBe(2);
  });

  test('an output directory that cannot be made', async () => {
    await symlink('/proc/nothing', join(cwd, 'out'));
    const { code, stderr } = await run('run', '--module', 'module');
    expect(stderr).toMatch(/out: the output directory cannot be written .*\n {2}Choose another/);
    expect(code).toBe(2);
  });

  test('a stack trace is shown on request only', async () => {
    const { stderr } = await run('run', '--target', 'nothing', '--debug');
    expect(stderr).toMatch(/^\s+at /m);
  });
});

test('an output directory in use by another run is refused, one left by a dead run is taken', async () => {
  await mkdir(join(cwd, 'out'));
  await writeFile(join(cwd, 'out/.ovnfast-run'), `${process.pid}\n`);
  const used = await run('run', '--module', 'module', '--target', 'debian-12');
  expect(used.stderr).toMatch(/out: another run \(process \d+\) is writing here/);
  expect(used.code).toBe(2);
  await writeFile(join(cwd, 'out/.ovnfast-run'), '4194999\n');
  const { stderr } = await run('run', '--module', 'module', '--target', 'debian-99');
  expect(stderr).not.toMatch(/another run/);
});

test('each command explains itself', async () => {
  const { stdout } = await run('--help');
  const commands = [...stdout.matchAll(/^ {2}(\w+) .*\[options\]/gm)].map(([, name]) => name ?? '');
  expect(commands).toEqual([
    'run',
    'plan',
    'merge',
    'lock',
    'build',
    'verify',
    'bench',
    'inspect',
    'shell',
    'reproduce',
    'release',
    'bisect',
    'cache',
  ]);
  for (const command of commands) {
    const help = await run(command, '--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(new RegExp(`^Usage: ovnfast ${command} `));
  }
  // A process for each, on a machine that may have other work.
}, 120_000);

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../../src/host/files.ts';
import { projectRoot } from '../../../src/host/paths.ts';
import { runProcess } from '../../../src/host/process.ts';
import { type AssembleOptions, assemble } from '../../../src/release/assemble.ts';
import { parseIndex } from '../../../src/release/modules-index.ts';
import { IMAGE } from './image-base.ts';
import { type FakeTarget, moduleFile, writeOutput, writePrograms, writeSources } from './outputs.ts';

const { signal } = new AbortController();
const SOURCES = { Kbuild: 'obj-m := sample.o\n', 'sample.c': '// SPDX-License-Identifier: GPL-2.0\n' };
const KERNELS = ['6.1.0-9-amd64', '6.1.0-10-amd64'] as const;
const first: FakeTarget = { id: 'debian-12', kernel: KERNELS[0] };
const second: FakeTarget = { id: 'debian-12', kernel: KERNELS[1] };
const both = [first, second];

let scratch: TemporaryDirectory;
let source: string;
let base: AssembleOptions;
const at = (...names: string[]) => join(scratch.path, ...names);

beforeEach(async () => {
  scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-release-');
  source = await writeSources(at('sample'), SOURCES);
  base = {
    ...{ directories: [at('out')], tag: 'v1.2.0', moduleDirectories: [at('sample')], allowFailed: false },
    ...{ out: at('release'), toolVersion: '0.1.0', environment: { SOURCE_DATE_EPOCH: '1700000000' }, signal },
    ...{ root: projectRoot(), image: IMAGE },
  };
});
afterEach(() => scratch[Symbol.asyncDispose]());

const release = (options: Partial<AssembleOptions> = {}) => assemble({ ...base, ...options });
const output = (targets = both, name = 'out') => writeOutput(at(name), targets, { source });
const failure = async (options: Partial<AssembleOptions> = {}) => {
  const message = await release(options).then(
    () => 'it was released',
    (error: Error) => error.message,
  );
  // Whatever is wrong: nothing is left behind.
  expect((await readdir(scratch.path)).filter((name) => name.startsWith('release'))).toEqual([]);
  return message;
};

describe('a release', () => {
  test('has every file by its name, and sha256sum agrees with what is said of each', async () => {
    await output();
    const { files } = await release();
    const stem = (kernel: string) => `sample-1.2.0-debian-12-${kernel}-x86_64`;
    const modules = KERNELS.flatMap((kernel) => [`${stem(kernel)}.ko`, `${stem(kernel)}.manifest.json`]);
    const others = [
      'RELEASE-NOTES.md',
      'SHA256SUMS',
      'modules.json',
      'node-install.daemonset.yaml',
      'node-install.job.yaml',
      'node-install.kmm.yaml',
      'ovnfast-node-1.2.0.oci.tar',
      'ovnfast-node-1.2.0.tar.gz',
      'provenance.json',
      'sbom.cdx.json',
      'sbom.spdx.json',
    ];
    expect((await readdir(at('release'))).sort()).toEqual([...modules, ...others].sort());
    expect(files.map(({ name }) => name).sort()).toEqual([...modules, ...others].sort());
    expect(await readFile(at(`release/${stem('6.1.0-9-amd64')}.ko`))).toEqual(moduleFile('6.1.0-9-amd64'));
    const check = () =>
      runProcess('sha256sum', ['-c', '--strict', 'SHA256SUMS'], {
        ...{ cwd: at('release'), timeoutSeconds: 20, signal, environment: { PATH: process.env.PATH ?? '' } },
      });
    const well = await check();
    expect(well.code).toBe(0);
    expect(well.stdout.match(/: OK$/gm)).toHaveLength(files.length - 1);
    await appendFile(at('release/modules.json'), ' ');
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining('modules.json: FAILED') });
  });

  test('is the same to the byte at another time, in another place, whatever the order of the directories', async () => {
    await output(both.slice(0, 1), 'a');
    await output(both.slice(1), 'b');
    await release({ directories: [at('a'), at('b')] });
    await writeSources(at('elsewhere/sample'), SOURCES);
    await release({ directories: [at('b'), at('a')], moduleDirectories: [at('elsewhere/sample')], out: at('second') });
    const read = async (place: string) =>
      await Promise.all(
        (await readdir(at(place))).sort().map(async (name) => [name, await readFile(at(place, name), 'latin1')]),
      );
    expect(await read('second')).toEqual(await read('release'));
    expect(JSON.stringify(await read('release'))).not.toContain(scratch.path);
    // Another time of the sources is another release: the comparison above could fail.
    await release({ directories: [at('a'), at('b')], environment: { SOURCE_DATE_EPOCH: '1' }, out: at('third') });
    expect(await read('third')).not.toEqual(await read('release'));
  });

  test('that is there already is left alone when it is the same, and refused when it is another', async () => {
    await output();
    await release();
    const before = await stat(at('release/modules.json'));
    await release();
    expect((await stat(at('release/modules.json'))).mtimeMs).toBe(before.mtimeMs);
    await appendFile(at('release/modules.json'), ' ');
    await expect(release()).rejects.toThrow(/another release is there already: modules\.json differ/);
  });

  test('indexes which file serves which kernel: one file for several, groups by symbol versions', async () => {
    const others = [
      { id: 'debian-12', kernel: '6.1.0-8-amd64', sharedFrom: '6.1.0-9-amd64' },
      { id: 'debian-12', kernel: '6.1.0-7-amd64', content: moduleFile('6.1.0-7-amd64', { crc: 0x9999 }) },
    ];
    await output([...both, ...others]);
    await release();
    const index = parseIndex(JSON.parse(await readFile(at('release/modules.json'), 'utf8')));
    const name = (kernel: string) => `sample-1.2.0-debian-12-${kernel}-x86_64.ko`;
    expect(index.kernels.map(({ kernel, files, basis, status }) => [kernel, files, basis, status])).toEqual([
      ['6.1.0-7-amd64', [name('6.1.0-7-amd64')], 'suites', 'pass'],
      ['6.1.0-8-amd64', [name('6.1.0-9-amd64')], 'suites', 'pass'],
      ['6.1.0-9-amd64', [name('6.1.0-9-amd64')], 'suites', 'pass'],
      ['6.1.0-10-amd64', [name('6.1.0-10-amd64')], 'suites', 'pass'],
    ]);
    expect(index.groups.map(({ files }) => files)).toEqual([
      [name('6.1.0-10-amd64'), name('6.1.0-9-amd64')],
      [name('6.1.0-7-amd64')],
    ]);
    expect(index.groups[0]).toMatchObject({
      ...{ module: 'sample', arch: 'x86_64', vermagic: 'SMP mod_unload modversions', versioned: true },
      symbols: { module_layout: '0x0000abcd', printk: '0x00001234' },
    });
  });

  test('of modules and eBPF programs has the objects under the names that their loader looks for', async () => {
    await output();
    const programs = await writeSources(at('bypass'), { 'bypass.bpf.c': '', 'ovnfast-bypass': '#!/bin/bash\n' });
    await writePrograms(at('programs'), both, { source: programs });
    const { provenance } = await release({
      directories: [at('out'), at('programs')],
      moduleDirectories: [at('sample'), at('bypass')],
    });
    const names = await readdir(at('release'));
    expect(names).toEqual(expect.arrayContaining(['bypass.bpf.o', 'ovnfast-bypass', 'bypass-1.2.0.manifest.json']));
    expect((await stat(at('release/ovnfast-bypass'))).mode & 0o777).toBe(0o755);
    const built = provenance.subject.filter(({ name }) => !/^(ovnfast-node|node-install)/.test(name));
    expect(built).toHaveLength(4);
    const { kernels } = parseIndex(JSON.parse(await readFile(at('release/modules.json'), 'utf8')));
    expect(kernels.filter(({ files }) => files.includes('bypass.bpf.o'))).toHaveLength(2);
  });

  test('of eBPF programs alone has no container image, and says how their loader is installed', async () => {
    const programs = await writeSources(at('bypass'), { 'bypass.bpf.c': '' });
    await writePrograms(at('programs'), both, { source: programs });
    const { notes } = await release({ directories: [at('programs')], moduleDirectories: [at('bypass')] });
    const names = (await readdir(at('release'))).filter((name) => name.includes('node'));
    expect(names).toEqual(['ovnfast-node-1.2.0.tar.gz']);
    expect(notes).toMatch(/^ {4}sudo \.\/ovnfast-node-1\.2\.0\/bin\/ovnfast-node install ovnfast-bypass$/m);
    expect(notes).not.toMatch(/kubectl|install$/m);
  });

  test('says in its notes what passed where, and that a build is no test', async () => {
    await output([
      { id: 'debian-12', kernel: KERNELS[0], suites: [] },
      { id: 'rocky-9', kernel: '5.14.0-1.el9.x86_64' },
    ]);
    const { notes } = await release({ repository: 'https://github.com/o/r' });
    expect(notes).toMatch(/Title of rocky-9 \| .*5\.14\.0-1\.el9\.x86.* \| ✅ pass, 1 of 1 \(TCG\)/);
    expect(notes).toMatch(/6\.1\.0-9-amd64.*\(built, not tested\)/);
    expect(notes).toContain('Tests passed on 1 of 1 kernel; built for 1 kernel and not tested there.');
  });
});

describe('only what passed', () => {
  const mixed = [{ ...first, status: 'fail' as const }, second];

  test('is released, and the notes name the rest', async () => {
    await output(mixed);
    const { leftOut, notes, index } = await release();
    expect(leftOut.map(({ kernel, status }) => [kernel, status])).toEqual([[KERNELS[0], 'fail']]);
    expect(index.kernels.map(({ kernel }) => kernel)).toEqual([KERNELS[1]]);
    expect((await readdir(at('release'))).filter((name) => name.endsWith('.ko'))).toHaveLength(1);
    expect(notes).toContain('\nTests passed on 1 of 2 kernels.\n');
    expect(notes).toMatch(/### Not released\n\n- <code>debian-12\/6\.1\.0-9-amd64<\/code>: ❌ FAIL, it does not work/);
  });

  test('unless failures are allowed, and then they are marked as such', async () => {
    await output(mixed);
    const { index, notes } = await release({ allowFailed: true });
    expect(index.kernels.map(({ status }) => status)).toEqual(['fail', 'pass']);
    expect(notes).toMatch(/❌ FAIL, 0 of 1/);
  });

  test('counts: a suite that failed in another run of the same target keeps it out', async () => {
    await output([{ ...first, suites: ['one'] }], 'a');
    await output([{ ...first, suites: ['two'], status: 'fail' }, second], 'b');
    for (const directories of [
      [at('a'), at('b')],
      [at('b'), at('a')],
    ]) {
      const { index, leftOut } = await release({ directories });
      expect(index.kernels.map(({ kernel }) => kernel)).toEqual([KERNELS[1]]);
      expect(leftOut.map(({ kernel }) => kernel)).toEqual([KERNELS[0]]);
      await rm(at('release'), { recursive: true });
    }
    // The control: both passed.
    await output([{ ...first, suites: ['two'] }], 'b');
    const { index } = await release({ directories: [at('a'), at('b')] });
    expect(index.kernels[0]?.suites.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('and if nothing did, there is no release', async () => {
    await output([{ ...first, status: 'fail' }]);
    expect(await failure()).toMatch(/can be released: no target passed\n.*--allow-failed/);
  });
});

describe('a mistake is told, and nothing is written', () => {
  test('all of them at once', async () => {
    await output();
    const file = at('out/debian-12', KERNELS[0], 'sample.ko');
    const content = await readFile(file);
    content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
    await writeFile(file, content);
    await rm(at('out/debian-12', KERNELS[1]), { recursive: true });
    const message = await failure({
      ...{ directories: [at('out'), at('nothing')], tag: 'latest' },
      environment: { SOURCE_DATE_EPOCH: 'yesterday' },
    });
    expect(message).toMatch(/^5 mistakes, nothing was written:/);
    expect(message).toContain('the tag "latest" does not say a version');
    expect(message).toContain(`${file}: not the file of the report`);
    expect(message).toMatch(/6\.1\.0-10-amd64\/sample\.ko: cannot be read \(ENOENT\)/);
    expect(message).toMatch(/nothing\/report\.json: cannot be read \(ENOENT\)/);
    expect(message).toContain('SOURCE_DATE_EPOCH is "yesterday"');
  });

  test('a manifest that is missing, or of another file', async () => {
    await output();
    const manifest = at('out/debian-12', KERNELS[0], 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    const sha256 = createHash('sha256').update(moduleFile(KERNELS[0])).digest('hex');
    await writeFile(manifest, text.replace(sha256, 'f'.repeat(64)));
    expect(await failure()).toMatch(/manifest\.json: does not name sample\.ko with sha256/);
    await writeFile(manifest, text.replace('"kernel":"6.1.0-9-amd64"', '"kernel":"6.1.0-8-amd64"'));
    // The file is another target's, and nobody said that it is shared: the report would be believed too much.
    expect(await failure()).toMatch(/6\.1\.0-8-amd64/);
    await rm(manifest);
    expect(await failure()).toMatch(/manifest\.json: there is no manifest\n.*kernel tree/);
  });

  test('other sources than those that are at hand', async () => {
    await output();
    await appendFile(at('sample/sample.c'), '// changed\n');
    expect(await failure()).toMatch(
      /the sources of sample\.ko are not at hand: their digest is [0-9a-f]{64}\n.*--module/,
    );
  });

  test('two files of one target, and one file of two sources', async () => {
    await output();
    await output([{ ...first, content: moduleFile(KERNELS[0], { text: 'other' }) }], 'b');
    expect(await failure({ directories: [at('out'), at('b')] })).toMatch(/6\.1\.0-9-amd64: sample\.ko is there twice/);
    const older = await writeSources(at('older'), { ...SOURCES, 'sample.c': '/* older */\n' });
    await writeOutput(at('b'), [{ id: 'rocky-9', kernel: '5.14.0-1.el9.x86_64' }], { source: older });
    expect(
      await failure({ directories: [at('out'), at('b')], moduleDirectories: [at('sample'), at('older')] }),
    ).toMatch(/sample\.ko was built from other sources/);
  });

  test('a report that says one thing and another of one file', async () => {
    await output();
    const path = at('out/report.json');
    const text = await readFile(path, 'utf8');
    const [other, own] = KERNELS.map((kernel) => createHash('sha256').update(moduleFile(kernel)).digest('hex'));
    await writeFile(path, text.replaceAll(`debian-12/${KERNELS[1]}/sample.ko`, `debian-12/${KERNELS[0]}/sample.ko`));
    expect(await failure()).toMatch(new RegExp(`not the file of the report: .*${other}\\n.*${own}`));
  });

  test('what was verified and not built', async () => {
    await output();
    const path = at('out/report.json');
    const report = JSON.parse(await readFile(path, 'utf8'));
    for (const target of report.targets) delete target.build;
    await writeFile(path, JSON.stringify(report));
    expect(await failure()).toMatch(/nothing was built in that run/);
  });

  test('names of kernels that would lead out of the container image, or out of a line', async () => {
    for (const kernel of ['6.1.0 9', '6.1.0\t9', '.6', '6.1.0;9']) {
      await output([{ ...first, kernel, sharedFrom: KERNELS[0] }]);
      expect(await failure()).toMatch(/cannot be (the name of a file in the container image|told to a node)/);
    }
  });

  test('a directory that holds something else', async () => {
    await output();
    await mkdir(at('release'));
    await writeFile(at('release/mine'), '');
    await expect(release()).rejects.toThrow(/the output directory is not empty/);
    expect(await readdir(at('release'))).toEqual(['mine']);
  });

  test('a place where no directory can be', async () => {
    await output();
    await expect(release({ out: at('sample/Kbuild/release') })).rejects.toThrow(/cannot be read \(ENOTDIR\)/);
    await symlink(at('nothing'), at('link'));
    await expect(release({ out: at('link') })).rejects.toThrow(/cannot be written: ENOTDIR.*\n.*--out/);
    expect((await readdir(scratch.path)).sort()).toEqual(['link', 'out', 'sample']);
  });

  test('sources that are in no repository, when nobody says a time', async () => {
    await output();
    expect(await failure({ environment: { PATH: process.env.PATH } })).toMatch(
      /in no git repository.*\n.*SOURCE_DATE_EPOCH/,
    );
  });
});

describe('sources in a git repository', () => {
  const git = async (...args: string[]) => {
    const environment = {
      ...{ PATH: process.env.PATH ?? '', HOME: scratch.path, GIT_COMMITTER_DATE: '1600000000 +0000' },
      GIT_AUTHOR_DATE: '1600000000 +0000',
    };
    const identity = ['-c', 'user.name=n', '-c', 'user.email=e@example.com', '-c', 'init.defaultBranch=main'];
    const result = await runProcess('git', ['-C', at('sample'), ...identity, ...args], {
      ...{ timeoutSeconds: 20, signal, environment },
    });
    expect(result.stderr + result.code).toMatch(/0$/);
    return result.stdout.trim();
  };

  test('give the commit and the time; a change that is in no commit is a mistake', async () => {
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-qm', 'first');
    const commit = await git('rev-parse', 'HEAD');
    await output();
    const environment = { PATH: process.env.PATH };
    const options = { environment, repository: 'https://github.com/o/r' };
    const { notes, index, commit: told } = await release(options);
    expect({ commit: index.commit, told }).toEqual({ commit, told: commit });
    expect(notes).toContain(`](https://github.com/o/r/commit/${commit})`);
    const sbom = JSON.parse(await readFile(at('release/sbom.cdx.json'), 'utf8'));
    expect(sbom.metadata.timestamp).toBe('2020-09-13T12:26:40.000Z');
    await rm(at('release'), { recursive: true });
    await appendFile(at('sample/sample.c'), '// changed\n');
    source = await writeSources(at('sample'), {});
    await output();
    expect(await failure(options)).toMatch(/there are changes that commit [0-9a-f]{12} does not have/);
  });
});

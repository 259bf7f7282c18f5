// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestTree } from '../../../src/host/digest.ts';
import { isBuildProduct } from '../../../src/kbuild/source.ts';
import { overallStatus, type ReportTarget } from '../../../src/report/model.ts';
import { makeElf, modinfo, symbolSections, versions } from '../kbuild/module-file.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** Sources of a module, or of eBPF programs. */
export async function writeSources(directory: string, files: Record<string, string>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return await digestTree(directory, isBuildProduct);
}

const pin = (name: string, archive = 'debian') => ({
  ...{ name, version: '1:2.3-4', architecture: 'amd64', archive, path: `pool/${name}_2.3-4_amd64.deb`, size: 10 },
  sha256: sha256(`${archive}/${name}`),
});
const archive = (name: string, family = 'debian') => ({
  ...{ family, name, architecture: 'amd64', suites: ['stable'], components: family === 'debian' ? ['main'] : [] },
  mirrors: [`http://mirror.example/${name}`],
});
const sandbox = { archives: [archive('debian')], sysroots: { sandbox: [pin('bubblewrap')] } };

/** A module that imports one symbol, of version `crc`. */
export function moduleFile(kernel: string, { name = 'sample', crc = 0x1234, text = '' } = {}): Buffer {
  return makeElf([
    modinfo(`name=${name}`, 'license=GPL', `vermagic=${kernel} SMP mod_unload modversions `, `description=${text}`),
    versions({ module_layout: 0xabcd, printk: crc }),
    ...symbolSections([{ name: 'printk', binding: 1, section: 0 }]),
  ]);
}

export type FakeTarget = {
  id: string;
  kernel: string;
  status?: ReportTarget['status'];
  suites?: string[];
  /** Kernel release of the same distribution that its file was built for. */
  sharedFrom?: string;
  /** In place of the file that is made up. */
  content?: Buffer;
};

export type Output = { source: string; module?: string };

/** What a run leaves: report.json, and for each target a module and its manifest. */
export async function writeOutput(directory: string, targets: FakeTarget[], { source, module = 'sample' }: Output) {
  const reported: ReportTarget[] = [];
  for (const target of targets) {
    const builtFor = target.sharedFrom ?? target.kernel;
    const content = target.content ?? moduleFile(builtFor, { name: module });
    const file = `${module}.ko`;
    const place = `${target.id}/${target.kernel}`;
    const family = target.id.startsWith('rocky') ? 'rpm' : 'debian';
    const own = family === 'rpm' ? 'rocky' : 'debian';
    await writeFiles(join(directory, place), {
      [file]: content,
      'manifest.json': JSON.stringify({
        schema: 'ovnfast.manifest/1',
        tool: { name: 'ovnfast', version: '0.1.0' },
        module: { name: module, source },
        target: { id: target.id, kernel: builtFor, arch: 'x86_64' },
        portable: false,
        commands: [{ argv: ['make'], environment: {} }],
        results: [{ file, sha256: sha256(content), size: content.length }],
        inputs: {
          target: {
            archives: [archive(own, family)],
            sysroots: { headers: [pin('gcc', own), pin('make', own)], image: [pin(`image-${builtFor}`, own)] },
          },
          sandbox,
        },
      }),
    });
    const built = {
      path: `${place}/${file}`,
      name: module,
      sha256: sha256(content),
      size: content.length,
      vermagic: '',
    };
    reported.push({
      ...reportOf(target),
      build: {
        ...{ status: 'pass', seconds: 1, diagnostics: [], module: built, modules: [built] },
        ...(target.sharedFrom ? { sharedFrom: `${target.id}/${target.sharedFrom}` } : {}),
      },
    });
  }
  await writeReport(directory, module, reported);
}

/** The same of eBPF programs: one object and its loader. */
export async function writePrograms(directory: string, targets: FakeTarget[], { source, module = 'bypass' }: Output) {
  const contents = { 'bypass.bpf.o': makeElf([], { machine: 247 }), 'ovnfast-bypass': Buffer.from('#!/bin/bash\n') };
  const results = Object.entries(contents).map(([file, content]) => ({
    file,
    sha256: sha256(content),
    size: content.length,
  }));
  const reported: ReportTarget[] = [];
  for (const target of targets) {
    const place = `${target.id}/${target.kernel}`;
    await writeFiles(join(directory, place), {
      ...contents,
      'manifest.json': JSON.stringify({
        schema: 'ovnfast.manifest.programs/1',
        tool: { name: 'ovnfast', version: '0.1.0' },
        module: { name: 'bypass', source },
        commands: [],
        results,
        inputs: { bpf: { archives: [archive('debian')], sysroots: { bpf: [pin('clang-14')] } }, sandbox },
      }),
    });
    const [object, loader] = results.map(({ file, ...rest }) => ({ path: `${place}/${file}`, ...rest }));
    if (!object || !loader) throw new Error('no programs');
    reported.push({
      ...reportOf(target),
      build: {
        ...{ status: 'pass', seconds: 1, diagnostics: [] },
        programs: [{ ...object, name: 'bypass', sections: [], maps: [], btf: false }],
        executables: [loader],
      },
    });
  }
  await writeReport(directory, module, reported);
}

function reportOf({ id, kernel, status = 'pass', suites = ['fastpath'] }: FakeTarget): ReportTarget {
  const test = { name: 'it works', status: status === 'pass' ? ('pass' as const) : ('fail' as const), seconds: 0.1 };
  return {
    ...{ id, kernel, arch: 'x86_64', title: `Title of ${id}`, status },
    ...(status === 'pass' ? {} : { reason: 'it does not work' }),
    suites: suites.map((name) => ({
      ...{ name, status, accelerator: 'tcg' as const, bootSeconds: 1, seconds: Math.random() * 100 },
      ...{ console: `${id}/${kernel}/${name}.console.log`, tests: [test] },
    })),
  };
}

async function writeReport(directory: string, module: string, targets: ReportTarget[]) {
  const report = {
    schema: 'ovnfast.report/1',
    ...{ tool: { version: '0.1.0' }, module, startedAt: new Date().toISOString(), seconds: Math.random() * 100 },
    ...{ status: overallStatus(targets), targets },
  };
  await writeFiles(directory, { 'report.json': JSON.stringify(report) });
}

async function writeFiles(directory: string, files: Record<string, string | Buffer>) {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
}

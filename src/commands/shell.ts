// SPDX-License-Identifier: Apache-2.0

import { join, resolve } from 'node:path';
import { loadSuite } from '../conformance/suite.ts';
import { InputError } from '../errors.ts';
import { TemporaryDirectory } from '../host/files.ts';
import { readModule } from '../kbuild/module.ts';
import type { AcceleratorWish } from '../machine/accelerator.ts';
import { openShell } from '../machine/shell.ts';
import { type Made, madeOf } from '../making.ts';
import { labelOf } from '../matrix/targets.ts';
import { kindOf, type Subject, suiteOf } from '../subject.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { type KernelFlags, kernelsOf } from './kernels.ts';
import { watchOnStderr } from './listener.ts';
import { moduleDirectory } from './run.ts';
import { trustedOf } from './secure-boot.ts';
import { type FetchFlags, workshopOptions } from './workshop.ts';

type ShellFlags = FetchFlags & KernelFlags & { module?: string; accel: AcceleratorWish; secureBoot?: string };

/** `ovnfast shell`: a machine of one target, with what is built or given; returns the exit status of the shell in it. */
export async function runShell(edge: Edge, flags: ShellFlags, files: string[]): Promise<number> {
  const { stdin, stdout, stderr, signal, cache } = edge;
  const given = files.map((file) => resolve(edge.workingDirectory, file));
  const directory = moduleDirectory(edge, flags.module);
  const subject: Subject = given.length > 0 ? { files: given } : { directory };
  const kind = await kindOf(subject);
  if (kind === 'module') for (const file of given) await readModule(file);
  const certificate = await trustedOf(edge, flags.secureBoot);
  const kernels = kernelsOf(edge, flags);
  const suitesRoot = join(edge.root, 'conformance');
  const suite = await loadSuite(await suiteOf(subject, suitesRoot), suitesRoot);

  using view = watchOnStderr(edge);
  const options = workshopOptions(edge, flags, view.emit);
  await using workshop = await Workshop.open(options);
  const builds = kind === 'module' && given.length === 0;
  const targets = await workshop.targets({ ...kernels, builds, boots: true });
  const [target] = targets;
  if (!target || targets.length > 1) {
    const names = targets.map(labelOf).join(', ');
    throw new InputError('a shell has one target', { remedy: `Name one with --target: ${names}.` });
  }
  const label = labelOf(target);
  const sandbox = await workshop.tools.sandbox();
  const prepared = await workshop.prepare(target, builds ? ['headers', 'image'] : ['image']);
  const { kernel, sysroots } = prepared;
  await using work = await TemporaryDirectory.create(join(cache, 'work'), 'shell-');
  let made: Made = kind === 'module' ? { modules: given, products: [] } : { modules: [], products: given };
  if (given.length === 0) {
    view.emit({ type: 'stage', target: label, stage: 'build' });
    const how = { outDirectory: work.path, jobs: edge.processors };
    const built = sysroots.headers
      ? await workshop.build(directory, prepared, how)
      : await workshop.buildPrograms(directory, how);
    if (built.status === 'fail') {
      view.close();
      for (const { file, line, severity, message } of built.diagnostics) {
        stderr.write(`${file}${line === undefined ? '' : `:${line}`}: ${severity}: ${message}\n`);
      }
      stderr.write(`${'modules' in built ? 'the module was' : 'the programs were'} not built: ${built.reason}\n`);
      return 1;
    }
    made = madeOf(built);
  }
  const [machine, guest] = await Promise.all([workshop.tools.sysroot('machine'), workshop.tools.sysroot(suite.guest)]);
  const firmware = certificate && (await workshop.tools.sysroot('firmware'));
  const programs = await workshop.programs(suite);
  view.close();
  const { exitStatus, reason } = await openShell({
    sandbox,
    machine,
    guest,
    image: sysroots.image,
    kernel,
    ...made,
    programs,
    suite,
    kernelModules: suite.kernelModules,
    memoryMiB: suite.memoryMiB,
    accelerator: flags.accel,
    ...(certificate && firmware ? { secureBoot: { certificate, firmware } } : {}),
    cache,
    outDirectory: work.path,
    signal,
    input: stdin,
    output: stdout,
    ...(stdin.isTTY && stdout.isTTY
      ? {
          terminal: {
            rows: stdout.rows,
            columns: stdout.columns,
            setRawMode: (raw: boolean) => void stdin.setRawMode(raw),
          },
        }
      : {}),
    onMessage: (message) => void stderr.write(`${message}\n`),
  });
  if (exitStatus !== undefined) return exitStatus;
  stderr.write(`ovnfast: ${reason}\n`);
  return 3;
}

// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import type { ProgramBuild } from './bpf/build.ts';
import type { BuildResult } from './kbuild/build.ts';
import type { ModuleFile } from './kbuild/module.ts';
import type { ReportBuild, ReportModule } from './report/model.ts';
import type { SharedBuild } from './sharing.ts';

/** A build of a module as the report has it; `out` is the directory of the report. */
export function reportBuild(built: BuildResult, out: string): ReportBuild {
  return { ...outcomeOf(built, out), ...reportModules(built.modules, out), btf: built.btf };
}

/** What was built for another target. */
export function reportShared({ from }: SharedBuild, modules: ModuleFile[], out: string): ReportBuild {
  return { status: 'pass', sharedFrom: from, seconds: 0, ...reportModules(modules, out), diagnostics: [] };
}

/** A build of eBPF programs. */
export function reportPrograms(built: ProgramBuild, out: string): ReportBuild {
  return {
    ...outcomeOf(built, out),
    programs: built.programs.map(({ path, programs: _, ...rest }) => ({ path: relative(out, path), ...rest })),
    executables: built.executables.map(({ path, ...rest }) => ({ path: relative(out, path), ...rest })),
  };
}

function outcomeOf(built: BuildResult | ProgramBuild, out: string): ReportBuild {
  const { status, reason, seconds, log, diagnostics } = built;
  return { status, ...(reason === undefined ? {} : { reason }), seconds, log: relative(out, log), diagnostics };
}

function reportModules(built: ModuleFile[], out: string): { module?: ReportModule; modules?: ReportModule[] } {
  const modules = built.map(({ path, name, sha256, size, vermagic, srcversion, signed, btf }) => ({
    path: relative(out, path),
    name,
    sha256,
    size,
    vermagic,
    ...(srcversion === undefined ? {} : { srcversion }),
    signed,
    btf,
  }));
  return modules[0] === undefined ? {} : { module: modules[0], modules };
}

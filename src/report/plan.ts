// SPDX-License-Identifier: Apache-2.0
import { type PlannedSharing, sharingText } from './plan-sharing.ts';
import type { Paint } from './terminal.ts';
import { byteSize, counted, oneLine, visible } from './text.ts';

/** One sysroot: what it takes, and how much of it is not in the cache. */
export type PlannedSysroot = {
  name: string;
  packages: number;
  bytes: number;
  missing: { packages: number; bytes: number };
};

export type PlannedTarget = {
  kernel: string;
  /** Where the choice of packages comes from: the lock file, what replaced it earlier, or what is offered now. */
  origin?: 'locked' | 'replaced' | 'unlocked';
  /** The C compilers among the packages, with their versions; the headers choose where there are several. */
  compilers: string[];
  sysroots: PlannedSysroot[];
  /** Why its packages cannot be told. */
  reason?: string;
};

/** Where packages of an archive would be asked for. */
export type PlannedArchive = {
  name: string;
  /** Of the RPM family: repositories. */
  suites: string[];
  components: string[];
  /** File names in `matrix/keys/`. */
  keys: string[];
  /** In the order in which they are asked. */
  mirrors: {
    url: string;
    origin: 'given' | 'apt' | 'yum' | 'public' | 'snapshot';
    /** It is asked first whether it has this archive at all. */
    guess: boolean;
  }[];
};

export type PlannedDistribution = {
  id: string;
  title: string;
  /** Why the mirrors could not be asked, with every address tried. */
  reason?: string;
  /** What a run takes when no release is named. */
  selectors: string[];
  releases: { kernel: string; offered: boolean; locked: boolean; newest: boolean; planned: boolean }[];
  targets: PlannedTarget[];
  archives: PlannedArchive[];
  /** Roots of the two sysroots, with `{kernel}` for the kernel release. */
  packages: { headers: string[]; image: string[] };
};

export type PlannedModule = {
  name: string;
  directory: string;
  builds: 'each' | 'once';
  /** Those that are for it. */
  suites: string[];
};

export type Plan = {
  /** Directory of the module, or of eBPF programs. */
  module: string;
  /** `once` for all targets: eBPF programs. */
  builds: 'each' | 'once';
  suites: string[];
  /** What suites bring along, beside that one. */
  modules?: PlannedModule[];
  distributions: PlannedDistribution[];
  /** Sysroots that all targets share. */
  shared: { sysroots: PlannedSysroot[]; archives: PlannedArchive[] };
  /** Distributions of the matrix that were not asked for. */
  others: string[];
  /** Each package once. */
  total: Omit<PlannedSysroot, 'name'>;
  /** Which releases one build is going to serve, where that was asked for. */
  sharing?: PlannedSharing[];
};

/** Whether all that the plan speaks of could be told. */
export function isKnown({ distributions }: Plan): boolean {
  return distributions.every(({ reason, targets }) => reason === undefined && targets.every((one) => !one.reason));
}

/** So many suites or repositories have room on one line. */
const FEW = 3;
const how = { each: 'for each target by its own compiler', once: 'once for all targets, by the clang of bpf' };
const origins = { locked: 'as locked', replaced: 'resolved anew earlier', unlocked: 'no lock: as offered now' };

/** The plan for people. Ends with a newline. */
export function planText(plan: Plan, paint: Paint): string {
  const { module, builds, suites, modules = [], distributions, shared, others, total, sharing = [] } = plan;
  const lines = distributions.flatMap((distribution) => [...distributionLines(distribution, paint), '']);
  if (shared.sysroots.length > 0) {
    lines.push(paint('bold', 'shared by all targets'), ...sysrootLines(shared.sysroots, paint));
    lines.push(...shared.archives.flatMap((archive) => archiveLines(archive, paint)), '');
  }
  if (distributions.length > 0) {
    lines.push(`built     ${oneLine(module)}, ${how[builds]}`);
    for (const { directory, builds, suites } of modules) {
      lines.push(`          ${oneLine(directory)}, ${how[builds]}, for ${suites.join(', ')}`);
    }
    lines.push(`tested    ${suites.length > 0 ? `${suites.join(', ')}, on each booted kernel` : 'nothing'}`);
    const part = isKnown(plan) ? '' : '  (as far as it is known)';
    lines.push(`together  ${amount(total, paint).trimStart()}${part}`, '');
  }
  if (others.length > 0) lines.push(`Not asked for: ${others.join(', ')}. Name them with --target.`);
  lines.push('* what `ovnfast run` takes with these patterns');
  const lost = distributions.filter(({ reason }) => reason !== undefined).map(({ id }) => id);
  if (lost.length > 0) lines.push(`${paint(['yellow', 'bold'], '! not reached')}  ${lost.join(', ')}`);
  return `${lines.join('\n')}\n${sharingText(sharing, paint)}`;
}

function distributionLines(distribution: PlannedDistribution, paint: Paint): string[] {
  const { id, title, reason, releases, targets, archives } = distribution;
  const lines = [`${paint('bold', id)}  ${oneLine(title)}`];
  if (reason !== undefined) {
    lines.push(`  ${paint(['yellow', 'bold'], '! the mirrors could not be asked')}`);
    lines.push(
      ...visible(reason)
        .split('\n')
        .map((line) => `    ${line.trimStart().replace(/^(?=https?:)/, '  ')}`),
    );
  }
  for (const { kernel, offered, locked, newest, planned } of releases) {
    const marks = [locked ? 'locked' : '', newest ? 'newest' : '', offered ? '' : 'no longer offered'];
    const line = `  ${planned ? '*' : ' '} ${kernel.padEnd(28)} ${marks.filter(Boolean).join(', ')}`.trimEnd();
    lines.push(planned ? paint('green', line) : line);
  }
  for (const { kernel, origin, compilers, sysroots, reason: unknown } of targets) {
    const words = [origin && origins[origin], ...compilers].filter(Boolean).join(', ');
    lines.push(
      `  ${id}/${kernel}${words ? `  ${paint('gray', `(${oneLine(words)})`)}` : ''}`,
      ...sysrootLines(sysroots, paint),
    );
    if (unknown)
      lines.push(`    ${paint(['yellow', 'bold'], '! not known')}  ${visible(unknown).replaceAll('\n', '\n    ')}`);
  }
  if (reason !== undefined && targets.length === 0) lines.push(...unresolvedLines(distribution));
  return [...lines, ...archives.flatMap((archive) => archiveLines(archive, paint))];
}

/** What the matrix file says, where no index can be asked. */
function unresolvedLines({ selectors, packages, archives }: PlannedDistribution): string[] {
  return [
    `  would take   ${selectors.join(', ')}`,
    ...(packages.headers.length > 0 ? [`  to build     ${packages.headers.join(', ')}, and what they need`] : []),
    `  to boot      ${packages.image.join(', ')}`,
    ...archives.map(({ name, keys }) => `  signed by    ${keys.join(' or ')} (${name})`),
  ];
}

function sysrootLines(sysroots: PlannedSysroot[], paint: Paint): string[] {
  return sysroots.map((sysroot) => `    ${sysroot.name.padEnd(8)} ${amount(sysroot, paint)}`);
}

function amount({ packages, bytes, missing }: Omit<PlannedSysroot, 'name'>, paint: Paint): string {
  const all = `${counted(packages, 'package').padStart(13)}  ${byteSize(bytes).padStart(7)}`;
  if (missing.packages === 0) return `${all}  ${paint('green', 'in the cache')}`;
  const some = missing.packages === packages ? 'all' : String(missing.packages);
  return `${all}  ${paint('yellow', `${some} to fetch, ${byteSize(missing.bytes)}`)}`;
}

function archiveLines({ name, suites, components, mirrors }: PlannedArchive, paint: Paint): string[] {
  const parts = components.length > 0 ? ` [${components.join(', ')}]` : '';
  const few = suites.length <= FEW;
  return [
    `  from ${name}${few ? `: ${suites.join(', ')}${parts}` : ''}, asked in this order`,
    ...mirrors.map(({ url, origin, guess }) => {
      return `    ${oneLine(url)}  ${paint('gray', `${origin}${guess ? ', if it has it' : ''}`)}`;
    }),
    ...(few ? [] : [`  these${parts}`, ...suites.map((suite) => `    ${suite}`)]),
  ];
}

// SPDX-License-Identifier: Apache-2.0
import { overallStatus, type ReportBuild, type ReportSuite, type ReportTarget, type Status } from './model.ts';

/** All builds of a target: that of the report's own module first, then those of what suites brought along. */
export function buildsOf({ build, builds = [] }: Pick<ReportTarget, 'build' | 'builds'>): ReportBuild[] {
  return [...(build ? [build] : []), ...builds];
}

/** What a build is called where a place has a name: `build`, or `build of bypass`. */
export function buildName({ subject }: Pick<ReportBuild, 'subject'>): string {
  return subject === undefined ? 'build' : `build of ${subject}`;
}

/** One verdict for all builds of a target: what failed comes first. One that ended before its build has its own. */
export function buildStatus(target: Pick<ReportTarget, 'status' | 'build' | 'builds'>): Status {
  const builds = buildsOf(target);
  return builds.length > 0 ? overallStatus(builds) : target.status;
}

/** The builds that are made for each kernel; those of eBPF programs are made once for all. */
export function moduleBuilds(target: Pick<ReportTarget, 'build' | 'builds'>): ReportBuild[] {
  return buildsOf(target).filter(({ programs }) => programs === undefined);
}

/** Whether all modules that a target has were built for other releases. */
export function isShared(target: Pick<ReportTarget, 'build' | 'builds'>): boolean {
  const builds = moduleBuilds(target);
  return builds.length > 0 && builds.every(({ sharedFrom }) => sharedFrom !== undefined);
}

/** The name of a suite for people, with that of its module where nobody would guess it: `offload (smartnic)`. */
export function suiteTitle({ name, subject }: Pick<ReportSuite, 'name' | 'subject'>): string {
  return subject === undefined || name === subject || name.startsWith(`${subject}-`) ? name : `${name} (${subject})`;
}

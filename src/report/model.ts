// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { FlowDump } from '../conformance/flow-dumps.ts';
import type { Chart, Measurement } from '../conformance/measurement.ts';
import { ENFORCEMENTS, type SuiteResult, type TestResult } from '../conformance/result.ts';
import { InputError } from '../errors.ts';

const status = z.enum(['pass', 'fail', 'error', 'skip']);
const seconds = z.number().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 digest');

/** A place in the output directory: relative, so that the report can be moved and names no directory of the machine it was made on. */
const outPath = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith('/') && !path.split('/').includes('..'),
    'is not a path inside the output directory',
  );

const testSchema = z.object({
  name: z.string(),
  status: z.enum(['pass', 'fail', 'skip']),
  reason: z.string().exactOptional(),
  seconds,
  evidence: z.array(z.string()).exactOptional(),
  kernelLog: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<TestResult>;

const figureSchema = z.object({ series: z.string(), x: z.number().positive(), value: z.number().nonnegative() });

const measurementSchema = figureSchema.extend({ name: z.string(), unit: z.string() }) satisfies z.ZodType<Measurement>;

const chartSchema = z.object({
  name: z.string(),
  title: z.string(),
  x: z.string(),
  better: z.enum(['lower', 'higher']),
  baseline: z.string().exactOptional(),
  published: z.object({ source: z.string(), unit: z.string(), figures: z.array(figureSchema) }).exactOptional(),
}) satisfies z.ZodType<Chart>;

const reasonSchema = z.object({
  /** A word that stays, for programs: `hash`, `conntrack-kernel`. */
  id: z.string(),
  text: z.string(),
  remedy: z.string().exactOptional(),
  /** Where that can be read. */
  source: z.string(),
});

const flowSchema = z.object({
  ufid: z.string().exactOptional(),
  match: z.string(),
  packets: z.number().nonnegative(),
  bytes: z.number().nonnegative(),
  /** Seconds since the last packet, when the dump was taken. */
  used: z.number().exactOptional(),
  /** What Open vSwitch said. */
  offloaded: z.enum(['yes', 'partial', 'no']),
  dp: z.string().exactOptional(),
  actions: z.string(),
  /** `uncounted`: offloaded, with no packet counted; `exempt`: goes through software, as is to be expected; `missed`: should be offloaded, and is not. */
  verdict: z.enum(['offloaded', 'uncounted', 'exempt', 'missed']),
  why: z.array(reasonSchema).exactOptional(),
});

const flowDumpSchema = z.object({ name: z.string(), flows: z.array(flowSchema) }) satisfies z.ZodType<FlowDump>;

const suiteSchema = z.object({
  name: z.string(),
  /** What it was held to, where that is not the report's own module. */
  subject: z.string().exactOptional(),
  status,
  reason: z.string().exactOptional(),
  accelerator: z.enum(['kvm', 'tcg']),
  /** Why that accelerator. */
  acceleratorReason: z.string().exactOptional(),
  /** The guest's time was the count of its instructions; seconds in here are the host's all the same. */
  clock: z.literal('counted').exactOptional(),
  /** The firmware had Secure Boot on and trusted a certificate (its SHA-256), and why the kernel took only signed modules. */
  secureBoot: z
    .object({ subject: z.string(), sha256, enforcement: z.enum(ENFORCEMENTS).exactOptional() })
    .exactOptional(),
  bootSeconds: seconds,
  seconds,
  /** The kernel log: the first serial port. */
  console: outPath,
  /** What the guest said: the second serial port, KTAP. */
  ktap: outPath.exactOptional(),
  cached: z.boolean().exactOptional(),
  tests: z.array(testSchema),
  measurements: z.array(measurementSchema).exactOptional(),
  /** How the measurements are to be shown, one per name. */
  charts: z.array(chartSchema).exactOptional(),
  /** Flows of the datapath that the tests saw, by the names that they gave to dumps. */
  flows: z.array(flowDumpSchema).exactOptional(),
}) satisfies z.ZodType<SuiteResult>;

const diagnosticSchema = z.object({
  file: z.string(),
  line: z.number().int().exactOptional(),
  column: z.number().int().exactOptional(),
  severity: z.enum(['error', 'warning', 'note']),
  message: z.string(),
});

const moduleSchema = z.object({
  path: outPath,
  name: z.string().exactOptional(),
  sha256,
  size: z.number().int().nonnegative(),
  vermagic: z.string(),
  srcversion: z.string().exactOptional(),
  signed: z.boolean().exactOptional(),
  btf: z.boolean().exactOptional(),
});

const programSchema = z.object({
  path: outPath,
  name: z.string(),
  sha256,
  size: z.number().int().nonnegative(),
  /** Sections that hold programs: `sockops`, `sk_msg`. */
  sections: z.array(z.string()),
  maps: z.array(z.string()),
  license: z.string().exactOptional(),
  btf: z.boolean(),
});

const executableSchema = z.object({ path: outPath, sha256, size: z.number().int().nonnegative() });

const buildSchema = z.object({
  /** What was built, where that is not the report's own module. */
  subject: z.string().exactOptional(),
  status,
  /** The target that the modules were built for, when it was another one: one file serves both. */
  sharedFrom: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  seconds,
  /** The first of `modules`, absent when the build failed. */
  module: moduleSchema.exactOptional(),
  modules: z.array(moduleSchema).exactOptional(),
  /** eBPF objects, built once for all targets, and the executable files that go with them. */
  programs: z.array(programSchema).exactOptional(),
  executables: z.array(executableSchema).exactOptional(),
  log: outPath.exactOptional(),
  diagnostics: z.array(diagnosticSchema),
  btf: z.object({ present: z.boolean(), reason: z.string().exactOptional() }).exactOptional(),
  /** Of a kernel tree: the distribution whose compiler it was built with. */
  toolchain: z.string().exactOptional(),
  cached: z.boolean().exactOptional(),
});

const targetSchema = z.object({
  id: z.string(),
  kernel: z.string(),
  arch: z.string(),
  title: z.string().exactOptional(),
  status,
  reason: z.string().exactOptional(),
  seconds: seconds.exactOptional(),
  /** Nothing was run: the results are those of an earlier run with the same content. */
  cached: z.boolean().exactOptional(),
  lock: z
    .object({
      digest: sha256,
      /** The pinned packages were gone, so that the target was resolved anew against the signed index. */
      resolvedAnew: z.boolean().exactOptional(),
      /** It is that of the kernel's image alone, as everything was built for other releases. */
      only: z.literal('image').exactOptional(),
    })
    .exactOptional(),
  /** Who served the packages that were fetched. */
  mirrors: z.array(z.object({ url: z.string(), packages: z.number().int() })).exactOptional(),
  build: buildSchema.exactOptional(),
  /** Of what suites brought along, beside the report's own module. */
  builds: z.array(buildSchema.extend({ subject: z.string() })).exactOptional(),
  suites: z.array(suiteSchema),
});

/** What is kept of a target that passed; which one it was of is said elsewhere. */
export const passSchema = targetSchema.extend({
  id: z.string().exactOptional(),
  kernel: z.string().exactOptional(),
  arch: z.string().exactOptional(),
  status: z.literal('pass'),
});

const warningSchema = z.object({
  target: z.string().exactOptional(),
  message: z.string(),
  remedy: z.string().exactOptional(),
});

const reportSchema = z
  .object({
    schema: z.literal('ovnfast.report/1'),
    tool: z.object({ version: z.string(), node: z.string().exactOptional() }),
    /** The module directory's own name, without the path to it. */
    module: z.string().exactOptional(),
    /** Of what was built or verified: what several reports have to agree on before they are made one. */
    source: sha256.exactOptional(),
    /** What suites brought along, beside that module. */
    modules: z.array(z.object({ name: z.string(), source: sha256 })).exactOptional(),
    startedAt: z.iso.datetime(),
    seconds,
    status,
    reason: z.string().exactOptional(),
    host: z
      .object({
        system: z.string(),
        processors: z.number().int(),
        memoryMiB: z.number().int(),
      })
      .exactOptional(),
    warnings: z.array(warningSchema).exactOptional(),
    targets: z.array(targetSchema),
  })
  .superRefine((report, context) => {
    if (report.status !== overallStatus(report.targets)) {
      context.addIssue({
        code: 'custom',
        path: ['status'],
        message: `is "${report.status}", but its targets make it "${overallStatus(report.targets)}"`,
      });
    }
    for (const [index, target] of report.targets.entries()) {
      if (target.status === 'pass' && targetStatus(target) !== 'pass') {
        context.addIssue({
          code: 'custom',
          path: ['targets', index, 'status'],
          message: `is "pass", but its build and suites make it "${targetStatus(target)}"`,
        });
      }
    }
  });

export type Status = z.infer<typeof status>;
export type ReportTest = z.infer<typeof testSchema>;
export type ReportSuite = z.infer<typeof suiteSchema>;
export type ReportChart = z.infer<typeof chartSchema>;
export type ReportMeasurement = z.infer<typeof measurementSchema>;
export type ReportFlow = z.infer<typeof flowSchema>;
export type ReportFlowDump = z.infer<typeof flowDumpSchema>;
export type ReportDiagnostic = z.infer<typeof diagnosticSchema>;
export type ReportModule = z.infer<typeof moduleSchema>;
export type ReportProgram = z.infer<typeof programSchema>;
export type ReportExecutable = z.infer<typeof executableSchema>;
export type ReportBuild = z.infer<typeof buildSchema>;
export type ReportTarget = z.infer<typeof targetSchema>;
export type ReportWarning = z.infer<typeof warningSchema>;
export type Report = z.infer<typeof reportSchema>;

/**
 * The verdict over several: a failure is a fact and comes first, an error means that something is not known,
 * and at least one must have passed: all skipped, or none at all, proves nothing.
 */
function worst(statuses: Status[]): Status {
  for (const one of ['fail', 'error', 'pass'] as const) if (statuses.includes(one)) return one;
  return 'skip';
}

/** The verdict of a suite from its tests. */
export function suiteStatus(tests: Pick<ReportTest, 'status'>[]): Status {
  return worst(tests.map((test) => test.status));
}

/**
 * The verdict of a target. A build that passed counts only where no suite was asked for: with suites, it is they that
 * prove something, so that a target whose suites were all skipped is no pass.
 */
export function targetStatus({
  build,
  builds = [],
  suites,
}: Pick<ReportTarget, 'build' | 'builds' | 'suites'>): Status {
  const parts = suites.map((suite) => (suite.status === 'pass' ? suiteStatus(suite.tests) : suite.status));
  for (const one of build ? [build, ...builds] : builds) {
    if (suites.length === 0 || one.status !== 'pass') parts.push(one.status);
  }
  return worst(parts);
}

/** The verdict of a run. A target that was skipped does not fail it; a run in which nothing passed is not a pass. */
export function overallStatus(targets: Pick<ReportTarget, 'status'>[]): Status {
  return worst(targets.map((target) => target.status));
}

/** Exit status of a run: 0 passed, 1 a build or test failed, 3 the environment failed or nothing at all was proven. */
export function exitStatus(status: Status): 0 | 1 | 3 {
  if (status === 'pass') return 0;
  return status === 'fail' ? 1 : 3;
}

/**
 * Reads the text of a report.json. Throws InputError for what is no JSON, for a report of another schema, and as
 * `validateReport`. `where` is the file's name for the message.
 */
export function parseReport(text: string, where: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`not a report: ${(cause as Error).message}`, { where, cause });
  }
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (typeof schema === 'string' && /^ovnfast\.report\/\d+$/.test(schema) && schema !== 'ovnfast.report/1') {
    throw new InputError(`a report of schema ${schema}, and this version knows ovnfast.report/1`, {
      where,
      remedy: 'Use the version of ovnfast that wrote it.',
    });
  }
  return validateReport(value, where);
}

/** The files that a build has left, of all kinds. */
export function builtFiles(build: ReportBuild | undefined): (ReportModule | ReportProgram | ReportExecutable)[] {
  return [...(build?.modules ?? []), ...(build?.programs ?? []), ...(build?.executables ?? [])];
}

/** Checks a parsed report.json; throws InputError that names each field that is wrong. `where` is the file's name for the message. */
export function validateReport(value: unknown, where = 'report.json'): Report {
  const result = reportSchema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'report'}: ${issue.message}`);
  throw new InputError(`not a report of schema ovnfast.report/1: ${issues.join('; ')}`, { where });
}

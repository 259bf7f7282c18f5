// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ProgramObject, parseObject } from '../bpf/object.ts';
import { InputError } from '../errors.ts';
import { isFile } from '../host/files.ts';
import { type ModuleFile, parseModule, readContent } from '../kbuild/module.ts';
import { MANIFEST, type Manifest, readManifest } from '../manifest/manifest.ts';
import { compareTargets, labelOf } from '../matrix/targets.ts';
import {
  builtFiles,
  parseReport,
  type Report,
  type ReportBuild,
  type ReportTarget,
  targetStatus,
} from '../report/model.ts';
import type { Mistakes } from './mistakes.ts';

/** One file of a build, read and held against its manifest. */
export type Product = {
  /** As the build named it: `kube_ovn_fastpath.ko`. */
  file: string;
  sha256: string;
  content: Buffer;
  manifest: Manifest;
  /** The bytes of the manifest's own file. */
  manifestText: string;
} & (
  | { kind: 'module'; module: ModuleFile }
  | { kind: 'program'; object: Pick<ProgramObject, 'license'> }
  | { kind: 'executable' }
);

export type ModuleProduct = Extract<Product, { kind: 'module' }>;

export type SuiteOutcome = {
  name: string;
  status: ReportTarget['status'];
  accelerator: 'kvm' | 'tcg';
  passed: number;
  tests: number;
};

/** What a report says of a subject on one kernel, and the files that it says it of. */
export type Proof = Pick<ReportTarget, 'id' | 'kernel' | 'arch' | 'status'> & {
  title?: string;
  /** Where it is not the report's own module. */
  subject?: string;
  reason?: string;
  suites: SuiteOutcome[];
  products: Product[];
};

export type Collected = {
  /** What is released, by distribution and release, the newest last. */
  proofs: Proof[];
  /** What is not, and why. */
  leftOut: Proof[];
};

const MAXIMUM_REPORT_BYTES = 256 * 2 ** 20;

/**
 * Reads output directories of runs (report.json, manifests, built files), and believes nothing that the files do not bear
 * out. Targets that did not pass are set aside unless `allowFailed`. What is wrong goes to `mistakes`.
 */
export async function collect(
  directories: string[],
  { allowFailed, mistakes }: { allowFailed: boolean; mistakes: Mistakes },
): Promise<Collected> {
  const products = new Map<string, Product>();
  const proofs = new Map<string, Proof>();
  for (const directory of directories) {
    const report = await mistakes.catch(() => readReport(join(directory, 'report.json')));
    for (const { subject, target } of (report?.targets ?? []).flatMap(bySubject)) {
      const proof = await readProof(directory, target, { products, mistakes, wanted: allowFailed });
      // Suites of one target may have been run apart from each other: of one subject on one kernel all counts together.
      const key = `${labelOf(target)} ${subject ?? report?.module ?? ''}`;
      const other = proofs.get(key);
      if (subject !== undefined) proof.subject = subject;
      proofs.set(key, other ? joined(other, proof) : proof);
    }
  }
  const all = [...proofs.values()].sort(compareTargets);
  checkTwins(all, mistakes);
  const isReleased = ({ status, products }: Proof) => products.length > 0 && (status === 'pass' || allowFailed);
  return { proofs: all.filter(isReleased), leftOut: all.filter((proof) => !isReleased(proof)) };
}

/** A target as it would be had each of its modules been run alone: what passed is released, whatever became of the others. */
function bySubject(target: ReportTarget): { subject?: string; target: ReportTarget }[] {
  const { build, builds = [], suites, reason, ...rest } = target;
  if (builds.length === 0) return [{ target }];
  // Worse than all that is in it: something is missing, and nobody knows of which module.
  const isWorse = target.status !== targetStatus(target);
  const part = (subject: string | undefined, build: ReportBuild | undefined) => {
    const own = suites.filter((suite) => suite.subject === subject);
    const status = isWorse ? target.status : targetStatus({ ...(build ? { build } : {}), suites: own });
    const why = status === 'pass' ? undefined : (build?.reason ?? own.find((suite) => suite.reason)?.reason ?? reason);
    return {
      ...(subject === undefined ? {} : { subject }),
      target: {
        ...rest,
        status,
        ...(why === undefined ? {} : { reason: why }),
        ...(build ? { build } : {}),
        suites: own,
      },
    };
  };
  return [part(undefined, build), ...builds.map((one) => part(one.subject, one))];
}

async function readReport(path: string): Promise<Report> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size > MAXIMUM_REPORT_BYTES) throw new InputError('larger than any report', { where: path });
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`cannot be read (${error.code})`, {
      where: path,
      remedy: 'Name the directory that a run wrote with --out, or that `ovnfast merge` wrote.',
    });
  });
  return parseReport(text, path);
}

/** The same subject on the same kernel: what passed in one run does not count when another failed. */
function joined(first: Proof, second: Proof): Proof {
  const suites = new Map([...first.suites, ...second.suites].map((suite) => [suite.name, suite]));
  // Run twice, it counts as what it was at its worst.
  for (const suite of first.suites) if (suite.status !== 'pass') suites.set(suite.name, suite);
  const worse = first.status === 'pass' ? second : first;
  return {
    ...worse,
    suites: [...suites.values()],
    products: [...new Set([...first.products, ...second.products])],
  };
}

async function readProof(
  directory: string,
  target: ReportTarget,
  { products, mistakes, wanted }: { products: Map<string, Product>; mistakes: Mistakes; wanted: boolean },
): Promise<Proof> {
  const { id, kernel, arch, status, title, reason, build } = target;
  const proof: Proof = {
    ...{ id, kernel, arch, status },
    ...(title === undefined ? {} : { title }),
    ...(reason === undefined ? {} : { reason }),
    suites: target.suites.map(({ name, status, accelerator, tests }) => ({
      ...{ name, status, accelerator, tests: tests.length },
      passed: tests.filter((test) => test.status === 'pass').length,
    })),
    products: [],
  };
  const releasable = status === 'pass' || (wanted && build?.status === 'pass' && targetStatus(target) !== 'skip');
  if (!releasable) return proof;
  const files = builtFiles(build);
  if (files.length === 0) {
    mistakes.add(`${join(directory, 'report.json')}: ${labelOf(target)}: nothing was built in that run`, {
      remedy:
        'Only what `ovnfast run` or `ovnfast build` built can be released: of other files nobody knows the sources.',
    });
    return proof;
  }
  for (const { path, sha256, size } of files) {
    // Of one path two targets may be told, and each may say something else of it.
    const key = [directory, path, sha256, size].join('\0');
    const product =
      products.get(key) ?? (await mistakes.catch(() => readProduct(join(directory, path), { sha256, size }, target)));
    if (!product) continue;
    products.set(key, product);
    proof.products.push(product);
  }
  return proof;
}

/** Throws InputError for a file that is not what report and manifest say. */
async function readProduct(
  path: string,
  said: { sha256: string; size: number },
  { id, kernel, build }: ReportTarget,
): Promise<Product> {
  const file = basename(path);
  const { content, sha256, size } = await readContent(path);
  if (sha256 !== said.sha256 || size !== said.size) {
    throw new InputError(`not the file of the report: it has ${size} bytes and sha256 ${sha256}`, {
      where: path,
      remedy: `The report names ${said.size} bytes and sha256 ${said.sha256}: run it again.`,
    });
  }
  const manifestPath = join(dirname(path), MANIFEST);
  if (!(await isFile(manifestPath))) {
    throw new InputError('there is no manifest', {
      where: manifestPath,
      remedy:
        'Without it nobody can build the file again. What was built for a kernel tree or with kernel packages has none.',
    });
  }
  const manifest = await readManifest(manifestPath);
  const manifestText = await readFile(manifestPath, 'utf8');
  if (!manifest.results.some((result) => result.file === file && result.sha256 === sha256)) {
    throw new InputError(`does not name ${file} with sha256 ${sha256}`, { where: manifestPath });
  }
  const base = { file, sha256, content, manifest, manifestText };
  if ('target' in manifest) {
    const builtFor = build?.sharedFrom ?? labelOf({ id, kernel });
    if (labelOf(manifest.target) !== builtFor) {
      throw new InputError(`is of ${labelOf(manifest.target)}, the report says ${builtFor}`, { where: manifestPath });
    }
    const module = parseModule({ content, sha256, size }, path);
    if (module.signed) throw new InputError('is signed already', { where: path });
    return { kind: 'module', module, ...base };
  }
  if (!file.endsWith('.o')) return { kind: 'executable', ...base };
  const { license } = parseObject(content, path);
  return { kind: 'program', object: license === undefined ? {} : { license }, ...base };
}

/** Of one target there can be one file of a name. */
function checkTwins(proofs: Proof[], mistakes: Mistakes): void {
  const known = new Map<string, Product>();
  const sources = new Map<string, Product>();
  const check = (
    map: Map<string, Product>,
    key: string,
    product: Product,
    differ: (other: Product) => string | undefined,
  ) => {
    const other = map.get(key) ?? product;
    map.set(key, other);
    const difference = differ(other);
    if (difference !== undefined) mistakes.add(difference);
  };
  for (const proof of proofs) {
    for (const product of proof.products) {
      const { file, kind, sha256, manifest } = product;
      // eBPF objects and what loads them are found by their names, so that there is one of each in a release.
      const place = kind === 'module' ? labelOf(proof) : 'eBPF programs';
      check(known, `${place} ${file}`, product, (other) =>
        other.sha256 === sha256
          ? undefined
          : `${place}: ${file} is there twice, with sha256 ${other.sha256} and ${sha256}: leave one of the runs out`,
      );
      check(sources, file, product, ({ manifest: { module } }) =>
        module.source === manifest.module.source
          ? undefined
          : `${labelOf(proof)}: ${file} was built from other sources (${manifest.module.source}) than elsewhere (${module.source})`,
      );
    }
  }
}

/** SHA-256 and SHA-1 of bytes, as lower-case hex. SPDX 2.3 demands the second. */
export function digestsOf(content: Uint8Array): { sha256: string; sha1: string } {
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  return { sha256: digest('sha256'), sha1: digest('sha1') };
}

// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { type Candidate, chooseCandidates } from './candidates.ts';
import { machineSysroots } from './conformance/suite.ts';
import { EnvironmentError } from './errors.ts';
import { selectReleases } from './matrix/releases.ts';
import { selectTargets } from './matrix/targets.ts';
import type { Archive, Distribution, Target } from './matrix/types.ts';
import { type Lock, pinsOf, snapshotTimes } from './packages/lock.ts';
import type { Pin } from './packages/pin.ts';
import { planSharing } from './plan-sharing.ts';
import type {
  Plan,
  PlannedArchive,
  PlannedDistribution,
  PlannedModule,
  PlannedSysroot,
  PlannedTarget,
} from './report/plan.ts';
import type { Workshop } from './workshop.ts';

export type PlanOptions = {
  /** Patterns over `id` or `id/kernel-release`; none: the default set. */
  targets: string[];
  moduleDirectory: string;
  /** Names or directories; left out: the suite that goes with the module. */
  suites?: string[];
  /** Where the suites that have a name are. */
  suitesRoot: string;
  /** Tell which releases one build is going to serve. */
  shareBuilds: boolean;
  signal: AbortSignal;
};

/**
 * What a run with the same patterns would fetch, from where, build and test. Nothing but indexes is fetched. A distribution
 * that cannot be reached is in the plan with the reason. Throws InputError for a bad pattern, module, suite or lock file.
 */
export async function makePlan(workshop: Workshop, options: PlanOptions): Promise<Plan> {
  const { suitesRoot, moduleDirectory, signal } = options;
  const subject = { directory: moduleDirectory };
  const { candidates, suites } = await chooseCandidates(subject, options.suites, suitesRoot);
  const [main, ...others] = candidates;
  const builds = candidates.map(buildsOf);
  const headers = builds.includes('each');
  const { targets, lost } = await reachableTargets(workshop, options);
  const named = (id: string) => options.targets.length > 0 && (lost.has(id) || targets.some((one) => one.id === id));
  const isWanted = ({ id, default: byDefault }: Distribution) => (options.targets.length > 0 ? named(id) : byDefault);
  const wanted = workshop.matrix.distributions.filter(isWanted);
  const locks: Lock[] = [];
  const distributions = await Promise.all(
    wanted.map((distribution) =>
      planDistribution(
        distribution,
        targets.filter(({ id }) => id === distribution.id),
        { workshop, locks, headers, signal },
      ),
    ),
  );
  const tools = wanted.length === 0 ? [] : ['sandbox', ...machineSysroots(suites)];
  if (tools.length > 0 && (builds.includes('once') || suites.some(({ programs }) => programs.length > 0)))
    tools.push('bpf');
  const shared = await planShared(tools, { workshop, locks, headers, signal });
  const pins = new Map(locks.flatMap(({ packages }) => packages).map((pin) => [pin.sha256, pin]));
  const { name: _, ...total } = await measure('', [...pins.values()], workshop);
  const notAsked = workshop.matrix.distributions.filter((one) => !isWanted(one)).map(({ id }) => id);
  return {
    ...{ module: moduleDirectory, builds: buildsOf(main), suites: suites.map(({ name }) => name) },
    ...(others.length > 0 ? { modules: others.flatMap(plannedModule) } : {}),
    ...{ distributions, shared, others: notAsked, total },
    // eBPF programs are built once anyway.
    ...(options.shareBuilds && headers
      ? { sharing: await planSharing(workshop, { targets, candidates, signal }) }
      : {}),
  };
}

function buildsOf({ kind }: Candidate): Plan['builds'] {
  return kind === 'programs' ? 'once' : 'each';
}

function plannedModule(candidate: Candidate): PlannedModule[] {
  const { name, subject, suites } = candidate;
  if (!('directory' in subject)) return [];
  const { directory } = subject;
  return [{ name, directory, builds: buildsOf(candidate), suites: suites.map((suite) => suite.name) }];
}

/** The targets that can be told, and the distributions that could not be asked. */
export async function reachableTargets(
  workshop: Workshop,
  { targets: patterns, signal }: Pick<PlanOptions, 'targets' | 'signal'>,
): Promise<{ targets: Target[]; lost: Map<string, EnvironmentError> }> {
  const lost = new Map<string, EnvironmentError>();
  const targets = await selectTargets(workshop.matrix, patterns, {
    releases: (distribution) => workshop.obtainer.releases(distribution, signal),
    asked: async (distribution) => (await workshop.obtainer.offers(distribution, signal)).asked,
    onUnavailable: ({ id }, error) => {
      signal.throwIfAborted();
      if (!(error instanceof EnvironmentError)) throw error;
      lost.set(id, error);
    },
  });
  return { targets, lost };
}

/** `locks` collects every lock that is looked at. */
type Place = {
  workshop: Workshop;
  locks: Lock[];
  /** Whether modules are built, which takes headers and compiler. */
  headers: boolean;
  signal: AbortSignal;
};

async function planDistribution(
  distribution: Distribution,
  targets: Target[],
  place: Place,
): Promise<PlannedDistribution> {
  const { id, title, kernels, packages } = distribution;
  const { matrix, obtainer } = place.workshop;
  let reason: string | undefined;
  const offered = await obtainer.releases(distribution, place.signal).catch((error: unknown): string[] => {
    if (place.signal.aborted || !(error instanceof EnvironmentError)) throw error;
    reason = error.message;
    return [];
  });
  const locked = matrix.locked.get(id) ?? [];
  const newest = selectReleases(kernels.default, offered);
  const own: Lock[] = [];
  const planned = await Promise.all(targets.map((target) => planTarget(target, { ...place, locks: own })));
  place.locks.push(...own);
  return {
    id,
    title,
    ...(reason === undefined ? {} : { reason }),
    selectors: kernels.default,
    releases: [...locked.filter((kernel) => !offered.includes(kernel)), ...offered].map((kernel) => ({
      kernel,
      // Unknown counts as offered: it was when it was locked.
      offered: reason !== undefined || offered.includes(kernel),
      locked: locked.includes(kernel),
      newest: newest.includes(kernel),
      planned: targets.some((target) => target.kernel === kernel),
    })),
    targets: planned,
    archives: await planArchives(distribution.archives, own, place.workshop),
    packages: { headers: place.headers ? packages.headers : [], image: packages.image },
  };
}

async function planTarget(target: Target, place: Place): Promise<PlannedTarget> {
  const { kernel } = target;
  try {
    const { lock: whole, origin } = await place.workshop.obtainer.foresee({ target }, place.signal);
    const lock = place.headers ? whole : imageOf(whole);
    place.locks.push(lock);
    const sysroots = await measureAll(lock, place.workshop);
    return {
      kernel: lock.kernel ?? kernel,
      origin,
      compilers: place.headers ? compilersOf(lock) : [],
      sysroots,
    };
  } catch (error) {
    if (place.signal.aborted || !(error instanceof EnvironmentError)) throw error;
    return { kernel, compilers: [], sysroots: [], reason: error.message };
  }
}

/** What of a lock is needed to boot alone. */
function imageOf(lock: Lock): Lock {
  return { ...lock, sysroots: { image: lock.sysroots.image ?? [] }, packages: pinsOf(lock, 'image') };
}

async function planShared(names: string[], place: Place): Promise<Plan['shared']> {
  const { workshop, signal } = place;
  const tools = workshop.matrix.tools.filter(({ name }) => names.includes(name));
  const locks = await Promise.all(tools.map(async (tool) => (await workshop.obtainer.foresee({ tool }, signal)).lock));
  place.locks.push(...locks);
  return {
    sysroots: (await Promise.all(locks.map((lock) => measureAll(lock, workshop)))).flat(),
    archives: await planArchives(tools[0]?.distribution.archives ?? [], locks, workshop),
  };
}

/** Where what the locks pin would be asked for, archive by archive; only those that they name, if there are any. */
async function planArchives(archives: Archive[], locks: Lock[], workshop: Workshop): Promise<PlannedArchive[]> {
  const { mirrors } = await workshop.store.open();
  const used = new Set(locks.flatMap(({ packages }) => packages.map(({ archive }) => archive)));
  return archives
    .filter(({ name }) => used.size === 0 || used.has(name))
    .map((archive) => {
      const { name, suites, components, keys } = archive;
      const times = new Set(locks.map((lock) => snapshotTimes(lock)[name]).filter((time) => time !== undefined));
      // Each lock has its own, unless there is but one.
      const time = times.size === 1 ? [...times].join('') : '<time of the lock>';
      return {
        name,
        suites,
        components,
        keys: keys.map((path) => basename(path)),
        mirrors: mirrors.configured(archive, time).map(({ url, origin, likely }) => ({ url, origin, guess: !likely })),
      };
    });
}

async function measureAll(lock: Lock, workshop: Workshop): Promise<PlannedSysroot[]> {
  return await Promise.all(Object.keys(lock.sysroots).map((name) => measure(name, pinsOf(lock, name), workshop)));
}

async function measure(name: string, pins: Pin[], { store }: Workshop): Promise<PlannedSysroot> {
  const missing = await store.missing(pins);
  const bytes = (some: Pin[]) => some.reduce((sum, { size }) => sum + size, 0);
  return {
    name,
    packages: pins.length,
    bytes: bytes(pins),
    missing: { packages: missing.length, bytes: bytes(missing) },
  };
}

/** `gcc-12` of Debian, from 14 on with the machine in its name, `gcc` of el: the real one before those that point to it. */
function compilersOf(lock: Lock): string[] {
  for (const pattern of [/^gcc-\d+$/, /^gcc-\d+-x86-64-linux-gnu$/, /^gcc$/]) {
    const found = pinsOf(lock, 'headers').filter(({ name }) => pattern.test(name));
    if (found.length > 0) return found.map(({ name, version }) => `${name} ${version}`);
  }
  return [];
}

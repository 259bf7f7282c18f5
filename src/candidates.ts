// SPDX-License-Identifier: Apache-2.0
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { programSources, type SubjectKind } from './bpf/source.ts';
import { isCalled, loadSuite, type Suite } from './conformance/suite.ts';
import { InputError } from './errors.ts';
import { namedModules } from './kbuild/source.ts';
import { digestSubject, kindOf, type Subject, suiteOf } from './subject.ts';

/** A subject of a run, and the suites that it is held to. */
export type Candidate = {
  /** The directory's own name; of files, all their names. */
  name: string;
  subject: Subject;
  kind: SubjectKind;
  /** SHA-256 of what is built or verified. */
  source: string;
  suites: Suite[];
};

export type Candidates = {
  /** What the run was given, then what its suites are for where that is something else, in their order. */
  candidates: [Candidate, ...Candidate[]];
  /** In the order in which they were asked for. */
  suites: Suite[];
};

/** Where the directory of a suite and those of modules lie beside each other: `conformance/offload`, `kmod/smartnic`. */
const MODULES = 'kmod';

/**
 * What a run tests, and by which suites: `names` of them or their directories; left out, the suite that goes with the
 * subject. A suite whose suite.yml says that it is for another module brings that one along: `kmod/MODULE` beside the
 * directory of suites, else the one beside the subject's own directory. Files are held to any suite, as given.
 * Throws InputError for a bad suite or subject, two suites of one name, and a suite whose module is not there.
 */
export async function chooseCandidates(
  subject: Subject,
  names: string[] | undefined,
  suitesRoot: string,
): Promise<Candidates> {
  const kind = await kindOf(subject);
  const chosen = names ?? [await suiteOf(subject, suitesRoot)];
  const suites = await Promise.all(chosen.map((name) => loadSuite(name, suitesRoot)));
  notTwice(suites);
  const main: Candidate = { name: nameOf(subject), subject, kind, source: await digestSubject(subject), suites: [] };
  const candidates: Candidates['candidates'] = [main];
  const known = 'directory' in subject ? await namesOf(subject.directory) : [];
  for (const suite of suites) {
    const isOwn =
      !('directory' in subject) || !suite.module || known.some((name) => isCalled(name, suite.module?.name ?? ''));
    const candidate = isOwn ? main : await bringAlong(suite, subject.directory, candidates);
    candidate.suites.push(suite);
  }
  return { candidates, suites };
}

/** Results and logs are known by the names of suites. */
function notTwice(suites: Suite[]): void {
  for (const [index, { name, directory }] of suites.entries()) {
    const other = suites.slice(0, index).find((one) => one.name === name);
    if (!other) continue;
    throw new InputError(`two suites are called ${name}`, {
      where: directory,
      remedy:
        other.directory === directory
          ? 'Name it only once.'
          : `The other one is ${other.directory}: rename the directory of one of them, or run them one after the other.`,
    });
  }
}

function nameOf(subject: Subject): string {
  if ('directory' in subject) return basename(resolve(subject.directory));
  return subject.files.map((file) => basename(file)).join(' ');
}

/** What a directory can be called: its own name, and those of the modules or objects that are made of it. */
async function namesOf(directory: string): Promise<string[]> {
  const files = await readdir(directory).catch(() => []);
  const objects = programSources(files).map(({ object }) => object.replace(/\.bpf\.o$/, ''));
  return [basename(resolve(directory)), ...(await namedModules(directory)), ...objects];
}

/** The candidate that a suite is for, which is put to the others if it is not among them. */
async function bringAlong(suite: Suite, directory: string, candidates: Candidate[]): Promise<Candidate> {
  const { name, where } = suite.module ?? { name: '', where: '' };
  const places = [join(suite.directory, '../..', MODULES, name), join(dirname(resolve(directory)), name)];
  const real = await Promise.all(places.map((place) => realpath(place).catch(() => undefined)));
  const found = real.find((place) => place !== undefined);
  const [main] = candidates;
  if (found === undefined) {
    throw new InputError(`the suite ${suite.name} is for the module ${name}, which ${main?.name} is not`, {
      where,
      remedy: `There is nothing in ${[...new Set(places)].join(' nor in ')}; or name its directory with --module.`,
    });
  }
  if (main && found === (await realpath(directory))) return main;
  const known = candidates.slice(1).find((one) => one.name === name);
  if (!known) {
    const subject = { directory: found };
    const [kind, source] = [await kindOf(subject), await digestSubject(subject)];
    const candidate: Candidate = { name, subject, kind, source, suites: [] };
    candidates.push(candidate);
    return candidate;
  }
  if ('directory' in known.subject && known.subject.directory === found) return known;
  const other = known.suites.map(({ name }) => name).join(', ');
  throw new InputError(`the suite ${suite.name} is for another module ${name} than ${other}`, {
    where,
    remedy: 'Results are known by the names of modules: run the suites one after the other.',
  });
}

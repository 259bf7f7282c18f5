// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { InputError } from '../errors.ts';
import { digestValue } from '../host/digest.ts';
import { compareReleases } from '../matrix/releases.ts';
import { labelOf } from '../matrix/targets.ts';
import { checkArtifactPrefix, SEPARATOR, type Shard } from './shard.ts';

/**
 * What has to stay in one job: kernel releases of a distribution that one build serves, newest first. No release at all:
 * a distribution that could not be asked, whose job says why.
 */
export type Unit = { id: string; kernels: string[] };

export type SplitOptions = {
  units: Unit[];
  /** As `--suite` takes them. Empty: build only. */
  suites: string[];
  /** How many jobs there may be. */
  limit: number;
  /** Beginning of all artifact names. */
  artifact: string;
};

/** Longer names are cut, and told apart by a digest. */
const MAXIMUM_NAME = 150;

/**
 * Spreads a run over jobs: a job per unit and suite where there are few enough, else several suites in each, else several
 * neighbouring units too, the largest job as small as can be. The same input gives the same jobs, in whatever order the
 * units come. Throws InputError for two suites of one name, whose results nobody could tell apart.
 */
export function splitRun({ units, suites, limit, artifact }: SplitOptions): Shard[] {
  if (!Number.isInteger(limit) || limit < 1) throw new TypeError(`a limit of ${limit} jobs`);
  checkArtifactPrefix(artifact);
  const names = suites.map((suite) => basename(suite));
  const twice = suites.find((_, index) => names.indexOf(names[index] ?? '') !== index);
  if (twice !== undefined) {
    throw new InputError(`two suites are called ${basename(twice)}`, {
      where: twice,
      remedy: 'Rename the directory of one of them, or name it only once.',
    });
  }
  const ordered = [...units].sort(
    (a, b) => compareReleases(a.id, b.id) || compareReleases(a.kernels[0] ?? '', b.kernels[0] ?? ''),
  );
  const groups = chunks(ordered, limit, ({ kernels }) => Math.max(1, kernels.length));
  const suiteGroups =
    suites.length > 0 ? chunks(suites, Math.floor(limit / Math.max(1, groups.length)), () => 1) : [[]];
  const taken = new Set<string>();
  return groups.flatMap((group) => suiteGroups.map((some) => shardOf(group, some, artifact, taken)));
}

/** Neighbours together, in at most `most` chunks, so that the heaviest of them is as light as can be. */
function chunks<T>(items: T[], most: number, weight: (item: T) => number): T[][] {
  const weights = items.map(weight);
  let least = Math.max(0, ...weights);
  let enough = weights.reduce((sum, one) => sum + one, 0);
  while (least < enough) {
    const middle = Math.floor((least + enough) / 2);
    if (fill(items, weights, middle).length <= most) enough = middle;
    else least = middle + 1;
  }
  // With one chunk more than is needed nothing would be heavier; but where there is room, each goes alone.
  return items.length <= most ? items.map((item) => [item]) : fill(items, weights, enough);
}

/** Chunks of no more than `room` each, filled one after the other. */
function fill<T>(items: T[], weights: number[], room: number): T[][] {
  const found: T[][] = [];
  let left = -1;
  for (const [index, item] of items.entries()) {
    const weight = weights[index] ?? 0;
    if (left < weight) {
      found.push([]);
      left = room;
    }
    found.at(-1)?.push(item);
    left -= weight;
  }
  return found;
}

function shardOf(group: Unit[], suites: string[], artifact: string, taken: Set<string>): Shard {
  const targets = group.flatMap(({ id, kernels }) =>
    kernels.length > 0 ? kernels.map((kernel) => labelOf({ id, kernel })) : [id],
  );
  const [first = ''] = targets;
  const others = targets.length - 1;
  const tests = suites.map((suite) => basename(suite));
  const words = [first, ...(others > 0 ? [`and-${others}`] : []), ...(tests.length > 0 ? [tests.join('-')] : [])];
  const plain = `${artifact}${SEPARATOR}${words.join('-').replace(/[^A-Za-z0-9._+-]+/g, '-')}`;
  // Of names that are cut, or that differ only in what was replaced, the content tells which is which.
  const unique = plain.length <= MAXIMUM_NAME && !taken.has(plain);
  const name = unique ? plain : `${plain.slice(0, MAXIMUM_NAME)}-${digestValue([targets, suites]).slice(0, 12)}`;
  taken.add(name);
  return {
    name: `${first}${others > 0 ? ` and ${others} more` : ''}: ${tests.length > 0 ? tests.join(', ') : 'build'}`,
    artifact: name,
    targets,
    suites,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { compareReleases, matcher } from '../../src/matrix/releases.ts';
import type { Distribution } from '../../src/matrix/types.ts';
import { fetchIndex } from '../../src/packages/fetch-index.ts';
import type { Offers } from '../../src/packages/offers.ts';
import type { Workshop } from '../../src/workshop.ts';
import { askApt, askDnf } from '../distributions/judges.ts';
import { makeDistributions, type TestDistributions } from '../distributions/make.ts';
import { overlay, serve, writeMatrix } from '../distributions/serve.ts';
import type { MirrorServer } from '../unit/packages/mirror-server.ts';
import { openTools } from './tools.ts';

// What our resolver answers, held against the package manager of the family, on the same index and for the same roots.

const { signal } = new AbortController();
const maximumIndexBytes = 64 << 20;

const rootsFor = (kernel: string, { packages }: Distribution) =>
  packages.headers.map((name) => name.replaceAll('{kernel}', kernel));

/** Brings the very Packages files that `offers` was made of into a directory; returns the sources.list for /judged. */
async function copyIndex(
  workshop: Workshop,
  { archives }: Distribution,
  offers: Offers,
  to: string,
): Promise<string[]> {
  const { store } = workshop.obtainer;
  return await Promise.all(
    offers.references.map(async ({ archive: name, suite, component, sha256 }) => {
      const archive = archives.find((one) => one.name === name) ?? expect.fail();
      const path = `dists/${suite}/${component}/binary-${archive.architecture}/by-hash/SHA256/${sha256}`;
      const wanted = { archive, what: `the packages of ${suite}`, path, maximum: maximumIndexBytes, store, signal };
      const { index } = await fetchIndex(wanted, async (content) => content);
      await mkdir(join(to, suite, component), { recursive: true });
      await writeFile(join(to, suite, component, 'Packages.xz'), index);
      return `deb [trusted=yes] file:/judged/${suite}/${component} ./`;
    }),
  );
}

test.each(['debian-12', 'debian-14'])(
  '%s: the packages that are taken are those that apt-get would take',
  async (id) => {
    await using scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-closure-');
    await using workshop = await openTools(signal);
    const distribution = workshop.matrix.distributions.find((one) => one.id === id) ?? expect.fail();
    const { architecture, packages } = distribution;
    const offers = await workshop.obtainer.offers(distribution, signal);
    const kernel = offers.releases(distribution).sort(compareReleases).at(-1) ?? expect.fail();
    const headers = rootsFor(kernel, distribution);
    const tools = workshop.matrix.tools.filter((tool) => tool.distribution.id === id);
    const sets = [headers, ...tools.map((tool) => tool.packages)];

    const sources = await copyIndex(workshop, distribution, offers, scratch.path);
    const theirs = await askApt(workshop, scratch.path, sources, sets);
    expect(theirs.length).toBe(sets.length);
    for (const [index, roots] of sets.entries()) {
      const pins = await offers.resolve(roots, { architecture });
      expect(pins.map(({ name, version }) => `${name} ${version}`).sort(), roots.join(' ')).toEqual(theirs[index]);
    }

    // What `exclude` leaves out, and nothing else, is missing in what is really taken.
    const isExcluded = matcher(packages.exclude);
    const taken = (await offers.resolve(headers, { architecture, exclude: packages.exclude })).map(({ name }) => name);
    const all = (theirs[0] ?? []).map((line) => line.split(' ')[0] ?? '');
    expect(all).toEqual(expect.arrayContaining(taken));
    expect(taken.filter(isExcluded)).toEqual([]);
  },
);

describe('on the test distributions', () => {
  let scratch: TemporaryDirectory;
  let distributions: TestDistributions;
  let mirror: MirrorServer;
  let workshop: Workshop;

  beforeAll(async () => {
    scratch = await TemporaryDirectory.create(tmpdir(), 'ovnfast-closure-');
    await using tools = await openTools(signal);
    distributions = await makeDistributions(tools, signal);
    mirror = await serve(distributions);
    await overlay(mirror.files, '/testos/puzzles', join(distributions.directory, 'puzzles'));
    await writeMatrix(scratch.path, distributions);
    workshop = await openTools(signal, { matrix: scratch.path, mirrors: [mirror.url] });
  });
  afterAll(async () => {
    await workshop?.[Symbol.asyncDispose]();
    await mirror?.[Symbol.asyncDispose]();
    await scratch?.[Symbol.asyncDispose]();
  });

  const distributionOf = (id: string) => workshop.matrix.distributions.find((one) => one.id === id) ?? expect.fail();

  test('testubuntu-22.04: the packages that are taken are those that apt-get would take', async () => {
    const distribution = distributionOf('testubuntu-22.04');
    const { architecture, archives } = distribution;
    const offers = await workshop.obtainer.offers(distribution, signal);
    const sets = offers.releases(distribution).map((kernel) => rootsFor(kernel, distribution));
    expect(sets.length).toBe(2);
    const sources = archives.flatMap(({ suites }) => suites.map((one) => `deb [trusted=yes] file:/judged ${one} main`));
    const theirs = await askApt(workshop, join(distributions.directory, 'testubuntu'), sources, sets);
    for (const [index, roots] of sets.entries()) {
      const pins = await offers.resolve(roots, { architecture });
      expect(pins.map(({ name, version }) => `${name} ${version}`).sort(), roots.join(' ')).toEqual(theirs[index]);
    }
  });

  /** What we take for each set of roots: paths below the archive, or the complaint that there is no answer. */
  async function taken(distribution: Distribution, sets: string[][]): Promise<string[][]> {
    const offers = await workshop.obtainer.offers(distribution, signal);
    const { architecture } = distribution;
    const answer = async (roots: string[]) =>
      (await offers.resolve(roots, { architecture })).map(({ path }) => path).sort();
    return await Promise.all(sets.map((roots) => answer(roots).catch((error: Error) => [error.message])));
  }

  test('testos-9: the packages that are taken are those that dnf would take', async () => {
    const distribution = distributionOf('testos-9');
    const { suites } = distribution.archives[0] ?? expect.fail();
    const { older, newer } = distributions;
    const sets = [
      ...[older, newer].map((kernel) => rootsFor(kernel, distribution)),
      // By name, by version, by what is provided, by a file.
      ...[['kernel'], ['gcc-12.2.0'], [`kernel-core-${older}`], ['libelf.so.1()(64bit)'], ['/usr/bin/cpp']],
    ];
    const theirs = await askDnf(workshop, join(distributions.directory, 'testos'), suites, sets);
    expect(await taken(distribution, sets)).toEqual(theirs);
  });

  test('puzzles: every kind of dependency is met as dnf meets it', async () => {
    const original = distributionOf('testos-9');
    const archives = original.archives.map((archive) => ({ ...archive, suites: ['puzzles'] }));
    const distribution = { ...original, id: 'puzzles', archives };
    const asked = [...mirror.files.keys()].flatMap(
      (path) => /puzzles\/(ask-.*)-1-1\.noarch\.rpm$/.exec(path)?.[1] ?? [],
    );
    expect(asked.length).toBeGreaterThan(30);
    const sets = asked.map((name) => [name]);
    const theirs = await askDnf(workshop, distributions.directory, ['puzzles'], sets);
    const ours = await taken(distribution, sets);
    const others = (paths: string[] = []) =>
      paths.map((path) => path.replace(/^puzzles\/(.*)\.\w+\.rpm$/, '$1')).filter((name) => !name.startsWith('ask-'));
    const differences = asked.flatMap((name, index) => {
      const [we, they] = [others(ours[index]), others(theirs[index])];
      return we.join(' ') === they.join(' ') ? [] : [[name, we, they]];
    });
    expect(differences).toEqual([]);
  });
});

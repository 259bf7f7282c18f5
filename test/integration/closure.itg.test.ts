// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryDirectory } from '../../src/host/files.ts';
import { compareReleases, matcher } from '../../src/matrix/releases.ts';
import type { Distribution } from '../../src/matrix/types.ts';
import { fetchIndex } from '../../src/packages/fetch-index.ts';
import type { Offers } from '../../src/packages/offers.ts';
import type { Workshop } from '../../src/workshop.ts';
import { askApt } from '../distributions/judges.ts';
import { openTools } from './tools.ts';

// What our resolver answers, held against the package manager of the family, on the same index and for the same roots.

const { signal } = new AbortController();
const maximumIndexBytes = 64 << 20;

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
    const headers = packages.headers.map((name) => name.replaceAll('{kernel}', kernel));
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

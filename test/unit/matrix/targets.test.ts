// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { type SelectOptions, selectTargets } from '../../../src/matrix/targets.ts';
import type { Distribution, Matrix } from '../../../src/matrix/types.ts';

const distribution = (id: string, selector: string, isDefault = true): Distribution => ({
  ...{ id, title: id, family: 'debian', architecture: 'amd64', archives: [], default: isDefault },
  kernels: { default: [selector], exclude: [] },
  packages: { headers: ['linux-headers-{kernel}'], image: ['linux-image-{kernel}'], toolchain: [], exclude: [] },
});

const offered: Record<string, string[]> = {
  'debian-11': ['5.10.0-44-amd64', '5.10.0-46-amd64', '6.1.0-0.deb11.52-amd64'],
  'debian-12': ['6.1.0-55-amd64', '6.1.0-56-amd64', '6.12.117+deb12-amd64'],
  'debian-99': ['9.0.0-1-amd64'],
};

const matrix = (locked: Record<string, string[]> = {}): Matrix => ({
  directory: 'matrix',
  distributions: [
    distribution('debian-11', 'newest 1 of 5.10.*'),
    distribution('debian-12', 'newest 1 of 6.1.*'),
    distribution('debian-99', 'newest 1', false),
  ],
  tools: [],
  toolchains: [],
  locked: new Map(Object.entries(locked)),
});

const releases: SelectOptions['releases'] = async ({ id }) => offered[id] ?? [];
const noNetwork: SelectOptions['releases'] = async ({ id }) => {
  throw new EnvironmentError(`no mirror for ${id}`);
};

async function names(patterns: string[], options: Partial<SelectOptions> = {}, locked: Record<string, string[]> = {}) {
  const targets = await selectTargets(matrix(locked), patterns, { releases, ...options });
  return targets.map(({ id, kernel }) => `${id}/${kernel}`);
}

describe('without patterns', () => {
  test('the default set as it is offered', async () => {
    expect(await names([])).toEqual(['debian-11/5.10.0-46-amd64', 'debian-12/6.1.0-56-amd64']);
  });

  test('locks come first and need no network', async () => {
    const locked = { 'debian-11': ['5.10.0-43-amd64'], 'debian-12': ['6.1.0-55-amd64', '6.12.9-amd64'] };
    expect(await names([], { releases: noNetwork }, locked)).toEqual([
      'debian-11/5.10.0-43-amd64',
      'debian-12/6.1.0-55-amd64',
    ]);
  });

  test('locks are passed over for locking anew', async () => {
    expect(await names([], { ignoreLocks: true }, { 'debian-12': ['6.1.0-55-amd64'] })).toContain(
      'debian-12/6.1.0-56-amd64',
    );
  });

  test('a distribution that no mirror serves is left out, with a word', async () => {
    const left: string[] = [];
    const onUnavailable: SelectOptions['onUnavailable'] = ({ id }, error) =>
      left.push(`${id}: ${(error as Error).message}`);
    const locked = { 'debian-12': ['6.1.0-55-amd64'] };
    expect(await names([], { releases: noNetwork, onUnavailable }, locked)).toEqual(['debian-12/6.1.0-55-amd64']);
    expect(left).toEqual(['debian-11: no mirror for debian-11']);
    await expect(names([], { releases: noNetwork }, locked)).rejects.toThrow('no mirror for debian-11');
  });
});

describe('with patterns', () => {
  test.each([
    [['debian-12'], ['debian-12/6.1.0-56-amd64']],
    [['debian-99'], ['debian-99/9.0.0-1-amd64']],
    [['debian-*'], ['debian-11/5.10.0-46-amd64', 'debian-12/6.1.0-56-amd64', 'debian-99/9.0.0-1-amd64']],
    [['debian-12/6.1.*'], ['debian-12/6.1.0-55-amd64', 'debian-12/6.1.0-56-amd64']],
    [['*/6.1.*'], ['debian-11/6.1.0-0.deb11.52-amd64', 'debian-12/6.1.0-55-amd64', 'debian-12/6.1.0-56-amd64']],
    [['debian-12/6.12.117+deb12-amd64'], ['debian-12/6.12.117+deb12-amd64']],
    [['debian-12/6.1.0-56-amd64', 'debian-12'], ['debian-12/6.1.0-56-amd64']],
    [
      ['debian-12', 'debian-11'],
      ['debian-11/5.10.0-46-amd64', 'debian-12/6.1.0-56-amd64'],
    ],
  ])('%j', async (patterns, expected) => {
    expect(await names(patterns)).toEqual(expected);
  });

  test('a locked release needs no network', async () => {
    const locked = { 'debian-12': ['6.1.0-40-amd64'] };
    expect(await names(['debian-12/6.1.0-40-amd64'], { releases: noNetwork }, locked)).toEqual([
      'debian-12/6.1.0-40-amd64',
    ]);
    expect(await names(['debian-12'], { releases: noNetwork }, locked)).toEqual(['debian-12/6.1.0-40-amd64']);
  });

  test('a glob takes what is locked and what is offered', async () => {
    expect(await names(['debian-12/6.1.*'], {}, { 'debian-12': ['6.1.0-40-amd64'] })).toEqual([
      'debian-12/6.1.0-40-amd64',
      'debian-12/6.1.0-55-amd64',
      'debian-12/6.1.0-56-amd64',
    ]);
  });

  test('say whether the user named the target, and the very release', async () => {
    const marks = async (patterns: string[]) =>
      (await selectTargets(matrix(), patterns, { releases })).map(({ named, pinned }) => ({ named, pinned }))[0];
    expect(await marks([])).toEqual({ named: false, pinned: false });
    expect(await marks(['debian-12'])).toEqual({ named: true, pinned: false });
    expect(await marks(['debian-12/6.1.0-56*'])).toEqual({ named: true, pinned: false });
    expect(await marks(['debian-12/6.1.0-56-amd64'])).toEqual({ named: true, pinned: true });
    expect(await marks(['debian-12/6.1.0-56-amd64', 'debian-12'])).toEqual({ named: true, pinned: true });
  });

  test('an unknown target is an input error with the nearest name', async () => {
    const error = await names(['debain-12']).catch((error: Error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain('unknown target "debain-12"\n  Did you mean debian-12');
    await expect(names(['ubuntu-22.04'])).rejects.toThrow('Known: debian-11, debian-12, debian-99.');
  });

  test('an unknown release says who was asked for it', async () => {
    const asked: SelectOptions['asked'] = async ({ id }) => [`http://one.example/${id}`, `http://two.example/${id}`];
    await expect(names(['debian-12/6.9.*'], { asked })).rejects.toThrow(
      'no kernel release matches "debian-12/6.9.*"; asked:\n    http://one.example/debian-12\n    http://two.example/debian-12\n',
    );
  });

  test('an unknown release is an input error with the nearest releases', async () => {
    const error = await names(['debian-12/6.1.0-65-amd64']).catch((error: Error) => error);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain('Did you mean debian-12/6.1.0-5');
  });

  test('a distribution that the user named and no mirror serves is an error', async () => {
    await expect(names(['debian-11'], { releases: noNetwork })).rejects.toThrow('no mirror for debian-11');
    const onUnavailable: SelectOptions['onUnavailable'] = (_, error, named) => {
      if (named) throw error;
    };
    await expect(names(['debian-11'], { releases: noNetwork, onUnavailable })).rejects.toThrow(
      'no mirror for debian-11',
    );
  });

  test('can do without a distribution that no mirror serves, if whoever asks can', async () => {
    const lost: string[] = [];
    const onUnavailable: SelectOptions['onUnavailable'] = ({ id }, _, named) => void lost.push(`${id} ${named}`);
    const some: SelectOptions['releases'] = async (distribution) =>
      distribution.id === 'debian-11' ? noNetwork(distribution) : releases(distribution);
    expect(await names(['debian-1*'], { releases: some, onUnavailable })).toEqual(await names(['debian-12']));
    // Nobody can say that there is no such release.
    expect(await names(['debian-11/4.*'], { releases: noNetwork, onUnavailable })).toEqual([]);
    expect(lost).toEqual(['debian-11 true', 'debian-11 true']);
  });

  test('a distribution that offers no default kernel says what it offers', async () => {
    const none: SelectOptions['releases'] = async () => ['4.19.0-1-amd64'];
    await expect(names(['debian-12'], { releases: none })).rejects.toThrow(
      'no kernel release that debian-12 offers matches newest 1 of 6.1.*\n  Offered: 4.19.0-1-amd64.',
    );
  });
});

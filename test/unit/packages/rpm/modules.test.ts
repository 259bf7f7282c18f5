// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { EnvironmentError } from '../../../../src/errors.ts';
import { readModules } from '../../../../src/packages/rpm/modules.ts';
import { gzipped, publish, type Rpm } from './repository.ts';
import { workplace } from './workplace.ts';

const stream = (name: string, number: string, artifacts: string[], requires = 'platform: [el8]') => `---
document: modulemd
version: 2
data:
  name: ${name}
  stream: "${number}"
  version: 8020020200515
  context: 9edba152
  arch: x86_64
  summary: About ${name}
  description: >-
    It has lines
      stream: "of its own"
    and a list:

    - of things
  license:
    module:
    - MIT
  dependencies:
  - buildrequires:
      platform: [el8]
    requires:
      ${requires}
  profiles:
    common:
      rpms:
      - ${name}
  components:
    rpms:
      ${name}:
        rationale: >-
          name: not this one
        ref: abc
  artifacts:
    rpms:
${artifacts.map((artifact) => `    - ${artifact}`).join('\n')}
...
`;
const defaults = (name: string, number: string) => `---
document: modulemd-defaults
version: 1
data:
  module: ${name}
  stream: "${number}"
  profiles:
    "5.26": [common]
...
`;
const obsoletes = `---
document: modulemd-obsoletes
version: 1
data: { module: perl, stream: "5.24", message: old }
...
`;

const yaml = [
  stream('perl', '5.24', ['perl-4:5.24.4-403.x86_64', 'perl-libs-4:5.24.4-403.x86_64']),
  stream('perl', '5.30', ['perl-4:5.30.1-452.x86_64', 'perl-libs-4:5.30.1-452.x86_64', 'perl-extra-0:9-1.noarch']),
  stream('perl', '5.26', ['perl-4:5.26.3-419.x86_64']),
  stream('perl-DBI', '1.641', ['perl-DBI-0:1.641-1.p524.x86_64'], 'perl: [5.24]'),
  stream('perl-DBI', '1.641', ['perl-DBI-0:1.641-1.p526.x86_64'], 'perl: ["5.26"]'),
  obsoletes,
  defaults('perl', '5.26'),
  defaults('perl-DBI', '1.641'),
].join('');

const rpms: Rpm[] = [
  ...['4:5.24.4-403', '4:5.26.3-419', '4:5.30.1-452', '4:5.99-1'].map((evr) => ({ name: 'perl', evr })),
  ...['4:5.24.4-403', '4:5.26.3-416', '4:5.30.1-452'].map((evr) => ({ name: 'perl-libs', evr })),
  { name: 'perl-extra', evr: '9-1', architecture: 'noarch' },
  ...['1.641-1.p524', '1.641-1.p526'].map((evr) => ({ name: 'perl-DBI', evr })),
  { name: 'gcc' },
];

test.each([
  ['perl', 'the default stream, and none beside the module', 'perl 4:5.26.3-419'],
  ['perl-libs', 'of no module when no default stream has it', 'perl-libs 4:5.26.3-416'],
  ['perl-DBI', 'the build for the streams that are the defaults', 'perl-DBI 1.641-1.p526'],
  ['gcc', 'what has nothing to do with modules', 'gcc 1.0-1'],
])('%s: %s', async (name, _, expected) => {
  await using place = await workplace();
  publish(place.mirror, rpms, { withoutPackages: true, metadata: { modules: gzipped('modules.yaml', yaml) } });
  for (let time = 0; time < 2; time++) {
    using offers = await place.open();
    const pins = await offers.resolve([name], { architecture: 'x86_64' });
    expect(pins.map(({ name, version }) => `${name} ${version}`)).toEqual([expected]);
    await expect(offers.resolve(['perl-extra'], { architecture: 'x86_64' })).rejects.toThrow('no repository offers');
  }
  // The second time it came out of the cache.
  expect(place.mirror.count('/centos/9/os/repodata/modules.yaml.gz')).toBe(1);
});

test('without modules everything is offered', async () => {
  await using place = await workplace();
  publish(place.mirror, rpms, { withoutPackages: true });
  using offers = await place.open();
  const pins = await offers.resolve(['perl', 'perl-extra'], { architecture: 'x86_64' });
  expect(pins.map(({ version }) => version)).toEqual(['4:5.99-1', '9-1']);
});

test('streams are names and no numbers, whatever they look like', () => {
  const { streams, defaults: chosen } = readModules(yaml.replaceAll('"5.30"', '5.30').replaceAll('"5.26"', '5.26'));
  expect(streams.map(({ stream }) => stream)).toEqual(['5.24', '5.30', '5.26', '1.641', '1.641']);
  expect(chosen).toEqual({ perl: '5.26', 'perl-DBI': '1.641' });
  expect(streams[1]?.artifacts).toHaveLength(3);
  expect(streams[3]?.requires).toEqual([{ perl: ['5.24'] }]);
});

test('another layout than that of libmodulemd', () => {
  const text = `---
document: modulemd
data: {name: a, stream: s, dependencies: {requires: {b: "1"}}, artifacts: {rpms: [x-0:1-1.noarch, "y-0:1-1.noarch"]}}
`;
  expect(readModules(text).streams).toEqual([
    { name: 'a', stream: 's', requires: [{ b: ['1'] }], artifacts: ['x-0:1-1.noarch', 'y-0:1-1.noarch'] },
  ]);
});

test.each([
  ['no YAML', '---\ndocument: modulemd\ndata: {a: [}\n'],
  ['aliases upon aliases', `---\ndocument: modulemd\ndata:\n  dependencies:\n${aliases()}`],
])('%s is refused', async (_, text) => {
  await using place = await workplace();
  publish(place.mirror, rpms, { withoutPackages: true, metadata: { modules: gzipped('modules.yaml', text) } });
  const error = await place.open().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(EnvironmentError);
  expect((error as Error).message).toMatch(
    /^9\/os\/repodata\/modules.yaml.gz: the modules metadata of 9\/os cannot be used: /,
  );
});

function aliases(): string {
  const lines = ['    a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    lines.push(`    a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  return lines.join('\n');
}

// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isKnown, type Plan, type PlannedDistribution, planText } from '../../../src/report/plan.ts';

const plain = (_: unknown, text: string) => text;
const reached: PlannedDistribution = {
  id: 'debian-12',
  title: 'Debian 12',
  selectors: ['newest 1 of 6.1.*'],
  releases: [
    { kernel: '6.1.0-55-amd64', offered: false, locked: true, newest: false, planned: true },
    { kernel: '6.1.0-56-amd64', offered: true, locked: false, newest: true, planned: false },
  ],
  targets: [
    {
      kernel: '6.1.0-55-amd64',
      origin: 'locked',
      compilers: ['gcc-12 12.2.0-14'],
      sysroots: [
        { name: 'headers', packages: 45, bytes: 68_500_000, missing: { packages: 0, bytes: 0 } },
        { name: 'image', packages: 1, bytes: 70_600_000, missing: { packages: 1, bytes: 70_600_000 } },
      ],
    },
  ],
  archives: [
    {
      name: 'debian',
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main'],
      keys: ['stable.asc'],
      mirrors: [
        { url: 'http://near.example/debian', origin: 'apt', guess: true },
        { url: 'http://far.example/debian', origin: 'public', guess: false },
      ],
    },
  ],
  packages: { headers: ['linux-headers-{kernel}'], image: ['linux-image-{kernel}'] },
};
const lost: PlannedDistribution = {
  ...reached,
  id: 'centos-7',
  title: 'CentOS 7',
  selectors: ['newest 1 of 3.10.0-1160.*'],
  reason:
    'no mirror serves the index of os; tried:\n    http://vault.example/repomd.xml cannot be reached\n  Check the network.',
  releases: [],
  targets: [],
  archives: [{ name: 'centos', suites: ['7.9.2009/os/x86_64'], components: [], keys: ['centos-7.asc'], mirrors: [] }],
  packages: { headers: ['kernel-devel-{kernel}', 'gcc'], image: ['kernel-{kernel}'] },
};
const plan: Plan = {
  module: 'kmod/fastpath',
  builds: 'each',
  suites: ['fastpath'],
  distributions: [reached],
  shared: {
    sysroots: [{ name: 'guest', packages: 89, bytes: 24_600_000, missing: { packages: 3, bytes: 1_200_000 } }],
    archives: [],
  },
  others: ['debian-11'],
  total: { packages: 135, bytes: 163_700_000, missing: { packages: 4, bytes: 71_800_000 } },
};

test('a plan says what is fetched, from where and in which order, built and tested', () => {
  const text = planText(plan, plain);
  expect(text).toMatch(
    /^debian-12 {2}Debian 12\n {2}\* 6\.1\.0-55-amd64 +locked, no longer offered\n {4}6\.1\.0-56-amd64 +newest\n/,
  );
  expect(text).toContain('debian-12/6.1.0-55-amd64  (as locked, gcc-12 12.2.0-14)\n');
  expect(text).toMatch(
    /headers +45 packages +68\.5 MB {2}in the cache\n +image +1 package +70\.6 MB {2}all to fetch, 70\.6 MB\n/,
  );
  expect(text).toMatch(
    /from debian: bookworm, bookworm-updates \[main\].*\n +http:\/\/near\S+ {2}apt, if it has it\n +http:\/\/far\S+ {2}public\n/,
  );
  expect(text).toMatch(/guest +89 packages +24\.6 MB {2}3 to fetch, 1\.2 MB\n/);
  expect(text).toMatch(
    /built +kmod\/fastpath.*\ntested +fastpath,.*\ntogether +135 packages +164 MB {2}4 to fetch, 71\.8 MB\n/,
  );
  expect(text).toContain('Not asked for: debian-11.');
  expect(text).not.toContain('not reached');
  expect(isKnown(plan)).toBe(true);
});

test('of a distribution that cannot be reached it says every address, and what the matrix file knows', () => {
  const text = planText({ ...plan, distributions: [lost, reached] }, plain);
  expect(text).toContain('http://vault.example/repomd.xml cannot be reached');
  expect(text).toContain('would take   newest 1 of 3.10.0-1160.*\n');
  expect(text).toContain('to build     kernel-devel-{kernel}, gcc, and what they need\n');
  expect(text).toContain('to boot      kernel-{kernel}\n');
  expect(text).toContain('signed by    centos-7.asc (centos)\n');
  expect(text).toContain('from centos: 7.9.2009/os/x86_64, asked in this order\n');
  expect(text).toContain('debian-12/6.1.0-55-amd64  (as locked');
  expect(text).toMatch(/! not reached {2}centos-7\n$/);
  expect(isKnown({ ...plan, distributions: [lost, reached] })).toBe(false);
});

test('many repositories stand below each other', () => {
  const suites = ['7.9/os', '7.9/updates', '7.8/os', '7.8/updates'];
  const [archive] = lost.archives;
  const distribution = { ...lost, archives: archive ? [{ ...archive, suites }] : [] };
  expect(planText({ ...plan, distributions: [distribution] }, plain)).toMatch(
    /from centos, asked in this order\n {2}these\n {4}7\.9\/os\n {4}7\.9\/updates\n {4}7\.8\/os\n {4}7\.8\/updates\n/,
  );
});

test('a target whose packages cannot be told does not pass for one that needs none', () => {
  const target = { kernel: '6.1.0-9-amd64', compilers: [], sysroots: [], reason: 'no suite offers gcc-12' };
  const broken = { ...plan, distributions: [{ ...reached, targets: [target] }] };
  expect(planText(broken, plain)).toMatch(/debian-12\/6\.1\.0-9-amd64\n +! not known {2}no suite offers gcc-12\n/);
  expect(isKnown(broken)).toBe(false);
});

test('eBPF programs are built once, and nothing is fetched to build with for each target', () => {
  const text = planText({ ...plan, module: 'kmod/bypass', builds: 'once' }, plain);
  expect(text).toMatch(/^built +kmod\/bypass, once for all targets/m);
  const unknown = { ...lost, packages: { headers: [], image: ['kernel-{kernel}'] } };
  expect(planText({ ...plan, distributions: [unknown] }, plain)).not.toMatch(/to build/);
  expect(planText({ ...plan, distributions: [lost] }, plain)).toMatch(/to build +kernel-devel/);
});

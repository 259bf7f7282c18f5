// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../../../src/errors.ts';
import { status } from '../mirror-server.ts';
import { publish, type Rpm } from './repository.ts';
import { workplace } from './workplace.ts';

/** Resolves against a repository of these packages, and returns `name version` of each. */
async function closure(rpms: Rpm[], roots: string[], exclude: string[] = []): Promise<string[]> {
  await using place = await workplace();
  publish(place.mirror, rpms, { withoutPackages: true });
  using offers = await place.open();
  const pins = await offers.resolve(roots, { architecture: 'x86_64', exclude });
  return pins.map(
    ({ name, version, architecture }) => `${name} ${version}${architecture === 'x86_64' ? '' : ` ${architecture}`}`,
  );
}

const plain = (...names: string[]): Rpm[] => names.map((name) => ({ name }));
/** The names alone of the packages of version 1.0-1. */
const names = (...list: string[]) => list.map((name) => `${name} 1.0-1`);

test('requires, of what is required too, circular ones, sorted and each once', async () => {
  const rpms: Rpm[] = [
    { name: 'gcc', requires: ['cpp = 1.0-1', 'libmpc.so.3()(64bit)', 'rpmlib(PayloadIsXz) <= 5.2-1', '/bin/sh'] },
    { name: 'cpp', requires: ['gcc', 'filesystem'] },
    {
      ...{ name: 'libmpc', files: ['/etc/mpc.conf'], requires: ['config(libmpc) = 1.0-1', '/etc/mpc.conf'] },
      provides: ['libmpc.so.3()(64bit)', 'config(libmpc) = 1.0-1'],
    },
    { name: 'bash', provides: ['/bin/sh'], recommends: ['unrelated'], suggests: ['unrelated'] },
    { name: 'filesystem', architecture: 'noarch' },
    { name: 'unrelated' },
  ];
  const [bash, cpp, gcc, libmpc] = names('bash', 'cpp', 'gcc', 'libmpc');
  expect(await closure(rpms, ['gcc'])).toEqual([bash, cpp, 'filesystem 1.0-1 noarch', gcc, libmpc]);
});

test('the newest version that fits, by version and not by order', async () => {
  const lib = ['1.9-1', '1.10-1', '2.0~rc1-1', '2.0-1', '1:0.5-1'].map((evr) => ({ name: 'lib', evr }));
  expect(await closure(lib, ['lib'])).toEqual(['lib 1:0.5-1']);
  const tool = (range: string) => [{ name: 'tool', requires: [`lib ${range}`] }, ...lib];
  expect(await closure(tool('< 2.0'), ['tool'])).toEqual(['lib 2.0~rc1-1', 'tool 1.0-1']);
  expect(await closure(tool('= 2.0'), ['tool'])).toEqual(['lib 2.0-1', 'tool 1.0-1']);
  expect(await closure(tool('>= 1:0'), ['tool'])).toEqual(['lib 1:0.5-1', 'tool 1.0-1']);
});

test('alternatives are settled by what is required for another reason, in whatever order', async () => {
  const tool = (...requires: string[]) => [
    { name: 'tool', requires },
    ...plain('a', 'b'),
    { name: 'c', requires: ['b'] },
  ];
  expect(await closure(tool('(a or b)', 'b'), ['tool'])).toEqual(names('b', 'tool'));
  expect(await closure(tool('(a or b)', 'c'), ['tool'])).toEqual(names('b', 'c', 'tool'));
  expect(await closure(tool('((a or b) and c)'), ['tool'])).toEqual(names('b', 'c', 'tool'));
  expect(await closure(tool('(a or b)'), ['tool'])).toEqual(names('a', 'tool'));
});

test('a package that was chosen too new for a later dependency is chosen again', async () => {
  const rpms: Rpm[] = [
    { name: 'tool', requires: ['lib', 'plugin'] },
    { name: 'plugin', requires: ['lib.so.1()(64bit)'] },
    { name: 'lib', evr: '1.0-1', provides: ['lib.so.1()(64bit)'] },
    { name: 'lib', evr: '2.0-1', requires: ['new-thing'] },
    { name: 'new-thing' },
  ];
  expect(await closure(rpms, ['tool'])).toEqual(names('lib', 'plugin', 'tool'));
  const compatible = [...rpms, { name: 'compat-lib', provides: ['lib.so.1()(64bit)'] }];
  const all = ['compat-lib 1.0-1', 'lib 2.0-1', ...names('new-thing', 'plugin', 'tool')];
  expect(await closure(compatible, ['tool'])).toEqual(all);
});

test('neither another architecture nor the source', async () => {
  const rpms: Rpm[] = [
    { name: 'tool', requires: ['libc.so.6', 'data'] },
    { name: 'glibc', architecture: 'i686', provides: ['libc.so.6'] },
    { name: 'data', architecture: 'noarch' },
  ];
  await expect(closure(rpms, ['tool'])).rejects.toThrow('no repository offers libc.so.6, which is needed by tool');
  const glibc = ['i686', 'x86_64'].map((architecture) => ({ name: 'glibc', architecture, provides: ['libc.so.6'] }));
  const both = [...rpms.filter(({ name }) => name !== 'glibc'), ...glibc];
  expect(await closure(both, ['tool'])).toEqual(['data 1.0-1 noarch', ...names('glibc', 'tool')]);
  await expect(closure([{ name: 'tool', architecture: 'src' }], ['tool'])).rejects.toThrow('no repository offers tool');
});

describe('of several packages that would do', () => {
  const provider = (name: string, more: Partial<Rpm> = {}) => ({ name, provides: ['awk'], ...more });
  const versioned = (name: string, version: string) => ({ name, provides: [`awk = ${version}`] });
  const tool = (more: Partial<Rpm> = {}) => ({ name: 'tool', requires: ['awk'], ...more });

  test.each<[string, Rpm[], string]>([
    [
      'the one that provides it in the highest version',
      [provider('a'), { name: 'awk' }, versioned('gawk', '5')],
      'gawk',
    ],
    ['the one of that very name', [versioned('a', '1.0-1'), { name: 'awk' }], 'awk'],
    [
      'by the newest packages alone',
      [provider('gawk', { evr: '2-1' }), versioned('gawk', '9'), versioned('mawk', '1')],
      'mawk',
    ],
    ['the one with the shortest name', [provider('mawk-static'), provider('mawk'), provider('xmawk')], 'mawk'],
    ['the first by name of equally short ones', [provider('mawk'), provider('gawk')], 'gawk'],
    [
      'not one that another makes obsolete',
      [provider('mawk'), provider('gawk-ng', { obsoletes: ['mawk < 2'] })],
      'gawk-ng',
    ],
    [
      'but the same one when it is too new for that',
      [provider('mawk'), provider('gawk-ng', { obsoletes: ['mawk < 1'] })],
      'mawk',
    ],
  ])('%s', async (_, providers, expected) => {
    expect(await closure([tool(), ...providers], ['tool'])).toEqual(names(expected, 'tool').sort());
  });

  test('one that something chosen recommends, else one that it suggests', async () => {
    const providers = [provider('mawk'), provider('gawk-static'), provider('original-awk')];
    const suggests = ['original-awk'];
    expect(await closure([tool({ suggests }), ...providers], ['tool'])).toEqual(names('original-awk', 'tool'));
    const recommends = ['gawk-static >= 1'];
    expect(await closure([tool({ suggests, recommends }), ...providers], ['tool'])).toEqual(
      names('gawk-static', 'tool'),
    );
  });

  test('one that is there already', async () => {
    expect(await closure([tool(), provider('mawk'), provider('gawk-static')], ['gawk-static', 'tool'])).toEqual(
      names('gawk-static', 'tool'),
    );
  });

  test('one that is going to be there for another reason', async () => {
    const rpms = [
      tool({ requires: ['awk', 'late'] }),
      provider('mawk'),
      provider('gawk-static'),
      { name: 'late', requires: ['later'] },
      { name: 'later', requires: ['(gawk-static if tool)'] },
    ];
    expect(await closure(rpms, ['tool'])).toEqual(names('gawk-static', 'late', 'later', 'tool'));
  });

  test('none that another one makes needless, which it brings itself', async () => {
    const rpms = [
      tool({ requires: ['awk', '(x or y)'] }),
      { name: 'awk-transitional', provides: ['awk = 2'], requires: ['gawk'] },
      { name: 'gawk', provides: ['awk = 1'] },
      { name: 'x', requires: ['y'] },
      { name: 'y' },
    ];
    expect(await closure(rpms, ['tool'])).toEqual(names('gawk', 'tool', 'y'));
    expect(await closure(rpms, ['tool', 'x'])).toEqual(names('gawk', 'tool', 'x', 'y'));
  });

  test.each<[string, Rpm[], string[]]>([
    ['an older one', [provider('awk', { evr: '2-1', requires: ['absent'] }), provider('awk')], ['awk']],
    [
      'another one',
      [provider('awk', { requires: ['deep'] }), { name: 'deep', requires: ['absent'] }, provider('zawk')],
      ['zawk'],
    ],
  ])('%s than one that lacks something itself', async (_, providers, expected) => {
    expect(await closure([tool(), ...providers], ['tool'])).toEqual(names('tool', ...expected).sort());
  });

  test('but nothing else than what was asked for', async () => {
    const rpms = [tool({ evr: '2-1', requires: ['absent'] }), tool({ requires: [] })];
    await expect(closure(rpms, ['tool'])).rejects.toThrow('no repository offers absent, which is needed by tool\n');
  });

  test('the alternative that gets on with what is there already', async () => {
    const rpms = [
      tool({ requires: ['quarrel', '(left or right)'] }),
      { name: 'quarrel', conflicts: ['left'] },
      ...plain('left', 'right'),
    ];
    expect(await closure(rpms, ['tool'])).toEqual(names('quarrel', 'right', 'tool'));
  });

  test('one that gets on with what is there already', async () => {
    const rpms = [
      tool({ requires: ['curl-minimal', 'libcurl.so.4'] }),
      { name: 'curl-minimal', conflicts: ['libcurl'] },
      { name: 'libcurl', provides: ['libcurl.so.4'] },
      { name: 'libcurl-minimal', provides: ['libcurl.so.4'] },
    ];
    expect(await closure(rpms, ['tool'])).toEqual(names('curl-minimal', 'libcurl-minimal', 'tool'));
  });
});

test('a provided name in some version', async () => {
  const rpms: Rpm[] = [
    { name: 'tool', requires: ['lib >= 2.0', 'any >= 5'] },
    { name: 'low', provides: ['lib = 1.0'] },
    { name: 'right', provides: ['lib = 2.0', 'any'] },
  ];
  expect(await closure(rpms, ['tool'])).toEqual(names('right', 'tool'));
});

describe('boolean dependencies', () => {
  const all = plain('a', 'b', 'c');
  test.each<[string, string[], Rpm[], string[]]>([
    ['(a or b)', [], all, ['a']],
    ['(absent or b)', [], all, ['b']],
    ['(a or b)', ['b'], all, ['b']],
    ['(a and b)', [], all, ['a', 'b']],
    ['(a if b)', [], all, []],
    ['(a if b)', ['b'], all, ['a', 'b']],
    ['(a if b else c)', [], all, ['c']],
    ['(a if b else c)', ['b'], all, ['a', 'b']],
    ['(a unless b)', [], all, ['a']],
    ['(a unless b)', ['b'], all, ['b']],
    ['((a and absent) or (b and c))', [], all, ['b', 'c']],
    ['((a if b) and (b or c))', [], all, ['a', 'b']],
    [
      '(x with y)',
      [],
      [
        { name: 'a', provides: ['x'] },
        { name: 'b', provides: ['x', 'y'] },
      ],
      ['b'],
    ],
    [
      '(x without y)',
      [],
      [
        { name: 'a', provides: ['x', 'y'] },
        { name: 'b', provides: ['x'] },
      ],
      ['b'],
    ],
    ['(x >= 2 with x < 3)', [], ['1', '2', '3'].map((n) => ({ name: `x${n}`, provides: [`x = ${n}`] })), ['x2']],
  ])('%s beside %j', async (dependency, others, rpms, expected) => {
    const tool = { name: 'tool', requires: [dependency] };
    expect(await closure([tool, ...rpms], ['tool', ...others])).toEqual(names(...expected, 'tool').sort());
  });

  test('a condition that becomes true later, through another one', async () => {
    const rpms: Rpm[] = [
      { name: 'tool', requires: ['(a if b)', '(b if c)', 'late'] },
      { name: 'late', requires: ['later'] },
      { name: 'later', requires: ['c'] },
      ...all,
    ];
    expect(await closure(rpms, ['tool'])).toEqual(names('a', 'b', 'c', 'late', 'later', 'tool'));
  });

  test('one that cannot be met is said whole', async () => {
    const rpms = [{ name: 'tool', requires: ['(x >= 2 with y)'] }, ...all];
    await expect(closure(rpms, ['tool'])).rejects.toThrow(
      'no repository offers (x >= 2 with y), which is needed by tool',
    );
  });

  test('one that is none is said with its package', async () => {
    const rpms = [{ name: 'tool', requires: ['(a or'] }, ...all];
    await expect(closure(rpms, ['tool'])).rejects.toThrow('tool-1.0-1 requires "(a or", which is no dependency of RPM');
  });
});

describe('files', () => {
  const rpms: Rpm[] = [
    { name: 'tool', requires: ['/usr/bin/perl', '/usr/libexec/helper'] },
    { name: 'perl', files: ['/usr/bin/perl'] },
    { name: 'helpers', moreFiles: ['/usr/libexec/helper', '/usr/share/é'] },
  ];

  test('that primary.xml does not have are looked for in filelists.xml, which is fetched for nothing else', async () => {
    await using place = await workplace();
    publish(place.mirror, rpms, { withoutPackages: true });
    using offers = await place.open();
    const filelists = '/centos/9/os/repodata/filelists.xml.gz';
    const resolve = async (root: string) =>
      (await offers.resolve([root], { architecture: 'x86_64' })).map(({ name }) => name);
    expect(await resolve('/usr/bin/perl')).toEqual(['perl']);
    expect(place.mirror.count(filelists)).toBe(0);
    expect(await resolve('tool')).toEqual(['helpers', 'perl', 'tool']);
    expect(await resolve('/usr/share/é')).toEqual(['helpers']);
    expect(place.mirror.count(filelists)).toBe(1);
    await expect(resolve('/usr/bin/absent')).rejects.toThrow('no repository offers /usr/bin/absent\n');
  });
});

test('filelists.xml that could not be had is asked for again', async () => {
  await using place = await workplace();
  publish(place.mirror, [{ name: 'tool', moreFiles: ['/opt/tool'] }], { withoutPackages: true });
  using offers = await place.open();
  const path = '/centos/9/os/repodata/filelists.xml.gz';
  place.mirror.answer(path, status(404));
  const resolve = () => offers.resolve(['/opt/tool'], { architecture: 'x86_64' });
  await expect(resolve()).rejects.toThrow(`${place.mirror.url}${path} answers 404`);
  expect((await resolve()).map(({ name }) => name)).toEqual(['tool']);
});

describe('what is excluded', () => {
  const rpms: Rpm[] = [
    { name: 'tool', requires: ['systemd', 'libsystemd.so.0()(64bit)', '/bin/sh', 'lib'] },
    { name: 'systemd', requires: ['much'] },
    { name: 'systemd-libs', provides: ['libsystemd.so.0()(64bit)'], requires: ['more'] },
    { name: 'bash', provides: ['/bin/sh'] },
    { name: 'lib', requires: ['/sbin/install-info', 'absent'] },
  ];

  test('counts as met, by the name of what is required or of all that would do, and brings nothing', async () => {
    const exclude = ['systemd*', 'absent', '/sbin/*'];
    expect(await closure(rpms, ['tool'], exclude)).toEqual(names('bash', 'lib', 'tool'));
    await expect(closure(rpms, ['tool'], ['systemd*', '/sbin/*'])).rejects.toThrow('no repository offers absent');
  });

  test('gives way to another package that would do', async () => {
    const more = [...rpms, { name: 'systemd-standalone', provides: ['libsystemd.so.0()(64bit)'] }];
    const exclude = ['systemd', 'systemd-libs', 'absent', '/sbin/*'];
    expect(await closure(more, ['tool'], exclude)).toEqual(names('bash', 'lib', 'systemd-standalone', 'tool'));
  });

  test('is taken when asked for; all of it leaves the roots alone', async () => {
    expect(await closure(rpms, ['tool', 'bash'], ['*'])).toEqual(names('bash', 'tool'));
  });
});

describe('what is not offered', () => {
  test('is said with the way to it', async () => {
    const rpms: Rpm[] = [
      { name: 'gcc', requires: ['cpp'] },
      { name: 'cpp', requires: ['libfoo.so.1()(64bit)'] },
    ];
    const error = await closure(rpms, ['gcc']).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect((error as Error).message).toContain(
      'no repository offers libfoo.so.1()(64bit), which is needed by gcc -> cpp\n',
    );
    await expect(closure(rpms, ['absent'])).rejects.toThrow('no repository offers absent\n');
  });

  test('is said with what there is in other versions', async () => {
    const rpms: Rpm[] = [
      { name: 'tool', requires: ['lib >= 2.0'] },
      { name: 'lib', evr: '1.5-1' },
    ];
    await expect(closure(rpms, ['tool'])).rejects.toThrow(
      'no repository offers lib >= 2.0, which is needed by tool; there is only lib-1.5-1.x86_64',
    );
  });

  test('together is a contradiction', async () => {
    const rpms: Rpm[] = [
      { name: 'tool', requires: ['a', 'b'] },
      { name: 'a', requires: ['lib = 1.0'] },
      { name: 'b', requires: ['lib = 2.0'] },
      { name: 'lib', evr: '1.0-1' },
      { name: 'lib', evr: '2.0-1' },
    ];
    await expect(closure(rpms, ['tool'])).rejects.toThrow(
      /the dependencies contradict each other: of lib = 1.0, which is needed by tool -> a, there is only lib-1.0-1.x86_64/,
    );
  });
});

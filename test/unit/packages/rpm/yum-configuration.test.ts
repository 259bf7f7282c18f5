import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Mirrors } from '../../../../src/packages/mirrors.ts';
import { baseOf, readYumConfiguration } from '../../../../src/packages/rpm/yum-configuration.ts';
import { Transport } from '../../../../src/packages/transport.ts';
import { archiveAt, quick, scratch, scratchWith } from '../fixtures.ts';

/** The other way to write a variable. */
const braced = '$'.concat('{releasever}');

test('repositories: several addresses, variables, comments, disabled ones and other methods', async () => {
  await using directory = await scratchWith({
    'yum.repos.d/a.repo': `# comment
[base]
name = CentOS-$releasever
mirrorlist=http://mirrorlist.example/?release=$releasever
baseurl=http://one.example/$contentdir/$releasever/os/$basearch/
        https://two.example/centos/\${releasever}/os/$basearch
enabled=1
[updates]
; comment
baseurl = http://one.example/$contentdir/$releasever/updates/$basearch/, ftp://three.example/centos
[off]
baseurl=http://off.example/
enabled = False
[local]
baseurl=file:///mnt/cdrom
[odd]
baseurl=http://$host/centos
`,
    'yum.repos.d/b.repo.rpmsave': '[saved]\nbaseurl=http://saved.example/\n',
    'yum.repos.d/b.repo': '[b]\nBaseURL=http://four.example/b\n',
    'yum/vars/contentdir': 'altarch\n',
    'dnf/vars/contentdir': 'centos\n',
  });
  expect(await readYumConfiguration(directory.path)).toEqual({
    repositories: [
      'http://one.example/centos/$releasever/os/$basearch',
      `https://two.example/centos/${braced}/os/$basearch`,
      'http://one.example/centos/$releasever/updates/$basearch',
      'http://four.example/b',
    ],
    proxy: {},
  });
});

test('a host without yum has none', async () => {
  await using directory = await scratch();
  expect(await readYumConfiguration(join(directory.path, 'etc'))).toEqual({ repositories: [], proxy: {} });
});

test.each([
  ['[main]\nproxy=http://proxy.example:3128\n', 'http://proxy.example:3128'],
  [
    '[main]\nproxy=http://proxy.example:3128/\nproxy_username=me\nproxy_password=a b\n',
    'http://me:a%20b@proxy.example:3128',
  ],
  ['[main]\nproxy=_none_\n', undefined],
  ['[main]\nproxy=socks5://proxy.example\n', undefined],
  ['proxy=http://outside.example\n[other]\nproxy=http://other.example\n', undefined],
])('the proxy of %j', async (text, url) => {
  const proxy = url === undefined ? {} : { http: url, https: url };
  for (const name of ['dnf/dnf.conf', 'yum.conf']) {
    await using directory = await scratchWith({ [name]: text });
    expect((await readYumConfiguration(directory.path)).proxy).toEqual(proxy);
  }
});

const repositories = ['7.9.2009/os/x86_64', '8.5.2111/BaseOS/x86_64/os'];
test.each([
  ['http://mirror.example/vault/7.9.2009/os/x86_64', 'http://mirror.example/vault'],
  ['http://mirror.example/centos/$releasever/os/$basearch', 'http://mirror.example/centos'],
  [`http://mirror.example/centos/${braced}/BaseOS/$basearch/os`, 'http://mirror.example/centos'],
  ['http://mirror.example/centos/8.$minor/BaseOS/x86_64/os', 'http://mirror.example/centos'],
  ['http://mirror.example/$contentdir/$releasever/os/x86_64', undefined],
  ['http://mirror.example/centos/7.8.2003/os/x86_64', undefined],
  ['http://mirror.example/centos/7.$minor.1/os/x86_64', undefined],
  ['http://mirror.example/epel/$releasever/$basearch', undefined],
  ['http:///7.9.2009/os/x86_64', undefined],
  ['7.9.2009/os/x86_64', undefined],
])('%s is at the base %s', (address, base) => {
  expect(baseOf(address, repositories)).toBe(base);
});

test('the order of addresses: given, yum, beside what apt has, public', () => {
  const host = {
    sources: [{ url: 'http://apt.example/debian', suites: ['bookworm'] }],
    repositories: ['http://yum.example/centos/$releasever/os/$basearch', 'http://yum.example/epel/9'],
  };
  const mirrors = new Mirrors(new Transport(quick), ['http://given.example/centos-vault'], host);
  const archive = archiveAt(['https://vault.example'], { family: 'rpm', name: 'centos-vault', suites: repositories });
  expect(mirrors.candidates(archive).map(({ url, origin, likely }) => [url, origin, likely])).toEqual([
    ['http://given.example/centos-vault', 'given', true],
    ['http://yum.example/centos', 'yum', true],
    ['http://apt.example/centos-vault', 'apt', false],
    ['https://vault.example', 'public', true],
  ]);
  const debian = mirrors.candidates(archiveAt(['http://public.example/debian']));
  expect(debian.map(({ origin }) => origin)).not.toContain('yum');
});

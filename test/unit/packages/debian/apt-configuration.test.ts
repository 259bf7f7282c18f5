import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDeb822, parseOneLine, readAptConfiguration } from '../../../../src/packages/debian/apt-configuration.ts';
import { scratch, scratchWith } from '../fixtures.ts';

test('one-line sources: options, comments, source packages and other methods', () => {
  const text = `# deb http://commented.example/debian bookworm main
deb http://one.example/debian bookworm main contrib # near us
deb [ arch=amd64,i386 signed-by=/usr/share/keyrings/x.gpg trusted=yes ] https://two.example/debian/ bookworm-updates main
  deb\thttp://three.example/debian-security\tbookworm-security/updates main
deb-src http://four.example/debian bookworm main
deb cdrom:[Debian GNU/Linux 12]/ bookworm main
deb mirror+file:/etc/apt/mirrors/debian.list bookworm main
deb http://flat.example/repository ./
deb
`;
  expect(parseOneLine(text)).toEqual([
    { url: 'http://one.example/debian', suites: ['bookworm'] },
    { url: 'https://two.example/debian', suites: ['bookworm-updates'] },
    { url: 'http://three.example/debian-security', suites: ['bookworm-security/updates'] },
    { url: 'http://flat.example/repository', suites: ['./'] },
  ]);
});

test('deb822 sources: several values, continuation lines, comments, disabled stanzas, any case', () => {
  const text = `Types: deb deb-src
# snapshot: http://commented.example/debian
URIs: http://one.example/debian https://two.example/debian/
Suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 URIs: http://inside-the-key.example/

Types: deb
Enabled: no
URIs: http://disabled.example/debian
Suites: bookworm

types: deb
uris: http://three.example/debian-security
suites: bookworm-security
enabled: yes
\t
Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
`;
  expect(parseDeb822(text)).toEqual([
    { url: 'http://one.example/debian', suites: ['bookworm', 'bookworm-updates'] },
    { url: 'https://two.example/debian', suites: ['bookworm', 'bookworm-updates'] },
    { url: 'http://three.example/debian-security', suites: ['bookworm-security'] },
  ]);
});

test('files are read in the order of apt, and only those that apt reads', async () => {
  await using directory = await scratchWith({
    'sources.list': 'deb http://first.example/debian bookworm main\n',
    'sources.list.d/b.sources': 'Types: deb\nURIs: http://third.example/debian\nSuites: bookworm\n',
    'sources.list.d/a.list': 'deb http://second.example/debian bookworm main\n',
    'sources.list.d/c.list.save': 'deb http://saved.example/debian bookworm main\n',
  });
  const { sources } = await readAptConfiguration(directory.path);
  expect(sources.map(({ url }) => url)).toEqual([
    'http://first.example/debian',
    'http://second.example/debian',
    'http://third.example/debian',
  ]);
});

test('a host without apt has no sources', async () => {
  await using directory = await scratch();
  expect(await readAptConfiguration(join(directory.path, 'apt'))).toEqual({ sources: [], proxy: {} });
});

test.each([
  [
    'Acquire::http::Proxy "http://proxy.example:3142";',
    { http: 'http://proxy.example:3142', https: 'http://proxy.example:3142' },
  ],
  [
    '// a comment\nAcquire { http { Proxy "http://p.example:1"; Timeout "5"; }; HTTPS::Proxy "http://q.example:2"; };',
    { http: 'http://p.example:1', https: 'http://q.example:2' },
  ],
  ['/* Acquire::http::Proxy "http://p.example:1"; */ # Acquire::http::Proxy "http://p.example:1";', {}],
  ['Acquire::http::Proxy "http://p.example:1";\nAcquire::http::Proxy "DIRECT";', {}],
  [
    'Acquire::http { Proxy "http://p.example:1"; Proxy::near.example "DIRECT"; }',
    { http: 'http://p.example:1', https: 'http://p.example:1', except: 'near.example' },
  ],
  ['Acquire::http::Proxy "";\nAPT::NeverAutoRemove { "^linux-.*"; };', {}],
])('the proxy of %s', async (text, proxy) => {
  await using directory = await scratchWith({ 'apt.conf.d/proxy': text });
  expect((await readAptConfiguration(directory.path)).proxy).toEqual(proxy);
});

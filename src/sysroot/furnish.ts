// SPDX-License-Identifier: Apache-2.0
// What the maintainer scripts of an installed system would have made and programs need. They are never run.

/** Directories with their modes; also the places where a sandbox mounts things. */
export const DIRECTORIES: Record<string, number> = {
  dev: 0o755,
  etc: 0o755,
  proc: 0o755,
  root: 0o755,
  run: 0o755,
  sys: 0o755,
  tmp: 0o1777,
  var: 0o755,
};

export const LINKS: Record<string, string> = {
  'etc/mtab': '/proc/self/mounts',
  'var/run': '/run',
  'var/lock': '/run/lock',
};

export const FILES: Record<string, string> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n',
};

const sbin = (name: string) => `usr/sbin/${name}`;
const iptables = (family: string): [string, string[]][] =>
  ['', '-save', '-restore'].map((suffix) => [
    sbin(`${family}${suffix}`),
    [sbin(`${family}-nft${suffix}`), sbin(`${family}-legacy${suffix}`)],
  ]);

/** Names that update-alternatives would have linked, with the programs that can stand for them, best first. */
export const ALTERNATIVES: [path: string, candidates: string[]][] = [
  ['usr/bin/sh', ['usr/bin/dash', 'usr/bin/bash', 'usr/bin/busybox']],
  ['usr/bin/awk', ['usr/bin/gawk', 'usr/bin/mawk', 'usr/bin/original-awk']],
  ['usr/bin/which', ['usr/bin/which.debianutils']],
  ['usr/bin/cc', ['usr/bin/gcc', 'usr/bin/clang']],
  ['usr/bin/c++', ['usr/bin/g++', 'usr/bin/clang++']],
  // Of the RPM family, where binutils comes without it.
  ['usr/bin/ld', ['usr/bin/ld.bfd', 'usr/bin/ld.gold']],
  ['usr/bin/nc', ['usr/bin/nc.openbsd', 'usr/bin/nc.traditional']],
  ['usr/bin/pager', ['usr/bin/less', 'usr/bin/more']],
  ...iptables('iptables'),
  ...iptables('ip6tables'),
  ['usr/sbin/arptables', ['usr/sbin/arptables-nft', 'usr/sbin/arptables-legacy']],
  ['usr/sbin/ebtables', ['usr/sbin/ebtables-nft', 'usr/sbin/ebtables-legacy']],
];

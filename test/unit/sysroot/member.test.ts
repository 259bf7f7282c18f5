// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isUnneeded, linkTarget, memberPath } from '../../../src/sysroot/member.ts';

test.each([
  ['./', ''],
  ['./usr/bin/x', 'usr/bin/x'],
  ['usr//bin/./x', 'usr/bin/x'],
  ['./lib/x86_64-linux-gnu/libc.so.6', 'usr/lib/x86_64-linux-gnu/libc.so.6'],
  ['bin/', 'usr/bin'],
  ['./lib64/ld-linux-x86-64.so.2', 'usr/lib64/ld-linux-x86-64.so.2'],
  ['./library/x', 'library/x'],
  ['./usr/lib/x', 'usr/lib/x'],
  ['etc/Főtanúsítvány', 'etc/Főtanúsítvány'],
  ['a..b/..c', 'a..b/..c'],
])('the member %s has its place at %s', (name, path) => {
  expect(memberPath(name)).toBe(path);
});

test.each([
  ['/etc/passwd', 'absolute'],
  ['../etc/passwd', 'leaves the root'],
  ['./usr/../../etc/passwd', 'leaves the root'],
  ['usr/..', 'leaves the root'],
  ['a\nb', 'control characters'],
  ['a\u0000b', 'control characters'],
  ['a\u007fb', 'control characters'],
  ['a\ufffdb', 'not UTF-8'],
  [`usr/${'x'.repeat(256)}`, 'name is too long'],
  [`usr/${'é'.repeat(128)}`, 'name is too long'],
  ['d/'.repeat(2001), 'path is too long'],
])('the member %j is refused', (name, why) => {
  expect(() => memberPath(name)).toThrow(why);
});

test.each([
  // Not moved: whatever it says.
  ['usr/lib/x', 'usr/lib/x', '../../lib/y', '../../lib/y'],
  ['etc/x', 'etc/x', '/run/x', '/run/x'],
  ['etc/x', 'etc/x', '../../../../etc/shadow', '../../../../etc/shadow'],
  // Moved below /usr: a target beside it stays right, one that climbs to the root has to be made absolute.
  ['./lib/a/libx.so', 'usr/lib/a/libx.so', 'libx.so.1', 'libx.so.1'],
  ['./lib/a/libx.so', 'usr/lib/a/libx.so', '../b/libx.so.1', '../b/libx.so.1'],
  ['./lib/a/libx.so', 'usr/lib/a/libx.so', '../../usr/lib/libx.so.1', '/usr/lib/libx.so.1'],
  ['./lib/libx.so', 'usr/lib/libx.so', '../etc/x', '/etc/x'],
  ['./lib/libx.so', 'usr/lib/libx.so', '/lib/x.so.1', '/lib/x.so.1'],
  ['./lib/libx.so', 'usr/lib/libx.so', '../../../x', '/x'],
])('the link %s at %s to %s says %s', (name, path, target, expected) => {
  expect(linkTarget(name, path, target)).toBe(expected);
});

test.each(['', 'a\nb', 'a\u0000b', 'x'.repeat(4001)])('a link to %j is refused', (target) => {
  expect(() => linkTarget('a', 'a', target)).toThrow('target of the link');
});

test('documentation is left out, a directory that only looks like it is not', () => {
  expect(['usr/share/doc/x', 'usr/share/man/man1/x.1.gz', 'usr/share/locale/de/x.mo'].every(isUnneeded)).toBe(true);
  expect(['usr/share/document', 'usr/share/doc', 'usr/lib/locale/C.utf8/x', 'usr/share/misc/x'].some(isUnneeded)).toBe(
    false,
  );
});

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { digestValue } from '../host/digest.ts';
import { markUsed } from '../packages/cache-entry.ts';
import type { Sysroot } from '../sysroot/compose.ts';
import { type CpioEntry, treeEntries } from './cpio.ts';
import { writeArchive } from './parts.ts';

// What no test runs. The machine unpacks all the rest into memory at each boot, which costs about 8 ms per MB.
const UNWANTED = [
  /^(boot|dev|media|mnt|opt|proc|run|srv|sys|tmp)\//,
  /^usr\/(include|src|games|local|lib\/debug|lib\/locale|lib\/python\d*[.\d]*|lib\/systemd|lib\/udev|lib\/modules)(\/|$)/,
  /^usr\/s?bin\/(perl|python|deb|dpkg|openssl|cpan|pod2|ucf|pam)[^/]*$/,
  /^usr\/lib\/x86_64-linux-gnu\/(perl|perl-base|perl5|gconv|security|engines-3|ossl-modules|systemd)(\/|$)/,
  /^usr\/lib\/x86_64-linux-gnu\/lib(perl|db-)[^/]*$/,
  /^var\/(cache|lib|backups|log|spool)\//,
  /\.(a|la|pl|pm|py)$/,
];
/** Of /usr/share only this is read by programs of the guest. */
const WANTED_SHARE = /^usr\/share(\/(iproute2|terminfo|nftables|iptables|misc|openvswitch|ovn)(\/|$)|$)/;

/** What BusyBox stands in for where the real program is not there. */
const APPLETS = [
  ...['clear', 'free', 'halt', 'hexdump', 'hostname', 'ifconfig', 'less', 'mount', 'nslookup', 'poweroff', 'reboot'],
  ...['reset', 'route', 'strings', 'telnet', 'time', 'top', 'umount', 'vi', 'watch', 'wget', 'xxd'],
];

/**
 * The guest's root file system as an archive in the cache: the `guest` sysroot without what no test needs.
 * Throws EnvironmentError when the cache cannot be written.
 */
export async function guestRootPart(guest: Sysroot, cache: string, signal: AbortSignal): Promise<string> {
  const recipe = [[...UNWANTED, WANTED_SHARE].map(String), APPLETS];
  const path = join(cache, 'guests', `root-${digestValue([recipe, guest.digest])}.cpio`);
  if (await markUsed(path)) return path;
  const entries = await treeEntries(guest.root, { skip: isUnwanted });
  const names = new Set(entries.map((entry) => entry.path));
  const links = APPLETS.filter((name) => !names.has(`usr/bin/${name}`) && !names.has(`usr/sbin/${name}`)).map(
    (name): CpioEntry => ({ kind: 'link', path: `usr/bin/${name}`, target: 'busybox' }),
  );
  await writeArchive(path, [...entries, ...(names.has('usr/bin/busybox') ? links : [])], signal);
  return path;
}

function isUnwanted(path: string): boolean {
  if (path.startsWith('usr/share/') && !WANTED_SHARE.test(path)) return true;
  return UNWANTED.some((pattern) => pattern.test(path));
}

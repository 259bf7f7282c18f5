// SPDX-License-Identifier: Apache-2.0
import { type Header, MalformedRpm } from './header-blob.ts';

/** Numbers of rpm's include/rpm/rpmtag.h. */
const TAG = {
  oldFileNames: 1027,
  sizes: 1028,
  modes: 1030,
  mtimes: 1034,
  linkTargets: 1036,
  flags: 1037,
  devices: 1095,
  inodes: 1096,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  /** In place of `sizes` where one is 4 GiB or more. */
  longSizes: 5008,
};
/** rpmfiles.h: RPMFILE_GHOST. */
const GHOST = 1 << 6;

/** A file as the header of its package describes it. */
export type RpmEntry = {
  /** Absolute. */
  path: string;
  /** Kind and permissions, as `st_mode`. */
  mode: number;
  /** Bytes; of a symbolic link the length of its target. */
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  /** Of a symbolic link, else empty. */
  target: string;
  /** Belongs to the package but is not in it: made at run time. */
  ghost: boolean;
  /** Equal for hard links to one file; absent when the packager was another than rpmbuild and had none. */
  inode?: string;
};

/** The files of a package, in the order of its header. Throws MalformedRpm when the lists do not fit together. */
export function rpmFiles(header: Header): RpmEntry[] {
  if (header.has(TAG.oldFileNames)) throw new MalformedRpm('its file names are in a form older than rpm 4');
  const baseNames = header.strings(TAG.baseNames) ?? [];
  const directories = header.strings(TAG.directoryNames) ?? [];
  const list = <T>(values: T[] | undefined, tag: number): T[] => {
    if ((values ?? []).length === baseNames.length) return values ?? [];
    throw new MalformedRpm(`tag ${tag} has ${(values ?? []).length} values for ${baseNames.length} files`);
  };
  const numbers = (tag: number) => list(header.numbers(tag), tag);
  const sizes = header.has(TAG.longSizes) ? numbers(TAG.longSizes) : numbers(TAG.sizes);
  const modes = numbers(TAG.modes);
  const mtimes = numbers(TAG.mtimes);
  const targets = list(header.strings(TAG.linkTargets), TAG.linkTargets);
  const flags = numbers(TAG.flags);
  const hasInodes = header.has(TAG.devices) && header.has(TAG.inodes);
  const devices = hasInodes ? numbers(TAG.devices) : [];
  const inodes = hasInodes ? numbers(TAG.inodes) : [];
  const indexes = numbers(TAG.directoryIndexes);
  return baseNames.map((name, index) => {
    const directory = directories[indexes[index] ?? -1];
    if (!directory?.startsWith('/')) throw new MalformedRpm(`file ${index} of the header has no directory`);
    return {
      path: `${directory}${name}`,
      mode: modes[index] ?? 0,
      size: sizes[index] ?? 0,
      mtime: mtimes[index] ?? 0,
      target: targets[index] ?? '',
      ghost: ((flags[index] ?? 0) & GHOST) !== 0,
      ...(inodes[index] ? { inode: `${devices[index]}:${inodes[index]}` } : {}),
    };
  });
}

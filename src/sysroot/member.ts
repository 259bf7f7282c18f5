// SPDX-License-Identifier: Apache-2.0
import { CorruptData } from '../host/decompress.ts';

/** The directories that merged-/usr turns into links to their namesakes below /usr. */
export const MERGED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/** Documentation and translations, which nothing that runs in a sysroot reads; most of the files of many packages. */
const UNNEEDED = ['doc', 'info', 'lintian', 'locale', 'man'].map((name) => `usr/share/${name}/`);

/** What Linux allows (4096) less room for the place of the cache. */
const MAXIMUM_PATH_BYTES = 3000;
const MAXIMUM_NAME_BYTES = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
const CONTROL = /[\u0000-\u001f\u007f\ufffd]/;

/**
 * The path of an archive member relative to the root, in merged-/usr form; empty for the root itself.
 * Throws CorruptData for a name that is absolute, climbs with `..`, holds control characters or is not UTF-8.
 */
export function memberPath(name: string): string {
  if (CONTROL.test(name)) throw new CorruptData('the name holds control characters or is not UTF-8');
  if (name.startsWith('/')) throw new CorruptData('the name is absolute');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new CorruptData('the name leaves the root');
  if (parts.some((part) => Buffer.byteLength(part) > MAXIMUM_NAME_BYTES)) throw new CorruptData('the name is too long');
  const path = merge(parts.join('/'));
  if (Buffer.byteLength(path) > MAXIMUM_PATH_BYTES) throw new CorruptData('the path is too long');
  return path;
}

/** `lib/x` -> `usr/lib/x` and the like. */
function merge(path: string): string {
  return MERGED.includes(path.split('/', 1)[0] ?? '') ? `usr/${path}` : path;
}

export function isUnneeded(path: string): boolean {
  return UNNEEDED.some((directory) => path.startsWith(directory));
}

/**
 * What a symbolic link has to say after its own place moved from `name` to the merged `path`: a relative target that
 * climbs to the root has one step more to go from below /usr, so it is made absolute. Others stay as they are.
 * Targets may be absolute or lead anywhere: they are only ever followed inside of the root.
 */
export function linkTarget(name: string, path: string, target: string): string {
  if (target === '' || CONTROL.test(target) || Buffer.byteLength(target) > MAXIMUM_PATH_BYTES) {
    throw new CorruptData('the target of the link is empty, too long or holds control characters');
  }
  const original = name.split('/').filter((part) => part !== '' && part !== '.');
  if (target.startsWith('/') || original.join('/') === path) return target;
  const resolved = original.slice(0, -1);
  let reachedRoot = false;
  for (const part of target.split('/')) {
    if (part === '..') {
      resolved.pop();
      reachedRoot ||= resolved.length === 0;
    } else if (part !== '' && part !== '.') resolved.push(part);
  }
  return reachedRoot ? `/${resolved.join('/')}` : target;
}

// SPDX-License-Identifier: Apache-2.0
import { rpmOf, type Tag } from '../packages/rpm/rpm-file.ts';
import { ar, endOfTar, file, gzip, tar } from '../sysroot/archives.ts';

/** A .deb with these control fields and no files. */
export async function makeDeb(fields: Record<string, string>, pack = gzip, name = 'control.tar.gz'): Promise<Buffer> {
  const all = { Version: '6.1.1-1', Architecture: 'amd64', ...fields };
  const control = Object.entries(all).map(([key, value]) => `${key}: ${value}\n`);
  return ar([
    ['debian-binary', Buffer.from('2.0\n')],
    [name, pack(await tar([file('./md5sums', 'x'), file('./control', control.join(''))]))],
    ['data.tar', endOfTar],
  ]);
}

/** An .rpm of a kernel, signed by nobody unless a signature packet is given. */
export function makeRpm({
  name,
  architecture = 'x86_64',
  provides = [],
  requires = [],
  signature,
}: {
  name: string;
  architecture?: string;
  provides?: [name: string, version: string][];
  requires?: string[];
  signature?: Buffer;
}): Buffer {
  const tags: Tag[] = [
    [1000, 'string', name],
    [1001, 'string', '3.10.0'],
    [1002, 'string', '1160.el7'],
    [1022, 'string', architecture],
    [1047, 'strings', [name, ...provides.map(([one]) => one)]],
    [1112, 'int32', [8, ...provides.map(([, version]) => (version === '' ? 0 : 8))]],
    [1113, 'strings', ['3.10.0-1160.el7', ...provides.map(([, version]) => version)]],
    [1048, 'int32', requires.map(() => 0)],
    [1049, 'strings', requires],
    [1050, 'strings', requires.map(() => '')],
  ];
  const empty = requires.length === 0 ? [1048, 1049, 1050] : [];
  return rpmOf({
    ...{ tags: tags.filter(([tag]) => !empty.includes(tag)), without: [1003, ...empty] },
    ...(signature ? { signature: [[268, 'binary', signature]] } : {}),
  });
}

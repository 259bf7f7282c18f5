// SPDX-License-Identifier: Apache-2.0
import type { Artifact, ReleaseIdentity } from '../artifacts.ts';
import { licenseWords } from '../spdx.ts';
import type { BasePackage } from './base.ts';

/**
 * `share/NOTICE`: under which licence each part of the install bundle is, and where its sources are, as the GPL wants it said
 * to everybody who gets a copy.
 */
export function makeNotice(identity: ReleaseIdentity, artifacts: Artifact[], base: BasePackage[]): string {
  const { version, repository, commit } = identity;
  const place =
    repository === undefined ? '' : ` of ${repository}${commit === undefined ? '' : ` at commit ${commit}`}`;
  const sources = new Map(artifacts.map(({ source }) => [source.digest, source]));
  const lines = [
    `ovnfast-node ${version}`,
    '',
    'bin/ovnfast-node: Apache-2.0 (share/licenses/Apache-2.0.txt), https://github.com/ovnfast/build',
    '',
    'modules/: each file says its licence itself; where that is the GPL, its text is share/licenses/GPL-2.0.txt.',
    ...artifacts.map(
      (artifact) => `  ${artifact.name}: ${oneLine(licenseWords(artifact.product) ?? 'as its sources')}`,
    ),
    `Their sources are the directories${place}`,
    ...[...sources.values()].map(({ name, digest }) => `  ${name} (${digest})`),
    'and everything that they were built with is named, with digests, in the manifests beside them.',
    ...(base.length > 0 ? ['', ...baseLines(base)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function baseLines(base: BasePackage[]): string[] {
  return [
    'The container image has besides, unchanged, files of these packages, with their licences in usr/share/doc/*/copyright and',
    'usr/share/common-licenses. busybox is under the GPL 2, the C library in it under the LGPL 2.1. Their sources are:',
    ...base.flatMap(({ name, version, url, sources }) => [
      `  ${name} ${version} (${url})`,
      ...sources.map(({ name, version, url }) => `    ${name} ${version}${url === undefined ? '' : `, ${url}`}`),
    ]),
  ];
}

/** What a module says of itself may be any text. */
function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ');
}

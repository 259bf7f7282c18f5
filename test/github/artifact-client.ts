// SPDX-License-Identifier: Apache-2.0
//
// GitHub's own client of artifacts, as actions/upload-artifact and actions/download-artifact use it, in a process of its own,
// as it reads the environment and prints what it does.
//   upload NAME ROOT FILE...    download PATTERN DIRECTORY (`name`, or `name*`: each in a directory of its own)
import { join } from 'node:path';
import { DefaultArtifactClient } from '@actions/artifact';

const [command, name = '', place = '', ...files] = process.argv.slice(2);
const client = new DefaultArtifactClient();
if (command === 'upload') await client.uploadArtifact(name, files, place);
else {
  const isPattern = name.endsWith('*');
  const { artifacts } = await client.listArtifacts();
  const wanted = artifacts.filter((one) => (isPattern ? one.name.startsWith(name.slice(0, -1)) : one.name === name));
  if (!isPattern && wanted.length !== 1) throw new Error(`no artifact ${name}`);
  for (const one of wanted) await client.downloadArtifact(one.id, { path: isPattern ? join(place, one.name) : place });
}

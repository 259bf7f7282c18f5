// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { DefaultArtifactClient } from '@actions/artifact';
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { ANSWER, type ToolkitAnswer, type ToolkitRequest } from './toolkit.ts';

// The process that talks to GitHub's services with GitHub's own clients, which print, start programs and cannot be interrupted.

const request = JSON.parse(await text(process.stdin)) as ToolkitRequest;

async function answer(): Promise<ToolkitAnswer> {
  if (request.kind === 'upload') {
    const { name, files, root, retentionDays } = request;
    const options = retentionDays === undefined ? {} : { retentionDays };
    const { id, size, digest } = await new DefaultArtifactClient().uploadArtifact(name, files, root, options);
    if (id === undefined) throw new Error('the service gave the artifact no number');
    return { id: String(id), size: size ?? 0, digest: digest ?? '' };
  }
  if (!isFeatureAvailable()) return { unavailable: true };
  // Relative to this very directory on every machine: the service finds an entry by its key and by what its paths are called.
  if (request.kind === 'save') return { saved: (await saveCache([request.path], request.key)) >= 0 };
  // The first key would have to be whole; all of ours are beginnings.
  const [first = ''] = request.keys;
  const restored = await restoreCache([request.path], first, request.keys);
  return restored === undefined ? {} : { restored };
}

const said = await answer().catch((error: Error): ToolkitAnswer => ({ failure: error.message }));
writeSync(ANSWER, JSON.stringify(said));
// Connections that the clients keep open are nobody's reason to wait.
process.exit();

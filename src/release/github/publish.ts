// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError, InputError } from '../../errors.ts';
import { digestBytes } from '../../host/digest.ts';
import { hasStatus } from './client.ts';
import {
  type Asset,
  assetSchema,
  compareReleased,
  differencesOf,
  findReleases,
  type GitHubRelease,
  isSame,
  type LateFile,
  list,
  listAssets,
  type Place,
  type ReleaseFile,
  read,
  readAsset,
  releaseSchema,
} from './existing.ts';

export type PublishOptions = Place & {
  /** Base address of the API. */
  api: string;
  /** What the tag is made at when there is none yet. */
  commit?: string;
  title: string;
  notes: string;
  /** Leave it a draft. */
  draft: boolean;
  prerelease: boolean;
  directory: string;
  files: ReleaseFile[];
  /** Made when all others are there, unless one that will do is there already. */
  late?: LateFile;
  signal: AbortSignal;
  /** Told what happens. */
  note: (message: string) => void;
};

export type Published = {
  /** `unchanged`: it was there already, and is the same. */
  state: 'published' | 'draft' | 'unchanged';
  url: string;
  /** Nobody can change it any more. */
  immutable: boolean;
  /** Files that were uploaded by this. */
  uploaded: number;
  /** Files that were there already. */
  kept: number;
};

/**
 * Publishes the files of a directory as a release: a draft first, all files, then the release. A draft of that tag that an
 * interrupted run has left is taken up: files of equal digest are kept, others replaced. A release of that tag that is the same is
 * left alone. Throws InputError for one that differs and for what GitHub refuses, EnvironmentError when GitHub cannot
 * be reached, the signal's reason when interrupted, with the draft left for the next run.
 */
export async function publish(options: PublishOptions): Promise<Published> {
  const { note, signal } = options;
  const { released, drafts } = await findReleases(options);
  if (released) {
    const { files, late } = options;
    const immutable = await compareReleased(released, options);
    const kept = files.length + (late ? 1 : 0);
    return { state: 'unchanged', url: released.html_url, immutable, uploaded: 0, kept };
  }
  const draft = drafts[0] ?? (await createDraft(options));
  try {
    return await complete(draft, drafts.length > 0, options);
  } catch (error) {
    if (signal.aborted) note(`the draft is left at ${draft.html_url}; run the same again to go on with it`);
    throw error;
  }
}

async function complete(draft: GitHubRelease, isOld: boolean, options: PublishOptions): Promise<Published> {
  const { late, draft: staysDraft, note } = options;
  const assets = new Map((await listAssets(draft, options)).map((asset) => [asset.name, asset]));
  if (isOld) note(`taking up the draft at ${draft.html_url}`);
  const names = new Set(options.files.map(({ name }) => name).concat(late?.name ?? []));
  const foreign = [...assets.keys()].filter((name) => !names.has(name));
  if (foreign.length > 0) {
    throw new InputError(`the draft has files that are not of this release: ${list(foreign)}`, {
      where: draft.html_url,
      remedy: 'Remove them there, or the draft, and run the same again.',
    });
  }
  let uploaded = 0;
  const ensure = async (file: ReleaseFile) => {
    if (await ensureAsset(draft, file, assets.get(file.name), options)) uploaded += 1;
  };
  for (const file of options.files) await ensure(file);
  const files = [...options.files];
  if (late) {
    const there = assets.get(late.name);
    const content = there && (await readAsset(there, options));
    const file = (content && (await late.take(content))) || (await late.make());
    await ensure(file);
    files.push(file);
  }
  const differences = differencesOf(await listAssets(draft, options), files);
  if (differences.length > 0) {
    throw new EnvironmentError(`the draft is not complete: ${list(differences)}`, {
      where: draft.html_url,
      remedy: 'Somebody else may be at work on it. Run the same again.',
    });
  }
  const release = await finish(draft, options);
  return {
    state: staysDraft ? 'draft' : 'published',
    url: release.html_url,
    immutable: release.immutable ?? false,
    uploaded,
    kept: files.length - uploaded,
  };
}

async function createDraft(options: PublishOptions): Promise<GitHubRelease> {
  const { github, owner, repo, tag } = options;
  return await github.attempt(`making a draft of ${tag}`, async (failures) => {
    // What failed may have made one all the same.
    const [made] = failures > 0 ? (await findReleases(options)).drafts : [];
    if (made) return made;
    const { data } = await github.call('POST /repos/{owner}/{repo}/releases', {
      owner,
      repo,
      ...fieldsOf(options),
      draft: true,
    });
    return read(releaseSchema, data);
  });
}

function fieldsOf({ tag, commit, title, notes, prerelease }: PublishOptions) {
  return { tag_name: tag, ...(commit ? { target_commitish: commit } : {}), name: title, body: notes, prerelease };
}

/** Sees to it that the draft has the file, whole. Returns whether it was uploaded. */
async function ensureAsset(
  draft: GitHubRelease,
  file: ReleaseFile,
  found: Asset | undefined,
  options: PublishOptions,
): Promise<boolean> {
  const { github, owner, repo, directory, note } = options;
  if (found && isSame(found, file)) return false;
  const content = await readFile(join(directory, file.name));
  if (digestBytes(content) !== file.sha256) {
    throw new InputError('has changed since it was made', { where: join(directory, file.name) });
  }
  note(`uploading ${file.name}`);
  return await github.attempt(`uploading ${file.name}`, async (failures) => {
    const known = failures > 0 ? (await listAssets(draft, options)).find(({ name }) => name === file.name) : found;
    if (known && isSame(known, file)) return true;
    if (known) await removeAsset(known, options);
    const { data } = await github.call(`POST ${uploadAddress(draft.upload_url, options.api)}`, {
      ...{ owner, repo, name: file.name, data: content },
      headers: { 'content-type': 'application/octet-stream', 'content-length': content.length },
    });
    const asset = read(assetSchema, data);
    if (isSame(asset, file)) return true;
    throw new EnvironmentError(
      `GitHub has ${describe(asset)} of ${file.name}, which is ${describe({ ...file, digest: `sha256:${file.sha256}` })}`,
      {
        remedy: 'Run the same again: it is replaced.',
      },
    );
  });
}

async function removeAsset({ id }: Asset, { github, owner, repo }: PublishOptions): Promise<void> {
  try {
    await github.call('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', { owner, repo, asset_id: id });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

/**
 * Where files go, of the address that GitHub names. The token goes there, too, so that it has to be a place of the same GitHub: the
 * host of the API, or `uploads.` in place of its `api.`. Throws EnvironmentError for another.
 */
export function uploadAddress(address: string, api: string): string {
  const [plain = ''] = address.split('{', 1);
  const [upload, base] = [URL.canParse(plain) ? new URL(plain) : undefined, new URL(api)];
  const isNear = upload?.host === base.host || upload?.host === base.host.replace(/^api\./, 'uploads.');
  if (upload?.protocol === base.protocol && isNear) return `${plain}{?name}`;
  throw new EnvironmentError(`GitHub names an address for files that is not its own: ${plain.slice(0, 200)}`);
}

async function finish(draft: GitHubRelease, options: PublishOptions): Promise<GitHubRelease> {
  const { github, owner, repo, tag, draft: staysDraft } = options;
  const place = { owner, repo, release_id: draft.id };
  return await github.attempt(`publishing ${tag}`, async (failures) => {
    if (failures > 0) {
      const known = read(
        releaseSchema,
        (await github.call('GET /repos/{owner}/{repo}/releases/{release_id}', place)).data,
      );
      // It was done, and an immutable release cannot be asked for it twice.
      if (!known.draft) return known;
    }
    const fields = { ...fieldsOf(options), draft: staysDraft };
    const { data } = await github.call('PATCH /repos/{owner}/{repo}/releases/{release_id}', { ...place, ...fields });
    return read(releaseSchema, data);
  });
}

function describe({ size, digest }: { size: number; digest?: string | null | undefined }): string {
  return `${size} bytes${digest ? ` (${digest})` : ''}`;
}

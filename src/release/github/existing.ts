// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { EnvironmentError, InputError } from '../../errors.ts';
import { digestBytes } from '../../host/digest.ts';
import { type GitHub, hasStatus } from './client.ts';

/** A file that is to be at the release. */
export type ReleaseFile = { name: string; sha256: string; size: number };

/** A file that is another one each time it is made, and public once it is: one that is there and will do is taken. */
export type LateFile = {
  name: string;
  /** Puts one that is there into the directory and describes it; undefined when it will not do. */
  take(content: Buffer): Promise<ReleaseFile | undefined>;
  /** Makes one in the directory. */
  make(): Promise<ReleaseFile>;
};

/** A release of a repository. */
export type Place = { github: GitHub; owner: string; repo: string; tag: string };

export const assetSchema = z.object({
  id: z.int(),
  name: z.string(),
  state: z.string(),
  size: z.int(),
  /** GitHub has it of what was uploaded in 2025 and later. */
  digest: z.string().nullish(),
});
export const releaseSchema = z.object({
  id: z.int(),
  tag_name: z.string(),
  draft: z.boolean(),
  immutable: z.boolean().optional(),
  html_url: z.string(),
  upload_url: z.string(),
});
export type Asset = z.infer<typeof assetSchema>;
export type GitHubRelease = z.infer<typeof releaseSchema>;

const PAGE = 100;
/** GitHub lists 10,000 releases, and 1,000 files of one. */
const MAXIMUM_PAGES = 100;
const DIFFERENCES_SHOWN = 5;
/** Of a file that is read back. GitHub takes attestations of 16 MB. */
const MAXIMUM_READ = 32 * 2 ** 20;

/**
 * All releases of the tag. Drafts are found by no tag, only in the list, and only by who may write. Throws InputError when
 * there are several drafts, and as GitHub.attempt.
 */
export async function findReleases(place: Place): Promise<{ released?: GitHubRelease; drafts: GitHubRelease[] }> {
  const { github, owner, repo, tag } = place;
  const what = `looking for a release of ${tag}`;
  const all = await pages(place, what, 'GET /repos/{owner}/{repo}/releases', {}, releaseSchema);
  const own = all.filter((one) => one.tag_name === tag);
  const drafts = own.filter(({ draft }) => draft);
  if (drafts.length > 1) {
    throw new InputError(`there are ${drafts.length} drafts of ${tag}`, {
      where: drafts.map(({ html_url }) => html_url).join(', '),
      remedy: 'Remove all but one, or all.',
    });
  }
  const listed = own.find(({ draft }) => !draft);
  if (listed) return { released: listed, drafts };
  // Beyond what is listed.
  const released = await github.attempt(what, async () => {
    try {
      const { data } = await github.call('GET /repos/{owner}/{repo}/releases/tags/{tag}', { owner, repo, tag });
      return read(releaseSchema, data);
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  });
  return { ...(released ? { released } : {}), drafts };
}

/**
 * Holds a release that is published against what is to be published. Returns whether it is immutable; throws InputError
 * when it is another one.
 */
export async function compareReleased(
  released: GitHubRelease,
  options: Place & { files: ReleaseFile[]; late?: LateFile },
): Promise<boolean> {
  const { files, late, tag } = options;
  const assets = await listAssets(released, options);
  const immutable = released.immutable ?? false;
  const differences = differencesOf(
    assets.filter(({ name }) => name !== late?.name),
    files,
  );
  if (late && differences.length === 0) {
    const there = assets.find(({ name }) => name === late.name);
    if (!there) differences.push(`${late.name} is missing`);
    else if (!(await late.take(await readAsset(there, options)))) differences.push(`${late.name} is of other files`);
  }
  if (differences.length === 0) return immutable;
  throw new InputError(`there is another release of ${tag}: ${list(differences)}`, {
    where: released.html_url,
    remedy: immutable
      ? 'It is immutable: neither it nor its tag can be used again. Release under a new tag.'
      : 'What was published is not changed by this: release under a new tag, or remove that release first.',
  });
}

/** The files of a release. Throws as GitHub.attempt. */
export async function listAssets({ id }: GitHubRelease, place: Place): Promise<Asset[]> {
  const route = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
  return await pages(place, 'looking at the files of the release', route, { release_id: id }, assetSchema);
}

async function pages<T extends z.ZodType>(
  { github, owner, repo }: Place,
  what: string,
  route: string,
  parameters: Record<string, unknown>,
  schema: T,
): Promise<z.output<T>[]> {
  const all: z.output<T>[] = [];
  for (let page = 1; page <= MAXIMUM_PAGES; page++) {
    const { data } = await github.ask(what, route, { owner, repo, ...parameters, per_page: PAGE, page });
    const items = read(z.array(schema), data);
    all.push(...items);
    if (items.length < PAGE) break;
  }
  return all;
}

/**
 * The content of a file of a release; nothing of one that is not whole, or too large. Throws EnvironmentError when what comes
 * is not what GitHub said, and as GitHub.attempt.
 */
export async function readAsset({ id, name, state, size, digest }: Asset, place: Place): Promise<Buffer> {
  const { github, owner, repo } = place;
  if (state !== 'uploaded' || size > MAXIMUM_READ) return Buffer.alloc(0);
  const { data } = await github.ask(`reading ${name}`, 'GET /repos/{owner}/{repo}/releases/assets/{asset_id}', {
    ...{ owner, repo, asset_id: id },
    headers: { accept: 'application/octet-stream' },
  });
  const content = data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.alloc(0);
  if (content.length === size && (!digest || digest === `sha256:${digestBytes(content)}`)) return content;
  throw new EnvironmentError(`GitHub gives ${content.length} bytes of ${name} that are not the ${size} it has`, {
    remedy: 'Run the same again.',
  });
}

/** An answer as we need it. Throws EnvironmentError for another. */
export function read<T extends z.ZodType>(schema: T, data: unknown): z.output<T> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new EnvironmentError(
    `GitHub's answer is not understood: ${issue?.path.map(String).join('.')}: ${issue?.message}`,
  );
}

/** Whether GitHub has the very file. */
export function isSame({ state, size, digest }: Asset, file: ReleaseFile): boolean {
  return state === 'uploaded' && size === file.size && digest === `sha256:${file.sha256}`;
}

/** In what the files of a release are not those wanted, in words. */
export function differencesOf(assets: Asset[], files: ReleaseFile[]): string[] {
  const there = new Map(assets.map((asset) => [asset.name, asset]));
  const wanted = new Set(files.map(({ name }) => name));
  return [
    ...files.flatMap((file) => {
      const asset = there.get(file.name);
      if (!asset) return [`${file.name} is missing`];
      if (isSame(asset, file)) return [];
      return [asset.digest ? `${file.name} differs` : `of ${file.name} GitHub has no digest`];
    }),
    ...assets.filter(({ name }) => !wanted.has(name)).map(({ name }) => `${name} is not of this release`),
  ];
}

/** Some of them, and how many more. */
export function list(items: string[]): string {
  const more = items.length - DIFFERENCES_SHOWN;
  return `${items.slice(0, DIFFERENCES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

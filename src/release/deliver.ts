// SPDX-License-Identifier: Apache-2.0
import type { ProxySettings } from '../packages/transport.ts';
import type { Release } from './assemble.ts';
import { attestation, checkIdentity } from './attest.ts';
import { GitHub } from './github/client.ts';
import { type Published, publish } from './github/publish.ts';
import type { Mistakes } from './mistakes.ts';
import { parseRepository } from './origin.ts';

type Environment = Record<string, string | undefined>;

/** A repository on GitHub, and what may write to it. */
export type Destination = { owner: string; repo: string; api: string; token: string };

/** What is to become of a release that is made. */
export type Wishes = { publish: boolean; attest: boolean; draft: boolean; prerelease: boolean };

export type Delivery = Wishes & {
  destination: Destination;
  toolVersion: string;
  environment: Environment;
  proxy: ProxySettings;
  signal: AbortSignal;
  /** Told what happens. */
  note: (message: string) => void;
};

const PUBLIC_API = 'https://api.github.com';

/**
 * Where a release is to go, before anything is begun; undefined when it stays here. What is missing for it is noted, with what is to
 * be done about it by those who give a repository and a token in the ways named.
 */
export async function findDestination(
  wishes: Wishes & { repository: string | undefined; token: string | undefined },
  environment: Environment,
  mistakes: Mistakes,
  called: { repository: string; token: string },
): Promise<Destination | undefined> {
  const { repository, token } = wishes;
  if (!wishes.publish && !wishes.attest) return undefined;
  const place = repository ? await mistakes.catch(async () => parseRepository(repository)) : undefined;
  const what = wishes.publish ? 'publish' : 'attest';
  if (!repository) {
    mistakes.add(`to ${what}, the repository has to be known`, { remedy: called.repository });
  }
  if (!token) mistakes.add(`there is no token to ${what} with`, { remedy: called.token });
  if (wishes.attest) await mistakes.catch(async () => checkIdentity(environment));
  return place && token ? { ...place, token, api: environment.GITHUB_API_URL || PUBLIC_API } : undefined;
}

/**
 * Publishes a release, attests it, or both; undefined when it is not published. The attestation is then in its directory, too.
 * Throws as `publish` and the functions of `attestation`.
 */
export async function deliver(release: Release, delivery: Delivery): Promise<Published | undefined> {
  const { destination, proxy, signal, note, environment } = delivery;
  const { api, token, owner, repo } = destination;
  const { tag, commit, notes, directory, files } = release;
  const userAgent = `ovnfast/${delivery.toolVersion}`;
  await using github = new GitHub({ api, token, userAgent, proxy, signal, note });
  const late = attestation({ github, owner, repo, release, environment, signal, note });
  if (delivery.publish) {
    return await publish({
      ...{ github, api, owner, repo, tag, title: tag, notes, directory, files, signal, note },
      ...(commit === undefined ? {} : { commit }),
      ...(delivery.attest ? { late } : {}),
      draft: delivery.draft,
      prerelease: delivery.prerelease,
    });
  }
  if (delivery.attest) await late.make();
  return undefined;
}

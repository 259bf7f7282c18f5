// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Edge } from '../commands/edge.ts';
import { proxySettings } from '../commands/workshop.ts';
import { InputError } from '../errors.ts';
import { TemporaryDirectory } from '../host/files.ts';
import { isPem } from '../kbuild/certificate.ts';
import { assemble } from '../release/assemble.ts';
import { deliver, findDestination } from '../release/deliver.ts';
import type { Published } from '../release/github/publish.ts';
import { Mistakes } from '../release/mistakes.ts';
import { versionOf } from '../release/names.ts';
import type { ImageBase } from '../release/node/base.ts';
import { imageRepository } from '../release/node/image.ts';
import { addressOf } from '../release/origin.ts';
import { openSigner, type Signer } from '../release/sign.ts';
import { isTokenKey } from '../release/token.ts';
import type { ReleaseInputs } from './inputs.ts';

/** What a run has left that passed. */
export type PassedRun = {
  /** Its output directory. */
  out: string;
  /** Where the sources of its modules are. */
  moduleDirectories: string[];
  /** What the container image is made on. */
  imageBase: () => Promise<ImageBase>;
  /** Told what happens. */
  note: (message: string) => void;
};

/** How the inputs are called, for what is told. */
const CALLED = {
  keyText: 'signing-key',
  pin: 'the input signing-passphrase',
  certificate: 'the input signing-certificate',
  repository: 'GITHUB_REPOSITORY names it in a job of GitHub.',
  token: 'Leave the input token out, or give it one that may write to the contents of the repository.',
};

/** Looks at what a release needs, before anything is built. What is wrong goes to `mistakes`. */
export async function checkRelease(release: ReleaseInputs, edge: Edge, mistakes: Mistakes): Promise<void> {
  await mistakes.catch(async () => versionOf(release.tag));
  const signer = await mistakes.catch(async () => signing(release, edge));
  if (signer) await mistakes.catch(signer);
  await destinationOf(release, edge, mistakes);
}

/**
 * Makes a release of a run that has passed: signs, attests and publishes it as the inputs say. Its files are made below the
 * directory of the runner for such things, as `out` is of the run alone. Throws InputError, EnvironmentError or the signal's reason.
 */
export async function releaseRun(release: ReleaseInputs, edge: Edge, run: PassedRun): Promise<Published> {
  const { environment, signal } = edge;
  const mistakes = new Mistakes();
  const signer = signing(release, edge);
  const destination = await destinationOf(release, edge, mistakes);
  mistakes.throwAny();
  if (!destination) throw new InputError('there is nowhere to publish the release', { remedy: CALLED.repository });
  const repository = addressOf(destination, environment);
  await using scratch = await TemporaryDirectory.create(environment.RUNNER_TEMP || edge.cache, 'ovnfast-release-');
  const made = await assemble({
    ...{ directories: [run.out], tag: release.tag, repository, root: edge.root },
    ...{ moduleDirectories: run.moduleDirectories, allowFailed: false, out: join(scratch.path, 'release') },
    ...{ toolVersion: packageJson.version, environment, signal },
    ...(signer ? { openSigner: signer } : {}),
    image: { base: run.imageBase, repository: imageRepository(undefined, repository) },
  });
  const published = await deliver(made, {
    ...{ destination, environment, signal, ...wishesOf(release), note: run.note },
    ...{ toolVersion: packageJson.version, proxy: proxySettings(environment) },
  });
  if (!published) throw new Error('a release that was to be published was not');
  return published;
}

function wishesOf({ draft, prerelease, attest }: ReleaseInputs) {
  return { publish: true, attest, draft, prerelease };
}

function destinationOf(release: ReleaseInputs, { environment }: Edge, mistakes: Mistakes) {
  const wishes = { ...wishesOf(release), repository: environment.GITHUB_REPOSITORY, token: release.token };
  return findDestination(wishes, environment, mistakes, CALLED);
}

function signing(release: ReleaseInputs, edge: Edge): (() => Promise<Signer>) | undefined {
  const { signingKey: key, signingCertificate: certificate, signingPassphrase: pin } = release;
  if (key === undefined) {
    if (certificate === undefined) return undefined;
    throw new InputError('there is the input signing-certificate, and none of signing-key', {
      remedy: 'Give the key from a secret as signing-key, or leave both out.',
    });
  }
  if (certificate === undefined) {
    throw new InputError('there is the input signing-key, and none of signing-certificate', {
      remedy: 'Give the certificate that the kernels trust, or its path, as signing-certificate.',
    });
  }
  if (!isTokenKey(key) && !isPem(key)) {
    throw new InputError('the input signing-key is neither a private key in PEM nor a PKCS#11 URI', {
      remedy: 'Give the text of the key from a secret: a file in the workspace would be in the repository.',
    });
  }
  return () =>
    openSigner({
      ...(isTokenKey(key) ? { key } : { keyText: key }),
      ...(pin === undefined ? {} : { pin }),
      certificate: isPem(certificate) ? certificate : resolve(edge.workingDirectory, certificate),
      ...{ hash: 'sha256', environment: edge.environment, called: CALLED },
    });
}

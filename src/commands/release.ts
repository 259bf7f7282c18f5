// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { ExplainedError, InputError } from '../errors.ts';
import { isPem } from '../kbuild/certificate.ts';
import type { SignatureHash } from '../kbuild/cms.ts';
import { matchKernel } from '../kbuild/inspect.ts';
import { compareReleases } from '../matrix/releases.ts';
import { labelOf } from '../matrix/targets.ts';
import { assemble, type Judge, type Release } from '../release/assemble.ts';
import { type Destination, deliver, findDestination, type Wishes } from '../release/deliver.ts';
import { Mistakes } from '../release/mistakes.ts';
import { ATTESTATION } from '../release/names.ts';
import type { ImageBase } from '../release/node/base.ts';
import { imageRepository } from '../release/node/image.ts';
import { addressOf, parseRepository } from '../release/origin.ts';
import { openSigner, type Signer } from '../release/sign.ts';
import { isTokenKey } from '../release/token.ts';
import { byteSize, counted } from '../report/text.ts';
import { Workshop } from '../workshop.ts';
import type { Edge } from './edge.ts';
import { fetchImageBase } from './image-base.ts';
import { watchOnStderr } from './listener.ts';
import { ownModules } from './run.ts';
import { type FetchFlags, proxySettings, workshopOptions } from './workshop.ts';

export type ReleaseFlags = FetchFlags & {
  tag: string;
  out: string;
  module?: string[];
  repo?: string;
  allowFailed?: boolean;
  fits?: string[];
  signKey?: string;
  signCertificate?: string;
  signHash?: SignatureHash;
  publish?: boolean;
  draft?: boolean;
  prerelease?: boolean;
  attest?: boolean;
  /** Name of the container image; false: none. */
  image?: string | false;
  json?: boolean;
};

const CALLED = {
  repository: 'Name it: --repo OWNER/NAME.',
  token: 'Put one that may write to the contents of the repository into the environment as GITHUB_TOKEN.',
};

/** `ovnfast release DIR...`: makes the directory of a release from what runs have left, and publishes and attests it when asked to. */
export async function runRelease(edge: Edge, flags: ReleaseFlags, directories: string[]): Promise<number> {
  const { environment, signal, workingDirectory } = edge;
  const name = flags.repo ?? environment.GITHUB_REPOSITORY;
  const repository = name === undefined ? undefined : parseRepository(name);
  const signer = signing(edge, flags);
  const address = repository && addressOf(repository, environment);
  const image = flags.image === false ? undefined : imageRepository(flags.image, address);
  const destination = await destinationOf(edge, flags, name);
  const release = await assemble({
    directories: (directories.length > 0 ? directories : ['out']).map((one) => resolve(workingDirectory, one)),
    tag: flags.tag,
    ...(address === undefined ? {} : { repository: address }),
    moduleDirectories: await sourceDirectories(edge, flags.module),
    allowFailed: flags.allowFailed ?? false,
    out: resolve(workingDirectory, flags.out),
    toolVersion: packageJson.version,
    environment,
    ...(signer ? { openSigner: signer } : {}),
    ...(flags.fits ? { judge: judgeOf(edge, flags, flags.fits) } : {}),
    ...(image === undefined ? {} : { image: { repository: image, base: () => baseOf(edge, flags) } }),
    root: edge.root,
    signal,
  });
  for (const { status, ...target } of release.leftOut) {
    edge.stderr.write(`not released: ${labelOf(target)}${target.subject ? `, ${target.subject}` : ''} (${status})\n`);
  }
  // Said before anything is sent, as that may take a while.
  if (!flags.json) edge.stdout.write(text(release, flags.out));
  const published =
    destination &&
    (await deliver(release, {
      ...{ destination, environment, signal, ...wishesOf(flags) },
      ...{ toolVersion: packageJson.version, proxy: proxySettings(environment) },
      note: (message) => edge.stderr.write(`${message}\n`),
    }));
  const attested = flags.attest ? join(flags.out, ATTESTATION) : undefined;
  if (flags.json) {
    const more = { ...(attested ? { attested } : {}), ...(published ? { published } : {}) };
    edge.stdout.write(`${JSON.stringify({ ...outcome(release), ...more }, null, 2)}\n`);
  } else {
    if (attested) edge.stdout.write(`attested: ${attested}\n`);
    if (published) edge.stdout.write(`${published.state}: ${published.url}\n`);
  }
  return 0;
}

function wishesOf({ publish = false, attest = false, draft = false, prerelease = false }: ReleaseFlags): Wishes {
  return { publish, attest, draft, prerelease };
}

/** Where it goes, if anywhere; what is missing for it is told before anything is begun. */
async function destinationOf(
  { environment }: Edge,
  flags: ReleaseFlags,
  repository: string | undefined,
): Promise<Destination | undefined> {
  const mistakes = new Mistakes();
  const { draft, prerelease, publish } = flags;
  if (!publish && (draft || prerelease)) mistakes.add(`--${draft ? 'draft' : 'prerelease'} goes with --publish`);
  const wishes = { ...wishesOf(flags), repository, token: environment.GITHUB_TOKEN };
  const destination = await findDestination(wishes, environment, mistakes, CALLED);
  mistakes.throwAny();
  return destination;
}

async function baseOf(edge: Edge, flags: ReleaseFlags): Promise<ImageBase> {
  using view = watchOnStderr(edge);
  return await fetchImageBase(edge, flags, view.emit);
}

/** Those that were named, or all that come with the tool. */
async function sourceDirectories(edge: Edge, named: string[] | undefined): Promise<string[]> {
  return named?.map((directory) => resolve(edge.workingDirectory, directory)) ?? (await ownModules(edge));
}

/** The key comes from the environment or from a file or token that is named; itself it is never an argument. */
function signing({ environment, workingDirectory }: Edge, flags: ReleaseFlags): (() => Promise<Signer>) | undefined {
  const { signCertificate, signHash } = flags;
  const given = environment.OVNFAST_SIGNING_KEY || undefined;
  const keyText = isTokenKey(given) ? undefined : given;
  const signKey = flags.signKey ?? (isTokenKey(given) ? given : undefined);
  if (signKey === undefined && keyText === undefined) {
    if (signCertificate === undefined) return undefined;
    throw new InputError('there is a certificate and no key to sign with', {
      remedy: 'Name the key with --sign-key, or put it into the environment as OVNFAST_SIGNING_KEY.',
    });
  }
  if (signCertificate === undefined) {
    throw new InputError('there is a key to sign with and no certificate', {
      remedy: 'Name the certificate that the kernels trust with --sign-certificate.',
    });
  }
  if (signKey !== undefined && isPem(signKey)) {
    throw new InputError('--sign-key is a path or a PKCS#11 URI: the key itself could be read by everybody here', {
      remedy: 'Put the key into the environment as OVNFAST_SIGNING_KEY.',
    });
  }
  const pin = environment.KBUILD_SIGN_PIN || undefined;
  const key = signKey === undefined || isTokenKey(signKey) ? signKey : resolve(workingDirectory, signKey);
  return () =>
    openSigner({
      ...(key === undefined ? {} : { key }),
      ...(keyText === undefined ? {} : { keyText }),
      ...(pin === undefined ? {} : { pin }),
      certificate: isPem(signCertificate) ? signCertificate : resolve(workingDirectory, signCertificate),
      hash: signHash ?? 'sha256',
      environment,
    });
}

/** Holds modules against kernels of the matrix by symbol versions, each against the newest of its own distribution that fits. */
function judgeOf(edge: Edge, flags: ReleaseFlags, patterns: string[]): Judge {
  return async (modules) => {
    using view = watchOnStderr(edge);
    await using workshop = await Workshop.open(workshopOptions(edge, flags, view.emit));
    const targets = await workshop.targets({ patterns, builds: false, boots: false });
    const settled = await Promise.allSettled(
      targets.map(async (target) => {
        const kernel = await workshop.kernelInterface(target);
        view.emit({ type: 'ready', target: labelOf(target) });
        const own = modules.filter(({ id }) => id === target.id);
        const fitting = own
          .sort((a, b) => compareReleases(b.name, a.name))
          .find(({ module }) => matchKernel(module, kernel).fits);
        const { id, kernel: release, arch, distribution } = target;
        return fitting
          ? [
              {
                id,
                kernel: release,
                arch,
                title: distribution.title,
                files: [fitting.name],
                basis: 'versions' as const,
                status: 'skip' as const,
                suites: [],
              },
            ]
          : [];
      }),
    );
    view.close();
    return settled.flatMap((result, index) => {
      if (result.status === 'fulfilled') return result.value;
      const { reason } = result;
      // One of several that cannot be had is no reason to say nothing of the others; one that was named by itself is.
      const target = targets[index];
      if (!target || target.pinned || edge.signal.aborted || !(reason instanceof ExplainedError)) throw reason;
      edge.stderr.write(`not judged: ${labelOf(target)}: ${reason.message}\n`);
      return [];
    });
  };
}

function outcome({ tag, version, commit, directory, files, provenance, image, leftOut }: Release) {
  const { subject, predicateType, predicate } = provenance;
  return {
    ...{ tag, version, ...(commit === undefined ? {} : { commit }), directory, files },
    ...(image ? { image } : {}),
    attestation: { subjects: subject, predicateType, predicate },
    leftOut: leftOut.map(({ id, kernel, status, reason }) => ({ id, kernel, status, ...(reason ? { reason } : {}) })),
  };
}

function text({ files, tag, index }: Release, out: string): string {
  const lines = files.map(({ name, size }) => `  ${name}  ${byteSize(size)}`);
  // A module each.
  const kernels = counted(new Set(index.kernels.map(labelOf)).size, 'kernel release');
  return `${tag}: ${counted(files.length, 'file')} for ${kernels} in ${out}\n${lines.join('\n')}\n`;
}

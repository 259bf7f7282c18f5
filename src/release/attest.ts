// SPDX-License-Identifier: Apache-2.0
import { verify, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { EnvironmentError, InputError } from '../errors.ts';
import { digestBytes } from '../host/digest.ts';
import { writeAtomic } from '../host/files.ts';
import { workerFile } from '../host/paths.ts';
import { oneLine } from '../report/text.ts';
import type { Release } from './assemble.ts';
import type { Reply } from './attest-worker.ts';
import type { GitHub } from './github/client.ts';
import type { LateFile, ReleaseFile } from './github/existing.ts';
import { ATTESTATION } from './names.ts';
import type { Provenance } from './provenance.ts';

type Environment = Record<string, string | undefined>;

export type AttestationOptions = {
  github: GitHub;
  owner: string;
  repo: string;
  release: Pick<Release, 'directory' | 'provenance'>;
  /** That of the job: GitHub names in it whom to ask for an identity, and what proxies there are. */
  environment: Environment;
  signal: AbortSignal;
  /** Told what happens. */
  note: (message: string) => void;
};

// Both as of actions/attest, for which GitHub documents them.
const MAXIMUM_SUBJECTS = 1024;
const MAXIMUM_PREDICATE = 16 * 2 ** 20;
/** Sigstore's three services are each given 10 s four times by the library. */
const LONGEST_MS = 300_000;
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const PERMISSIONS =
  'Give the job `permissions: id-token: write, attestations: write`; a pull request from a fork has neither.';

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));
/** What we need of a Sigstore bundle: https://docs.sigstore.dev/about/bundle/ */
const bundleSchema = z.object({
  mediaType: z.string().startsWith('application/vnd.dev.sigstore.bundle'),
  verificationMaterial: z.object({ certificate: z.object({ rawBytes: base64 }) }),
  dsseEnvelope: z.object({
    payload: base64,
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.array(z.object({ sig: base64 })).length(1),
  }),
});

/** Throws InputError when the job has no identity that an attestation could be signed with. */
export function checkIdentity(environment: Environment): void {
  if (environment.ACTIONS_ID_TOKEN_REQUEST_URL && environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN) return;
  const isJob = environment.GITHUB_ACTIONS === 'true';
  throw new InputError(
    isJob ? 'GitHub gives this job no identity to attest with' : 'only a job on GitHub has an identity to attest with',
    { remedy: isJob ? PERMISSIONS : 'Leave the attestation out: provenance.json says the same, unsigned.' },
  );
}

/**
 * The attestation of a release: its provenance as a Sigstore bundle, which GitHub is told of, too. Each is another one, and
 * public for ever, so that one of the same statement is taken where it is found: in the directory, or at GitHub.
 * Its functions throw InputError for what GitHub or Sigstore refuse, EnvironmentError when they fail, the signal's reason.
 */
export function attestation(options: AttestationOptions): LateFile {
  const { release, note } = options;
  const path = join(release.directory, ATTESTATION);
  const keep = async (content: Buffer): Promise<ReleaseFile> => {
    await writeAtomic(path, content);
    return { name: ATTESTATION, sha256: digestBytes(content), size: content.length };
  };
  const take = async (content: Buffer) =>
    isAttestationOf(content, release.provenance) ? await keep(content) : undefined;
  const make = async (): Promise<ReleaseFile> => {
    const there = await readFile(path).catch(() => undefined);
    const known = there && (await take(there));
    if (known) return known;
    const { subject } = release.provenance;
    note(`attesting ${subject.length === 1 ? '1 file' : `${subject.length} files`}`);
    const bundle = await sign(release.provenance, options);
    const content = Buffer.from(`${JSON.stringify(bundle)}\n`);
    if (!isAttestationOf(content, release.provenance)) {
      throw new EnvironmentError('Sigstore has signed something else than our statement');
    }
    // In this order, so that one in the directory is one that GitHub knows.
    await store(bundle, options);
    return await keep(content);
  };
  return { name: ATTESTATION, take, make };
}

/**
 * Whether a file is an attestation of a statement, signed by the key of its own certificate. Whose certificate that is, and who
 * vouches for it, judges whoever downloads the release: `gh attestation verify`.
 */
export function isAttestationOf(content: Buffer, statement: Provenance): boolean {
  try {
    const { verificationMaterial, dsseEnvelope } = bundleSchema.parse(JSON.parse(content.toString()));
    const { payload, payloadType, signatures } = dsseEnvelope;
    // https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md: what is signed.
    const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
    const signed = Buffer.concat([Buffer.from(head), payload]);
    const { publicKey } = new X509Certificate(verificationMaterial.certificate.rawBytes);
    return (
      isDeepStrictEqual(JSON.parse(payload.toString()), JSON.parse(JSON.stringify(statement))) &&
      signatures.every(({ sig }) => verify('sha256', signed, publicKey, sig))
    );
  } catch {
    // Not JSON, not a bundle, not a certificate.
    return false;
  }
}

/** Has the statement signed by Sigstore in the name of the job. */
async function sign(statement: Provenance, { environment, signal }: AttestationOptions): Promise<object> {
  checkIdentity(environment);
  const size = Buffer.byteLength(JSON.stringify(statement.predicate));
  if (statement.subject.length > MAXIMUM_SUBJECTS || size > MAXIMUM_PREDICATE) {
    throw new InputError(
      `${statement.subject.length} files with a provenance of ${size} bytes, and GitHub attests ${MAXIMUM_SUBJECTS} with ${MAXIMUM_PREDICATE}`,
      { remedy: 'Make several releases of it.' },
    );
  }
  const reply = await askWorker(statement, environment, signal);
  if ('bundle' in reply) return reply.bundle;
  const { code, message } = reply.failure;
  // The message of the library would quote the token.
  if (code?.startsWith('IDENTITY_TOKEN')) {
    throw new InputError('GitHub does not tell the identity of this job, so nothing can be attested', {
      remedy: PERMISSIONS,
    });
  }
  throw new EnvironmentError(`the attestation is not signed: ${oneLine(message).slice(0, 500)}`, {
    remedy: 'Run the same again later: what is uploaded stays.',
  });
}

async function askWorker(statement: Provenance, environment: Environment, signal: AbortSignal): Promise<Reply> {
  signal.throwIfAborted();
  // What the libraries print is for nobody.
  const worker = new Worker(workerFile('attest-worker', import.meta.url), {
    ...{ env: environment as NodeJS.ProcessEnv, workerData: statement, name: 'attest', stdout: true, stderr: true },
  });
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  try {
    return await new Promise<Reply>((resolve, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      const late = `the attestation is not signed: no answer within ${LONGEST_MS / 1000} s`;
      timer = setTimeout(() => reject(new EnvironmentError(late, { remedy: 'Run the same again later.' })), LONGEST_MS);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the attesting thread ended with status ${code}`)));
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

/** Tells GitHub, so that `gh attestation verify` finds it by the digest of a file. */
async function store(bundle: object, { github, owner, repo }: AttestationOptions): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/attestations';
  await github.ask(
    'storing the attestation',
    route,
    { owner, repo, bundle },
    {
      403: `The token lacks permission. ${PERMISSIONS}`,
      404: `There is no such repository, or the token does not see it. ${PERMISSIONS}`,
      422: 'Attestations of a private repository need GitHub Enterprise: leave the attestation out there.',
    },
  );
}

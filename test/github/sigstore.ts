// SPDX-License-Identifier: Apache-2.0
//
// Loaded into the thread that attests (NODE_OPTIONS=--import): Sigstore and the identities of GitHub's jobs, at the edge of the
// network. The mock signs certificates, log entries and time stamps that are real but for who vouches for them.
import { createRequire } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { mockFulcio, mockRekor, mockTSA } from '@sigstore/mock';
import type Nock from 'nock';

// The very one that the mock uses: two of them would take each other's requests.
const nock: typeof Nock = createRequire(import.meta.resolve('@sigstore/mock'))('nock');
const IDENTITIES = 'https://identities.example.com';
const SIGSTORE = { fulcio: 'https://fulcio.sigstore.dev', rekor: 'https://rekor.sigstore.dev' };
/** For repositories that are not public. */
const OF_GITHUB = { fulcio: 'https://fulcio.githubapp.com', timestamps: 'https://timestamp.githubapp.com' };

export type Fault = 'no identity' | 'no token' | 'fulcio refuses' | 'fulcio is silent';

/** What a job on GitHub has in its environment that may attest; `fault`: what goes wrong. */
export function attestingJob(fault?: Fault): Record<string, string> {
  return {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${IDENTITIES}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'to ask with',
    NODE_OPTIONS: `--import=${import.meta.url}`,
    ...(fault ? { TEST_SIGSTORE_FAULT: fault } : {}),
  };
}

if (!isMainThread && process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN === 'to ask with') await answer();

async function answer(): Promise<void> {
  const fault = process.env.TEST_SIGSTORE_FAULT as Fault | undefined;
  nock.disableNetConnect();
  const asked = nock(IDENTITIES, { reqheaders: { authorization: 'Bearer to ask with' } }).get('/token');
  const request = asked.query({ 'api-version': '2.0', audience: 'sigstore' });
  if (fault === 'no identity') request.reply(403, { message: 'no' });
  else if (fault === 'no token') request.reply(200, { value: 'SECRET' });
  else request.reply(200, { value: identity() });
  if (fault === 'fulcio refuses' || fault === 'fulcio is silent') {
    for (const base of [SIGSTORE.fulcio, OF_GITHUB.fulcio]) {
      const signing = nock(base).post('/api/v2/signingCert');
      if (fault === 'fulcio refuses') signing.reply(403, { message: 'nobody knows you' });
      else signing.delay(3_600_000).times(5).reply(200, {});
    }
    return;
  }
  for (const baseURL of [SIGSTORE.fulcio, OF_GITHUB.fulcio]) await mockFulcio({ baseURL });
  await mockRekor({ baseURL: SIGSTORE.rekor });
  await mockTSA({ baseURL: OF_GITHUB.timestamps });
}

/** Who the job is, as GitHub says it in a token. */
function identity(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const workflow = 'o/r/.github/workflows/release.yml@refs/tags/v1.2.0';
  const claims = {
    ...{ iss: 'https://token.actions.githubusercontent.com', aud: 'sigstore', sub: 'repo:o/r:ref:refs/tags/v1.2.0' },
    ...{ repository: 'o/r', repository_owner: 'o', ref: 'refs/tags/v1.2.0', sha: '1'.repeat(40), event_name: 'push' },
    ...{ workflow_ref: workflow, job_workflow_ref: workflow, run_id: '1', run_attempt: '1' },
  };
  return [part({ alg: 'RS256', typ: 'JWT' }), part(claims), 'c2lnbmF0dXJl'].join('.');
}

// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { Octokit } from '@octokit/core';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { EnvironmentError, InputError } from '../../errors.ts';
import type { ProxySettings } from '../../packages/transport.ts';
import { oneLine } from '../../report/text.ts';

export type ClientOptions = {
  /** Base address of the API: `https://api.github.com`. */
  api: string;
  token: string;
  /** Sent with each request, so that GitHub can tell us. */
  userAgent: string;
  proxy: ProxySettings;
  /** Milliseconds before the second try where GitHub names no time; they double. */
  backoffMs?: number;
  signal: AbortSignal;
  /** Told when there is a wait. */
  note: (message: string) => void;
};

type HttpError = { status: number; message: string; response?: { headers: Record<string, unknown>; data?: unknown } };
export type Answer = { status: number; data: unknown };
/** What to do about an answer of a status. */
export type Remedies = Record<number, string>;

const ATTEMPTS = 5;
const BACKOFF_MS = 1000;
/** Of a request, an upload of some megabytes by a slow line among them. */
const REQUEST_MS = 300_000;
/** GitHub lets nobody wait longer than an hour; whoever runs a job does not want to either. */
const LONGEST_WAIT_MS = 900_000;
/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: without another word, a minute. */
const SECONDARY_LIMIT_MS = 60_000;
const RELEASE_REMEDIES: Remedies = {
  401: 'Check GITHUB_TOKEN: it is not valid, or not any more.',
  403: 'The token lacks permission: in a workflow, `permissions: contents: write`.',
  404: 'There is no such repository, or the token does not see it: check --repo and `permissions: contents: write`.',
  422: 'Check that the tag and the commit are those of the repository, and that the tag was not that of an immutable release before.',
};
const LOCAL = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** The API of GitHub, with bounded waits, and tries again where GitHub says that it may help. */
export class GitHub implements AsyncDisposable {
  private readonly octokit: Octokit;
  private readonly agent: EnvHttpProxyAgent;
  private readonly options: ClientOptions;

  /** Throws InputError for an address that a token must not be sent to. */
  constructor(options: ClientOptions) {
    this.options = options;
    const { api, token, userAgent, proxy } = options;
    const address = URL.canParse(api) ? new URL(api) : undefined;
    if (!address || (address.protocol !== 'https:' && !LOCAL.test(address.hostname))) {
      throw new InputError(`GITHUB_API_URL is "${api}", and a token goes to https addresses only`);
    }
    this.agent = new EnvHttpProxyAgent({
      // Empty strings, because undefined would make it look into process.env.
      httpProxy: proxy.http ?? '',
      httpsProxy: proxy.https ?? '',
      noProxy: proxy.except ?? '',
    });
    const silent = () => {};
    this.octokit = new Octokit({
      auth: token,
      baseUrl: api.replace(/\/$/, ''),
      userAgent,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      request: { fetch: this.fetch },
    });
  }

  private readonly fetch = async (url: string, init: Parameters<typeof fetch>[1]) =>
    await fetch(url, { ...init, dispatcher: this.agent });

  /** One request, once. Throws what Octokit throws, or the signal's reason. */
  async call(route: string, parameters: Record<string, unknown> = {}): Promise<Answer> {
    const { signal } = this.options;
    signal.throwIfAborted();
    // Not AbortSignal.any with AbortSignal.timeout: on Node 20 such a pair can be collected before it fires.
    const whole = new AbortController();
    const stop = () => whole.abort(signal.reason);
    const timer = setTimeout(() => whole.abort(new Error(`no answer within ${REQUEST_MS / 1000} s`)), REQUEST_MS);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { status, data } = await this.octokit.request(route, { ...parameters, request: { signal: whole.signal } });
      return { status, data };
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * Does `work`, again after faults that may pass: no answer, 5xx, a rate limit, after the time that GitHub names. `work` is told
   * how often it failed before, as what failed may have been done all the same. `remedies`: by status, of what is not a release.
   * Throws InputError for what GitHub refuses, EnvironmentError when it does not help to try.
   */
  async attempt<T>(what: string, work: (failures: number) => Promise<T>, remedies?: Remedies): Promise<T> {
    const { signal, note, backoffMs = BACKOFF_MS } = this.options;
    for (let failures = 0; ; failures++) {
      try {
        return await work(failures);
      } catch (error) {
        signal.throwIfAborted();
        if (!isHttpError(error)) throw error;
        const wait = waitFor(error, backoffMs * 2 ** failures, failures);
        if (wait === undefined) throw explain(what, error, remedies);
        if (failures + 1 >= ATTEMPTS || wait > LONGEST_WAIT_MS) {
          const asked = wait > LONGEST_WAIT_MS ? `; it asks us to wait ${Math.round(wait / 1000)} s` : '';
          throw new EnvironmentError(`${what}: GitHub fails (${saying(error)})${asked}`, {
            remedy: 'Run the same again later: it goes on where it stopped.',
            cause: error,
          });
        }
        note(`${what}: GitHub fails (${saying(error)}), again in ${Math.ceil(wait / 1000)} s`);
        await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  /** One request that may be made twice. Throws as `attempt`. */
  async ask(
    what: string,
    route: string,
    parameters: Record<string, unknown> = {},
    remedies?: Remedies,
  ): Promise<Answer> {
    return await this.attempt(what, () => this.call(route, parameters), remedies);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}

/** Whether an error is an answer of this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return isHttpError(error) && error.status === status;
}

/** Octokit gives the status 500 to a connection that failed. */
function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && error.name === 'HttpError' && 'status' in error;
}

/** Milliseconds to wait before another try; undefined when it would be answered in the same way. */
function waitFor(error: HttpError, pause: number, failures: number): number | undefined {
  const { status, message, response } = error;
  const header = (name: string) => {
    const value = response?.headers[name];
    return value === undefined ? undefined : Number(value);
  };
  const after = header('retry-after');
  const named = after === undefined || !Number.isFinite(after) || after < 0 ? undefined : after * 1000;
  if (status >= 500) return named ?? pause;
  if (status !== 429 && status !== 403) return undefined;
  if (named !== undefined) return named;
  const reset = header('x-ratelimit-reset');
  if (header('x-ratelimit-remaining') === 0 && reset) return Math.max(0, reset * 1000 - Date.now()) + BACKOFF_MS;
  return status === 429 || /secondary rate limit/i.test(message) ? SECONDARY_LIMIT_MS * 2 ** failures : undefined;
}

/** What GitHub says, on one line and not without end. */
function saying({ status, message, response }: HttpError): string {
  const { errors } = (response?.data ?? {}) as { errors?: unknown };
  const parts = Array.isArray(errors) ? errors.slice(0, 5) : [];
  const details = parts.map((one) =>
    typeof one === 'string' ? one : (one?.message ?? [one?.resource, one?.field, one?.code].filter(Boolean).join(' ')),
  );
  // Octokit puts the errors and an address of the documentation behind the message, the latter of no use here.
  const short = message.split(/: \{| - http/)[0] ?? '';
  const text = oneLine([short, ...details.filter((detail) => detail && !short.includes(detail))].join('; '));
  return `${response ? status : 'no answer'}: ${text.slice(0, 500)}`;
}

function explain(what: string, error: HttpError, remedies: Remedies = {}): Error {
  const said = `${what}: GitHub refuses (${saying(error)})`;
  const remedy = { ...RELEASE_REMEDIES, ...remedies }[error.status];
  return new InputError(said, { ...(remedy === undefined ? {} : { remedy }), cause: error });
}

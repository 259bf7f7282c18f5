// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, EnvHttpProxyAgent, errors, interceptors } from 'undici';
import { EnvironmentError } from '../errors.ts';

/** Bounds of every exchange with a mirror, in milliseconds where they are times. */
export type Limits = {
  connectMs: number;
  /** Longest silence while an answer is awaited or arrives. */
  stallMs: number;
  /** Longest whole answer; what arrived by then is kept and the rest asked for again. */
  requestMs: number;
  /** Tries per mirror for faults that may pass. */
  attempts: number;
  /** Pause before the second try; it doubles, and a random part is added. */
  backoffMs: number;
  /** Downloads at the same time. */
  parallel: number;
};

export const defaultLimits: Limits = {
  connectMs: 10_000,
  stallMs: 30_000,
  requestMs: 600_000,
  attempts: 3,
  backoffMs: 500,
  parallel: 8,
};

export type ProxySettings = { http?: string; https?: string; except?: string };

/**
 * Why a mirror did not deliver: `missing` it has no such file, `refused` it will not give it, or is no mirror of this
 * archive, `unreachable` no connection, `faulty` may pass, `wrong` it sent something else than what the signed index or
 * the lock names.
 */
export type MirrorFaultKind = 'missing' | 'refused' | 'unreachable' | 'faulty' | 'wrong';

export class MirrorFault extends Error {
  readonly kind: MirrorFaultKind;

  constructor(kind: MirrorFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export type Answer = { status: 200 | 206; length: number | undefined; body: AsyncIterable<Buffer> };

const maximumRedirections = 5;

/** HTTP with proxies, redirections and bounded waits. Nothing is inherited from the process's environment. */
export class Transport {
  readonly limits: Limits;
  private readonly agent: EnvHttpProxyAgent;
  private readonly dispatcher: Dispatcher;

  constructor(limits: Partial<Limits> = {}, proxy: ProxySettings = {}) {
    this.limits = { ...defaultLimits, ...limits };
    this.agent = new EnvHttpProxyAgent({
      // Empty strings, because undefined would make it look into process.env.
      httpProxy: proxyAddress(proxy.http),
      httpsProxy: proxyAddress(proxy.https),
      noProxy: proxy.except ?? '',
      // Package caches such as apt-cacher-ng refuse CONNECT to port 80.
      proxyTunnel: false,
      connect: { timeout: this.limits.connectMs },
      // Silence is watched here, as undici's timers are a second late.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.dispatcher = this.agent.compose(interceptors.redirect({ maxRedirections: maximumRedirections }));
  }

  /**
   * Gets `url` from byte `offset` on and hands the answer to `use`; whatever `use` leaves unread is dropped.
   * Throws MirrorFault, or the signal's reason.
   */
  async get<T>(url: string, offset: number, signal: AbortSignal, use: (answer: Answer) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    // Not AbortSignal.any with AbortSignal.timeout: on Node 20 such a pair can be collected before it fires.
    const whole = new AbortController();
    const stop = () => whole.abort(signal.reason);
    const { requestMs, stallMs } = this.limits;
    const end = (message: string) => () => whole.abort(new MirrorFault('faulty', message));
    const timers = [setTimeout(end(`took longer than ${requestMs / 1000} s`), requestMs)];
    const answering = setTimeout(end('does not answer'), stallMs);
    timers.push(answering);
    signal.addEventListener('abort', stop, { once: true });
    let body: Dispatcher.ResponseData['body'] | undefined;
    try {
      const answer = await this.dispatcher.request({
        ...originAndPath(url),
        method: 'GET',
        headers: {
          'user-agent': 'ovnfast',
          accept: '*/*',
          'accept-encoding': 'identity',
          ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
        },
        signal: whole.signal,
      });
      clearTimeout(answering);
      body = answer.body;
      const silence = setTimeout(end('stopped sending'), stallMs);
      timers.push(silence);
      const status = checkStatus(answer, offset);
      const length = Number(answer.headers['content-length'] ?? Number.NaN);
      return await use({ status, length: Number.isFinite(length) ? length : undefined, body: watched(body, silence) });
    } catch (error) {
      signal.throwIfAborted();
      throw whole.signal.aborted ? whole.signal.reason : asFault(error);
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      body?.on('error', () => {}).destroy();
    }
  }

  /** A whole small file. Throws MirrorFault when it is longer than `maximum` bytes, and as `get` does. */
  getSmall(url: string, maximum: number, signal: AbortSignal): Promise<Buffer> {
    return this.get(url, 0, signal, async ({ body }) => {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > maximum) throw new MirrorFault('wrong', `is longer than ${maximum} bytes`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    });
  }

  /** The pause before try number `attempt` (2, 3, ...). Throws the signal's reason. */
  async backoff(attempt: number, signal: AbortSignal): Promise<void> {
    const pause = this.limits.backoffMs * 2 ** (attempt - 2);
    await sleep(pause * (1 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

/** `proxy.example:3128` without a scheme is what other tools take too. Throws EnvironmentError for another kind of proxy. */
function proxyAddress(text: string | undefined): string {
  if (text === undefined || text === '') return '';
  const address = text.includes('://') ? text : `http://${text}`;
  if (/^https?:/.test(address) && URL.canParse(address)) return address;
  throw new EnvironmentError(`the proxy "${text}" is no http or https proxy`, {
    remedy: 'Correct http_proxy and https_proxy in the environment, or Acquire::http::Proxy of apt.',
  });
}

async function* watched(body: AsyncIterable<Buffer>, silence: NodeJS.Timeout): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    yield chunk;
    silence.refresh();
  }
}

function originAndPath(url: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}

function checkStatus({ statusCode, headers }: Dispatcher.ResponseData, offset: number): 200 | 206 {
  if (statusCode === 200) return 200;
  if (statusCode === 206 && offset > 0 && String(headers['content-range'] ?? '').startsWith(`bytes ${offset}-`)) {
    return 206;
  }
  const said = `answers ${statusCode}`;
  if (statusCode === 404 || statusCode === 410) throw new MirrorFault('missing', said);
  if (statusCode >= 500 || statusCode === 429 || statusCode === 408) throw new MirrorFault('faulty', said);
  throw new MirrorFault('refused', said);
}

const passing = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

function asFault(error: unknown): unknown {
  if (error instanceof MirrorFault) return error;
  if (error instanceof errors.ConnectTimeoutError) {
    return new MirrorFault('unreachable', 'cannot be reached (connecting timed out)', error);
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (passing.has(code) || error instanceof errors.ResponseError) {
    return new MirrorFault('faulty', `broke the connection (${message})`, error);
  }
  // File errors of the receiver pass as they are; what remains is the network's: DNS, refusal, TLS.
  if (['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'EFBIG', 'ENOENT', 'EPERM'].includes(code)) return error;
  if (/redirect/i.test(message)) return new MirrorFault('refused', 'redirects without end', error);
  if (code !== '') return new MirrorFault('unreachable', `cannot be reached (${code})`, error);
  return error;
}

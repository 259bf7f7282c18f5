// SPDX-License-Identifier: Apache-2.0
import type { Archive } from '../matrix/types.ts';
import { type Attempt, listAttempts, NotDeliveredError, SignatureError } from './errors.ts';
import type { Store } from './store.ts';
import { MirrorFault } from './transport.ts';

/** The small file that all else of an index hangs on. */
export type WantedIndex = {
  archive: Archive;
  /** For messages: `the index of bookworm`. */
  what: string;
  /** Below the archive's base address. */
  path: string;
  /** Bytes. */
  maximum: number;
  store: Store;
  signal: AbortSignal;
};

/** `asked`: the addresses of all that were asked, the good one last; `rejected`: those before it that sent something else. */
export type FetchedIndex<T> = { index: T; rejected: Attempt[]; asked: string[] };

/**
 * The index file from the first mirror whose one `read` accepts, as what `read` makes of it; `read` throws SignatureError for
 * a bad signature, MirrorFault for a file that is not what it should be. Throws SignatureError when there are none but bad signatures, NotDeliveredError, the signal's reason.
 */
export async function fetchIndex<T>(
  { archive, what, path, maximum, store, signal }: WantedIndex,
  read: (content: Buffer, url: string) => Promise<T>,
): Promise<FetchedIndex<T>> {
  const { transport, mirrors } = await store.open();
  const attempts: Attempt[] = [];
  let forged = false;
  for (const mirror of mirrors.candidates(archive)) {
    const url = `${mirror.url}/${path}`;
    // A guessed address may be anything; only a mirror that should have it is to be complained of.
    const wrong = mirror.likely ? 'wrong' : 'refused';
    for (let attempt = 1; attempt <= transport.limits.attempts; attempt++) {
      try {
        if (attempt > 1) await transport.backoff(attempt, signal);
        const index = await read(await transport.getSmall(url, maximum, signal), url);
        mirrors.note(mirror, 'good');
        const rejected = attempts.filter(({ kind }) => kind === 'wrong');
        return { index, rejected, asked: [...attempts.map((one) => one.url), url] };
      } catch (error) {
        if (error instanceof SignatureError) {
          forged ||= mirror.likely;
          const said = error.message.startsWith(`${url}: `) ? error.message.slice(url.length + 2) : error.message;
          attempts.push({ url, kind: wrong, reason: said });
          break;
        }
        if (!(error instanceof MirrorFault)) throw error;
        if (error.kind === 'faulty' && attempt < transport.limits.attempts) continue;
        if (error.kind === 'faulty' || error.kind === 'unreachable') mirrors.note(mirror, 'bad');
        attempts.push({ url, kind: error.kind === 'wrong' ? wrong : error.kind, reason: error.message });
        break;
      }
    }
  }
  if (forged) {
    throw new SignatureError(`no mirror has ${what} with a valid signature; tried:${listAttempts(attempts)}`, {
      remedy: `The keys that are trusted: ${archive.keys.join(', ')}.`,
    });
  }
  const remedy = 'Check the network and the proxy, or name a mirror with --mirror or OVNFAST_MIRROR.';
  throw new NotDeliveredError(`no mirror serves ${what}`, attempts, remedy);
}

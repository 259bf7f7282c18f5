// SPDX-License-Identifier: Apache-2.0
import type { Archive } from '../matrix/types.ts';
import type { AptSource } from './debian/apt-configuration.ts';
import { baseOf } from './rpm/yum-configuration.ts';
import { MirrorFault, type Transport } from './transport.ts';

/** A base address that may serve an archive. */
export type Mirror = {
  url: string;
  origin: 'given' | 'apt' | 'yum' | 'public' | 'snapshot';
  /** Its address says that it has this archive; otherwise it is asked for the archive's index first. */
  likely: boolean;
};

/** InRelease files of Debian are below 200 kB, repomd.xml files below 20 kB. */
export const maximumIndexSize = 4 << 20;

/** What the package managers of the host are told: see `readAptConfiguration` and `readYumConfiguration`. */
export type HostConfiguration = { sources: AptSource[]; repositories: string[] };

/** Says which base addresses to ask for an archive, in which order, and remembers how they did. */
export class Mirrors {
  private readonly transport: Transport;
  private readonly given: string[];
  private readonly host: HostConfiguration;
  private readonly conduct = new Map<string, 'good' | 'bad'>();
  private readonly probes = new Map<string, Promise<MirrorFault | undefined>>();

  constructor(transport: Transport, given: string[], host: HostConfiguration) {
    this.transport = transport;
    this.given = given.map((url) => url.replace(/\/+$/, ''));
    this.host = host;
  }

  /**
   * Order: given by the user, the host's configuration (of apt, and of yum for the RPM family), public mirrors, the snapshot archive at `timestamp`
   * (`20260101T000000Z`). Those that could not be reached lately come last within that order.
   */
  candidates(archive: Archive, timestamp?: string): Mirror[] {
    const isBad = ({ url }: Mirror) => Number(this.conduct.get(url) === 'bad');
    return this.configured(archive, timestamp).sort((a, b) => isBad(a) - isBad(b));
  }

  /** As `candidates`, however they did so far. */
  configured(archive: Archive, timestamp?: string): Mirror[] {
    const all: Mirror[] = [
      ...this.given.flatMap((url) => spellings(url, archive, 'given')),
      ...this.ofHost(archive),
      ...archive.mirrors.map((url) => ({ url, origin: 'public' as const, likely: true })),
      ...(archive.snapshot !== undefined && timestamp !== undefined
        ? [{ url: `${archive.snapshot}/${timestamp}`, origin: 'snapshot' as const, likely: true }]
        : []),
    ];
    return all.filter(({ url }, index) => all.findIndex((other) => other.url === url) === index);
  }

  private ofHost(archive: Archive): Mirror[] {
    const yum = this.host.repositories.flatMap((address) => {
      const url = archive.family === 'rpm' ? baseOf(address, archive.suites) : undefined;
      return url === undefined ? [] : [{ url, origin: 'yum' as const, likely: true }];
    });
    const urls = [...new Set(this.host.sources.map(({ url }) => url))];
    // What serves Debian may have others beside it, not inside.
    const count = archive.family === 'rpm' ? 1 : 2;
    const apt = urls.flatMap((url) => spellings(url, archive, 'apt').slice(0, count));
    return [...yum, ...apt.sort((a, b) => Number(b.likely) - Number(a.likely))];
  }

  /** Remembers how a mirror did, for the order of the next candidates. */
  note(mirror: Mirror, conduct: 'good' | 'bad'): void {
    this.conduct.set(mirror.url, conduct);
  }

  /** Asks once whether a mirror has the archive. Throws MirrorFault when it has not, or the signal's reason. */
  async probe(mirror: Mirror, archive: Archive, signal: AbortSignal): Promise<void> {
    if (mirror.likely) return;
    const { path, mark } = firstIndex(archive);
    const url = `${mirror.url}/${path}`;
    let answer = this.probes.get(url);
    if (!answer) {
      answer = this.transport.getSmall(url, maximumIndexSize, signal).then(
        (body) => (body.includes(mark) ? undefined : new MirrorFault('refused', 'is no index of packages')),
        (error: unknown) => {
          if (error instanceof MirrorFault) return error;
          this.probes.delete(url);
          throw error;
        },
      );
      this.probes.set(url, answer);
    }
    const fault = await answer.catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
    // Whatever it said, it says nothing about a package of this archive.
    if (fault) throw new MirrorFault('refused', `is no mirror of ${archive.name} (${url} ${fault.message})`);
  }
}

/** A file that every mirror of an archive has, and what it has in it. */
function firstIndex({ family, suites }: Archive): { path: string; mark: string } {
  const [first] = suites;
  return family === 'rpm'
    ? { path: `${first}/repodata/repomd.xml`, mark: '<repomd' }
    : { path: `dists/${first}/InRelease`, mark: 'BEGIN PGP SIGNED MESSAGE' };
}

/**
 * A base address as configured may be the archive itself, the archive beside it (`/debian` and `/debian-security`
 * share most servers), or the server's root.
 */
function spellings(url: string, { name }: Archive, origin: Mirror['origin']): Mirror[] {
  const last = new URL(url).pathname.split('/').pop() ?? '';
  if (last === name) return [{ url, origin, likely: true }];
  const beside = last === '' ? `${url}/${name}` : url.replace(/[^/]*$/, name);
  return [
    { url: beside, origin, likely: false },
    { url, origin, likely: false },
  ];
}

// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cacheDirectory, projectRoot } from '../src/host/paths.ts';

type Pinned = { packages: { path: string; sha256: string }[] };

/** A mirror on loopback of what locks pin, as far as the tests' own cache has it; others have to have the rest. */
export class Mirror implements AsyncDisposable {
  /** Packages that were asked for. */
  readonly asked: string[] = [];
  /** Asked of every request: true leaves it without an answer. */
  hangs: () => boolean = () => false;
  private readonly server: Server;

  private constructor(digests: Map<string, string>) {
    const store = join(cacheDirectory(process.env), 'blobs/sha256');
    this.server = createServer(async ({ url = '' }, response) => {
      // Behind the name of the archive, which tells this archive from that.
      const path = decodeURIComponent(url).replace(/^\/[^/]*\//, '');
      // Asked of a mirror once: whether it is one.
      if (path.endsWith('/InRelease')) return void response.end('BEGIN PGP SIGNED MESSAGE');
      this.asked.push(path);
      if (this.hangs()) return;
      const blob = join(store, digests.get(path) ?? 'none');
      const size = (await stat(blob).catch(() => undefined))?.size;
      response.writeHead(size === undefined ? 404 : 200, size === undefined ? {} : { 'content-length': size });
      if (size === undefined) response.end();
      else createReadStream(blob).pipe(response);
    });
  }

  static async start(): Promise<Mirror> {
    const digests = new Map<string, string>();
    const locks = join(projectRoot(), 'matrix/locks');
    for (const name of await readdir(locks, { recursive: true })) {
      if (!name.endsWith('.json')) continue;
      const { packages } = JSON.parse(await readFile(join(locks, name), 'utf8')) as Pinned;
      for (const { path, sha256 } of packages) digests.set(path, sha256);
    }
    const mirror = new Mirror(digests);
    await new Promise<void>((resolve) => mirror.server.listen(0, '127.0.0.1', resolve));
    return mirror;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

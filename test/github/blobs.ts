// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/host/paths.ts';

/** What goes wrong with a connection once it has carried so many bytes towards the blobs. */
export type Trouble = {
  afterBytes: number;
  how: 'reset' | 'hang';
  times: number;
  /** Called when it has come. */
  onCome?: () => void;
};

// Of every Azurite, see its README.
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const VERSION = '2019-12-12';
const CONTAINER = 'results';

/** A blob storage of Azure (Azurite), in memory, behind a proxy that can break connections. */
export class BlobServer implements AsyncDisposable {
  /** Left out: all goes well. */
  trouble: Trouble | undefined;
  private readonly azurite: ChildProcess;
  private readonly directory: string;
  private readonly proxy: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(azurite: ChildProcess, directory: string, port: number) {
    this.azurite = azurite;
    this.directory = directory;
    this.proxy = createServer((client) => this.forward(client, port));
  }

  static async start(): Promise<BlobServer> {
    const directory = await mkdtemp(join(tmpdir(), 'ovnfast-blobs-'));
    const program = join(projectRoot(), 'node_modules/azurite/dist/src/blob/main.js');
    const args = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--blobPort', '0'];
    const azurite = spawn(process.execPath, [program, ...args], {
      ...{ cwd: directory, stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH, HOME: directory } },
    });
    const port = await new Promise<number>((resolve, reject) => {
      let said = '';
      azurite.on('error', reject);
      azurite.on('exit', () => reject(new Error(`Azurite ended: ${said}`)));
      azurite.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const [, found] = /successfully listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? [];
        if (found) resolve(Number(found));
      });
    });
    const server = new BlobServer(azurite, directory, port);
    await new Promise<void>((resolve) => server.proxy.listen(0, '127.0.0.1', resolve));
    const answer = await fetch(server.address('', 'c', 'c', 'restype=container&'), { method: 'PUT' });
    if (!answer.ok) throw new Error(`Azurite makes no container: ${answer.status} ${await answer.text()}`);
    return server;
  }

  /** A signed address, at which a blob can be written and read. */
  urlOf(blob: string): string {
    return this.address(`/${blob}`, 'o', 'rwc');
  }

  private address(path: string, kind: string, permissions: string, query = ''): string {
    const { port } = this.proxy.address() as AddressInfo;
    const expiry = new Date(Date.now() + 24 * 3600_000).toISOString().replace(/\.\d+Z$/, 'Z');
    // "Create an account SAS" (learn.microsoft.com, REST of Azure Storage), for this version.
    const fields = [ACCOUNT, permissions, 'b', kind, '', expiry, '', '', VERSION, ''];
    const sig = createHmac('sha256', Buffer.from(KEY, 'base64')).update(fields.join('\n')).digest('base64');
    const signed = new URLSearchParams({ sv: VERSION, ss: 'b', srt: kind, sp: permissions, se: expiry, sig });
    return `http://127.0.0.1:${port}/${ACCOUNT}/${CONTAINER}${path}?${query}${signed}`;
  }

  private forward(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    let carried = 0;
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    server.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk) => {
      carried += chunk.length;
      const { trouble } = this;
      if (!trouble || trouble.times === 0 || carried <= trouble.afterBytes) return void server.write(chunk);
      trouble.onCome?.();
      if (trouble.how === 'hang') return;
      trouble.times -= 1;
      client.resetAndDestroy();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const closed = new Promise((resolve) => this.proxy.close(resolve));
    const ended = new Promise((resolve) => this.azurite.once('exit', resolve));
    this.azurite.kill('SIGKILL');
    await Promise.all([closed, ended]);
    await rm(this.directory, { recursive: true, force: true });
  }
}

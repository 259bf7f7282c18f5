// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A mirror on the loopback interface: files by path, and handlers that answer in their place, one request each. */
export class MirrorServer implements AsyncDisposable {
  readonly files = new Map<string, Buffer>();
  readonly requests: { path: string; range: string | undefined }[] = [];
  private readonly handlers = new Map<string, Handler[]>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      this.requests.push({ path, range: request.headers.range });
      const handler = this.handlers.get(path)?.shift() ?? (this.handlers.get('*') ?? [])[0];
      if (handler) handler(request, response);
      else sendFile(this.files.get(path), request, response);
    });
  }

  static async start(): Promise<MirrorServer> {
    const mirror = new MirrorServer();
    await new Promise<void>((resolve) => mirror.server.listen(0, '127.0.0.1', resolve));
    return mirror;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next requests for a path are answered by these, in order; `*` answers every request that has no other. */
  answer(path: string, ...handlers: Handler[]): void {
    this.handlers.set(path, [...(this.handlers.get(path) ?? []), ...handlers]);
  }

  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function sendFile(content: Buffer | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (!content) {
    response.writeHead(404).end('not here');
    return;
  }
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) {
    response.writeHead(200, { 'content-length': content.length }).end(content);
    return;
  }
  const start = Number(from);
  const range = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(206, { 'content-length': content.length - start, 'content-range': range });
  response.end(content.subarray(start));
}

export const status =
  (code: number): Handler =>
  (_, response) =>
    void response.writeHead(code).end();

/** Answers nothing at all, until the client gives up. */
export const hang: Handler = () => {};

/** Announces the whole content, sends `bytes` of it and then nothing. */
export const stall =
  (content: Buffer, bytes: number): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, bytes));
  };

/** Announces the whole content, sends `bytes` of it and breaks the connection. */
export const breakOff =
  (content: Buffer, bytes: number): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, bytes), () => response.destroy());
  };

/** Sends exactly this, with a matching length, whatever was asked for. */
export const send =
  (content: Buffer): Handler =>
  (_, response) =>
    void response.writeHead(200, { 'content-length': content.length }).end(content);

/** Sends this without saying how long it is. */
export const sendChunked =
  (content: Buffer): Handler =>
  (_, response) => {
    response.writeHead(200);
    response.write(content.subarray(0, 1));
    response.end(content.subarray(1));
  };

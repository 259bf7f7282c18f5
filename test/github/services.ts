// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as artifacts from '../../node_modules/@actions/artifact/lib/generated/results/api/v1/artifact.js';
import * as caches from '../../node_modules/@actions/cache/lib/generated/results/api/v1/cache.js';
import { BlobServer } from './blobs.ts';

type Fields = Record<string, unknown>;

/** What is described of a message: it says whether JSON is one. */
type Message = { fromJson(json: never): unknown; toJson(message: never, options: object): unknown };

export type FakeArtifact = { id: number; name: string; blob: string; size: string; hash: string; final: boolean };
export type FakeEntry = { id: number; key: string; version: string; blob: string; final: boolean };
export type ServiceCall = { method: string; body: Fields };

/** An error of Twirp, in place of the answer: `permission_denied` comes with 403, `already_exists` with 409. */
export type ServiceFault = { status: number; code: string; message: string };

const SERVICE = /^\/twirp\/github\.actions\.results\.api\.v1\.(?:ArtifactService|CacheService)\/(\w+)$/;
const MESSAGES = { ...artifacts, ...caches } as unknown as Record<string, Message>;

/**
 * GitHub's artifacts and cache as the runner's environment names them. Requests and answers are held against GitHub's own
 * description of them (the protobuf messages that its clients are made of); contents go to a real blob storage.
 */
export class FakeServices implements AsyncDisposable {
  readonly artifacts: FakeArtifact[] = [];
  readonly entries: FakeEntry[] = [];
  readonly calls: ServiceCall[] = [];
  /** Where a request or an answer is not as described. */
  readonly violations: string[] = [];
  readonly blobs: BlobServer;
  /** Asked before each call. */
  fault: (call: ServiceCall) => ServiceFault | undefined = () => undefined;
  private readonly server: Server;
  private lastId = 100;

  private constructor(blobs: BlobServer) {
    this.blobs = blobs;
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<FakeServices> {
    const services = new FakeServices(await BlobServer.start());
    await new Promise<void>((resolve) => services.server.listen(0, '127.0.0.1', resolve));
    return services;
  }

  /** What the runner gives to an action, and to nothing else. */
  get environment(): Record<string, string> {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return {
      ACTIONS_RESULTS_URL: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`,
      ACTIONS_RUNTIME_TOKEN: `${part({ alg: 'none' })}.${part({ scp: 'Actions.Results:run-backend:job-backend' })}.`,
      ACTIONS_CACHE_SERVICE_V2: 'true',
    };
  }

  /** Calls of one method, in order. */
  callsOf(method: string): ServiceCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** What an artifact or an entry holds. */
  async content({ blob }: Pick<FakeArtifact, 'blob'>): Promise<Buffer> {
    const answer = await fetch(this.blobs.urlOf(blob));
    if (!answer.ok) throw new Error(`no blob ${blob}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, method = ''] = SERVICE.exec(request.url ?? '') ?? [];
    const body = JSON.parse((await text(request)) || '{}') as Fields;
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const call = { method, body };
    this.calls.push(call);
    const fault = this.fault(call) ?? this.check(request, call);
    if (fault) return send(fault.status, { code: fault.code, msg: fault.message });
    const answer = this.handle(method, body);
    if ('code' in answer) return send(answer.status, { code: answer.code, msg: answer.message });
    send(200, this.held(`${method}Response`, answer.value));
  }

  private check(request: IncomingMessage, { method, body }: ServiceCall): ServiceFault | undefined {
    if (request.headers.authorization !== `Bearer ${this.environment.ACTIONS_RUNTIME_TOKEN}`) {
      return { status: 401, code: 'unauthenticated', message: 'no such token' };
    }
    const message = MESSAGES[`${method}Request`];
    if (!message) return { status: 404, code: 'bad_route', message: `no method ${method}` };
    try {
      message.fromJson(body as never);
    } catch (error) {
      this.violations.push(`${method}Request: ${(error as Error).message}`);
    }
    return undefined;
  }

  /** An answer as the service writes it: snake case, all fields. */
  private held(name: string, value: Fields): unknown {
    try {
      const message = MESSAGES[name];
      return message?.toJson(message.fromJson(value as never) as never, {
        useProtoFieldName: true,
        emitDefaultValues: true,
      });
    } catch (error) {
      this.violations.push(`${name}: ${(error as Error).message}`);
      return value;
    }
  }

  private handle(method: string, body: Fields): { value: Fields } | ServiceFault {
    const field = (name: string) => String(body[name] ?? '');
    const artifact = this.artifacts.find(({ name }) => name === field('name'));
    const fits = (filter: string, value: string) => body[filter] === undefined || field(filter) === value;
    const missing: ServiceFault = { status: 404, code: 'not_found', message: 'no such artifact' };
    switch (method) {
      case 'CreateArtifact': {
        const message = 'an artifact with this name already exists on the workflow run';
        if (artifact?.final) return { status: 409, code: 'already_exists', message };
        const added = { id: this.lastId++, name: field('name'), blob: randomUUID(), size: '', hash: '', final: false };
        this.artifacts.push(added);
        return { value: { ok: true, signed_upload_url: this.blobs.urlOf(added.blob) } };
      }
      case 'FinalizeArtifact': {
        const added = this.artifacts.findLast(({ name }) => name === field('name'));
        if (!added) return missing;
        Object.assign(added, { size: field('size'), hash: field('hash'), final: true });
        return { value: { ok: true, artifact_id: String(added.id) } };
      }
      case 'ListArtifacts':
        return {
          value: {
            artifacts: this.artifacts
              .filter(({ final }) => final)
              .filter(({ id, name }) => fits('id_filter', String(id)) && fits('name_filter', name))
              .map(({ id, name, size, hash }) => ({
                ...{ workflow_run_backend_id: 'run-backend', workflow_job_run_backend_id: 'job-backend' },
                ...{ database_id: String(id), name, size, digest: hash },
              })),
          },
        };
      case 'GetSignedArtifactURL':
        return artifact ? { value: { signed_url: this.blobs.urlOf(artifact.blob) } } : missing;
      case 'CreateCacheEntry': {
        const [key, version] = [field('key'), field('version')];
        if (this.entries.some((entry) => entry.key === key && entry.version === version)) {
          return {
            status: 409,
            code: 'already_exists',
            message: 'cache entry with the same key, version, and scope already exists',
          };
        }
        const added = { id: this.lastId++, key, version, blob: randomUUID(), final: false };
        this.entries.push(added);
        return { value: { ok: true, signed_upload_url: this.blobs.urlOf(added.blob) } };
      }
      case 'FinalizeCacheEntryUpload': {
        const added = this.entries.find(({ key, version }) => key === field('key') && version === field('version'));
        if (!added) return missing;
        added.final = true;
        return { value: { ok: true, entry_id: String(added.id) } };
      }
      case 'GetCacheEntryDownloadURL': {
        const known = this.entries.filter(({ final, version }) => final && version === field('version'));
        const begins = [field('key'), ...((body.restore_keys ?? []) as string[])].map((key, index) =>
          known.findLast((one) => (index === 0 ? one.key === key : one.key.startsWith(key))),
        );
        const found = begins.find((entry) => entry !== undefined);
        if (!found) return { value: { ok: false } };
        return { value: { ok: true, signed_download_url: this.blobs.urlOf(found.blob), matched_key: found.key } };
      }
    }
    return { status: 404, code: 'bad_route', message: `no method ${method}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.blobs[Symbol.asyncDispose]();
  }
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { type Context, type Document, OpenAPIBackend } from 'openapi-backend';

export type FakeAsset = { id: number; name: string; content: Buffer; state: 'uploaded' | 'open' };
export type FakeRelease = {
  id: number;
  tag_name: string;
  name: string;
  body: string;
  target_commitish: string;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  assets: FakeAsset[];
};
export type FakeRequest = { method: string; path: string; query: URLSearchParams; token: string | undefined };

/** What goes wrong with a request: an answer in place of the right one, before or after it was done; `cut`: no answer. */
export type Fault =
  | { status: number; headers?: Record<string, string>; message?: string; done?: true }
  | 'cut'
  | 'hang';

const STORAGE = '/storage/';
const TOKEN = /^(?:token|bearer) (.+)$/i;
/** Addresses and times are held against their forms, too. */
const withFormats = (ajv: Ajv) => addFormats.default(ajv);
/** GitHub's own description of releases, see description.ts. */
const DESCRIPTION = new URL('./releases.json', import.meta.url);

/** Releases and attestations of one repository as GitHub keeps them, each request and each answer held against GitHub's description. */
export class FakeReleases implements AsyncDisposable {
  readonly releases: FakeRelease[] = [];
  readonly requests: FakeRequest[] = [];
  /** Where a request or an answer is not as GitHub describes it. */
  readonly violations: string[] = [];
  /** Bundles, as they came. */
  readonly attestations: object[] = [];
  readonly tokens = { write: 'ghs_write', read: 'ghs_read', contents: 'ghs_contents' };
  /** The repository makes its releases immutable. */
  immutable = false;
  /** In place of the real address of files. */
  uploadHost: string | undefined;
  /** Asked before each request. */
  fault: (request: FakeRequest, index: number) => Fault | undefined = () => undefined;
  /** What comes of a file that is read back. */
  stored: (content: Buffer) => Buffer = (content) => content;
  private readonly server: Server;
  private api!: OpenAPIBackend;
  private examples!: { release: Record<string, unknown>; asset: Record<string, unknown> };
  private lastId = 1000;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<FakeReleases> {
    const fake = new FakeReleases();
    const definition = JSON.parse(await readFile(DESCRIPTION, 'utf8')) as Document;
    const examples = definition.components?.examples as Record<string, { value: Record<string, unknown> }>;
    fake.examples = { release: examples.release?.value ?? {}, asset: examples['release-asset']?.value ?? {} };
    fake.api = new OpenAPIBackend({ definition, quick: true, ajvOpts: { strict: false }, customizeAjv: withFormats });
    fake.api.register(fake.handlers());
    await fake.api.init();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A release that is there already. */
  add(fields: Partial<FakeRelease> & { tag_name: string }): FakeRelease {
    const release: FakeRelease = {
      ...{ id: this.lastId++, name: '', body: '', target_commitish: 'main', draft: false, prerelease: false },
      ...{ immutable: false, assets: [], ...fields },
    };
    this.releases.unshift(release);
    return release;
  }

  asset(name: string, content: string | Buffer, state: FakeAsset['state'] = 'uploaded'): FakeAsset {
    return { id: this.lastId++, name, content: Buffer.from(content), state };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const [, token] = TOKEN.exec(request.headers.authorization ?? '') ?? [];
    if (url.pathname.startsWith(STORAGE)) return this.store(url, token, response);
    const seen: FakeRequest = { method: request.method ?? '', path: url.pathname, query: url.searchParams, token };
    const index = this.requests.push(seen) - 1;
    const fault = this.fault(seen, index);
    if (fault === 'hang') return;
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // Whoever sent it was interrupted.
      return;
    }
    if (fault === 'cut') return void request.socket.destroy();
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      if (status === 302) return void response.writeHead(status, { location: String(body) }).end();
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const content = Buffer.concat(chunks);
    const isUpload = seen.method === 'POST' && seen.path.endsWith('/assets');
    const done = async () => {
      const { status, body } = (await this.api.handleRequest(
        {
          ...{ method: seen.method, path: seen.path, query: Object.fromEntries(url.searchParams) },
          headers: request.headers as Record<string, string>,
          body: isUpload ? content.toString('latin1') : content.length > 0 ? JSON.parse(content.toString()) : undefined,
        },
        seen,
        content,
      )) as { status: number; body?: unknown };
      return { status, body };
    };
    if (fault === undefined || fault.done) {
      const { status, body } = await done();
      if (fault === undefined) return send(status, body);
    }
    send(
      fault.status,
      { message: fault.message ?? 'Server Error', documentation_url: 'https://docs.github.com/rest' },
      fault.headers,
    );
  }

  /** The host that GitHub keeps files at: none that a token is for. */
  private store(url: URL, token: string | undefined, response: ServerResponse): void {
    if (token !== undefined) this.violations.push('a token is sent to where files are kept');
    const id = Number(url.pathname.slice(STORAGE.length));
    const found = this.releases.flatMap(({ assets }) => assets).find((one) => one.id === id);
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/octet-stream' });
    response.end(found && this.stored(found.content));
  }

  private handlers() {
    type Handler = (context: Context, seen: FakeRequest, content: Buffer) => { status: number; body?: unknown };
    const param = (context: Context, name: string) => String(context.request.params[name]);
    const find = (context: Context) => this.releases.find(({ id }) => id === Number(param(context, 'release_id')));
    const missing = { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' } };
    const refused = (code: string, field: string, resource = 'Release') => ({
      status: 422,
      body: {
        message: 'Validation Failed',
        errors: [{ resource, code, field }],
        documentation_url: 'https://docs.github.com/rest',
      },
    });
    const page = <T>(all: T[], { query }: FakeRequest) => {
      const size = Number(query.get('per_page') ?? 30);
      return all.slice((Number(query.get('page') ?? 1) - 1) * size).slice(0, size);
    };
    const forbidden = {
      status: 403,
      body: { message: 'Resource not accessible by integration', documentation_url: 'https://docs.github.com/rest' },
    };
    const writes =
      (handler: Handler): Handler =>
      (context, seen, content) =>
        seen.token === this.tokens.write || seen.token === this.tokens.contents
          ? handler(context, seen, content)
          : forbidden;
    const isTaken = (tag: unknown, but?: FakeRelease) =>
      this.releases.some((one) => one !== but && !one.draft && one.tag_name === tag);
    const operations: Record<string, Handler> = {
      'repos/list-releases': (_, seen) => ({
        status: 200,
        body: page(
          this.releases.filter(({ draft }) => !draft || seen.token !== this.tokens.read),
          seen,
        ).map((one) => this.show(one)),
      }),
      'repos/get-release-by-tag': (context) => {
        const found = this.releases.find(({ draft, tag_name }) => !draft && tag_name === param(context, 'tag'));
        return found ? { status: 200, body: this.show(found) } : missing;
      },
      'repos/get-release': (context) => {
        const found = find(context);
        return found ? { status: 200, body: this.show(found) } : missing;
      },
      'repos/create-release': writes(({ request }) => {
        const fields = request.requestBody as Partial<FakeRelease> & { tag_name: string };
        if (!fields.draft && isTaken(fields.tag_name)) return refused('already_exists', 'tag_name');
        return { status: 201, body: this.show(this.add(fields)) };
      }),
      'repos/update-release': writes((context) => {
        const found = find(context);
        if (!found) return missing;
        if (found.immutable) return refused('custom', 'Cannot change an immutable release');
        const fields = context.request.requestBody as Partial<FakeRelease>;
        if (fields.draft === false && isTaken(fields.tag_name, found)) return refused('already_exists', 'tag_name');
        Object.assign(found, fields, { immutable: this.immutable && fields.draft === false });
        return { status: 200, body: this.show(found) };
      }),
      'repos/list-release-assets': (context, seen) => {
        const found = find(context);
        return found ? { status: 200, body: page(found.assets, seen).map((one) => this.showAsset(one)) } : missing;
      },
      'repos/upload-release-asset': writes((context, { query }, content) => {
        const found = find(context);
        if (!found) return missing;
        const name = (query.get('name') ?? '').replace(/[^\w.+-]/g, '.');
        if (found.immutable) return refused('custom', 'Cannot upload assets to an immutable release');
        if (found.assets.some((one) => one.name === name)) return refused('already_exists', 'name', 'ReleaseAsset');
        const asset = this.asset(name, content);
        found.assets.push(asset);
        return { status: 201, body: this.showAsset(asset) };
      }),
      // As content, which is not kept where the API is.
      'repos/get-release-asset': ({ request }) => {
        const id = String(request.params.asset_id);
        const found = this.releases.flatMap(({ assets }) => assets).find((one) => one.id === Number(id));
        if (!found || request.headers.accept !== 'application/octet-stream') return missing;
        return { status: 302, body: `${this.url.replace('127.0.0.1', 'localhost')}${STORAGE}${id}` };
      },
      'repos/create-attestation': ({ request }, { token }) => {
        if (token !== this.tokens.write) return forbidden;
        return { status: 201, body: { id: this.attestations.push(request.requestBody.bundle) } };
      },
      'repos/delete-release-asset': writes((context) => {
        const id = Number(param(context, 'asset_id'));
        const holder = this.releases.find(({ assets }) => assets.some((one) => one.id === id));
        if (!holder) return missing;
        holder.assets = holder.assets.filter((one) => one.id !== id);
        return { status: 204 };
      }),
    };
    return {
      ...Object.fromEntries(Object.entries(operations).map(([id, handler]) => [id, this.authorized(handler)])),
      notFound: ({ request }: Context) => {
        this.violations.push(`no such operation: ${request.method} ${request.path}`);
        return missing;
      },
      validationFail: ({ validation, operation }: Context) => {
        this.violations.push(`request ${operation.operationId}: ${JSON.stringify(validation.errors)}`);
        return { status: 422, body: { message: 'Invalid request' } };
      },
      postResponseHandler: ({ response, operation, api }: Context) => {
        const { status, body } = response as { status: number; body?: unknown };
        if (operation?.operationId && status < 300) {
          const { errors } = api.validateResponse(body ?? null, operation, status);
          if (errors) this.violations.push(`answer ${operation.operationId}: ${JSON.stringify(errors)}`);
        }
        return response;
      },
    };
  }

  private authorized<H extends (context: Context, seen: FakeRequest, content: Buffer) => unknown>(handler: H) {
    return (context: Context, seen: FakeRequest, content: Buffer) =>
      Object.values(this.tokens).includes(seen.token ?? '')
        ? handler(context, seen, content)
        : { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } };
  }

  private show({ assets, ...fields }: FakeRelease) {
    const address = `${this.url}/repos/o/r/releases/${fields.id}`;
    return {
      ...this.examples.release,
      ...fields,
      ...{ url: address, assets_url: `${address}/assets` },
      upload_url: `${this.uploadHost ?? this.url}/repos/o/r/releases/${fields.id}/assets{?name,label}`,
      html_url: `https://github.com/o/r/releases/tag/${fields.draft ? `untagged-${fields.id}` : fields.tag_name}`,
      published_at: fields.draft ? null : '2026-01-01T00:00:00Z',
      assets: assets.map((one) => this.showAsset(one)),
    };
  }

  private showAsset({ id, name, content, state }: FakeAsset) {
    const digest = content.length > 0 ? `sha256:${createHash('sha256').update(content).digest('hex')}` : null;
    return { ...this.examples.asset, ...{ id, name, state, digest, size: content.length, label: '' } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

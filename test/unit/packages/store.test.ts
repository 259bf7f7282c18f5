// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { EnvironmentError, InputError } from '../../../src/errors.ts';
import { NotDeliveredError, PackageGoneError } from '../../../src/packages/errors.ts';
import { Store, type StoreOptions } from '../../../src/packages/store.ts';
import { archiveAt, bytes, failure, filesBelow, impatient, pinOf, quick, sha256, workplace } from './fixtures.ts';
import { breakOff, hang, MirrorServer, send, sendChunked, stall, status } from './mirror-server.ts';

const content = bytes(300_000, 'package');
const pin = pinOf('tool', content);
const path = `/debian/${pin.path}`;

async function serving(options: StoreOptions = {}) {
  const place = await workplace();
  place.mirror.files.set(path, content);
  const store = place.openStore(options);
  const archive = archiveAt([`${place.mirror.url}/debian`]);
  const controller = new AbortController();
  const fetch = (pins = [pin], archives = [archive]) => store.fetch(pins, archives, { signal: controller.signal });
  return { ...place, store, archive, controller, fetch };
}

describe('a download', () => {
  test('lands in the store under its digest, and says where it came from', async () => {
    await using place = await serving();
    const fetched = (await place.fetch()).get(pin.sha256);
    expect(fetched?.url).toBe(`${place.mirror.url}${path}`);
    expect(fetched?.path).toBe(join(place.store.cache, 'blobs', 'sha256', pin.sha256));
    expect(sha256(await readFile(fetched?.path ?? ''))).toBe(pin.sha256);
  });

  test('happens once: what is in the store needs no mirror', async () => {
    await using place = await serving();
    await place.fetch();
    const again = await new Store(place.store.cache).fetch([pin], [archiveAt([])], { signal: place.controller.signal });
    expect(again.get(pin.sha256)?.url).toBeUndefined();
    expect(place.mirror.count(path)).toBe(1);
  });

  test('replaces a blob whose content does not fit its name', async () => {
    await using place = await serving();
    const blob = place.store.blobPath(pin.sha256);
    await mkdir(dirname(blob), { recursive: true });
    await writeFile(blob, bytes(content.length, 'something else'));
    await place.fetch();
    expect(sha256(await readFile(blob))).toBe(pin.sha256);
  });

  test('of a blob that two callers want at once happens once', async () => {
    await using place = await serving();
    const results = await Promise.all([place.fetch(), place.fetch()]);
    expect(results.map((result) => result.has(pin.sha256))).toEqual([true, true]);
    expect(place.mirror.count(path)).toBe(1);
  });

  test('of a blob that two stores on one cache want at once leaves it whole', async () => {
    await using place = await serving();
    const other = new Store(place.store.cache, { limits: quick });
    await Promise.all([place.fetch(), other.fetch([pin], [place.archive], { signal: place.controller.signal })]);
    await other.close();
    expect(await filesBelow(place.store.cache)).toEqual([`blobs/sha256/${pin.sha256}`]);
    expect(sha256(await readFile(place.store.blobPath(pin.sha256)))).toBe(pin.sha256);
  });

  test('goes on for one caller when the other gives up', async () => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer(path, stall(content, 1000));
    const hasty = new AbortController();
    const options = { signal: hasty.signal, onProgress: () => hasty.abort(new Error('enough')) };
    const left = failure(place.store.fetch([pin], [place.archive], options));
    const stays = place.fetch();
    expect((await left).message).toBe('enough');
    expect((await stays).has(pin.sha256)).toBe(true);
  });

  test('reports progress up to the whole', async () => {
    await using place = await serving();
    const other = bytes(1000, 'other');
    const otherPin = pinOf('other', other);
    place.mirror.files.set(`/debian/${otherPin.path}`, other);
    const seen: number[] = [];
    await place.store.fetch([pin, otherPin], [place.archive], {
      signal: place.controller.signal,
      onProgress: ({ bytes, totalBytes, packages }) => seen.push(bytes / totalBytes + packages),
    });
    expect(seen.at(-1)).toBe(1 + 2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('a mirror that fails for a while', () => {
  test.each([
    ['answers 500', status(500)],
    ['answers 429', status(429)],
    ['says nothing', hang],
    ['stops in the middle', stall(content, 100_000)],
    ['breaks the connection', breakOff(content, 100_000)],
    ['ends early without an announced length', sendChunked(content.subarray(0, 100_000))],
  ])('is asked again when it %s', async (_, fault) => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer(path, fault);
    await place.fetch();
    expect(sha256(await readFile(place.store.blobPath(pin.sha256)))).toBe(pin.sha256);
    expect(place.mirror.count(path)).toBe(2);
  });

  test('is asked only for the rest', async () => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer(path, stall(content, 100_000));
    await place.fetch();
    expect(place.mirror.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-']);
  });

  test('may answer a request for the rest with the whole', async () => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer(path, stall(content, 100_000), send(content));
    await place.fetch();
    expect(sha256(await readFile(place.store.blobPath(pin.sha256)))).toBe(pin.sha256);
  });

  test('does not spoil the file with a wrong first part', async () => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer(path, stall(bytes(content.length, 'wrong'), 100_000));
    await place.fetch();
    expect(place.mirror.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', undefined]);
  });

  test('is waited for as long as something comes', async () => {
    await using place = await serving({ limits: { ...quick, stallMs: 1500 } });
    place.mirror.answer(path, (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(content.subarray(sent, sent + 50_000));
        sent += 50_000;
        if (sent >= content.length) clearInterval(timer);
      }, 400);
    });
    await place.fetch();
    expect(place.mirror.count(path)).toBe(1);
  });

  test('gives way to the next one, which continues', async () => {
    await using place = await serving({ limits: impatient });
    await using slow = await MirrorServer.start();
    slow.answer('*', stall(content, 50_000));
    const archive = archiveAt([`${slow.url}/debian`, `${place.mirror.url}/debian`]);
    const fetched = await place.fetch([pin], [archive]);
    expect(fetched.get(pin.sha256)?.url).toContain(place.mirror.url);
    expect(place.mirror.requests[0]?.range).toBe('bytes=50000-');
    expect(slow.requests.length).toBe(impatient.attempts);
  });

  test('is asked last for the next package', async () => {
    await using place = await serving();
    await using broken = await MirrorServer.start();
    broken.answer('*', status(503));
    const other = bytes(1000, 'other');
    const otherPin = pinOf('other', other);
    place.mirror.files.set(`/debian/${otherPin.path}`, other);
    const archive = archiveAt([`${broken.url}/debian`, `${place.mirror.url}/debian`]);
    await place.fetch([pin], [archive]);
    await place.fetch([otherPin], [archive]);
    expect(broken.count(`/debian/${otherPin.path}`)).toBe(0);
  });
});

describe('no mirror delivers', () => {
  test('when all answer 404: every address is named, and it is known that the package is gone', async () => {
    await using place = await serving();
    await using second = await MirrorServer.start();
    place.mirror.files.clear();
    const archive = archiveAt([`${place.mirror.url}/debian`, `${second.url}/debian`], {
      snapshot: `${second.url}/snapshot/debian`,
    });
    const options = { signal: place.controller.signal, timestamps: { debian: '20260101T000000Z' } };
    const error = await failure(place.store.fetch([pin], [archive], options));
    expect(error).toBeInstanceOf(PackageGoneError);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect((error as PackageGoneError).attempts.map(({ url }) => url)).toEqual([
      `${place.mirror.url}${path}`,
      `${second.url}${path}`,
      `${second.url}/snapshot/debian/20260101T000000Z/${pin.path}`,
    ]);
    for (const { url } of (error as PackageGoneError).attempts) expect(error.message).toContain(`${url} answers 404`);
    expect(error.message).toContain('tool 1.0');
  });

  test('when one answers 404 and the other is out of reach: gone, too', async () => {
    await using place = await serving();
    place.mirror.files.clear();
    const archive = archiveAt([`${place.mirror.url}/debian`, 'http://127.0.0.1:1/debian']);
    expect(await failure(place.fetch([pin], [archive]))).toBeInstanceOf(PackageGoneError);
  });

  test('without a network: says to check it, and does not call the package gone', async () => {
    await using place = await serving();
    const error = await failure(place.fetch([pin], [archiveAt(['http://127.0.0.1:1/debian'])]));
    expect(error).toBeInstanceOf(NotDeliveredError);
    expect(error).not.toBeInstanceOf(PackageGoneError);
    expect(error.message).toMatch(
      /127\.0\.0\.1:1\/debian\/\S+ cannot be reached \(ECONNREFUSED\)\n {2}Check the network/,
    );
  });

  test('when a name does not resolve', async () => {
    await using place = await serving();
    const error = await failure(place.fetch([pin], [archiveAt(['http://mirror.invalid/debian'])]));
    expect(error.message).toMatch(/mirror\.invalid\S+ cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  test('when the only one hangs: within the bounds', async () => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer('*', hang);
    const started = performance.now();
    const error = await failure(place.fetch());
    expect(error.message).toContain('does not answer');
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(place.mirror.requests.length).toBe(impatient.attempts);
  });

  test('when it trickles: the whole answer is bounded, and what arrived is not asked for again', async () => {
    await using place = await serving({ limits: { ...quick, requestMs: 300 } });
    place.mirror.answer(path, (_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(content.subarray(sent, sent + 10));
        sent += 10;
      }, 20);
      response.on('close', () => clearInterval(timer));
    });
    await place.fetch();
    expect(place.mirror.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  test.each([
    ['something else of the same length', send(bytes(content.length, 'forged')), /has SHA-256 [0-9a-f]{64}/],
    ['less than it should, with a matching length', send(content.subarray(1)), /has 299999 bytes, not 300000/],
    [
      'more than it should, with a matching length',
      send(Buffer.concat([content, content])),
      /has 600000 bytes, not 300000/,
    ],
    [
      'more than it should, without a length',
      sendChunked(Buffer.concat([content, content])),
      /sends more than the 300000/,
    ],
  ])('when it sends %s: thrown away, with both digests', async (_, handler, message) => {
    await using place = await serving();
    place.mirror.answer('*', handler);
    const error = await failure(place.fetch());
    expect(error).toBeInstanceOf(NotDeliveredError);
    expect(error).not.toBeInstanceOf(PackageGoneError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(pin.sha256);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test('when one that refuses hides whether it is gone: known from the other', async () => {
    await using place = await serving();
    await using refusing = await MirrorServer.start();
    refusing.answer('*', status(403));
    place.mirror.files.clear();
    const archive = archiveAt([`${refusing.url}/debian`, `${place.mirror.url}/debian`]);
    const error = await failure(place.fetch([pin], [archive]));
    expect(error).toBeInstanceOf(PackageGoneError);
    expect(error.message).toContain('answers 403');
    expect(await failure(place.fetch([pin], [archiveAt([`${refusing.url}/debian`])]))).not.toBeInstanceOf(
      PackageGoneError,
    );
  });

  test('when it redirects in circles', async () => {
    await using place = await serving();
    place.mirror.answer('*', (_, response) => void response.writeHead(302, { location: path }).end());
    expect((await failure(place.fetch())).message).toContain('redirects without end');
  });

  test('a second mirror makes up for a lying one', async () => {
    await using place = await serving();
    await using lying = await MirrorServer.start();
    lying.answer('*', send(bytes(content.length, 'forged')));
    const archive = archiveAt([`${lying.url}/debian`, `${place.mirror.url}/debian`]);
    const fetched = await place.fetch([pin], [archive]);
    expect(fetched.get(pin.sha256)?.url).toContain(place.mirror.url);
  });

  test('no mirror is known at all', async () => {
    await using place = await serving();
    const error = await failure(place.fetch([pin], [archiveAt([])]));
    expect(error.message).toContain('--mirror or OVNFAST_MIRROR');
  });
});

describe('an abort', () => {
  test('in the middle leaves nothing, and throws the reason', async () => {
    await using place = await serving({ limits: impatient });
    place.mirror.answer('*', stall(content, 100_000));
    const reason = new Error('interrupted');
    const options = { signal: place.controller.signal, onProgress: () => place.controller.abort(reason) };
    expect(await failure(place.store.fetch([pin], [place.archive], options))).toBe(reason);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test('before the start asks no mirror', async () => {
    await using place = await serving();
    place.controller.abort(new Error('interrupted'));
    expect((await failure(place.fetch())).message).toBe('interrupted');
    expect(place.mirror.requests).toEqual([]);
  });

  test('by the failure of another package leaves nothing either', async () => {
    await using place = await serving({ limits: impatient });
    const gone = pinOf('gone', bytes(10, 'gone'));
    place.mirror.answer(path, stall(content, 100_000));
    expect(await failure(place.fetch([pin, gone]))).toBeInstanceOf(PackageGoneError);
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });
});

describe('the file system', () => {
  test('where the cache cannot be made', async () => {
    await using place = await serving();
    const occupied = join(place.directory, 'file');
    await writeFile(occupied, '');
    const store = new Store(join(occupied, 'cache'), { limits: quick });
    const error = await failure(store.fetch([pin], [place.archive], { signal: place.controller.signal }));
    await store.close();
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain('a part of its path is no directory');
  });

  test('that is full is said to be so, and nothing stays behind', async () => {
    await using place = await serving();
    // A real error of a full device, at the second piece of the file.
    const full = await writeFile('/dev/full', 'x').catch((error: NodeJS.ErrnoException) => error);
    using _fault = await failingWrite(full as Error, 2);
    const error = await failure(place.fetch());
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error.message).toContain(`${place.store.cache}: the cache cannot be written: no space left on the disk`);
    expect(error.message).toContain('ovnfast cache prune');
    expect(await filesBelow(place.store.cache)).toEqual([]);
  });

  test.each([
    ['EDQUOT', 'the disk quota is used up'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'permission denied'],
  ])('that answers %s is said to be so', async (code, message) => {
    await using place = await serving();
    using _fault = await failingWrite(Object.assign(new Error(code), { code }), 1);
    expect((await failure(place.fetch())).message).toContain(message);
  });
});

/** Makes the given write to an open file, and those after it, fail until the scope ends. */
async function failingWrite(error: Error, number: number): Promise<Disposable> {
  const handle = await open('/dev/null', 'w');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const original = prototype.write;
  let writes = 0;
  const spy = vi.spyOn(prototype, 'write').mockImplementation(function (this: FileHandle, ...args: unknown[]) {
    writes++;
    return writes < number ? Reflect.apply(original, this, args) : Promise.reject(error);
  });
  return { [Symbol.dispose]: () => spy.mockRestore() };
}

test('a proxy is asked for the mirror, without a tunnel, except for hosts that are excepted', async () => {
  await using place = await serving();
  await using proxy = await MirrorServer.start();
  const target = `http://mirror.example${path}`;
  proxy.files.set(target, content);
  const store = new Store(place.store.cache, {
    limits: quick,
    proxy: { http: proxy.url, https: proxy.url, except: '127.0.0.1' },
  });
  const other = bytes(10, 'other');
  const otherPin = pinOf('other', other);
  place.mirror.files.set(`/debian/${otherPin.path}`, other);
  const options = { signal: place.controller.signal };
  await store.fetch([pin], [archiveAt(['http://mirror.example/debian'])], options);
  await store.fetch([otherPin], [place.archive], options);
  await store.close();
  expect(proxy.requests.map((request) => request.path)).toEqual([target]);
});

test('a redirection is followed', async () => {
  await using place = await serving();
  const target = `${place.mirror.url}${path}`;
  place.mirror.answer('/elsewhere/pool/tool_1.0_amd64.deb', (_, response) => {
    response.writeHead(302, { location: target }).end();
  });
  const fetched = await place.fetch([pin], [archiveAt([`${place.mirror.url}/elsewhere`])]);
  expect(fetched.has(pin.sha256)).toBe(true);
});

test('a mirror or a proxy that is no address is said to be so', async () => {
  expect(() => new Store('cache', { mirrors: ['mirror.example/debian'] })).toThrow(InputError);
  await using place = await serving({ proxy: { http: 'socks5://127.0.0.1:1' } });
  const error = await failure(place.fetch());
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(error.message).toContain('socks5://127.0.0.1:1');
});

test('a proxy may be named without a scheme', async () => {
  await using proxy = await MirrorServer.start();
  proxy.files.set(`http://mirror.example${path}`, content);
  await using place = await serving({ proxy: { http: proxy.url.replace('http://', '') } });
  expect((await place.fetch([pin], [archiveAt(['http://mirror.example/debian'])])).has(pin.sha256)).toBe(true);
});

test('many packages at once cause no warning', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  await using place = await serving();
  const pins = Array.from({ length: 60 }, (_, index) => {
    const one = bytes(100, `package ${index}`);
    const onePin = pinOf(`package${index}`, one);
    place.mirror.files.set(`/debian/${onePin.path}`, one);
    return onePin;
  });
  await place.fetch(pins);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

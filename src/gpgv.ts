// SPDX-License-Identifier: Apache-2.0
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readRange } from './host/decompress.ts';
import { TemporaryDirectory } from './host/files.ts';
import type { RunGpgv } from './packages/rpm/gpgv.ts';
import type { Tools } from './tools.ts';

const SECONDS = 120;

/**
 * gpgv of the sandbox's own packages, shut in like everything else. The data is fed to it, so that a part of a large package
 * is checked without a copy.
 */
export function sandboxedGpgv(tools: () => Tools, cache: string): RunGpgv {
  return async ({ keyring, signature, data }, signal) => {
    const [sandbox, sysroot] = await Promise.all([tools().sandbox(), tools().sysroot('sandbox')]);
    await using work = await TemporaryDirectory.create(join(cache, 'work'), 'gpgv-');
    await Promise.all([
      writeFile(join(work.path, 'keyring'), keyring),
      writeFile(join(work.path, 'signature'), signature),
    ]);
    const file = await open(data.path);
    try {
      let feeding: Promise<unknown> | undefined;
      // `-&3` is descriptor 3.
      const argv = ['gpgv', '--status-fd', '1', '--enable-special-filenames', '--keyring', '/check/keyring'];
      const result = await sandbox.run(sysroot, [...argv, '/check/signature', '-&3'], {
        binds: [{ from: work.path, to: '/check' }],
        timeoutSeconds: SECONDS,
        signal,
        extraDescriptors: ['pipe'],
        onSpawn: ({ stdio }) => {
          const source = Readable.from(readRange(file, data.offset, data.length), { objectMode: false });
          const pipe = stdio[3] as Writable;
          // When gpgv is killed the pipe says so once more, after the feeding has ended.
          pipe.on('error', () => {});
          feeding = pipeline(source, pipe).catch((error: NodeJS.ErrnoException) => error);
        },
      });
      const trouble = (await feeding) as NodeJS.ErrnoException | undefined;
      // A gpgv that does not know the key does not read on.
      if (trouble && !['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(trouble.code ?? '')) throw trouble;
      return result;
    } finally {
      await file.close();
    }
  };
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Archive } from '../../../../src/matrix/types.ts';
import type { RunGpgv } from '../../../../src/packages/rpm/gpgv.ts';
import { openRepositories } from '../../../../src/packages/rpm/repositories.ts';
import { Store } from '../../../../src/packages/store.ts';
import { archiveAt, quick, scratch } from '../fixtures.ts';
import { MirrorServer } from '../mirror-server.ts';

/** For tests that are not about signatures: there are none to check. */
const noGpgv: RunGpgv = () => Promise.reject(new Error('there is nothing to check'));

/** A mirror, an empty store and what opens the repositories of the one with the other. */
export async function workplace({ gpgv = noGpgv, ...more }: Partial<Archive> & { gpgv?: RunGpgv } = {}) {
  const directory = await scratch();
  const mirror = await MirrorServer.start();
  const store = new Store(join(directory.path, 'cache'), { limits: quick });
  const own: Partial<Archive> = { family: 'rpm', name: 'centos', suites: ['9/os'], components: [] };
  const archive = archiveAt([`${mirror.url}/centos`], { ...own, architecture: 'x86_64', ...more });
  const { signal } = new AbortController();
  return {
    ...{ directory: directory.path, mirror, store, archive },
    open: (archives = [archive]) => openRepositories(archives, { store, gpgv, programs: async () => ({}), signal }),
    async [Symbol.asyncDispose]() {
      await store.close();
      await mirror[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

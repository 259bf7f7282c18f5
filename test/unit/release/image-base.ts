// SPDX-License-Identifier: Apache-2.0
import type { ImageBase } from '../../../src/release/node/base.ts';

/** A base of an image that is made up: what a real one is read from has to be fetched. */
export const IMAGE_BASE: ImageBase = {
  tree: [
    { path: 'bin/busybox', mode: 0o755, content: Buffer.from('\x7fELF') },
    { path: 'bin/sh', link: 'busybox' },
    { path: 'tmp', directory: true, mode: 0o1777 },
  ],
  packages: [
    {
      ...{ name: 'busybox-static', version: '1:1.35.0-4+b1', architecture: 'amd64', archive: 'debian', size: 10 },
      ...{ path: 'pool/busybox-static.deb', sha256: 'b'.repeat(64) },
      ...{ purl: 'pkg:deb/debian/busybox-static@1:1.35.0-4%2Bb1?arch=amd64', url: 'http://mirror.example/busybox.deb' },
      sources: [
        {
          ...{ name: 'busybox', version: '1:1.35.0-4', purl: 'pkg:deb/debian/busybox@1:1.35.0-4?arch=source' },
          url: 'https://snapshot.debian.org/package/busybox/1%3A1.35.0-4/',
        },
        { name: 'glibc', version: '2.36-9', purl: 'pkg:deb/debian/glibc@2.36-9?arch=source' },
      ],
    },
  ],
};

/** For `assemble`: with an image. */
export const IMAGE = { base: async () => IMAGE_BASE, repository: 'registry.example/ovnfast-node' };

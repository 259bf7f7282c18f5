// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'rolldown';

// One bundle for both edges: shared code lands in chunks beside them, file names carry no hash so that
// a change of the source shows as a change of the same file.
export default defineConfig({
  // The worker is a file of its own, because a thread is started from a file.
  input: {
    cli: 'src/cli.ts',
    action: 'src/action.ts',
    post: 'src/post.ts',
    'sysroot-worker': 'src/sysroot/sysroot-worker.ts',
    'attest-worker': 'src/release/attest-worker.ts',
    'toolkit-worker': 'src/action/toolkit-worker.ts',
  },
  platform: 'node',
  // Writes XML for the library of CycloneDX, which asks for it only then; we write JSON.
  external: ['xmlbuilder2'],
  // The oldest Node the bundle promises to run on; lowers `await using`, which it does not know.
  transform: { target: 'node20.20' },
  output: {
    dir: 'dist',
    format: 'esm',
    minify: false,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
    // Its licence (LGPL) wants it to be replaceable.
    codeSplitting: { groups: [{ name: 'openpgp', test: /node_modules\/openpgp\// }] },
  },
});

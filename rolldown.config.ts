// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'rolldown';

// One bundle for both edges: shared code lands in chunks beside them, file names carry no hash so that
// a change of the source shows as a change of the same file.
export default defineConfig({
  input: { cli: 'src/cli.ts', action: 'src/action.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    minify: false,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
  },
});

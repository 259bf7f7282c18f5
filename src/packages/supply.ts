// SPDX-License-Identifier: Apache-2.0

/**
 * Brings what an earlier machine has kept to its place in the cache, where those who asked look again: `packages` to `blobs/`,
 * `results` to `results/` and `programs/`. May be asked any number of times, and does it once. Throws only when interrupted.
 */
export type Supply = (kind: 'packages' | 'results') => Promise<void>;

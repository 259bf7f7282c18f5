// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { renderReproduction } from '../../../src/commands/reproduce.ts';
import type { Comparison, Reproduction } from '../../../src/reproduce.ts';

const module: Comparison = {
  ...{ file: 'sample.ko', identical: true, with: 'file', differences: [], notes: [] },
  expected: { sha256: 'a'.repeat(64), size: 10 },
  actual: { sha256: 'a'.repeat(64), size: 10 },
};
const result: Reproduction = {
  status: 'identical',
  module: 'sample',
  target: { id: 'debian-12', kernel: '6.1.0-1-amd64', arch: 'x86_64' },
  source: { directory: '/src', expected: 'b'.repeat(64), actual: 'b'.repeat(64) },
  ...{ notes: [], modules: [module], output: '/out' },
};
const different: Comparison = { ...module, identical: false, actual: { sha256: 'c'.repeat(64), size: 12 } };

test('the same says so, in few words', () => {
  expect(renderReproduction(result)).toBe(
    `module       sample for debian-12/6.1.0-1-amd64\nsource       the same (${'b'.repeat(64)})\n\nbit-identical  sample.ko  (10 bytes, sha256 ${'a'.repeat(64)})\n\nrebuilt in   /out\n`,
  );
});

test('eBPF programs are of no target', () => {
  const { target: _, ...programs } = { ...result, module: 'sample, other' };
  expect(renderReproduction(programs)).toMatch(/^programs {5}sample, other, for all kernels\nsource/);
});

test('another source comes first, then the first difference, and so many more', () => {
  const differences = Array.from({ length: 20 }, (_, index) => ({
    ...{ place: `section .text.${index}`, symbol: 'f+0x1', offset: 16, details: ['aa → bb'] },
  }));
  const text = renderReproduction({
    ...result,
    status: 'different',
    source: { ...result.source, actual: 'd'.repeat(64) },
    modules: [{ ...different, differences }],
  });
  const lines = text.split('\n');
  expect(lines[1]).toMatch(/^source +NOT the same/);
  expect(lines).toContain('first      section .text.0 at byte 0x10, in f+0x1');
  expect(text).not.toContain('.text.12 ');
  expect(lines).toContain('           and 8 more places');
});

test('where only the digest is known, or nothing was built, it says why', () => {
  const told = { ...different, with: 'digest' as const, notes: ['only the digest of the original is known'] };
  expect(renderReproduction({ ...result, status: 'different', modules: [told] })).toMatch(/^ +only the digest/m);
  const failed: Reproduction = { ...result, status: 'failed', reason: 'main.c:1: broken', modules: [] };
  expect(renderReproduction(failed)).toMatch(/^FAILED +main\.c:1: broken$/m);
});

test('no word of a file reaches the terminal as a command', () => {
  const hostile = '\u001b[2J\nsection\u202e';
  const text = renderReproduction({
    ...{ ...result, status: 'different', notes: [hostile] },
    modules: [
      { ...different, notes: [hostile], differences: [{ place: hostile, symbol: hostile, details: [hostile] }] },
    ],
  });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(text).not.toMatch(/^section/m);
});

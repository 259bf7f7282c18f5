// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Prints one line that counts the tests, alone and without colour, and writes it to the file named by
 * OVNFAST_CLOSING_LINE. A run in which nothing passed is a failed run: a skipped test proves nothing.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state]++;
      }
    }
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    process.stdout.write(`\n${line}\n`);
    if (process.env.OVNFAST_CLOSING_LINE) writeFileSync(process.env.OVNFAST_CLOSING_LINE, `${line}\n`);
    if (counts.passed === 0) process.exitCode = 1;
  }
}
